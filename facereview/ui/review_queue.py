"""The queue of the Review page: loads it, keeps the place in it, and what was skipped."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from facereview.records import Config
from facereview.ui.lanes import Lane, Ticket
from facereview.ui.ports import QueueKind, ReviewDesk
from facereview.ui.queue_cursor import QueueCursor


class Tab(StrEnum):
    """The queues as the page offers them: the desk's, and this sitting's skipped faces."""

    PENDING = "pending"
    AUTOMATIC = "automatic"
    SKIPPED = "skipped"
    DECIDED = "decided"
    REJECTED = "rejected"


class ReviewQueue(QObject):
    """One queue at a time, and a place in it."""

    loading = Signal()
    loaded = Signal()
    failed = Signal(object)

    def __init__(self, desk: ReviewDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._ticket: Ticket | None = None
        self._skipped: dict[int, None] = {}
        self._place: tuple[int, int] | None = None
        self.config: Config | None = None
        self.loaded_once = False
        """Whether there is a place worth remembering."""
        self.tab = Tab.PENDING
        self.cursor = QueueCursor(np.empty(0, dtype=np.int32))

    @property
    def skipped(self) -> tuple[int, ...]:
        """Faces skipped in this sitting and not settled since, in the order of skipping."""
        return tuple(self._skipped)

    def load(self, tab: Tab, *, place: tuple[int, int] | None = None) -> None:
        """Load a queue; ``place`` is a remembered (face id, index) to go back to."""
        self.tab, self._place = tab, place
        if self._ticket is not None:
            self._ticket.cancel()
        self.loading.emit()
        if tab is Tab.SKIPPED:
            self._fill(np.fromiter(self._skipped, dtype=np.int32))
            return
        desk, kind = self._desk, QueueKind(tab.value)
        self._ticket = self._lane.run(
            self, lambda: (desk.queue(kind), desk.config()), self._arrived, self.failed.emit
        )

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

    def _arrived(self, answer: tuple[NDArray[np.int32], Config]) -> None:
        ids, self.config = answer
        if self.tab is Tab.PENDING and self._skipped:
            still = set(self._skipped).intersection(ids.tolist())
            self._skipped = {face_id: None for face_id in self._skipped if face_id in still}
        self._fill(ids)

    def _fill(self, ids: NDArray[np.int32]) -> None:
        self._ticket = None
        self.loaded_once = True
        self.cursor = QueueCursor(ids)
        if self.tab is Tab.PENDING:
            self.cursor.to_end(self._skipped)
        if self._place is None:
            self.cursor.settle_in()
        else:
            self.cursor.restore(*self._place)
        self.loaded.emit()
