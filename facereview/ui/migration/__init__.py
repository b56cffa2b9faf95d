"""Importing an old library, from the window."""
