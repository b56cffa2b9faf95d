"""The embeddings of faces whose clusters are weighed again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facereview.records import DIMENSION
from facereview.review.clusters.neighbours import Stored
from facereview.store.store import Store

KEPT = 400_000
"""Faces whose embeddings are kept while many are placed, of a kilobyte each."""


class MemberVectors:
    """Embeddings read once while new faces are placed part by part.

    The same large clusters get some of each part, and every face in them is weighed again each
    time: of 1,000,000 faces, 10,000 more let 385,000 be weighed, and four times as many were read.
    """

    def __init__(self, store: Store, most: int) -> None:
        """At ``most`` so many are kept, none where all is placed in one part."""
        self._store = store
        self._vectors = np.empty((most, DIMENSION), np.float16)
        self._ids = np.empty(0, np.int32)  # of the first rows, in their order

    def of(self, face_ids: NDArray[np.int32]) -> Stored:
        """The embeddings of these faces, ascending: shape (n, 512), zeros where one is gone."""
        missing = face_ids[~np.isin(face_ids, self._ids)]
        if len(self._ids) + len(missing) > len(self._vectors):
            self._ids, missing = self._ids[:0], face_ids
        if len(missing) > len(self._vectors):
            return self._store.clustering.vectors_of(face_ids)
        if len(missing):
            kept = len(self._ids)
            self._vectors[kept : kept + len(missing)] = self._store.clustering.vectors_of(missing)
            self._ids = np.concatenate([self._ids, missing])
        order = np.argsort(self._ids)
        places = order[np.searchsorted(self._ids, face_ids, sorter=order)]
        return self._vectors.take(places, axis=0)
