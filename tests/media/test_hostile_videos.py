"""Videos that are not there, not whole, not videos, or made to do harm."""

from __future__ import annotations

import math
import os
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_video import FPS, make, make_sound, number_of
from PIL import Image

from facereview.errors import MediaError
from facereview.media.frames import VideoReader

FAST_START = {"movflags": "faststart"}


def fault(path: Path | str) -> str:
    """The one sentence that opening and reading this file comes to."""
    with pytest.raises(MediaError) as caught, VideoReader(path) as reader:
        reader.frame_at(0.0)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_missing_folder_and_empty_are_told_apart(tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert "is not there" in fault(tmp_path / "gone.mp4")
    assert "is a folder" in fault(tmp_path)
    assert "is empty" in fault(empty)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "not a regular file" in fault(tmp_path / "pipe.mp4")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = make(tmp_path / "secret.mp4", 5)
    path.chmod(0)
    assert "may not be read" in fault(path)


@pytest.mark.parametrize("name", ["\0.mp4", "x" * 5000])
def test_impossible_names_are_not_there(name: str) -> None:
    assert "is not there" in fault(name)


@pytest.mark.parametrize("name", ["odd:name, 100%d 'q'.mp4", "ünï 😀 \u202e.mp4", "http:x.mp4"])
def test_odd_names_are_only_names(name: str, tmp_path: Path) -> None:
    with VideoReader(make(tmp_path / "plain.mp4", 5).rename(tmp_path / name)) as reader:
        assert number_of(reader.frame_at(0.1)) == 2


@pytest.mark.parametrize("content", [b"no video at all\n" * 100, b"\0" * 5000, b"\x1aE\xdf\xa3"])
def test_other_content_is_no_video(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_bytes(content)
    assert "cannot be read as a video" in fault(path)


@pytest.mark.parametrize("cover", [False, True])
def test_sound_alone_is_no_video(cover: bool, tmp_path: Path) -> None:
    path = make_sound(tmp_path / "sound.mp4", cover=cover)
    with av.open(str(path)) as container:
        assert len(container.streams.video) == int(cover)
    assert "has no video stream" in fault(path)


PLAYLISTS = {
    "of itself.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nof itself.m3u8\n",
    "live.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\npart.ts\n",
    "ended.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\npart.ts\n#EXT-X-ENDLIST\n",
    "pipe.mp4": "ffconcat version 1.0\nfile pipe.ts\n",
    "network.mp4": "v=0\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_what_names_other_files_is_refused_before_it_is_followed(name: str, tmp_path: Path) -> None:
    make(tmp_path / "part.ts", 10)
    os.mkfifo(tmp_path / "pipe.ts")  # whoever opens it to read waits for good
    path = tmp_path / name
    path.write_text(PLAYLISTS[name])
    assert "cannot be read as a video" in fault(path)


@pytest.mark.parametrize("name", ["%03d.png", "a.gif"])
def test_pictures_are_no_video(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    Image.new("RGB", (64, 64)).save(path, format="PNG" if "png" in name else "GIF")
    assert "cannot be read as a video" in fault(path)


def test_an_unfinished_mp4_has_no_index(tmp_path: Path) -> None:
    path = make(tmp_path / "cut.mp4")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert "cannot be read as a video" in fault(path)


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mkv", "cut.avi"])
def test_a_video_that_breaks_off_shows_what_is_there(name: str, tmp_path: Path) -> None:
    options = FAST_START if name.endswith("mp4") else {}
    path = make(tmp_path / name, 200, container_options=options)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    with VideoReader(path) as reader:
        shift = reader.frame_at(0.0).timestamp
        for number in (0, 40, 80):
            frame = reader.frame_at((number + 0.5) / FPS + shift)
            assert number_of(frame) == number
        for seconds in (7.0, 7.9, math.inf):
            with pytest.raises(MediaError, match=r"is truncated at \d\.\d s of \d\.\d s"):
                reader.frame_at(seconds)
        assert number_of(reader.frame_at(80.5 / FPS + shift)) == 80


def test_a_hole_in_the_middle_spoils_only_itself(tmp_path: Path) -> None:
    path = make(tmp_path / "hole.mkv", 200, options={"g": "20"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = b"\xff" * 200
    path.write_bytes(data)
    with VideoReader(path) as reader:
        assert number_of(reader.frame_at(0.5)) == 12
        assert number_of(reader.frame_at(7.5)) == 187
        assert reader.frame_at(4.0).pixels.shape == (96, 160, 3)


def test_a_video_past_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.y4m"
    path.write_bytes(b"YUV4MPEG2 W16384 H6000 F25:1 Ip A1:1 C420\nFRAME\n" + b"\0" * 10_000)
    assert "16384 x 6000 pixels, over the limit of 67 megapixels" in fault(path)


def test_frames_that_cannot_be_decoded_are_named(tmp_path: Path) -> None:
    path = make(tmp_path / "noise.mp4", 30)
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    data[start : data.index(b"moov") - 4] = bytes(data.index(b"moov") - 4 - start)
    path.write_bytes(data)
    assert "No picture of the video" in fault(path) or "cannot be read" in fault(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of small good videos."""
    folder = tmp_path_factory.mktemp("whole")
    names = ("a.mp4", "a.mkv", "a.ts", "a.avi")
    return {name: make(folder / name, 30).read_bytes() for name in names}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(["a.mp4", "a.mkv", "a.ts", "a.avi"]),
    places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=30),
    keep=st.floats(0.05, 1),
)
def test_damage_gives_a_frame_or_a_sentence(
    whole: dict[str, bytes],
    tmp_path: Path,
    name: str,
    places: list[tuple[float, int]],
    keep: float,
) -> None:
    data = bytearray(whole[name])
    for where, value in places:
        data[min(int(where * len(data)), len(data) - 1)] = value
    path = tmp_path / name
    path.write_bytes(data[: int(keep * len(data))])
    try:
        with VideoReader(path) as reader:
            for seconds in (0.6, 0.1, 1.1):
                assert reader.frame_at(seconds).pixels.ndim == 3
    except MediaError as error:
        assert str(error).endswith(".")
