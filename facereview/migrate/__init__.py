"""An old SQLite library moves to PostgreSQL here, whole and proven, or not at all."""
