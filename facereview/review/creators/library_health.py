"""What needs attention among all creators: harmful references, and creators who look alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding, Thresholds
from facereview.review.creators.checks import KnownReferences
from facereview.review.creators.records import Lookalike
from facereview.review.creators.reference_health import Compared, Health, ranked
from facereview.review.creators.reference_records import Flag, HealthRow
from facereview.review.creators.references_desk import reference_infos
from facereview.review.library.config import Settings
from facereview.store.creators import ReferenceMatrix
from facereview.store.references import matrix_of
from facereview.store.store import Store

_BLOCK = 1024
"""Creators compared with all others at a time: 40 MB at 10,000 creators."""


class LibraryHealth:
    """Compares references and creators with all others; holds a connection only meanwhile."""

    def __init__(self, store: Store, pack: Callable[[], Thresholds]) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
        self._store = store
        self._settings = Settings(store, pack)
        self._known = KnownReferences()
        self._compared: Compared | None = None

    def references(
        self, limit: int, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HealthRow, ...]:
        """The ``limit`` references that need care most, worst first.

        Contaminated ones come first, then lonely and redundant ones. Every reference is compared
        with every other, which takes seconds in a library of many thousands; the next time only
        what changed since.

        Raises:
            Cancelled: ``cancelled`` said so.
        """
        with self._store:
            matrix, threshold = self._known.live(self._store), self._threshold()
            health = Health(matrix, threshold, self._compared, cancelled)
            standings = health.everything()
            self._compared = health.compared
            worst = list(ranked(standings))[:limit]
            rows = self._store.references.get([reference for reference, _ in worst])
            infos = reference_infos(self._store, list(rows.values()), standings)
            by_id = {info.reference.id: info for info in infos}
            alone = self._alone(
                matrix,
                threshold,
                [i for i, flag in worst if flag is Flag.CONTAMINATED and i in by_id],
            )
            return tuple(HealthRow(by_id[i], flag, alone[i]) for i, flag in worst if i in by_id)

    def lookalikes(self, limit: int = 100) -> tuple[Lookalike, ...]:
        """Pairs of creators as close to each other as a face is to its own creator."""
        with self._store:
            threshold = self._threshold()
            creators, centres = self._store.people.centres()
            pairs = close_pairs(creators, centres, threshold, limit)
            return _described(self._store, pairs, threshold)

    def _threshold(self) -> float:
        return self._settings.config().match_threshold

    def _alone(
        self, matrix: ReferenceMatrix, threshold: float, references: Sequence[int]
    ) -> Counter[int]:
        """Pending faces that suggest a reference's creator and look like it alone of that one's."""
        found = Counter[int]()
        whose = {int(i): int(c) for i, c in zip(matrix.ids, matrix.creators, strict=True)}
        for reference in references:
            own = matrix.creators == whose[reference]
            this = matrix.ids == reference
            for block in self._store.references.pending(creators=[whose[reference]]):
                vectors = matrix_of(block["embedding"])
                near = (vectors @ matrix.embeddings[this].T).ravel() >= threshold
                rest = (vectors @ matrix.embeddings[own & ~this].T).max(axis=1, initial=-1.0)
                found[reference] += int((near & (rest < threshold)).sum())
        return found


def lookalikes_of(
    store: Store, creator_id: int, threshold: float, limit: int = 5
) -> tuple[Lookalike, ...]:
    """The creators who look like this one, closest first."""
    centre = store.people.centre(creator_id)
    if centre is None:
        return ()
    nearest = store.search.nearest(centre, limit, denied=[creator_id])
    return _described(store, [(creator_id, other) for other, _ in nearest], threshold)


def _described(
    store: Store, pairs: Sequence[tuple[int, int]], threshold: float
) -> tuple[Lookalike, ...]:
    creators = store.creators.several({creator for pair in pairs for creator in pair})
    found = [pair for pair in store.people.pairs(pairs) if pair.similarity >= threshold]
    found.sort(key=lambda pair: (-pair.similarity, pair.first, pair.second))
    return tuple(
        Lookalike(creators[p.first], creators[p.second], p.similarity, p.closest)
        for p in found
        if p.first in creators and p.second in creators
    )


def close_pairs(
    creators: NDArray[np.int32], centres: Embedding, threshold: float, limit: int
) -> list[tuple[int, int]]:
    """The ``limit`` closest pairs of creators whose centres have at least this cosine.

    ``creators`` has shape (n,), ``centres`` (n, 512), each of unit length.
    """
    found: list[NDArray[np.float64]] = []
    for first in range(0, len(creators), _BLOCK):
        cosines = centres[first : first + _BLOCK] @ centres[first:].T
        rows, columns = np.nonzero(cosines >= threshold)
        above = columns > rows
        rows, columns = rows[above], columns[above]
        found.append(np.stack([cosines[rows, columns], first + rows, first + columns], axis=1))
    pairs = np.concatenate([*found, np.empty((0, 3))])
    order = np.argsort(-pairs[:, 0], kind="stable")[:limit]
    return [(int(creators[int(a)]), int(creators[int(b)])) for _, a, b in pairs[order]]
