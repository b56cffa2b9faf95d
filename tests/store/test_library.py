"""The contract: on an empty database, on another program's, twice, and where it cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from facereview.errors import DatabaseError, DatabaseUnreachable, SchemaError
from facereview.home import resource
from facereview.records import Box, Status
from facereview.store.contract import contract
from facereview.store.library import Versions
from facereview.store.session import Database
from facereview.store.store import Store
from support import direction, make_faces

Sql = psycopg.Connection[Any]

BACKEND = """
CREATE EXTENSION vector;
CREATE TABLE directories (id serial PRIMARY KEY, path text NOT NULL);
INSERT INTO directories (path) VALUES ('/videos');
CREATE TABLE creators (
    id serial PRIMARY KEY, name text NOT NULL UNIQUE, description text,
    profile_picture_path text, studio_id integer, created_at timestamp DEFAULT now(),
    updated_at timestamp DEFAULT now());
CREATE TABLE videos (
    id serial PRIMARY KEY, file_path text NOT NULL UNIQUE, file_name text NOT NULL DEFAULT '',
    directory_id integer NOT NULL DEFAULT 1 REFERENCES directories, title text,
    duration_seconds real, width integer, height integer, codec text, file_size_bytes bigint,
    file_hash text, is_available boolean DEFAULT true, rating integer,
    created_at timestamp DEFAULT now(), updated_at timestamp DEFAULT now());
CREATE TABLE video_creators (
    video_id integer NOT NULL REFERENCES videos(id) ON DELETE CASCADE,
    creator_id integer NOT NULL REFERENCES creators(id) ON DELETE CASCADE,
    added_by text DEFAULT 'backend', PRIMARY KEY (video_id, creator_id));
INSERT INTO creators (name) VALUES ('Ann');
INSERT INTO videos (file_path) VALUES ('/videos/old.mp4');
INSERT INTO video_creators (video_id, creator_id) VALUES (1, 1);
"""


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    """Open stores and close them all afterwards."""
    stores: list[Store] = []

    def make(url: str) -> Store:
        store = Store.open(Database(url))
        stores.append(store)
        return store

    yield make
    for store in stores:
        store.close()
        store.database.close()


def structure(sql: Sql) -> list[Any]:
    """Columns, types, defaults and constraints of the shared tables."""
    return sql.execute(
        "SELECT table_name, column_name, udt_name, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
    ).fetchall()


def test_an_empty_database_gets_exactly_the_contract(sql: Sql, store: Store) -> None:
    columns = {(table, column): kind for table, column, kind, *_ in structure(sql)}
    assert columns["video_face_detections", "embedding"] == "vector"
    assert columns["video_face_detections", "frame_timestamp"] == "float4"
    assert columns["videos", "file_size_bytes"] == "int8"
    assert {state.name for state in store.library.index_states()} == set(contract().shared_indexes)
    assert all(state.valid for state in store.library.index_states())
    rows = {row.key: row.value for row in store.library.config_rows()}
    assert rows == {
        "match_threshold": "0.5",
        "auto_tag_threshold": "0.7",
        "frames_per_video": "5",
        "min_face_size": "64",
        "enabled": "true",
    }


def test_the_script_runs_twice_and_changes_nothing(sql: Sql, store: Store) -> None:
    faces = make_faces(store)
    before = structure(sql)
    sql.execute(resource("schema.sql").read_text("utf-8"))
    sql.execute(resource("schema.sql").read_text("utf-8"))
    assert structure(sql) == before
    assert len(store.faces.get(faces.ids)) == 5


def test_another_programs_tables_stay_as_they_are(
    new_database: Callable[..., str], opened: Callable[[str], Store]
) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute(BACKEND)
        before = [row for row in structure(sql) if row[0] in ("videos", "creators")]
        store = opened(url)
        after = [row for row in structure(sql) if row[0] in ("videos", "creators")]
        assert after == before
    faces = make_faces(store)
    assert faces.ann.id == 1
    assert store.videos.get([faces.video])[faces.video].path == "/videos/one.mp4"


def test_a_table_that_does_not_fit_is_named_and_nothing_is_made(
    new_database: Callable[..., str],
) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute("CREATE TABLE creators (id serial PRIMARY KEY, title text)")
        with (
            closing(Database(url)) as database,
            pytest.raises(SchemaError, match=r"table creators .* lacks the column"),
        ):
            Store.open(database)
        found = sql.execute("SELECT to_regclass('videos'), to_regnamespace('facereview')")
        assert found.fetchone() == (None, None)


def test_a_user_named_like_our_schema_finds_the_shared_tables(
    new_database: Callable[..., str], opened: Callable[[str], Store]
) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute(
            "DO $$ BEGIN CREATE ROLE facereview SUPERUSER LOGIN; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
    store = opened(psycopg.conninfo.make_conninfo(url, user="facereview"))
    make_faces(store)
    with psycopg.connect(url) as sql:
        assert sql.execute("SELECT count(*) FROM public.creators").fetchone() == (2,)


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        (Versions("15.9", "0.8.0", "0.8.0", False), "PostgreSQL 15.9, too old"),
        (Versions("17.1", None, None, False), "has no pgvector"),
        (Versions("17.1", "0.7.4", "0.8.0", False), "pgvector 0.7.4, too old"),
    ],
)
def test_old_servers_are_named(
    store: Store, monkeypatch: pytest.MonkeyPatch, versions: Versions, words: str
) -> None:
    monkeypatch.setattr(store.library, "versions", lambda: versions)
    with pytest.raises(SchemaError, match=words):
        store.library.install()


def test_no_rights_leaves_nothing_half_made(new_database: Callable[..., str]) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute("CREATE EXTENSION vector")
        sql.execute(
            "DO $$ BEGIN CREATE ROLE weak LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        weak = psycopg.conninfo.make_conninfo(url, user="weak")
        with (
            closing(Database(weak)) as database,
            pytest.raises(DatabaseError, match="may not set up"),
        ):
            Store.open(database)
        assert sql.execute("SELECT to_regclass('creators')").fetchone() == (None,)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"dbname": "missing"}, DatabaseError, "no database missing "),
        ({"user": "nobody_here"}, DatabaseError, "has no user nobody_here"),
        (
            {"host": "127.0.0.1", "port": "1"},
            DatabaseUnreachable,
            "cannot be reached",
        ),
    ],
)
def test_why_a_connection_fails(
    library_url: str, change: dict[str, Any], kind: type[DatabaseError], words: str
) -> None:
    url = psycopg.conninfo.make_conninfo(library_url, password="secret-word", **change)
    with pytest.raises(kind, match=words) as caught:
        Store.open(Database(url))
    assert "secret-word" not in str(caught.value)


def test_an_address_that_is_none() -> None:
    with pytest.raises(DatabaseError, match="cannot be understood") as caught:
        Store.open(Database("postgresql://user:secret-word@[nonsense"))
    assert "secret-word" not in str(caught.value)


def test_counts(store: Store) -> None:
    make_faces(store)
    counts = store.library.counts()
    assert (counts.pending, counts.faces, counts.creators, counts.videos) == (5, 5, 2, 1)
    assert counts.references == 2


def test_a_face_with_no_status_counts_as_pending(store: Store, sql: Sql) -> None:
    faces = make_faces(store)
    sql.execute("UPDATE video_face_detections SET match_status = NULL")
    assert store.faces.queue("pending").tolist() == faces.ids
    assert store.library.counts().pending == 5
    assert faces.state(0).status is Status.PENDING


@pytest.mark.parametrize(
    "box",
    [
        Box(float("nan"), 0, 10, 10),
        Box(float("inf"), 0, 10, 10),
        Box(-5, -5, 0, 0),
        Box(0.1, 0.1, 0.2, 0.2),
    ],
)
def test_any_box_another_program_wrote_is_read(store: Store, sql: Sql, box: Box) -> None:
    faces = make_faces(store, 1)
    sql.execute(
        "UPDATE video_face_detections SET bbox_x = %s, bbox_y = %s, bbox_width = %s, "
        "bbox_height = %s",
        (box.x, box.y, box.width, box.height),
    )
    read = store.faces.get(faces.ids)[faces.ids[0]].box
    assert repr(read.in_frame(640, 360)) == repr(box.in_frame(640, 360)) or read.in_frame(640, 360)


def test_best_match_is_the_seeds_first_query(store: Store) -> None:
    faces = make_faces(store)
    found = store.search.best_match(direction(1), 0.5)
    assert found
    assert (found.creator_id, found.name) == (faces.bob.id, "Bob")
    assert store.search.best_match(direction(40), 0.5) is None
