"""Turned, mirrored, stretched and oddly coloured frames."""

from __future__ import annotations

import gc
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from made_video import make, number_of

from facereview.media.frames import VideoReader, fit
from facereview.records import Pixels


def quarters(_number: int = 0) -> Pixels:
    """Red, green, blue and white, row by row: every turn and mirroring shows."""
    pixels = np.zeros((96, 160, 3), np.uint8)
    pixels[:48, :80] = (255, 0, 0)
    pixels[:48, 80:] = (0, 255, 0)
    pixels[48:, :80] = (0, 0, 255)
    pixels[48:, 80:] = (255, 255, 255)
    return pixels


def shown(path: Path) -> Pixels:
    """The first frame; the reader's size must be its size."""
    with VideoReader(path) as reader:
        size = reader.width, reader.height
        pixels = reader.frame_at(0.0).pixels
    assert pixels.shape[1::-1] == size
    return pixels


def assert_like(pixels: Pixels, wanted: Pixels) -> None:
    """Same shape, and the same colours but for what coding does to edges."""
    assert pixels.shape == wanted.shape
    assert np.median(np.abs(pixels.astype(int) - wanted.astype(int))) <= 6


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_a_turned_video_is_shown_upright(
    kind: str, degrees: int, mirrored: bool, tmp_path: Path
) -> None:
    def turn(stream: VideoStream) -> None:
        stream.set_display_rotation(degrees, hflip=mirrored)

    path = make(tmp_path / f"turned.{kind}", 3, image=quarters, prepare=turn)
    wanted = np.rot90(quarters(), degrees // 90)
    assert_like(shown(path), wanted[:, ::-1] if mirrored else wanted)


def test_the_matrix_of_a_phones_file_is_honoured(tmp_path: Path) -> None:
    path = make(tmp_path / "phone.mp4", 3, image=quarters)
    data = bytearray(path.read_bytes())
    upright = b"".join(v.to_bytes(4) for v in (65536, 0, 0, 0, 65536, 0, 0, 0, 0x40000000))
    clockwise = b"".join(
        v.to_bytes(4, signed=True) for v in (0, 65536, 0, -65536, 0, 0, 0, 0, 0x40000000)
    )
    at = data.index(upright, data.index(b"tkhd"))
    data[at : at + 36] = clockwise
    path.write_bytes(data)
    assert_like(shown(path), np.rot90(quarters(), -1))


def test_numbers_are_read_the_right_way_round_after_a_turn(tmp_path: Path) -> None:
    path = make(tmp_path / "t.mp4", 9, prepare=lambda s: s.set_display_rotation(90))
    with VideoReader(path) as reader:
        pixels = reader.frame_at(0.21, max_side=120).pixels
    assert pixels.shape == (120, 72, 3)
    assert number_of(np.rot90(pixels, -1)) == 5


@pytest.mark.parametrize(
    ("shape", "width"), [("4/3", 213), ("8/9", 142), ("2/1", 320), ("1/1", 160), ("200/1", 160)]
)
def test_pixels_become_square(shape: str, width: int, tmp_path: Path) -> None:
    def stretch(stream: VideoStream) -> None:
        stream.codec_context.sample_aspect_ratio = Fraction(shape)

    path = make(tmp_path / "wide.mp4", 3, image=quarters, prepare=stretch)
    pixels = shown(path)
    assert pixels.shape == (96, width, 3)
    assert pixels[10, width // 2 - 20, 0] > 200 > 100 > pixels[10, width // 2 + 20, 0]


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("ten.mp4", "libx264", "yuv420p10le"),
        ("full.mp4", "libx264", "yuvj420p"),
        ("dense.mp4", "libx264", "yuv444p"),
        ("planes.avi", "utvideo", "gbrp"),
        ("deep.mkv", "ffv1", "yuv422p16le"),
        ("alpha.mkv", "ffv1", "yuva420p"),
        ("bytes.avi", "rawvideo", "rgb24"),
        ("palette.mov", "qtrle", "rgb24"),
    ],
)
def test_every_pixel_format_becomes_rgb(
    name: str, codec: str, pixel_format: str, tmp_path: Path
) -> None:
    path = make(tmp_path / name, 3, codec=codec, pixel_format=pixel_format, image=quarters)
    assert_like(shown(path), quarters())


@pytest.mark.parametrize("pixel_format", ["gray", "gray16le"])
def test_grey_becomes_rgb(pixel_format: str, tmp_path: Path) -> None:
    path = make(tmp_path / "grey.mkv", 3, codec="ffv1", pixel_format=pixel_format)
    pixels = shown(path)
    assert number_of(pixels) == 0
    assert (pixels.max(axis=2) - pixels.min(axis=2)).max() <= 1


def test_fit_keeps_the_shape_and_never_vanishes() -> None:
    assert fit(1920, 1080, None) == (1920, 1080)
    assert fit(1920, 1080, 960) == (960, 540)
    assert fit(1080, 1920, 960) == (540, 960)
    assert fit(100, 50, 200) == (100, 50)
    assert fit(10000, 1, 100) == (100, 1)


def test_frames_that_were_shown_are_freed_at_once(tmp_path: Path) -> None:
    """Without waiting for the garbage collector: ten of 4K are 120 MB."""
    path = make(tmp_path / "t.mp4", 20, prepare=lambda stream: stream.set_display_rotation(90))
    gc.collect()
    gc.disable()
    try:
        with VideoReader(path) as reader:
            for number in range(0, 20, 2):
                reader.frame_at(number / 10)
            assert list(reader.clip(0.0, 1.0, max_side=64))
        del reader
        assert [thing for thing in gc.get_objects() if isinstance(thing, VideoFrame)] == []
    finally:
        gc.enable()
