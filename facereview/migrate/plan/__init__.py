"""Which type every column gets, what PostgreSQL would refuse, and the statements."""
