"""The quick look: one pass in Arrow that settles every column holding what it is declared for.

A library in order is read once like this. Whatever shows a value of another class is left to
:mod:`.survey`, and whatever has an unfit text to :mod:`.texts`, which take their time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facereview.legacy.arrow_reader import ArrowReader, Class, ForeignClass, batch_rows
from facereview.legacy.convert import moments
from facereview.legacy.schema import Family, SourceColumn, SourceTable, quoted
from facereview.legacy.survey import DATE_LENGTH, Facts, Survey, closer_look, lengths, survey

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
_FLAGS = 60  # that fit into one integer


def look(folder: Path, connection: sqlite3.Connection, table: SourceTable) -> Survey:
    """What the table holds, by the quick look as far as that is enough."""
    length = lengths(connection, table)
    columns = [column for column in table.columns if column.family in _CLASSES]
    if not columns or not length.rows:
        return survey(connection, table)
    try:
        facts = _glance(folder, table, columns, length)
    except ForeignClass:
        # a fraction or a text among integers: the driver goes no further
        return survey(connection, table)
    for column in table.columns:
        if column.name not in facts or _may_be_numbers(column, facts[column.name]):
            facts[column.name] = closer_look(connection, table, column)
    return replace(length, facts=facts)


def _may_be_numbers(column: SourceColumn, facts: Facts) -> bool:
    return facts.unclean and column.family in (Family.DATE, Family.TIMESTAMP)


def _glance(
    folder: Path, table: SourceTable, columns: Sequence[SourceColumn], length: Survey
) -> dict[str, Facts]:
    """The facts of the columns without a value of a foreign class."""
    values = [(quoted(column.name), _CLASSES[column.family]) for column in columns]
    tests = [(p, test) for p, column in enumerate(columns) if (test := _foreign(column))]
    flags = [_flags(tests[at : at + _FLAGS]) for at in range(0, len(tests), _FLAGS)]
    size = batch_rows(length.longest, len(values))
    facts = [Facts() for _ in columns]
    foreign: set[int] = set()
    with ArrowReader(folder) as reader:
        for batch in reader.batches([*values, *flags], f"FROM {table.origin}", size):
            for number, array in enumerate(batch.columns[len(values) :]):
                seen = int(np.bitwise_or.reduce(array.to_numpy(zero_copy_only=False)))
                chunk = tests[number * _FLAGS : (number + 1) * _FLAGS]
                foreign.update(place for bit, (place, _) in enumerate(chunk) if seen >> bit & 1)
            for place, column in enumerate(columns):
                facts[place] = _added(facts[place], column, batch.column(place))
    return {
        c.name: f for p, (c, f) in enumerate(zip(columns, facts, strict=True)) if p not in foreign
    }


def _foreign(column: SourceColumn) -> str | None:
    """SQL for a value that the driver would take although it is of another class.

    Numbers among dates need no test: as texts they are no dates.
    """
    name = quoted(column.name)
    match column.family:
        case Family.TEXT:
            return f"typeof({name}) = 'blob'"  # SQLite makes texts of numbers by itself
        case Family.FREE:
            return f"typeof({name}) NOT IN ('text', 'null')"
        case Family.BLOB:
            return f"typeof({name}) NOT IN ('blob', 'null')"
        case _:
            return None


def _flags(tests: Sequence[tuple[int, str]]) -> tuple[str, Class]:
    """An integer with one bit per test."""
    terms = (f"(({test}) << {bit})" for bit, (_, test) in enumerate(tests))
    return " | ".join(terms), Class.INTEGER


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
