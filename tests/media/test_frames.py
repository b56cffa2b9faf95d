"""Exact frames out of videos that make it hard."""

from __future__ import annotations

import math
import random
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from made_video import FPS, make, number_of, picture

from facereview.errors import MediaError
from facereview.media.cursor import Cursor
from facereview.media.frames import Painter, ReaderCache, VideoReader
from facereview.records import Pixels

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "videos"

B_FRAMES: dict[str, Any] = {"options": {"g": "20", "bf": "3", "preset": "veryfast"}}
OPEN_GOP: dict[str, Any] = {
    "options": {
        "preset": "veryfast",
        "x264-params": "open-gop=1:keyint=20:bframes=3:b-adapt=0:scenecut=0",
    }
}
KINDS: dict[str, dict[str, Any]] = {
    "b_frames.mp4": B_FRAMES,
    "b_frames.mkv": B_FRAMES,
    "b_frames.mov": B_FRAMES,
    "b_frames.ts": B_FRAMES,
    "b_frames.flv": B_FRAMES,
    "no_b_frames.mp4": {"options": {"bf": "0"}},
    "one_key_frame.mp4": {"options": {"g": "1000", "sc_threshold": "0"}},
    "only_key_frames.mp4": {"options": {"g": "1"}},
    "open_gop.mp4": OPEN_GOP,
    "open_gop.mkv": OPEN_GOP,
    "open_gop.ts": OPEN_GOP,
    "hevc.mp4": {"codec": "libx265", "options": {"x265-params": "keyint=20:log-level=none"}},
    "mpeg4.mp4": {"codec": "mpeg4", "options": {"g": "20", "bf": "2"}},
    "vp9.webm": {
        "codec": "libvpx-vp9",
        "options": {"deadline": "realtime", "cpu-used": "8", "g": "20"},
    },
    "prores.mov": {"codec": "prores_ks", "pixel_format": "yuv422p10le"},
    "late.mp4": {**B_FRAMES, "pts": lambda n: n + 100},
    "late.mkv": {**B_FRAMES, "pts": lambda n: n + 100},
    "late.ts": {**B_FRAMES, "pts": lambda n: n + 100},
}
VARIABLE = [0, 1, 2, 40, 41, 90, 91, 92, 93, 200, 201, 203, 206, 210, 215, 300, 301, 350, 351, 352]


def all_right(reader: VideoReader, starts: list[float], times: list[int]) -> None:
    """Ask for frames in this order, each at its start, within it, and just before its end."""
    for number in times:
        length = starts[number + 1] - starts[number] if number + 1 < len(starts) else 0.01
        for part in (0.0, 0.5, 0.999):
            frame = reader.frame_at(starts[number] + part * length)
            assert number_of(frame) == number
            assert frame.timestamp == pytest.approx(starts[number], abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_is_found_forward_and_at_random(kind: str, tmp_path: Path) -> None:
    path = make(tmp_path / kind, **KINDS[kind])
    starts = [number / FPS for number in range(60)]
    shuffled = random.Random(3).sample(range(60), 30)
    with VideoReader(path) as reader:
        all_right(reader, starts, list(range(60)))
        all_right(reader, starts, shuffled)
        assert number_of(reader.frame_at(-1.0)) == 0
        assert number_of(reader.frame_at(math.inf)) == 59


@pytest.mark.parametrize("name", ["cold.mp4", "cold.ts", "cold.mkv"])
def test_every_frame_is_found_by_a_fresh_reader(name: str, tmp_path: Path) -> None:
    path = make(tmp_path / name, **B_FRAMES)
    for number in range(0, 60, 3):
        with VideoReader(path) as reader:
            assert number_of(reader.frame_at((number + 0.5) / FPS)) == number


@pytest.mark.parametrize("kind", ["h264.avi", "mpeg4.avi"])
def test_avi_without_presentation_times_keeps_display_order(kind: str, tmp_path: Path) -> None:
    options = {} if kind.startswith("h264") else {"codec": "mpeg4", "options": {"bf": "2"}}
    path = make(tmp_path / kind, **({**B_FRAMES, **options} if options else B_FRAMES))
    starts = [(number + 1) / FPS for number in range(60)]  # the decoder's delay of one frame
    with VideoReader(path) as reader:
        all_right(reader, starts, list(range(60)))
        all_right(reader, starts, random.Random(5).sample(range(60), 30))


def test_a_bare_stream_without_any_time_is_counted(tmp_path: Path) -> None:
    path = make(tmp_path / "bare.h264", **B_FRAMES)
    with VideoReader(path) as reader:
        assert reader.duration == pytest.approx(60 / FPS)
        all_right(reader, [number / FPS for number in range(60)], [0, 1, 30, 59, 10, 58])


def test_program_streams_stamp_the_first_frame_after_a_seek_wrongly(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(-60, 60, (384, 640, 3))

    def busy(number: int) -> Pixels:
        moved = picture(number, 640, 384).astype(np.int16) + np.roll(noise, 7 * number, 1)
        return np.asarray(np.clip(moved, 0, 255), dtype=np.uint8)

    path = make(tmp_path / "b.mpg", codec="mpeg2video", options={"g": "15", "bf": "2"}, image=busy)
    with VideoReader(path) as reader:
        all_right(
            reader, [number / FPS for number in range(60)], random.Random(2).sample(range(60), 40)
        )


@pytest.mark.parametrize("name", ["refresh.mp4", "refresh.mkv", "refresh.ts"])
def test_pictures_refreshed_bit_by_bit_are_shown_whole(name: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(-60, 60, (96, 160, 3))

    def busy(number: int) -> Pixels:
        moved = picture(number).astype(np.int16) + np.roll(noise, 3 * number, 1)
        return np.asarray(np.clip(moved, 0, 255), dtype=np.uint8)

    refresh = "intra-refresh=1:keyint=20:bframes=0"
    options = {"preset": "veryfast", "x264-params": refresh}
    path = make(tmp_path / name, 90, options=options, image=busy)
    with VideoReader(path) as reader:
        whole = [frame.pixels for frame in reader.clip(0.0, 9.0, max_fps=60)]
        assert len(whole) == 90
        for number in random.Random(1).sample(range(90), 90):
            assert np.array_equal(reader.frame_at((number + 0.5) / FPS).pixels, whole[number])


@pytest.mark.parametrize("name", ["variable.mp4", "variable.mkv", "variable.ts"])
def test_variable_frame_rate(name: str, tmp_path: Path) -> None:
    path = make(
        tmp_path / name,
        len(VARIABLE),
        options={"bf": "2", "g": "6", "preset": "veryfast"},
        pts=VARIABLE.__getitem__,
        unit=Fraction(1, 100),
    )
    starts = [tick / 100 for tick in VARIABLE]
    with VideoReader(path) as reader:
        all_right(reader, starts, list(range(len(starts))))
        all_right(reader, starts, random.Random(1).sample(range(len(starts)), len(starts)))


@pytest.mark.parametrize("name", ["late.mp4", "late.mkv", "late.ts"])
def test_a_video_stream_later_than_the_sound(name: str, tmp_path: Path) -> None:
    path = make(tmp_path / name, pts=lambda number: number + 50, sound=5.0, **B_FRAMES)
    with av.open(str(path)) as container:
        offset = (container.start_time or 0) / 1e6
        stream = container.streams.video[0]
        assert stream.start_time is not None and stream.time_base is not None
        first = float(stream.start_time * stream.time_base) - offset
    assert first == pytest.approx(2.0, abs=0.1)
    with VideoReader(path) as reader:
        all_right(reader, [first + number / FPS for number in range(60)], [0, 7, 33, 12, 59])
        assert number_of(reader.frame_at(0.0)) == 0
        assert number_of(reader.frame_at(4.9)) == 59
        assert reader.span == pytest.approx((first, first + 60 / FPS), abs=0.05)


def test_a_length_written_with_a_decimal_comma_counts(tmp_path: Path) -> None:
    """As by a program whose locale has one."""
    path = make(tmp_path / "late.mkv", pts=lambda number: number + 50, sound=5.0, **B_FRAMES)
    written, counted = re.subn(rb"(00:00:0\d)[.,](\d{9})", rb"\1,\2", path.read_bytes())
    assert counted == 2  # of the pictures and of the sound
    path.write_bytes(written)
    with VideoReader(path) as reader:
        first, last = reader.span
    assert last - first == pytest.approx(60 / FPS, abs=0.05)


def test_a_frames_time_survives_being_stored_in_four_bytes(tmp_path: Path) -> None:
    path = make(tmp_path / "real.mp4", 30, pts=lambda n: n * 1001, unit=Fraction(1, 30000))
    with VideoReader(path) as reader:
        for number in range(30):
            frame = reader.frame_at((number + 0.5) * 1001 / 30000)
            again = reader.frame_at(float(np.float32(frame.timestamp)))
            assert number_of(again) == number_of(frame) == number


def test_cover_art_is_not_the_video(tmp_path: Path) -> None:
    path = make(tmp_path / "cover.mp4", 20, cover=True)
    with VideoReader(path) as reader:
        assert (reader.width, reader.height) == (160, 96)
        assert number_of(reader.frame_at(0.5)) == 12


@pytest.fixture
def landings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What readers do beside decoding on: ``seek``, and ``reopen`` to start over."""
    done: list[str] = []
    land, reopen = Cursor._land, Cursor._reopen

    def landed(self: Cursor, limit: int, step: int) -> None:
        done.append("seek")
        land(self, limit, step)

    def reopened(self: Cursor) -> None:
        done.append("reopen")
        reopen(self)

    monkeypatch.setattr(Cursor, "_land", landed)
    monkeypatch.setattr(Cursor, "_reopen", reopened)
    return done


LONG: dict[str, Any] = {"options": {"g": "100", "bf": "2", "sc_threshold": "0"}}


def test_going_forward_decodes_on_and_a_key_frame_further_on_is_sought(
    tmp_path: Path, landings: list[str]
) -> None:
    with VideoReader(make(tmp_path / "long.mp4", 300, **LONG)) as reader:
        numbers = range(0, 99, 3)
        times = [number / FPS for number in numbers]
        assert [number_of(reader.frame_at(time)) for time in times] == list(numbers)
        assert landings == ["seek"]
        for number in (250, 251, 299):
            assert number_of(reader.frame_at((number + 0.5) / FPS)) == number
        assert landings == ["seek"] * 2
        assert number_of(reader.frame_at(210 / FPS)) == 210
        assert landings == ["seek"] * 3


def test_without_an_index_only_far_frames_are_sought(tmp_path: Path, landings: list[str]) -> None:
    with VideoReader(make(tmp_path / "long.ts", 300, **LONG)) as reader:
        for number in (0, 60, 110, 290, 299):
            assert number_of(reader.frame_at((number + 0.5) / FPS)) == number
        assert landings == ["seek"] * 2
        for number in range(130, 290, 10):
            assert number_of(reader.frame_at((number + 0.5) / FPS)) == number
        assert landings == ["seek"] * 3


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts", "flv", "avi"])
def test_past_the_end_does_not_mean_from_the_start(
    kind: str, tmp_path: Path, landings: list[str]
) -> None:
    with VideoReader(make(tmp_path / f"long.{kind}", 300, **LONG)) as reader:
        assert number_of(reader.frame_at(math.inf)) == 299
        assert landings == ["seek"]


def test_key_frames_the_index_makes_up_are_stepped_over(tmp_path: Path) -> None:
    path = make(tmp_path / "lies.mp4", 60, options={"g": "30", "bf": "0", "sc_threshold": "0"})
    data = path.read_bytes()
    at = data.index(b"stss")
    assert int.from_bytes(data[at + 8 : at + 12]) == 2  # entries: frames 1 and 31
    lies = data[: at + 12] + (11).to_bytes(4) + (41).to_bytes(4) + data[at + 20 :]
    path.write_bytes(lies)
    with VideoReader(path) as reader:
        for number in (50, 45, 20, 35, 5):
            assert number_of(reader.frame_at((number + 0.5) / FPS)) == number


def test_max_side_scales_down_but_never_up(tmp_path: Path) -> None:
    path = make(tmp_path / "small.mp4", 5)
    with VideoReader(path) as reader:
        assert reader.frame_at(0, max_side=80).pixels.shape == (48, 80, 3)
        assert reader.frame_at(0, max_side=500).pixels.shape == (96, 160, 3)
        pixels = reader.frame_at(0).pixels
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous


def test_a_time_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with (
        VideoReader(make(tmp_path / "a.mp4", 5)) as reader,
        pytest.raises(MediaError, match="not a number"),
    ):
        reader.frame_at(math.nan)


def test_a_clip_shows_what_is_on_screen_thinned_out(tmp_path: Path) -> None:
    path = make(tmp_path / "clip.mp4")
    with VideoReader(path) as reader:
        every = list(reader.clip(0.5, 1.0, max_fps=60))
        assert [number_of(frame) for frame in every] == list(range(12, 25))
        few = list(reader.clip(0.5, 1.0, max_fps=12.5, max_side=80))
        assert [number_of(frame) for frame in few] == list(range(12, 25, 2))
        assert few[0].pixels.shape == (48, 80, 3)
        assert [number_of(f) for f in reader.clip(2.3, 99.0, max_fps=60)] == [57, 58, 59]


def test_a_clip_goes_on_where_it_was_after_another_frame_was_asked(tmp_path: Path) -> None:
    with VideoReader(make(tmp_path / "clip.mp4")) as reader:
        clip = reader.clip(0.0, 0.4, max_fps=60)
        shown = []
        for frame in clip:
            shown.append(number_of(frame))
            assert number_of(reader.frame_at(2.0)) == 50
        assert shown == list(range(10))


def test_what_the_reader_says_of_the_video(tmp_path: Path) -> None:
    with VideoReader(make(tmp_path / "a.mp4", 50, sound=3.0)) as reader:
        assert (reader.width, reader.height, reader.codec) == (160, 96, "h264")
        assert reader.duration == pytest.approx(3.0, abs=0.1)
        assert reader.span == pytest.approx((0.0, 2.0), abs=0.01)


def test_the_cache_keeps_few_videos_open_and_notices_changes(tmp_path: Path) -> None:
    paths = [make(tmp_path / f"{name}.mp4", 10) for name in "abc"]
    cache = ReaderCache(capacity=2)
    first = cache.reader(paths[0])
    assert cache.reader(paths[0]) is first
    for path in paths[1:]:
        assert number_of(cache.reader(path).frame_at(0.2)) == 5
    assert cache.reader(paths[0]) is not first
    make(paths[0], 20)
    assert number_of(cache.reader(paths[0]).frame_at(0.6, max_side=160)) == 15
    paths[0].unlink()
    with pytest.raises(MediaError, match="is not there"):
        cache.reader(paths[0])


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared videos are not here")
@pytest.mark.parametrize(
    "name", [path.name for path in sorted(REAL.glob("*.mp4"))] if REAL.is_dir() else []
)
def test_real_videos_agree_with_a_decode_of_the_whole_file(name: str) -> None:
    path = REAL / name
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        assert stream.time_base is not None and container.duration is not None
        base, offset = stream.time_base, Fraction(container.start_time or 0, 1_000_000)
        chance = random.Random(9)
        asked = sorted(chance.random() * container.duration / 1e6 for _ in range(12))
        painter = Painter(stream.sample_aspect_ratio)
        truth: list[tuple[float, Pixels]] = []
        last = None
        for frame in container.decode(stream):
            assert frame.pts is not None
            while len(truth) < len(asked) and float(frame.pts * base - offset) > asked[len(truth)]:
                assert last is not None and last.pts is not None
                truth.append((float(last.pts * base - offset), painter.paint(last)))
            last = frame
        while len(truth) < len(asked):
            assert last is not None and last.pts is not None
            truth.append((float(last.pts * base - offset), painter.paint(last)))
    order = list(range(len(asked)))
    chance.shuffle(order)
    with VideoReader(path) as reader:
        for place in order:
            frame_there = reader.frame_at(asked[place])
            assert frame_there.timestamp == pytest.approx(truth[place][0], abs=1e-6)
            assert np.array_equal(frame_there.pixels, truth[place][1])
