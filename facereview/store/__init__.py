"""PostgreSQL: the connection, the embedded server, and every query by name."""
