"""The queue of the Review page: loading it, the place in it, skipped faces, and the counts."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import DECIDED, Config, Counts, FaceState, Status
from facereview.review.decisions.history import Latest
from facereview.review.decisions.intents import Kind, Outcome
from facereview.review.desk import Desk, QueueKind
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.review.queue_cursor import Compared, QueueCursor

Read = tuple[NDArray[np.int32] | None, tuple[int, ...], Config]
"""The ids of a queue (None: the skipped ones), the skipped faces, and the settings."""
_IDLE_MS = 3000
_PACE_OF = 60
_PAUSE = 120.0  # a longer break than this is not working time


class Tab(StrEnum):
    """The queues as the page offers them: the desk's, and this curator's skipped faces."""

    PENDING = "pending"
    AUTOMATIC = "automatic"
    SKIPPED = "skipped"
    DECIDED = "decided"
    REJECTED = "rejected"


class ReviewQueue(QObject):
    """The current queue, and the place in it."""

    loading = Signal()
    loaded = Signal()
    followed = Signal()
    """The queue was read again: open faces and settings may have changed."""
    failed = Signal(object)

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._ticket = Ticket()
        self._loading = False
        self._skipped: dict[int, None] = {}
        self._place: tuple[int, int] | None = None
        self.config: Config | None = None
        self.loaded_once = False
        """Whether there is a place worth remembering."""
        self.tab = Tab.PENDING
        self.cursor = QueueCursor(np.empty(0, dtype=np.int32))

    @property
    def skipped(self) -> tuple[int, ...]:
        """Faces this curator skipped that are not settled since, in the order of skipping."""
        return tuple(self._skipped)

    def load(self, tab: Tab, *, place: tuple[int, int] | None = None) -> None:
        """Load a queue; ``place`` is a remembered (face id, index) to go back to."""
        self.tab, self._place = tab, place
        self._loading = True
        self.loading.emit()
        self._ticket.cancel()
        self._ticket = self._lane.run(self, self._reading(), self._arrived, self.failed.emit)

    def follow(self, holds: Callable[[], bool]) -> None:
        """Read the same queue again in place: the current face stays at hand.

        ``holds`` says at the answer whether what was decided here before is in it.
        """
        if self._loading:  # what is on its way may be too old
            self.load(self.tab, place=self._place)
            return
        self.cursor.begin_reading()
        self._compare(self._reading(), holds)

    def reload(self) -> None:
        """Load the same queue again and stay at the current face, or where it was."""
        here = self.cursor.current
        if here is not None:
            self._place = (here, self.cursor.index)
        self.load(self.tab, place=self._place)

    def settle(self, face_ids: Iterable[int]) -> None:
        """Mark faces as decided: advancing passes over them, and they are no longer skipped."""
        settled = list(face_ids)
        self.cursor.settle(settled)
        for face_id in settled:
            self._skipped.pop(face_id, None)

    def skip(self, face_ids: Iterable[int]) -> None:
        later = list(face_ids)
        self.cursor.to_end(later)
        for face_id in later:
            self._skipped.pop(face_id, None)
            self._skipped[face_id] = None

    def unskip(self, face_ids: Iterable[int]) -> None:
        """Unskip faces: they come next."""
        back = list(face_ids)
        for face_id in back:
            self._skipped.pop(face_id, None)
        if back and self.tab is Tab.SKIPPED:
            self.cursor.drop(back)
        elif back and self.tab is Tab.PENDING:
            self.cursor.reopen(back)

    def holds(self, state: FaceState) -> bool:
        """Whether a face in this state belongs to the current queue."""
        if self.tab is Tab.DECIDED:
            return state.status in DECIDED
        if self.tab is Tab.REJECTED:
            return state.status is Status.REJECTED
        if self.tab is Tab.AUTOMATIC:
            return state.status is Status.MATCHED
        return state.status is Status.PENDING

    def _reading(self) -> Callable[[], Read]:
        desk, tab = self._desk, self.tab

        def job() -> Read:
            ids = None if tab is Tab.SKIPPED else desk.queue(QueueKind(tab.value))
            return ids, tuple(desk.skipped()), desk.settings.config()

        return job

    def _compare(self, reading: Callable[[], Read], holds: Callable[[], bool]) -> None:
        standing = self.cursor.standing()

        def job() -> tuple[Read, Compared]:
            read = reading()
            return read, standing.compared(_ids(read))

        def came(answer: tuple[Read, Compared]) -> None:
            read, compared = answer
            if not holds():
                return
            if self.cursor.follow(compared, reopens=self.tab not in (Tab.DECIDED, Tab.REJECTED)):
                self._follow(read)
            else:
                self._compare(lambda: read, holds)

        self._ticket.cancel()
        self._ticket = self._lane.run(self, job, came, lambda _error: None)

    def _arrived(self, read: Read) -> None:
        _, skipped, self.config = read
        self._skipped = dict.fromkeys(skipped)
        self._loading = False
        self.loaded_once = True
        self.cursor = QueueCursor(_ids(read))
        if self.tab is Tab.PENDING:
            self.cursor.to_end(self._skipped)
        if self._place is None:
            self.cursor.settle_in()
        else:
            self.cursor.restore(*self._place)
        self.loaded.emit()

    def _follow(self, read: Read) -> None:
        _, skipped, self.config = read
        cursor = self.cursor
        newer = [face for face in self._skipped if cursor.edited(face)]
        late = [face for face in skipped if not cursor.edited(face)]
        if self.tab is Tab.PENDING:
            new = (face for face in late if face not in self._skipped and face != cursor.current)
            cursor.to_end([face for face in new if cursor.is_open(face)])
        self._skipped = dict.fromkeys((*late, *newer))
        self.followed.emit()


def _ids(read: Read) -> NDArray[np.int32]:
    ids, skipped, _ = read
    return np.asarray(skipped, dtype=np.int32) if ids is None else ids


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts that were read together."""

    counts: Counts
    automatic: int
    today: int
    undoable: Latest | None


class Tally(QObject):
    """Counts of the library: exact when loaded, then adjusted with each decision."""

    changed = Signal()
    loaded = Signal(object)
    """Carries :class:`Totals`."""
    failed = Signal(object)

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
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
            if anyway or not self._idle.isActive():  # else these counts are outdated already
                self._arrived(totals)

        self._lane.run(self, job, came, self.failed.emit, rank=Rank.AHEAD)

    def count(self, outcome: Outcome, automatic: int) -> None:
        """Adjust the counts for a decision; ``automatic`` counts former automatic matches."""
        for change in outcome.changes:
            self._move(change.before.status, -1)
            self._move(change.after.status, 1)
        # automatic matches were not counted as decided before
        self.decided += automatic
        self.automatic = max(0, self.automatic - automatic)
        if outcome.intent.kind in (Kind.UNDO, Kind.REDO):
            self.today = max(0, self.today + _settled(outcome))
        elif outcome.intent.kind not in (Kind.NOT_PERSON, Kind.SKIP):
            confirms = outcome.intent.kind is Kind.CONFIRM  # counts only automatic matches
            self.today += automatic if confirms else len(outcome.changes)
            self._times.append((time.monotonic(), len(outcome.changes)))
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
