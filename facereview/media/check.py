"""Check that videos can be decoded: a short one is encoded and read back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import av
import numpy as np

from facereview.errors import MediaError
from facereview.media.frames import VideoReader
from facereview.media.make import Film, Shot, View, make_video

COMMON = ("h264", "hevc", "vp9", "av1", "mpeg4")


def lacking_decoders() -> list[str]:
    """Common codecs that this FFmpeg cannot decode."""
    return [codec for codec in COMMON if codec not in av.codecs_available]


def decode_once() -> None:
    """Encode a second of two greys and read its last frame back.

    Raises:
        MediaError: what came back is not what was encoded.
    """
    dark, bright = (np.full((64, 64, 3), grey, np.uint8) for grey in (40, 200))
    still = View(32, 32, 64)
    film = Film((Shot(dark, still, still, 0.5), Shot(bright, still, still, 0.5)), 64, 64, fade=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.mp4"
        make_video(film, path)
        with VideoReader(path) as reader:
            grey = float(reader.frame_at(0.9).pixels.mean())
    if abs(grey - 200) > 8:
        raise MediaError("Videos are decoded wrongly here: install facereview's `av` again.")
