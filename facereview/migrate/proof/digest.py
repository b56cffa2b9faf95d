"""Both sides of a table, read again and hashed; the file's in a process of its own.

Nothing of the loader is used: rows come through Python's own sqlite3, values are converted one by
one (:mod:`..plan.dates`) and packed by ``struct``. What PostgreSQL sends back must be the same
bytes.

A table's digest is the sum of its rows' 128-bit hashes, independent of the order of rows.
"""

from __future__ import annotations

import gc
import signal
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import xxhash

from facereview.migrate.plan.dates import DateRule, day, moment
from facereview.migrate.plan.kinds import TRUTHS, Choice, Kind
from facereview.migrate.source.snapshot import attachment, connect

_HEADER = 19
_END = b"\xff\xff"
_MODULUS = 2**128
_TELL_EVERY = 10_000
_LAYOUTS = {
    Kind.SMALL: ">ih",
    Kind.INTEGER: ">ii",
    Kind.BIG: ">iq",
    Kind.REAL: ">if",
    Kind.DOUBLE: ">id",
}
_NULL = struct.pack(">i", -1)
_MODULUS = 2**128
_LENGTH = struct.Struct(">i").pack
_INT4 = struct.Struct(">ii").pack
_BOOLEAN = struct.Struct(">i?").pack
_INT8 = struct.Struct(">iq").pack
_Y2K = datetime(2000, 1, 1)
_Y2K_UTC = _Y2K.replace(tzinfo=UTC)
AT_ONCE = 1000
"""Rows of a table that are not long."""
_FEW = 32
"""Rows up to which each may be long."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What a table holds: its rows and the sum of their hashes."""

    rows: int
    value: int

    def __str__(self) -> str:
        return f"{self.value:032x}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A table to digest: how to select its clean rows, and what its columns have become.

    ``at_once``: rows to hold in memory together, few where they are long.
    """

    name: str
    select: str
    choices: tuple[Choice, ...]
    at_once: int


def row_hash(row: bytes | bytearray | memoryview) -> int:
    """The hash of one row in PostgreSQL's binary COPY format."""
    return int(xxhash.xxh3_128_intdigest(row))


def _long_hash(start: bytes, fields: Iterable[bytes]) -> int:
    """The same, of a row that may be too long to be put together in memory."""
    digest = xxhash.xxh3_128(start)
    for each in fields:
        digest.update(each)
    return int(digest.intdigest())


def source_digest(batches: Iterable[Sequence[Sequence[Any]]], choices: Sequence[Choice]) -> Digest:
    """Digest batches of rows of SQLite as what they must be in PostgreSQL."""
    packers = [_packer(choice) for choice in choices]
    start = struct.pack(">h", len(choices))
    count = total = 0
    for rows in batches:
        columns = list(zip(*rows, strict=True)) or [()] * len(packers)
        fields = [pack(column) for pack, column in zip(packers, columns, strict=True)]
        if len(rows) < _FEW:
            total += sum(_long_hash(start, row) for row in zip(*fields, strict=True))
        else:
            total += sum(row_hash(start + b"".join(row)) for row in zip(*fields, strict=True))
        count += len(rows)
    return Digest(count, total % _MODULUS)


def _packer(choice: Choice) -> Callable[[Sequence[Any]], list[bytes]]:
    """How a column's values are sent: each with its length before it, -1 for NULL."""
    if choice.kind is Kind.BOOLEAN:
        return lambda column: [_NULL if v is None else _BOOLEAN(1, _truth(v)) for v in column]
    if layout := _LAYOUTS.get(choice.kind):
        pack, size = struct.Struct(layout).pack, struct.calcsize(layout) - 4
        return lambda column: [_NULL if v is None else pack(size, v) for v in column]
    if choice.kind.is_date:
        rule = choice.dates or DateRule(texts=True, unit=None)
        since = _days if choice.kind is Kind.DATE else _micros
        pack, size = (_INT4, 4) if choice.kind is Kind.DATE else (_INT8, 8)
        return lambda column: [_NULL if v is None else pack(size, since(v, rule)) for v in column]
    return lambda column: [_NULL if v is None else _sized(v) for v in column]


def _truth(value: bytes | int) -> bool:
    return TRUTHS[value.decode().lower()] if isinstance(value, bytes) else bool(value)


def _sized(value: bytes | int) -> bytes:
    text = value if isinstance(value, bytes) else str(value).encode()
    return _LENGTH(len(text)) + text


def _micros(value: bytes | float, rule: DateRule) -> int:
    """Microseconds since 2000, PostgreSQL's own count."""
    if not isinstance(value, bytes):
        span = moment(value, rule) - _Y2K
    else:
        try:
            found = datetime.fromisoformat(value.decode())
        except ValueError:
            found = moment(value.decode(), rule)  # SQLite takes a few forms more
        span = found - (_Y2K if found.tzinfo is None else _Y2K_UTC)
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _days(value: bytes | float, rule: DateRule) -> int:
    """Days since 2000."""
    found: date = day(value.decode()) if isinstance(value, bytes) else moment(value, rule).date()
    return found.toordinal() - _Y2K.toordinal()


def target_digest(
    messages: Iterable[bytes | bytearray | memoryview], on_rows: Callable[[int], None]
) -> Digest:
    """Digest a table as PostgreSQL copies it out: one message per row, in binary."""
    rows = total = 0
    is_first = True
    for message in messages:
        row = memoryview(message)[_HEADER:] if is_first else message
        is_first = False
        if row and row != _END:
            total += row_hash(row)
            rows += 1
            if rows % _TELL_EVERY == 0:
                on_rows(_TELL_EVERY)
    on_rows(rows % _TELL_EVERY)
    return Digest(rows, total % _MODULUS)


# --------------------------------------------------------------------------------- the process


class SourceProof:
    """Digests tables in another process, from when it is entered until the answers are fetched.

    The process ends by itself when this one is gone: its pipe breaks.
    """

    def __init__(self, folder: Path, asked: Sequence[Asked]) -> None:
        context = get_context("spawn")
        self._count = len(asked)
        self._answers, sender = context.Pipe(duplex=False)
        self._process: BaseProcess = context.Process(
            target=_work, args=(folder, list(asked), sender), daemon=True
        )
        self._process.start()
        sender.close()

    def __enter__(self) -> SourceProof:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()
        self._answers.close()

    def digests(self) -> Iterator[tuple[str, Digest]]:
        """Each table's digest, as it becomes ready.

        Raises:
            ValueError: a value could not be read under its rule, which the checks rule out.
            EOFError: the process was killed.
        """
        for _ in range(self._count):
            name, answer = self._answers.recv()
            if isinstance(answer, Exception):
                raise answer
            yield name, answer


def _work(folder: Path, asked: list[Asked], answers: Pipe) -> None:
    # Ctrl-C reaches every process of a terminal; the parent decides what it means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # millions of rows without reference cycles
    with suppress(OSError):  # the parent may be gone
        try:
            for answer in digests(folder, asked):
                answers.send(answer)
        except Exception as fault:  # the parent raises it
            answers.send(("", ValueError(repr(fault))))


def digests(folder: Path, asked: Iterable[Asked]) -> Iterator[tuple[str, Digest]]:
    """Each table's digest, computed in this process."""
    with closing(connect(folder)) as connection:
        connection.execute(attachment(folder))
        for table in asked:
            cursor = connection.execute(table.select)
            cursor.arraysize = table.at_once
            yield table.name, source_digest(_fetched(cursor), table.choices)


def _fetched(cursor: Any) -> Iterator[Sequence[Sequence[Any]]]:
    while rows := cursor.fetchmany():
        yield rows
