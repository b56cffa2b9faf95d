"""Loading rows into PostgreSQL, in one transaction."""
