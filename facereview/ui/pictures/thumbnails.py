"""Small pictures of videos, loaded on the pixels lane, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict

from cachetools import LRUCache
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from facereview.errors import ReviewError
from facereview.records import VideoSummary
from facereview.review.scanning.thumbnails import Thumbnails
from facereview.ui.jobs.lanes import Lane, Rank
from facereview.ui.pictures.images import shot

BUDGET = 64 * 1024 * 1024
"""Bytes of pictures that are kept."""

SIZE = QSize(480, 270)
"""Largest picture, in device pixels."""

_WAITING = 48  # what was asked for longer ago has scrolled by

Key = tuple[int, str | None]


class ThumbnailStore(QObject):
    """Pictures by video; asking for one that is missing loads it, the newest wish first."""

    arrived = Signal(int)
    """The picture of this video is there."""

    def __init__(
        self,
        source: Thumbnails,
        lane: Lane,
        parent: QObject | None = None,
        *,
        budget: int = BUDGET,
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._lane = lane
        self._images: LRUCache[Key, QImage] = LRUCache(budget, QImage.sizeInBytes)
        self._missing: set[Key] = set()
        self._wanted: OrderedDict[Key, VideoSummary] = OrderedDict()
        self._loading: Key | None = None

    def get(self, summary: VideoSummary) -> QImage | None:
        """The picture of a video if it is there."""
        key = _key(summary)
        have = self._images.get(key)
        if have is not None:
            return have
        if key not in self._missing and key != self._loading:
            self._wanted[key] = summary
            self._wanted.move_to_end(key)
            while len(self._wanted) > _WAITING:
                self._wanted.popitem(last=False)
            self._load()
        return None

    @property
    def busy(self) -> bool:
        """Whether pictures are on their way."""
        return self._loading is not None

    def forget_missing(self) -> None:
        """Look again for what was not there."""
        self._missing.clear()

    def pause(self) -> None:
        """Drop what is wanted: nobody looks any more."""
        self._wanted.clear()

    def _load(self) -> None:
        if self.busy or not self._wanted:
            return
        key, summary = self._wanted.popitem()
        self._loading = key
        source = self._source

        def job() -> QImage | None:
            return _loaded(source, summary)

        def done(made: QImage | None) -> None:
            self._loading = None
            self._keep(key, made)
            self._load()

        def failed(_error: Exception) -> None:
            self._loading = None
            self._missing.add(key)
            self._load()

        self._lane.run(self, job, done, failed, rank=Rank.AHEAD)

    def _keep(self, key: Key, made: QImage | None) -> None:
        if made is None:
            self._missing.add(key)
        else:
            self._images[key] = made
        self.arrived.emit(key[0])


def _key(summary: VideoSummary) -> Key:
    """A video that changed has another picture."""
    return summary.video.id, summary.video.file_hash


def _loaded(source: Thumbnails, summary: VideoSummary) -> QImage | None:
    try:
        pixels = source.get(summary)
    except ReviewError:
        return None
    return None if pixels is None else shot(pixels, SIZE).image.copy()
