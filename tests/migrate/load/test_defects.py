"""Whatever SQLite lets in and PostgreSQL refuses is found before, and handled as asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from migrate_support import Target, make_library

from facereview.migrate.load.defects import Defects, Policy
from facereview.migrate.report import Status
from facereview.migrate.source.arrow import ArrowReader, Class
from facereview.migrate.source.snapshot import DEFECTS, LIBRARY

PLAIN = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c BOOLEAN, d DATETIME, e REAL)"
NEEDED = PLAIN.replace("a TEXT", "a TEXT NOT NULL").replace("b INTEGER", "b INTEGER NOT NULL")


@dataclass(frozen=True)
class Case:
    """A library with good rows and one bad value in row 2 (column ``column``)."""

    statements: tuple[Any, ...]
    column: str
    reason: str


def row(**values: object) -> tuple[str, tuple[object, ...]]:
    """INSERT into t; what is not given is plain."""
    given = {"id": 1, "a": "x", "b": 1, "c": 1, "d": "2024-01-05 10:00:00", "e": 0.5} | values
    return f"INSERT INTO t VALUES ({', '.join('?' * len(given))})", tuple(given.values())


def plain(column: str, value: object) -> tuple[Any, ...]:
    """Three rows, the second with this value."""
    return PLAIN, row(id=1), row(id=2, **{column: value}), row(id=3)


INVALID_UTF8 = "INSERT INTO t VALUES (2, CAST(x'41ff42' AS TEXT), 1, 1, NULL, 0.5)"
NUL = "INSERT INTO t VALUES (2, CAST(x'410042' AS TEXT), 1, 1, NULL, 0.5)"

CASES = {
    "text in an integer column": Case(plain("b", "many"), "b", "text in an integer column"),
    "bytes in an integer column": Case(plain("b", b"\0"), "b", "bytes in an integer column"),
    "a fraction in an integer column": Case(plain("b", 1.5), "b", "a fraction in an integer"),
    "bytes in a text column": Case(plain("a", b"\xff"), "a", "bytes in a text column"),
    "text in a number column": Case(plain("e", "half"), "e", "text in a number column"),
    "a boolean that is neither": Case(plain("c", 7), "c", "neither 0 nor 1"),
    "text in a boolean column": Case(plain("c", "maybe"), "c", "text in a boolean column"),
    "no date at all": Case(plain("d", "yesterday"), "d", "a broken date"),
    "a day that never was": Case(plain("d", "2024-02-30 00:00:00"), "d", "a broken date"),
    "an empty date": Case(plain("d", ""), "d", "a broken date"),
    "zeros for a date": Case(plain("d", "0000-00-00 00:00:00"), "d", "a broken date"),
    "bytes for a date": Case(plain("d", b"\x01"), "d", "bytes in a date column"),
    "seconds among milliseconds": Case(
        (PLAIN, row(id=1, d=1704443355123), row(id=2, d=1704443355), row(id=3, d=None)),
        "d",
        "too small a number among unix milliseconds",
    ),
    "a second beyond all years": Case(
        (PLAIN, row(id=1, d=1704443355123456), row(id=2, d=10**18), row(id=3, d=None)),
        "d",
        "too large a number among unix microseconds",
    ),
    "a year among seconds": Case(
        (PLAIN, row(id=1, d=1704443355), row(id=2, d=2015), row(id=3, d=1704443356)),
        "d",
        "a year among unix seconds",
    ),
    "a day in digits among years": Case(
        (PLAIN, row(id=1, d=2014), row(id=2, d=20150601), row(id=3, d=2016)),
        "d",
        "a day as yyyymmdd among years",
    ),
    "a number that is no likely date": Case(
        (PLAIN, row(id=1), row(id=2, d=77), row(id=3, d=0)),
        "d",
        "a number that no rule reads as a likely date",
    ),
    "milliseconds among microseconds": Case(
        (PLAIN, row(id=1, d=1704443355123456), row(id=2, d=1704443355123), row(id=3, d=None)),
        "d",
        "too small a number among unix microseconds",
    ),
    "a julian day among seconds": Case(
        (PLAIN, row(id=1, d=1704443355), row(id=2, d=2460314.5), row(id=3, d=None)),
        "d",
        "a julian day among unix seconds",
    ),
    "invalid UTF-8": Case((PLAIN, row(id=1), INVALID_UTF8, row(id=3)), "a", "invalid UTF-8"),
    "NUL in text": Case((PLAIN, row(id=1), NUL, row(id=3)), "a", "a NUL character"),
    "an orphan": Case(
        (
            "CREATE TABLE p (id INTEGER PRIMARY KEY)",
            "INSERT INTO p VALUES (1)",
            PLAIN.replace("b INTEGER", "b INTEGER REFERENCES p"),
            row(id=1),
            row(id=2, b=99),
            row(id=3),
        ),
        "b",
        "points to no row of p",
    ),
    "an orphan of two columns": Case(
        (
            "CREATE TABLE p (x INTEGER, y TEXT, PRIMARY KEY (x, y))",
            "INSERT INTO p VALUES (1, 'x')",
            PLAIN.replace("e REAL", "e REAL, FOREIGN KEY (b, a) REFERENCES p"),
            row(id=1),
            row(id=2, b=99),
            row(id=3),
        ),
        "b",
        "points to no row of p",
    ),
    "one moment in two spellings": Case(
        (
            PLAIN.replace("d DATETIME", "d DATETIME UNIQUE"),
            row(id=1, d="2024-01-05 10:00:00"),
            row(id=2, d="2024-01-05T12:00:00+02:00"),
            row(id=3, d=None),
        ),
        "d",
        "the same d as an earlier row",
    ),
    "a number and its digits": Case(
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE)",
            "INSERT INTO t VALUES (1, 7), (2, '7'), (3, 'x')",
        ),
        "a",
        "the same a as an earlier row",
    ),
    "an integer too large for a double": Case(
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a NUMERIC)",
            "INSERT INTO t VALUES (1, 0.5), (2, 9007199254740993), (3, 1)",
        ),
        "a",
        "out of range",
    ),
    "a text too long for its index": Case(
        (
            PLAIN,
            "CREATE INDEX i ON t (a)",
            row(id=1),
            row(id=2, a="".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(3000))),
            row(id=3, a="y" * 5000),
        ),
        "a",
        "longer than an index entry may be",
    ),
    "against a check": Case(
        (
            "PRAGMA ignore_check_constraints = ON",
            PLAIN.replace("b INTEGER", "b INTEGER CHECK (b > 0)"),
            row(id=1),
            row(id=2, b=-1),
            row(id=3),
        ),
        "b",
        "against CHECK (b > 0)",
    ),
}


@pytest.fixture(params=CASES.values(), ids=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    """Each defect."""
    found: Case = request.param
    return found


def test_stop_lists_table_row_and_value_and_writes_nothing(
    target: Target, library: Callable[..., Path], case: Case
) -> None:
    report = target.migrate(library(*case.statements))
    assert report.status is Status.STOPPED and not report.agrees
    assert [(d.table, d.row, d.column) for d in report.defects] == [("t", 2, case.column)]
    assert case.reason in report.defects[0].reason
    assert report.defect_count == 1 and "1 value " in report.headline
    assert target.contents() == []


def test_null_makes_the_value_null_and_keeps_what_it_was(
    target: Target, library: Callable[..., Path], case: Case
) -> None:
    file = library(*case.statements)
    report = target.migrated(file, "null")
    assert target.value(f"SELECT {case.column} IS NULL FROM t WHERE id = 2") is True
    assert target.value("SELECT count(*) FROM t") == 3
    kept = target.rows(
        "SELECT table_name, row_number, column_name, facereview_source "
        "FROM facereview_quarantine.facereview_nulled"
    )
    assert [each[:3] for each in kept] == [("t", "2", case.column)]
    assert _evaluated(kept[0][3]) == _stored(file, f"SELECT {case.column} FROM t WHERE id = 2")
    assert report.groups[0].action == "null"


def test_quarantine_sets_the_whole_row_aside_with_the_reason(
    target: Target, library: Callable[..., Path], case: Case
) -> None:
    file = library(*case.statements)
    report = target.migrated(file, "quarantine")
    assert [row[0] for row in target.rows("SELECT id FROM t ORDER BY id")] == [1, 3]
    aside = target.rows(
        "SELECT id, facereview_reason, facereview_source FROM facereview_quarantine.t"
    )
    assert len(aside) == 1 and aside[0][0] == "2" and case.reason in aside[0][1]
    assert _evaluated(aside[0][2]) == _stored(file, "SELECT * FROM t WHERE id = 2")
    assert [t.quarantined for t in report.tables if t.name == "t"] == [1]


def _stored(file: Path, query: str) -> list[tuple[str, Any]]:
    with closing(sqlite3.connect(file)) as connection:
        connection.text_factory = bytes
        values = connection.execute(query).fetchone()
        kinds = connection.execute(query.replace("SELECT *", "SELECT id")).description
        assert kinds
        return _typed(connection, query, values)


def _typed(
    connection: sqlite3.Connection, query: str, values: tuple[Any, ...]
) -> list[tuple[str, Any]]:
    cursor = connection.execute(query)
    names = [d[0] for d in cursor.description]
    types = ", ".join(f'typeof("{name}")' for name in names)
    kinds = connection.execute(f"SELECT {types} FROM ({query})").fetchone()
    return [(kind.decode(), value) for kind, value in zip(kinds, values, strict=True)]


def _evaluated(literals: str) -> list[tuple[str, Any]]:
    """What SQLite makes of the literals that were kept."""
    listed = literals if literals.startswith("(") else f"({literals})"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.text_factory = bytes
        values = connection.execute(f"SELECT * FROM (VALUES {listed})").fetchone()
        return _typed(connection, f"SELECT * FROM (VALUES {listed})", values)


@pytest.mark.parametrize("value", ["many", None])
def test_a_value_that_may_not_be_null_takes_its_row_along(
    target: Target, library: Callable[..., Path], value: object
) -> None:
    """A view of SQLite's own files: NOT NULL columns hold what was there before."""
    file = library(NEEDED, row(id=1), row(id=3))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 't'", (PLAIN,))
        connection.commit()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(*row(id=2, b=value))
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = ? WHERE name = 't'", (NEEDED,))
        connection.commit()
    report = target.migrated(file, "null")
    assert [t.quarantined for t in report.tables] == [1]
    assert target.value("SELECT count(*) FROM t") == 2


def test_null_in_a_primary_key_takes_its_row_along(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE t (id TEXT PRIMARY KEY, a)", "INSERT INTO t VALUES ('x', 1), (NULL, 2)"
    )
    assert target.migrate(file).defects[0].reason == "NULL where a value is needed"
    target.migrated(file, "null")
    assert target.rows("SELECT id, a FROM t") == [("x", 1)]


def test_children_of_a_row_set_aside_follow_it(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, n INTEGER, up INTEGER REFERENCES p)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p)",
        "CREATE TABLE g (id INTEGER PRIMARY KEY, c INTEGER REFERENCES c)",
        "INSERT INTO p VALUES (1, 'bad', NULL), (2, 2, 1), (3, 3, 2), (4, 4, NULL)",
        "INSERT INTO c VALUES (1, 3), (2, 4)",
        "INSERT INTO g VALUES (1, 1), (2, 2)",
    )
    report = target.migrated(file, "quarantine")
    assert {t.name: t.quarantined for t in report.tables} == {"p": 3, "c": 1, "g": 1}
    assert target.rows("SELECT id, c FROM g") == [(2, 2)]


def test_where_null_is_chosen_children_lose_their_pointer_only(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p)",
        "INSERT INTO p VALUES (1, 'bad'), (2, 2)",
        "INSERT INTO c VALUES (1, 1), (2, 2)",
    )
    target.migrated(file, "null")
    assert target.rows("SELECT id, p FROM c ORDER BY id") == [(1, None), (2, 2)]


def test_tables_without_row_ids_are_known_by_their_place(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID",
        "INSERT INTO t VALUES ('a', 1), ('c', 3), ('b', 'bad')",
    )
    stopped = target.migrate(file)
    assert [(d.row, d.value) for d in stopped.defects] == [(2, "bad")]
    target.migrated(file, "quarantine")
    assert target.rows("SELECT k FROM t ORDER BY k") == [("a",), ("c",)]


def test_keys_that_the_targets_collation_takes_for_equal(
    target: Target, library: Callable[..., Path]
) -> None:
    try:
        target.run(
            "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', "
            "deterministic = false)"
        )
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this PostgreSQL was built without ICU, so all its collations tell bytes apart")
    target.run(
        "CREATE TABLE creators (id SERIAL PRIMARY KEY, name TEXT COLLATE folded NOT NULL UNIQUE, "
        "description TEXT, profile_picture_path TEXT, created_at TIMESTAMP, updated_at TIMESTAMP)"
    )
    file = library(
        "CREATE TABLE creators (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        "INSERT INTO creators VALUES (1, 'Zoë'), (2, 'Anna'), (3, 'ZOË')",
    )
    found = target.migrate(file).defects
    assert [(d.row, d.reason) for d in found] == [(3, "the same name as an earlier row")]
    target.migrated(file, "quarantine")
    assert target.value("SELECT count(*) FROM creators") == 2


def test_keys_that_only_the_contract_wants_unique(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE videos (id INTEGER PRIMARY KEY, path TEXT)",
        "INSERT INTO videos VALUES (1, '/a'), (2, '/a'), (3, NULL)",
    )
    found = {(d.row, d.reason) for d in target.migrate(file).defects}
    assert found == {(2, "the same path as an earlier row"), (3, "NULL where a value is needed")}
    target.migrated(file, "quarantine")
    assert target.rows("SELECT id, path, file_path FROM videos") == [(1, "/a", "/a")]


def test_ids_that_the_contract_cannot_hold(target: Target, library: Callable[..., Path]) -> None:
    file = library(
        "CREATE TABLE creators (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        "INSERT INTO creators VALUES (1, 'a'), (3000000000, 'b')",
    )
    assert target.migrate(file).defects[0].reason == "out of range for integer"


def test_a_real_of_the_contract_rounds_and_counts_and_refuses_what_overflows(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE videos (id INTEGER PRIMARY KEY, file_path TEXT NOT NULL UNIQUE, "
        "duration_seconds REAL)",
        "INSERT INTO videos VALUES (1, 'a', 0.5), (2, 'b', 0.1), (3, 'c', 1e300), (4, 'd', 9e999)",
    )
    assert [d.row for d in target.migrate(file).defects] == [3]
    report = target.migrated(file, "null")
    column = next(c for c in report.tables[0].columns if c.name == "duration_seconds")
    assert column.rounded == 1 and column.type == "real"
    assert target.value("SELECT duration_seconds FROM videos WHERE id = 4") == float("inf")


def test_many_defects_are_counted_and_not_all_held(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b INTEGER)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) "
        "INSERT INTO t SELECT i, CASE i % 2 WHEN 0 THEN 'bad' ELSE i END FROM n",
    )
    report = target.migrate(file)
    assert report.defect_count == 15000 and len(report.defects) == 10_000
    assert target.migrated(file, "null").agrees
    assert target.value("SELECT count(b) FROM t") == 15000


@pytest.mark.parametrize("options", ["", " WITHOUT ROWID"])
def test_columns_may_be_called_like_those_of_the_list_of_defects(
    target: Target, library: Callable[..., Path], options: str
) -> None:
    names = ("value", "row", "reason", "action", "col", "tbl")
    columns = ", ".join(f"{name} INTEGER" for name in names)
    values = ", ".join(f"'{name}'" for name in names)
    file = library(
        f"CREATE TABLE app_settings (id INTEGER PRIMARY KEY, {columns}){options}",
        f"INSERT INTO app_settings VALUES (1, 1, 2, 3, 4, 5, 6), (2, {values})",
    )
    target.migrated(file, "null")
    assert target.rows("SELECT * FROM app_settings ORDER BY id") == [
        (1, 1, 2, 3, 4, 5, 6),
        (2, None, None, None, None, None, None),
    ]
    kept = target.rows(
        "SELECT column_name, row_number, value FROM facereview_quarantine.facereview_nulled"
    )
    assert kept == [(name, "2", name) for name in names]


@pytest.mark.parametrize("key", ["code INTEGER UNIQUE", "code INT PRIMARY KEY"])
def test_text_in_an_integer_key_is_listed(
    target: Target, library: Callable[..., Path], key: str
) -> None:
    file = library(f"CREATE TABLE t ({key}, n)", "INSERT INTO t VALUES (1, 1), ('A-7', 2)")
    stopped = target.migrate(file)
    assert [(d.column, d.value) for d in stopped.defects] == [("code", "A-7")]
    target.migrated(file, "quarantine")
    assert target.rows("SELECT code FROM t") == [(1,)]


def test_columns_are_read_while_another_thread_notes_a_defect(tmp_path: Path) -> None:
    """The driver has an SQLite of its own, which takes the open journal for one left by a crash."""
    make_library(tmp_path / LIBRARY, "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
    with (
        closing(Defects(tmp_path, Policy.NULL)),
        closing(sqlite3.connect(tmp_path / DEFECTS)) as db,
    ):
        db.execute("PRAGMA synchronous = OFF")
        db.execute("INSERT INTO defect VALUES ('t', 1, 'a', 'why', '1', 'null')")
        with ArrowReader(tmp_path) as reader:
            found = list(reader.batches([("a", Class.INTEGER)], "FROM t", 10))
    assert [batch.column(0).to_pylist() for batch in found] == [[1]]
