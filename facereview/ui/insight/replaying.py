"""Replaying decisions beside the window, and not all the time while others decide."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from facereview.review.insight.desk import ThresholdDesk
from facereview.review.insight.thresholds import Replay
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lane

REST = 10
"""A replay begins at the earliest after so many times as long as the last one took."""


class Replaying(QObject):
    """One replay at a time; what is asked for meanwhile is done after it and a rest."""

    changed = Signal()
    """One began, went on or ended."""
    progressed = Signal(object)
    done = Signal(object)
    """Carries the :class:`Replay`."""
    failed = Signal(object)

    def __init__(self, desk: ThresholdDesk, lane: Lane, page: QWidget) -> None:
        """``page`` asks again when it comes to sight: out of sight decisions are not replayed."""
        super().__init__(page)
        self._desk, self._page = desk, page
        self._again = False
        self._clock = QElapsedTimer()
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._rested)
        self._job = BackgroundJob(lane, self.tr("replaying past decisions"), self)
        self._job.changed.connect(self.changed)
        self._job.progressed.connect(self.progressed)
        self._job.done.connect(self._ended)
        self._job.failed.connect(self.failed)

    @property
    def running(self) -> bool:
        """Whether decisions are being replayed."""
        return self._job.running

    @property
    def stopping(self) -> bool:
        """Whether that was cancelled and has not ended."""
        return self._job.stopping

    def look(self) -> None:
        """Replay decisions, again where some were made since."""
        if self.running or self._rest.isActive():
            self._again = True
            return
        desk, self._again = self._desk, False

        def work(tell: Tell, cancelled: Asked) -> Replay:
            return desk.replay(on_progress=tell, cancelled=cancelled)

        self._clock.start()
        self._job.start(work)

    def cancel(self) -> None:
        """Stop; what was replayed before stays."""
        self._again = False
        self._job.cancel()

    def _ended(self, replayed: Replay) -> None:
        self._rest.start(REST * self._clock.elapsed())
        self.done.emit(replayed)

    def _rested(self) -> None:
        if self._again and self._page.isVisible():
            self.look()
