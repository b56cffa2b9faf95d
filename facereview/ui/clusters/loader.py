"""Reads the wall of clusters: the latest wish counts, and what could not be read is tried again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import SINGLES, Care, Order, Wall
from facereview.ui.jobs.decider import RETRY_MS
from facereview.ui.jobs.lanes import Lane, Ticket


class Fate(StrEnum):
    """What became of a cluster that somebody looks at."""

    HERE = "here"
    HIDDEN = "hidden"
    """It is there, but not of the kind that the wall shows in this order."""
    SETTLED = "settled"
    MOVED = "moved"
    """It is no more; its faces are still to be decided, in other clusters."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """A cluster that somebody looks at, with its faces as they are shown, that at hand first."""

    cluster: int
    faces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """The wall in an order, and what then: ``fresh`` brings it up to date where it is not.

    The cluster ``go_to``, or that of ``face``, is to be taken in hand; ``keeps``: this one, which
    is at hand, stays so, even where others settled it.
    """

    order: Order = Order.PAYOFF
    fresh: bool = False
    go_to: int | None = None
    face: int | None = None
    keeps: AtHand | None = None

    def instead_of(self, other: Wish) -> Wish:
        """What to read now that takes the place of a reading whose wishes are not fulfilled yet."""
        keeps = self.keeps if other.keeps else None
        wish = replace(self, fresh=self.fresh or other.fresh, keeps=keeps)
        if self.order is not other.order or self.go_to is not None or self.face is not None:
            return wish
        return replace(wish, go_to=other.go_to, face=other.face)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The wall as it was wished for, and when keys are pressed twice on it.

    ``fate`` is that of the cluster which the wish keeps; ``go_to`` where the wish leads to.
    """

    wish: Wish
    wall: Wall
    care: Care
    go_to: int | None
    fate: Fate


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
            wall, care = desk.wall(wish.order), desk.care()
            fate, face = _fate(desk, wall, wish.keeps) if wish.keeps else (Fate.HERE, None)
            face = face if wish.face is None else wish.face
            found = wish.go_to if face is None else _cluster_of(desk, face)
            return Loaded(wish, wall, care, found, fate)

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


def _cluster_of(desk: ClusterDesk, face: int) -> int:
    around = desk.rest_of(face, None)
    return around.cluster.id if around else SINGLES


def _fate(desk: ClusterDesk, wall: Wall, kept: AtHand) -> tuple[Fate, int | None]:
    """What became of it, and one of its faces where they went into other clusters."""
    if wall.shows(kept.cluster):
        return Fate.HERE, None
    if kept.cluster != SINGLES and desk.view(kept.cluster) is not None:
        return Fate.HIDDEN, None
    pending = desk.pending(kept.faces)
    return (Fate.MOVED, pending[0]) if pending else (Fate.SETTLED, None)
