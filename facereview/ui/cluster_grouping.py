"""Brings the groups up to date on the work lane, one run at a time, with progress."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import Progress
from facereview.review.clusters.records import Regrouped
from facereview.ui.cluster_ports import ClusterWork
from facereview.ui.lanes import Lane, Ticket

_IDLE_MS = 2500
"""After a decision the groups are brought up to date when no key was pressed for so long."""


class Grouping(QObject):
    """Runs a grouping; a wish that comes while one runs is done after it."""

    changed = Signal()
    """It began, went on, or ended."""
    done = Signal(object)
    """What it did: :class:`Regrouped`."""
    failed = Signal(object)

    def __init__(self, work: ClusterWork, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._lane = lane
        self._stop: Ticket | None = None
        self._again = False
        self.progress: Progress | None = None
        self._soon = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._soon.timeout.connect(self.run)

    @property
    def busy(self) -> bool:
        """Whether a grouping runs or is about to."""
        return self.running or self._soon.isActive()

    @property
    def running(self) -> bool:
        """Whether a grouping is under way."""
        return self._stop is not None

    @property
    def stopping(self) -> bool:
        """Whether it was cancelled and comes to its end."""
        return self._stop is not None and self._stop.cancelled

    def soon(self) -> None:
        """Something changed: bring the groups up to date once the keys rest."""
        self._soon.start()

    def run(self, *, from_nothing: bool = False) -> None:
        """Bring the groups up to date now."""
        self._soon.stop()
        if self._stop is not None:
            self._again = True
            return
        # the lane drops the answer of a job whose own ticket is cancelled: ours is another one
        stop, ticket, work = Ticket(), Ticket(), self._work
        self._stop, self.progress = stop, None

        def told(progress: Progress) -> None:
            self._lane.tell(self, self._went_on, progress)

        def cancelled() -> bool:
            return stop.cancelled or ticket.cancelled

        def job() -> Regrouped | None:
            result = work.regroup(from_nothing=from_nothing, on_progress=told, cancelled=cancelled)
            return None if cancelled() else result

        self._lane.run(self, job, self._ended, self._broke, ticket=ticket)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop it; the groups stay as they are."""
        self._again = False
        if self._stop is not None:
            self._stop.cancel()
            self.changed.emit()

    def _went_on(self, progress: Progress) -> None:
        if self._stop is not None:
            self.progress = progress
            self.changed.emit()

    def _ended(self, result: Regrouped | None) -> None:
        self._stop = None
        self.changed.emit()
        if result is not None:
            self.done.emit(result)
        self._go_on()

    def _broke(self, error: Exception) -> None:
        cancelled = self.stopping
        self._stop = None
        self._again = False
        self.changed.emit()
        if not cancelled:
            self.failed.emit(error)

    def _go_on(self) -> None:
        if self._again:
            self._again = False
            self.run()
