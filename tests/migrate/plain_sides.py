"""An SQLite file and a PostgreSQL database through plain clients: odd rows in, rows compared.

Nothing of the migration is used here: what it did is judged from outside.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

TEXTS = (
    "",
    'it\'s "so"',
    "Zoë e\u0301 🎬",
    "\u202eabc\u202c",
    "a\tb\nc\\N",
    "%s {} \x7f",
    "0012",
    "ﬀ" * 300,
)
INTEGERS = (0, 1, -1, 7, 2**31 - 1, -(2**31), 2**40, 12)
REALS = (0.0, -1.5, 0.1, 1e300, 5e-324, 123456789.123456, -0.0, 1 / 3)
MOMENTS = (
    "2024-02-29 23:59:59.999999",
    "1970-01-01 00:00:00",
    "1999-12-31 12:00:00.5",
    "9999-12-31 00:00:00",
)
BLOBS = (b"", b"\x00\xff", bytes(range(256)), b"'\\x")
PLAIN_TEXTS = ("{}", "a", '["a"]', "2024-01-01", "1")
PLAIN_INTEGERS = (1, 0, 5)
TRIES = 6


@dataclass(frozen=True)
class Column:
    """A column as SQLite's own PRAGMA tells it; ``parent`` is a column that it refers to."""

    name: str
    declared: str
    is_required: bool
    key: int
    parent: tuple[str, str] | None


def named(name: str) -> str:
    """A name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def tables(here: sqlite3.Connection) -> list[str]:
    """The tables that hold rows of their own."""
    listed = here.execute(
        "SELECT name, type FROM pragma_table_list WHERE schema = 'main'"
    ).fetchall()
    return sorted(name for name, kind in listed if kind == "table" and name[:7] != "sqlite_")


def columns(here: sqlite3.Connection, table: str, *, computed: bool = False) -> list[Column]:
    """A table's columns; those that are ``computed`` only where asked for."""
    keys = here.execute(f"PRAGMA foreign_key_list({named(table)})").fetchall()
    parents = {key[3]: (key[2], key[4]) for key in keys}
    found = here.execute(f"PRAGMA table_xinfo({named(table)})").fetchall()
    return [
        Column(name, declared.upper(), bool(not_null), key, parents.get(name))
        for _, name, declared, not_null, _, key, hidden in found
        if hidden == 0 or (computed and hidden in (2, 3))
    ]


def fill(file: Path, rows: int = 8) -> int:
    """Put odd rows into every table, parents first; how many went in."""
    with closing(sqlite3.connect(file)) as here:
        here.execute("PRAGMA foreign_keys = ON")
        before = here.total_changes
        for _ in range(3):  # a table may have to wait for its parents
            for table in tables(here):
                if here.execute(f"SELECT count(*) FROM {named(table)}").fetchone()[0] < rows:
                    _fill(here, table, rows)
        here.commit()
        return here.total_changes - before


def _fill(here: sqlite3.Connection, table: str, rows: int) -> None:
    mine = columns(here, table)
    listed = ", ".join(named(column.name) for column in mine)
    statement = f"INSERT INTO {named(table)} ({listed}) VALUES ({', '.join('?' * len(mine))})"
    for number in range(rows):
        for attempt in range(TRIES):
            values = [_value(here, column, number, attempt) for column in mine]
            if any(v is None and c.key for v, c in zip(values, mine, strict=True)):
                break  # its parents come later
            # what a trigger or a check says no to is tried with plainer values
            with suppress(sqlite3.Error):
                here.execute(statement, values)
                break


def _value(here: sqlite3.Connection, column: Column, number: int, attempt: int) -> Any:
    if column.parent:
        return _reference(here, column, number)
    if not column.is_required and not column.key and (number + len(column.name)) % 4 == 0:
        return None
    if column.key and _is_whole(column.declared) and not attempt:
        return 1000 + number
    value = _of_type(column.declared, number + len(column.name))
    if attempt and isinstance(value, str) and _is_text(column.declared):
        plain = PLAIN_TEXTS[attempt % len(PLAIN_TEXTS)]
        return f"{plain}{number}" if plain == "a" else plain
    if attempt and _is_whole(column.declared):
        return PLAIN_INTEGERS[attempt % len(PLAIN_INTEGERS)]
    return f"{value}{number}" if isinstance(value, str) and _is_text(column.declared) else value


def _reference(here: sqlite3.Connection, column: Column, number: int) -> Any:
    assert column.parent
    table, target = column.parent
    with suppress(sqlite3.Error):
        target = target or next(c.name for c in columns(here, table) if c.key)
        found = here.execute(
            f"SELECT {named(target)} FROM {named(table)} WHERE {named(target)} NOT NULL"
        ).fetchall()
        if found:
            return found[number % len(found)][0]
    return None


def _is_whole(declared: str) -> bool:
    return "INT" in declared


def _is_text(declared: str) -> bool:
    return any(word in declared for word in ("CHAR", "TEXT", "CLOB"))


def _of_type(declared: str, number: int) -> Any:
    if "BOOL" in declared:
        return number % 2
    if _is_whole(declared):
        top = 2**15 if "SMALL" in declared else 2**62
        fits = [n for n in INTEGERS if abs(n) < top and (n >= 0 or "UNSIGNED" not in declared)]
        return fits[number % len(fits)]
    if _is_text(declared):
        return TEXTS[number % len(TEXTS)]
    if "TIME" in declared:
        return MOMENTS[number % len(MOMENTS)]
    if "DATE" in declared:
        return MOMENTS[number % len(MOMENTS)][:10]
    if "BLOB" in declared or declared == "" or "BINARY" in declared:
        return BLOBS[number % len(BLOBS)]
    if any(word in declared for word in ("REAL", "FLOA", "DOUB")):
        return REALS[number % len(REALS)]
    return "{}" if "JSON" in declared else number


def differences(file: Path, url: str) -> list[str]:
    """What of the file's rows, views and keys is not in the database, or is otherwise there."""
    with closing(sqlite3.connect(file)) as here, psycopg.connect(url) as there:
        here.text_factory = bytes
        there.execute("SET timezone = 'UTC'")
        return [said for table in _names(here) for said in _of_table(here, there, table)]


def _names(here: sqlite3.Connection) -> list[str]:
    here.text_factory = str
    found = tables(here)
    here.text_factory = bytes
    return found


def _of_table(
    here: sqlite3.Connection, there: psycopg.Connection[Any], table: str
) -> Iterator[str]:
    here.text_factory = str
    names = [column.name for column in columns(here, table, computed=True)]
    here.text_factory = bytes
    ours = here.execute(f"SELECT {', '.join(map(named, names))} FROM {named(table)}").fetchall()
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier("public", table)
    )
    try:
        with there.transaction():
            theirs = there.execute(query).fetchall()
    except psycopg.Error as fault:
        yield f"{table}: {fault}"
        return
    kinds = [type_of(values) for values in zip(*theirs, strict=True)] or [None] * len(names)
    mine = Counter(tuple(map(_meant, row, kinds)) for row in ours)
    others = Counter(tuple(map(_plain, row)) for row in theirs)
    for row in (mine - others).elements():
        yield f"{table}: {dict(zip(names, row, strict=True))} is not there"
    for row in (others - mine).elements():
        yield f"{table}: {dict(zip(names, row, strict=True))} is only there"


def type_of(values: tuple[Any, ...]) -> type | None:
    """What PostgreSQL's values of a column are, None where all are NULL."""
    return next((type(value) for value in values if value is not None), None)


def _meant(value: Any, kind: type | None) -> Any:
    """What a value of SQLite must be as one of this type."""
    if value is None:
        return None
    if kind is bytes:
        return value if isinstance(value, bytes) else str(value).encode()
    if isinstance(value, bytes):
        value = value.decode()
    if kind is str:
        return str(value)
    if kind is bool:
        return bool(int(value))
    if kind is float:
        return repr(float(value))
    if kind in (date, datetime):
        return _plain(datetime.fromisoformat(value) if isinstance(value, str) else _counted(value))
    return value


def _counted(value: float) -> datetime:
    """A count since 1970 in the largest unit that makes it a moment after 1990."""
    since_1990 = 631_152_000
    unit = next(unit for unit in (10**6, 10**3, 1) if value / unit >= since_1990 or unit == 1)
    return datetime(1970, 1, 1) + timedelta(microseconds=round(value * (10**6 // unit)))


def _plain(value: Any) -> Any:
    """Moments without a zone, floats to the last bit, days as moments."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return repr(value) if isinstance(value, float) else value
