"""Faces in a grid: which belong together, and whom each may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facereview.filters import GroupBy
from facereview.records import Creator
from facereview.store.session import Session, binary_row

_KEY: Final = binary_row(id="i4", key="i4")
_QUERIES: Final = {
    GroupBy.CREATOR: "groups_by_creator",
    GroupBy.VIDEO: "groups_by_video",
    GroupBy.DAY: "groups_by_day",
    GroupBy.CLUSTER: "groups_by_cluster",
}


@dataclass(frozen=True, slots=True)
class Likely:
    """Whom a face carries or suggests.

    ``similarity`` is the cosine to that creator, ``probability`` that the name is right by the
    evidence of its track; None where nobody knows.
    """

    creator: Creator
    similarity: float | None
    probability: float | None


class FaceGroups:
    """Reading what a grid says of faces."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keys(
        self, by: GroupBy, faces: NDArray[np.int32], *, risk: float, by_track: bool = False
    ) -> NDArray[Any]:
        """Records (``id``, ``key``) of the faces that exist, in no order; -1 is no group.

        A name that a face does not carry counts up to this ``risk`` that it is wrong.
        ``by_track``: of a pending face whom its track names goes before what it suggests itself.
        """
        said = {"risk": risk, "by_track": by_track} if by is GroupBy.CREATOR else {}
        return self._session.block(_QUERIES[by], _KEY, faces=faces.tolist(), **said)

    def likely(
        self, faces: Sequence[int], *, risk: float, by_track: bool = False
    ) -> dict[int, Likely]:
        """Whom each of these may be, as in :meth:`keys`; those of whom nobody knows are absent."""
        rows = self._session.tuples(
            "likely_creators", faces=list(faces), risk=risk, by_track=by_track
        )
        return {
            row.id: Likely(Creator(row.creator_id, row.name), row.similarity, row.probability)
            for row in rows
        }

    def of_clusters(self, clusters: Sequence[int]) -> dict[int, Creator]:
        """Whom these clusters suggest."""
        rows = self._session.tuples("creators_of_clusters", clusters=list(clusters))
        return {row.cluster_id: Creator(row.creator_id, row.name) for row in rows}
