"""Pooling the faces of a track into one template.

Of 141 tracks of the made videos (at 5, 20 and 60 frames, and made a half to a quarter as large),
each compared with 40 galleries of 387 pictures (zoo pack), found where one wrong creator in 1,000
is let through, and the cosine that takes:

===================================  =====  =====  =========================
weights                              all    small  cosine
===================================  =====  =====  =========================
the best face alone                  .986   .985   .411
all alike                            .998   .993   .414
by quality                           .998   .993   .414
near-copies as one                   .996   .991   .430
near-copies as one, by quality       .996   .991   .429
===================================  =====  =====  =========================

Pooling is what counts. The made videos show few pictures of each person at length; near-copies
weigh as one all the same, so that a still shot, a name card or a freeze frame does not decide.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.evidence.records import Template

COPY, DIFFERENT = 0.95, 0.80
"""Cosines from which a picture is a near-copy, and below which it is another; between, in part."""

LEAST_WEIGHT = 0.05
"""Weight of a face of no quality: alone, it still has a direction."""

UNKNOWN_QUALITY = 0.5

_ROUNDS = 12


def pool(
    embeddings: Embedding, quality: NDArray[np.float32], sides: NDArray[np.float32]
) -> Template:
    """The template of faces of one person, at least one; quality (n,) NaN where unknown.

    ``sides`` (n,) are the shorter sides in pixels. Faces weigh by their quality, and near-copies
    share the weight of one. Faces like nothing (zeros) are left out.
    """
    known = np.where(np.isnan(quality), np.float32(UNKNOWN_QUALITY), quality)
    worth = distinct(embeddings)
    weights = worth * np.maximum(known, LEAST_WEIGHT)
    total = weights @ embeddings
    length = float(np.linalg.norm(total))
    return Template(
        (total / length if length > 0 else np.zeros_like(total)).astype(np.float32),
        max(1.0, float(worth.sum())),
        _median(sides),
        float(known.max()),
    )


def _median(sides: NDArray[np.float32]) -> float:
    """The median of those that are known, NaN where none is; numpy's takes ten times as long."""
    known = np.sort(sides[~np.isnan(sides)])
    middle = len(known) // 2
    return float((known[middle] + known[~middle]) / 2) if len(known) else float("nan")


def distinct(embeddings: Embedding) -> NDArray[np.float64]:
    """How much of a picture of its own each face is, shape (n,): k copies 1/k each; 0 for zeros.

    With Z the share to which two faces are copies, these are the weights w for which Z w = 1;
    their sum is the effective number of pictures, the magnitude of Leinster and Cobbold ("Measuring
    diversity: the importance of species similarity", Ecology 93, 2012). Found by w <- w / Z w,
    which keeps w positive.
    """
    if len(embeddings) == 1:
        return np.asarray(embeddings.any(axis=1), np.float64)
    there = np.asarray(embeddings.any(axis=1), np.bool_)
    if len(embeddings) == 1:
        return np.asarray(there, np.float64)
    cosines = (embeddings @ embeddings.T).astype(np.float64)
    copies = np.clip((cosines - DIFFERENT) / (COPY - DIFFERENT), 0.0, 1.0)
    copies[np.diag_indices(len(copies))] = 1.0
    weights = np.ones(len(embeddings))
    for _ in range(_ROUNDS):
        weights = weights / (copies @ weights)
    return np.where(there, weights, 0.0)
