"""Rows and values on their way into PostgreSQL, in one transaction."""
