"""Compares what the file defines with what PostgreSQL has afterwards: catalogue and views."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import psycopg
import xxhash
from psycopg import sql

from facereview.migrate.load.defects import Defects, clean
from facereview.migrate.load.load import Connection
from facereview.migrate.plan.dates import DateRule, Unit, is_number, moment
from facereview.migrate.plan.kinds import INT64, INTEGER_LIMITS, TRUTHS, Kind
from facereview.migrate.plan.plan import LoadColumn, Plan, TablePlan
from facereview.migrate.plan.statements import FOLDED
from facereview.migrate.plan.target import SCHEMA, Constraint, Target, read_target
from facereview.migrate.plan.translate import NotPortable, tables_of
from facereview.migrate.source.schema import ForeignKey, Index, Key, View, folded, quoted
from facereview.store.faults import said

Found = Iterable[tuple[str, str, bool]]
"""What is looked for, by the plan's word for it and its name, and whether it is there."""
_BOOLEAN, _REAL, _BYTES, _TEXTS, _DATES = 16, 700, 17, (25, 1042, 1043), (1082, 1114, 1184)
_EXACT = 2**53
Plain = Callable[[Any], object]
Sum = tuple[int, int]


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
    """Everything the plan carries over, looked for in the target as it is now: columns first."""
    target = read_target(connection, [table.name for table in plan.tables])
    lost = {loss.key for loss in plan.losses}
    compared = []
    for what, look in _LOOKS.items():
        comparison = Comparison(what)
        for table in plan.tables:
            for kind, name, is_there in look(plan, table, target):
                if (kind, table.name, name) not in lost:
                    comparison.note(f"{table.name}: {name}", is_there=is_there)
        compared.append(comparison)
    return [*compared, _sequences(connection, plan, target)]


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
        if has_one and table.column_of(source.name) is column:
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
        columns = table.named(t.column for t in index.terms if t.column)
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


_LOOKS: dict[str, Callable[[Plan, TablePlan, Target], Found]] = {
    "columns": _columns,
    "not null": _not_nulls,
    "defaults": _defaults,
    "primary keys": _primary_keys,
    "unique": _uniques,
    "checks": _checks,
    "foreign keys": _foreign_keys,
    "indexes": _indexes,
}


def _sequences(connection: Connection, plan: Plan, target: Target) -> Comparison:
    """Whether the next id of each table is the one after every one it has and ever had."""
    comparison = Comparison("sequences")
    for table in plan.tables:
        alias = table.source.rowid_alias
        is_there = alias and target.column(table.name, table.column_of(alias).name)
        sequence = sequence_of(connection, table) if is_there else None
        if alias and sequence:
            query = sql.SQL(
                "SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END,"
                " (SELECT coalesce(max({}), 0) FROM {}) FROM {}"
            ).format(
                sql.Identifier(table.column_of(alias).name),
                sql.Identifier(SCHEMA, table.name),
                sql.SQL(sequence),
            )
            given, highest = connection.execute(query).fetchone() or (0, 0)
            needed = min(max(highest, last_id(table), 0) + 1, id_limit(table) - 1)
            comparison.note(table.name, is_there=given == needed)
    return comparison


def last_id(table: TablePlan) -> int:
    """The highest id that the file has or ever gave out and the target can hold.

    Ids of rows set aside count too: given out again, they would seem to be those rows.
    """
    alias, limit = table.source.rowid_alias, id_limit(table)
    if alias is None:
        return 0
    known = (table.survey.facts[alias].high_integer, table.source.sequence)
    return max((each for each in known if each is not None and each < limit), default=0)


def id_limit(table: TablePlan) -> int:
    """What the ids of a table must be below, by their type."""
    alias = table.source.rowid_alias
    kind = table.column_of(alias).choice.kind if alias else Kind.BIG
    return INTEGER_LIMITS.get(kind, INT64)


def sequence_of(connection: Connection, table: TablePlan) -> str | None:
    """The sequence behind a table's ids, as SQL."""
    column = table.column_of(table.source.rowid_alias or "")
    named = sql.Identifier(SCHEMA, table.name).as_string()
    row = connection.execute(
        "SELECT pg_get_serial_sequence(%s, %s)", (named, column.name)
    ).fetchone()
    return row[0] if row else None


def show_as_carried(reader: sqlite3.Connection, plan: Plan, defects: Defects) -> bool:
    """Let the file's views see its tables as they are in the target; whether any is otherwise.

    Tables that lack rows or values there, or whose numbers are dates there, are hidden by temporary
    ones of their name, and the views by temporary ones over these.
    """
    used = set().union(*map(_tables_of, plan.file_views))
    changed = [
        table
        for table in plan.tables
        if folded(table.source.name) in used and (_lacks(table, defects) or _numbered(table))
    ]
    if not changed:
        return False
    reader.create_function("facereview_date", 2, _written_date, deterministic=True)
    for table in changed:
        _hide(reader, table, defects)
    for view in plan.file_views:
        columns = f"({', '.join(map(quoted, view.columns))})" if view.columns else ""
        reader.execute(f"CREATE TEMP VIEW {quoted(view.name)} {columns} AS {view.select}")
    return True


def _tables_of(view: View) -> set[str]:
    try:
        return tables_of(view.select)
    except NotPortable:
        return set()


def _lacks(table: TablePlan, defects: Defects) -> bool:
    return bool(defects.actions(table.source.name))


def _numbered(table: TablePlan) -> list[LoadColumn]:
    """The columns of dates that are numbers in the file."""
    facts = table.survey.facts
    return [c for c in table.columns if c.choice.kind.is_date and facts[c.source].numbers]


def _hide(reader: sqlite3.Connection, table: TablePlan, defects: Defects) -> None:
    source, numbered = table.source, _numbered(table)
    columns = tuple(table.column_of(column.name) for column in source.columns)
    cleaned = clean(table, columns, defects.actions(source.name))
    values, definitions = [], []
    for column, value in zip(columns, cleaned.values, strict=True):
        said = source.column(column.source)
        collation = said.collation if said.collation in FOLDED else "BINARY"
        declared = quoted(said.declared) if said.declared else ""
        definitions.append(f"{quoted(said.name)} {declared} COLLATE {collation}")
        rule = column.choice.dates
        if column in numbered and rule and rule.unit:
            date = f"facereview_date({value}, '{rule.unit.name}')"
            values.append(f"CASE WHEN {is_number(value)} THEN {date} ELSE {value} END")
        else:
            values.append(value)
    mine = quoted(source.name)
    of_file = f"main.{cleaned.origin}"
    if cleaned.origin.startswith("("):
        of_file = cleaned.origin.replace(f" FROM {mine})", f" FROM main.{mine})")
    reader.execute(f"CREATE TEMP TABLE {mine} ({', '.join(definitions)})")
    reader.execute(
        f"INSERT INTO temp.{mine} SELECT {', '.join(values)} FROM {of_file} {cleaned.where}"
    )


def _written_date(value: float, unit: str) -> str:
    return str(moment(value, DateRule(texts=False, unit=Unit[unit])))


def difference(
    reader: sqlite3.Connection, connection: Connection, view: str, name: str, *, dated: bool
) -> str | None:
    """Why a view is not the same, None where it is; see :func:`show_as_carried`.

    ``name`` is the target's for it.
    ``dated``: tables are hidden for their dates alone, so that it must have values where the file's
    own view has some.
    """
    try:
        with connection.transaction(), connection.cursor() as cursor:
            shape = cursor.execute(_select(name, "SELECT * FROM {} LIMIT 0")).description or []
            plain: list[Plain] = [partial(_alike, column.type_code) for column in shape]
            here = _summed(reader.execute(f"SELECT * FROM {quoted(view)}"), plain)
            there = _summed(cursor.stream(_select(name, "SELECT * FROM {}")), plain)
            if dated and here == there:
                plain = [_is_missing for _ in shape]
                here = _summed(reader.execute(f"SELECT * FROM main.{quoted(view)}"), plain)
                there = _summed(cursor.stream(_select(name, "SELECT * FROM {}")), plain)
    except (psycopg.ProgrammingError, psycopg.DataError, psycopg.NotSupportedError) as fault:
        return f"it cannot be read in PostgreSQL: {said(fault)}"
    except sqlite3.Error as fault:
        return f"it cannot be read in the library: {fault}"
    if here[0] != there[0]:
        return "it gives different rows in PostgreSQL"
    return "it gives different values in PostgreSQL" if here != there else None


def _select(view: str, statement: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(SCHEMA, view))


def _summed(rows: Iterable[Sequence[Any]], plain: Sequence[Plain]) -> Sum:
    """How many rows, and the sum of their hashes, independent of the order."""
    count = total = 0
    for row in rows:
        values = tuple(make(value) for make, value in zip(plain, row, strict=False))
        total += xxhash.xxh3_128_intdigest(repr(values).encode(errors="surrogatepass"))
        count += 1
    return count, total


def _is_missing(value: object) -> bool:
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
    if kind == _BOOLEAN and isinstance(value, str):
        value = TRUTHS.get(value.lower(), value)
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
