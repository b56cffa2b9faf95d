"""The queue of the Review page: loads it, keeps the place in it, and what was skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from facereview.records import DECIDED, Config, FaceState, Status
from facereview.review.desk import Desk, QueueKind
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.review.queue_cursor import Compared, QueueCursor

Read = tuple[NDArray[np.int32] | None, tuple[int, ...], Config]
"""The ids of a queue (None: the skipped ones), the skipped faces, and the settings."""


class Tab(StrEnum):
    """The queues as the page offers them: the desk's, and this curator's skipped faces."""

    PENDING = "pending"
    AUTOMATIC = "automatic"
    SKIPPED = "skipped"
    DECIDED = "decided"
    REJECTED = "rejected"


class ReviewQueue(QObject):
    """One queue at a time, and a place in it."""

    loading = Signal()
    loaded = Signal()
    followed = Signal()
    """What was read again is brought in: other faces may be open, settings may be others."""
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
        """Read the same queue again in place: the face at hand stays at hand.

        ``holds`` says at the answer whether what was decided here before is in it.
        """
        if self._loading:  # what is on its way may be too old
            self.load(self.tab, place=self._place)
            return
        self.cursor.begin_reading()
        self._compare(self._reading(), holds)

    def reload(self) -> None:
        """Load the same queue again and stay at the face at hand, or where it was."""
        here = self.cursor.current
        if here is not None:
            self._place = (here, self.cursor.index)
        self.load(self.tab, place=self._place)

    def settle(self, face_ids: Iterable[int]) -> None:
        """Faces that were decided: going on passes them by, and they are not skipped any more."""
        settled = list(face_ids)
        self.cursor.settle(settled)
        for face_id in settled:
            self._skipped.pop(face_id, None)

    def skip(self, face_ids: Iterable[int]) -> None:
        """Faces that come back at the end."""
        later = list(face_ids)
        self.cursor.to_end(later)
        for face_id in later:
            self._skipped.pop(face_id, None)
            self._skipped[face_id] = None

    def unskip(self, face_ids: Iterable[int]) -> None:
        """Faces that are not skipped after all: they come next."""
        back = list(face_ids)
        for face_id in back:
            self._skipped.pop(face_id, None)
        if back and self.tab is Tab.SKIPPED:
            self.cursor.drop(back)
        elif back and self.tab is Tab.PENDING:
            self.cursor.reopen(back)

    def holds(self, state: FaceState) -> bool:
        """Whether a face in this state belongs to the queue at hand."""
        if self.tab is Tab.DECIDED:
            return state.status in DECIDED
        if self.tab is Tab.REJECTED:
            return state.status is Status.REJECTED
        if self.tab is Tab.AUTOMATIC:
            return state.status is Status.MATCHED
        return state.status is Status.PENDING

    def drop(self, face_ids: Iterable[int]) -> None:
        """Faces that belong to another queue now."""
        self.cursor.drop(face_ids)

    def _reading(self) -> Callable[[], Read]:
        desk, tab = self._desk, self.tab

        def job() -> Read:
            ids = None if tab is Tab.SKIPPED else desk.queue(QueueKind(tab.value))
            return ids, tuple(desk.skipped()), desk.config()

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
        self._fill(_ids(read))

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

    def _fill(self, ids: NDArray[np.int32]) -> None:
        self._loading = False
        self.loaded_once = True
        self.cursor = QueueCursor(ids)
        if self.tab is Tab.PENDING:
            self.cursor.to_end(self._skipped)
        if self._place is None:
            self.cursor.settle_in()
        else:
            self.cursor.restore(*self._place)
        self.loaded.emit()


def _ids(read: Read) -> NDArray[np.int32]:
    ids, skipped, _ = read
    return np.asarray(skipped, dtype=np.int32) if ids is None else ids
