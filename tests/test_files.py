"""Files that are whole or as they were before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from facereview.files import replacing


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
