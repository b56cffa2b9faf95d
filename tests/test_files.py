"""Files that are whole or as they were before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from facereview.errors import MediaError
from facereview.files import replacing, write_whole


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with replacing(file) as part:
        part.write_text("new")
    assert file.read_text() == "new"
    with pytest.raises(ValueError, match="half"), replacing(file) as part:
        part.write_text("ne")
        raise ValueError("half")
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_or_device_is_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to(pipe)
    for target in (pipe, link):
        with pytest.raises(OSError, match="no regular file"), replacing(target) as part:
            part.write_text("new")
        assert pipe.is_fifo()


def test_two_files_of_a_folder_are_written_at_once(tmp_path: Path) -> None:
    with replacing(tmp_path / "a") as first, replacing(tmp_path / "b") as second:
        first.write_text("first")
        second.write_text("second")
    assert (tmp_path / "a").read_text() == "first"
    assert (tmp_path / "b").read_text() == "second"


def test_a_picture_is_for_its_owner_only(tmp_path: Path) -> None:
    picture = tmp_path / "new" / "picture.jpg"
    write_whole(picture, b"1")
    write_whole(picture, b"2")
    assert picture.read_bytes() == b"2"
    assert os.name == "nt" or picture.stat().st_mode & 0o777 == 0o600
    (tmp_path / "file").touch()
    with pytest.raises(MediaError, match="cannot be written"):
        write_whole(tmp_path / "file" / "picture.jpg", b"")
