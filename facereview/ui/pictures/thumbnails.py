"""Small pictures of videos, loaded on the pixels lane, in bounded memory."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from facereview.records import VideoSummary
from facereview.review.scanning.thumbnails import Thumbnails
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.loader import Loader, one_by_one
from facereview.ui.pictures.images import shot

BUDGET = 64 * 1024 * 1024
"""Bytes of pictures that are kept."""

SIZE = QSize(480, 270)
"""Largest picture, in device pixels."""

_WAITING = 48  # older requests have scrolled out of view

Key = tuple[int, str | None]


class ThumbnailStore(Loader[Key, VideoSummary, QImage]):
    """Pictures by video; a missing one is loaded, the newest request first."""

    answered = Signal(int)
    """The picture of this video was loaded, or cannot be."""

    def __init__(
        self,
        source: Thumbnails,
        lane: Lane,
        parent: QObject | None = None,
        *,
        budget: int = BUDGET,
    ) -> None:
        def load(summary: VideoSummary) -> QImage | None:
            pixels = source.get(summary)
            return None if pixels is None else shot(pixels, SIZE).image.copy()

        super().__init__(
            lane,
            one_by_one(load),
            parent,
            budget=budget,
            cost=QImage.sizeInBytes,
            waiting=_WAITING,
        )
        for signal in (self.arrived, self.gone):
            signal.connect(lambda key: self.answered.emit(key[0]))

    def picture(self, summary: VideoSummary) -> QImage | None:
        """The picture of a video if loaded; a changed video gets a new one."""
        return self.ask((summary.video.id, summary.video.file_hash), summary)

    def pause(self) -> None:
        """Drop waiting requests: the list is hidden."""
        self._waiting.clear()
