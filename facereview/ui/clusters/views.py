"""What is read of clusters as it is shown: their faces, their covers, what a key would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import SINGLES, ClusterView, Consequences, ShownFace
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.loader import Loader

_VIEWS_KEPT = 12
_COVERS_KEPT = 2000
_COVERS_WAITING = 400  # two very large screens; what was asked for longer ago has scrolled by
_COVERS_AT_ONCE = 24
_SETTLE_MS = 120

Cover = tuple[ShownFace, ...]
"""The six faces that represent a cluster on the wall."""


class ClusterViews(Loader[int, int, ClusterView]):
    """Views by cluster. ``arrived`` may come several times: after a change the view is renewed.

    An outdated view can be shown but not decided; so can the last one of a cluster that is gone.
    A request is the face behind which the single faces begin.
    """

    def __init__(self, desk: ClusterDesk, lane: Lane, parent: QObject | None = None) -> None:
        def view(cluster_id: int, after: int) -> ClusterView | None:
            if cluster_id != SINGLES:
                return desk.view(cluster_id)
            return desk.singles(after) or (desk.singles() if after else None)

        def job(wishes: Mapping[int, int], _ticket: Ticket) -> dict[int, ClusterView]:
            found = {cluster_id: view(cluster_id, after) for cluster_id, after in wishes.items()}
            return {number: one for number, one in found.items() if one and one.members}

        super().__init__(lane, job, parent, budget=_VIEWS_KEPT, retries=True)
        self._after = 0

    def want(self, cluster_id: int, ahead: Sequence[int] = ()) -> None:
        """Load a view now, and those that will be wanted next."""
        self.load({cluster_id: self._after}, dict.fromkeys(ahead, self._after))

    def outdate(self, *, but: int | None = None) -> None:
        """The clusters may have changed: no view can be decided any more, ``but`` one."""
        known = (*self._values, *self._coming)
        self.mark_outdated(one for one in known if one != but or self.awaits(one))

    def next_pile(self, after: int) -> None:
        """Behind this face the next pile of single faces begins; 0 begins again."""
        self._after = after
        self.mark_outdated([SINGLES])


class CoverStore(Loader[int, int, Cover]):
    """Covers by cluster; asking for a missing one loads it, the latest request first.

    A request is the face behind which the single faces begin.
    """

    outdated = Signal()
    """Covers are to be asked for again as they are seen."""

    def __init__(self, desk: ClusterDesk, lane: Lane, parent: QObject | None = None) -> None:
        def job(wishes: Mapping[int, int], _ticket: Ticket) -> dict[int, Cover]:
            found = desk.covers(tuple(wishes), after=wishes.get(SINGLES, 0))
            return {cluster_id: found.get(cluster_id, ()) for cluster_id in wishes}

        super().__init__(
            lane,
            job,
            parent,
            budget=_COVERS_KEPT,
            batch=_COVERS_AT_ONCE,
            waiting=_COVERS_WAITING,
            retries=True,
        )
        self._of_face: dict[int, int] = {}
        self._after = 0

    def cover(self, cluster_id: int) -> Cover:
        """A cluster's cover as far as it is there; an old one until the new one is."""
        return self.ask(cluster_id, self._after) or ()

    def cluster_of(self, face_id: int) -> int | None:
        return self._of_face.get(face_id)

    def mark_outdated(self, keys: Iterable[int] | None = None) -> None:
        """The clusters may have changed: look again at those that are seen."""
        super().mark_outdated(keys)
        self.outdated.emit()

    def next_pile(self, after: int) -> None:
        """Behind this face the next pile of single faces begins."""
        self._after = after
        self.mark_outdated([SINGLES])

    def drop(self, keys: Iterable[int]) -> None:
        """Forget these covers, and which clusters their faces represent."""
        dropped = list(keys)
        for cluster_id in dropped:
            for shown in self._values.get(cluster_id, ()):
                if self._of_face.get(shown.face.id) == cluster_id:
                    del self._of_face[shown.face.id]
        super().drop(dropped)

    def _store(self, key: int, value: Cover) -> None:
        super()._store(key, value)
        self._of_face.update((shown.face.id, key) for shown in value)


class ConsequenceLookup(QObject):
    """What deciding some faces as one creator does, looked up once the ticks rest.

    ``known`` is None while that is not known.
    """

    changed = Signal()

    def __init__(self, desk: ClusterDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._wanted: tuple[tuple[int, ...], int | None] = ((), None)
        self._ticket = Ticket()
        self._stale = False
        self.known: Consequences | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._ask)

    @property
    def busy(self) -> bool:
        return self._settle.isActive()

    def want(self, face_ids: Sequence[int], creator_id: int | None) -> None:
        """Other faces are ticked, or another creator is suggested."""
        wanted = (tuple(face_ids), creator_id)
        same = wanted == self._wanted and self.known is not None
        if same and not self._stale:
            return
        self._wanted = wanted
        self._cancel()
        if not same:
            self.known = None
            self.changed.emit()
        if face_ids:
            self._settle.start()

    def outdate(self) -> None:
        """The library changed: what is known is asked for again, and shown until then."""
        self._stale = True
        self._cancel()

    def _cancel(self) -> None:
        self._settle.stop()
        self._ticket.cancel()

    def _ask(self) -> None:
        desk, (faces, creator) = self._desk, self._wanted
        self._ticket = self._lane.run(
            self, lambda: desk.consequences(faces, creator), self._came, self._failed
        )

    def _came(self, known: Consequences) -> None:
        self.known, self._stale = known, False
        self.changed.emit()

    def _failed(self, _error: Exception) -> None:
        """The card is empty then; deciding is still possible."""
        self.known = None
        self.changed.emit()
