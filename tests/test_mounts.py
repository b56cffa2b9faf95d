"""Folders of a library that lie elsewhere on this computer."""

from __future__ import annotations

from pathlib import Path

import pytest

from facereview.errors import Invalid
from facereview.home import Home
from facereview.mounts import Mounts


def test_a_path_is_moved_there_and_back() -> None:
    mounts = Mounts((("/mnt/média", "/Volumes/m"), ("/mnt/média/new", "/n")))
    assert mounts.local("/mnt/média/a/b.mp4") == Path("/Volumes/m/a/b.mp4")
    assert mounts.local("/mnt/média/new/b.mp4") == Path("/n/b.mp4")
    assert mounts.local("/mnt/médiathek/b.mp4") == Path("/mnt/médiathek/b.mp4")
    assert mounts.local("/mnt/média") == Path("/Volumes/m")
    assert mounts.stored("/Volumes/m/a/b.mp4") == "/mnt/média/a/b.mp4"
    assert mounts.stored("/n/b.mp4") == "/mnt/média/new/b.mp4"
    assert mounts.stored("/elsewhere/b.mp4") == "/elsewhere/b.mp4"


def test_a_library_from_windows_read_elsewhere() -> None:
    mounts = Mounts(((r"D:\Videos", "/mnt/d"),))
    assert mounts.local(r"D:\Videos\a\b.mp4") == Path("/mnt/d/a/b.mp4")


def test_the_whole_disk_may_be_mapped() -> None:
    mounts = Mounts.parsed(["/=/srv/disk"])
    assert mounts.local("/a.mp4") == Path("/srv/disk/a.mp4")
    assert mounts.stored("/srv/disk/a.mp4") == "/a.mp4"


def test_they_are_kept_and_the_newer_pair_counts(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert Mounts.load(home) == Mounts()
    Mounts.parsed(["/a/=/b", "/c=/d"]).save(home)
    newer = Mounts.parsed(["/a=/x"]).joined(Mounts.load(home))
    assert newer.pairs == (("/a", "/x"), ("/c", "/d"))


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"a": 1}', "[[1, 2, 3]]"])
def test_a_damaged_file_is_as_none(tmp_path: Path, content: str) -> None:
    home = Home(tmp_path)
    home.mounts.write_text(content)
    assert Mounts.load(home) == Mounts()


@pytest.mark.parametrize("text", ["", "/a", "=/b", "/a="])
def test_what_is_no_pair_is_named(text: str) -> None:
    with pytest.raises(Invalid, match="not a pair of folders"):
        Mounts.parsed([text])
