"""Playing a few seconds around a face, decoded in short stretches on the pixels lane."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject, QSize, QTimer, Signal

from facereview.media.crops import LibraryPixels
from facereview.records import FaceView, Video
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.pictures.images import Shot, shot
from facereview.ui.wording.advice import told

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
