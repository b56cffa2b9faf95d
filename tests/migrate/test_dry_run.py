"""A dry run does everything but the commit: what it says is what a migration then does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from migrate_support import Target

from facereview.migrate.report import Report, Status

Library = Callable[..., Path]

INPUTS = {
    "a key that points to another case": (
        "CREATE TABLE p (name TEXT COLLATE NOCASE PRIMARY KEY)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p TEXT REFERENCES p)",
        "INSERT INTO p VALUES ('Ann'), ('bo')",
        "INSERT INTO c VALUES (1, 'ANN'), (2, 'bo')",
    ),
    "a product past 32 bits": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, v INT AS (a * b))",
        "INSERT INTO t (a, b) VALUES (100000, 100000)",
    ),
    "a product past 64 bits": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, v INT AS (a * b), w INT AS (a + 1))",
        "INSERT INTO t (a, b) VALUES (10000000000, 10000000000), (2, 3)",
    ),
    "another computed value": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, r REAL, v TEXT AS (r || 'x'), n INT AS (-id))",
        "INSERT INTO t (r) VALUES (1.0)",
    ),
    "fractions among computed integers": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, half INTEGER AS (id * 0.5))",
        "INSERT INTO t VALUES (1), (2)",
    ),
    "texts among computed integers": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, n INTEGER AS (a || ''))",
        "INSERT INTO t VALUES (1, '5'), (2, 'five')",
    ),
    "the highest id": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, s TEXT)",
        "INSERT INTO t VALUES (9223372036854775807, 'last')",
    ),
    "a check that ignores case": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, c TEXT COLLATE NOCASE CHECK (c IN ('red', 'b')))",
        "INSERT INTO t VALUES (1, 'RED'), (2, 'b')",
    ),
    "a check over 64 bits": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT CHECK (n * 9223372036854775807 <> 5))",
        "INSERT INTO t VALUES (1, 3)",
    ),
    "a view that ignores case": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT COLLATE NOCASE)",
        "INSERT INTO t VALUES (1, 'A')",
        "CREATE VIEW v AS SELECT count(DISTINCT n) AS c FROM (SELECT n FROM t "
        "UNION ALL SELECT lower(n) FROM t)",
    ),
    "bad values": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, d DATE NOT NULL)",
        "INSERT INTO t VALUES (1, 'x', '2024-01-05'), (2, 2, 'nope'), (3, 3, '2024-01-06')",
    ),
    "nothing wrong": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)",
        "INSERT INTO t VALUES (1, 2)",
    ),
}


def said(report: Report) -> dict[str, Any]:
    """All that a report says but for the time taken and the tense."""
    record = report.as_dict()
    for word in ("status", "headline", "seconds"):
        del record[word]
    return record


@pytest.mark.parametrize("policy", ["stop", "null", "quarantine"])
@pytest.mark.parametrize("statements", INPUTS.values(), ids=list(INPUTS))
def test_a_dry_run_says_what_the_migration_does(
    target: Target, library: Library, statements: tuple[str, ...], policy: str
) -> None:
    file = library(*statements)
    dry = target.migrate(file, policy, dry_run=True)
    assert target.contents() == []
    done = target.migrate(file, policy)
    assert said(dry) == said(done)
    ends = {Status.PLANNED: Status.MIGRATED, Status.STOPPED: Status.STOPPED}
    assert done.status is ends[dry.status]
    if done.status is Status.STOPPED:
        assert policy == "stop" and target.contents() == []


def test_a_key_over_columns_that_ignore_case_has_orphans(target: Target, library: Library) -> None:
    file = library(*INPUTS["a key that points to another case"])
    stopped = target.migrate(file)
    assert [(d.table, d.column, d.value) for d in stopped.defects] == [("c", "p", "ANN")]
    target.migrated(file, "null")
    assert target.rows("SELECT id, p FROM c ORDER BY id") == [(1, None), (2, "bo")]


def test_computed_columns_count_in_64_bits(target: Target, library: Library) -> None:
    target.migrated(library(*INPUTS["a product past 32 bits"]))
    assert target.value("SELECT v FROM t") == 10_000_000_000
    assert target.value("INSERT INTO t VALUES (2, 65536, 65536) RETURNING v") == 2**32


def test_what_cannot_be_computed_is_named_and_keeps_its_values(
    target: Target, library: Library
) -> None:
    file = library(*INPUTS["another computed value"])
    lost = target.migrated(file, "quarantine").losses
    assert [(loss.what, loss.name) for loss in lost] == [("generated column", "v")]
    assert lost[0].reason == "PostgreSQL computes other values"
    assert target.rows("SELECT v, n FROM t") == [("1.0x", -1)]
    assert target.value("INSERT INTO t (id, v) VALUES (7, 'mine') RETURNING n") == -7


def test_what_postgresql_cannot_compute_stops_unless_it_may_be_lost(
    target: Target, library: Library
) -> None:
    file = library(*INPUTS["a product past 64 bits"])
    stopped = target.migrate(file)
    assert stopped.status is Status.STOPPED and "definition" in stopped.headline
    target.migrated(file, "quarantine")
    assert target.rows("SELECT v FROM t") == [(1e20,), (6,)]


def test_fractions_of_a_computed_integer_stay_fractions(target: Target, library: Library) -> None:
    target.migrated(library(*INPUTS["fractions among computed integers"]))
    assert target.rows("SELECT half FROM t ORDER BY id") == [(0.5,), (1,)]
    assert target.value("INSERT INTO t VALUES (3) RETURNING half") == 1.5


def test_past_the_highest_id_no_row_is_numbered(target: Target, library: Library) -> None:
    report = target.migrated(library(*INPUTS["the highest id"]))
    assert any(note.startswith("t has had the highest id") for note in report.notes)
    with pytest.raises(psycopg.errors.UniqueViolation):
        target.run("INSERT INTO t (s) VALUES ('next')")


def test_a_check_that_the_rows_break_in_postgresql_is_left_out(
    target: Target, library: Library
) -> None:
    file = library(*INPUTS["a check over 64 bits"])
    assert target.migrate(file).status is Status.STOPPED
    report = target.migrated(file, "null")
    assert [(loss.what, loss.table) for loss in report.losses] == [("check", "t")]
    assert "the rows do not fit it" in report.losses[0].reason
