"""Rows into PostgreSQL by binary COPY: Arrow batches, encoded by pgpq, one thread ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
from pgpq import ArrowToPostgresBinaryEncoder
from psycopg import sql

from facereview.migrate.load.clean import CleanTable, clean
from facereview.migrate.load.convert import TYPES, convert, expressions
from facereview.migrate.load.defects import Defects
from facereview.migrate.load.sql_names import names
from facereview.migrate.plan.plan import LoadColumn, TablePlan
from facereview.migrate.plan.target import SCHEMA
from facereview.migrate.source.arrow_reader import ArrowReader, Class, batch_rows
from facereview.migrate.source.column_cache import holds, kept
from facereview.migrate.source.column_survey import Facts
from facereview.migrate.source.schema import quoted

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
        with ArrowReader(self.folder) as reader:
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
