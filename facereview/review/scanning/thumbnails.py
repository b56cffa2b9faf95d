"""A small picture of each video, for lists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from facereview.errors import MediaError
from facereview.media.crops import CropCache
from facereview.media.fingerprint import check_film
from facereview.media.frames import VideoReader
from facereview.media.sampling import sample
from facereview.records import Pixels, Video, VideoSummary

SIDE = 480
"""Longer side of a thumbnail in pixels."""

_DULL = 20.0
"""Deviation of the brightness (of 255) under which a first frame is black, blank or in a fade."""


class Thumbnails:
    """Makes thumbnails and keeps them on disk under the fingerprint of the video's film.

    Another film has another one, so none is ever out of date. Belongs to the pixels lane.
    """

    def __init__(
        self, kept: CropCache, crops: CropCache, local: Callable[[str], Path] = Path
    ) -> None:
        """``kept`` holds thumbnails, ``crops`` the library's faces by id.

        ``local`` says where a path of the library is on this computer.
        """
        self._local = local
        self._kept = kept
        self._crops = crops

    def get(self, summary: VideoSummary) -> Pixels | None:
        """The first frame that is not blank, else the clearest face, else None."""
        key = thumbnail_key(summary.video)
        pixels = self._kept.get(key) if key is not None else None
        if pixels is not None:
            return pixels
        path = self._local(summary.video.path)
        try:
            check_film(path, summary.video.content)
            pixels = _frame(path)
        except MediaError:
            return self._crops.get(summary.cover) if summary.cover is not None else None
        if key is not None:
            self._kept.put(key, pixels)
        return pixels


def thumbnail_key(video: Video) -> int | None:
    """60 bits of the fingerprint; None for videos that have none yet."""
    try:
        return int((video.content or "").partition("-")[2][:15], 16)
    except ValueError:
        return None


def _frame(path: Path) -> Pixels:
    with VideoReader(path) as reader:
        first = reader.frame_at(0.0, max_side=SIDE).pixels
        if float(first[..., 1].std()) >= _DULL:
            return first
        better = next(sample(reader, 1), None)
        return first if better is None else reader.frame_at(better.timestamp, max_side=SIDE).pixels
