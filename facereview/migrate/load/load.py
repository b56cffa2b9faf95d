"""Rows into PostgreSQL: by binary COPY, and those that it refuses into a schema beside them.

Arrow batches are encoded by pgpq, one thread ahead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
from pgpq import ArrowToPostgresBinaryEncoder
from psycopg import sql

from facereview.migrate.load.defects import CleanTable, Defects, clean
from facereview.migrate.plan.plan import LoadColumn, Plan, TablePlan
from facereview.migrate.plan.target import SCHEMA, names
from facereview.migrate.source.arrow import (
    TYPES,
    ArrowReader,
    Class,
    batch_rows,
    convert,
    expressions,
    holds,
    kept,
)
from facereview.migrate.source.schema import Facts, quoted
from facereview.migrate.source.snapshot import ATTACHED, attachment, connect

QUARANTINE = "facereview_quarantine"
NULLED = "facereview_nulled"
_LIST = "facereview_defects"
_REASON, _SOURCE = "facereview_reason", "facereview_source"

Connection = psycopg.Connection[Any]


@dataclass(slots=True)
class Loaded:
    """What went in: rows, and per column how many values a narrower type rounded."""

    rows: int
    rounded: dict[str, int]


@dataclass(frozen=True, slots=True)
class Stream:
    """The rows of one table in PostgreSQL's binary format, with the place they go to."""

    folder: Path
    table: TablePlan
    columns: Sequence[LoadColumn]
    cleaned: CleanTable

    def chunks(self, loaded: Loaded) -> Iterator[tuple[bytes, int]]:
        """Pieces of the COPY and the rows in each."""
        facts = self.table.survey.facts
        asked = [
            expressions(value, column.choice, facts.get(column.source, Facts()))
            for column, value in zip(self.columns, self.cleaned.values, strict=True)
        ]
        encoder = ArrowToPostgresBinaryEncoder(self._schema())
        yield encoder.write_header(), 0
        widths = [len(group) for group in asked]
        for batch in self._batches([each for group in asked for each in group]):
            made = self._converted(batch, widths, loaded)
            yield encoder.write_batch(made), made.num_rows
        yield encoder.finish(), 0

    def _batches(self, values: Sequence[tuple[str, Class]]) -> Iterator[pa.RecordBatch]:
        """The rows as kept by the fast check, else read from SQLite."""
        survey, cleaned = self.table.survey, self.cleaned
        sources = [column.source for column in self.columns]
        plain = not cleaned.where and [text for text, _ in values] == [quoted(s) for s in sources]
        if plain and holds(survey.kept, zip(sources, (k for _, k in values), strict=True)):
            yield from kept(survey.kept, sources)
            return
        with ArrowReader(self.folder, attached=cleaned.attached) as reader:
            rest = f"FROM {cleaned.origin} {cleaned.where}"
            yield from reader.batches(values, rest, batch_rows(survey.longest, len(values)))

    def _schema(self) -> pa.Schema:
        return pa.schema([(str(i), TYPES[c.choice.kind]) for i, c in enumerate(self.columns)])

    def _converted(
        self, batch: pa.RecordBatch, widths: Sequence[int], loaded: Loaded
    ) -> pa.RecordBatch:
        arrays, at = [], 0
        for column, width in zip(self.columns, widths, strict=True):
            found = convert(batch.columns[at : at + width], column.choice)
            at += width
            arrays.append(found.values)
            if found.rounded:
                loaded.rounded[column.name] = loaded.rounded.get(column.name, 0) + found.rounded
        loaded.rows += batch.num_rows
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema())


def load_table(
    connection: Connection,
    folder: Path,
    table: TablePlan,
    defects: Defects,
    on_rows: Callable[[int], None],
) -> Loaded:
    """Copy one table's rows, without those set aside."""
    columns = table.loaded
    stream = Stream(
        folder, table, columns, clean(table, columns, defects.actions(table.source.name))
    )
    target = sql.Identifier(SCHEMA, table.name)
    # COPY FREEZE needs it; frozen rows have no hint bits left for the index builds to write
    connection.execute(sql.SQL("TRUNCATE {}").format(target))
    return copy_in(connection, target, stream, on_rows, frozen=True)


def copy_in(
    connection: Connection,
    target: sql.Composable,
    stream: Stream,
    on_rows: Callable[[int], None],
    *,
    frozen: bool = False,
) -> Loaded:
    """COPY a stream. While one chunk is sent the next is made, by a thread of its own."""
    loaded = Loaded(0, {})
    statement = sql.SQL("COPY {} {} FROM STDIN (FORMAT binary{})").format(
        target,
        names(column.name for column in stream.columns),
        sql.SQL(", FREEZE" if frozen else ""),
    )
    chunks = stream.chunks(loaded)
    with ThreadPoolExecutor(1) as ahead, connection.cursor().copy(statement) as copy:
        coming = ahead.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = ahead.submit(next, chunks, None)
            copy.write(chunk[0])
            on_rows(chunk[1])
    return loaded


class _Text(bytes):
    """A text of SQLite, told apart from bytes."""


def fill_quarantine(connection: Connection, folder: Path, plan: Plan, defects: Defects) -> None:
    """Write what is set aside.

    Each table keeps its name and columns, all as text for reading; ``facereview_source`` is the
    row as an SQL list of SQLite literals, from which it can be put back unchanged.
    """
    aside = [table for table in plan.tables if defects.set_aside(table.source.name)]
    nulled = any(group.action == "null" for group in defects.groups())
    if not aside and not nulled:
        return
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(QUARANTINE)))
    with closing(connect(folder)) as reader:
        reader.text_factory = _Text
        reader.execute(attachment(folder))
        for table in aside:
            _set_aside(connection, reader, table, defects)
        if nulled:
            _keep_values(connection, reader, plan)


def _text_table(connection: Connection, name: str, columns: Sequence[str]) -> sql.Composed:
    """Make a table of texts; the statement that fills it."""
    target = sql.Identifier(QUARANTINE, name)
    typed = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(c)) for c in columns)
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(target, typed))
    return sql.SQL("COPY {} {} FROM STDIN").format(target, names(columns))


def _set_aside(
    connection: Connection, reader: sqlite3.Connection, table: TablePlan, defects: Defects
) -> None:
    source = table.source
    columns = [*table.named(column.name for column in source.columns), _REASON, _SOURCE]
    statement = _text_table(connection, table.name, columns)
    reasons = defects.reasons(source.name)
    listed = ", ".join(quoted(column.name) for column in source.columns)
    rows = (
        f"SELECT {source.row}, {listed} FROM {source.origin} WHERE {source.row} IN (SELECT row"
        f" FROM {ATTACHED}.defect WHERE tbl = ? AND action = 'quarantine')"
    )
    with connection.cursor().copy(statement) as copy:
        for row, *values in reader.execute(rows, (source.name,)):
            literals = ", ".join(_literal(value) for value in values)
            copy.write_row([*(_readable(v) for v in values), reasons[row], f"({literals})"])


def _keep_values(connection: Connection, reader: sqlite3.Connection, plan: Plan) -> None:
    """The values that became NULL, one row each."""
    columns = ["table_name", "row_number", "column_name", "reason", "value", _SOURCE]
    statement = _text_table(connection, NULLED, columns)
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
                for row, reason, value in reader.execute(rows, (source.name, column.name)):
                    place = source.name, str(row), column.name
                    copy.write_row([*place, *map(_readable, (reason, value)), _literal(value)])


def _readable(value: object) -> str | None:
    """A value as text; what text cannot hold is escaped."""
    if value is None:
        return None
    if isinstance(value, _Text):
        return value.decode(errors="backslashreplace").replace("\0", "\\0")
    return f"\\x{value.hex()}" if isinstance(value, bytes) else repr(value)


def _literal(value: object) -> str:
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
