"""What is known of a video file, and finding video files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from made_video import make

from facereview.errors import MediaError
from facereview.media.fingerprint import content_of
from facereview.media.frames import VideoReader
from facereview.media.probe import probe


def test_what_a_video_says_of_itself(tmp_path: Path) -> None:
    path = make(tmp_path / "My holiday.v2.mp4", 50)
    info = probe(path)
    assert info.path == str(path)
    assert info.title == "My holiday.v2"
    assert info.duration == pytest.approx(2.0)
    assert (info.width, info.height, info.codec) == (160, 96, "h264")
    assert info.size_bytes == path.stat().st_size
    assert info.content == content_of(path)


def test_the_path_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "a.mp4", 5)
    monkeypatch.chdir(tmp_path)
    assert probe(Path("a.mp4")).path == str(tmp_path / "a.mp4")


def test_size_is_as_shown(tmp_path: Path) -> None:
    path = make(tmp_path / "t.mp4", 5, prepare=lambda stream: stream.set_display_rotation(90))
    info = probe(path)
    assert (info.width, info.height) == (96, 160)


def test_a_recording_never_finalised_is_measured_by_its_packets(tmp_path: Path) -> None:
    live = {"live": "1", "flush_packets": "1"}
    path = make(tmp_path / "live.mkv", 50, container_options=live)
    with VideoReader(path) as reader:
        assert reader._cursor.container.duration is None
    assert probe(path).duration == pytest.approx(2.0, abs=0.05)


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", 5).rename(tmp_path / os.fsdecode(b"\xff.mp4"))
    with pytest.raises(MediaError, match="not valid text"):
        probe(path)


@pytest.mark.parametrize("content", [b"", b"text"])
def test_what_is_no_video_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=str(path)):
        probe(path)
