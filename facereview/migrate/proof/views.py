"""Whether a view gives the same values on both sides, in any order."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import psycopg
import xxhash
from psycopg import sql

from facereview.migrate.load.load import Connection
from facereview.migrate.load.sql_names import name
from facereview.migrate.load.values import moment
from facereview.migrate.plan.kinds import DateRule
from facereview.migrate.plan.target import SCHEMA
from facereview.migrate.source.schema import quoted

_REAL, _BYTES, _TEXTS, _DATES = 700, 17, (25, 1042, 1043), (1082, 1114, 1184)
_EXACT = 2**53
Plain = Callable[[Any], object]
Sum = tuple[int, int]


def difference(
    reader: sqlite3.Connection, connection: Connection, view: str, *, whole: bool
) -> str | None:
    """Why a view is not the same, None where it is.

    ``whole``: the tables behind it are, so that its values can be compared; else its rows are.
    """
    try:
        with connection.transaction(), connection.cursor() as cursor:
            shape = cursor.execute(_select(view, "SELECT * FROM {} LIMIT 0")).description or []
            types = [column.type_code for column in shape]
            here = _here(reader, view, types) if whole else (_count(reader, view), 0)
            rows = cursor.stream(_select(view, "SELECT * FROM {}"))
            there = _summed(rows, _plain(types, _numbered(reader, view, types)))
    except (psycopg.ProgrammingError, psycopg.DataError, psycopg.NotSupportedError) as fault:
        why = fault.diag.message_primary or str(fault)
        return f"it cannot be read in PostgreSQL: {why}"
    except sqlite3.Error as fault:
        return f"it cannot be read in the library: {fault}"
    if here[0] != there[0]:
        return "it gives different rows in PostgreSQL"
    return "it gives different values in PostgreSQL" if whole and here != there else None


def _select(view: str, statement: str) -> sql.Composed:
    return sql.SQL(statement).format(name(SCHEMA, view))


def _count(reader: sqlite3.Connection, view: str) -> int:
    return int(reader.execute(f"SELECT count(*) FROM {quoted(view)}").fetchone()[0])


def _here(reader: sqlite3.Connection, view: str, types: Sequence[int]) -> Sum:
    rows = reader.execute(f"SELECT * FROM {quoted(view)}")
    return _summed(rows, _plain(types, _numbered(reader, view, types)))


def _numbered(reader: sqlite3.Connection, view: str, types: Sequence[int]) -> set[int]:
    """Places of date columns with numbers, whose unit is that of a table and not known here."""
    cursor = reader.execute(f"SELECT * FROM {quoted(view)} LIMIT 0")
    names = [column[0] for column in cursor.description]
    found = set()
    for place, kind in enumerate(types):
        if kind in _DATES and place < len(names):
            value = quoted(names[place])
            test = f"typeof({value}) IN ('integer', 'real')"
            row = reader.execute(f"SELECT 1 FROM {quoted(view)} WHERE {test} LIMIT 1").fetchone()
            found |= {place} if row else set()
    return found


def _summed(rows: Iterable[Sequence[Any]], plain: Sequence[Plain]) -> Sum:
    """How many rows, and the sum of their hashes, independent of the order."""
    count = total = 0
    for row in rows:
        values = tuple(make(value) for make, value in zip(plain, row, strict=False))
        total += xxhash.xxh3_128_intdigest(repr(values).encode(errors="surrogatepass"))
        count += 1
    return count, total


def _plain(types: Sequence[int], numbered: set[int]) -> list[Plain]:
    """What makes values of both sides alike, by the types that PostgreSQL gives them."""
    return [
        _is_missing if place in numbered else partial(_alike, kind)
        for place, kind in enumerate(types)
    ]


def _is_missing(value: object) -> object:
    return value is None


def _alike(kind: int, value: Any) -> object:
    if value is None:
        return None
    if kind == _BYTES:
        return value if isinstance(value, bytes) else str(value).encode()
    if isinstance(value, bytes):
        value = value.decode(errors="surrogateescape")
    if kind in _DATES:
        return _moment(value)
    if kind in _TEXTS:
        return str(value)
    return value if isinstance(value, str) else _number(value, 6 if kind == _REAL else 12)


def _moment(value: object) -> object:
    if isinstance(value, str):
        try:
            return moment(value, DateRule(texts=True, unit=None))
        except ValueError:
            return value
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else value


def _number(value: Any, digits: int) -> object:
    """A number, whatever counts it; the last digits depend on the order of adding."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < _EXACT else f"{number:.{digits}g}"
