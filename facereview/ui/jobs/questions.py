"""Orders the questions of a library beside the pages, as decisions and the machine change them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.library.service import LibraryService
from facereview.review.questions.ordering import Ordered
from facereview.ui.jobs.lanes import Lane, Ticket

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

START_MS = 2500
"""How long after the window opened the questions are ordered first: the pages come first."""

SOON_MS = 3000
SHARE = 20
"""After an order that took some time, the next one begins so many times that later at the soonest:
what reads every pending face must not take much of what else is done."""


class QuestionOrder(QObject):
    """One order at a time; one that fails in silence is tried again with the next change."""

    done = Signal(object)
    """What was ordered, as :class:`Ordered`."""

    def __init__(
        self,
        work: LibraryService,
        lane: Lane,
        changes: Iterable[SignalInstance],
        parent: QObject | None = None,
    ) -> None:
        """``changes`` say that something is to be ordered anew."""
        super().__init__(parent)
        self._work = work
        self._lane = lane
        self._running = self._again = False
        self._pause = SOON_MS
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._begin)
        self._timer.start(START_MS)
        for change in changes:
            change.connect(self.soon)

    def soon(self, *_what: object) -> None:
        """Something changed that the order does not follow yet."""
        if self._running:
            self._again = True
        elif not self._timer.isActive():
            self._timer.start(self._pause)

    @property
    def busy(self) -> bool:
        """Whether an order is made, or about to be."""
        return self._running or self._timer.isActive()

    def hurry(self) -> None:
        """Wait no longer before the next order."""
        if self._timer.isActive():
            self._timer.start(0)

    def _begin(self) -> None:
        self._running, self._again = True, False
        work, ticket = self._work, Ticket()

        def job() -> tuple[Ordered, float]:
            start = time.monotonic()
            return work.ask_in_order(lambda: ticket.cancelled), time.monotonic() - start

        self._lane.run(self, job, self._came, self._failed, ticket=ticket)

    def _came(self, answer: tuple[Ordered, float]) -> None:
        ordered, seconds = answer
        self._pause = max(SOON_MS, round(1000 * SHARE * seconds))
        self._end()
        self.done.emit(ordered)

    def _failed(self, _error: Exception) -> None:
        self._end()

    def _end(self) -> None:
        self._running = False
        if self._again:
            self._timer.start(self._pause)
