"""The verification notices every difference between the sides, and rolls back."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
from migrate_support import Target

from facereview.migrate.load import load, write
from facereview.migrate.load.write import Prepared
from facereview.migrate.plan.dates import DateRule
from facereview.migrate.plan.kinds import Choice, Kind
from facereview.migrate.proof.digest import row_hash, source_digest
from facereview.migrate.report import Status
from facereview.migrate.source.arrow import Converted, convert

TABLE = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b REAL, c DATETIME, d BOOLEAN, e INTEGER "
    "CHECK (e > 0))",
    "CREATE TABLE u (t INTEGER REFERENCES t (id) ON DELETE CASCADE)",
    "CREATE INDEX i ON t (a) WHERE d = 1",
    "INSERT INTO t VALUES (1, 'x', 0.1, '2024-01-05 10:00:00', 1, 7), (2, 'y', 2, NULL, 0, 8)",
)
SPOILED = {
    "a letter": "UPDATE t SET a = 'X' WHERE id = 1",
    "the last bit of a number": "UPDATE t SET b = 0.1::float8 + 1.4e-17 WHERE id = 1",
    "a microsecond": "UPDATE t SET c = c + interval '1 microsecond' WHERE id = 1",
    "a boolean": "UPDATE t SET d = NOT d WHERE id = 2",
    "NULL instead of a value": "UPDATE t SET a = NULL WHERE id = 1",
    "a value instead of NULL": "UPDATE t SET c = '2024-01-05' WHERE id = 2",
    "two values that changed places": "UPDATE t SET a = CASE id WHEN 1 THEN 'y' ELSE 'x' END",
    "a row too few": "DELETE FROM t WHERE id = 2",
    "a row too many": "INSERT INTO t VALUES (3, 'z', 0, NULL, true, 1)",
    "a lost index": "DROP INDEX i",
    "a lost predicate": "DROP INDEX i; CREATE INDEX i ON t (a)",
    "a lost check": "ALTER TABLE t DROP CONSTRAINT t_e_check",
    "another action of a key": (
        "ALTER TABLE u DROP CONSTRAINT u_t_fkey;"
        "ALTER TABLE u ADD CONSTRAINT u_t_fkey FOREIGN KEY (t) REFERENCES t (id)"
    ),
    "a lost key": "ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE",
    "a sequence that begins anew": "ALTER SEQUENCE t_id_seq RESTART",
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=list(SPOILED))
def test_a_difference_is_seen_and_everything_taken_back(
    target: Target,
    library: Callable[..., Path],
    spoil: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finish = write._finish

    def spoiled(ready: Prepared) -> None:
        finish(ready)
        ready.server.connection.execute(spoil.encode())

    monkeypatch.setattr(write, "_finish", spoiled)
    report = target.migrate(library(*TABLE))
    assert report.status is Status.DIFFERS and not report.agrees
    assert "differ after the migration" in report.headline
    assert target.contents() == []


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
