"""Assigning new faces to clusters by the rules of clustering, without changing the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.clusters.chinese_whispers import Labels, Rules, whisper
from facereview.review.clusters.clustering import (
    FIRST_NEW,
    LEAST_VOTE,
    SINGLE,
    FaceSet,
    order_of,
)
from facereview.review.clusters.constraints import frame_numbers
from facereview.review.clusters.neighbours import Edges, each_once, nearest
from facereview.store.clustering import Neighbour, PendingFaces
from facereview.store.store import Store

_NO_PAIRS = np.zeros((0, 2), np.int64)
_NEAREST = 30
"""Neighbours looked up for each new face; other new faces are among them."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """The nearest pending faces of each new face, all of shape (m, k), -1 in ``faces`` for none.

    ``faces`` are ids of detections, ``clusters`` where they are (-1 single), ``frames`` theirs,
    counted as those of the new faces are.
    """

    cosines: NDArray[np.float32]
    faces: NDArray[np.int64]
    clusters: NDArray[np.int64]
    frames: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Joined:
    """Where new faces belong (m,): -1 alone, -2, -3, ... in a new cluster.

    ``singles`` are pending faces that were alone and join one of those, by detection id.
    """

    clusters: NDArray[np.int64]
    singles: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Crowd:
    """The faces that vote: first the new ones, then the pending ones near them.

    Then one of no person for every cluster and frame of a new face in which the cluster is.
    """

    count: int
    ids: NDArray[np.int64]
    clusters: NDArray[np.int64]
    frames: NDArray[np.int64]


def join(
    new: FaceSet,
    near: Nearby,
    threshold: float,
    *,
    taken: Mapping[int, Collection[int]],
    barred: NDArray[np.int64] = _NO_PAIRS,
) -> Joined:
    """The clusters of new faces, by the votes of their nearest pending faces and of each other.

    ``taken`` are the frames in which a cluster already has a face, for each cluster in ``near``.
    ``barred`` (b, 2) are places of new faces with clusters they never join. Faces in a cluster
    stay there; a pending face that was alone may join a new one and form a new cluster.
    """
    count = len(new.frames)
    if count == 0:
        return Joined(np.zeros(0, np.int64), {})
    order = order_of(new)
    near = Nearby(*(getattr(near, part)[order] for part in Nearby.__slots__))
    crowd = _crowd(new.frames[order], near, taken)
    place = np.argsort(order)
    labels = _whispered(new, order, near, crowd, _apart(barred, place, crowd), threshold=threshold)
    names = _named(labels, crowd)
    old = np.flatnonzero((names[count:] != SINGLE) & (crowd.clusters[count:] < 0)) + count
    singles = {int(crowd.ids[at]): int(names[at]) for at in old}
    return Joined(names[:count][place], singles)


def _crowd(frames: NDArray[np.int64], near: Nearby, taken: Mapping[int, Collection[int]]) -> _Crowd:
    ids, first = np.unique(near.faces, return_index=True)
    ids, first = ids[ids >= 0], first[ids >= 0]
    clusters = near.clusters.ravel()[first]
    here = {int(frame) for frame in frames}
    held = [
        (c, f)
        for c in np.unique(clusters[clusters >= 0])
        for f in here & set(taken.get(int(c), ()))
    ]
    extra = np.asarray(held, np.int64).reshape(-1, 2)
    none = np.full(len(frames), SINGLE, np.int64)
    return _Crowd(
        len(frames),
        np.concatenate([none, ids, np.full(len(extra), SINGLE, np.int64)]),
        np.concatenate([none, clusters, extra[:, 0]]),
        np.concatenate([frames, near.frames.ravel()[first], extra[:, 1]]),
    )


def _apart(barred: NDArray[np.int64], place: NDArray[np.intp], crowd: _Crowd) -> NDArray[np.int64]:
    """A new face and a cluster, as the face and one that is in the cluster already."""
    pairs = []
    for face, cluster in barred:
        members = np.flatnonzero(crowd.clusters == cluster)
        if cluster >= 0 and len(members):
            pairs.append((int(place[face]), int(members[0])))
    return np.asarray(pairs, np.int64).reshape(-1, 2)


def _whispered(
    new: FaceSet,
    order: NDArray[np.intp],
    near: Nearby,
    crowd: _Crowd,
    apart: NDArray[np.int64],
    *,
    threshold: float,
) -> Labels:
    labels = np.arange(len(crowd.frames))
    settled = np.flatnonzero(crowd.clusters >= 0)
    _, first, cluster = np.unique(crowd.clusters[settled], return_index=True, return_inverse=True)
    labels[settled] = settled[first][cluster]
    _, frames = np.unique(crowd.frames, return_inverse=True)
    nobody = np.zeros(len(labels), bool)
    rules = Rules(frames.astype(np.int64), apart, crowd.clusters >= 0, nobody)
    edges = _edges(new, order, near, crowd, threshold)
    return whisper(edges.graph(len(labels), threshold - LEAST_VOTE), labels, rules)


def _edges(
    new: FaceSet, order: NDArray[np.intp], near: Nearby, crowd: _Crowd, threshold: float
) -> Edges:
    among = nearest(new.embeddings, order, threshold)
    row, column = np.nonzero((near.cosines > threshold) & (near.faces >= 0))
    known = crowd.ids[crowd.count :]
    known = known[known >= 0]
    other = crowd.count + np.searchsorted(known, near.faces[row, column])
    return each_once(
        np.concatenate([among.one, row.astype(np.int32)]),
        np.concatenate([among.other, other.astype(np.int32)]),
        np.concatenate([among.cosine, near.cosines[row, column]]),
    )


def _named(labels: Labels, crowd: _Crowd) -> NDArray[np.int64]:
    """Ids of the labels: that of the settled faces that hold it, else new, -1 where alone."""
    names, compact, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    ids = np.full(len(names), SINGLE, np.int64)
    settled = crowd.clusters >= 0
    ids[compact[settled]] = crowd.clusters[settled]
    fresh = np.flatnonzero((ids == SINGLE) & (sizes > 1))
    ids[fresh] = FIRST_NEW - np.arange(len(fresh))
    return ids[compact]


def joined_by(store: Store, new: PendingFaces, embeddings: Embedding, threshold: float) -> Joined:
    """Where new faces belong, among themselves and the pending faces near them."""
    mirrored = {face for pair in store.clustering.mirrors() for face in pair}
    frames = frame_numbers(new.videos, new.timestamps)
    frames = np.where([int(face) in mirrored for face in new.ids], -new.ids, frames)
    neighbours = store.clustering.nearest(new.ids, _NEAREST)
    clusters = sorted({n.cluster for n in neighbours if n.cluster >= 0})
    taken: dict[int, set[int]] = {cluster: set() for cluster in clusters}
    held = store.clustering.frames_of(clusters, np.unique(new.videos).tolist())
    numbers = frame_numbers([video for _, video, _ in held], [at for _, _, at in held])
    for (cluster, _, _), frame in zip(held, numbers.tolist(), strict=True):
        taken[cluster].add(frame)
    return join(
        FaceSet(embeddings, frames, new.quality),
        _nearby(neighbours, len(new.ids)),
        threshold,
        taken=taken,
        barred=_barred(store, new),
    )


def _nearby(neighbours: list[Neighbour], count: int) -> Nearby:
    """The neighbours as arrays, row by row of the new faces."""
    shape = (count, _NEAREST)
    cosines = np.full(shape, -1, np.float32)
    faces = np.full(shape, -1, np.int64)
    clusters = np.full(shape, -1, np.int64)
    frames = np.full(shape, -1, np.int64)
    numbers = frame_numbers([n.video_id for n in neighbours], [n.timestamp for n in neighbours])
    used = [0] * count
    for neighbour, frame in zip(neighbours, numbers, strict=True):
        at = neighbour.place - 1, used[neighbour.place - 1]
        used[at[0]] += 1
        cosines[at], faces[at] = neighbour.similarity, neighbour.id
        clusters[at], frames[at] = neighbour.cluster, frame
    return Nearby(cosines, faces, clusters, frames)


def _barred(store: Store, new: PendingFaces) -> NDArray[np.int64]:
    places = {int(face): at for at, face in enumerate(new.ids)}
    barred = [(places[face], c) for face, c, _ in store.clustering.apart() if face in places]
    return np.asarray(barred, np.int64).reshape(-1, 2)
