"""Columns of the copy in Arrow: read without Python objects, converted to PostgreSQL's types.

ADBC's SQLite driver infers a column's type from its first values. To fix the types, a row of
constants is put in front of every query and removed from the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi as driver
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facereview.migrate.plan.dates import CLOCKS, DateRule, Unit
from facereview.migrate.plan.kinds import TRUTHS, Choice, Kind
from facereview.migrate.source.schema import Facts
from facereview.migrate.source.snapshot import LIBRARY, attachment, uri

TYPES = {
    Kind.SMALL: pa.int16(),
    Kind.INTEGER: pa.int32(),
    Kind.BIG: pa.int64(),
    Kind.REAL: pa.float32(),
    Kind.DOUBLE: pa.float64(),
    Kind.TEXT: pa.string(),
    Kind.BYTES: pa.binary(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
}
_ISO = (
    r"^\s*(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[ Tt](?P<clock>\d\d:\d\d(?::\d\d)?)(?P<fraction>[.,]\d+)?\s*"
    r"(?:[Zz]|UTC|GMT|(?P<zone>[+-]\d\d(?::?\d\d)?)(?: [A-Z]{1,5}| [+-]\d\d(?:\d\d)?)?"
    r"(?: m=[+-]\d+\.\d+)?)?)?\s*$"
)
_WHOLE = len("2024-01-01 00:00")
_ZERO = pa.scalar(0, pa.int64())  # a plain 0 would be looked up in pandas, at every call
_JULIAN_EPOCH_MS = 210_866_760_000_000

_BATCH_BYTES = 16 * 2**20
_MOST_ROWS = 16_384


class Class(StrEnum):
    """A storage class, by a constant of that class."""

    INTEGER = "0"
    REAL = "0.5"
    TEXT = "'x'"
    BLOB = "x'00'"


_TYPES = {
    Class.INTEGER: pa.int64(),
    Class.REAL: pa.float64(),
    Class.TEXT: pa.string(),
    Class.BLOB: pa.binary(),
}


class ForeignClass(Exception):
    """A value is of another storage class than was asked for."""


class ArrowReader:
    """One connection of the driver to the copy; a context manager, for one thread.

    ``attached``: it sees which values were found unfit. Meanwhile none may be noted: the driver has
    an SQLite of its own, which takes the journal of Python's for one left by a crash.
    """

    def __init__(self, folder: Path, *, attached: bool = False) -> None:
        self._connection: Any = driver.connect(uri(folder / LIBRARY, "immutable=1"))
        if attached:
            with self._connection.cursor() as cursor:
                cursor.execute(attachment(folder))

    def __enter__(self) -> ArrowReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def batches(
        self, values: Sequence[tuple[str, Class]], rest: str, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Record batches of these expressions; ``rest`` is FROM and what follows.

        Raises:
            ForeignClass: a value is of another class, or the file is damaged: the driver's own
                words do not tell these apart.
        """
        constants = ", ".join(kind for _, kind in values)
        chosen = ", ".join(text for text, _ in values)
        with self._connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(batch_rows)})
            try:
                cursor.execute(f"SELECT {constants} UNION ALL SELECT {chosen} {rest}")
                reader = cursor.fetch_record_batch()
                if reader.schema.types != [_TYPES[kind] for _, kind in values]:
                    raise ForeignClass("a wider type than was asked for")
                yield from _without_first(reader)
            except (driver.Error, pa.ArrowException, OSError) as fault:
                raise ForeignClass(str(fault)) from fault


def _without_first(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    is_first = True
    for batch in reader:
        rows = batch.slice(1) if is_first else batch
        is_first = False
        if rows.num_rows:
            yield rows


def batch_rows(longest: int, columns: int) -> int:
    """Rows in one batch: few where rows are long, to limit memory."""
    return max(1, min(_MOST_ROWS, _BATCH_BYTES // (longest + 16 * columns)))


@contextmanager
def keeping(file: Path, columns: Iterable[tuple[str, Class]]) -> Iterator[Any]:
    """A writer of record batches with these columns to a file, for :func:`kept`."""
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in columns])
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_stream(sink, schema) as writer:
        yield writer


def holds(files: Sequence[Path], wanted: Iterable[tuple[str, Class]]) -> bool:
    """Whether the files have all these columns, each in the class that is asked for."""
    if not files:
        return False
    with pa.OSFile(str(files[0])) as source, pa.ipc.open_stream(source) as stream:
        known = {field.name: field.type for field in stream.schema}
    return all(known.get(name) == _TYPES[kind] for name, kind in wanted)


def kept(files: Sequence[Path], names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Batches of these columns, each file after the other."""
    numbered = [str(place) for place in range(len(names))]
    for file in files:
        with pa.OSFile(str(file)) as source, pa.ipc.open_stream(source) as stream:
            for batch in stream:
                arrays = [batch.column(name) for name in names]
                yield pa.RecordBatch.from_arrays(arrays, names=numbered)


_ASKED = {
    Kind.REAL: Class.REAL,
    Kind.DOUBLE: Class.REAL,
    Kind.TEXT: Class.TEXT,
    Kind.BYTES: Class.BLOB,
}


@dataclass(frozen=True, slots=True)
class Converted:
    """A column in its new type; ``unfit`` marks values that are none, ``rounded`` counts."""

    values: Any
    unfit: Any
    rounded: int


def expressions(value: str, choice: Choice, facts: Facts) -> list[tuple[str, Class]]:
    """What to select for a column: one expression per storage class that needs its own rule."""
    if choice.kind is Kind.BOOLEAN and facts.texts:
        yes = ", ".join(f"'{word}'" for word, truth in TRUTHS.items() if truth)
        number = f"CASE WHEN typeof({value}) <> 'text' THEN {value} ELSE lower({value}) IN ({yes})"
        return [(f"{number} END", Class.INTEGER)]
    if not choice.kind.is_date or choice.dates is None:
        return [(value, _ASKED.get(choice.kind, Class.INTEGER))]
    found = []
    mixed = facts.present not in (facts.texts, facts.integers, facts.reals)
    for rule, count, kind in (
        (choice.dates.texts, facts.texts, Class.TEXT),
        (choice.dates.unit, facts.reals, Class.REAL),
        (choice.dates.unit, facts.integers, Class.INTEGER),
    ):
        if rule and count:
            only = f"CASE typeof({value}) WHEN '{kind.name.lower()}' THEN {value} END"
            found.append((only if mixed else value, kind))
    return found or [(value, Class.TEXT)]


def convert(arrays: Sequence[Any], choice: Choice) -> Converted:
    """The column made of the arrays that :func:`expressions` asked for."""
    kind = choice.kind
    if kind.is_date:
        return _dates(arrays, choice)
    array = arrays[0]
    if kind is Kind.BOOLEAN:
        return Converted(pc.not_equal(array, _ZERO), None, 0)
    if kind is Kind.REAL:
        narrow = pc.cast(array, pa.float32(), safe=False)
        changed = pc.sum(pc.not_equal(pc.cast(narrow, pa.float64()), array)).as_py() or 0
        return Converted(narrow, None, changed)
    return Converted(pc.cast(array, TYPES[kind]), None, 0)


def _dates(arrays: Sequence[Any], choice: Choice) -> Converted:
    merged, unfit, rounded = None, None, 0
    for array in arrays:
        if pa.types.is_string(array.type):
            values, broken, cut = _days(array) if choice.kind is Kind.DATE else moments(array)
            unfit, rounded = broken, rounded + cut
        else:
            values, cut = _numbers(array, choice.dates or DateRule(False, Unit.SECONDS))
            rounded += cut
            if choice.kind is Kind.DATE:
                values = pc.cast(values, pa.date32(), safe=False)
        merged = values if merged is None else pc.coalesce(merged, values)
    return Converted(merged, unfit, rounded)


def _days(array: Any) -> tuple[Any, Any, int]:
    try:
        return pc.cast(array, pa.date32()), None, 0
    except pa.ArrowInvalid:
        fits = pc.match_substring_regex(array, r"^\d{4}-\d\d-\d\d$")
        values = _each(pc.if_else(fits, array, None), pa.date32())
        return values, pc.and_(pc.is_valid(array), pc.is_null(values)), 0


def moments(array: Any) -> tuple[Any, Any, int]:
    """ISO texts as timestamps in UTC: the values, which are unfit, and how many lost digits."""
    has_zone = pc.ends_with(array, "Z")
    plain = array
    if pc.any(has_zone).as_py():
        plain = pc.if_else(has_zone, pc.utf8_slice_codeunits(array, 0, -1), array)
    # a shorter text may still be a date, but not one that the cast understands as SQLite does
    if (pc.min(pc.binary_length(plain)).as_py() or _WHOLE) >= _WHOLE:
        try:
            return pc.cast(plain, pa.timestamp("us")), None, 0
        except pa.ArrowInvalid:
            pass
    return _moments_slowly(array)


def _moments_slowly(array: Any) -> tuple[Any, Any, int]:
    """Offsets, missing times, too many digits and texts that are no dates, piece by piece."""
    parts = pc.extract_regex(array, _ISO)
    day, clock, fraction, zone = (
        pc.if_else(pc.is_valid(parts), pc.struct_field(parts, name), None)
        for name in ("day", "clock", "fraction", "zone")
    )
    clock = pc.if_else(pc.equal(clock, ""), "00:00", clock)
    digits = pc.utf8_slice_codeunits(fraction, 0, 7)
    text = pc.binary_join_element_wise(day, clock, "T")
    whole = _each(text, pa.timestamp("us"))
    micros = pc.cast(pc.utf8_rpad(pc.utf8_slice_codeunits(digits, 1), 6, "0"), pa.int64())
    offset = _offset(zone)
    values = pc.add(pc.cast(whole, pa.int64()), pc.subtract(micros, offset))
    values = pc.cast(_within_years(values), pa.timestamp("us"))
    cut = pc.sum(pc.match_substring_regex(fraction, r"^[.,]\d{6}\d*[1-9]")).as_py() or 0
    return values, pc.and_(pc.is_valid(array), pc.is_null(values)), cut


def _offset(zone: Any) -> Any:
    """Microseconds east of UTC of +hh:mm, -hhmm and +hh; none is UTC."""
    bare = pc.replace_substring(zone, ":", "")
    is_short = pc.equal(pc.utf8_length(bare), 3)
    bare = pc.if_else(is_short, pc.binary_join_element_wise(bare, "00", ""), bare)
    named = pc.equal(pc.utf8_length(bare), 5)
    sign = pc.if_else(pc.starts_with(bare, "-"), -1, 1)
    hours = pc.cast(pc.if_else(named, pc.utf8_slice_codeunits(bare, 1, 3), "0"), pa.int64())
    minutes = pc.cast(pc.if_else(named, pc.utf8_slice_codeunits(bare, 3, 5), "0"), pa.int64())
    real = pc.and_(pc.less(hours, 24), pc.less(minutes, 60))
    seconds = pc.multiply(sign, pc.add(pc.multiply(hours, 3600), pc.multiply(minutes, 60)))
    return pc.if_else(real, pc.multiply(seconds, 1_000_000), None)


def _each(texts: Any, kind: pa.DataType) -> Any:
    """Cast what can be cast, NULL for the rest: Arrow's cast raises at the first failure."""
    try:
        return pc.cast(texts, kind)
    except pa.ArrowInvalid:
        if len(texts) == 1:
            return pa.nulls(1, kind)
    half = len(texts) // 2
    return pa.concat_arrays([_each(texts[:half], kind), _each(texts[half:], kind)])


def _within_years(micros: Any) -> Any:
    low, high = -62_135_596_800_000_000, 253_402_300_799_999_999
    fits = pc.and_(pc.greater_equal(micros, low), pc.less_equal(micros, high))
    return pc.if_else(fits, micros, None)


def _numbers(array: Any, rule: DateRule) -> tuple[Any, int]:
    """Numbers as timestamps, and how many lost digits; the unit fits them all, as was checked."""
    valid = np.asarray(array.is_valid())
    numbers = array.fill_null(0).to_numpy(zero_copy_only=False)
    unit, cut = rule.unit or Unit.SECONDS, 0
    if clock := CLOCKS.get(unit):
        if numbers.dtype.kind == "i":
            micros, rest = np.divmod(numbers * clock.many, clock.few)
            cut = int(np.count_nonzero(rest))
        else:
            micros = np.rint(numbers * clock.many / clock.few).astype(np.int64)
        micros = micros + clock.start * 1_000_000
    elif unit is Unit.JULIAN:
        days = numbers.astype(np.float64)
        micros = ((days * 86_400_000.0 + 0.5).astype(np.int64) - _JULIAN_EPOCH_MS) * 1000
    else:
        micros = _calendar(numbers.astype(np.int64), unit)
    return pa.array(micros, pa.int64(), mask=~valid).cast(pa.timestamp("us")), cut


def _calendar(numbers: Any, unit: Unit) -> Any:
    """Microseconds since 1970 of years, or of days written yyyymmdd."""
    if unit is Unit.YEARS:
        days = (numbers - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    else:
        years, rest = np.divmod(numbers, 10_000)
        months, day = np.divmod(rest, 100)
        first = ((years - 1970) * 12 + months - 1).astype("datetime64[M]")
        days = first.astype("datetime64[D]") + (day - 1)
    return days.astype(np.int64) * 86_400_000_000


def are_clean(array: Any) -> bool:
    """Whether all texts of an Arrow array are UTF-8 without NUL."""
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return False
    data = array.buffers()[2]
    return data is None or not bool((np.frombuffer(data, np.uint8) == 0).any())
