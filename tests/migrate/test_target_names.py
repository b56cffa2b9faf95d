"""Names that PostgreSQL cannot take as they are: each gets another one, by a rule that is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from migrate_support import Target

from facereview.migrate.report import Report, lines

Library = Callable[..., Path]


def renamed(report: Report) -> list[str]:
    """What the report says about names."""
    return [note for note in report.notes if " is named " in note]


def test_names_longer_than_63_bytes_are_cut_and_stay_apart(
    target: Target, library: Library
) -> None:
    long = "x" * 70
    file = library(
        f"CREATE TABLE {long}1 (id INTEGER PRIMARY KEY, {long}1 TEXT DEFAULT 'd', {long}2 TEXT "
        f"CHECK ({long}2 <> {long}1), ok TEXT)",
        f"CREATE TABLE {long}2 (id INTEGER PRIMARY KEY, of INTEGER REFERENCES {long}1 (id), "
        f"CONSTRAINT {long}3 CHECK (id > 0), CONSTRAINT {long}4 CHECK (of > 0))",
        f"CREATE INDEX {long}5 ON {long}1 ({long}1)",
        f"CREATE UNIQUE INDEX {long}6 ON {long}1 ({long}2, id)",
        f"CREATE VIEW {long}7 AS SELECT {long}1, {long}2 AS b FROM {long}1",
        f"CREATE VIEW {long}8 AS SELECT b FROM {long}7",
        f"INSERT INTO {long}1 VALUES (1, 'a', 'b', 'c')",
        f"INSERT INTO {long}2 VALUES (1, 1)",
    )
    dry = target.migrate(file, dry_run=True)
    report = target.migrated(file)
    assert renamed(dry) == renamed(report) and len(renamed(report)) == 10
    assert all(f"note: {note}" in list(lines(report)) for note in renamed(report))
    cut, second = "x" * 63, "x" * 61 + "_2"
    assert f"The table {long}2 is named {second} in PostgreSQL: that name is taken there." in (
        renamed(report)
    )
    assert target.rows(f"SELECT {cut}, {second}, ok FROM {cut}") == [("a", "b", "c")]
    assert target.rows(f"SELECT id, of FROM {second}") == [(1, 1)]
    assert {loss.what for loss in report.losses} == set()
    kinds = "SELECT contype::text, count(*) FROM pg_constraint WHERE contype IN ('c', 'f') AND "
    of = f"conrelid IN ('{cut}'::regclass, '{second}'::regclass) GROUP BY 1 ORDER BY 1"
    assert target.rows(kinds + of) == [("c", 3), ("f", 1)]
    views = "SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'xx%'"
    assert {target.value(f'SELECT count(*) FROM "{v}"') for (v,) in target.rows(views)} == {1}
    assert len(target.rows(views)) == 2


def test_columns_named_like_postgresqls_own_get_a_number(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE spot (pkid INTEGER PRIMARY KEY, xmin REAL NOT NULL DEFAULT 0.5, xmax REAL "
        "CHECK (xmax >= xmin), wide REAL AS (xmax - xmin), ctid TEXT, XMIN_2 TEXT)",
        "CREATE INDEX spot_x ON spot (xmin, xmax)",
        "CREATE VIEW v AS SELECT xmin, xmax - 1 AS less FROM spot WHERE xmax > 0",
        "INSERT INTO spot (xmin, xmax, ctid) VALUES (0, 2, 'a')",
    )
    report = target.migrated(file)
    assert report.losses == ()
    assert target.rows('SELECT xmin_3, xmax_2, wide, ctid_2, "XMIN_2" FROM spot') == [
        (0.0, 2.0, 2.0, "a", None)
    ]
    assert target.rows("SELECT * FROM v") == [(0.0, 1.0)]
    kept = "PostgreSQL keeps that name for itself"
    assert f"The column xmin of spot is named xmin_3 in PostgreSQL: {kept}." in renamed(report)
    assert len(renamed(report)) == 3
    assert target.value("INSERT INTO spot (xmax_2) VALUES (1) RETURNING wide") == 0.5


def test_equal_names_of_constraints_are_told_apart(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE a (x INTEGER, y TEXT, CONSTRAINT pk PRIMARY KEY (x, y), "
        "CONSTRAINT uq UNIQUE (y))",
        "CREATE TABLE b (x INTEGER, y TEXT, CONSTRAINT pk PRIMARY KEY (x, y), "
        "CONSTRAINT uq UNIQUE (y))",
        "CREATE TABLE c (x INTEGER CONSTRAINT above CHECK (x > 0), "
        "y INTEGER CONSTRAINT above CHECK (y > 0), CONSTRAINT a UNIQUE (x))",
        "CREATE TABLE q (a INTEGER CONSTRAINT fk REFERENCES c (x), "
        "b INTEGER CONSTRAINT fk REFERENCES c (x))",
        "INSERT INTO a VALUES (1, 'a')",
        "INSERT INTO b VALUES (1, 'a')",
    )
    report = target.migrated(file)
    assert report.losses == ()
    names = "SELECT conname::text FROM pg_constraint WHERE contype <> 'n' AND conrelid = "
    for table, wanted in (
        ("a", {"pk", "uq"}),
        ("b", {"pk_2", "uq_2"}),
        ("c", {"a_2", "above", "above_2"}),
        ("q", {"fk", "fk_2"}),
    ):
        assert {n for (n,) in target.rows(f"{names}'{table}'::regclass")} == wanted
    assert len(renamed(report)) == 5


def test_names_that_postgresql_gives_by_itself_are_avoided(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE)",
        "CREATE INDEX users_pkey ON users (name)",
        "CREATE INDEX users_name_key ON users (name, id)",
        "CREATE TABLE users_id_seq (id INTEGER PRIMARY KEY)",
        "CREATE TABLE videos_pkey (id INTEGER PRIMARY KEY)",
        "CREATE TABLE vector (id INTEGER PRIMARY KEY)",
        "CREATE VIEW creators_id_seq AS SELECT id FROM users",
        "INSERT INTO users VALUES (1, 'a')",
    )
    report = target.migrated(file)
    assert report.losses == ()
    assert len(renamed(report)) == 5
    assert target.value("INSERT INTO users (name) VALUES ('b') RETURNING id") == 2
    assert target.rows("SELECT * FROM users_id_seq") == []
    for name in ("videos_pkey_2", "vector_2", "creators_id_seq_2"):
        assert target.rows(f"SELECT to_regclass('{name}') IS NULL") == [(False,)]


def test_the_index_of_a_collation_avoids_the_names_that_are_there(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, f TEXT COLLATE NOCASE UNIQUE, "
        "g TEXT COLLATE NOCASE)",
        "CREATE VIEW t_f_nocase AS SELECT id FROM t",
        "CREATE TABLE t_g_nocase (id INTEGER PRIMARY KEY)",
        "INSERT INTO t VALUES (1, 'a', 'b')",
    )
    assert target.migrated(file).losses == ()
    made = "SELECT indexname::text FROM pg_indexes WHERE indexdef LIKE '%lower(%' ORDER BY 1"
    assert target.rows(made) == [("t_f_nocase_2",), ("t_g_nocase_2",)]


def test_a_name_that_is_taken_in_the_target_gets_a_number(target: Target, library: Library) -> None:
    target.run("CREATE VIEW things AS SELECT 1")
    report = target.migrated(library("CREATE TABLE things (a)", "INSERT INTO things VALUES ('x')"))
    assert target.rows("SELECT a FROM things_2") == [("x",)]
    assert renamed(report) == [
        "The table things is named things_2 in PostgreSQL: that name is taken there."
    ]


def test_a_view_whose_name_is_taken_is_compared_under_its_new_one(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME)",
        "CREATE VIEW videos AS SELECT id, at FROM t",
        "INSERT INTO t VALUES (1, 1704443355), (2, NULL)",
    )
    report = target.migrated(file)
    assert report.losses == ()
    assert target.rows("SELECT id, at IS NULL FROM videos_2 ORDER BY id") == [(1, False), (2, True)]


def test_a_table_of_another_kind_named_like_a_shared_one_stands_beside_it(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE Videos (id INTEGER PRIMARY KEY, url TEXT, title TEXT)",
        "INSERT INTO Videos VALUES (1, 'http://x', 't')",
        "CREATE TABLE clip (id INTEGER PRIMARY KEY, video INTEGER REFERENCES Videos)",
        "INSERT INTO clip VALUES (1, 1)",
        "CREATE TABLE creators (id TEXT PRIMARY KEY, name TEXT NOT NULL)",
        "INSERT INTO creators VALUES ('a3f', 'Ann')",
        "CREATE VIEW titles AS SELECT title FROM videos",
    )
    report = target.migrated(file)
    assert report.losses == () and report.exit_code == 0
    assert target.rows('SELECT id, url FROM "Videos_2"') == [(1, "http://x")]
    assert target.rows("SELECT id, name FROM creators_2") == [("a3f", "Ann")]
    assert target.rows("SELECT * FROM titles") == [("t",)]
    assert target.rows("SELECT count(*) FROM videos") == target.rows("SELECT 0::bigint")
    assert renamed(report) == [
        "The table Videos is named Videos_2 in PostgreSQL: it has no file_path, so it is not "
        "facereview's videos, which is empty there.",
        "The table creators is named creators_2 in PostgreSQL: its id holds no numbers, so it is "
        "not facereview's creators, which is empty there.",
    ]


def test_what_points_to_a_table_of_another_kind_goes_with_it(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE videos (id INTEGER PRIMARY KEY, url TEXT)",
        "INSERT INTO videos VALUES (7, 'http://x')",
        "CREATE TABLE creators (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        "INSERT INTO creators VALUES (5, 'Ann')",
        "CREATE TABLE video_creators (video_id INTEGER NOT NULL REFERENCES videos, "
        "creator_id INTEGER NOT NULL REFERENCES creators)",
        "INSERT INTO video_creators VALUES (7, 5)",
    )
    report = target.migrated(file)
    assert target.rows("SELECT name FROM creators") == [("Ann",)]
    assert target.rows("SELECT video_id, creator_id FROM video_creators_2") == [(7, 5)]
    assert [note for note in renamed(report) if "points to videos" in note]


def test_set_aside_rows_have_the_names_of_the_target(target: Target, library: Library) -> None:
    long = "x" * 70
    file = library(
        f"CREATE TABLE {long}1 (id INTEGER PRIMARY KEY, {long}1 TEXT, {long}2 INTEGER)",
        f"CREATE TABLE {long}2 (id INTEGER PRIMARY KEY, n INTEGER)",
        f"INSERT INTO {long}1 VALUES (1, 'a', 'x')",
        f"INSERT INTO {long}2 VALUES (1, 'x')",
    )
    target.migrated(file, "quarantine")
    aside = "facereview_quarantine"
    assert target.rows(f"SELECT {'x' * 61}_2 FROM {aside}.{'x' * 63}") == [("x",)]
    assert target.rows(f"SELECT n FROM {aside}.{'x' * 61}_2") == [("x",)]
