"""What SQLite's catalogue says, and what only the statements do."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from facereview.errors import Invalid
from facereview.migrate.source.introspect import family, introspect
from facereview.migrate.source.schema import Family, Source, SourceTable


def read(*statements: str) -> Source:
    """The catalogue of a database in memory."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements:
            connection.execute(statement)
        return introspect(connection)


def table(*statements: str) -> SourceTable:
    """The first table."""
    return read(*statements).tables[0]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("INTEGER", Family.INTEGER),
        ("unsigned big int", Family.INTEGER),
        ("INT8", Family.INTEGER),
        ("INT64", Family.INTEGER),
        ("UINT8", Family.INTEGER),
        ("int unsigned", Family.INTEGER),
        ("uint32_t", Family.INTEGER),
        ("LONGINT", Family.INTEGER),
        ("INTERVAL", Family.FREE),
        ("LONG VARCHAR", Family.TEXT),
        ("LONGTEXT", Family.TEXT),
        ("LONGBLOB", Family.BLOB),
        ("DEC(10,2)", Family.NUMBER),
        ("POINT", Family.FREE),
        ("BOOLEAN", Family.BOOLEAN),
        ("DATETIME", Family.TIMESTAMP),
        ("TIMESTAMP WITH TIME ZONE", Family.TIMESTAMP),
        ("DATE", Family.DATE),
        ("VARCHAR(255)", Family.TEXT),
        ("NATIVE CHARACTER(70)", Family.TEXT),
        ("DOUBLE PRECISION", Family.REAL),
        ("FLOAT", Family.REAL),
        ("DECIMAL(10,5)", Family.NUMBER),
        ("BLOB", Family.BLOB),
        ("JSON", Family.FREE),
        ("", Family.FREE),
    ],
)
def test_declared_types(declared: str, expected: Family) -> None:
    assert family(declared) is expected


def test_ddl_that_only_sqlite_takes() -> None:
    found = table(
        "CREATE TABLE [my table] ([a b] UNSIGNED BIG INT NOT NULL ON CONFLICT IGNORE, `c` TEXT "
        "COLLATE NOCASE DEFAULT ('x''(') UNIQUE ON CONFLICT REPLACE, \"d\"\"q\" REAL, 'e' -- no )\n"
        ', f AS ("d""q" * 2) STORED, CONSTRAINT k CHECK ([a b] > 0) CHECK (c <> \',\'),'
        " CONSTRAINT p PRIMARY KEY ([a b], c DESC)) WITHOUT ROWID"
    )
    assert [c.name for c in found.columns] == ["a b", "c", 'd"q', "e", "f"]
    assert found.column("f").generated == '"d""q" * 2'
    assert found.column("c").collation == "NOCASE"
    assert [(c.name, c.expression) for c in found.checks] == [
        ("k", "[a b] > 0"),
        (None, "c <> ','"),
    ]
    assert found.primary_key is not None
    assert (found.primary_key.name, found.primary_key.columns) == ("p", ("a b", "c"))
    assert found.uniques[0].columns == ("c",) and found.uniques[0].collations == ("NOCASE",)


def test_the_row_id_and_tables_without_one() -> None:
    assert table("CREATE TABLE t (id INTEGER PRIMARY KEY, rowid TEXT)").row == "_rowid_"
    assert table("CREATE TABLE t (id INTEGER PRIMARY KEY)").rowid_alias == "id"
    assert table("CREATE TABLE t (id INT PRIMARY KEY)").rowid_alias is None
    assert table("CREATE TABLE t (id INTEGER PRIMARY KEY DESC)").rowid_alias is None
    assert table("CREATE TABLE t (id INTEGER PRIMARY KEY) WITHOUT ROWID").rowid_alias is None


@pytest.mark.parametrize("column", ["FALSE", "true"])
def test_where_sqlite_renames_a_column_in_subqueries_rows_get_ids_in_the_copy(column: str) -> None:
    listed = f'CREATE TABLE films (id INTEGER PRIMARY KEY, "{column}"'
    plain, rebuilt = table(f"{listed})"), table(f"{listed}) WITHOUT ROWID")
    assert [c.name for c in plain.columns] == ["id", column]
    assert (plain.row, plain.is_as_it_was) == ("rowid", True)
    assert (rebuilt.row, rebuilt.is_as_it_was) == ("rowid", False)
    with pytest.raises(Invalid, match=f"films leaves no name for row ids .* named {column}"):
        table(f"{listed}, rowid, oid, _rowid_) WITHOUT ROWID")


def test_foreign_keys_in_order_with_names_actions_and_deferral() -> None:
    found = read(
        "CREATE TABLE Parent (Id INTEGER PRIMARY KEY, a TEXT, b TEXT, UNIQUE (a, b))",
        "CREATE TABLE child (x INTEGER REFERENCES parent ON DELETE CASCADE, a TEXT, b TEXT, "
        "up INTEGER REFERENCES child(x) NOT DEFERRABLE, "
        "CONSTRAINT pair FOREIGN KEY (a, B) REFERENCES PARENT (A, b) ON UPDATE SET NULL "
        "DEFERRABLE INITIALLY DEFERRED, gone REFERENCES nowhere)".replace(
            ", gone REFERENCES nowhere)", ", FOREIGN KEY (x) REFERENCES nowhere)"
        ),
    )
    keys = found.tables[1].foreign_keys
    assert [(k.name, k.columns, k.target, k.target_columns) for k in keys] == [
        (None, ("x",), "Parent", ("Id",)),
        (None, ("up",), "child", ("x",)),
        ("pair", ("a", "b"), "Parent", ("a", "b")),
        (None, ("x",), "nowhere", ()),
    ]
    assert [(k.on_delete, k.on_update, k.deferred) for k in keys] == [
        ("CASCADE", "NO ACTION", False),
        ("NO ACTION", "NO ACTION", False),
        ("NO ACTION", "SET NULL", True),
        ("NO ACTION", "NO ACTION", False),
    ]


def test_indexes_with_expressions_predicates_and_collations() -> None:
    found = table(
        "CREATE TABLE t (a TEXT, b INTEGER)",
        "CREATE UNIQUE INDEX i ON t (lower(a), b DESC, a COLLATE NOCASE) WHERE b IS NOT NULL",
    ).indexes[0]
    assert found.unique and found.where == "b IS NOT NULL"
    assert [(t.column, t.expression, t.descending, t.collation) for t in found.terms] == [
        (None, "lower(a)", False, "BINARY"),
        ("b", None, True, "BINARY"),
        ("a", None, False, "NOCASE"),
    ]


def test_views_triggers_shadow_tables_and_sequences() -> None:
    found = read(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "INSERT INTO t VALUES (41)",
        "CREATE VIEW v AS SELECT id FROM t",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE words USING fts5 (body)",
    )
    assert [t.name for t in found.tables] == ["t", "words"]
    assert found.tables[0].sequence == 41
    assert [v.name for v in found.views] == ["v"] and found.triggers == ("g",)
    assert [c.name for c in found.tables[1].columns] == ["body"]
