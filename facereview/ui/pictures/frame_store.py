"""Frames scaled for the view, decoded ahead of need on the pixels lane, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRectF, QSize

from facereview.errors import MissingFile, ReviewError
from facereview.media.crops import LibraryPixels
from facereview.records import Face, FaceView, Pixels, Video
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.loader import Loader
from facereview.ui.pictures.images import Shot, close_up, shot
from facereview.ui.wording.advice import told

AHEAD = 6
"""How many frames are decoded ahead."""

BUDGET = 96 * 1024 * 1024
"""Bytes of scaled frames that are kept."""

Key = tuple[int, float, int]
"""A frame: video id, second, and the face it is a close-up of, or 0."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    video: Video
    face: Face
    faces: tuple[Face, ...]
    close: bool
    size: QSize


def key_of(view: FaceView, *, close: bool = False) -> Key:
    """The frame that a face is in, or its close-up."""
    return view.video.id, view.face.timestamp, view.face.id if close else 0


class FrameStore(Loader[Key, _Wanted, Shot]):
    """Frames by video and second, the frame of the current face loaded first."""

    def __init__(
        self,
        source: LibraryPixels,
        lane: Lane,
        parent: QObject | None = None,
        *,
        budget: int = BUDGET,
    ) -> None:
        def job(wishes: Mapping[Key, _Wanted], _ticket: Ticket) -> dict[Key, Shot]:
            return {key: _shot(source, wanted) for key, wanted in wishes.items()}

        # Two frames are kept even if the view is too large for the budget.
        super().__init__(
            lane, job, parent, budget=budget, cost=lambda made: min(made.bytes, budget // 2)
        )
        self._size = QSize(960, 540)

    def set_view(self, size: QSize) -> bool:
        """Scale for a view of so many device pixels from now on; whether that is another size."""
        if size == self._size or size.isEmpty():
            return False
        self._size = QSize(size)
        return True

    def fault(self, key: Key) -> str | None:
        """Why the frame could not be loaded."""
        error = self._lost.get(key)
        if error is None:
            return None
        known = isinstance(error, ReviewError)
        return told(error) if known else self.tr("This frame cannot be shown.")

    def away(self, key: Key) -> bool:
        """Whether the frame could not be loaded because its file is missing."""
        return isinstance(self._lost.get(key), MissingFile)

    def want(self, view: FaceView, ahead: Sequence[FaceView], *, close: bool = False) -> None:
        """Load this frame now and those next, nearest first; ``close``: as close-ups."""

        def wishes(views: Sequence[FaceView]) -> dict[Key, _Wanted]:
            return {
                key_of(one, close=close): _Wanted(
                    one.video, one.face, one.frame_mates, close, QSize(self._size)
                )
                for one in views
            }

        self.load(wishes([view]), wishes(ahead[: self._room()]), rank=Rank.URGENT)

    def _room(self) -> int:
        """How many frames fit beside the one at hand."""
        one = self._size.width() * self._size.height() * 4
        return max(1, self._budget // one - 1)

    def _usable(self, have: Shot) -> bool:
        """Whether it was scaled for the current view: one side fills it, none exceeds it."""
        width, height = have.image.width(), have.image.height()
        over = max(width - self._size.width(), height - self._size.height())
        under = min(self._size.width() - width, self._size.height() - height)
        return over <= 1 and under <= 1


def _shot(source: LibraryPixels, wanted: _Wanted) -> Shot:
    picture = source.frame(wanted.video, wanted.face.timestamp)
    source.keep_faces(wanted.faces, picture)
    return shot(picture.pixels, wanted.size, _region(wanted, picture.pixels))


def _region(wanted: _Wanted, pixels: Pixels) -> QRectF | None:
    """What is shown of the frame; all of it where the face has no valid box."""
    box = wanted.face.box.in_frame(pixels.shape[1], pixels.shape[0])
    if not wanted.close or box is None:
        return None
    return close_up(QRectF(box.x, box.y, box.width, box.height), wanted.size)
