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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from facereview.migrate.progress import Meter, Stage
from facereview.migrate.source.arrow import (
    ArrowReader,
    Class,
    ForeignClass,
    Keeper,
    are_clean,
    batch_rows,
    moments,
)
from facereview.migrate.source.introspect import introspect
from facereview.migrate.source.schema import (
    Facts,
    Family,
    Source,
    SourceColumn,
    SourceTable,
    Survey,
    quoted,
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
_EXPECTED = {
    Family.INTEGER: "integer",
    Family.BOOLEAN: "integer",
    Family.REAL: "real",
    Family.TEXT: "text",
    Family.DATE: "text",
    Family.TIMESTAMP: "text",
    Family.BLOB: "blob",
}
_LONG = (Family.TEXT, Family.FREE, Family.BLOB)
_COLUMNS_AT_ONCE = 200  # SQLite takes at most 2,000 results in one SELECT
_DATE_LENGTH = 10
_THREADS = 2


def overview(folder: Path, meter: Meter) -> tuple[Source, dict[str, Survey]]:
    """What the file defines, and a survey of each table.

    SQLite and Arrow leave Python's lock while they work, so two threads use two cores.
    """
    connection = connect(folder)
    try:
        source = introspect(connection)
        split = [part for table in source.tables for part in parts(connection, table)]
    finally:
        connection.close()
    split.sort(key=lambda part: -part.size)
    meter.start(Stage.LOOKING, len(split))

    def one(part: Part) -> Glance:
        keep = folder / f"{source.tables.index(part.table)}-{part.number}.arrow"
        found = glance(folder, part, keep)
        meter.add(1)
        return found

    with ThreadPoolExecutor(_THREADS) as pool:
        seen = list(pool.map(one, split))
        glances = [_of(table.name, split, seen) for table in source.tables]
        surveys = pool.map(look, [folder] * len(glances), source.tables, glances)
        return source, dict(zip((t.name for t in source.tables), surveys, strict=True))


def _of(table: str, split: Sequence[Part], seen: Sequence[Glance]) -> list[Glance]:
    """The fast checks of one table, in the order of its parts."""
    found = zip(split, seen, strict=True)
    return [each for part, each in found if part.table.name == table]


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
        dates += (
            pc.sum(pc.equal(pc.binary_length(array), pa.scalar(_DATE_LENGTH, pa.int32()))).as_py()
            or 0
        )
    _, unfit, cut = moments(array)
    broken = unfit is not None and bool(pc.any(unfit).as_py())
    return replace(facts, dates=dates, cut=facts.cut + cut, unclean=facts.unclean or broken)


def survey(connection: sqlite3.Connection, table: SourceTable) -> Survey:
    """Count the values of the table by class."""
    facts: dict[str, Facts] = {}
    for start in range(0, len(table.columns), _COLUMNS_AT_ONCE):
        columns = table.columns[start : start + _COLUMNS_AT_ONCE]
        facts.update(_first_look(connection, table, columns))
    for column in table.columns:
        if _needs_closer_look(facts[column.name]):
            facts[column.name] = closer_look(connection, table, column)
    return replace(lengths(connection, table), facts=facts)


def lengths(connection: sqlite3.Connection, table: SourceTable, where: str = "") -> Survey:
    """Rows and the length of the longest, without facts of columns."""
    long = [column for column in table.columns if column.family in _LONG]
    length = " + ".join(f"ifnull(length({quoted(column.name)}), 0)" for column in long) or "0"
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
        name, expected = quoted(column.name), _EXPECTED.get(column.family, "integer")
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


def _expected_facts(column: SourceColumn, row: Sequence[Any]) -> Facts:
    present, fitting, low, high, dates = row
    count = fitting or 0
    expected = _EXPECTED.get(column.family, "integer")
    if expected == "integer" and count == present:
        return Facts(present, integers=count, low_integer=_int(low), high_integer=_int(high))
    if expected == "real" and count == present:
        return Facts(present, reals=count, low_real=_real(low), high_real=_real(high))
    if expected == "blob":
        return Facts(present, blobs=count)
    texts = count if expected == "text" else 0
    return Facts(present, texts=texts, dates=dates or 0, unclean=True)


def _int(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _real(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _needs_closer_look(facts: Facts) -> bool:
    return facts.present != facts.numbers + facts.texts + facts.blobs


def closer_look(connection: sqlite3.Connection, table: SourceTable, column: SourceColumn) -> Facts:
    """Every storage class by itself."""
    name = quoted(column.name)
    classes = {kind: f"typeof({name}) = '{kind}'" for kind in ("integer", "real", "text", "blob")}
    terms = [f"count({name})", *(f"ifnull(sum({test}), 0)" for test in classes.values())]
    for kind in ("integer", "real"):
        terms += [f"{end}(CASE WHEN {classes[kind]} THEN {name} END)" for end in ("min", "max")]
    terms.append(f"ifnull(sum({classes['text']} AND length({name}) = {_DATE_LENGTH}), 0)")
    row = connection.execute(f"SELECT {', '.join(terms)} FROM {table.origin}").fetchone()
    return replace(Facts(*row), unclean=True)
