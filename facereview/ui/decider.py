"""Hands decisions to the desk, in order, and says what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.errors import DatabaseUnreachable
from facereview.review.intents import Intent, Outcome
from facereview.ui.lanes import Lane, Rank
from facereview.ui.ports import ReviewDesk, Undoable

RETRY_MS = 2000
"""How often what waits for the database is tried again."""


class Decider(QObject):
    """Runs decisions, undo and redo on the database lane; writes what waits when it can."""

    came = Signal(object)
    """The :class:`Outcome` of a decision, also of one that had waited."""
    refused = Signal(object, object)
    """An intent that was not written at all, and why."""
    reverted = Signal(object, object)
    """The outcome of an undo or redo (None: there was nothing), and what could be undone next."""
    undoable_changed = Signal(object)
    """What can be undone now: :class:`Undoable`, or None."""
    revert_failed = Signal(object)
    """Why an undo or redo could not be done."""
    ready = Signal()
    """What came of it is dealt with by everybody: the next key may count on it."""
    unsaved_changed = Signal(int)
    """How many decisions wait for the database."""
    back = Signal()
    """All that waited is written: the database is there again."""

    def __init__(self, desk: ReviewDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._busy: Counter[int] = Counter()
        self._reverting = 0
        self.unsaved = 0
        self._retry = QTimer(self, singleShot=True, interval=RETRY_MS)
        self._retry.timeout.connect(self.flush)

    @property
    def reverting(self) -> bool:
        """Whether an undo or redo is under way: nobody knows yet which face comes next."""
        return self._reverting > 0

    def busy_with(self, face_id: int) -> bool:
        """Whether a decision on this face is under way."""
        return self._busy[face_id] > 0

    def decide(self, intent: Intent) -> None:
        """Hand an intent over; its outcome arrives by ``came`` or ``refused``."""
        faces = [seen.face_id for seen in intent.faces]
        self._busy.update(faces)
        desk = self._desk

        def done(answer: tuple[Outcome, int]) -> None:
            outcome, unsaved = answer
            self._set_unsaved(unsaved)
            self.came.emit(outcome)
            self._busy.subtract(faces)
            self.ready.emit()

        def failed(error: Exception) -> None:
            self.refused.emit(intent, error)
            self._busy.subtract(faces)
            self.ready.emit()

        self._lane.run(
            self, lambda: (desk.decide(intent), desk.unsaved()), done, failed, rank=Rank.URGENT
        )

    def look(self) -> None:
        """Something was done beside decisions: look what can be undone now."""
        desk = self._desk
        self._lane.run(self, lambda: _undoable(desk), self.undoable_changed.emit, rank=Rank.URGENT)

    def undo(self) -> None:
        """Take back the latest act, on whatever page it was done."""
        self._revert(self._desk.undo)

    def redo(self) -> None:
        """Do again what was undone last."""
        self._revert(self._desk.redo)

    def flush(self) -> None:
        """Try to write what waits."""
        desk = self._desk

        def done(answer: tuple[list[Outcome], int]) -> None:
            outcomes, unsaved = answer
            for outcome in outcomes:
                self.came.emit(outcome)
            self._set_unsaved(unsaved)
            if not unsaved:
                self.back.emit()

        def failed(_error: Exception) -> None:
            self._retry.start()

        self._lane.run(self, lambda: (desk.flush(), desk.unsaved()), done, failed)

    def _revert(self, how: Callable[[], Outcome | None]) -> None:
        self._reverting += 1
        desk = self._desk

        def job() -> tuple[Outcome | None, Undoable | None, int]:
            outcome = how()
            return outcome, _undoable(desk), desk.unsaved()

        def done(answer: tuple[Outcome | None, Undoable | None, int]) -> None:
            outcome, undoable, unsaved = answer
            self._set_unsaved(unsaved)
            self.reverted.emit(outcome, undoable)
            self.undoable_changed.emit(undoable)
            self._reverting -= 1
            self.ready.emit()

        def failed(error: Exception) -> None:
            self.revert_failed.emit(error)
            self._reverting -= 1
            self.ready.emit()

        self._lane.run(self, job, done, failed, rank=Rank.URGENT)

    def _set_unsaved(self, count: int) -> None:
        if count:
            self._retry.start()
        if count != self.unsaved:
            self.unsaved = count
            self.unsaved_changed.emit(count)


def _undoable(desk: ReviewDesk) -> Undoable | None:
    try:
        return desk.undoable()
    except DatabaseUnreachable:
        return None
