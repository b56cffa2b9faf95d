"""Which files are videos, and what could not be looked at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from facereview.media.finding import VideoFinder


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
