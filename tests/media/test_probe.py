"""What is known of a video file, and finding video files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from made_video import make

from facereview.errors import MediaError
from facereview.media.fingerprint import content_of
from facereview.media.frames import VideoReader
from facereview.media.probe import find_videos, probe


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


def test_videos_are_found_sorted_and_each_once(tmp_path: Path) -> None:
    for name in ("b/2.MP4", "b/1.mkv", "a.webm", "a.txt", ".hidden/x.mp4", "b/._1.mkv", "c.jpg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "z.mp4").mkdir()
    (tmp_path / "z.mp4" / "in.ts").touch()
    named = [p.relative_to(tmp_path).as_posix() for p in find_videos([tmp_path])]
    assert named == ["a.webm", "b/1.mkv", "b/2.MP4", "z.mp4/in.ts"]
    again = list(find_videos([tmp_path / "b", tmp_path, tmp_path / "b" / "2.MP4"]))
    assert len(again) == 4
    assert again[0].name == "1.mkv"


def test_a_file_named_outright_needs_no_extension(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.touch()
    assert list(find_videos([path])) == [path]


def test_links_in_a_ring_end(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "v.mp4").touch()
    (inner / "up").symlink_to(tmp_path)
    (tmp_path / "same.mp4").symlink_to(inner / "v.mp4")
    (tmp_path / "dead.mp4").symlink_to(tmp_path / "nowhere")
    assert [path.name for path in find_videos([tmp_path])] == ["v.mp4"]


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="There is no file or folder"):
        list(find_videos([tmp_path / "gone"]))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_closed_folder_is_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    (tmp_path / "open.mp4").touch()
    faults: list[MediaError] = []
    assert [p.name for p in find_videos([tmp_path], on_fault=faults.append)] == ["open.mp4"]
    assert "may not be read" in str(faults[0])
