"""Runs what the Creators page does to the library, and follows what is undone and redone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from facereview.review.creators.reference_records import Changed
from facereview.review.decisions.intents import Outcome, Undoable
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.messages import Messages

T = TypeVar("T")


class CreatorRunner(QObject):
    """Runs every change on the database lane; tells what is to be shown and matched again."""

    changed = Signal(object)
    """Pending faces are to be matched again for this :class:`Changed`."""
    made = Signal(object)
    """This :class:`Creator` is new."""
    done = Signal(object)
    """Look at the library again, at this creator (id, or None: as it was)."""
    ended = Signal(object, object)
    """This act (the :class:`Ticket` given for it) came to its end; why it was not done, or None."""
    faces_changed = Signal()
    """Decided faces are others after an undo or redo."""

    def __init__(
        self, lane: Lane, messages: Messages, decider: Decider, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.lane = lane
        self.messages = messages
        self.decider = decider
        decider.reverted.connect(self._reverted)
        decider.came.connect(self._came)

    def run(self, job: Callable[[], T], done: Callable[[T], object]) -> Ticket:
        """Do ``job`` on the lane, then ``done`` with what came of it."""
        act = Ticket()

        def came(answer: T) -> None:
            self.decider.look()
            self.ended.emit(act, None)
            done(answer)

        def failed(error: Exception) -> None:
            self.ended.emit(act, error)

        return self.lane.run(self, job, came, failed, rank=Rank.URGENT, ticket=act)

    def tell(self, changed: Changed, creator_id: int | None) -> None:
        """An act was done: show the creator, and match faces again."""
        self.done.emit(creator_id)
        self.changed.emit(changed)

    def _reverted(self, outcome: Outcome | None, _undoable: Undoable | None) -> None:
        if outcome is None:
            return
        beside = outcome.beside
        if beside.creators or beside.references != Changed():
            self.tell(beside.references, None)
        elif outcome.changes:
            self.faces_changed.emit()

    def _came(self, outcome: Outcome) -> None:
        """Another name was given: references made of the former one went with it."""
        if outcome.beside.references != Changed():
            self.changed.emit(outcome.beside.references)
