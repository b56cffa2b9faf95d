"""Choosing decided faces that make good references: few, clear and different."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.creators.health import TWIN

MOST = 2000
"""Decided faces looked at, the clearest of a creator."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate by its place; ``covers`` faces are closest to it."""

    place: int
    covers: int


def choose_different(
    faces: Embedding,
    quality: NDArray[np.float32],
    held: Embedding,
    allowed: NDArray[np.bool_],
    count: int,
) -> list[Chosen]:
    """Up to ``count`` of ``faces``, shape (n, 512), that stand for all of them, best first.

    Greedy facility location: each step takes the face that adds most to the sum, over all faces,
    of the best cosine to a reference, weighted by that reference's ``quality``, beyond what the
    references ``held``, shape (m, 512), give already. Greedy comes within 1 - 1/e of the best
    choice (Nemhauser, Wolsey & Fisher, "An analysis of approximations for maximizing submodular
    set functions", 1978). Only ``allowed`` faces are taken, only those that add something, and
    none that repeats a reference (:data:`~facereview.review.creators.health.TWIN`).
    """
    cosines = np.maximum(faces @ faces.T, 0.0)
    worth = cosines * (1 + np.clip(quality, 0.0, 1.0)) / 2  # how typical a face is counts more
    covered = np.maximum(faces @ held.T, 0.0).max(axis=1, initial=0.0)
    closest = np.full(len(faces), -1)
    taken: list[int] = []
    free = allowed & ((faces @ held.T).max(axis=1, initial=-1.0) < TWIN)
    while len(taken) < count and free.any():
        gains = np.where(free, np.maximum(worth - covered[:, None], 0.0).sum(axis=0), -1.0)
        best = int(gains.argmax())
        if gains[best] <= 0:
            break
        closest[worth[:, best] > covered] = best
        covered = np.maximum(covered, worth[:, best])
        free &= cosines[:, best] < TWIN
        free[best] = False
        taken.append(best)
    return [Chosen(place, int((closest == place).sum())) for place in taken]
