"""Takes from the copy what only the program that made the file can order.

A collation of a program itself (``unicase``, ``LOCALIZED``) is a function of its code: without it
SQLite refuses every query that needs the order. In the copy BINARY stands in its place.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from facereview.migrate.source.introspect import tokens
from facereview.migrate.source.schema import SourceTable, quoted
from facereview.migrate.source.snapshot import LIBRARY

KNOWN = ("BINARY", "NOCASE", "RTRIM")
_DEFINITIONS = """
SELECT rowid, type, name, sql FROM sqlite_master
WHERE type IN ('table', 'index') AND sql LIKE '%COLLATE%'
"""
_SPARE = '"facereview_spare"'


def sort_by_bytes(folder: Path, tables: Iterable[SourceTable]) -> None:
    """Order by bytes in the copy what is ordered by a collation that SQLite does not know."""
    tables = tuple(tables)
    if set().union(*map(_collations, tables)).issubset(KNOWN):
        return
    with closing(sqlite3.connect(folder / LIBRARY, isolation_level=None)) as copy:
        rows = copy.execute(_DEFINITIONS).fetchall()
        changed = {row[0]: said for row in rows if (said := _by_bytes(row[3])) != row[3]}
        names = {row[2] for row in rows if row[0] in changed and row[1] == "table"}
        copy.execute("PRAGMA synchronous = OFF")
        triggers = copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            copy.execute(f"DROP TRIGGER {quoted(name)}")
        copy.execute("PRAGMA writable_schema = ON")
        copy.executemany(
            "UPDATE sqlite_master SET sql = ? WHERE rowid = ?",
            [(said, number) for number, said in changed.items()],
        )
        copy.execute("PRAGMA writable_schema = RESET")
        for table in tables:
            if table.name in names and not table.has_row_ids:
                _put_in_order(copy, table)
        copy.execute("REINDEX")


def _collations(table: SourceTable) -> set[str]:
    terms = {term.collation for index in table.indexes for term in index.terms}
    keys = {each for key in table.uniques for each in key.collations}
    return terms | keys | {column.collation for column in table.columns}


def _by_bytes(sql: str) -> str:
    """A definition with BINARY for every collation that SQLite does not know."""
    found = tokens(sql)
    for word, name in reversed(list(pairwise(found))):
        if word.text.upper() == "COLLATE" and name.text.upper() not in KNOWN:
            sql = f"{sql[: name.start]}BINARY{sql[name.end + 1 :]}"
    return sql


def _put_in_order(copy: sqlite3.Connection, table: SourceTable) -> None:
    """A table without row ids lies in the order of its key."""
    columns = [quoted(column.name) for column in table.columns if column.generated is None]
    name, listed = quoted(table.name), ", ".join(columns)
    copy.execute(f"CREATE TEMP TABLE {_SPARE} AS SELECT {listed} FROM {name}")
    copy.execute(f"DELETE FROM {name}")
    copy.execute(f"INSERT INTO {name} ({listed}) SELECT * FROM temp.{_SPARE}")
    copy.execute(f"DROP TABLE temp.{_SPARE}")
