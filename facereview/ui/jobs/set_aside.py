"""Decisions that the database refused, until the curator says what becomes of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from facereview.review.decisions.journal import Aside
from facereview.review.desk import Desk
from facereview.ui.jobs.lanes import Lane, Rank


class SetAside(QObject):
    """What is set aside: looked up when something was refused, tried again or dropped on demand."""

    changed = Signal(object)
    """What is held now: a tuple of :class:`Aside`."""
    retried = Signal(int)
    """One of these waits for the database again; so many do."""
    failed = Signal(object)
    """Why one of these could neither be tried again nor dropped: it is held as before."""

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self.held: tuple[Aside, ...] = ()

    def look(self) -> None:
        """Something was refused, or others may be held now."""
        desk = self._desk

        def known(found: tuple[Aside, ...]) -> None:
            if found != self.held:
                self.held = found
                self.changed.emit(found)

        self._lane.run(self, lambda: tuple(desk.asides()), known, rank=Rank.URGENT)

    def retry(self, token: str) -> None:
        """Try again what the database refused."""
        desk = self._desk

        def job() -> int:
            desk.retry(token)
            return desk.unsaved()

        def done(unsaved: int) -> None:
            self.retried.emit(unsaved)
            self.look()

        self._lane.run(self, job, done, self.failed.emit, rank=Rank.URGENT)

    def drop(self, token: str) -> None:
        """Give up what the database refused."""
        desk = self._desk
        self._lane.run(
            self,
            lambda: desk.drop(token),
            lambda _: self.look(),
            self.failed.emit,
            rank=Rank.URGENT,
        )
