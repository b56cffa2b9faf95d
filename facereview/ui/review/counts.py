"""Counts beside the queues, kept up to date without asking the database at every key."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import DECIDED, Counts, Status
from facereview.review.decisions.intents import Kind, Outcome, Undoable
from facereview.review.desk import Desk, QueueKind
from facereview.ui.jobs.lanes import Lane, Rank

_IDLE_MS = 3000
_PACE_OF = 60
_PAUSE = 120.0  # a longer break than this is not working time


@dataclass(frozen=True, slots=True)
class Totals:
    """What the database said at once."""

    counts: Counts
    automatic: int
    today: int
    undoable: Undoable | None


class Tally(QObject):
    """Counts of the library; exact when loaded, then moved along with each decision."""

    changed = Signal()
    loaded = Signal(object)
    """Carries :class:`Totals`."""
    failed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        lane: Lane,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._clock = clock
        self._times: deque[tuple[float, int]] = deque(maxlen=_PACE_OF)
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._idle.timeout.connect(self.load)
        self.pending = 0
        self.decided = 0
        self.rejected = 0
        self.automatic = 0
        self.today = 0
        self.counts: Counts | None = None

    def load(self, *, anyway: bool = False) -> None:
        """Ask the database; ``anyway``: also while the curator decides.

        What this curator decides on the same lane is in the answer, or comes after it.
        """
        desk = self._desk

        def job() -> Totals:
            automatic = len(desk.queue(QueueKind.AUTOMATIC))
            return Totals(desk.counts(), automatic, desk.decided_today(), desk.undoable())

        def came(totals: Totals) -> None:
            if anyway or not self._idle.isActive():  # else these figures are behind already
                self._arrived(totals)

        self._lane.run(self, job, came, self.failed.emit, rank=Rank.AHEAD)

    def count(self, outcome: Outcome, automatic: int) -> None:
        """Move the counts along with a decision; ``automatic``: so many were the machine's."""
        for change in outcome.changes:
            self._move(change.before.status, -1)
            self._move(change.after.status, 1)
        # what the machine matched was not counted as decided before
        self.decided += automatic
        self.automatic = max(0, self.automatic - automatic)
        if outcome.intent.kind in (Kind.UNDO, Kind.REDO):
            self.today = max(0, self.today + _settled(outcome))
        elif outcome.intent.kind not in (Kind.NOT_PERSON, Kind.SKIP):
            confirms = outcome.intent.kind is Kind.CONFIRM  # counts where it was the machine's
            self.today += automatic if confirms else len(outcome.changes)
            self._times.append((self._clock(), len(outcome.changes)))
        self._idle.start()
        self.changed.emit()

    def seconds_left(self, faces: int) -> float | None:
        """How long so many faces take at the curator's pace; None while that is not known."""
        if len(self._times) < 10:
            return None
        spent, settled = 0.0, 0
        moments = list(self._times)
        for (before, _), (after, count) in pairwise(moments):
            spent += min(after - before, _PAUSE)
            settled += count
        return faces * spent / settled if settled else None

    def _arrived(self, totals: Totals) -> None:
        counts = totals.counts
        self.counts = counts
        self.pending, self.rejected = counts.pending, counts.rejected
        self.decided = max(0, counts.matched + counts.manual - totals.automatic)
        self.automatic, self.today = totals.automatic, totals.today
        self.loaded.emit(totals)
        self.changed.emit()

    def _move(self, status: Status, step: int) -> None:
        if status is Status.PENDING:
            self.pending += step
        elif status in DECIDED:
            self.decided += step
        else:
            self.rejected += step


def _settled(outcome: Outcome) -> int:
    """By how many more faces are settled now."""
    return sum(
        (change.before.status is Status.PENDING) - (change.after.status is Status.PENDING)
        for change in outcome.changes
    )
