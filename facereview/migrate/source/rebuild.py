"""Rebuilds in the copy what cannot be read as it is.

A collation of a program itself (``unicase``, ``LOCALIZED``) is a function of its code: without it
SQLite refuses every query that needs the order. In the copy BINARY stands in its place.

A table without row ids is numbered by a query around it, in which SQLite calls a column named TRUE
or FALSE otherwise. In the copy it has row ids.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from facereview.migrate.source.introspect import tokens
from facereview.migrate.source.schema import SourceTable, quoted
from facereview.migrate.source.snapshot import LIBRARY

_KNOWN = ("BINARY", "NOCASE", "RTRIM")
_DEFINITIONS = """
SELECT rowid, type, name, sql FROM sqlite_master
WHERE type IN ('table', 'index') AND sql LIKE '%COLLATE%'
"""
_SPARE = '"facereview_spare"'


def make_readable(folder: Path, tables: Sequence[SourceTable]) -> None:
    """Order by bytes what has an order of its own, and number what was taken to be numbered."""
    foreign = not set().union(*map(_collations, tables)).issubset(_KNOWN)
    if not foreign and all(table.is_as_it_was for table in tables):
        return
    with closing(sqlite3.connect(folder / LIBRARY, isolation_level=None)) as copy:
        copy.execute("PRAGMA synchronous = OFF")
        triggers = copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            copy.execute(f"DROP TRIGGER {quoted(name)}")
        if foreign:
            _sort_by_bytes(copy, tables)
        for table in tables:
            if not table.is_as_it_was:
                _give_row_ids(copy, table)


def _sort_by_bytes(copy: sqlite3.Connection, tables: Sequence[SourceTable]) -> None:
    rows = copy.execute(_DEFINITIONS).fetchall()
    changed = {row[0]: said for row in rows if (said := _by_bytes(row[3])) != row[3]}
    names = {row[2] for row in rows if row[0] in changed and row[1] == "table"}
    copy.execute("PRAGMA writable_schema = ON")
    copy.executemany(
        "UPDATE sqlite_master SET sql = ? WHERE rowid = ?",
        [(said, number) for number, said in changed.items()],
    )
    copy.execute("PRAGMA writable_schema = RESET")
    for table in tables:
        if table.name in names and not (table.has_row_ids and table.is_as_it_was):
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
        if word.text.upper() == "COLLATE" and name.text.upper() not in _KNOWN:
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


def _give_row_ids(copy: sqlite3.Connection, table: SourceTable) -> None:
    """The same columns and values, in the order of the key."""
    definitions = (
        f"{quoted(c.name)} {quoted(c.declared) if c.declared else ''} COLLATE "
        f"{c.collation if c.collation in _KNOWN else 'BINARY'}"
        for c in table.columns
    )
    name, listed = quoted(table.name), ", ".join(quoted(c.name) for c in table.columns)
    copy.execute(f"CREATE TABLE {_SPARE} ({', '.join(definitions)})")
    copy.execute(f"INSERT INTO {_SPARE} SELECT {listed} FROM {name}")
    copy.execute(f"DROP TABLE {name}")
    copy.execute("PRAGMA legacy_alter_table = ON")  # looks at no view
    copy.execute(f"ALTER TABLE {_SPARE} RENAME TO {name}")
