"""Files that are sound, though this SQLite lacks what their own program has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
