"""Compares what the file defines with what PostgreSQL's catalogue says afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from psycopg import sql

from facereview.migrate.load.load import Connection
from facereview.migrate.load.sql_names import raw
from facereview.migrate.plan.constraints import FOLDED
from facereview.migrate.plan.kinds import INT64, INTEGER_LIMITS
from facereview.migrate.plan.plan import Plan, TablePlan
from facereview.migrate.plan.target import SCHEMA, Constraint, Target, read_target
from facereview.migrate.source.schema import ForeignKey, Index, Key, folded


@dataclass(slots=True)
class Comparison:
    """One kind of thing: how many the file has, how many were found, which are missing."""

    what: str
    expected: int = 0
    found: int = 0
    missing: list[str] = field(default_factory=list)

    def note(self, name: str, *, is_there: bool) -> None:
        """Count one."""
        self.expected += 1
        self.found += is_there
        if not is_there:
            self.missing.append(name)


def compare_structure(connection: Connection, plan: Plan) -> list[Comparison]:
    """Everything the plan carries over, looked for in the target as it stands now."""
    target = read_target(connection, [table.name for table in plan.tables])
    lost = {loss.key for loss in plan.losses}
    return [
        _compared(what, plan, target, lost, look)
        for what, look in (
            ("columns", _columns),
            ("not null", _not_nulls),
            ("defaults", _defaults),
            ("primary keys", _primary_keys),
            ("unique", _uniques),
            ("checks", _checks),
            ("foreign keys", _foreign_keys),
            ("indexes", _indexes),
        )
    ] + [_sequences(connection, plan)]


Found = Iterable[tuple[str, str, bool]]
Lost = set[tuple[str, str, str]]


def _compared(
    what: str,
    plan: Plan,
    target: Target,
    lost: Lost,
    look: Callable[[Plan, TablePlan, Target], Found],
) -> Comparison:
    comparison = Comparison(what)
    for table in plan.tables:
        for kind, name, is_there in look(plan, table, target):
            if (kind, table.name, name) not in lost:
                comparison.note(f"{table.name}: {name}", is_there=is_there)
    return comparison


def _columns(_: Plan, table: TablePlan, target: Target) -> Found:
    for column in table.columns:
        there = target.column(table.name, column.name)
        kind = column.choice.kind
        yield "column", column.name, there is not None and there.kind is kind


def _not_nulls(_: Plan, table: TablePlan, target: Target) -> Found:
    for column in table.columns:
        if table.source.column(column.source).not_null:
            there = target.column(table.name, column.name)
            yield "not null", column.name, there is not None and there.not_null


def _defaults(_: Plan, table: TablePlan, target: Target) -> Found:
    for column in table.columns:
        source = table.source.column(column.source)
        has_one = source.default is not None and source.default.upper() != "NULL"
        if has_one and folded(source.name) == folded(column.name):
            there = target.column(table.name, column.name)
            yield "default", column.name, there is not None and there.has_default


def _primary_keys(_: Plan, table: TablePlan, target: Target) -> Found:
    if key := table.source.primary_key:
        columns = table.named(key.columns)
        name = key.name or "_".join(columns)
        yield "primary key", name, _has_key(target, table, columns, "pu")


def _uniques(_: Plan, table: TablePlan, target: Target) -> Found:
    for key in table.source.uniques:
        columns = table.named(key.columns)
        is_there = _has_key(target, table, columns, "pu") and _folds(table, key, target)
        yield "unique", key.name or "_".join(columns), is_there


def _has_key(target: Target, table: TablePlan, columns: tuple[str, ...], kinds: str) -> bool:
    return any(set(c.columns) == set(columns) for c in target.keys(table.name, kinds))


def _folds(table: TablePlan, key: Key, target: Target) -> bool:
    """Uniqueness under NOCASE or RTRIM is kept by an index of its own."""
    if not any(collation in FOLDED for collation in key.collations):
        return True
    words = ("(lower(", "(rtrim(", ", lower(", ", rtrim(")
    mine = (index for index in target.indexes if index.table_name == table.name and index.unique)
    return any(word in index.definition for index in mine for word in words)


def _checks(plan: Plan, table: TablePlan, target: Target) -> Found:
    there = len(target.keys(table.name, "c"))
    lost = {loss.key for loss in plan.losses}
    kept = [c for c in table.source.checks if ("check", table.name, c.label) not in lost]
    for number, check in enumerate(kept, 1):
        yield "check", check.label, number <= there


def _foreign_keys(plan: Plan, table: TablePlan, target: Target) -> Found:
    there = target.keys(table.name, "f")
    for key in table.source.foreign_keys:
        columns = table.named(key.columns)
        is_there = any(_is_same(plan, table, key, columns, each) for each in there)
        yield "foreign key", key.name or "_".join(columns), is_there


def _actions(key: ForeignKey) -> list[str]:
    """PostgreSQL's words for a key's actions; none for NO ACTION, the default."""
    said = (f"ON UPDATE {key.on_update}", f"ON DELETE {key.on_delete}")
    deferred = ["INITIALLY DEFERRED"] if key.deferred else []
    return [each for each in said if not each.endswith("NO ACTION")] + deferred


def _is_same(
    plan: Plan, table: TablePlan, key: ForeignKey, columns: tuple[str, ...], there: Constraint
) -> bool:
    """A shared table's own keys keep the actions of the contract."""
    parent = plan.table(key.target)
    return (
        parent is not None
        and there.valid
        and (there.columns, there.target) == (columns, parent.name)
        and there.target_columns == parent.named(key.target_columns)
        and (table.exists or all(said in there.definition for said in _actions(key)))
    )


def _indexes(_: Plan, table: TablePlan, target: Target) -> Found:
    there = [index for index in target.indexes if index.table_name == table.name]
    for index in table.source.indexes:
        columns = tuple(table.named((t.column,))[0] for t in index.terms if t.column)
        is_there = any(
            each.valid
            and each.unique == index.unique
            and (each.predicate is None) == (index.where is None)
            and (each.columns == columns or _has_expressions(index))
            for each in there
            if each.name.startswith(index.name[:50])
        )
        yield "index", index.name, is_there


def _has_expressions(index: Index) -> bool:
    return any(term.column is None or term.collation != "BINARY" for term in index.terms)


def _sequences(connection: Connection, plan: Plan) -> Comparison:
    """Whether the next id of each table is past every one it has and ever had."""
    comparison = Comparison("sequences")
    for table in plan.tables:
        alias = table.source.rowid_alias
        sequence = sequence_of(connection, table) if alias else None
        if alias and sequence:
            query = sql.SQL(
                "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END,"
                " (SELECT coalesce(max({}), 0) FROM {}) FROM {}"
            ).format(
                sql.Identifier(table.column_of(alias).name),
                sql.Identifier(SCHEMA, table.name),
                raw(sequence),
            )
            last, highest = connection.execute(query).fetchone() or (0, 0)
            needed = max(highest, last_id(table))
            comparison.note(table.name, is_there=last >= needed)
    return comparison


def last_id(table: TablePlan) -> int:
    """The highest id that the file has or ever gave out and the target can hold.

    Ids of rows set aside count too: given out again, they would seem to be those rows.
    """
    alias = table.source.rowid_alias
    if alias is None:
        return 0
    limit = INTEGER_LIMITS.get(table.column_of(alias).choice.kind, INT64)
    known = (table.survey.facts[alias].high_integer, table.source.sequence)
    return max((each for each in known if each is not None and each < limit), default=0)


def sequence_of(connection: Connection, table: TablePlan) -> str | None:
    """The sequence behind a table's ids, as SQL."""
    column = table.column_of(table.source.rowid_alias or "")
    named = sql.Identifier(SCHEMA, table.name).as_string()
    row = connection.execute(
        "SELECT pg_get_serial_sequence(%s, %s)", (named, column.name)
    ).fetchone()
    return row[0] if row else None
