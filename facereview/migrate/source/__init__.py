"""The SQLite file: a private copy, its definitions, its values."""
