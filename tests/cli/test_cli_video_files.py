"""``facereview videos locate`` and ``remove``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from cli_support import Facereview
from library_support import moved_films

from facereview.home import Home
from facereview.mounts import Mounts
from facereview.store.store import Store
from support import make_faces, video_info

Sql = psycopg.Connection[Any]


@pytest.fixture
def moved(store: Store, tmp_path: Path) -> Path:
    return moved_films(store, tmp_path)


def test_locate_says_what_it_finds_and_then_does_it(
    facereview: Facereview, moved: Path, sql: Sql
) -> None:
    old = moved.with_name("old")
    plan = facereview.json("videos", "locate", str(moved), "--dry-run")
    assert [film["path"] for film in plan["found"]] == [str(moved / f"{n}.mp4") for n in (0, 1)]
    assert [film["path"] for film in plan["gone"]] == [str(old / "2.mp4")]
    assert (plan["located"], plan["map"]) == (0, f"{old}={moved}")
    shown = facereview("videos", "locate", str(moved), "--dry-run").stdout
    assert f"{old / '2.mp4'} is gone." in shown
    assert "use --map instead" in shown
    done = facereview("videos", "locate", str(moved))
    assert done.exit_code == 0, done.stderr
    assert "2 videos have the path of the file found." in done.stdout
    rows = sql.execute("SELECT file_path FROM videos ORDER BY 1").fetchall()
    assert rows == [(str(moved / "0.mp4"),), (str(moved / "1.mp4"),), (str(old / "2.mp4"),)]
    assert "name another folder" in facereview.fails("videos", "locate", str(moved))
    [entry] = facereview.json("history")
    assert (entry["kind"], entry["can_be_undone"]) == ("located", False)
    gone = facereview.fails("videos", "locate", str(moved / "none"))
    assert "There is no file or folder" in gone


def test_locate_may_only_map_the_folder(facereview: Facereview, moved: Path, sql: Sql) -> None:
    old = moved.with_name("old")
    said = facereview("videos", "locate", str(moved), "--map").stdout
    assert f"{old} is {moved} on this computer from now on." in said
    assert Mounts.load(Home(facereview.home)).pairs == ((str(old), str(moved)),)
    rows = sql.execute("SELECT file_path FROM videos ORDER BY 1").fetchall()
    assert rows == [(str(old / f"{number}.mp4"),) for number in range(3)]
    assert "no folder can be mapped" in facereview.fails("videos", "locate", str(moved), "--map")


def test_remove_asks_and_removes(facereview: Facereview, store: Store, sql: Sql) -> None:
    faces = make_faces(store)
    sql.execute("CREATE TABLE watched (video integer REFERENCES videos ON DELETE CASCADE)")
    sql.execute("INSERT INTO watched VALUES (%s), (%s)", [faces.video] * 2)
    seen = facereview.json("videos", "remove", "/videos/one.mp4", "--preview")
    assert (seen["faces"], seen["removed"]) == (5, False)
    assert seen["others"] == [{"table": "public.watched", "rows": 2}]
    asked = facereview("videos", "remove", "/videos/one.mp4", answer="n\n")
    assert asked.exit_code == 1
    assert "public.watched: 2 rows of another program go too." in asked.stderr
    assert "This cannot be undone." in asked.stderr
    assert "The library has no video /nowhere: give its path or its number." in facereview.fails(
        "videos", "remove", "/nowhere"
    )
    assert facereview("videos", "remove", str(faces.video), "--yes").exit_code == 0
    assert sql.execute("SELECT count(*) FROM videos").fetchone() == (0,)
    assert "video_removed" not in facereview("undo", "--list").stdout


def test_a_video_is_named_by_its_path_here_through_links_and_mounted_folders(
    facereview: Facereview, store: Store, tmp_path: Path
) -> None:
    """The library keeps paths whose links were followed, and those of the computer that scanned."""
    here, link = tmp_path / "here", tmp_path / "link"
    here.mkdir()
    link.symlink_to(here)
    linked = store.videos.add(video_info(str(here / "linked.mp4")))
    mounted = store.videos.add(video_info("/elsewhere/mounted.mp4"))
    Mounts.parsed([f"/elsewhere={tmp_path / 'there'}"]).save(Home(facereview.home))
    places = {linked: link / "linked.mp4", mounted: tmp_path / "there" / "mounted.mp4"}
    for video, path in places.items():
        assert facereview.json("cast", str(path))["video"]["id"] == video
        plan = facereview.json("videos", "remove", str(path), "--preview")
        assert [one["id"] for one in plan["videos"]] == [video]
    assert "no video 2147483648" in facereview.fails("cast", "2147483648")
