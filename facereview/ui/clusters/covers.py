"""The six faces that stand for a cluster on the wall, fetched for the clusters that are seen."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QObject, Signal

from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import SINGLES, ShownFace
from facereview.ui.jobs.lanes import Lane, Rank

_KEPT = 2000
_WAITING = 400  # two very large screens; what was asked for longer ago has scrolled by
_BATCH = 24

Cover = tuple[ShownFace, ...]


class CoverStore(QObject):
    """Covers by cluster; asking for one that is missing loads it, the newest wish first."""

    arrived = Signal(int)
    """The cover of this cluster is there."""
    outdated = Signal()
    """Covers are to be asked for again as they are seen."""

    def __init__(self, desk: ClusterDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._covers: OrderedDict[int, Cover] = OrderedDict()
        self._stale: set[int] = set()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._of_face: dict[int, int] = {}
        self._runs = False
        self._after = 0

    def get(self, cluster_id: int) -> Cover:
        """A cluster's cover as far as it is there; an old one until the new one is."""
        have = self._covers.get(cluster_id)
        if have is None or cluster_id in self._stale:
            self._want(cluster_id)
        else:
            self._covers.move_to_end(cluster_id)
        return have or ()

    def put(self, cluster_id: int, cover: Cover) -> None:
        """A cover that is known without asking."""
        self._stale.discard(cluster_id)
        if self._covers.get(cluster_id) != cover:
            self._covers[cluster_id] = cover
            self._of_face.update((shown.face.id, cluster_id) for shown in cover)
            self.arrived.emit(cluster_id)
        self._trim()

    def cluster_of(self, face_id: int) -> int | None:
        """The cluster for which a face stands."""
        return self._of_face.get(face_id)

    def outdate(self) -> None:
        """The clusters may have changed: look again at those that are seen."""
        self._stale.update(self._covers)
        self.outdated.emit()

    def next_pile(self, after: int) -> None:
        """Behind this face the next pile of single faces begins."""
        self._after = after
        self._stale.add(SINGLES)
        self.outdated.emit()

    @property
    def busy(self) -> bool:
        """Whether covers are on their way."""
        return self._runs

    def _want(self, cluster_id: int) -> None:
        self._wanted[cluster_id] = None
        self._wanted.move_to_end(cluster_id)
        while len(self._wanted) > _WAITING:
            self._wanted.popitem(last=False)
        self._load()

    def _load(self) -> None:
        if self._runs or not self._wanted:
            return
        self._runs = True
        batch = tuple(self._wanted.popitem()[0] for _ in range(min(_BATCH, len(self._wanted))))
        desk, after = self._desk, self._after

        def came(found: dict[int, Cover]) -> None:
            self._runs = False
            for cluster_id in batch:
                self.put(cluster_id, found.get(cluster_id, ()))
            self._load()

        def failed(_error: Exception) -> None:
            self._runs = False  # what the page says of the same fault is enough

        self._lane.run(self, lambda: desk.covers(batch, after=after), came, failed, rank=Rank.AHEAD)

    def _trim(self) -> None:
        while len(self._covers) > _KEPT:
            _, dropped = self._covers.popitem(last=False)
            for shown in dropped:
                self._of_face.pop(shown.face.id, None)
