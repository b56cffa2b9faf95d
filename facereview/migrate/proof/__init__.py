"""Verification: both sides are read again and compared."""
