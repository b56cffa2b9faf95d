"""Reading the clusters of a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from facereview.filters import ClusterFilter
from facereview.store.filters.parameters import between, part_of, within
from facereview.store.session import Session


@dataclass(frozen=True, slots=True)
class FoundCluster:
    """A cluster of a filter; ``new`` where it suggests nobody."""

    id: int
    new: bool
    lookalike: bool


class FilteredClusters:
    """The clusters of a filter that have pending faces."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def found(self, wanted: ClusterFilter) -> list[FoundCluster]:
        """All of them as they are now, in no order."""
        given: list[tuple[str, object, dict[str, Any]]] = [
            ("creators", wanted.creators, {"creators": list(wanted.creators)}),
            ("folder", wanted.folder, within(wanted.folder)),
            ("size", wanted.size, between("size", wanted.size)),
            ("in_videos", wanted.in_videos, between("in_videos", wanted.in_videos)),
            ("similarity", wanted.similarity, between("similarity", wanted.similarity)),
            ("probability", wanted.probability, between("probability", wanted.probability)),
            ("text", wanted.text, {"text": part_of(wanted.text)}),
        ]
        compared = wanted.in_videos or wanted.similarity
        counted = wanted.size or compared
        names = ["clusters_ids"]
        if counted:
            names.append("clusters_faces" if compared else "clusters_sizes")
        names.append("filtered_where")
        values = dict[str, Any]()
        for name, said, parameters in given:
            if said:
                names.append(f"clusters_of_{name}")
                values |= parameters
        if not counted:
            names.append("clusters_pending")
        return [FoundCluster(*row) for row in self._session.composed(names, **values)]
