"""Files that are sound, though written in ways of their own program."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from migrate_support import Target

Library = Callable[..., Path]


def test_an_index_may_call_json_extract(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, j TEXT, k AS (json_extract(j, '$.k')))",
        "CREATE INDEX t_k ON t (json_extract(j, '$.k'))",
        "CREATE VIEW v AS SELECT json_extract(j, '$.k') AS k FROM t",
        """INSERT INTO t (j) VALUES ('{"k": "v"}')""",
    )
    assert target.migrate(file).exit_code == 1
    report = target.migrated(file, "quarantine")
    assert target.rows("SELECT id, j, k FROM t") == [(1, '{"k": "v"}', "v")]
    lost = {(loss.what, loss.name) for loss in report.losses}
    assert {("index", "t_k"), ("view", "v"), ("generated column", "k")} == lost


def test_an_index_may_call_a_function_of_the_program(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)",
        "CREATE INDEX t_n ON t (lower(name))",
        "INSERT INTO t VALUES (1, 'x')",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'lower(', 'sort_key(') WHERE name = 't_n'",
    )
    report = target.migrated(file, "quarantine")
    assert target.rows("SELECT id, name FROM t") == [(1, "x")]
    assert [(loss.what, loss.name) for loss in report.losses] == [("index", "t_n")]


def test_what_lies_behind_a_table_of_an_unknown_tokenizer_is_migrated(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE VIRTUAL TABLE found USING fts4 (title)",
        "INSERT INTO found VALUES ('one'), ('two')",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, '(title', '(tokenize=collating, title') "
        "WHERE name = 'found'",
    )
    report = target.migrated(file)
    assert target.rows("SELECT docid, c0title FROM found_content ORDER BY 1") == [
        (1, "one"),
        (2, "two"),
    ]
    assert [(loss.what, loss.name) for loss in report.losses] == [("virtual table", "found")]
    assert "collating" in report.losses[0].reason and report.exit_code == 3


def test_words_in_a_boolean_column_are_booleans(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE b (id INTEGER PRIMARY KEY, rails BOOLEAN DEFAULT 'f', js BOOL UNIQUE)",
        "CREATE VIEW v AS SELECT id, rails FROM b",
        "INSERT INTO b VALUES (1, 't', 'True'), (2, 'f', 'false'), (3, 1, NULL), (4, 'No', NULL)",
    )
    report = target.migrated(file)
    assert report.losses == ()
    assert target.rows("SELECT rails, js FROM b ORDER BY id") == [
        (True, True),
        (False, False),
        (True, None),
        (False, None),
    ]
    assert target.value("INSERT INTO b (id) VALUES (9) RETURNING rails") is False


def test_other_words_and_equal_truths_are_found(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE b (id INTEGER PRIMARY KEY, a BOOLEAN, u BOOLEAN UNIQUE)",
        "INSERT INTO b VALUES (1, 't', 't'), (2, 'maybe', NULL), (3, '', 'f'), (4, 1, 'true')",
    )
    found = {(d.row, d.column) for d in target.migrate(file).defects}
    assert found == {(2, "a"), (3, "a"), (4, "u")}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023-08-20 22:45:10 +0000 UTC", "2023-08-20 22:45:10"),
        ("2023-08-20 22:45:10.25 +0200 CEST m=+0.012", "2023-08-20 20:45:10.25"),
        ("2023-08-20 22:45:10.123456789 -0300 -03", "2023-08-21 01:45:10.123456"),
        ("2023-08-20T22:45:10+02", "2023-08-20 20:45:10"),
        (" 2023-08-20 22:45:10,5 ", "2023-08-20 22:45:10.5"),
        ("2023-08-20 22:45:10 UTC", "2023-08-20 22:45:10"),
        ("2023-08-20t22:45z", "2023-08-20 22:45:00"),
        ("2023-08-20 22:45:10 CEST", None),
        ("2023-08-20 22:45:10 UTC+2", None),
    ],
)
def test_dates_as_programs_write_them(
    target: Target, library: Library, written: str, meant: str | None
) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME)",
        ("INSERT INTO t VALUES (1, ?), (2, '2024-01-05 10:00:00')", (written,)),
    )
    if meant is None:
        assert [d.value for d in target.migrate(file).defects] == [written]
    else:
        target.migrated(file)
        moment = target.value("SELECT at FROM t WHERE id = 1")
        assert moment == datetime.fromisoformat(meant.ljust(26, "0") if "." in meant else meant)
