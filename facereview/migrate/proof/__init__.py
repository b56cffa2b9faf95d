"""Both sides read again and compared."""
