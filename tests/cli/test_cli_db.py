"""The built-in database from the command line, as another process each time."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from cli_support import Facereview, sentence

from facereview.store.embedded import EmbeddedServer
from facereview.store.store import Store
from support import make_faces

On = Callable[[str | None], Facereview]

Sql = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def built_in(on: On) -> Iterator[Facereview]:
    facereview = on(None)
    yield facereview
    EmbeddedServer(facereview.home / "server").stop()


def test_the_url_serves_any_client_until_the_server_is_stopped(built_in: Facereview) -> None:
    code, out, err = built_in.outside("db", "url")
    assert (code, err) == (0, "")
    with psycopg.connect(out.strip()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert built_in.outside("status", "--json")[0] == 0
    with psycopg.connect(out.strip()) as connection:
        assert connection.execute("SELECT count(*) FROM creators").fetchone() == (0,)
    assert built_in.outside("db", "stop") == (0, "The built-in database stopped.\n", "")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(out.strip())
    assert json.loads(built_in.outside("db", "stop", "--json")[1])["stopped"] is False


def test_a_server_nobody_asked_to_keep_stops_with_the_command(built_in: Facereview) -> None:
    assert built_in.outside("status")[0] == 0
    assert not EmbeddedServer(built_in.home / "server").running
    started = json.loads(built_in.outside("db", "start", "--json")[1])
    assert EmbeddedServer(built_in.home / "server").running
    assert started["url"] == built_in.outside("db", "url")[1].strip()


def test_everything_is_under_one_private_folder(built_in: Facereview) -> None:
    built_in.outside("status")
    assert {path.name for path in built_in.home.iterdir()} <= {
        "server",
        "server.lock",
        "logs",
        "workstation",
    }
    assert built_in.home.stat().st_mode & 0o077 == 0 or os.geteuid() == 0


def test_dump_and_restore(
    facereview: Facereview, store: Store, on: On, new_database: Callable[..., str], tmp_path: Path
) -> None:
    make_faces(store)
    file = tmp_path / "library.dump"
    told = facereview.json("db", "dump", str(file))
    assert told["bytes"] == file.stat().st_size
    other = on(new_database())
    brought = other.json("db", "restore", str(file))
    assert brought["file"] == str(file)
    assert {k: brought[k] for k in ("rows", "tables", "pictures", "crops")} == {
        k: told[k] for k in ("rows", "tables", "pictures", "crops")
    }
    assert (
        f"{told['rows']} rows of {told['tables']} tables, 0 pictures"
        in facereview("db", "dump", str(file)).stdout
    )
    assert other.json("status")["faces"] == 5
    assert "already holds data" in other.fails("db", "restore", str(file))
    assert "There is no file" in other.fails("db", "restore", str(tmp_path / "absent"))


def test_dumps_of_many_nights_lie_in_one_folder(
    facereview: Facereview, store: Store, tmp_path: Path
) -> None:
    make_faces(store)
    files = [
        Path(facereview.json("db", "dump", "--keep", "2", str(tmp_path / "nights"))["file"])
        for _ in range(3)
    ]
    assert sorted((tmp_path / "nights").iterdir()) == files[1:]


def test_only_the_built_in_server_is_started_and_stopped(facereview: Facereview) -> None:
    for command in ("start", "stop"):
        assert "is not the built-in database" in facereview.fails("db", command)
    assert facereview("db", "url").stdout.strip() == facereview.url


def test_a_damaged_server_folder_is_one_sentence(built_in: Facereview) -> None:
    (built_in.home / "server").mkdir(parents=True)
    (built_in.home / "server" / "PG_VERSION").write_text("18\n")
    code, out, err = built_in.outside("status")
    assert (code, out) == (1, "")
    assert "is not a whole database (postgresql.conf is missing)" in sentence(err)
    (built_in.home / "server" / "postgresql.conf").touch()
    code, out, err = built_in.outside("status")
    assert (code, out) == (1, "")
    assert "could not start (" in sentence(err)
    assert "see its log" in sentence(err)


def test_sigterm_stops_the_server_too(built_in: Facereview, tmp_path: Path) -> None:
    url = built_in.outside("db", "url")[1].strip()
    built_in.outside("status")
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO videos (file_path) VALUES ('/videos/one.mp4')")
        connection.execute(
            "INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, "
            "bbox_y, bbox_width, bbox_height) SELECT 1, n, array_fill(0.1, ARRAY[512])::vector, "
            "1, 2, 3, 4 FROM generate_series(1, 3000) n"
        )
    built_in.outside("db", "stop")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # nobody reads, and the faces are more than a pipe holds: the export waits in its midst
    with built_in.process("export", str(pipe)) as process, pipe.open():
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 1
    assert not EmbeddedServer(built_in.home / "server").running


def test_rights_are_printed_then_given(facereview: Facereview, sql: Sql) -> None:
    sql.execute("CREATE ROLE scanbox LOGIN")
    try:
        shown = facereview("db", "grant", "scanbox", "--worker")
        assert "GRANT USAGE ON SCHEMA facereview TO scanbox;\n" in shown.stdout
        assert all(one.startswith("GRANT ") and one.endswith(" TO scanbox;")
                   for one in shown.stdout.splitlines())  # fmt: skip
        listed = facereview.json("db", "grant", "scanbox", "--worker")
        assert (listed["duty"], listed["run"]) == ("worker", False)
        assert "".join(f"{one};\n" for one in listed["grants"]) == shown.stdout
        done = facereview("db", "grant", "scanbox", "--worker", "--run")
        assert done.stdout == shown.stdout
        assert "scanbox now has the rights of a worker" in done.stderr
        again = facereview("db", "grant", "scanbox", "--worker")
        assert again.stdout == "" and "scanbox already has the rights of a worker" in again.stderr
        assert facereview.json("db", "grant", "scanbox", "--reader")["grants"]
        assert facereview.json("db", "grant", "scanbox")["duty"] == "curator"
    finally:
        sql.execute("DROP OWNED BY scanbox")
        sql.execute("DROP ROLE scanbox")
    assert "has no user scanbox" in facereview.fails("db", "grant", "scanbox", "--run")


def test_indexes_are_made_listed_and_removed(facereview: Facereview, store: Store) -> None:
    make_faces(store)
    assert {one["outcome"] for one in facereview.json("db", "tune")} == {"not needed", "no pg_trgm"}
    planned = facereview.json("db", "tune", "--all", "--dry-run")
    assert {one["outcome"] for one in planned} == {"would be made", "no pg_trgm"}
    assert facereview("db", "tune", "--drop").stdout.startswith("No index of `facereview db tune`")
    made = facereview("db", "tune", "--all")
    assert made.stderr.startswith("Making facereview_track_sure on facereview.track ...\n")
    assert "The extension pg_trgm is not in" in made.stderr
    row = next(line for line in made.stdout.splitlines() if "facereview_face_quality" in line)
    assert row.split()[1:6] == ["public.video_face_detections", "quality", "made", "0.0", "MB"]
    assert {one["outcome"] for one in facereview.json("db", "tune")} == {"there", "no pg_trgm"}
    dropped = facereview.json("db", "tune", "--drop", "--dry-run")
    assert {one["outcome"] for one in dropped} == {"would be removed"}
    assert [one["name"] for one in facereview.json("db", "tune", "--drop")] == [
        one["name"] for one in dropped
    ]
    assert facereview.json("db", "tune", "--drop") == []
    assert facereview("db", "tune", "--drop", "--all").exit_code == 2
