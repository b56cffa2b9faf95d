"""Every library an earlier version left becomes what a new one is, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from catalog import catalog, lost, rows
from old_libraries import SCHEMAS, make_old
from test_library import BACKEND

from facereview.cli.advice import told
from facereview.errors import DatabaseError, SchemaError
from facereview.home import resource
from facereview.store import schema as schema_module
from facereview.store.migrations import Step, newest, read_steps, steps
from facereview.store.session import Database, queries
from facereview.store.store import Store

NewDatabase = Callable[..., str]
Sql = psycopg.Connection[Any]


def bring(url: str) -> None:
    """Open the library, as every program does."""
    with closing(Database(url)) as database:
        Store.open(database).close()


def connected(url: str) -> Sql:
    return psycopg.connect(url, autocommit=True)


def version(url: str) -> object:
    with connected(url) as sql:
        found = sql.execute("SELECT value FROM facereview.meta WHERE key = 'version'").fetchone()
    return found[0] if found else None


def test_the_whole_schema_says_the_version_of_the_last_step() -> None:
    text = resource("schema.sql").read_text("utf-8")
    assert re.findall(r"SELECT 'version', '(\d+)'", text) == [str(newest())]


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        (("0003_one", "0004_two", "0004_three"), "0004_.* have one number"),
        (("0003_one", "0005_two"), "no step has the number 0004"),
    ],
)
def test_steps_are_numbered_without_gap_or_double(
    tmp_path: Path, names: tuple[str, ...], complaint: str
) -> None:
    for name in names:
        (tmp_path / f"{name}.sql").write_text("SELECT 1\n-- check\nSELECT TRUE", "utf-8")
    with pytest.raises(ValueError, match=complaint):
        read_steps(tmp_path)
    (tmp_path / f"{names[-1]}.sql").unlink()
    assert [step.name for step in read_steps(tmp_path)] == list(names[:-1])


def test_a_step_without_a_check_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0003_one.sql").write_text("SELECT 1", "utf-8")
    with pytest.raises(ValueError, match=r"0003_one\.sql has no check"):
        read_steps(tmp_path)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_old_state_becomes_what_a_new_library_is(
    new_database: NewDatabase, library_url: str, name: str
) -> None:
    url = new_database()
    make_old(url, name)
    with connected(url) as sql, connected(library_url) as fresh:
        before = rows(sql)
        bring(url)
        assert catalog(sql) == catalog(fresh)
        after = rows(sql)
        before.pop("facereview.schema_step", None)
        before["facereview.meta"] = [
            row for row in before["facereview.meta"] if row["key"] != "version"
        ]
        assert lost(before, after) is None
        assert [len(after[table]) for table in before if table != "facereview.meta"] == [
            len(held) for table, held in before.items() if table != "facereview.meta"
        ]
        ran = sql.execute("SELECT name FROM facereview.schema_step ORDER BY number").fetchall()
        later = [step.name for step in steps() if step.number > int(name.split("_")[1])]
        assert [row[0] for row in ran] == later
    assert version(url) == newest()


def test_a_library_without_a_version_is_brought_there_too(
    new_database: NewDatabase, library_url: str
) -> None:
    url = new_database()
    make_old(url, "version_2_people", version=0)
    bring(url)
    with connected(url) as sql, connected(library_url) as fresh:
        assert catalog(sql) == catalog(fresh)
    assert version(url) == newest()


def test_steps_that_a_library_does_not_need_change_nothing(library_url: str) -> None:
    with connected(library_url) as sql:
        sql.execute(
            "INSERT INTO facereview.batch (token, actor, kind, workstation) "
            "VALUES (gen_random_uuid(), 'me', 'confirm', 'here')"
        )
        before, held = catalog(sql), rows(sql)
        sql.execute("UPDATE facereview.meta SET value = '2' WHERE key = 'version'")
        bring(library_url)
        assert catalog(sql) == before
        after = rows(sql)
        assert after.pop("facereview.schema_step")
        held.pop("facereview.schema_step")
        assert after == held


def test_a_library_made_with_the_script_alone_is_the_newest(
    new_database: NewDatabase, library_url: str
) -> None:
    url = new_database()
    with connected(url) as sql, connected(library_url) as fresh:
        sql.execute(resource("schema.sql").read_text("utf-8"))
        assert version(url) == newest()
        bring(url)
        assert catalog(sql) == catalog(fresh)
        assert sql.execute("SELECT count(*) FROM facereview.schema_step").fetchone() == (0,)


def test_what_another_program_has_beside_it_stays(
    new_database: NewDatabase, library_url: str
) -> None:
    url = new_database()
    with connected(url) as sql, connected(library_url) as fresh:
        sql.execute(BACKEND)
        bring(url)
        own = [entry for entry in catalog(sql) if "facereview." in entry]
        assert own == [entry for entry in catalog(fresh) if "facereview." in entry]
        assert sql.execute("SELECT added_by FROM video_creators").fetchall() == [("backend",)]


def test_what_another_program_added_to_an_old_library_stays(
    new_database: NewDatabase, library_url: str
) -> None:
    url = new_database()
    with connected(url) as sql, connected(library_url) as fresh:
        sql.execute(BACKEND)
        sql.execute(SCHEMAS["version_2_room"].read_text("utf-8"))
        sql.execute("INSERT INTO facereview.meta VALUES ('version', '2')")
        before, held = catalog(sql), rows(sql)
        bring(url)
        own = [entry for entry in catalog(sql) if "facereview." in entry]
        assert own == [entry for entry in catalog(fresh) if "facereview." in entry]
        shared = [entry for entry in catalog(sql) if "facereview." not in entry]
        room = "r video_face_detections {fillfactor=50}"
        assert room in before and "r video_face_detections" in shared
        left = {*shared} ^ {entry for entry in before if "facereview." not in entry}
        assert left == {room, "r video_face_detections"}
        held["facereview.meta"] = []
        assert lost(held, rows(sql)) is None


def test_room_in_the_pages_is_kept_where_another_program_asked_for_it(
    new_database: NewDatabase,
) -> None:
    url = new_database()
    make_old(url, "version_2_apart")
    with connected(url) as sql:
        sql.execute("ALTER TABLE video_face_detections SET (fillfactor = 80)")
        bring(url)
        found = sql.execute(
            "SELECT reloptions FROM pg_class WHERE oid = 'video_face_detections'::regclass"
        ).fetchone()
        assert found == (["fillfactor=80"],)


def test_a_newer_library_is_refused_and_stays_as_it_is(library_url: str) -> None:
    with connected(library_url) as sql:
        sql.execute("UPDATE facereview.meta SET value = '900' WHERE key = 'version'")
        before = rows(sql)
        with pytest.raises(SchemaError, match=r"made by a newer facereview .*version 900"):
            bring(library_url)
        with (
            closing(Database(library_url)) as database,
            Store(database) as store,
            pytest.raises(SchemaError, match="newer facereview"),
        ):
            store.library.check()
        assert rows(sql) == before


@pytest.mark.parametrize(
    ("sql_text", "check", "words"),
    [
        ("CREATE TABLE facereview.batch ()", "SELECT true", "already exists"),
        ("UPDATE facereview.meta SET value = 'null'", "SELECT false", "its check failed"),
        ("DELETE FROM facereview.meta", "SELECT 1 WHERE false", "its check failed"),
    ],
)
def test_a_step_that_fails_leaves_everything_as_it_was(
    new_database: NewDatabase,
    monkeypatch: pytest.MonkeyPatch,
    sql_text: Any,
    check: Any,
    words: str,
) -> None:
    url = new_database()
    make_old(url, "version_2_apart")
    more = (*steps(), Step(newest() + 1, "9999_broken", sql_text, check))
    monkeypatch.setattr(schema_module, "steps", lambda: more)
    with connected(url) as sql:
        before, held = catalog(sql), rows(sql)
        with pytest.raises(SchemaError, match=f"step 9999_broken failed .*{words}"):
            bring(url)
        assert catalog(sql) == before
        assert rows(sql) == held


def test_who_may_not_change_the_library_learns_who_may(
    new_database: NewDatabase,
) -> None:
    url = new_database()
    make_old(url, "version_1")
    with connected(url) as sql:
        for role in ("keeper", "looker"):
            sql.execute(
                f"DO $$ BEGIN CREATE ROLE {role} LOGIN; "
                "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            )
        sql.execute("GRANT USAGE ON SCHEMA facereview TO looker")
        sql.execute("GRANT ALL ON ALL TABLES IN SCHEMA public, facereview TO looker")
        for (table,) in sql.execute(
            "SELECT oid::regclass::text FROM pg_class "
            "WHERE relnamespace = 'facereview'::regnamespace AND relkind = 'r'"
        ).fetchall():
            sql.execute(f"ALTER TABLE {table} OWNER TO keeper")
        before = catalog(sql)
        with pytest.raises(DatabaseError, match=r"has version 1, .*may not change it") as caught:
            bring(psycopg.conninfo.make_conninfo(url, user="looker"))
        assert "let its owner keeper open it once" in told(caught.value)
        sql.execute("GRANT ALL ON SCHEMA facereview TO keeper")
        with pytest.raises(DatabaseError, match="permission denied for table") as caught:
            bring(psycopg.conninfo.make_conninfo(url, user="keeper"))
        assert "let its owner postgres open it once" in told(caught.value)
        assert catalog(sql) == before


def test_two_programs_that_open_an_old_library_at_once_bring_it_there_once(
    new_database: NewDatabase,
) -> None:
    url = new_database()
    make_old(url, "version_1")
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(bring, url) for _ in range(4)]:
            done.result()
    assert version(url) == newest()
    with connected(url) as sql:
        times = sql.execute("SELECT count(DISTINCT xmin::text) FROM facereview.schema_step")
        assert times.fetchone() == (1,)


def test_it_waits_for_the_decision_that_is_being_written(new_database: NewDatabase) -> None:
    url = new_database()
    make_old(url, "version_2_apart")
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with connected(url) as sql, psycopg.connect(url) as deciding, ThreadPoolExecutor(1) as pool:
        deciding.execute(queries()["lock_people_shared"])
        deciding.execute("UPDATE video_face_detections SET match_status = 'rejected' WHERE id = 3")
        done = pool.submit(bring, url)
        while not sql.execute(waiting).fetchone() and not done.done():
            pass
        deciding.execute(
            "INSERT INTO facereview.batch (token, actor, kind) "
            "VALUES (gen_random_uuid(), 'me', 'reject')"
        )
        deciding.commit()
        done.result()
    assert version(url) == newest()


def test_creators_deleted_and_erased_before_are_in_the_log_once(library_url: str) -> None:
    with connected(library_url) as sql:
        sql.execute(
            "INSERT INTO facereview.person_change (actor, kind, detail, created_at) VALUES "
            """('me', 'delete', '{"name": "Ann"}', '2025-01-02'), ('me', 'erase', '{}', now())"""
        )
        for _ in range(2):
            sql.execute("UPDATE facereview.meta SET value = '13' WHERE key = 'version'")
            bring(library_url)
        found = sql.execute(
            "SELECT kind, actor, detail -> 'names', created_at < '2025-02-01' "
            "FROM facereview.batch ORDER BY created_at"
        ).fetchall()
    assert found == [("delete", "me", ["Ann"], True), ("erase", "me", None, False)]
