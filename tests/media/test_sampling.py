"""Frames worth a look, spread over a video."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from made_video import FPS, make, number_of, picture

from facereview.errors import MediaError
from facereview.media.frames import Frame, VideoReader
from facereview.media.sampling import sample
from facereview.records import Pixels

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "videos"


def sampled(path: Path, count: int) -> list[Frame]:
    """The frames; they must be in time order, none twice."""
    with VideoReader(path) as reader:
        frames = list(sample(reader, count))
    times = [frame.timestamp for frame in frames]
    assert times == sorted(set(times))
    return frames


def dimmed(number: int, share: float) -> Pixels:
    """A numbered picture on its way from or to black."""
    return np.asarray(picture(number) * np.clip(share, 0, 1), dtype=np.uint8)


@pytest.mark.parametrize("count", [1, 2, 5, 20])
@pytest.mark.parametrize("gop", [5, 500])
def test_one_frame_of_each_slice(count: int, gop: int, tmp_path: Path) -> None:
    path = make(tmp_path / "plain.mp4", 100, options={"g": str(gop), "sc_threshold": "0"})
    frames = sampled(path, count)
    assert len(frames) == count
    for place, frame in enumerate(frames):
        assert 4.0 * place / count - 1 / FPS <= frame.timestamp < 4.0 * (place + 1) / count


def test_the_same_file_gives_the_same_frames(tmp_path: Path) -> None:
    path = make(tmp_path / "plain.mp4", 100)
    assert [f.timestamp for f in sampled(path, 7)] == [f.timestamp for f in sampled(path, 7)]


@pytest.mark.parametrize("available", [1, 3, 5])
def test_more_than_there_are_gives_each_once(available: int, tmp_path: Path) -> None:
    path = make(tmp_path / "short.mp4", available)
    frames = sampled(path, 50)
    assert [number_of(frame) for frame in frames] == list(range(available))


@pytest.mark.parametrize("fade", [0, 20])
def test_black_and_fades_are_passed_over(fade: int, tmp_path: Path) -> None:
    def image(number: int) -> Pixels:
        """Of every 2 s, the picture comes out of black around the middle."""
        return dimmed(number, (number % 50 - 28) / fade if fade else float(number % 50 > 28))

    path = make(tmp_path / "dark.mp4", 200, image=image, options={"g": "500", "sc_threshold": "0"})
    frames = sampled(path, 4)
    assert len(frames) == 4
    for frame in frames:
        assert frame.pixels.std() > 28


def test_black_bars_do_not_make_a_blank_frame_worth_a_look(tmp_path: Path) -> None:
    def image(number: int) -> Pixels:
        """A white screen between black bars, and then a picture."""
        pixels = picture(number) if number > 60 else np.full((96, 160, 3), 235, np.uint8)
        pixels[:16] = pixels[-16:] = 0
        return pixels

    path = make(tmp_path / "bars.mp4", 100, image=image, options={"g": "500", "sc_threshold": "0"})
    assert sampled(path, 1)[0].timestamp > 60 / FPS


LONGER = [
    ("a.wmv", "wmv2", "wmav2"),
    ("a.ts", "mpeg2video", "mp2"),
    ("a.mpg", "mpeg2video", "mp2"),
    ("a.flv", "flv", "mp3"),
    ("a.mkv", "libx264", "aac"),
    ("a.avi", "mpeg4", "mp3"),
]


def with_sound(path: Path, codec: str, sound: str, seconds: float) -> Path:
    """Four seconds of pictures, and sound."""
    silence = np.zeros((2, 48000), np.float32)
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=FPS)
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        audio = container.add_stream(sound, rate=44100)
        assert isinstance(audio, AudioStream)
        audio.bit_rate, audio.layout = 128_000, "stereo"
        for number in range(4 * FPS):
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture(number))))
        container.mux(video.encode())
        for second in range(round(seconds)):
            frame = av.AudioFrame.from_ndarray(silence[:, :44100], "fltp", "stereo")
            frame.pts, frame.sample_rate = second * 44100, 44100
            container.mux(audio.encode(frame))
        container.mux(audio.encode())
    return path


@pytest.mark.parametrize(("name", "codec", "sound"), LONGER)
def test_longer_sound_neither_spreads_the_frames_nor_passes_for_a_fault(
    name: str, codec: str, sound: str, tmp_path: Path
) -> None:
    path = with_sound(tmp_path / name, codec, sound, 30)
    frames = sampled(path, 5)
    assert len(frames) == 5
    assert [int(frame.timestamp / 0.82) for frame in frames] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("name", "codec", "sound"), LONGER[:1] + LONGER[3:5])
def test_a_cut_file_whose_head_states_a_length_gives_what_is_there_and_the_fault(
    name: str, codec: str, sound: str, tmp_path: Path
) -> None:
    path = with_sound(tmp_path / name, codec, sound, 4)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    got: list[Frame] = []
    with VideoReader(path) as reader, pytest.raises(MediaError, match="is truncated at"):
        for frame in sample(reader, 5):
            got.append(frame)
    assert len(got) == 5


def test_a_video_with_nothing_but_black_is_no_fault(tmp_path: Path) -> None:
    black = np.zeros((96, 160, 3), np.uint8)
    assert len(sampled(make(tmp_path / "black.mp4", 50, image=lambda _: black), 5)) <= 5


def test_a_cross_fade_is_passed_over(tmp_path: Path) -> None:
    chance = np.random.default_rng(4)
    tiles = chance.integers(0, 256, (2, 12, 20, 1)).repeat(8, 1).repeat(8, 2).repeat(3, 3)

    def image(number: int) -> Pixels:
        """One picture becomes another from 1.5 s to 2.5 s."""
        share = np.clip((number - 37.5) / 25, 0, 1)
        return np.asarray(tiles[0] * (1 - share) + tiles[1] * share, dtype=np.uint8)

    path = make(tmp_path / "mix.mp4", 100, image=image, options={"g": "500", "sc_threshold": "0"})
    assert not 1.5 < sampled(path, 1)[0].timestamp < 2.5


def test_what_breaks_off_gives_its_frames_and_then_the_fault(tmp_path: Path) -> None:
    path = make(tmp_path / "cut.mp4", 200, container_options={"movflags": "faststart"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    got: list[Frame] = []
    with VideoReader(path) as reader, pytest.raises(MediaError, match="is truncated at"):
        for frame in sample(reader, 8):
            got.append(frame)
    assert len(got) == 8
    assert 3.0 < got[-1].timestamp < 5.0  # of 8 s


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared videos are not here")
def test_five_frames_are_five_frames() -> None:
    assert len(sampled(REAL / "five_frames.mp4", 5)) == 5
    assert len(sampled(REAL / "five_frames.mp4", 20)) == 5
