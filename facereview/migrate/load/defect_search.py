"""Finds what PostgreSQL would refuse, before anything is written to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from facereview.migrate.load.defects import Defects, first
from facereview.migrate.load.texts import check_texts
from facereview.migrate.plan.plan import Plan, TablePlan
from facereview.migrate.plan.rewrite import NotPortable
from facereview.migrate.plan.rules import unfit
from facereview.migrate.plan.translate import columns_of
from facereview.migrate.source.schema import ForeignKey, folded, quoted
from facereview.migrate.source.snapshot import ATTACHED, attach, connect

_THREADS = 2


def find_unfit(
    folder: Path, plan: Plan, defects: Defects, on_rows: Callable[[int], None]
) -> dict[str, int]:
    """Note the values that do not fit; per table, how many dates lose digits past microseconds.

    SQLite and Arrow leave Python's lock while they work, so two threads use two cores.
    """

    def look(table: TablePlan) -> int:
        connection = connect(folder)
        try:
            _values(connection, table, defects)
            _nulls(connection, table, defects)
            _checks(connection, table, defects)
        finally:
            connection.close()
        return check_texts(folder, table, defects, on_rows)

    largest_first = sorted(plan.tables, key=lambda table: -table.survey.rows)
    with ThreadPoolExecutor(_THREADS) as pool:
        counts = pool.map(look, largest_first)
        return {t.name: count for t, count in zip(largest_first, counts, strict=True) if count}


def find_orphans(folder: Path, plan: Plan, defects: Defects) -> None:
    """Note foreign keys that point to no row, or to one that is set aside, until none is left."""
    pointing = [table for table in plan.tables if table.source.foreign_keys]
    with ThreadPoolExecutor(_THREADS) as pool:
        whole = set(pool.map(lambda table: _whole(folder, table), pointing))
    connection = connect(folder)
    try:
        attach(connection, folder)
        touched = {table.source.name for table in plan.tables}
        aside: set[str] = {t for t in touched if defects.set_aside(t)}
        while touched:
            touched = {
                table.source.name
                for table in pointing
                for key in table.source.foreign_keys
                if key.target in touched
                and (table.source.name not in whole or aside & {key.target, table.source.name})
                and _orphans(connection, plan, table, key, defects)
                and defects.set_aside(table.source.name)
            }
            aside |= touched
    finally:
        connection.close()


def _whole(folder: Path, table: TablePlan) -> str | None:
    """The table's name if SQLite's own check, much quicker than ours, finds nothing in it."""
    connection = connect(folder)
    try:
        sql = f"PRAGMA foreign_key_check({quoted(table.source.name)})"
        return table.source.name if connection.execute(sql).fetchone() is None else None
    except sqlite3.Error:
        return None
    finally:
        connection.close()


def _values(connection: sqlite3.Connection, table: TablePlan, defects: Defects) -> None:
    for column in table.loaded:
        for reason, predicate in unfit(column, table.survey.facts[column.source]):
            found = _rows(connection, table, first(column), predicate)
            defects.add(table, column.source, reason, found)


def _nulls(connection: sqlite3.Connection, table: TablePlan, defects: Defects) -> None:
    for column in table.columns:
        facts = table.survey.facts[column.source]
        if column.not_null and facts.present < table.survey.rows:
            # SQLite optimises IS NULL to false for a column that is declared NOT NULL
            missing = f"typeof({quoted(column.source)}) = 'null'"
            found = _rows(connection, table, "NULL", missing)
            defects.add(table, column.source, "NULL where a value is needed", found)


def _checks(connection: sqlite3.Connection, table: TablePlan, defects: Defects) -> None:
    for check in table.source.checks:
        try:
            named = columns_of(check.expression)
            found = _rows(connection, table, "NULL", f"NOT ({check.expression})")
        except (sqlite3.Error, NotPortable):
            continue  # it is not carried over either, and reported as that
        to_blame = [c.name for c in table.source.columns if folded(c.name) in named]
        column = to_blame[0] if len(to_blame) == 1 else None
        defects.add(table, column, f"against CHECK ({check.expression[:80]})", found)


def _rows(
    connection: sqlite3.Connection, table: TablePlan, value: str, predicate: str
) -> Iterable[tuple[int, object]]:
    sql = f"SELECT {table.source.row}, {value} FROM {table.source.origin} WHERE {predicate}"
    return connection.execute(sql)


def _orphans(
    connection: sqlite3.Connection,
    plan: Plan,
    table: TablePlan,
    key: ForeignKey,
    defects: Defects,
) -> int:
    """Note the orphans of one foreign key; how many were not known yet."""
    parent = plan.table(key.target)
    if parent is None or not key.target_columns:
        return 0
    column = _first_free(table, key)
    pairs = zip(key.target_columns, key.columns, strict=True)
    same = " AND ".join(f"p.{quoted(theirs)} = c.{quoted(mine)}" for theirs, mine in pairs)
    given = " AND ".join(f"c.{quoted(mine)} IS NOT NULL" for mine in key.columns)
    value = " || ', ' || ".join(f"c.{quoted(mine)}" for mine in key.columns)
    gone = f"SELECT row FROM {ATTACHED}.defect WHERE action = 'quarantine' AND tbl ="
    sql = (
        f"SELECT c.{table.source.row}, {value} FROM {_named(table, 'c', indexed=False)} "
        f"WHERE {given} AND c.{table.source.row} NOT IN ({gone} ?) AND NOT EXISTS ("
        f"SELECT 1 FROM {_named(parent, 'p', indexed=True)} WHERE {same} "
        f"AND p.{parent.source.row} NOT IN ({gone} ?))"
    )
    found = connection.execute(sql, (table.source.name, key.target)).fetchall()
    reason = f"points to no row of {key.target}"
    return defects.add(table, column, reason, found)


def _first_free(table: TablePlan, key: ForeignKey) -> str:
    """The column to make NULL: one that may be, where there is one."""
    primary = table.source.primary_key
    keyed = primary.columns if primary else ()
    needed = {column.source for column in table.columns if column.not_null}
    free = [name for name in key.columns if name not in needed and name not in keyed]
    return free[0] if free else key.columns[0]


def _named(table: TablePlan, alias: str, *, indexed: bool) -> str:
    """The table under a short name; a look-up by key needs the table's indexes."""
    source = table.source
    if source.has_row_ids:
        return f"{quoted(source.name)} AS {alias}{'' if indexed else ' NOT INDEXED'}"
    is_numbered = source.origin.startswith("(")
    return f"{source.origin.rsplit(' AS ', 1)[0] if is_numbered else source.origin} AS {alias}"
