"""The six faces that represent a cluster on the wall, loaded for the visible clusters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import SINGLES, ShownFace
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.loader import Loader

_KEPT = 2000
_WAITING = 400  # two very large screens; what was asked for longer ago has scrolled by
_BATCH = 24

Cover = tuple[ShownFace, ...]


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
            lane, job, parent, budget=_KEPT, batch=_BATCH, waiting=_WAITING, retries=True
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
