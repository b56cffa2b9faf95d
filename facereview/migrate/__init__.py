"""Migration of an SQLite library to PostgreSQL: complete and verified, or rolled back."""
