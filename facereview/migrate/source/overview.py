"""The definitions of a file, and a survey of its values: their classes and ranges.

SQLite stores any value in any column, whatever its declared type; the survey decides which type a
column gets and whether its values must be checked one by one. The fast check is one pass in Arrow:
a library without defects is read once, and the columns are kept for the loader. A column with a
value of another class is left to one pass inside SQLite, one with an invalid text to
:mod:`..load.defect_search`; both are slower.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from facereview.migrate.progress import Meter, Stage
from facereview.migrate.source.arrow import (
    ArrowReader,
    Class,
    ForeignClass,
    are_clean,
    batch_rows,
    keeping,
    moments,
)
from facereview.migrate.source.introspect import introspect
from facereview.migrate.source.rebuild import make_readable
from facereview.migrate.source.schema import (
    Facts,
    Family,
    Source,
    SourceColumn,
    SourceTable,
    Survey,
    quoted,
    summed,
)
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
_TESTS = 500  # SQLite takes at most 1,000 terms in one expression
_LARGE = 200_000
"""Rows from which the threads share a table."""
_LONG = (Family.TEXT, Family.FREE, Family.BLOB)
_COLUMNS_AT_ONCE = 200  # SQLite takes at most 2,000 results in one SELECT
_DATE_LENGTH = 10
_THREADS = 2


def overview(folder: Path, meter: Meter) -> tuple[Source, dict[str, Survey]]:
    """What the file defines, and a survey of each table.

    SQLite and Arrow leave Python's lock while they work, so two threads use two cores.
    """
    with closing(connect(folder)) as connection:
        source = introspect(connection)
    make_readable(folder, source.tables)
    with closing(connect(folder)) as connection:
        split = [part for table in source.tables for part in _parts(connection, table)]
    split.sort(key=lambda part: -part.size)
    meter.start(Stage.LOOKING, len(split))

    def one(part: Part) -> tuple[Part, Survey | None]:
        keep = folder / f"{source.tables.index(part.table)}-{part.number}.arrow"
        found = _glance(folder, part, keep)
        meter.add(1)
        return part, found

    with ThreadPoolExecutor(_THREADS) as pool:
        seen = list(pool.map(one, split))
        glances = [[g for part, g in seen if part.table is table] for table in source.tables]
        surveys = pool.map(_look, [folder] * len(glances), source.tables, glances)
        return source, dict(zip((t.name for t in source.tables), surveys, strict=True))


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a table: ``where`` is empty for all, or begins with WHERE."""

    table: SourceTable
    number: int = 0
    where: str = ""
    size: int = 0


def _parts(connection: sqlite3.Connection, table: SourceTable) -> list[Part]:
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


def _glance(folder: Path, part: Part, keep: Path) -> Survey | None:
    """The fast check of a part, None where the slow one is needed; ``keep`` gets what was read."""
    with closing(connect(folder)) as connection:
        length = _lengths(connection, part.table, part.where)
    columns = [column for column in part.table.columns if column.family in _CLASSES]
    if not columns or not length.rows:
        return None
    try:
        return _read(folder, part, columns, length, keep)
    except ForeignClass:
        return None  # the driver stops at a fraction or a text among integers


def _look(folder: Path, table: SourceTable, glances: Sequence[Survey | None]) -> Survey:
    """What the table holds, by the fast checks of its parts where they were enough."""
    settled = [each for each in glances if each is not None]
    with closing(connect(folder)) as connection:
        if len(settled) < len(glances):
            return _survey(connection, table)
        found = reduce(Survey.joined, settled)
        facts = dict(found.facts)
        for column in table.columns:
            if column.name not in facts or _may_be_numbers(column, facts[column.name]):
                facts[column.name] = _closer_look(connection, table, column)
        return replace(found, facts=facts)


def _may_be_numbers(column: SourceColumn, facts: Facts) -> bool:
    return facts.unclean and column.family in (Family.DATE, Family.TIMESTAMP)


def _read(
    folder: Path, part: Part, columns: Sequence[SourceColumn], length: Survey, keep: Path
) -> Survey | None:
    """The facts of these columns, None where a value of a foreign class shows."""
    values = [(quoted(column.name), _CLASSES[column.family]) for column in columns]
    tests = [test for column in columns if (test := _foreign(column))]
    flags = [
        (" OR ".join(tests[at : at + _TESTS]), Class.INTEGER) for at in range(0, len(tests), _TESTS)
    ]
    size = batch_rows(length.longest, len(values))
    facts = [Facts() for _ in columns]
    names = [column.name for column in columns]
    rest = f"FROM {part.table.origin} {part.where}"
    kinds = (kind for _, kind in values)
    with ArrowReader(folder) as reader, keeping(keep, zip(names, kinds, strict=True)) as keeper:
        for batch in reader.batches([*values, *flags], rest, size):
            if any(pc.max(array).as_py() for array in batch.columns[len(values) :]):
                return None
            arrays = batch.columns[: len(values)]
            keeper.write_batch(pa.RecordBatch.from_arrays(arrays, names=names))
            for place, (column, array) in enumerate(zip(columns, arrays, strict=True)):
                facts[place] = facts[place].joined(_facts(column, array))
    found = dict(zip(names, facts, strict=True))
    return replace(length, facts=found, kept=(keep,))


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


def _facts(column: SourceColumn, array: Any) -> Facts:
    count, kind = len(array) - array.null_count, _CLASSES[column.family]
    if not count:
        return Facts()
    if kind is Class.BLOB:
        return Facts(count, blobs=count)
    if kind is Class.TEXT:
        return _text_facts(column.family, array, count)
    low, high = pc.min_max(array).as_py().values()
    if kind is Class.INTEGER:
        return Facts(count, integers=count, low_integer=low, high_integer=high)
    return Facts(count, reals=count, low_real=low, high_real=high)


def _text_facts(family: Family, array: Any, count: int) -> Facts:
    if not are_clean(array):
        return Facts(count, texts=count, unclean=True)
    if family not in (Family.DATE, Family.TIMESTAMP):
        return Facts(count, texts=count)
    dates = 0
    if family is Family.DATE:
        is_short = pc.equal(pc.binary_length(array), pa.scalar(_DATE_LENGTH, pa.int32()))
        dates = pc.sum(is_short).as_py()
    _, unfit, cut = moments(array)
    broken = unfit is not None and bool(pc.any(unfit).as_py())
    return Facts(count, texts=count, dates=dates, cut=cut, unclean=broken)


def _survey(connection: sqlite3.Connection, table: SourceTable) -> Survey:
    """Count the values of the table by class."""
    facts: dict[str, Facts] = {}
    for start in range(0, len(table.columns), _COLUMNS_AT_ONCE):
        columns = table.columns[start : start + _COLUMNS_AT_ONCE]
        facts.update(_first_look(connection, table, columns))
    for column in table.columns:
        seen = facts[column.name]
        if seen.present != seen.numbers + seen.texts + seen.blobs:
            facts[column.name] = _closer_look(connection, table, column)
    return replace(_lengths(connection, table), facts=facts)


def _lengths(connection: sqlite3.Connection, table: SourceTable, where: str = "") -> Survey:
    """Rows and the length of the longest, without facts of columns."""
    long = [column for column in table.columns if column.family in _LONG]
    length = summed([f"ifnull(length({quoted(column.name)}), 0)" for column in long])
    rows, longest = connection.execute(
        f"SELECT count(*), max({length}) FROM {table.origin} {where}"
    ).fetchone()
    return Survey(rows, longest or 0, {})


def _first_look(
    connection: sqlite3.Connection, table: SourceTable, columns: Sequence[SourceColumn]
) -> Iterator[tuple[str, Facts]]:
    """The facts as they are if every value is of the class its column is declared for."""
    terms = []
    for column in columns:
        name, expected = quoted(column.name), _expected(column)
        is_date = column.family in (Family.DATE, Family.TIMESTAMP)
        has_range = expected in ("integer", "real")
        terms += [
            f"count({name})",
            f"sum(typeof({name}) = '{expected}')",
            f"min({name})" if has_range else "NULL",
            f"max({name})" if has_range else "NULL",
            f"sum(length({name}) = {_DATE_LENGTH})" if is_date else "0",
        ]
    row = connection.execute(f"SELECT {', '.join(terms)} FROM {table.origin}").fetchone()
    for place, column in enumerate(columns):
        yield column.name, _expected_facts(column, row[5 * place : 5 * place + 5])


def _expected(column: SourceColumn) -> str:
    return _CLASSES.get(column.family, Class.INTEGER).name.lower()


def _expected_facts(column: SourceColumn, row: Sequence[Any]) -> Facts:
    present, fitting, low, high, dates = row
    count = fitting or 0
    match _expected(column):
        case "integer" if count == present:
            return Facts(present, integers=count, low_integer=low, high_integer=high)
        case "real" if count == present:
            return Facts(present, reals=count, low_real=low, high_real=high)
        case "blob":
            return Facts(present, blobs=count)
        case "text":
            return Facts(present, texts=count, dates=dates or 0, unclean=True)
        case _:
            return Facts(present, unclean=True)


def _closer_look(connection: sqlite3.Connection, table: SourceTable, column: SourceColumn) -> Facts:
    """Every storage class by itself."""
    name = quoted(column.name)
    classes = {kind: f"typeof({name}) = '{kind}'" for kind in ("integer", "real", "text", "blob")}
    terms = [f"count({name})", *(f"ifnull(sum({test}), 0)" for test in classes.values())]
    for kind in ("integer", "real"):
        terms += [f"{end}(CASE WHEN {classes[kind]} THEN {name} END)" for end in ("min", "max")]
    terms.append(f"ifnull(sum({classes['text']} AND length({name}) = {_DATE_LENGTH}), 0)")
    row = connection.execute(f"SELECT {', '.join(terms)} FROM {table.origin}").fetchone()
    return replace(Facts(*row), unclean=True)
