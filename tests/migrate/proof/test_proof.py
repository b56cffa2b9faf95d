"""The verification shares nothing with the loader and digests PostgreSQL's own bytes."""

from __future__ import annotations

import struct
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
from migrate_support import Target

from facereview.migrate.load import load
from facereview.migrate.plan.dates import DateRule
from facereview.migrate.plan.kinds import Choice, Kind
from facereview.migrate.proof.digest import row_hash, source_digest
from facereview.migrate.report import Status
from facereview.migrate.source.arrow import Converted, convert

TABLE = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY, c DATETIME)",
    "INSERT INTO t VALUES (1, '2024-01-05 10:00:00'), (2, NULL)",
)


def test_a_loader_that_reads_dates_wrongly_is_found_out(
    target: Target, library: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof does not share the loader's conversions."""

    def an_hour_late(arrays: Sequence[Any], choice: Choice) -> Converted:
        found = convert(arrays, choice)
        if choice.kind is not Kind.TIMESTAMP:
            return found
        later = pc.add(found.values.cast("int64"), 3_600_000_000).cast(found.values.type)
        return replace(found, values=later)

    monkeypatch.setattr(load, "convert", an_hour_late)
    report = target.migrate(library(*TABLE))
    assert report.status is Status.DIFFERS
    assert [table.name for table in report.tables if not table.agrees] == ["t"]


def test_the_digest_is_that_of_postgresqls_own_bytes_in_any_order() -> None:
    choices = [Choice(Kind.INTEGER), Choice(Kind.TEXT), Choice(Kind.BOOLEAN)]
    rows = [(1, b"a", 1), (2, None, 0)]
    assert source_digest([rows], choices) == source_digest([rows[1:], rows[:1]], choices)
    many = rows * 50
    assert source_digest([many], choices) == source_digest([[row] for row in many], choices)
    assert source_digest([rows], choices) != source_digest([[(1, b"a", 1), (2, b"", 0)]], choices)
    assert source_digest([rows[:1]] * 2, choices) != source_digest([rows[1:]] * 2, choices)


@pytest.mark.parametrize(
    ("choice", "value", "expected"),
    [
        (Choice(Kind.SMALL), -2, struct.pack(">ih", 2, -2)),
        (Choice(Kind.BIG), 2**40, struct.pack(">iq", 8, 2**40)),
        (Choice(Kind.REAL), 0.1, struct.pack(">if", 4, 0.1)),
        (Choice(Kind.TEXT), 12, b"\0\0\0\x0212"),
        (
            Choice(Kind.DATE, DateRule(texts=True, unit=None)),
            b"2000-01-02",
            b"\0\0\0\x04\0\0\0\x01",
        ),
        (
            Choice(Kind.TIMESTAMP, DateRule(texts=True, unit=None)),
            b"2000-01-01 00:00:00.000001",
            struct.pack(">iq", 8, 1),
        ),
    ],
)
def test_single_values(choice: Choice, value: object, expected: bytes) -> None:
    assert source_digest([[(value,)]], [choice]).value == row_hash(struct.pack(">h", 1) + expected)


def test_without_the_proof_the_report_says_so(target: Target, library: Callable[..., Path]) -> None:
    report = target.migrate(library(*TABLE), prove=False)
    assert report.agrees and not report.proven and "not verified" in report.headline
    assert target.value("SELECT c FROM t WHERE id = 1") == datetime(2024, 1, 5, 10)


def test_long_rows_are_not_held_in_memory_together(
    target: Target, library: Callable[..., Path]
) -> None:
    """So few rows are digested in this process, whose memory is traced."""
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, data BLOB)",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
        "INSERT INTO t SELECT i, zeroblob(1048576) FROM n",
    )
    tracemalloc.start()
    try:
        target.migrated(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 80 * 2**20
