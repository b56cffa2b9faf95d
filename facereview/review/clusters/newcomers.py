"""Giving faces that came since the last grouping their clusters, beside their nearest ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.clusters.frames import frame_numbers
from facereview.review.clusters.grouping import FaceSet
from facereview.review.clusters.incremental import Joined, Nearby, join
from facereview.store.grouping import Neighbour, PendingFaces
from facereview.store.store import Store

_NEAREST = 30
"""Faces looked at for each new one: other new ones, which come in crowds, are among them."""


def joined_by(store: Store, new: PendingFaces, embeddings: Embedding, threshold: float) -> Joined:
    """Where new faces belong, among themselves and the pending faces near them."""
    mirrored = {face for pair in store.grouping.mirrors() for face in pair}
    frames = frame_numbers(new.videos, new.timestamps)
    frames = np.where([int(face) in mirrored for face in new.ids], -new.ids, frames)
    neighbours = store.grouping.nearest(new.ids, _NEAREST)
    clusters = sorted({n.cluster for n in neighbours if n.cluster >= 0})
    taken: dict[int, set[int]] = {cluster: set() for cluster in clusters}
    held = store.grouping.frames_of(clusters, np.unique(new.videos).tolist())
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
    barred = [(places[face], c) for face, c, _ in store.grouping.apart() if face in places]
    return np.asarray(barred, np.int64).reshape(-1, 2)
