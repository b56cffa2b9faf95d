"""The rule by which the numbers of a date column are read: by their size, or as the user says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from facereview.errors import Invalid
from facereview.migrate.load.values import moment
from facereview.migrate.plan.date_units import ALIKE, PREFERRED, RULES, Unit, is_likely
from facereview.migrate.plan.kinds import Choice, DateRule, Kind, choose, numeric
from facereview.migrate.source.column_survey import Facts
from facereview.migrate.source.schema import Source, SourceColumn, SourceTable, folded, quoted
from facereview.migrate.source.snapshot import connect

TEXT = "text"
"""The rule that leaves a column as it is written."""
NUMBER = "number"
"""The rule for a column that holds no dates at all."""
_EXAMPLES = 3
_CORE_DATA_TABLES = {"z_metadata", "z_primarykey"}
_PLAIN = (TEXT, NUMBER)
Place = tuple[str, str]


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


def parsed(texts: Iterable[str]) -> dict[str, str]:
    """The rules said as ``table.column=rule``, by column.

    Raises:
        Invalid: one is said otherwise.
    """
    rules: dict[str, str] = {}
    for text in texts:
        place, _, rule = text.rpartition("=")
        if "." not in place or rule not in (*RULES, *_PLAIN):
            known = ", ".join((*RULES, *_PLAIN))
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

    ``rules`` are the user's, see :func:`parsed`; ``unclear`` is what needs one.
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
        choice = choose(column, facts, fixed)
        if rule is not None:
            return self._as_said(asked, choice, rule)
        if not choice.kind.is_date or not facts.numbers:
            return choice
        return self._as_found(asked)

    def _as_said(self, asked: _Column, choice: Choice, rule: str) -> Choice:
        fixed = asked.fixed
        if fixed is not None and fixed.is_date == (rule in _PLAIN):
            raise Invalid(
                f"The target's column {asked.table.name}.{asked.column.name} is {fixed}, which "
                f"cannot hold {rule}: choose another rule for it."
            )
        if rule in _PLAIN:
            is_text = rule == TEXT
            return Choice(Kind.TEXT) if is_text else numeric(asked.column, asked.facts)
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
            query = f"SELECT {sums} FROM {table.origin} WHERE {_is_number(value)}"
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
                    f"SELECT DISTINCT {value} FROM {table.origin} WHERE {_is_number(value)} "
                    f"AND {is_likely(RULES[rule], value)} ORDER BY 1 LIMIT {_EXAMPLES}"
                )
                numbers = [number for (number,) in connection.execute(query)]
                readings.append(Reading(rule, tuple(_examples(numbers, RULES[rule]))))
        place = table.name, column.name
        self.unclear[place] = Unclear(*place, asked.facts.numbers, tuple(readings))


def _is_number(value: str) -> str:
    return f"typeof({value}) IN ('integer', 'real')"


def _examples(numbers: Iterable[float], unit: Unit) -> Iterator[tuple[str, str]]:
    for number in numbers:
        at = moment(number, DateRule(texts=False, unit=unit))
        yield str(number), str(at.date() if unit.is_of_days else at)
