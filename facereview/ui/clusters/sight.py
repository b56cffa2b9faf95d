"""What was to be seen on the Clusters page when a key was pressed: it acts on nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facereview.records import Suggestion
from facereview.review.clusters.records import Cluster, Member

if TYPE_CHECKING:
    from facereview.ui.clusters.controller import ClusterController


@dataclass(frozen=True, slots=True)
class Sight:
    """A cluster, its faces, who was suggested for them, and whom the digits named."""

    cluster: int | None
    members: tuple[Member, ...]
    suggested: int | None
    offered: tuple[Suggestion, ...]

    @classmethod
    def of(cls, controller: ClusterController) -> Sight:
        """What is to be seen now."""
        cluster = controller.current
        return cls(
            controller.entries.current,
            controller.members.all,
            _suggested(cluster),
            controller.likely.offered(cluster),
        )

    def shows(self, members: Sequence[Member]) -> bool:
        """Whether all these faces were there."""
        seen = {member.face.id for member in self.members}
        return all(member.face.id in seen for member in members)

    def suggests(self, cluster: Cluster | None) -> bool:
        """Whether the same creator was suggested, or nobody as now."""
        return self.suggested == _suggested(cluster)

    def names(self, number: int, picked: Suggestion) -> bool:
        """Whether this digit stood beside the same creator."""
        there = self.offered[number - 1 : number]
        return any(one.creator.id == picked.creator.id for one in there)


def _suggested(cluster: Cluster | None) -> int | None:
    return cluster.suggestion.creator.id if cluster and cluster.suggestion else None
