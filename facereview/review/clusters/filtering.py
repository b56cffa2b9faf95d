"""The wall of clusters, narrowed to those of a filter."""

from __future__ import annotations

from dataclasses import replace

from facereview.filters import ClusterFilter
from facereview.review.clusters.records import Wall
from facereview.review.filters.kept import NamedFilters
from facereview.store.store import Store


class ClusterFilters:
    """Filters of clusters, and what they leave of the wall."""

    def __init__(self, store: Store, curator: str) -> None:
        self._store = store
        self.named = NamedFilters(store, "clusters", ClusterFilter, curator)

    def narrow(self, wall: Wall, wanted: ClusterFilter) -> Wall:
        """The wall without single faces, and with no other clusters than those of a filter."""
        found = {one.id: one for one in self._store.filtered_clusters.found(wanted)}
        return replace(
            wall,
            clusters=tuple(cluster for cluster in wall.clusters if cluster.id in found),
            single=0,
            new_people=sum(one.new for one in found.values()),
            lookalikes=sum(one.lookalike for one in found.values()),
        )
