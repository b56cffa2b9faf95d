"""What the Clusters page needs of the world below, as protocols.

``facereview.review.clusters.desk`` and ``facereview.review.library.service`` fulfil them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from facereview.records import Progress, Suggestion
from facereview.review.clusters.records import (
    Care,
    ClusterView,
    Consequences,
    Order,
    Regrouped,
    ShownFace,
    Wall,
)


class RestDesk(Protocol):
    """What is left of the cluster of a face; on the database lane."""

    def rest_of(self, face_id: int, creator_id: int | None) -> ClusterView | None:
        """The pending rest of a face's cluster, also just after the face itself was decided."""

    def care(self) -> Care:
        """When a key must be pressed twice."""

    def consequences(self, face_ids: Sequence[int], creator_id: int | None) -> Consequences:
        """What deciding these faces as one creator would do."""


class ClusterDesk(RestDesk, Protocol):
    """Clusters of pending faces. Every method is called on the database lane."""

    def grouped(self) -> bool:
        """Whether the faces were ever grouped."""

    def wall(self, order: Order = Order.PAYOFF) -> Wall:
        """All clusters in this order."""

    def covers(
        self, cluster_ids: Sequence[int], *, after: int = 0
    ) -> dict[int, tuple[ShownFace, ...]]:
        """At most six faces of each cluster, clearest and most typical first.

        For the pile of single faces: the next ones behind face ``after``.
        """

    def likely(self, face_ids: Sequence[int]) -> tuple[Suggestion, ...]:
        """The creators whom these faces, taken for one person, are most like."""

    def view(self, cluster_id: int) -> ClusterView | None:
        """A cluster with its faces, worst first; None where it is gone."""

    def pending(self, face_ids: Sequence[int]) -> tuple[int, ...]:
        """Which of these faces are still to be decided, in the given order."""

    def singles(self, after: int = 0, limit: int = 60) -> ClusterView | None:
        """The next pile of faces that look like nobody else; None where there is no more."""

    def split(self, cluster_id: int, face_ids: Sequence[int]) -> int:
        """Make these faces a cluster of their own, for good; its id."""

    def merge(self, cluster_ids: Sequence[int], mirrored: Sequence[int] = ()) -> int:
        """Make one cluster of several, also of ``mirrored`` faces of one frame; its id."""

    def exclude(self, cluster_id: int, face_ids: Sequence[int], token: str | None = None) -> None:
        """Let these faces leave the cluster while the decision with this token stands."""

    def postpone(self, cluster_id: int) -> None:
        """Put a cluster behind the others."""


class ClusterWork(Protocol):
    """Grouping; on the work lane."""

    def regroup(
        self,
        *,
        from_nothing: bool,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> Regrouped:
        """Bring all clusters up to date. Progress counts faces."""
