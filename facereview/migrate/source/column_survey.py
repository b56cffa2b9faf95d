"""One pass over each table, inside SQLite: the classes and ranges of its values.

SQLite stores any value in any column, whatever its declared type; these counts decide which
type a column gets and whether its values must be checked one by one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from facereview.migrate.source.schema import Family, SourceColumn, SourceTable, quoted

N = TypeVar("N", int, float)

_EXPECTED = {
    Family.INTEGER: "integer",
    Family.BOOLEAN: "integer",
    Family.REAL: "real",
    Family.TEXT: "text",
    Family.DATE: "text",
    Family.TIMESTAMP: "text",
    Family.BLOB: "blob",
}
_LONG = (Family.TEXT, Family.FREE, Family.BLOB)
_COLUMNS_AT_ONCE = 200  # SQLite takes at most 2,000 results in one SELECT
DATE_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Facts:
    """The values of a column: how many are not NULL, of each storage class, and their range.

    ``dates`` counts the texts as long as YYYY-MM-DD, ``cut`` the dates with digits past the
    microsecond. ``unclean`` is false only if every text is known to be UTF-8 without NUL and,
    in a column declared for dates, to be one.
    """

    present: int = 0
    integers: int = 0
    reals: int = 0
    texts: int = 0
    blobs: int = 0
    low_integer: int | None = None
    high_integer: int | None = None
    low_real: float | None = None
    high_real: float | None = None
    dates: int = 0
    cut: int = 0
    unclean: bool = False

    @property
    def numbers(self) -> int:
        """How many integers and reals."""
        return self.integers + self.reals

    def range(self) -> tuple[float, float]:
        """The smallest and the largest number; (0, 0) where there is none."""
        lows = [low for low in (self.low_integer, self.low_real) if low is not None]
        highs = [high for high in (self.high_integer, self.high_real) if high is not None]
        return (min(lows), max(highs)) if lows and highs else (0, 0)

    def joined(self, other: Facts) -> Facts:
        """The facts of both."""
        return Facts(
            present=self.present + other.present,
            integers=self.integers + other.integers,
            reals=self.reals + other.reals,
            texts=self.texts + other.texts,
            blobs=self.blobs + other.blobs,
            low_integer=_end(min, self.low_integer, other.low_integer),
            high_integer=_end(max, self.high_integer, other.high_integer),
            low_real=_end(min, self.low_real, other.low_real),
            high_real=_end(max, self.high_real, other.high_real),
            dates=self.dates + other.dates,
            cut=self.cut + other.cut,
            unclean=self.unclean or other.unclean,
        )


@dataclass(frozen=True, slots=True)
class Survey:
    """A table's rows and columns; ``longest`` is the row with the longest texts, in characters.

    ``kept`` are files with all of it as Arrow, where the fast check was enough.
    """

    rows: int
    longest: int
    facts: dict[str, Facts]
    kept: tuple[Path, ...] = ()

    def joined(self, other: Survey) -> Survey:
        """Two parts of one table as one."""
        return Survey(
            rows=self.rows + other.rows,
            longest=max(self.longest, other.longest),
            facts={name: facts.joined(other.facts[name]) for name, facts in self.facts.items()},
            kept=self.kept + other.kept,
        )


def survey(connection: sqlite3.Connection, table: SourceTable) -> Survey:
    """Count the values of the table by class."""
    facts: dict[str, Facts] = {}
    for start in range(0, len(table.columns), _COLUMNS_AT_ONCE):
        columns = table.columns[start : start + _COLUMNS_AT_ONCE]
        facts.update(_first_look(connection, table, columns))
    for column in table.columns:
        if _needs_closer_look(facts[column.name]):
            facts[column.name] = closer_look(connection, table, column)
    return replace(lengths(connection, table), facts=facts)


def lengths(connection: sqlite3.Connection, table: SourceTable, where: str = "") -> Survey:
    """Rows and the length of the longest, without facts of columns."""
    long = [column for column in table.columns if column.family in _LONG]
    length = " + ".join(f"ifnull(length({quoted(column.name)}), 0)" for column in long) or "0"
    rows, longest = connection.execute(
        f"SELECT count(*), max({length}) FROM {table.origin} {where}"
    ).fetchone()
    return Survey(rows, longest or 0, {})


def _first_look(
    connection: sqlite3.Connection, table: SourceTable, columns: Sequence[SourceColumn]
) -> Iterator[tuple[str, Facts]]:
    """The facts as they are if every value is of the class its column is declared for."""
    terms = []
    for column in columns:
        name, expected = quoted(column.name), _EXPECTED.get(column.family, "integer")
        is_date = column.family in (Family.DATE, Family.TIMESTAMP)
        has_range = expected in ("integer", "real")
        terms += [
            f"count({name})",
            f"sum(typeof({name}) = '{expected}')",
            f"min({name})" if has_range else "NULL",
            f"max({name})" if has_range else "NULL",
            f"sum(length({name}) = {DATE_LENGTH})" if is_date else "0",
        ]
    row = connection.execute(f"SELECT {', '.join(terms)} FROM {table.origin}").fetchone()
    for place, column in enumerate(columns):
        yield column.name, _expected_facts(column, row[5 * place : 5 * place + 5])


def _expected_facts(column: SourceColumn, row: Sequence[Any]) -> Facts:
    present, fitting, low, high, dates = row
    count = fitting or 0
    expected = _EXPECTED.get(column.family, "integer")
    if expected == "integer" and count == present:
        return Facts(present, integers=count, low_integer=_int(low), high_integer=_int(high))
    if expected == "real" and count == present:
        return Facts(present, reals=count, low_real=_real(low), high_real=_real(high))
    if expected == "blob":
        return Facts(present, blobs=count)
    texts = count if expected == "text" else 0
    return Facts(present, texts=texts, dates=dates or 0, unclean=True)


def _end(which: Callable[..., N], one: N | None, other: N | None) -> N | None:
    """The smaller or the larger of two numbers, either of which may not be known."""
    known = [each for each in (one, other) if each is not None]
    return which(known) if known else None


def _int(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _real(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _needs_closer_look(facts: Facts) -> bool:
    return facts.present != facts.numbers + facts.texts + facts.blobs


def closer_look(connection: sqlite3.Connection, table: SourceTable, column: SourceColumn) -> Facts:
    """Every storage class by itself."""
    name = quoted(column.name)
    classes = {kind: f"typeof({name}) = '{kind}'" for kind in ("integer", "real", "text", "blob")}
    terms = [f"count({name})", *(f"ifnull(sum({test}), 0)" for test in classes.values())]
    for kind in ("integer", "real"):
        terms += [f"{end}(CASE WHEN {classes[kind]} THEN {name} END)" for end in ("min", "max")]
    terms.append(f"ifnull(sum({classes['text']} AND length({name}) = {DATE_LENGTH}), 0)")
    row = connection.execute(f"SELECT {', '.join(terms)} FROM {table.origin}").fetchone()
    return replace(Facts(*row), unclean=True)
