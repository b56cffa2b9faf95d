"""A small library to try facereview on, made of pictures that dependencies contain."""
