"""Keys, constraints, indexes, views and generated columns arrive with their meaning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from migrate_support import Target

Library = Callable[..., Path]


def definitions(target: Target, table: str) -> set[str]:
    """A table's constraints and indexes as PostgreSQL says them."""
    return {
        row[0]
        for row in target.rows(
            f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype <> 'n' "
            f"AND conrelid = '\"{table}\"'::regclass UNION ALL "
            f"SELECT regexp_replace(indexdef, '^.* USING ', '') FROM pg_indexes "
            f"WHERE tablename = '{table}'"
        )
    }


def test_composite_and_self_referencing_keys_with_their_actions(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE node (a INTEGER, b TEXT, up_a INTEGER, up_b TEXT, PRIMARY KEY (a, b), "
        "CONSTRAINT tree FOREIGN KEY (up_a, up_b) REFERENCES node (a, b) ON DELETE CASCADE "
        "ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED)",
        "INSERT INTO node VALUES (2, 'y', 1, 'x'), (1, 'x', NULL, NULL)",
    )
    target.migrated(file)
    assert (
        "FOREIGN KEY (up_a, up_b) REFERENCES node(a, b) ON UPDATE SET NULL ON DELETE CASCADE "
        "DEFERRABLE INITIALLY DEFERRED"
    ) in definitions(target, "node")
    assert (
        target.value(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = 'node'::regclass"
        )
        == "tree"
    )
    target.run("DELETE FROM node WHERE a = 1")
    assert target.value("SELECT count(*) FROM node") == 0


def test_tables_that_point_at_each_other(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b)",
        "CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a, c INTEGER REFERENCES c)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a)",
        "INSERT INTO a VALUES (1, 1)",
        "INSERT INTO b VALUES (1, 1, 1)",
        "INSERT INTO c VALUES (1, 1)",
    )
    report = target.migrated(file)
    assert {each.what: each.found for each in report.structure}["foreign keys"] == 4


def test_checks_hold_for_new_rows(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, state TEXT CHECK (state IN ('on', 'off')), "
        "flag BOOLEAN CHECK (flag IN (0, 1)), name TEXT CHECK (name LIKE 'A%'), "
        "CONSTRAINT short CHECK (length(state) < 9))",
        "INSERT INTO t VALUES (1, 'on', 1, 'anna')",
    )
    target.migrated(file)
    target.run("INSERT INTO t VALUES (2, 'off', false, 'ALMA')")
    for bad in ("(3, 'maybe', true, 'a')", "(3, 'on', true, 'b')"):
        with pytest.raises(psycopg.errors.CheckViolation):
            target.run(f"INSERT INTO t VALUES {bad}")
    assert target.value("SELECT count(*) FROM pg_constraint WHERE conname = 'short'") == 1


def test_uniqueness_that_ignores_case_stays_so(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE)",
        "INSERT INTO t VALUES (1, 'Zoë')",
    )
    target.migrated(file)
    target.run("INSERT INTO t VALUES (2, 'ZOË')")  # SQLite folds the letters of ASCII only
    with pytest.raises(psycopg.errors.UniqueViolation):
        target.run("INSERT INTO t VALUES (3, 'zOë')")


def test_indexes_of_every_kind(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE t (a TEXT, b INTEGER, deleted BOOLEAN, at DATETIME)",
        "CREATE INDEX plain ON t (b DESC, a)",
        "CREATE INDEX partial ON t (b) WHERE deleted = 0 AND a IS NOT NULL",
        "CREATE UNIQUE INDEX expression ON t (lower(a), b) WHERE b > 5",
        "CREATE INDEX day ON t (date(at))",
        "CREATE INDEX nocase ON t (a COLLATE NOCASE)",
        "CREATE INDEX t_pkey ON t (at)",
        "INSERT INTO t VALUES ('x', 1, 0, '2024-01-05 10:00:00')",
    )
    report = target.migrated(file)
    assert {each.what: each.found for each in report.structure}["indexes"] == 6
    assert definitions(target, "t") == {
        "btree (b DESC, a)",
        "btree (b) WHERE ((deleted = false) AND (NOT (a IS NULL)))",
        'btree (lower((a COLLATE "C")), b) WHERE (b > 5)',
        "btree (((at)::date))",
        'btree (lower((a COLLATE "C")))',
        "btree (at)",
    }


def test_generated_columns_are_computed_and_compared(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, "
        "low TEXT AS (lower(a)) STORED, twice INTEGER GENERATED ALWAYS AS (b * 2) VIRTUAL)",
        "INSERT INTO t VALUES (1, 'ÄB', 21), (2, NULL, NULL)",
    )
    target.migrated(file)
    assert target.rows("SELECT low, twice FROM t ORDER BY id") == [("Äb", 42), (None, None)]
    assert target.value("INSERT INTO t VALUES (3, 'X', 1) RETURNING low") == "x"


def test_generated_columns_compare_without_case(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT COLLATE NOCASE, p TEXT COLLATE RTRIM, "
        "a BOOLEAN AS (n = 'ÄB'), b BOOLEAN AS (p IN ('x ', 'y') OR n > 'Z') STORED)",
        "INSERT INTO t (id, n, p) VALUES (1, 'Äb', 'x'), (2, 'äb', 'z')",
    )
    assert not target.migrated(file).losses
    assert target.rows("SELECT a, b FROM t ORDER BY id") == [(True, True), (False, True)]
    assert target.value("INSERT INTO t VALUES (3, 'ÄB', 'y  ') RETURNING b") is True


def test_a_generated_column_that_cannot_be_said_keeps_its_values(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, r TEXT AS (printf('%05d', id)) STORED)",
        "INSERT INTO t (id, a) VALUES (7, 'x')",
    )
    assert [loss.what for loss in target.migrate(file).losses] == ["generated column"]
    assert target.contents() == []
    target.migrated(file, "null")
    assert target.value("SELECT r FROM t") == "00007"


def test_views_come_along_where_they_mean_the_same(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE videos (id INTEGER PRIMARY KEY, file_path TEXT NOT NULL UNIQUE, "
        "is_available BOOLEAN, Title TEXT)",
        "INSERT INTO videos VALUES (1, '/a', 1, 'x'), (2, '/b', 0, 'y')",
        "CREATE VIEW second AS SELECT theTitle FROM available",
        "CREATE VIEW available (theTitle) AS SELECT title FROM Videos WHERE is_available = 1",
        "CREATE VIEW odd AS SELECT strftime('%s', 'now') - julianday('now') FROM videos",
        "CREATE VIEW other AS SELECT * FROM videos WHERE title || is_available = 'x1'",
    )
    report = target.migrated(file)
    assert target.rows('SELECT "theTitle" FROM second') == [("x",)]
    assert {loss.name for loss in report.losses} == {"odd", "other"}


def test_views_that_give_other_values_are_left_out(target: Target, library: Library) -> None:
    """As many rows are not the same rows."""
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, kb INT, at DATETIME, nn TEXT "
        "COLLATE NOCASE, r REAL, f BOOLEAN, j JSON, u DATETIME)",
        "INSERT INTO t VALUES (1, 'b', 3000000, '2024-01-05 10:00:00', 'X', 0.1, 1, 7, 1704443355),"
        " (2, 'B', 1, '2024-01-05T10:00:00.5Z', 'x', 2.0, 0, 'x', NULL)",
        "CREATE VIEW whole AS SELECT * FROM t",
        "CREATE VIEW added AS SELECT count(*) AS c, sum(id) AS s, avg(r) AS a FROM t",
        "CREATE VIEW wide AS SELECT id, kb * 1024 AS size, (kb << 12) - 1 AS top FROM t",
        "CREATE VIEW over AS SELECT id, kb * 9223372036854775807 AS size FROM t",
        "CREATE VIEW hit AS SELECT id, nn = 'x' AS hit FROM t",
        "CREATE VIEW half AS SELECT round(r + 0.5) AS half FROM t WHERE id = 2",
    )
    report = target.migrated(file)
    lost = {loss.name: loss.reason for loss in report.losses}
    assert lost == {
        "over": "it cannot be read in PostgreSQL: bigint out of range",
        "half": "it gives different values in PostgreSQL",
    }
    assert report.exit_code == 3 and "without 2 views: " in report.headline
    assert target.rows("SELECT hit FROM hit ORDER BY id") == [(True,), (True,)]
    assert target.value("SELECT max(top) FROM wide") == 3_000_000 * 4096 - 1
    assert any(note.startswith("Comparing nn of t is case-sensitive now") for note in report.notes)


def test_a_check_that_is_left_out_does_not_hide_the_next(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE t (a TEXT, n INTEGER, CHECK (a IS strftime('%Y', a)), CHECK (n > 0))",
        "INSERT INTO t VALUES (NULL, 1)",
    )
    report = target.migrated(file, "quarantine")
    assert [loss.what for loss in report.losses] == ["check"]
    with pytest.raises(psycopg.errors.CheckViolation):
        target.run("INSERT INTO t VALUES (NULL, 0)")


def test_triggers_are_named_and_left(target: Target, library: Library) -> None:
    file = library("CREATE TABLE t (a)", "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END")
    assert any("trigger g" in note for note in target.migrated(file).notes)


def test_what_cannot_be_carried_over_stops_or_is_left_out_and_named(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE t (a TEXT CHECK (a NOT GLOB a || '*'), b INTEGER REFERENCES nowhere)",
        "CREATE INDEX i ON t (printf('%s', a))",
        "INSERT INTO t (b) VALUES (1)",
    )
    stopped = target.migrate(file)
    assert not stopped.agrees
    assert {loss.what for loss in stopped.losses} == {"check", "foreign key", "index"}
    assert "3 definitions" in stopped.headline and target.contents() == []
    assert target.migrated(file, "quarantine").losses == stopped.losses


def test_virtual_tables_keep_their_contents(target: Target, library: Library) -> None:
    file = library(
        "CREATE VIRTUAL TABLE words USING fts5 (body, title)",
        "INSERT INTO words VALUES ('one two', 'x'), ('three', 'y')",
    )
    report = target.migrated(file)
    assert target.rows("SELECT body, title FROM words") == [("one two", "x"), ("three", "y")]
    assert [(loss.what, loss.name) for loss in report.losses] == [("full-text search", "words")]
    assert report.exit_code == 3


def test_virtual_tables_that_cannot_be_read_are_left_out_by_name(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE keep (id INTEGER PRIMARY KEY, a TEXT)",
        "INSERT INTO keep VALUES (1, 'x')",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT)",
        "CREATE VIRTUAL TABLE outside USING fts5 (title, content='notes', content_rowid='id')",
        "INSERT INTO outside (rowid, title) VALUES (1, 'one')",
        "DROP TABLE notes",
        "CREATE VIRTUAL TABLE empty USING fts5 (title, content='')",
        "INSERT INTO empty (rowid, title) VALUES (1, 'one')",
        "CREATE VIEW v AS SELECT title FROM empty",
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master VALUES ('table', 'spell', 'spell', 0, "
        "'CREATE VIRTUAL TABLE spell USING spellfix1')",
    )
    report = target.migrated(file)
    assert target.rows("SELECT a FROM keep") == [("x",)]
    lost = {loss.name: loss.reason for loss in report.losses if loss.what == "virtual table"}
    assert lost == {
        "outside": "it cannot be read here (no such table: main.notes)",
        "empty": "fts5 keeps an index of texts there, and not the texts",
        "spell": "it cannot be read here (no such module: spellfix1)",
    }
    assert target.value("SELECT to_regclass('empty')") is None


def test_what_a_definition_does_on_a_conflict_is_lost_by_name(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE conflict (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, a TEXT NOT NULL "
        "ON CONFLICT IGNORE, b INT UNIQUE ON CONFLICT ABORT, c INT REFERENCES conflict, "
        "UNIQUE (a, b) ON CONFLICT FAIL)",
        "INSERT INTO conflict VALUES (1, 'x', 2, 1)",
    )
    lost = target.migrated(file).losses
    assert [(loss.what, loss.name) for loss in lost] == [
        ("conflict clause", "ON CONFLICT REPLACE (id)"),
        ("conflict clause", "ON CONFLICT IGNORE (a)"),
        ("conflict clause", "ON CONFLICT FAIL (a, b)"),
    ]


def test_strict_tables_and_sizes(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE t (a INTEGER, b ANY, fileSize INTEGER, total_bytes INT, resize INTEGER)",
        "INSERT INTO t VALUES (1, 'x', 2, 3, 4)",
    )
    target.migrated(file)
    types = {name: target.type("t", name) for name in ("a", "b", "fileSize", "total_bytes")}
    assert types == {"a": "integer", "b": "text", "fileSize": "bigint", "total_bytes": "bigint"}
    assert target.type("t", "resize") == "integer"


def test_a_contract_table_spelt_otherwise_is_still_that_table(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE Creators (ID INTEGER PRIMARY KEY, Name TEXT NOT NULL UNIQUE, Born DATE)",
        "INSERT INTO Creators VALUES (1, 'Ann', '1990-02-28')",
    )
    target.migrated(file)
    assert target.rows('SELECT id, name, "Born"::text FROM creators') == [(1, "Ann", "1990-02-28")]


def test_other_schemas_keys_to_the_library_are_put_back(
    target: Target, library_url: str, library: Library
) -> None:
    with psycopg.connect(library_url, autocommit=True) as connection:
        mine = Target(library_url, connection)
        before = definitions(mine, "videos") | {
            row[0]
            for row in mine.rows(
                "SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE confrelid = 'videos'::regclass"
            )
        }
        mine.migrated(
            library(
                "CREATE TABLE videos (id INTEGER PRIMARY KEY, file_path TEXT NOT NULL UNIQUE)",
                "INSERT INTO videos VALUES (5, '/a')",
            )
        )
        after = definitions(mine, "videos") | {
            row[0]
            for row in mine.rows(
                "SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE confrelid = 'videos'::regclass"
            )
        }
        assert after == before


def test_a_trigger_of_the_target_does_not_touch_the_rows(
    library_url: str, library: Library
) -> None:
    with psycopg.connect(library_url, autocommit=True) as connection:
        mine = Target(library_url, connection)
        mine.run(
            "CREATE FUNCTION now_it_is() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN new.title := 'changed'; RETURN new; END $$"
        )
        mine.run(
            "CREATE TRIGGER touch BEFORE INSERT ON videos FOR EACH ROW EXECUTE FUNCTION now_it_is()"
        )
        mine.migrated(
            library(
                "CREATE TABLE videos (id INTEGER PRIMARY KEY, file_path TEXT UNIQUE, title TEXT)",
                "INSERT INTO videos VALUES (5, '/a', 'mine')",
            )
        )
        assert mine.value("SELECT title FROM videos") == "mine"
        assert mine.value("SELECT tgenabled FROM pg_trigger WHERE tgname = 'touch'") == "O"


def test_a_unique_index_of_the_target_over_an_expression_is_kept(
    target: Target, library: Library
) -> None:
    target.run(
        "CREATE TABLE creators (id SERIAL PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
        "description TEXT, profile_picture_path TEXT, created_at TIMESTAMP, updated_at TIMESTAMP);"
        "CREATE UNIQUE INDEX creators_folded ON creators (lower(name))"
    )
    file = library(
        "CREATE TABLE creators (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        "INSERT INTO creators VALUES (1, 'Ann'), (2, 'Bob')",
    )
    target.migrated(file)
    assert "lower(name)" in target.value(
        "SELECT indexdef FROM pg_indexes WHERE indexname = 'creators_folded'"
    )


def test_case_is_ignored_by_an_index_over_what_is_compared(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b TEXT COLLATE RTRIM, "
        "c TEXT COLLATE NOCASE UNIQUE, n INTEGER COLLATE NOCASE)",
        "INSERT INTO t VALUES (1, 'Tolstoy', 'x ', 'C', 5)",
    )
    report = target.migrated(file)
    assert report.exit_code == 0 and not report.losses
    assert {'btree (lower((a COLLATE "C")))', "btree (rtrim(b, ' '::text))"} < definitions(
        target, "t"
    )
    assert len([d for d in definitions(target, "t") if "lower((c" in d]) == 1
    assert [note.split(":")[0] for note in report.notes] == [
        "Comparing a, c of t is case-sensitive now, which NOCASE did not",
        "Comparing b of t heeds spaces at the end now, which RTRIM did not",
    ]


def test_a_collation_that_cannot_be_kept_is_lost_by_name(target: Target, library: Library) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE)",
        (
            "INSERT INTO t VALUES (1, ?)",
            ("".join(chr(0x4E00 + i * 7 % 20000) for i in range(4000)),),
        ),
    )
    report = target.migrated(file)
    assert [(loss.what, loss.table, loss.name) for loss in report.losses] == [
        ("collation", "t", "a")
    ]
    assert report.exit_code == 3 and "without 1 collation" in report.headline


def test_texts_are_ordered_by_their_bytes_as_in_sqlite(target: Target, library: Library) -> None:
    """Whatever order the database has; the shared tables keep theirs."""
    target.migrated(
        library(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, g TEXT AS (lower(n)))",
            "CREATE TABLE creators (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
            "INSERT INTO creators VALUES (1, 'ann'), (2, 'Bo')",
            "CREATE VIEW whose AS SELECT name FROM creators ORDER BY name LIMIT 1",
            "CREATE VIEW last AS SELECT max(name) AS n FROM creators",
        )
    )
    collations = (
        "SELECT column_name, collation_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'text' AND table_name = "
    )
    assert dict(target.rows(f"{collations}'t'")) == {"n": "C", "g": "C"}
    assert set(dict(target.rows(f"{collations}'creators'")).values()) == {None}
    for view, ordered in (("whose", "ORDER BY (name COLLATE"), ("last", "max((name COLLATE")):
        assert ordered in target.value(f"SELECT pg_get_viewdef('{view}'::regclass)")


VIEWED = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, at DATETIME, s TEXT COLLATE NOCASE)",
    "CREATE TABLE w (k TEXT PRIMARY KEY, at DATE, n INTEGER) WITHOUT ROWID",
    "INSERT INTO t VALUES (1, 5, 1704443355, 'A'), (2, 'bad', 1704443356, 'b'), (3, 7, NULL, 'C')",
    "INSERT INTO w VALUES ('a', 20240105, 2), ('b', 20240106, 'bad'), ('c', 20240107, 4)",
    "CREATE VIEW plain AS SELECT id, n, at FROM t",
    "CREATE VIEW later (i) AS SELECT id FROM plain WHERE n > 5",
    "CREATE VIEW days AS SELECT k, at, n * 2 AS m FROM w",
    "CREATE VIEW top AS SELECT max(at) AS at FROM t WHERE s = 'B' GROUP BY id",
    "CREATE VIEW counted AS SELECT count(*) AS c, sum(n) AS s FROM t",
)


def test_an_index_over_an_expression_keeps_its_order(target: Target, library: Library) -> None:
    file = library(
        'CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, "desc" INTEGER)',
        "INSERT INTO t VALUES (1, 2, 3)",
        'CREATE INDEX newest ON t (coalesce(n, 0) DESC, - n ASC, -"desc", id desc)',
    )
    assert target.migrated(file).losses == ()
    terms = 'COALESCE(n, 0) DESC, ((- (n)::bigint)), ((- ("desc")::bigint)), id DESC'
    assert f"btree ({terms})" in definitions(target, "t")


def test_a_view_goes_with_the_one_that_it_reads(target: Target, library: Library) -> None:
    """Equal itself, listed before or after: without the other it cannot be."""
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, r REAL)",
        "INSERT INTO t VALUES (1, 2.0), (2, 4.0)",
        "CREATE VIEW counted AS SELECT count(half) AS n FROM halves",
        "CREATE VIEW halves AS SELECT round(r + 0.5) AS half FROM t",
        "CREATE VIEW later AS SELECT count(half) AS n FROM halves",
        "CREATE VIEW whole AS SELECT r FROM t",
    )
    report = target.migrated(file)
    assert {loss.name for loss in report.losses} == {"counted", "halves", "later"}
    assert target.rows("SELECT viewname FROM pg_views WHERE schemaname = 'public'") == [("whole",)]


@pytest.mark.parametrize("policy", ["null", "quarantine"])
def test_views_are_compared_over_what_was_carried_over(
    target: Target, library: Library, policy: str
) -> None:
    """Rows set aside, values made NULL and numbers that are dates now are no difference."""
    report = target.migrated(library(*VIEWED), policy)
    assert report.missing.rows == (0 if policy == "null" else 2)
    assert [(loss.what, loss.name) for loss in report.losses] == []
    assert target.rows("SELECT * FROM later") == [(3,)]
    assert target.value("SELECT s FROM counted") == 12


def test_a_view_with_other_dates_is_seen_though_they_are_numbers(
    target: Target, library: Library
) -> None:
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME, bad INTEGER)",
        "INSERT INTO t VALUES (1, 1704443355, 'bad'), (2, 1704443356, 1)",
        "CREATE VIEW half AS SELECT at, round(id + 0.5 * sqrt(1)) AS r FROM t",
    )
    report = target.migrated(file, "null")
    lost = {loss.name: loss.reason for loss in report.losses}
    assert lost["half"] == "it gives different values in PostgreSQL"


def test_a_view_that_reads_the_numbers_of_dates_otherwise_is_left_out(
    target: Target, library: Library
) -> None:
    """SQLite takes a number for a julian day, whatever the column means by it."""
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME)",
        "INSERT INTO t VALUES (1, 1704443355), (2, 1704443356)",
        "CREATE VIEW plain AS SELECT at FROM t",
        "CREATE VIEW days AS SELECT date(at) AS day FROM t",
    )
    assert [loss.name for loss in target.migrated(file).losses] == ["days"]
