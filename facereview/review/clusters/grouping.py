"""Grouping faces by person, without knowing how many people there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.clusters.merging import merge
from facereview.review.clusters.names import name_groups
from facereview.review.clusters.neighbours import Cancelled, nearest
from facereview.review.clusters.whispers import Labels, Rules, whisper

__all__ = ["METHOD", "Cancelled", "FaceSet", "group"]

METHOD = "weighted Chinese Whispers on a graph of nearest neighbours, joined by average linkage"

LEAST_VOTE = 0.02


@dataclass(frozen=True, slots=True)
class FaceSet:
    """Faces to be grouped.

    ``embeddings`` (n, 512) float32 of unit length; ``frames`` (n,): equal numbers are one frame,
    in which nobody is twice; ``quality`` (n,) 0..1, NaN where unknown.
    """

    embeddings: Embedding
    frames: NDArray[np.int64]
    quality: NDArray[np.float32]


def group(
    faces: FaceSet,
    threshold: float,
    *,
    apart: NDArray[np.int32],
    before: NDArray[np.int64] | None = None,
    fixed: NDArray[np.bool_] | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> NDArray[np.int64]:
    """Cluster ids of faces, shape (n,): -1 is a face alone, new clusters are -2, -3, ...

    ``threshold`` is the pack's (cosine). ``apart`` (m, 2) are places of faces that never share a
    cluster. ``before`` (n,) are the ids so far, -1 none: grouping starts there, and a cluster
    keeps its id by what it shares with the old one. Faces that are ``fixed`` (n,) stay in
    ``before``, whatever else holds; fixed and -1 stays alone. ``on_progress`` gets 0..1.

    Raises:
        Cancelled: ``cancelled`` said so.
    """
    count = len(faces.frames)
    before = np.full(count, -1, np.int64) if before is None else before
    fixed = np.zeros(count, bool) if fixed is None else fixed
    if count == 0:
        return before
    order = order_of(faces)
    place = np.empty_like(order)
    place[order] = np.arange(count)
    _, frames = np.unique(faces.frames[order], return_inverse=True)
    pairs = place[np.asarray(apart, np.int64).reshape(-1, 2)]
    rules = Rules(frames.astype(np.int64), pairs, fixed[order])
    edges = nearest(
        faces.embeddings,
        order,
        threshold,
        on_progress=lambda share: on_progress(0.8 * share),
        cancelled=cancelled,
    )
    alone = (rules.frozen & (before[order] < 0)) if fixed.any() else np.zeros(count, bool)
    graph = edges.without(alone).graph(count, threshold - LEAST_VOTE)
    labels = whisper(graph, begin(before[order], rules), rules)
    on_progress(0.9)
    if cancelled():
        raise Cancelled
    labels = merge(faces.embeddings, order, labels, rules, threshold)
    on_progress(1.0)
    return name_groups(labels, before[order], fixed[order])[place]


def order_of(faces: FaceSet) -> NDArray[np.intp]:
    """An order of the faces that comes from what they are, not from where they stand."""
    some = faces.embeddings[:, ::32].T
    return np.lexsort((faces.frames, *some))


def begin(before: NDArray[np.int64], rules: Rules) -> Labels:
    """Labels to start from: the old clusters as far as the rules allow, else each face alone."""
    labels = np.arange(len(before))
    kept = np.flatnonzero(before >= 0)
    _, first, cluster = np.unique(before[kept], return_index=True, return_inverse=True)
    labels[kept] = kept[first][cluster]
    return rules.obeyed(labels)
