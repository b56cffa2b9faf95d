"""Rows and values that PostgreSQL refuses, kept beside the library, complete and as they were."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from psycopg import sql

from facereview.migrate.load.defects import Defects
from facereview.migrate.load.load import Connection
from facereview.migrate.load.sql_names import name, names, short
from facereview.migrate.plan.plan import Plan, TablePlan
from facereview.migrate.source.schema import quoted
from facereview.migrate.source.snapshot import ATTACHED, attach, connect

SCHEMA = "facereview_quarantine"
NULLED = "facereview_nulled"
_LIST = "facereview_defects"
_REASON, _SOURCE = "facereview_reason", "facereview_source"


class _Text(bytes):
    """A text of SQLite, told apart from bytes."""


def fill_quarantine(
    connection: Connection, folder: Path, plan: Plan, defects: Defects
) -> dict[str, int]:
    """Write what is set aside; rows per table of the library.

    Each table keeps its name and columns, all as text for reading; ``facereview_source`` is the
    row as an SQL list of SQLite literals, from which it can be put back unchanged.
    """
    counts = {table.source.name: defects.set_aside(table.source.name) for table in plan.tables}
    nulled = any(group.action == "null" for group in defects.groups())
    if not any(counts.values()) and not nulled:
        return {}
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name(SCHEMA)))
    reader = connect(folder)
    reader.text_factory = _Text
    try:
        attach(reader, folder)
        for table in plan.tables:
            if counts[table.source.name]:
                _set_aside(connection, reader, table, defects)
        if nulled:
            _keep_values(connection, reader, plan)
    finally:
        reader.close()
    return {table: count for table, count in counts.items() if count}


def _set_aside(
    connection: Connection, reader: sqlite3.Connection, table: TablePlan, defects: Defects
) -> None:
    source = table.source
    columns = [short(column.name) for column in source.columns] + [_REASON, _SOURCE]
    target = name(SCHEMA, source.name)
    connection.execute(
        sql.SQL("CREATE TABLE {} ({})").format(
            target, sql.SQL(", ").join(sql.SQL("{} text").format(name(c)) for c in columns)
        )
    )
    reasons = defects.reasons(source.name)
    listed = ", ".join(quoted(column.name) for column in source.columns)
    rows = (
        f"SELECT {source.row}, {listed} FROM {source.origin} WHERE {source.row} IN (SELECT row"
        f" FROM {ATTACHED}.defect WHERE tbl = ? AND action = 'quarantine')"
    )
    statement = sql.SQL("COPY {} {} FROM STDIN").format(target, names(columns))
    with connection.cursor().copy(statement) as copy:
        for row, *values in _rows(reader, rows, source.name):
            literals = ", ".join(literal(value) for value in values)
            copy.write_row([*(readable(v) for v in values), reasons[row], f"({literals})"])


def _keep_values(connection: Connection, reader: sqlite3.Connection, plan: Plan) -> None:
    """The values that became NULL, one row each."""
    columns = ["table_name", "row_number", "column_name", "reason", "value", _SOURCE]
    target = name(SCHEMA, NULLED)
    connection.execute(
        sql.SQL("CREATE TABLE {} ({})").format(
            target, sql.SQL(", ").join(sql.SQL("{} text").format(name(c)) for c in columns)
        )
    )
    statement = sql.SQL("COPY {} {} FROM STDIN").format(target, names(columns))
    with connection.cursor().copy(statement) as copy:
        for table in plan.tables:
            source = table.source
            for column in source.columns:
                # the table may have columns of the same names as the list of defects
                mine = quoted(source.name)
                rows = (
                    f"SELECT {_LIST}.row, {_LIST}.reason, {mine}.{quoted(column.name)}"
                    f" FROM {source.origin} JOIN {ATTACHED}.defect AS {_LIST}"
                    f" ON {_LIST}.tbl = ? AND {_LIST}.col = ? AND {_LIST}.action = 'null'"
                    f" AND {_LIST}.row = {mine}.{source.row} ORDER BY {_LIST}.row"
                )
                for row, reason, value in _rows(reader, rows, source.name, column.name):
                    kept = (
                        str(row),
                        column.name,
                        readable(reason),
                        readable(value),
                        literal(value),
                    )
                    copy.write_row([source.name, *kept])


def _rows(reader: sqlite3.Connection, statement: str, *params: str) -> Iterator[tuple[Any, ...]]:
    yield from reader.execute(statement, params)


def readable(value: object) -> str | None:
    """A value as text; what text cannot hold is escaped."""
    if value is None:
        return None
    if isinstance(value, _Text):
        return value.decode(errors="backslashreplace").replace("\0", "\\0")
    return f"\\x{value.hex()}" if isinstance(value, bytes) else repr(value)


def literal(value: object) -> str:
    """A value as an SQL literal of SQLite that gives it back exactly."""
    if value is None:
        return "NULL"
    if isinstance(value, _Text):
        try:
            text = value.decode()
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            return f"CAST(x'{value.hex()}' AS TEXT)"
        return "'" + text.replace("'", "''") + "'"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "9e999" if value > 0 else "-9e999"
    return repr(value)
