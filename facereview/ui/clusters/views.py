"""Clusters with all their faces: kept, and loaded ahead for the next keys."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import SINGLES, ClusterView
from facereview.ui.jobs.lanes import Lane, Rank

_KEPT = 12


class ClusterViews(QObject):
    """Views by cluster. ``arrived`` may come several times: after a change the view is renewed."""

    arrived = Signal(int)
    gone = Signal(int)
    """The cluster is no more; what was last seen of it is all there is to be seen."""
    failed = Signal(int, object)

    def __init__(self, desk: ClusterDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._views: OrderedDict[int, ClusterView] = OrderedDict()
        self._stale: set[int] = set()
        self._coming: set[int] = set()
        self._changes = Counter[int]()  # answers from before a change are not taken
        self._all_changes = 0
        self._after = 0

    def get(self, cluster_id: int | None) -> ClusterView | None:
        """A view that is there and up to date."""
        if cluster_id is None or cluster_id in self._stale:
            return None
        return self._views.get(cluster_id)

    def last_seen(self, cluster_id: int | None) -> ClusterView | None:
        """A view as it was when it was last up to date: to look at, not to decide on."""
        return None if cluster_id is None else self._views.get(cluster_id)

    def want(self, cluster_id: int, ahead: Sequence[int] = ()) -> None:
        """Load a view now, and those that will be wanted next."""
        for wanted, rank in ((cluster_id, Rank.NORMAL), *((i, Rank.AHEAD) for i in ahead)):
            if self.get(wanted) is None and wanted not in self._coming:
                self._load(wanted, rank)

    def outdate(self, *, but: int | None = None) -> None:
        """The clusters may have changed: nothing here is to be decided on any more, ``but`` one."""
        self._stale.update(number for number in self._views if number != but)
        self._coming.clear()
        self._all_changes += 1

    def outdate_one(self, cluster_id: int) -> None:
        """One cluster changed."""
        self._stale.add(cluster_id)
        self._coming.discard(cluster_id)
        self._changes[cluster_id] += 1

    def next_pile(self, after: int) -> None:
        """Behind this face the next pile of single faces begins; 0 begins anew."""
        self._after = after
        self.outdate_one(SINGLES)

    def _load(self, cluster_id: int, rank: Rank) -> None:
        self._coming.add(cluster_id)
        desk, number, after = self._desk, self._change_of(cluster_id), self._after

        def job() -> ClusterView | None:
            if cluster_id != SINGLES:
                return desk.view(cluster_id)
            return desk.singles(after) or (desk.singles() if after else None)

        def came(view: ClusterView | None) -> None:
            if number != self._change_of(cluster_id):
                return
            self._coming.discard(cluster_id)
            self._keep(cluster_id, view)

        def failed(error: Exception) -> None:
            if number == self._change_of(cluster_id):
                self._coming.discard(cluster_id)
                self.failed.emit(cluster_id, error)

        self._lane.run(self, job, came, failed, rank=rank)

    def _change_of(self, cluster_id: int) -> int:
        return self._all_changes + self._changes[cluster_id]

    def _keep(self, cluster_id: int, view: ClusterView | None) -> None:
        self._stale.discard(cluster_id)
        if view is None or not view.members:
            self.gone.emit(cluster_id)
            return
        self._views.pop(cluster_id, None)
        self._views[cluster_id] = view
        while len(self._views) > _KEPT:
            dropped, _ = self._views.popitem(last=False)
            self._stale.discard(dropped)
        self.arrived.emit(cluster_id)
