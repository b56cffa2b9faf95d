"""Which PostgreSQL type a column gets, and by which rule its dates are read.

The rule for numbers among dates follows from their size, or is as the user says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from facereview.errors import Invalid
from facereview.migrate.plan.dates import (
    ALIKE,
    PREFERRED,
    RULES,
    DateRule,
    Unit,
    is_likely,
    is_number,
    moment,
)
from facereview.migrate.source.schema import (
    Facts,
    Family,
    Source,
    SourceColumn,
    SourceTable,
    folded,
    quoted,
)
from facereview.migrate.source.snapshot import connect

TEXT = "text"
"""The rule that leaves a column as it is written."""
NUMBER = "number"
"""The rule for a column that holds no dates at all."""
_EXAMPLES = 3
_CORE_DATA_TABLES = {"z_metadata", "z_primarykey"}
_UNDATED = (TEXT, NUMBER)
Place = tuple[str, str]

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


TRUTHS = {
    **dict.fromkeys(("t", "true", "y", "yes", "on"), True),
    **dict.fromkeys(("f", "false", "n", "no", "off"), False),
}
"""Words for booleans, as PostgreSQL itself reads them, in any case."""

INTEGER_LIMITS = {Kind.SMALL: INT16, Kind.INTEGER: INT32, Kind.BIG: INT64}

_PLAIN = {
    Family.REAL: Kind.DOUBLE,
    Family.TEXT: Kind.TEXT,
    Family.BOOLEAN: Kind.BOOLEAN,
    Family.TIMESTAMP: Kind.TIMESTAMP,
}


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


def _holds_sizes(name: str) -> bool:
    """Whether a column's name says that it counts bytes."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_")
    return not _SIZE_WORDS.isdisjoint(words)


def _kind(column: SourceColumn, facts: Facts) -> Kind:
    match column.family:
        case Family.INTEGER if column.generated is not None and facts.reals:
            return Kind.DOUBLE  # nobody wrote the fractions: its expression gives them
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
    wide = _WIDE.search(column.declared.upper()) or _holds_sizes(column.name)
    return Kind.INTEGER if fits and not wide else Kind.BIG


def _default(column: SourceColumn) -> int:
    """The number that new rows get, 0 where it is none."""
    if re.search(r"\*\s*(1000|1000000|86400000)\b", column.default or ""):
        return INT32  # the time in milliseconds or less
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


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule by the user's name for it, and what (number, date) pairs it gives."""

    rule: str
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Unclear:
    """A column whose numbers can be read in several ways."""

    table: str
    column: str
    numbers: int
    readings: tuple[Reading, ...]


def date_rules(texts: Iterable[str]) -> dict[str, str]:
    """The rules said as ``table.column=rule``, by column.

    Raises:
        Invalid: one is said otherwise.
    """
    rules: dict[str, str] = {}
    for text in texts:
        place, _, rule = text.rpartition("=")
        if "." not in place or rule not in (*RULES, *_UNDATED):
            known = ", ".join((*RULES, *_UNDATED))
            raise Invalid(
                f"The dates {text} cannot be understood: write table.column=rule with one of the "
                f"rules {known}."
            )
        rules[folded(place)] = rule
    return rules


@dataclass(frozen=True, slots=True)
class _Column:
    """A column, what it holds, and the type it has in the target already."""

    table: SourceTable
    column: SourceColumn
    facts: Facts
    fixed: Kind | None


@dataclass(slots=True)
class Readings:
    """Chooses the types of columns; asks the copy in ``folder`` where numbers are dates.

    ``rules`` are the user's, see :func:`date_rules`; ``unclear`` is what needs one.
    """

    folder: Path
    source: Source
    rules: Mapping[str, str] = field(default_factory=dict)
    unclear: dict[Place, Unclear] = field(default_factory=dict)
    _counts: dict[Place, dict[Unit, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {folded(f"{t.name}.{c.name}") for t in self.source.tables for c in t.columns}
        for place in self.rules:
            if place not in known:
                raise Invalid(f"The library has no column {place}: name one of its date columns.")

    def choose(
        self, table: SourceTable, column: SourceColumn, facts: Facts, fixed: Kind | None = None
    ) -> Choice:
        """The type of a column; ``fixed`` where the target has it already.

        Raises:
            Invalid: the user's rule does not go with the target's column.
        """
        asked = _Column(table, column, facts, fixed)
        rule = self.rules.get(folded(f"{table.name}.{column.name}"))
        kind = fixed or _kind(column, facts)
        choice = Choice(kind, DateRule(facts.texts > 0, None) if kind.is_date else None)
        if rule is not None:
            return self._as_said(asked, choice, rule)
        if not choice.kind.is_date or not facts.numbers:
            return choice
        return self._as_found(asked)

    def _as_said(self, asked: _Column, choice: Choice, rule: str) -> Choice:
        fixed = asked.fixed
        if fixed is not None and fixed.is_date == (rule in _UNDATED):
            raise Invalid(
                f"The target's column {asked.table.name}.{asked.column.name} is {fixed}, which "
                f"cannot hold {rule}: choose another rule for it."
            )
        if rule in _UNDATED:
            if rule == TEXT:
                return Choice(Kind.TEXT)
            return Choice(Kind.DOUBLE if asked.facts.reals else _integer(asked.column, asked.facts))
        if asked.facts.numbers:
            return self._dated(asked, RULES[rule])
        return choice if choice.kind.is_date else Choice(Kind.TIMESTAMP, DateRule(True, None))

    def _dated(self, asked: _Column, unit: Unit) -> Choice:
        counts, facts = self._counted(asked.table, asked.column), asked.facts
        others = tuple(u for u, count in counts.items() if count and u is not unit)
        days = unit.is_of_days and facts.texts == facts.dates
        kind = asked.fixed or (Kind.DATE if days else Kind.TIMESTAMP)
        return Choice(kind, DateRule(facts.texts > 0, unit, others if counts[unit] else ()))

    def _as_found(self, asked: _Column) -> Choice:
        """The unit in which the most numbers are likely dates."""
        counts = self._counted(asked.table, asked.column)
        best = [unit for unit in PREFERRED if counts[unit] == max(counts.values())]
        dates = DateRule(asked.facts.texts > 0, Unit.SECONDS)
        plain = asked.fixed or Kind.TIMESTAMP
        if not any(counts.values()):
            return Choice(plain, replace(dates, unlikely=True))
        if ALIKE.issubset(best) and not self._is_of_core_data():
            self._note(asked)
            return Choice(plain, replace(dates, unclear=True))
        return self._dated(asked, Unit.CORE_DATA if ALIKE.issubset(best) else best[0])

    def _is_of_core_data(self) -> bool:
        return not _CORE_DATA_TABLES.isdisjoint(folded(table.name) for table in self.source.tables)

    def _counted(self, table: SourceTable, column: SourceColumn) -> dict[Unit, int]:
        """How many numbers are likely dates in each unit."""
        place = table.name, column.name
        if place not in self._counts:
            value = quoted(column.name)
            sums = ", ".join(f"ifnull(sum({is_likely(unit, value)}), 0)" for unit in Unit)
            query = f"SELECT {sums} FROM {table.origin} WHERE {is_number(value)}"
            with closing(connect(self.folder)) as connection:
                row = connection.execute(query).fetchone()
            self._counts[place] = dict(zip(Unit, row, strict=True))
        return self._counts[place]

    def _note(self, asked: _Column) -> None:
        table, column = asked.table, asked.column
        counts = self._counted(table, column)
        rules = [rule for rule, unit in RULES.items() if counts[unit]]
        value = quoted(column.name)
        readings = []
        with closing(connect(self.folder)) as connection:
            for rule in rules:
                query = (
                    f"SELECT DISTINCT {value} FROM {table.origin} WHERE {is_number(value)} "
                    f"AND {is_likely(RULES[rule], value)} ORDER BY 1 LIMIT {_EXAMPLES}"
                )
                numbers = [number for (number,) in connection.execute(query)]
                readings.append(Reading(rule, tuple(_examples(numbers, RULES[rule]))))
        place = table.name, column.name
        self.unclear[place] = Unclear(*place, asked.facts.numbers, tuple(readings))


def _examples(numbers: Iterable[float], unit: Unit) -> Iterator[tuple[str, str]]:
    for number in numbers:
        at = moment(number, DateRule(texts=False, unit=unit))
        yield str(number), str(at.date() if unit.is_of_days else at)
