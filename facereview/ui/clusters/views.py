"""Clusters with all their faces: cached, and loaded ahead for the next keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject

from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import SINGLES, ClusterView
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.loader import Loader

_KEPT = 12


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

        super().__init__(lane, job, parent, budget=_KEPT, retries=True)
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
