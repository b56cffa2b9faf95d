"""What lies in an order that only the program itself knows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from migrate_support import Target

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
