"""doctor: what it finds, and what it says to do."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import sys
from collections import namedtuple
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from cli_support import Facereview, sentence

from facereview.cli.doctor import checks as checks_module
from facereview.home import Home
from facereview.media import hardware
from facereview.media.container import open_video
from facereview.media.hardware import Device, Found
from facereview.records import PackIdentity
from facereview.store.store import Store
from support import direction, make_faces

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

On = Callable[[str | None], Facereview]
Sql = psycopg.Connection[Any]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def sound(with_pack: Facereview, monkeypatch: pytest.MonkeyPatch) -> Facereview:
    """A machine whose system libraries are all there, whatever this one lacks."""
    monkeypatch.setattr("facereview.cli.doctor.checks.missing_libraries", list)
    return with_pack


def checks(facereview: Facereview) -> dict[str, tuple[bool, str]]:
    result = facereview("doctor", "--json")
    told = json.loads(result.stdout)
    assert told["ok"] == all(check["ok"] for check in told["checks"])
    assert result.exit_code == (0 if told["ok"] else 1)
    return {check["name"]: (check["ok"], check["message"]) for check in told["checks"]}


def test_all_is_well(sound: Facereview, store: Store) -> None:
    make_faces(store)
    result = sound("doctor")
    assert (result.exit_code, result.stderr) == (0, "")
    found = checks(sound)
    names = "folder disk database pgvector library indexes pack runtime providers qt video decoding"
    assert set(found) == set(names.split())
    assert "PostgreSQL 18" in found["database"][1]
    assert "pgvector is 0.8" in found["pgvector"][1]
    assert "5 faces of 1 video, 2 references of 2 creators" in found["library"][1]
    assert "All 5 indexes are valid" in found["indexes"][1]
    assert "CPU" in found["providers"][1]


def test_an_unreachable_database_does_not_stop_the_other_checks(
    sound: Facereview,
) -> None:
    sound.url = "postgresql://ann:hidden@127.0.0.1:1/library"
    result = sound("doctor")
    assert result.exit_code == 1
    assert sentence(result.stderr) == "1 of 9 checks found a problem: database."
    assert "hidden" not in result.output
    assert checks(sound)["video"] == (True, "Videos can be decoded, including the common codecs.")


class _Card(Device):
    """A card that gives the pictures of ``same`` software, or none."""

    def __init__(self, *, same: bool) -> None:
        self.kind, self.same = "cuda", same

    def _container(self, path: str | Path) -> tuple[InputContainer, VideoStream]:
        if self.same:
            return open_video(path)
        raise RuntimeError("no pictures")


def test_what_decodes_videos_is_told(sound: Facereview, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(device: Device | None) -> str:
        found = Found(device, {} if device else {"cuda": "Cannot load libcuda.so.1"})
        monkeypatch.setattr(hardware, "find", lambda: found)
        [check] = checks_module._decoding(Home(sound.home))
        assert check.ok
        return check.message

    software = "Scans decode videos by software"
    assert told(None) == f"{software} (CUDA cannot be used: Cannot load libcuda.so.1)."
    same = "Scans decode videos on CUDA where it gives the same pictures."
    assert told(_Card(same=True)) == same
    assert told(_Card(same=False)) == f"{software}: CUDA is there, but gives other pictures."
    Home(sound.home).let_card_decode(False)
    off = f"{software}: CUDA would work, but graphics cards are switched off in Settings."
    assert told(_Card(same=True)) == off


def test_a_password_in_the_list_of_processes_is_told(
    sound: Facereview, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound.url = "postgresql://ann:hidden@127.0.0.1:1/library"
    monkeypatch.setattr(sys, "argv", ["facereview", f"--database-url={sound.url}", "doctor"])
    found = checks(sound)["password"]
    assert not found[0]
    assert "PGPASSFILE" in found[1]
    assert "hidden" not in found[1]
    sound.url = "postgresql://ann@127.0.0.1:1/library"
    monkeypatch.setattr(sys, "argv", ["facereview", f"--database-url={sound.url}", "doctor"])
    assert "password" not in checks(sound)


def test_it_sets_nothing_up(sound: Facereview, new_database: Callable[..., str]) -> None:
    sound.url = new_database()
    assert "the first use makes it" in checks(sound)["library"][1]
    with psycopg.connect(sound.url) as connection:
        row = connection.execute("SELECT to_regnamespace('facereview')").fetchone()
    assert row == (None,)


def test_old_pgvector_is_a_problem(sound: Facereview, sql: Sql) -> None:
    sql.execute("UPDATE pg_extension SET extversion = '0.7.4'")
    ok, said = checks(sound)["database"]
    assert not ok
    assert "0.7.4, too old" in said


def test_missing_and_invalid_indexes(sound: Facereview, sql: Sql) -> None:
    sql.execute(
        "UPDATE pg_index SET indisvalid = false "
        "WHERE indexrelid = 'idx_video_faces_embedding'::regclass"
    )
    ok, said = checks(sound)["indexes"]
    assert not ok
    assert "REINDEX INDEX idx_video_faces_embedding" in said
    sql.execute("DROP INDEX idx_creator_faces_embedding")
    ok, said = checks(sound)["indexes"]
    assert not ok
    assert "idx_creator_faces_embedding are missing" in said
    assert Path(said.partition("psql -f ")[2].partition("`")[0]).is_file()


def test_a_setting_that_makes_no_sense(sound: Facereview, sql: Sql) -> None:
    sql.execute("UPDATE face_recognition_config SET value = '7' WHERE key = 'match_threshold'")
    assert "match_threshold cannot be '7'" in checks(sound)["settings"][1]


def test_packs(sound: Facereview, store: Store) -> None:
    store.library.record_pack(PackIdentity("another", direction(0)))
    ok, said = checks(sound)["library pack"]
    assert not ok
    assert "made by the pack another" in said
    shutil.rmtree(sound.home / "packs")
    ok, said = checks(sound)["pack"]
    assert not ok
    assert "facereview models fetch zoo" in said


def test_a_full_disk_and_a_folder_that_cannot_be_made(
    sound: Facereview, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 5 * 10**8))
    assert checks(sound)["disk"][1].startswith("Only 0.5 GB are free")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FACEREVIEW_HOME", str(tmp_path / "file" / "home"))
    assert not checks(sound)["folder"][0]


def test_missing_libraries_make_one_line(
    with_pack: Facereview, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = ["libEGL.so.1", "libxcb-cursor.so.0"]
    monkeypatch.setattr("facereview.cli.doctor.checks.missing_libraries", lambda: lacking)
    ok, said = checks(with_pack)["qt"]
    assert not ok
    assert "`sudo apt install libegl1 libxcb-cursor0`" in said


def test_what_the_library_lacks_is_named_with_the_command_that_mends_it(
    sound: Facereview, sql: Sql
) -> None:
    sql.execute("ALTER TABLE facereview.apart DROP batch_id")
    sql.execute("DROP TABLE facereview.person_move")
    sql.execute("DROP FUNCTION facereview.stands")
    result = sound("doctor")
    assert result.exit_code == 1
    assert "4 of 15 checks found a problem: structure." in result.stderr, result.output
    for lack in (
        "the column facereview.apart.batch_id: run `facereview db repair`, which does `ALTER TABLE "
        "facereview.apart ADD COLUMN batch_id BIGINT REFERENCES facereview.batch(id)`.",
        "the index facereview.apart_batch: run",
        "the table facereview.person_move: run `facereview db repair`",
        "the function facereview.stands: run `facereview db repair`.",
    ):
        assert f"The library lacks {lack}" in result.stdout
    assert "the index facereview.apart_batch" in sound("db", "repair").stdout
    assert sound("db", "repair").stdout.startswith("Nothing is missing")
    assert sound("doctor").exit_code == 0


def test_missing_rights_are_named_each_as_its_grant(
    sound: Facereview, sql: Sql, library_url: str
) -> None:
    sql.execute(
        "DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    sql.execute("GRANT ALL ON ALL TABLES IN SCHEMA public, facereview TO guest")
    try:
        sound.url = psycopg.conninfo.make_conninfo(library_url, user="guest")
        ok, said = checks(sound)["rights"]
        assert not ok
        grants = said.partition("`")[2].partition("`")[0]
        assert "GRANT USAGE ON SCHEMA facereview TO guest" in grants
        assert "GRANT USAGE ON SEQUENCE facereview.batch_id_seq TO guest" in grants
        assert "ON facereview.batch TO" not in grants
        assert "The user guest lacks rights" in said and "`facereview db grant guest --run`" in said
        sql.execute(grants)
        assert checks(sound)["library"][0]
    finally:
        sql.execute("DROP OWNED BY guest")


def test_a_reader_is_told_what_a_curator_needs(
    sound: Facereview, sql: Sql, library_url: str
) -> None:
    sql.execute("CREATE ROLE looker2 LOGIN")
    try:
        assert sound("db", "grant", "looker2", "--reader", "--run").exit_code == 0
        sound.url = psycopg.conninfo.make_conninfo(library_url, user="looker2")
        ok, said = checks(sound)["rights"]
        assert not ok and "The user looker2 may look but not decide" in said
        assert re.search(r"GRANT [A-Z, ]*INSERT[A-Z, ]* ON facereview.decision TO looker2", said)
        assert sound("doctor").exit_code == 1
    finally:
        sql.execute("DROP OWNED BY looker2")
        sql.execute("DROP ROLE looker2")


def test_what_a_curator_does_is_tried(sound: Facereview, sql: Sql) -> None:
    before = sql.execute("SELECT count(*) FROM facereview.batch").fetchone()
    sql.execute(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE insufficient_privilege USING MESSAGE = 'no decisions today'; END $$"
    )
    sql.execute("CREATE TRIGGER t BEFORE INSERT ON facereview.decision EXECUTE FUNCTION no()")
    ok, said = checks(sound)["rights"]
    assert not ok
    assert "An act of a curator is refused, here to decide a face" in said
    assert "no decisions today" in said
    sql.execute("DROP TRIGGER t ON facereview.decision")
    assert "rights" not in checks(sound)
    assert sql.execute("SELECT count(*) FROM facereview.batch").fetchone() == before


def test_an_older_library_is_told_of_and_left_as_it_is(
    sound: Facereview, sql: Sql, library_url: str
) -> None:
    sql.execute("UPDATE facereview.meta SET value = '2' WHERE key = 'version'")
    sql.execute("ALTER TABLE facereview.batch DROP workstation")
    ok, said = checks(sound)["version"]
    assert ok and "has version 2; it is migrated when it is next opened" in said
    assert sql.execute("SELECT value FROM facereview.meta WHERE key = 'version'").fetchone() == (2,)
    sql.execute(
        "DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    for kind in ("TABLES", "SEQUENCES"):
        sql.execute(f"GRANT ALL ON ALL {kind} IN SCHEMA public, facereview TO guest")
    sql.execute("GRANT USAGE ON SCHEMA facereview TO guest")
    owner, sound.url = sound.url, psycopg.conninfo.make_conninfo(library_url, user="guest")
    try:
        ok, said = checks(sound)["version"]
        assert not ok and "let its owner postgres open it once" in said
    finally:
        sound.url = owner
        sql.execute("DROP OWNED BY guest")
    assert sound("status").exit_code == 0
    assert "version" not in checks(sound)


COMMANDS_ON_A_LIBRARY = [
    ("status",),
    ("scan", "."),
    ("suggest", "1"),
    ("cluster",),
    ("automatic",),
    ("export", "faces.csv"),
    ("undo", "--batch", "00000000-0000-0000-0000-000000000000"),
    ("creators", "list"),
    ("references", "check"),
    ("videos", "--creator", "Ann"),
    ("config", "get"),
    ("db", "dump", "library.dump"),
    ("db", "repair"),
    ("db", "restore", "sound.dump"),
    ("migrate", "old.db"),
    ("--shots", "pictures"),
]


def test_every_command_refuses_a_newer_library(
    sound: Facereview, sql: Sql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sound("db", "dump", "sound.dump")
    with closing(sqlite3.connect("old.db")) as old:
        old.execute("CREATE TABLE creators (id INTEGER PRIMARY KEY, name TEXT)")
    sql.execute("UPDATE facereview.meta SET value = '900' WHERE key = 'version'")
    for command in COMMANDS_ON_A_LIBRARY:
        said = sound.fails(*command)
        assert "was made by a newer facereview (it has version 900" in said, (command, said)
    found = checks(sound)
    assert any("newer facereview" in said and not ok for ok, said in found.values())
    rows = sql.execute("SELECT value FROM facereview.meta WHERE key = 'version'").fetchall()
    assert rows == [(900,)]
    assert not (tmp_path / "library.dump").exists()
