"""Which PostgreSQL type a column gets, and by which rule its dates are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from facereview.migrate.plan.date_units import Unit
from facereview.migrate.source.column_survey import Facts
from facereview.migrate.source.schema import Family, SourceColumn

INT16, INT32, INT64 = 2**15, 2**31, 2**63
EXACT_DOUBLE = 2**53
_NUMBER_WORDS = re.compile(
    r"\b(LONG|SHORT|(UN)?SIGNED|YEAR|BIT|(BIG|SMALL)?SERIAL\d?|[DQ]?WORD|BYTE|COUNTER"
    r"|AUTOINCREMENT|IDENTITY)\b"
)
"""Names that SQLite gives the affinity of numbers, and that ask for whole ones."""
_WIDE = re.compile(
    r"BIG|\bINT8\b|INT64|UINT32|\bLONG|SERIAL8|\b[DQ]WORD\b"
    r"|^(?!.*(TINY|SMALL|MEDIUM)).*\bUNSIGNED\b"
)
"""Declared for numbers beyond 32 bits with a sign, however small those that are there."""
_SIZE_WORDS = {"size", "bytes", "filesize", "bytecount", "sizes"}


class Kind(StrEnum):
    """A column type of the target, by PostgreSQL's name for it."""

    SMALL = "smallint"
    INTEGER = "integer"
    BIG = "bigint"
    REAL = "real"
    DOUBLE = "double precision"
    TEXT = "text"
    BYTES = "bytea"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"

    @property
    def is_integer(self) -> bool:
        """Whether it holds whole numbers."""
        return self in INTEGER_LIMITS

    @property
    def is_date(self) -> bool:
        """Whether it holds dates or moments."""
        return self in (Kind.DATE, Kind.TIMESTAMP)


INTEGER_LIMITS = {Kind.SMALL: INT16, Kind.INTEGER: INT32, Kind.BIG: INT64}

_PLAIN = {
    Family.REAL: Kind.DOUBLE,
    Family.TEXT: Kind.TEXT,
    Family.BOOLEAN: Kind.BOOLEAN,
    Family.TIMESTAMP: Kind.TIMESTAMP,
}


@dataclass(frozen=True, slots=True)
class DateRule:
    """How one column's dates are read: as texts, as numbers of one unit, or both.

    ``others`` are units of which some numbers are rather; ``unclear``: two fit all numbers alike;
    ``unlikely``: none fits any but 0.
    """

    texts: bool
    unit: Unit | None
    others: tuple[Unit, ...] = ()
    unclear: bool = False
    unlikely: bool = False

    def __str__(self) -> str:
        said = ["ISO text, UTC unless it says otherwise"] if self.texts else []
        if self.unclear:
            said.append("numbers that can be read in several ways")
        elif self.unlikely:
            said.append("numbers that are unlikely as dates")
        elif self.unit:
            said.append(f"numbers as {self.unit}")
        return "; ".join(said) or "no values yet"


@dataclass(frozen=True, slots=True)
class Choice:
    """The type of a column and, for dates, the rule."""

    kind: Kind
    dates: DateRule | None = None

    @property
    def date_rule(self) -> str | None:
        """How its dates are read, for people; None where it holds none."""
        if self.dates is None:
            return None
        plain = self.kind is Kind.DATE and self.dates.unit is None and self.dates.texts
        return "plain dates" if plain else str(self.dates)


def choose(column: SourceColumn, facts: Facts, fixed: Kind | None = None) -> Choice:
    """The type for a column of the file; ``fixed`` where the target has the column already.

    Numbers among its dates are left open, see :mod:`.readings`.
    """
    kind = fixed or _kind(column, facts)
    return Choice(kind, DateRule(facts.texts > 0, None) if kind.is_date else None)


def numeric(column: SourceColumn, facts: Facts) -> Choice:
    """The type for the numbers of a column, whatever it was declared for."""
    return Choice(Kind.DOUBLE if facts.reals else _integer(column, facts))


def holds_sizes(name: str) -> bool:
    """Whether a column's name says that it counts bytes."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_")
    return not _SIZE_WORDS.isdisjoint(words)


def _kind(column: SourceColumn, facts: Facts) -> Kind:
    match column.family:
        case Family.INTEGER:
            return _integer(column, facts)
        case Family.NUMBER:
            return _number(facts)
        case Family.DATE:
            plain = facts.present == facts.texts == facts.dates
            return Kind.DATE if plain else Kind.TIMESTAMP
        case family:
            return _PLAIN.get(family) or _free(column, facts)


def _integer(column: SourceColumn, facts: Facts) -> Kind:
    low, high = facts.low_integer or 0, facts.high_integer or 0
    fits = all(-INT32 <= number < INT32 for number in (low, high, _default(column)))
    wide = _WIDE.search(column.declared.upper()) or holds_sizes(column.name)
    return Kind.INTEGER if fits and not wide else Kind.BIG


def _default(column: SourceColumn) -> int:
    """The number that new rows get, 0 where it is none."""
    found = re.fullmatch(r"[\s(]*([+-]?\d+)[\s)]*", column.default or "")
    return int(found[1]) if found else 0


def _number(facts: Facts) -> Kind:
    """SQLite has no decimals: a NUMERIC holds doubles, or integers too large for them."""
    low, high = facts.low_integer or 0, facts.high_integer or 0
    exact = low >= -EXACT_DOUBLE and high <= EXACT_DOUBLE
    return Kind.DOUBLE if exact or facts.reals else Kind.BIG


def _free(column: SourceColumn, facts: Facts) -> Kind:
    """No type is declared: the values decide."""
    if facts.blobs or facts.texts:
        return Kind.BYTES if facts.blobs else Kind.TEXT
    if facts.reals:
        return Kind.DOUBLE
    declared = column.declared.upper()
    asks_number = bool(_NUMBER_WORDS.search(declared))
    if facts.integers:
        # a name like JSON or UUID asks for text, though SQLite made numbers of some; one like
        # POINT has the affinity of integers by the letters in it
        untyped = not declared or column.family is Family.BLOB or "INT" in declared
        return _integer(column, facts) if untyped or asks_number else Kind.TEXT
    if asks_number:
        return _integer(column, facts)
    return Kind.BYTES if column.family is Family.BLOB else Kind.TEXT
