"""A new row gets from PostgreSQL what it would have got from SQLite."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from migrate_support import Target


def _columns(*declared: tuple[str, str]) -> str:
    """A table with one column for each type and default."""
    columns = (f"c{n} {kind} DEFAULT {text}" for n, (kind, text) in enumerate(declared))
    return f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(columns)})"


def _defaults(file: Path, declared: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """What SQLite gives a new row, by type and default."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("INSERT INTO t (id) VALUES (1000)")
        row = connection.execute("SELECT * FROM t WHERE id = 1000").fetchone()
    return dict(zip(declared, row[1:], strict=True))


CONSTANTS = [
    ("TEXT", "'it''s'"),
    ("TEXT", '"quoted"'),
    ("TEXT", "12"),
    ("TEXT", "('a' || 'b')"),
    ("INTEGER", "-7"),
    ("INTEGER", "'42'"),
    ("INTEGER", "(1 + 1)"),
    ("REAL", "1"),
    ("REAL", "'0.5'"),
    ("BOOLEAN", "1"),
    ("BOOLEAN", "FALSE"),
    ("BLOB", "x'00ff'"),
    ("TEXT", "NULL"),
    ("", "'x'"),
    ("JSON", "'[]'"),
    ("JSON", "(json_object('a', 1))"),
    ("TEXT", "(lower('ABC'))"),
    ("VARCHAR(10)", "abc"),
]


def test_constants(target: Target, library: Callable[..., Path]) -> None:
    file = library(_columns(*CONSTANTS))
    target.migrated(file)
    [row] = target.rows("INSERT INTO t DEFAULT VALUES RETURNING *")
    assert dict(zip(CONSTANTS, row[1:], strict=True)) == _defaults(file, CONSTANTS)


def test_dates(target: Target, library: Callable[..., Path]) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, c DATETIME DEFAULT '2024-01-05T10:00:00Z', "
        "d DATE DEFAULT '2024-01-05')",
        "INSERT INTO t VALUES (1, NULL, '2020-01-01')",
    )
    target.migrated(file)
    row = target.rows("INSERT INTO t DEFAULT VALUES RETURNING c::text, d::text")[0]
    assert row == ("2024-01-05 10:00:00", "2024-01-05")


NOW = [
    ("DATETIME", "CURRENT_TIMESTAMP"),
    ("DATETIME", "(datetime('now'))"),
    ("DATETIME", "(strftime('%s', 'now'))"),
    ("DATE", "CURRENT_DATE"),
    ("TEXT", "CURRENT_TIMESTAMP"),
    ("TEXT", "(datetime('now'))"),
    ("TEXT", "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"),
    ("INTEGER", "(strftime('%s', 'now'))"),
    ("TEXT", "(date('now'))"),
    ("TEXT", "(strftime('%s', 'now'))"),
    ("INTEGER", "(CAST(strftime('%s', 'now') AS INTEGER))"),
    ("INTEGER", "(strftime('%s', 'now') * 1000)"),
    ("INTEGER", "(unixepoch('now') * 1000)"),
    ("INTEGER", "(cast((julianday('now') - 2440587.5)*86400000 as integer))"),
    ("REAL", "(unixepoch())"),
]


def test_clocks(target: Target, library: Callable[..., Path]) -> None:
    examples = ["'2024-01-05'" if kind == "DATE" else "NULL" for kind, _ in NOW]
    file = library(_columns(*NOW), f"INSERT INTO t VALUES (1, {', '.join(examples)})")
    target.migrated(file)
    texts = ", ".join(f"c{n}::text" for n in range(len(NOW)))
    [row] = target.rows(f"INSERT INTO t DEFAULT VALUES RETURNING {texts}")
    for (declared, here), there in zip(_defaults(file, NOW).items(), row, strict=True):
        assert abs(_moment(str(here)) - _moment(there)) < timedelta(minutes=2), declared
        if declared[0] == "TEXT":
            assert re.sub(r"\d", "0", there) == re.sub(r"\d", "0", here), declared


def _moment(text: str) -> datetime:
    if re.fullmatch(r"[\d.]+", text):
        number = float(text)
        return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
    found = datetime.fromisoformat(text)
    day = datetime.now(UTC).replace(tzinfo=None) if len(text) == 10 else found
    return day.replace(tzinfo=UTC)


def test_a_clock_in_utc_does_not_follow_the_session(
    target: Target, library: Callable[..., Path]
) -> None:
    clocks = [
        ("TEXT", "(datetime('now'))"),
        ("TEXT", "CURRENT_TIMESTAMP"),
        ("DATETIME", "CURRENT_TIMESTAMP"),
        ("DATETIME", "(CURRENT_TIMESTAMP)"),
        ("TIMESTAMP", "(datetime('now'))"),
    ]
    target.migrated(library(_columns(*clocks)))
    target.run("SET timezone = 'Pacific/Kiritimati'")
    texts = ", ".join(f"c{n}::text" for n in range(len(clocks)))
    [row] = target.rows(f"INSERT INTO t DEFAULT VALUES RETURNING {texts}")
    now = datetime.now(UTC).replace(tzinfo=None)
    for clock, said in zip(clocks, row, strict=True):
        assert abs(datetime.fromisoformat(said) - now) < timedelta(minutes=2), clock


def test_words_for_booleans_are_booleans(target: Target, library: Callable[..., Path]) -> None:
    words = {"'t'": True, "'FALSE'": False, "'true'": True, "'off'": False, "'no'": False}
    target.migrated(library(_columns(*(("BOOLEAN", word) for word in words))))
    [row] = target.rows("INSERT INTO t DEFAULT VALUES RETURNING *")
    assert list(row[1:]) == list(words.values())


def test_numbers_are_the_dates_that_the_columns_numbers_are(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a DATETIME DEFAULT 0, e BLOB DEFAULT '')",
        "INSERT INTO t VALUES (1, 1577836800, NULL)",
    )
    target.migrated(file)
    assert target.rows("INSERT INTO t DEFAULT VALUES RETURNING a::text, e") == [
        ("1970-01-01 00:00:00", b"")
    ]


def test_short_random_identifiers_are_as_long(target: Target, library: Callable[..., Path]) -> None:
    file = library("CREATE TABLE t (a INTEGER, c TEXT DEFAULT (hex(randomblob(8))))")
    target.migrated(file)
    made = [r[0] for r in target.rows("INSERT INTO t (a) VALUES (1), (2) RETURNING c")]
    assert len(set(made)) == 2 and all(re.fullmatch("[0-9A-F]{16}", each) for each in made)


def test_random_identifiers_are_new_every_time(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library("CREATE TABLE t (a INTEGER, c TEXT DEFAULT (lower(hex(randomblob(16)))))")
    target.migrated(file)
    made = [r[0] for r in target.rows("INSERT INTO t (a) VALUES (1), (2) RETURNING c")]
    assert len(set(made)) == 2 and all(re.fullmatch("[0-9a-f]{32}", each) for each in made)


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("INTEGER", "''"),
        ("INTEGER", "(random())"),
        ("DATETIME", "'soon'"),
        ("DATETIME", "(datetime('now', 'localtime'))"),
        ("REAL", "(julianday('now'))"),
        ("BOOLEAN", "'maybe'"),
        ("DATETIME", "CURRENT_TIME"),
        ("DATETIME", "(strftime('%Y', 'now'))"),
    ],
)
def test_what_cannot_be_said_stops_or_is_left_out_and_named(
    target: Target, library: Callable[..., Path], declared: str, text: str
) -> None:
    file = library(f"CREATE TABLE t (id INTEGER PRIMARY KEY, c {declared} DEFAULT {text})")
    stopped = target.migrate(file)
    assert not stopped.agrees and [loss.what for loss in stopped.losses] == ["default"]
    assert target.contents() == []
    report = target.migrate(file, "null")
    assert report.agrees and [loss.key for loss in report.losses] == [("default", "t", "c")]
    assert target.value("INSERT INTO t DEFAULT VALUES RETURNING c") is None
