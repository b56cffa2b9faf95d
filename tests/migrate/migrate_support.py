"""What the tests of the migration share."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from facereview.migrate.load.defects import Policy
from facereview.migrate.migrate import Migration, Options
from facereview.migrate.plan.kinds import date_rules
from facereview.migrate.report import Report


def make_library(file: Path, *statements: str | tuple[str, tuple[object, ...]]) -> Path:
    """Run the statements, some with parameters, in a fresh SQLite file."""
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            sql, params = statement if isinstance(statement, tuple) else (statement, ())
            connection.execute(sql, params)
        connection.commit()
    return file


@dataclass
class Target:
    """A database to migrate to, and a plain connection to look at it."""

    url: str
    connection: psycopg.Connection[tuple[Any, ...]]

    def migrate(
        self, file: Path, policy: str = "stop", dry_run: bool = False, prove: bool = True
    ) -> Report:
        """Migrate a file."""
        return Migration(self.url, file, Options(Policy(policy), dry_run, prove)).run()

    def migrate_dates(self, file: Path, *dates: str, policy: str = "stop") -> Report:
        """Migrate a file under the user's rules for dates."""
        return Migration(self.url, file, Options(Policy(policy), dates=date_rules(dates))).run()

    def migrated(self, file: Path, policy: str = "stop") -> Report:
        """Migrate a file, which must succeed."""
        report = self.migrate(file, policy)
        assert report.agrees, (report.headline, report.groups, report.losses, report.structure)
        return report

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        return self.connection.execute(query.encode()).fetchall()

    def run(self, statement: str) -> None:
        """Run a statement."""
        self.connection.execute(statement.encode())

    def value(self, query: str) -> Any:
        """The first value of a query."""
        return self.rows(query)[0][0]

    def type(self, table: str, column: str) -> str:
        """A column's type."""
        return str(
            self.value(
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
                f"WHERE attrelid = '\"{table}\"'::regclass AND attname = '{column}'"
            )
        )

    def contents(self) -> list[tuple[Any, ...]]:
        """Every object of the database that is not PostgreSQL's own."""
        return self.rows(
            "SELECT n.nspname, c.relname, c.relkind, c.reltuples FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') "
            "ORDER BY 1, 2"
        )

    def clear(self) -> None:
        """Take everything away again, quicker than with another database."""
        self.run(
            "DROP SCHEMA IF EXISTS public, facereview, facereview_quarantine CASCADE;"
            "CREATE SCHEMA public"
        )
