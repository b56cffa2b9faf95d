"""The queue of the Review page: loading it, the place in it, skipped faces, and the counts."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from facereview.filters import FaceFilter, FaceKind, GroupBy, SortBy
from facereview.records import DECIDED, Config, Counts, FaceState, Status
from facereview.review.decisions.history import Latest
from facereview.review.decisions.intents import Kind, Outcome
from facereview.review.desk import Desk, QueueKind
from facereview.review.filters.groups import Groups
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.loader import FACES_AHEAD
from facereview.ui.review.queue_cursor import Arranged, Compared, QueueCursor

_IDLE_MS = 3000
_FIRST = 500
"""Faces of a filter that are read at first: all of them may take a second."""
_NEAR = 3 * FACES_AHEAD
"""So many faces keep their places in a newer order: those being loaded, and some more, as the
curator goes on meanwhile."""
_TRIES = 3
_PACE_OF = 60
_PAUSE = 120.0  # a longer break than this is not working time


class Tab(StrEnum):
    """The queues of the page: the desk's, this curator's skipped faces, and those of a figure."""

    PENDING = "pending"
    AUTOMATIC = "automatic"
    SKIPPED = "skipped"
    DECIDED = "decided"
    REJECTED = "rejected"
    ALL = "all"
    """Every face, whatever became of it."""
    CHOSEN = "chosen"
    """The faces that a figure counts, whatever became of them."""


_STANDING = (Tab.DECIDED, Tab.REJECTED, Tab.ALL, Tab.CHOSEN)
"""Queues whose faces do not come up again when what was decided of them is read."""

_USUAL = (SortBy.PAYOFF, SortBy.VIDEO)
"""Orders of the pending faces for which other queues keep their own."""


def kind_of(tab: Tab) -> FaceKind | None:
    """What became of the faces of a queue; None where it holds several kinds."""
    kinds = {kind.value: kind for kind in FaceKind}
    return kinds.get(tab.value)


@dataclass(frozen=True, slots=True)
class Read:
    """The faces of a queue (n,), those that were skipped, and the settings.

    Not ``whole``: only those near were looked up in the database, or only the first of a filter
    were read.
    """

    ids: NDArray[np.int32]
    skipped: tuple[int, ...]
    config: Config
    whole: bool = True
    groups: Groups = Groups()  # noqa: RUF009


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be read of a queue: its faces, their order, and the remembered place in it.

    ``chosen`` are those of a figure.
    """

    tab: Tab
    wanted: FaceFilter
    sort: SortBy
    chosen: NDArray[np.int32]
    place: tuple[int, int] | None
    group: GroupBy = GroupBy.NOTHING

    @property
    def filtered(self) -> bool:
        """Whether the database narrows the queue, or arranges it by a value."""
        usual = self.tab is not Tab.ALL and self.sort in _USUAL
        return not usual or replace(self.wanted, kinds=()) != FaceFilter()

    def read(self, desk: Desk, *, at_hand: bool, first: int | None) -> Read:
        """``at_hand``: what is there at once, if that will do; ``first`` so many of a filter.

        Groups are made of all faces.
        """
        if self.group is GroupBy.NOTHING:
            return self._read(desk, at_hand=at_hand, first=first)
        read = self._read(desk, at_hand=False, first=None)
        ids, groups = desk.grouped(self.group, read.ids)
        return replace(read, ids=ids, groups=groups)

    def _read(self, desk: Desk, *, at_hand: bool, first: int | None) -> Read:
        skipped, config = tuple(desk.skipped()), desk.settings.config()
        if self.tab in (Tab.SKIPPED, Tab.CHOSEN):
            ids = np.asarray(skipped, np.int32) if self.tab is Tab.SKIPPED else self.chosen
            found = desk.filtered_among(self.wanted, ids) if self.filtered else ids
            return Read(found, skipped, config)
        if not self.filtered:
            return self._usual(desk, skipped, config, at_hand=at_hand)
        if first is None:
            return Read(desk.filtered(self.wanted, self._order()), skipped, config)
        ids, whole = desk.first_filtered(self.wanted, self._order(), first)
        return Read(ids, skipped, config, whole)

    def _usual(
        self, desk: Desk, skipped: tuple[int, ...], config: Config, *, at_hand: bool
    ) -> Read:
        by_payoff = self.sort is SortBy.PAYOFF and self.tab is Tab.PENDING
        near = desk.queue_at_hand(self.place) if at_hand and by_payoff else np.empty(0, np.int32)
        if len(near):
            return Read(near, skipped, config, whole=False)
        return Read(desk.queue(QueueKind(self.tab.value), by_payoff=by_payoff), skipped, config)

    def _order(self) -> SortBy:
        """By payoff is an order of pending faces: others have the one of their queue."""
        if self.sort is not SortBy.PAYOFF or self.tab in (Tab.PENDING, Tab.ALL):
            return self.sort
        return SortBy.LEAST_SIMILAR if self.tab is Tab.AUTOMATIC else SortBy.VIDEO


class ReviewQueue(QObject):
    """The current queue, and the place in it."""

    loading = Signal()
    loaded = Signal()
    followed = Signal()
    """The queue was read again: open faces and settings may have changed."""
    failed = Signal(object)
    unread = Signal(object)
    """More of the queue, or what is new of it, could not be read; what is here stays."""
    changed = Signal()
    """Other faces are open, or they have another order; said once for all that came together."""

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._ticket = Ticket()
        self._loading = False
        self._skipped: dict[int, None] = {}
        self._place: tuple[int, int] | None = None
        self._chosen = np.empty(0, dtype=np.int32)
        self.config: Config | None = None
        self.loaded_once = False
        """Whether there is a place worth remembering."""
        self.tab = Tab.PENDING
        self.sort = SortBy.PAYOFF
        """By payoff and by video, queues other than the pending one keep their own order."""
        self.wanted = FaceFilter()
        """Which faces of each queue are shown."""
        self.group, self.groups = GroupBy.NOTHING, Groups()
        """By what the faces are arranged before that order, and the group of each."""
        self._tells = QTimer(self, singleShot=True, interval=0)
        self._tells.timeout.connect(self.changed)
        self.partial = False
        """Whether only the first faces are here, and all of them on their way."""
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
        at_hand, first = not self.loaded_once, _FIRST if place is None else None
        reading, desk = self.reading(), self._desk
        self._ticket = self._lane.run(
            self,
            lambda: reading.read(desk, at_hand=at_hand, first=first),
            self._arrived,
            self.failed.emit,
        )

    def load_chosen(self, face_ids: NDArray[np.int32]) -> None:
        """Load a queue of these faces, in this order."""
        self._chosen = face_ids
        self.load(Tab.CHOSEN)

    def follow(self, holds: Callable[[], bool]) -> None:
        """Read the same queue again in place: the current face stays at hand.

        ``holds`` says at the answer whether what was decided here before is in it.
        """
        if self._loading:  # what is on its way may be too old
            self.load(self.tab, place=self._place)
            return
        self.cursor.begin_reading()
        self._compare(self._whole(), holds)

    def arrange(self, order: NDArray[np.int32], tries: int = _TRIES) -> None:
        """There is a newer order of the pending faces: what is near stays where it is."""
        usual = self.tab is Tab.PENDING and self.sort is SortBy.PAYOFF
        if self._loading or not usual or self.group is not GroupBy.NOTHING:
            return
        standing, start = self.cursor.standing(), self.cursor.behind(_NEAR)
        last = np.asarray(self.skipped, dtype=np.int32)

        def came(arranged: Arranged) -> None:
            if not self.cursor.arrange(arranged, FACES_AHEAD) and tries:
                self.arrange(order, tries - 1)

        self._lane.run(
            self, lambda: standing.arranged(order, last, start), came, lambda _error: None
        )

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
            self.bring_back(back)

    def bring_back(self, face_ids: Iterable[int]) -> None:
        """These faces are open again; those that are not here come in where they are wanted."""
        back = list(face_ids)
        if self.wanted == FaceFilter():
            self.cursor.reopen(back)
            return
        here = self.cursor.among(back)
        self.cursor.reopen(face for face in back if face in here)
        others = {face: None for face in back if face not in here}
        self.admit(others, others)

    def holds(self, state: FaceState) -> bool:
        """Whether a face in this state belongs to the current queue."""
        if self.tab in (Tab.ALL, Tab.CHOSEN):
            return True
        if self.tab is Tab.DECIDED:
            return state.status in DECIDED
        if self.tab is Tab.REJECTED:
            return state.status is Status.REJECTED
        if self.tab is Tab.AUTOMATIC:
            return state.status is Status.MATCHED
        return state.status is Status.PENDING

    def reading(self) -> Reading:
        """What the queue is made of."""
        wanted, kind = self.wanted, kind_of(self.tab)
        if kind is not None:
            wanted = replace(wanted, kinds=(kind,))
        return Reading(self.tab, wanted, self.sort, self._chosen, self._place, self.group)

    def listed(self) -> NDArray[np.int32]:
        """The faces that a grid shows: those to be decided, else all; shape (n,)."""
        return self.cursor.listed(settled=self.tab in _STANDING)

    def _whole(self) -> Callable[[], Read]:
        reading, desk = self.reading(), self._desk
        return lambda: reading.read(desk, at_hand=False, first=None)

    def admit(
        self, face_ids: Iterable[int], again: Collection[int], *, unsaved: bool = False
    ) -> None:
        """These faces came, or are pending ``again``: those that are wanted come up.

        Where all are wanted they come up at once, unless something decided here is ``unsaved``:
        the desk leaves out what waits to be saved.
        """
        ids, desk = np.fromiter(face_ids, np.int32), self._desk
        reading, queue = self.reading(), self.cursor
        if not len(ids):
            return

        def came(found: NDArray[np.int32]) -> None:
            if self.cursor is queue:
                back = set(again)
                closed = back - queue.among(again, only_open=True)
                queue.reopen(face for face in found.tolist() if face in closed)
                queue.append(face for face in found.tolist() if face not in back)

        if not reading.filtered and not unsaved:
            came(ids)
            return
        wanted = reading.wanted
        self._lane.run(self, lambda: desk.filtered_among(wanted, ids), came, self.unread.emit)

    def _compare(
        self,
        reading: Callable[[], Read],
        holds: Callable[[], bool],
        *,
        first: bool = False,
    ) -> None:
        """``first``: what is here was not looked up yet."""
        standing = self.cursor.standing()

        def job() -> tuple[Read, Compared]:
            read = reading()
            return read, standing.compared(read.ids)

        def came(answer: tuple[Read, Compared]) -> None:
            read, compared = answer
            if not holds():
                return
            reopens = self.tab not in _STANDING
            if self.cursor.follow(compared, reopens=reopens, drops=first):
                self._follow(read)
            else:
                self._compare(lambda: read, holds, first=first)

        self._ticket.cancel()
        rank = Rank.AHEAD if first else Rank.NORMAL
        self._ticket = self._lane.run(self, job, came, self.unread.emit, rank=rank)

    def _arrived(self, read: Read) -> None:
        self.config = read.config
        self._skipped = dict.fromkeys(read.skipped)
        self._loading = False
        self.loaded_once = True
        self.partial = not read.whole
        self.cursor, self.groups = QueueCursor(read.ids, self._tells.start), read.groups
        if self.tab is Tab.PENDING:
            self.cursor.to_end(self._skipped)
        if self._place is None:
            self.cursor.settle_in()
        else:
            self.cursor.restore(*self._place)
        self.loaded.emit()
        if not read.whole:
            self.cursor.begin_reading()
            self._compare(self._whole(), lambda: True, first=True)

    def _follow(self, read: Read) -> None:
        self.config, self.partial, self.groups = read.config, False, read.groups
        cursor = self.cursor
        newer = [face for face in self._skipped if cursor.edited(face)]
        late = [face for face in read.skipped if not cursor.edited(face)]
        if self.tab is Tab.PENDING:
            new = (face for face in late if face not in self._skipped and face != cursor.current)
            cursor.to_end([face for face in new if cursor.is_open(face)])
        self._skipped = dict.fromkeys((*late, *newer))
        self.followed.emit()


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
