"""The fast check: one pass in Arrow over columns whose values have their declared class.

A library without defects is read once, and the columns are kept for the loader. A column with a
value of another class is left to :mod:`.column_survey`, one with an invalid text to
:mod:`..load.texts`; both are slower.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facereview.migrate.load.convert import moments
from facereview.migrate.source.arrow_reader import ArrowReader, Class, ForeignClass, batch_rows
from facereview.migrate.source.column_cache import Keeper
from facereview.migrate.source.column_survey import (
    DATE_LENGTH,
    Facts,
    Survey,
    closer_look,
    lengths,
    survey,
)
from facereview.migrate.source.schema import Family, SourceColumn, SourceTable, quoted
from facereview.migrate.source.snapshot import connect

_CLASSES = {
    Family.INTEGER: Class.INTEGER,
    Family.BOOLEAN: Class.INTEGER,
    Family.REAL: Class.REAL,
    Family.TEXT: Class.TEXT,
    Family.FREE: Class.TEXT,
    Family.DATE: Class.TEXT,
    Family.TIMESTAMP: Class.TEXT,
    Family.BLOB: Class.BLOB,
}
_DATE_LENGTH = pa.scalar(DATE_LENGTH, pa.int32())
_TESTS = 500  # SQLite takes at most 1,000 terms in one expression
_LARGE = 200_000
"""Rows from which the threads share a table."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a table: ``where`` is empty for all, or begins with WHERE."""

    table: SourceTable
    number: int = 0
    where: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Glance:
    """Result of the fast check of a part; ``settled`` is false where the slow one is needed."""

    survey: Survey
    settled: bool = True


def parts(connection: sqlite3.Connection, table: SourceTable) -> list[Part]:
    """A large table in two parts of about one size, any other as it is."""
    if not table.has_row_ids:
        return [Part(table)]
    ends = (f"(SELECT {end}({table.row}) FROM {quoted(table.name)})" for end in ("min", "max"))
    low, high = connection.execute(f"SELECT {', '.join(ends)}").fetchone()
    size = 0 if low is None else high - low
    if size < _LARGE:
        return [Part(table, size=size)]
    middle = low + size // 2
    first = Part(table, 0, f"WHERE {table.row} <= {middle}", size // 2)
    return [first, replace(first, number=1, where=f"WHERE {table.row} > {middle}")]


def glance(folder: Path, part: Part, keep: Path) -> Glance:
    """Run the fast check on a part, and keep in the file ``keep`` what was read."""
    connection = connect(folder)
    try:
        length = lengths(connection, part.table, part.where)
    finally:
        connection.close()
    columns = [column for column in part.table.columns if column.family in _CLASSES]
    if not columns or not length.rows:
        return Glance(length, settled=False)
    try:
        return _read(folder, part, columns, length, keep)
    except ForeignClass:
        # the driver stops at a fraction or a text among integers
        return Glance(length, settled=False)


def look(folder: Path, table: SourceTable, glances: Sequence[Glance]) -> Survey:
    """What the table holds, by the fast checks of its parts where they were enough."""
    connection = connect(folder)
    try:
        if not all(each.settled for each in glances):
            return survey(connection, table)
        found = glances[0].survey
        for each in glances[1:]:
            found = found.joined(each.survey)
        facts = dict(found.facts)
        for column in table.columns:
            if column.name not in facts or _may_be_numbers(column, facts[column.name]):
                facts[column.name] = closer_look(connection, table, column)
        return replace(found, facts=facts)
    finally:
        connection.close()


def _may_be_numbers(column: SourceColumn, facts: Facts) -> bool:
    return facts.unclean and column.family in (Family.DATE, Family.TIMESTAMP)


def _read(
    folder: Path, part: Part, columns: Sequence[SourceColumn], length: Survey, keep: Path
) -> Glance:
    """The facts of these columns, as long as no value of a foreign class shows."""
    values = [(quoted(column.name), _CLASSES[column.family]) for column in columns]
    tests = [test for column in columns if (test := _foreign(column))]
    flags = [
        (" OR ".join(tests[at : at + _TESTS]), Class.INTEGER) for at in range(0, len(tests), _TESTS)
    ]
    size = batch_rows(length.longest, len(values))
    facts = [Facts() for _ in columns]
    names = [column.name for column in columns]
    rest = f"FROM {part.table.origin} {part.where}"
    with ArrowReader(folder) as reader, Keeper(keep) as keeper:
        for batch in reader.batches([*values, *flags], rest, size):
            if any(pc.max(array).as_py() for array in batch.columns[len(values) :]):
                return Glance(length, settled=False)
            arrays = batch.columns[: len(values)]
            keeper.keep(pa.RecordBatch.from_arrays(arrays, names=names))
            for place, (column, array) in enumerate(zip(columns, arrays, strict=True)):
                facts[place] = _added(facts[place], column, array)
    found = dict(zip(names, facts, strict=True))
    return Glance(replace(length, facts=found, kept=(keep,)))


def _foreign(column: SourceColumn) -> str | None:
    """SQL that is true for a value the driver would take although it is of another class.

    SQLite orders NULL, numbers, texts and bytes in this order, which is quicker to ask for than
    typeof(). Numbers among dates need no test: as texts they are no dates.
    """
    name = quoted(column.name)
    match column.family:
        case Family.TEXT:
            return f"{name} >= x''"  # SQLite makes texts of numbers by itself
        case Family.FREE:
            return f"{name} < '' OR {name} >= x''"
        case Family.BLOB:
            return f"{name} < x''"
        case _:
            return None


def _added(facts: Facts, column: SourceColumn, array: Any) -> Facts:
    count = len(array) - array.null_count
    present = facts.present + count
    if not count:
        return facts
    kind = _CLASSES[column.family]
    if kind is Class.BLOB:
        return replace(facts, present=present, blobs=present)
    if kind is Class.TEXT:
        return _added_texts(replace(facts, present=present, texts=present), column.family, array)
    ends = pc.min_max(array).as_py()
    low, high = ends["min"], ends["max"]
    if kind is Class.INTEGER:
        return replace(
            facts,
            present=present,
            integers=present,
            low_integer=low if facts.low_integer is None else min(low, facts.low_integer),
            high_integer=high if facts.high_integer is None else max(high, facts.high_integer),
        )
    return replace(
        facts,
        present=present,
        reals=present,
        low_real=low if facts.low_real is None else min(low, facts.low_real),
        high_real=high if facts.high_real is None else max(high, facts.high_real),
    )


def _added_texts(facts: Facts, family: Family, array: Any) -> Facts:
    if not are_clean(array):
        return replace(facts, unclean=True)
    if family not in (Family.DATE, Family.TIMESTAMP):
        return facts
    dates = facts.dates
    if family is Family.DATE:
        dates += pc.sum(pc.equal(pc.binary_length(array), _DATE_LENGTH)).as_py() or 0
    _, unfit, cut = moments(array)
    broken = unfit is not None and bool(pc.any(unfit).as_py())
    return replace(facts, dates=dates, cut=facts.cut + cut, unclean=facts.unclean or broken)


def are_clean(array: Any) -> bool:
    """Whether all texts of an Arrow array are UTF-8 without NUL."""
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return False
    data = array.buffers()[2]
    return data is None or not bool((np.frombuffer(data, np.uint8) == 0).any())
