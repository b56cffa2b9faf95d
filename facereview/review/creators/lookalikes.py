"""Creators who look alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.creators.records import Lookalike
from facereview.store.store import Store

_BLOCK = 1024
"""Creators compared with all others at a time: 40 MB at 10,000 creators."""


def all_lookalikes(store: Store, threshold: float, limit: int) -> tuple[Lookalike, ...]:
    """The closest pairs of creators, those whose centres have at least this cosine."""
    creators, centres = store.people.centres()
    return _described(store, close_pairs(creators, centres, threshold, limit), threshold)


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
