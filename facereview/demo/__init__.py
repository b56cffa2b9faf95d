"""A small library to try facereview on, made on the spot from pictures that dependencies ship."""
