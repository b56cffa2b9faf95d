"""Reads the wall of groups: the latest wish counts, and what could not be read is tried again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.clusters.records import SINGLES, Care, Order, Wall
from facereview.ui.cluster_ports import ClusterDesk
from facereview.ui.decider import RETRY_MS
from facereview.ui.lanes import Lane, Ticket


@dataclass(frozen=True, slots=True)
class Wish:
    """The wall in an order, and what then: ``fresh`` brings it up to date where it is not.

    The group ``go_to``, or that of ``face``, is to be taken in hand; ``keeps``: the one that is at
    hand stays so, even where others settled it.
    """

    order: Order = Order.PAYOFF
    fresh: bool = False
    go_to: int | None = None
    face: int | None = None
    keeps: bool = False

    def instead_of(self, other: Wish) -> Wish:
        """What to read now that takes the place of a reading whose wishes are not fulfilled yet."""
        wish = replace(self, fresh=self.fresh or other.fresh, keeps=self.keeps and other.keeps)
        if self.order is not other.order or self.go_to is not None or self.face is not None:
            return wish
        return replace(wish, go_to=other.go_to, face=other.face)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The wall as it was wished for, and when keys are pressed twice on it."""

    wall: Wall
    care: Care
    go_to: int | None
    fresh: bool
    keeps: bool = False


class WallLoader(QObject):
    """On the database lane, one reading at a time."""

    came = Signal(object)
    """The wall, as :class:`Loaded`."""
    failed = Signal(object)

    def __init__(self, desk: ClusterDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._wish = Wish()
        self._ticket: Ticket | None = None
        self._again = QTimer(self, singleShot=True, interval=RETRY_MS)
        self._again.timeout.connect(lambda: self.load(self._wish))

    def load(self, wish: Wish) -> None:
        """Read it, instead of what is being read."""
        self._again.stop()
        if self._ticket is not None:
            wish = wish.instead_of(self._wish)
            self._ticket.cancel()
        self._wish, desk = wish, self._desk

        def job() -> Loaded:
            found = wish.go_to
            if wish.face is not None:
                around = desk.rest_of(wish.face, None)
                found = around.cluster.id if around else SINGLES
            wall, care = desk.wall(wish.order), desk.care()
            return Loaded(wall, care, found, wish.fresh, wish.keeps)

        self._ticket = self._lane.run(self, job, self._came, self._failed)

    def drop(self) -> bool:
        """An answer under way is from before a change; whether there was one."""
        late = self._ticket is not None
        if self._ticket is not None:
            self._ticket.cancel()
        self._done()
        return late

    def retry(self) -> None:
        """Read it again in a while."""
        self._again.start()

    def _done(self) -> None:
        self._ticket = None
        self._wish = Wish(self._wish.order)

    def _came(self, loaded: Loaded) -> None:
        self._done()
        self.came.emit(loaded)

    def _failed(self, error: Exception) -> None:
        self._ticket = None
        self.failed.emit(error)
