"""Decoding on a graphics card, where it gives the very frames that software gives.

Standards since H.264 fix every bit of a picture, older ones leave the last bits open, and a card
need not know every profile. So the first pictures of each video are decoded in both ways and
compared; where one differs, or the card refuses, software decodes that video. PyAV's wheels bring
CUDA for Linux and Windows, VideoToolbox for macOS and D3D11VA for Windows.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.logging
import numpy as np
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.error import FFmpegError
from av.video.reformatter import VideoReformatter

from facereview.errors import MediaError
from facereview.media.container import open_video

if TYPE_CHECKING:
    from av.codec import CodecContext
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

KINDS = {"cuda": "CUDA", "videotoolbox": "VideoToolbox", "d3d11va": "D3D11VA"}
"""FFmpeg's devices in the order they are tried, with the names shown to people."""

_OPTIONS = {"cuda": {"primary_ctx": "1"}}
"""The card's one context for the whole process: making one takes a fifth of a second."""

_COMPARED = 8
"""Pictures of a video that are compared: some that refer to others are among them."""


class Unaccelerated(Exception):
    """The card gave no picture, or a damaged one, where software may give a whole one."""


@dataclass(frozen=True, slots=True)
class Found:
    """The card that decodes here, and why others of :data:`KINDS` do not, by kind."""

    device: Device | None
    refused: dict[str, str]


@cache
def find() -> Found:
    """Look for a card once in this process."""
    refused: dict[str, str] = {}
    for kind in offered():
        try:
            return Found(Device(kind), refused)
        except (FFmpegError, RuntimeError, ValueError) as fault:
            refused[kind] = _why(kind) or str(fault)
    return Found(None, refused)


def offered() -> list[str]:
    """The devices that this FFmpeg was built with."""
    there = hwdevices_available()
    return [kind for kind in KINDS if kind in there]


def _why(kind: str) -> str:
    """What FFmpeg says of a device that cannot be used."""
    before = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture() as said, suppress(FFmpegError, RuntimeError, ValueError):
            _context(kind)
        return ", ".join(dict.fromkeys(line.strip() for _, _, line in said))
    finally:
        av.logging.set_level(before)


def _accelerator(kind: str) -> HWAccel:
    options: dict[str, object] = dict(_OPTIONS.get(kind, {}))
    return HWAccel(kind, allow_software_fallback=False, options=options)


def _context(kind: str) -> CodecContext:
    return av.CodecContext.create("h264", "r", hwaccel=_accelerator(kind))


class Device:
    """A card that can be used now. Raises av.error.FFmpegError or RuntimeError where it cannot."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._context = _context(kind)
        """Keeps the card ready from one video to the next."""

    def open(self, path: str | Path) -> Accelerated | None:
        """A video that this card decodes as software does; None where it does not.

        Raises MediaError as :func:`open_video`.
        """
        software, stream = open_video(path)
        with software:
            try:
                container, own = self._container(path)
            except (MediaError, RuntimeError):
                return None
            opened = Accelerated(container, own, VideoReformatter())
            try:
                if opened.gives(software.decode(stream)):
                    return opened
            except (FFmpegError, ValueError):  # refused, or pictures that NumPy has no form for
                pass
        container.close()
        return None

    def _container(self, path: str | Path) -> tuple[InputContainer, VideoStream]:
        container, stream = open_video(path, _accelerator(self.kind))
        if not stream.codec_context.is_hwaccel:  # its cover picture is what the card decodes
            container.close()
            raise RuntimeError(f"no {self.kind} for {stream.codec_context.name}")
        return container, stream


@dataclass
class Accelerated:
    """A video that a card decodes; it must be sought in before it is read."""

    container: InputContainer
    stream: VideoStream
    _reformatter: VideoReformatter
    _format: str = ""
    """That of software's pictures."""

    def gives(self, expected: Iterable[VideoFrame]) -> bool:
        """Whether the first pictures are those that are ``expected``, with all that they state."""
        mine = self.container.decode(self.stream)
        for theirs, own in zip_longest(islice(expected, _COMPARED), islice(mine, _COMPARED)):
            if theirs is None or own is None:
                return False
            self._format = theirs.format.name
            if not _alike(self.plain(own), theirs):
                return False
        return bool(self._format)

    def plain(self, frame: VideoFrame) -> VideoFrame:
        """A picture in the order of bytes that software gives; a card interleaves the colours."""
        if frame.format.name == self._format:
            return frame
        extent = frame.color_range
        return self._reformatter.reformat(
            frame, format=self._format, src_color_range=extent, dst_color_range=extent
        )


def _alike(one: VideoFrame, other: VideoFrame) -> bool:
    return _stated(one) == _stated(other) and np.array_equal(one.to_ndarray(), other.to_ndarray())


def _stated(frame: VideoFrame) -> tuple[object, ...]:
    colours = (frame.colorspace, frame.color_range, frame.color_trc, frame.color_primaries)
    return frame.pts, frame.width, frame.height, frame.rotation, frame.is_corrupt, *colours
