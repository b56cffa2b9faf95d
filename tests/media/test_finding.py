"""Which files are videos, and what could not be looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from facereview.home import Home
from facereview.media.finding import LEFT_OUT, VideoFinder, keep_patterns, kept_patterns


def test_videos_are_found_sorted_and_each_once(tmp_path: Path) -> None:
    for name in ("b/2.MP4", "b/1.mkv", "a.webm", "a.txt", ".hidden/x.mp4", "b/._1.mkv", "c.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "z.mp4").mkdir()
    (tmp_path / "z.mp4" / "in.ts").touch()
    named = [p.relative_to(tmp_path).as_posix() for p in VideoFinder().find([tmp_path])]
    assert named == ["a.webm", "b/1.mkv", "b/2.MP4", "z.mp4/in.ts"]
    again = list(VideoFinder().find([tmp_path / "b", tmp_path, tmp_path / "b" / "2.MP4"]))
    assert len(again) == 4
    assert again[0].name == "1.mkv"


def test_a_file_named_outright_needs_no_extension(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.touch()
    assert list(VideoFinder().find([path])) == [path]


def test_links_in_a_ring_end(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "v.mp4").touch()
    (inner / "up").symlink_to(tmp_path)
    (tmp_path / "same.mp4").symlink_to(inner / "v.mp4")
    (tmp_path / "dead.mp4").symlink_to(tmp_path / "nowhere")
    assert [path.name for path in VideoFinder().find([tmp_path])] == ["v.mp4"]


def test_what_is_not_there_or_closed_is_a_fault_beside_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (tmp_path / "open.mp4").touch()
    look = os.scandir

    def scandir(path: Path) -> Any:
        """The tests may run as root, who may read every folder."""
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    finder = VideoFinder()
    found = list(finder.find([tmp_path / "gone", tmp_path, tmp_path / "open.mp4" / "in it"]))
    assert [path.name for path in found] == ["open.mp4"]
    assert [Path(path).name for path, _ in finder.faults] == ["gone", "closed", "in it"]
    assert finder.faults[0][1].startswith("There is no file or folder")
    assert finder.faults[1][1] == f"{closed} may not be read: change its permissions."


NAS = (
    "@eaDir/film.mp4/SYNOPHOTO_FILM_M.mp4",
    "#recycle/gone.mp4",
    "#snapshot/GMT-01/film.mp4",
    "$Recycle.Bin/$R1.mp4",
    ".Trash-1000/files/old.mp4",
    "lost+found/12.mp4",
    "System Volume Information/x.mp4",
    "._film.mp4",
)


def test_folders_of_network_drives_and_systems_are_left_out_and_counted(tmp_path: Path) -> None:
    for name in ("film.mp4", "@anna/clip.mp4", ".notes", *NAS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    finder = VideoFinder()
    names = [path.relative_to(tmp_path).as_posix() for path in finder.find([tmp_path])]
    assert names == ["@anna/clip.mp4", "film.mp4"]
    assert finder.left_out.total() == len(NAS)
    assert finder.left_out[".*"] == 2
    assert len(list(VideoFinder(()).find([tmp_path]))) == 2 + len(NAS)
    assert len(list(VideoFinder().find([tmp_path / "#recycle"]))) == 1  # named outright
    own = VideoFinder(["@A*", "#*", "lost+found"])
    found = {path.parent.name for path in own.find([tmp_path])}
    assert not {"@anna", "#recycle", "GMT-01", "lost+found"} & found
    assert own.left_out == {"@A*": 1, "#*": 2, "lost+found": 1}


def test_names_that_are_left_out_are_kept(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert kept_patterns(home) == LEFT_OUT
    keep_patterns(home, ["raw", "proxy *"])
    assert kept_patterns(home) == ("raw", "proxy *")
