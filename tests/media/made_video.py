"""Small tricky videos, made on the spot; each frame spells its own number in its pixels."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.stream import Disposition
from av.video.stream import VideoStream

from facereview.media.frames import Frame
from facereview.records import Pixels

FPS = 25
WIDTH, HEIGHT = 160, 96
_BITS = 16


def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """Two rows of eight blocks, black or white: the bits of the number, lowest first."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for bit in range(_BITS):
        row, column = divmod(bit, 8)
        rows = slice(row * height // 2, (row + 1) * height // 2)
        columns = slice(column * width // 8, (column + 1) * width // 8)
        pixels[rows, columns] = 235 if number >> bit & 1 else 20
    return pixels


def number_of(frame: Frame | Pixels) -> int:
    """The number a picture spells."""
    pixels = frame.pixels if isinstance(frame, Frame) else frame
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 8
    number = 0
    for bit in range(_BITS):
        row, column = divmod(bit, 8)
        block = pixels[row * height : (row + 1) * height, column * width : (column + 1) * width]
        inner = block[height // 4 : -height // 4, width // 4 : -width // 4]
        number |= int(inner.mean() > 127) << bit
    return number


def make(
    path: Path,
    count: int = 60,
    *,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    pts: Callable[[int], int] = lambda number: number,
    unit: Fraction = Fraction(1, FPS),
    pixel_format: str = "yuv420p",
    image: Callable[[int], Pixels] = picture,
    prepare: Callable[[VideoStream], None] = lambda stream: None,
    sound: float | None = None,
    cover: bool = False,
) -> Path:
    """Write a video of ``count`` frames shown at ``pts(number)`` times ``unit`` seconds.

    ``prepare`` may set up the stream; ``sound`` adds that many seconds of silence from 0 on;
    ``cover`` adds a cover picture.
    """
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=FPS, options=_options(codec, options))
        assert isinstance(stream, VideoStream)
        first = image(0)
        stream.width, stream.height = first.shape[1], first.shape[0]
        stream.pix_fmt = pixel_format
        stream.codec_context.time_base = unit
        prepare(stream)
        audio = None if sound is None else container.add_stream("aac", rate=48000)
        if cover:
            _add_cover(container)
        if audio is not None and sound is not None:
            _add_silence(container, audio, sound)
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(image(number)).reformat(format=pixel_format)
            frame.pts, frame.time_base = pts(number), unit
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def _options(codec: str, options: dict[str, str] | None) -> dict[str, str]:
    """One thread, so that a file is the same on every machine."""
    usual = {"threads": "1", "preset": "ultrafast", "bf": "2", "g": "25"}
    return {**(usual if codec == "libx264" else {}), **(options or {})}


def _add_silence(
    container: av.container.OutputContainer, stream: AudioStream, seconds: float
) -> None:
    for start in range(0, int(seconds * 48000), 1024):
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        frame.pts, frame.time_base, frame.sample_rate = start, Fraction(1, 48000), 48000
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def _add_cover(container: av.container.OutputContainer) -> None:
    stream = container.add_stream("mjpeg", rate=1)
    stream.width, stream.height, stream.pix_fmt = 320, 320, "yuvj420p"
    stream.disposition = Disposition.attached_pic
    frame = av.VideoFrame.from_ndarray(np.full((320, 320, 3), 200, np.uint8))
    container.mux(stream.encode(frame.reformat(format="yuvj420p")))
    container.mux(stream.encode())


def make_sound(path: Path, seconds: float = 1.0, *, cover: bool = False) -> Path:
    """Write a file with sound, and perhaps a cover picture, but no video."""
    with av.open(str(path), "w") as container:
        audio = container.add_stream("aac", rate=48000)
        if cover:
            _add_cover(container)
        _add_silence(container, audio, seconds)
    return path
