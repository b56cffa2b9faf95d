"""Pictures of videos, read on the pixels lane: frames ahead of need, playback, thumbnails."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QImage

from facereview.errors import MissingFile, ReviewError
from facereview.media.pixels import LibraryPixels
from facereview.records import Face, FaceView, Pixels, Video, VideoSummary
from facereview.review.scanning.thumbnails import Thumbnails
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.loader import Loader, one_by_one
from facereview.ui.pictures.images import Shot, close_up, shot
from facereview.ui.wording.advice import told

FRAMES_AHEAD = 6
"""How many frames are decoded ahead."""

_FRAME_BUDGET = 64 * 1024 * 1024
"""Bytes of scaled frames that are kept."""

Key = tuple[int, str | None, float, int]
"""A frame: video id, its film, second, and the face it is a close-up of, or 0."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    video: Video
    face: Face
    faces: tuple[Face, ...]
    close: bool
    size: QSize


def key_of(view: FaceView, *, close: bool = False) -> Key:
    """The frame that a face is in, or its close-up."""
    video, face = view.video, view.face
    return video.id, video.content, face.timestamp, face.id if close else 0


class FrameStore(Loader[Key, _Wanted, Shot]):
    """Frames by video and second, the frame of the current face loaded first."""

    def __init__(
        self,
        source: LibraryPixels,
        lane: Lane,
        parent: QObject | None = None,
        *,
        budget: int = _FRAME_BUDGET,
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


BEFORE = 1.5
AFTER = 2.5
_STRETCH = 0.5
_TICK_MS = 66
_MAX_SIDE = 1280
_ENOUGH = 8  # frames decoded ahead


class Playback(QObject):
    """Emits one picture after the other until the end, or until stopped."""

    shown = Signal(object)
    """The next :class:`Shot`; None when it ends."""
    failed = Signal(str)

    def __init__(self, source: LibraryPixels, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._lane = lane
        self._frames: deque[Shot] = deque()
        self._ticket: Ticket | None = None
        self._video: Video | None = None
        self._at = self._end = self._last = 0.0
        self._view = QSize()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        """Whether it plays."""
        return self._video is not None

    def start(self, view: FaceView, size: QSize) -> None:
        """Play around a face, for a view of so many device pixels."""
        self.stop()
        self._video, self._view = view.video, size
        self._at = max(0.0, view.face.timestamp - BEFORE)
        self._end, self._last = view.face.timestamp + AFTER, -1.0
        self._decode()
        self._timer.start()

    def stop(self) -> None:
        """End it."""
        if self._video is None:
            return
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        self._video = None
        self._timer.stop()
        self._frames.clear()
        self.shown.emit(None)

    def _decode(self) -> None:
        video, source, view = self._video, self._source, self._view
        start, last = self._at, self._last
        if video is None or start >= self._end:
            return
        end = min(self._end, start + _STRETCH)
        self._at = end

        def job() -> list[tuple[float, Shot]]:
            pictures = source.clip(video, start, end, _MAX_SIDE)
            # The first frame may be the last of the previous stretch.
            return [(p.timestamp, shot(p.pixels, view)) for p in pictures if p.timestamp > last]

        self._ticket = self._lane.run(self, job, self._decoded, self._fail, rank=Rank.URGENT)

    def _decoded(self, frames: list[tuple[float, Shot]]) -> None:
        self._ticket = None
        for self._last, frame in frames:
            self._frames.append(frame)
        if len(self._frames) < _ENOUGH:
            self._decode()

    def _tick(self) -> None:
        if self._frames:
            self.shown.emit(self._frames.popleft())
        elif self._ticket is None and self._at >= self._end:
            self.stop()
            return
        if self._ticket is None and len(self._frames) < _ENOUGH:
            self._decode()

    def _fail(self, error: Exception) -> None:
        self.stop()
        self.failed.emit(told(error))


_THUMBNAIL_BUDGET = 64 * 1024 * 1024
"""Bytes of thumbnails that are kept."""

_THUMBNAIL = QSize(480, 270)
"""The largest, in device pixels."""

_THUMBNAILS_WAITING = 48  # older requests have scrolled out of view


class ThumbnailStore(Loader[tuple[int, str | None], VideoSummary, QImage]):
    """Pictures by video; a missing one is loaded, the newest request first."""

    answered = Signal(int)
    """The picture of this video was loaded, or cannot be."""

    def __init__(self, source: Thumbnails, lane: Lane, parent: QObject | None = None) -> None:
        def load(summary: VideoSummary) -> QImage | None:
            pixels = source.get(summary)
            return None if pixels is None else shot(pixels, _THUMBNAIL).image.copy()

        super().__init__(
            lane,
            one_by_one(load),
            parent,
            budget=_THUMBNAIL_BUDGET,
            cost=QImage.sizeInBytes,
            waiting=_THUMBNAILS_WAITING,
        )
        for signal in (self.arrived, self.gone):
            signal.connect(lambda key: self.answered.emit(key[0]))

    def picture(self, summary: VideoSummary) -> QImage | None:
        """The picture of a video if loaded; a changed video gets a new one."""
        return self.ask((summary.video.id, summary.video.content), summary)

    def pause(self) -> None:
        """Drop waiting requests: the list is hidden."""
        self._waiting.clear()
