"""Frames scaled for the view, decoded ahead of need on the pixels lane, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cachetools import LRUCache
from PySide6.QtCore import QObject, QRectF, QSize, Signal

from facereview.errors import MissingFile, ReviewError
from facereview.media.pixels import LibraryPixels
from facereview.records import Face, FaceView, Pixels, Video
from facereview.ui.jobs.lanes import Lane, Rank
from facereview.ui.pictures.images import Shot, close_up, shot
from facereview.ui.wording.advice import told

AHEAD = 6
"""How many frames are decoded ahead."""

BUDGET = 96 * 1024 * 1024
"""Bytes of scaled frames that are kept."""

_FAULTS = 500

Key = tuple[int, float, int]
"""A frame: video id, second, and the face it is a close-up of, or 0."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    key: Key
    video: Video
    face: Face
    faces: tuple[Face, ...]


def key_of(view: FaceView, *, close: bool = False) -> Key:
    """The frame that a face is in, or its close-up."""
    return view.video.id, view.face.timestamp, view.face.id if close else 0


class FrameStore(QObject):
    """Frames by video and second; what is not there is asked for, the face at hand first."""

    arrived = Signal(object)
    """This frame (:data:`Key`) is there."""
    failed = Signal(object, str)
    """This frame cannot be had, and why."""

    def __init__(
        self,
        source: LibraryPixels,
        lane: Lane,
        parent: QObject | None = None,
        *,
        budget: int = BUDGET,
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._lane = lane
        # Of a view too large for the budget two frames are kept all the same.
        self._shots: LRUCache[Key, Shot] = LRUCache(
            budget, lambda made: min(made.bytes, budget // 2)
        )
        self._faults: LRUCache[Key, str] = LRUCache(_FAULTS)
        self._away: set[Key] = set()
        self._size = QSize(960, 540)
        self._coming: set[Key] = set()
        self._ahead: list[_Wanted] = []

    def set_view(self, size: QSize) -> bool:
        """Scale for a view of so many device pixels from now on; whether that is another size."""
        if size == self._size or size.isEmpty():
            return False
        self._size = QSize(size)
        return True

    def get(self, key: Key) -> Shot | None:
        """The frame if it is there, perhaps still in another view's size."""
        return self._shots.get(key)

    def fault(self, key: Key) -> str | None:
        """Why the frame cannot be had."""
        return self._faults.get(key)

    def away(self, key: Key) -> bool:
        """Whether the frame cannot be had because its file is not here."""
        return key in self._faults and key in self._away

    def want(self, view: FaceView, ahead: Sequence[FaceView], *, close: bool = False) -> None:
        """Have this frame now and those next, nearest first; ``close``: as close-ups."""
        now = _wanted(view, close)
        if self._missing(now.key):
            self._load(now, Rank.URGENT)
        self._ahead = [_wanted(one, close) for one in ahead[: self._room()]]
        for wanted in (*reversed(self._ahead), now):
            self._shots.get(wanted.key)  # used last, so that others make room
        self._load_ahead()

    def _room(self) -> int:
        """How many frames fit beside the one at hand."""
        one = self._size.width() * self._size.height() * 4
        return max(1, int(self._shots.maxsize) // one - 1)

    def forget_faults(self) -> None:
        """Try again what could not be had: a drive may be back."""
        self._faults.clear()
        self._away.clear()

    def _missing(self, key: Key) -> bool:
        if key in self._coming or key in self._faults:
            return False
        have = self._shots.get(key)
        return have is None or not self._fits(have)

    def _fits(self, have: Shot) -> bool:
        """Whether it was scaled for the present view: one side fills it, none goes beyond."""
        width, height = have.image.width(), have.image.height()
        over = max(width - self._size.width(), height - self._size.height())
        under = min(self._size.width() - width, self._size.height() - height)
        return over <= 1 and under <= 1

    def _load_ahead(self) -> None:
        """One at a time, so that the frame at hand never waits for more than one of them."""
        if self._coming:
            return
        while self._ahead:
            wanted = self._ahead.pop(0)
            if self._missing(wanted.key):
                self._load(wanted, Rank.AHEAD)
                return

    def _load(self, wanted: _Wanted, rank: Rank) -> None:
        self._coming.add(wanted.key)
        source, size = self._source, QSize(self._size)

        def job() -> Shot:
            picture = source.frame(wanted.video, wanted.face.timestamp)
            source.keep_faces(wanted.faces, picture)
            return shot(picture.pixels, size, _region(wanted, picture.pixels, size))

        def done(made: Shot) -> None:
            self._coming.discard(wanted.key)
            self._shots[wanted.key] = made
            self.arrived.emit(wanted.key)
            self._load_ahead()

        def failed(error: Exception) -> None:
            self._coming.discard(wanted.key)
            known = isinstance(error, ReviewError)
            reason = told(error) if known else self.tr("This frame cannot be shown.")
            self._faults[wanted.key] = reason
            if isinstance(error, MissingFile):
                self._away.add(wanted.key)
            self.failed.emit(wanted.key, reason)
            self._load_ahead()

        self._lane.run(self, job, done, failed, rank=rank)


def _wanted(view: FaceView, close: bool) -> _Wanted:
    return _Wanted(key_of(view, close=close), view.video, view.face, view.frame_mates)


def _region(wanted: _Wanted, pixels: Pixels, view: QSize) -> QRectF | None:
    """What is shown of the frame; all of it where the face has no valid box."""
    box = wanted.face.box.in_frame(pixels.shape[1], pixels.shape[0])
    if not wanted.key[2] or box is None:
        return None
    return close_up(QRectF(box.x, box.y, box.width, box.height), view)
