"""HDR films come out as the recommendations of the ITU say, SDR films as before."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from made_heic import heic
from made_video import make
from numpy.typing import NDArray

from facereview.errors import MediaError
from facereview.media.crops import cut_face
from facereview.media.frames import VideoReader
from facereview.media.images import load_image
from facereview.media.process import VideoProcess
from facereview.records import Box, Pixels

PQ, HLG = ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67
WIDTH, HEIGHT, BLOCK = 320, 64, 16
ERROR = 2
"""Levels of 255 by which a grey may be off: half of one is rounding."""

LOSSLESS = {"x265-params": "lossless=1:log-level=none"}
Codes = NDArray[np.float64]


def hdr_film(
    path: Path,
    codes: Codes,
    transfer: ColorTrc,
    *,
    codec: str = "libx265",
    pixel_format: str = "yuv420p10le",
    full: bool = False,
    primaries: ColorPrimaries = ColorPrimaries.BT2020,
    matrix: int = Colorspace.BT2020,
) -> Path:
    """A film of red, green and blue codes, 0..1, coded as BT.2020 has it (tables 4 and 5)."""
    red, green, blue = np.moveaxis(codes, -1, 0)
    luma = 0.2627 * red + 0.6780 * green + 0.0593 * blue
    chroma = (blue - luma) / 1.8814, (red - luma) / 1.4746
    bits = int(pixel_format.removesuffix("le")[-2:])
    scale = 2 ** (bits - 8)
    top = 2**bits - 1
    levels = [luma * top if full else (219 * luma + 16) * scale]
    levels += [(top if full else 224 * scale) * one + 128 * scale for one in chroma]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, 25, LOSSLESS if codec == "libx265" else {})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = codes.shape[1], codes.shape[0], pixel_format
        context = stream.codec_context
        context.color_trc, context.color_primaries = transfer, primaries
        context.colorspace = matrix
        context.color_range = ColorRange.JPEG if full else ColorRange.MPEG
        for number in range(3):
            frame = av.VideoFrame(codes.shape[1], codes.shape[0], pixel_format)
            for plane, values in zip(frame.planes, levels, strict=True):
                down, across = codes.shape[0] // plane.height, codes.shape[1] // plane.width
                rows = np.zeros((plane.height, plane.line_size // 2), np.uint16)
                rows[:, : plane.width] = np.round(values[::down, ::across])
                plane.update(rows.tobytes())
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def blocks(colours: list[tuple[float, float, float]]) -> Codes:
    """A picture of these colours side by side."""
    row = np.repeat(np.array(colours, dtype=np.float64), BLOCK, axis=0)
    return np.repeat(row[np.newaxis], HEIGHT, axis=0)


def seen(pixels: Pixels) -> list[tuple[int, int, int]]:
    """The colours in the middle of the blocks."""
    return [tuple(pixels[HEIGHT // 2, x].tolist()) for x in range(8, pixels.shape[1], BLOCK)]


GREYS = [number / (WIDTH // BLOCK - 1) for number in range(WIDTH // BLOCK)]


def pq_light(code: float) -> float:
    """BT.2100-2, table 4: the EOTF of PQ, cd/m²."""
    root = code ** (1 / 78.84375)
    part = max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return float(10000 * part ** (1 / 0.1593017578125))


def pq_code(light: float) -> float:
    """BT.2100-2, table 4: the inverse EOTF of PQ."""
    part = (light / 10000) ** 0.1593017578125
    return float(((0.8359375 + 18.8515625 * part) / (1 + 18.6875 * part)) ** 78.84375)


def hlg_light(code: float) -> float:
    """BT.2100-2, table 5: a grey of HLG on a display of 1,000 cd/m², system gamma 1.2."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = code**2 / 3 if code <= 0.5 else (math.exp((code - c) / a) + b) / 12
    return float(1000 * scene**1.2)


def tone(light: float, peak: float) -> float:
    """BT.2390-11, 5.4.1: the EETF from 0..peak onto 0..203 cd/m²; then BT.1886, of 255."""
    top = pq_code(peak)
    code, most = pq_code(light) / top, pq_code(203) / top
    knee = 1.5 * most - 0.5
    if code >= knee:
        t = (code - knee) / (1 - knee)
        code = (2 * t**3 - 3 * t**2 + 1) * knee
        code += (t**3 - 2 * t**2 + t) * (1 - knee) + (-2 * t**3 + 3 * t**2) * most
    return float(255 * (pq_light(code * top) / 203) ** (1 / 2.4))


KINDS = [
    ("libx265", "yuv420p10le", False, "mp4"),
    ("ffv1", "yuv444p10le", False, "mkv"),
    ("ffv1", "yuv422p10le", True, "mkv"),
    ("ffv1", "yuv444p12le", False, "mkv"),
]


@pytest.mark.parametrize(("codec", "pixel_format", "full", "suffix"), KINDS)
@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_greys_have_the_tone_of_the_recommendation(
    transfer: ColorTrc, codec: str, pixel_format: str, full: bool, suffix: str, tmp_path: Path
) -> None:
    ramp = blocks([(grey, grey, grey) for grey in GREYS])
    path = hdr_film(
        tmp_path / f"ramp.{suffix}",
        ramp,
        transfer,
        codec=codec,
        pixel_format=pixel_format,
        full=full,
    )
    light, peak = (pq_light, 10000.0) if transfer == PQ else (hlg_light, 1000.0)
    with VideoReader(path) as reader:
        given = seen(reader.frame_at(0.04).pixels)
    for code, colour in zip(GREYS, given, strict=True):
        assert colour == pytest.approx((tone(light(code), peak),) * 3, abs=ERROR), code
    assert given[0] == (0, 0, 0)
    assert given[-1] == (255, 255, 255)


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_a_fine_ramp_never_turns_back(transfer: ColorTrc, tmp_path: Path) -> None:
    codes = np.repeat(np.linspace(0, 1, 1024)[np.newaxis, :, np.newaxis], 16, axis=0)
    path = hdr_film(
        tmp_path / "ramp.mkv",
        np.repeat(codes, 3, axis=2),
        transfer,
        codec="ffv1",
        pixel_format="yuv444p12le",
    )
    with VideoReader(path) as reader:
        levels = reader.frame_at(0).pixels[8, :, 1].astype(int).tolist()
    assert all(here <= there <= here + 1 for here, there in pairwise(levels))


BT709_TO_BT2020 = np.array(
    ((0.6274, 0.3293, 0.0433), (0.0691, 0.9195, 0.0114), (0.0164, 0.0880, 0.8956))
)
"""ITU-R BT.2087-0, 2.2."""

COLOURS = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (0.8, 0.5, 0.35), (0.25, 0.1, 0.06)]


def test_colours_of_bt709_come_back_out_of_bt2020(tmp_path: Path) -> None:
    light = 25 * np.array(COLOURS)  # below the knee, where light stays as it is
    codes = np.vectorize(pq_code)(light @ BT709_TO_BT2020.T)
    path = hdr_film(tmp_path / "colours.mp4", blocks([tuple(one) for one in codes]), PQ)
    with VideoReader(path) as reader:
        given = seen(reader.frame_at(0).pixels)
    expected = 255 * (light / 203) ** (1 / 2.4)
    off = np.abs(np.array(given) - expected)
    assert off[light > 0].max() <= ERROR
    # dark codes are steep: 16 of 255 is a thousandth of the light of white
    assert off[light == 0].max() <= 16


def test_a_bright_colour_keeps_its_hue(tmp_path: Path) -> None:
    light = 1000 * np.array([0.8, 0.5, 0.35])
    codes = np.vectorize(pq_code)(light @ BT709_TO_BT2020.T)
    path = hdr_film(tmp_path / "bright.mp4", blocks([tuple(codes)] * 4), PQ)
    with VideoReader(path) as reader:
        given = np.array(seen(reader.frame_at(0).pixels)[1])
    assert given[0] == pytest.approx(tone(800, 10000), abs=ERROR)
    assert (given / given[0]) ** 2.4 == pytest.approx(light / light[0], abs=0.03)


def test_tags_left_open_are_those_of_bt2020(tmp_path: Path) -> None:
    codes = blocks([(0.5, 0.3, 0.2), (0.2, 0.5, 0.3), (0.3, 0.2, 0.5), (0.4, 0.4, 0.4)])
    pixels: list[Pixels] = []
    for primaries, matrix in (
        (ColorPrimaries.BT2020, int(Colorspace.BT2020)),
        (ColorPrimaries.UNSPECIFIED, 2),
    ):
        path = hdr_film(
            tmp_path / f"{matrix}.mkv",
            codes,
            PQ,
            codec="ffv1",
            pixel_format="yuv444p10le",
            primaries=primaries,
            matrix=matrix,
        )
        with VideoReader(path) as reader:
            pixels.append(reader.frame_at(0).pixels)
    assert np.array_equal(pixels[0], pixels[1])


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_tags_of_the_container_count_where_the_pictures_have_none(
    suffix: str, tmp_path: Path
) -> None:
    path, tagged = tmp_path / "untagged.mp4", tmp_path / f"tagged.{suffix}"
    codes = blocks([(0.58, 0.58, 0.58)] * 4)
    hdr_film(path, codes, ColorTrc.UNSPECIFIED, primaries=ColorPrimaries.UNSPECIFIED, matrix=2)
    with av.open(str(path), "r") as source, av.open(str(tagged), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        context = stream.codec_context
        context.color_trc, context.color_primaries, context.colorspace = PQ, 9, 9
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    with VideoReader(tagged) as reader:
        assert reader.frame_at(0).pixels.mean() == pytest.approx(tone(203, 10000), abs=ERROR)
        assert reader.frame_at(0.04).pixels.mean() == pytest.approx(tone(203, 10000), abs=ERROR)


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_a_still_in_hdr_has_the_tones_of_a_frame(transfer: ColorTrc) -> None:
    codes = [64, 120, 148, 190]
    ramp = np.repeat(np.repeat(np.array(codes, np.uint8), BLOCK)[np.newaxis], HEIGHT, axis=0)
    ramp = np.ascontiguousarray(np.repeat(ramp[..., np.newaxis], 3, axis=2))
    light, peak = (pq_light, 10000.0) if transfer == PQ else (hlg_light, 1000.0)
    still = load_image(heic(ramp, pixel_format="yuv420p10le", transfer=transfer))
    for code, colour in zip(codes, seen(still), strict=True):
        # a code of 8 bits is up to three levels
        assert colour == pytest.approx((tone(light(code / 255), peak),) * 3, abs=2 * ERROR)
    plain = load_image(heic(ramp, pixel_format="yuv420p10le", transfer=ColorTrc.BT2020_10))
    assert [colour[1] for colour in seen(plain)] == pytest.approx(codes, abs=1)


def test_crop_detector_and_smaller_pictures_have_the_same_tones(tmp_path: Path) -> None:
    path = hdr_film(tmp_path / "white.mp4", blocks([(0.58, 0.58, 0.58)] * 8), PQ)
    white = pytest.approx(tone(203, 10000), abs=ERROR)
    with VideoReader(path) as reader:
        frame = reader.frame_at(0)
        small = reader.frame_at(0.04, max_side=32)
        [played, *_] = reader.clip(0, 0.1, max_side=64)
    assert frame.pixels.shape == (HEIGHT, 8 * BLOCK, 3)
    assert small.pixels.shape == (16, 32, 3)
    crop = cut_face(frame.pixels, Box(40, 20, 20, 20))
    with VideoProcess() as process:
        _, frames = process.look(path, 1)
        [detected] = frames
    for pixels in (frame.pixels, small.pixels, played.pixels, crop.pixels, detected.pixels):
        assert pixels.mean() == white


@pytest.mark.parametrize(
    ("pixel_format", "transfer", "matrix"),
    [
        ("yuv420p", ColorTrc.UNSPECIFIED, 2),
        ("yuv420p", ColorTrc.BT709, int(Colorspace.ITU709)),
        ("yuv420p10le", ColorTrc.BT2020_10, int(Colorspace.BT2020)),
    ],
)
def test_sdr_is_what_ffmpeg_makes_of_it(
    pixel_format: str, transfer: ColorTrc, matrix: int, tmp_path: Path
) -> None:
    def tagged(stream: VideoStream) -> None:
        stream.codec_context.color_trc = transfer
        stream.codec_context.colorspace = matrix

    path = make(tmp_path / "sdr.mp4", 5, pixel_format=pixel_format, prepare=tagged)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        assert frame.color_trc == transfer
        expected = frame.to_ndarray(format="rgb24")
    with VideoReader(path) as reader:
        assert np.array_equal(reader.frame_at(0).pixels, expected)


def test_without_room_for_the_table_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hdr_film(tmp_path / "white.mp4", blocks([(0.58, 0.58, 0.58)] * 4), PQ)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with VideoReader(path) as reader, pytest.raises(MediaError, match=r"temporary folder .*gone"):
        reader.frame_at(0)
