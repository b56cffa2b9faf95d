"""Makes the plan: the file's tables, reconciled with those the target has already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from facereview.errors import Invalid, SchemaError
from facereview.migrate.plan.kinds import INT32, INTEGER_LIMITS, Choice, Kind, Readings
from facereview.migrate.plan.naming import SAME_AS, Naming, name_all
from facereview.migrate.plan.plan import LoadColumn, Loss, Plan, TablePlan
from facereview.migrate.plan.statements import After, Before, Refused, scope_of
from facereview.migrate.plan.target import Target, TargetColumn
from facereview.migrate.plan.translate import NotPortable, expression
from facereview.migrate.source.schema import Source, SourceColumn, SourceTable, Survey, folded


def make_plan(
    source: Source,
    surveys: Mapping[str, Survey],
    target: Target,
    refused: Refused,
    readings: Readings,
) -> Plan:
    """The plan for these tables; ``readings`` chooses the types of their columns.

    Raises:
        SchemaError: a table of the target cannot take the library's rows.
        Invalid: a table has no columns that can be read.
    """
    naming = name_all(source, surveys, target)
    source = naming.source
    planner = _Columns(target, readings, naming)
    tables = [planner.table(table, surveys[table.name]) for table in source.tables]
    tables = [_with_generated(table, refused) for table in _aligned(tables)]
    plan = Plan(_ordered(tables), source.views, naming.views)
    plan.notes += naming.notes
    plan.losses += [Loss(*each) for each in source.lost]
    plan.losses += [Loss(*key, reason) for key, reason in refused.items()]
    Before(target, plan, refused, plan.before).write()
    After(target, plan, refused).write(source.views)
    plan.notes += _folding_notes(plan)
    plan.notes += _last_id_notes(plan)
    for name in source.triggers:
        plan.notes.append(f"The trigger {name} is code for SQLite and is not carried over.")
    return plan


_COMPARES = {
    "NOCASE": ("is case-sensitive now, which NOCASE did not", "lower()"),
    "RTRIM": ("heeds spaces at the end now, which RTRIM did not", "rtrim()"),
}


def _folding_notes(plan: Plan) -> Iterable[str]:
    """Keys and indexes are kept over what was compared; comparing is the column's own, and not."""
    for table in plan.tables:
        for collation, (change, function) in _COMPARES.items():
            columns = [c.name for c in table.columns if table.collation(c) == collation]
            if columns:
                where = f"{', '.join(columns)} of {table.name}"
                yield f"Comparing {where} {change}: compare {function} of both."


def _last_id_notes(plan: Plan) -> Iterable[str]:
    for table in plan.tables:
        if (alias := table.source.rowid_alias) is None:
            continue
        highest = max(table.survey.facts[alias].high_integer or 0, table.source.sequence or 0)
        if highest == INTEGER_LIMITS.get(table.column_of(alias).choice.kind, 0) - 1:
            yield (
                f"{table.name} has had the highest id there is, and PostgreSQL has none to give to "
                "its new rows: give them ids of your own."
            )


@dataclass(frozen=True, slots=True)
class _Columns:
    """Gives each column of the file its place and type in the target."""

    target: Target
    readings: Readings
    naming: Naming

    def table(self, table: SourceTable, survey: Survey) -> TablePlan:
        """One table."""
        name = self.naming.tables[table.name]
        known = name if table.name in self.naming.existing else None
        if not table.columns:
            raise Invalid(f"The table {table.name} has no columns that can be read.")
        columns = [self._column(table, column, survey, known) for column in table.columns]
        if known is not None:
            columns += self._filled(table, survey, known)
            _check_required(known, columns, self.target)
        return TablePlan(name, table, survey, tuple(columns), known is not None)

    def _column(
        self, table: SourceTable, column: SourceColumn, survey: Survey, known: str | None
    ) -> LoadColumn:
        there = self.target.column(known, column.name) if known else None
        facts = survey.facts[column.name]
        if there is not None:
            return self._existing(table, column.name, survey, there)
        choice = self.readings.choose(table, column, facts)
        is_id = column.name == table.rowid_alias
        if is_id and max(facts.high_integer or 0, table.sequence or 0) >= INT32 - 1:
            choice = Choice(Kind.BIG)
        keyed = table.primary_key is not None and column.name in table.primary_key.columns
        name = self.naming.columns[table.name, column.name]
        return LoadColumn(name, column.name, choice, column.not_null or keyed)

    def _existing(
        self, table: SourceTable, source: str, survey: Survey, there: TargetColumn
    ) -> LoadColumn:
        """A column that the target has: its type is kept."""
        if there.kind is None or there.generated:
            raise SchemaError(
                f"The column {there.name} of the target's table {table.name} is of type "
                f"{there.type}{' and computed' if there.generated else ''}, which cannot be "
                "filled from the library: migrate into an empty database."
            )
        column = table.column(source)
        choice = self.readings.choose(table, column, survey.facts[source], there.kind)
        not_null = there.not_null or column.not_null
        return LoadColumn(
            there.name, source, choice, not_null, exists=True, limit=there.limit, folds=there.folds
        )

    def _filled(self, table: SourceTable, survey: Survey, known: str) -> Iterable[LoadColumn]:
        """Columns of the contract that have another name in the library."""
        have = {folded(column.name): column.name for column in table.columns}
        for name, words in SAME_AS.get(known, {}).items():
            there = self.target.column(known, name)
            source = next((have[word] for word in words if word in have), None)
            if there and source and name not in have:
                yield self._existing(table, source, survey, there)


def _check_required(known: str, columns: Iterable[LoadColumn], target: Target) -> None:
    filled = {column.name for column in columns}
    for there in target.columns[known]:
        if there.not_null and not there.has_default and there.name not in filled:
            raise SchemaError(
                f"The table {known} needs a value in {there.name}, for which the library has no "
                "column: migrate into an empty database, or drop the column's NOT NULL."
            )


def _aligned(tables: list[TablePlan]) -> list[TablePlan]:
    """Both ends of a foreign key get the wider of their integer types."""
    by_name = {table.source.name: table for table in tables}
    widened = True
    while widened:
        widened = False
        for table in list(by_name.values()):
            for key in table.source.foreign_keys:
                pairs = zip(key.columns, key.target_columns, strict=False)
                for mine, theirs in pairs if key.target in by_name else ():
                    widened |= _align(by_name, (table.source.name, mine), (key.target, theirs))
    return [by_name[table.source.name] for table in tables]


def _align(tables: dict[str, TablePlan], one: tuple[str, str], other: tuple[str, str]) -> bool:
    changed = False
    for (table, column), partner in ((one, other), (other, one)):
        mine = tables[table].column_of(column)
        kinds = mine.choice.kind, tables[partner[0]].column_of(partner[1]).choice.kind
        if kinds == (Kind.INTEGER, Kind.BIG) and not mine.exists:
            wider = replace(mine, choice=Choice(Kind.BIG))
            columns = tuple(wider if c is mine else c for c in tables[table].columns)
            tables[table] = replace(tables[table], columns=columns)
            changed = True
    return changed


def _with_generated(table: TablePlan, refused: Refused) -> TablePlan:
    """Generated columns with their expression in PostgreSQL; the rest keep their values only."""
    known = scope_of(table)

    def generated(column: LoadColumn) -> str | None:
        text = table.source.column(column.source).generated
        key = "generated column", table.name, column.name
        if not text or column.exists or key in refused:
            return None
        try:
            return expression(text, known)
        except NotPortable:
            return None

    columns = (replace(column, generated=generated(column)) for column in table.columns)
    return replace(table, columns=tuple(columns))


def _ordered(tables: list[TablePlan]) -> tuple[TablePlan, ...]:
    """Tables that others point to come first; a cycle is broken at any place."""
    by_name = {table.source.name: table for table in tables}
    pointed = {
        name: {key.target for key in table.source.foreign_keys} & by_name.keys() - {name}
        for name, table in by_name.items()
    }
    while True:
        try:
            return tuple(by_name[name] for name in TopologicalSorter(pointed).static_order())
        except CycleError as circle:
            # the second of two neighbours in the cycle waits for the first
            first, second = circle.args[1][:2]
            pointed[second] = pointed[second] - {first}
