"""What cannot be read as it is: orders of a program itself, columns named TRUE and FALSE."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from migrate_support import Target, make_library

STATEMENTS = (
    "CREATE TABLE tags (tag TEXT NOT NULL PRIMARY KEY COLLATE unicase, n INTEGER UNIQUE, "
    "up TEXT AS (upper(tag))) WITHOUT ROWID",
    "CREATE TABLE decks (id INTEGER PRIMARY KEY, name TEXT COLLATE unicase UNIQUE, "
    "tag TEXT REFERENCES tags (tag), bad INTEGER)",
    "CREATE INDEX by_name ON decks (name DESC, id)",
    "CREATE TRIGGER g AFTER DELETE ON tags BEGIN SELECT RAISE(ABORT, 'kept'); END",
    "INSERT INTO tags (tag, n) VALUES ('b', 1), ('A', 2), ('C', 3), ('leech', 4)",
    "INSERT INTO decks VALUES (1, 'Default', 'a', 1), (2, 'other', 'C', 'bad')",
)


@pytest.fixture
def own_order(tmp_path: Path) -> Path:
    """A file with keys in an order of its program's own."""
    file = tmp_path / "library.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.create_collation(
            "unicase", lambda a, b: (a.lower() > b.lower()) - (a.lower() < b.lower())
        )
        for statement in STATEMENTS:
            connection.execute(statement)
        connection.commit()
    return file


@pytest.mark.parametrize("policy", ["null", "quarantine"])
def test_what_is_in_an_order_of_its_own_is_read_and_the_order_named_as_lost(
    target: Target, own_order: Path, policy: str
) -> None:
    before = own_order.read_bytes()
    report = target.migrated(own_order, policy)
    assert {(loss.what, loss.table, loss.name) for loss in report.losses} == {
        ("collation", "tags", "tag"),
        ("collation", "decks", "name"),
    }
    assert target.rows("SELECT tag, n, up FROM tags ORDER BY n") == [
        ("b", 1, "B"),
        ("A", 2, "A"),
        ("C", 3, "C"),
        ("leech", 4, "LEECH"),
    ]
    assert {(d.column, d.value) for d in report.defects} == {("tag", "a"), ("bad", "bad")}
    assert any("trigger g" in note for note in report.notes)
    assert own_order.read_bytes() == before


@pytest.mark.parametrize("policy", ["null", "quarantine"])
def test_columns_named_true_and_false_are_read_where_rows_have_no_ids(
    target: Target, tmp_path: Path, policy: str
) -> None:
    file = make_library(
        tmp_path / "library.db",
        'CREATE TABLE answers (k TEXT, "true" INTEGER, FALSE TEXT COLLATE NOCASE UNIQUE, '
        'up TEXT AS (upper(k)), PRIMARY KEY (k, "true")) WITHOUT ROWID',
        'CREATE INDEX by_true ON answers ("true")',
        "CREATE TABLE uses (id INTEGER PRIMARY KEY, word TEXT REFERENCES answers (false))",
        'CREATE VIEW said AS SELECT k, "true" AS yes FROM answers WHERE "true" > 5',
        "CREATE TRIGGER kept AFTER DELETE ON answers BEGIN SELECT RAISE(ABORT, 'no'); END",
        "INSERT INTO answers (k, \"true\", false) VALUES ('b', 7, 'no'), ('a', 8, 'No way'), "
        "('c', 'bad', 'x')",
        "INSERT INTO uses VALUES (1, 'no'), (2, 'nowhere')",
    )
    report = target.migrated(file, policy)
    assert not report.losses
    assert target.rows('SELECT k, "true", "FALSE", up FROM answers ORDER BY k') == [
        ("a", 8, "No way", "A"),
        ("b", 7, "no", "B"),
    ]
    assert target.rows("SELECT * FROM said ORDER BY k") == [("a", 8), ("b", 7)]
    assert {(d.table, d.column, d.value) for d in report.defects} == {
        ("answers", "true", "bad"),
        ("uses", "word", "nowhere"),
    }
