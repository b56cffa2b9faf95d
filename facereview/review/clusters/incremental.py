"""Assigning new faces to clusters by the rules of clustering, without changing the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.clusters.chinese_whispers import Frames, Labels, Rules, whisper
from facereview.review.clusters.clustering import FIRST_NEW, LEAST_VOTE, SINGLE
from facereview.review.clusters.constraints import frame_numbers
from facereview.review.clusters.neighbours import Edges, each_once, nearest
from facereview.review.clusters.units import (
    NO_TRACK,
    Bonds,
    FaceSet,
    Ordered,
    Units,
    order_of_units,
    unite,
)
from facereview.store.clustering import Neighbour, PendingFaces
from facereview.store.store import Store

_NO_PAIRS = np.zeros((0, 2), np.int64)
_NEAREST = 30
"""Neighbours looked up for each new unit; other new faces are among them."""


@dataclass(frozen=True, slots=True)
class NewFaces:
    """Faces to be placed: their units, and the unit and the frame of each face (m,)."""

    units: Units
    unit: NDArray[np.int64]
    frames: NDArray[np.int64]

    @classmethod
    def united(cls, faces: FaceSet) -> NewFaces:
        """The faces of each track as one unit."""
        count = len(faces.frames)
        nothing: NDArray[np.bool_] = np.logical_not(faces.embeddings.any(axis=1))
        bonds = Bonds(np.full(count, SINGLE, np.int64), np.zeros(count, bool), _NO_PAIRS, nothing)
        return cls(*unite(faces, bonds), faces.frames)


@dataclass(frozen=True, slots=True)
class Nearby:
    """The nearest pending faces of each new unit, all of shape (u, k), -1 in ``faces`` for none.

    ``faces`` are ids of detections, ``clusters`` where they are (-1 single), ``frames`` theirs,
    counted as those of the new faces are.
    """

    cosines: NDArray[np.float32]
    faces: NDArray[np.int64]
    clusters: NDArray[np.int64]
    frames: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Limits:
    """What new faces must not do, and where they are expected.

    ``taken`` are the frames in which a cluster already has a face; ``barred`` places of new faces
    with clusters they never join, ``excluded`` the same of pending ones by detection id;
    ``at_home`` the clusters in which tracks of new units already are.
    """

    taken: Mapping[int, Collection[int]]
    barred: Sequence[tuple[int, int]] = ()
    excluded: Sequence[tuple[int, int]] = ()
    at_home: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Joined:
    """Where new faces belong (m,): -1 alone, -2, -3, ... in a new cluster.

    ``singles`` are pending faces that were alone and join one of those, by detection id.
    """

    clusters: NDArray[np.int64]
    singles: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Crowd:
    """The units that vote: ``count`` new ones, then the pending faces near them.

    Then one of no person for every cluster and frame of a new face in which the cluster is.
    ``members`` and ``frames`` say which of them is in which frame.
    """

    count: int
    ids: NDArray[np.int64]
    clusters: NDArray[np.int64]
    members: NDArray[np.int64]
    frames: NDArray[np.int64]

    def apart(
        self, barred: Sequence[tuple[int, int]], excluded: Sequence[tuple[int, int]]
    ) -> NDArray[np.int64]:
        """Pairs (p, 2) of whoever never joins a cluster with those that are in it already."""
        old = {int(face): at for at, face in enumerate(self.ids) if face >= 0}
        known = [(old[face], cluster) for face, cluster in excluded if face in old]
        pairs = []
        for at, cluster in [*barred, *known]:
            settled = np.flatnonzero(self.clusters == cluster) if cluster >= 0 else ()
            pairs += [(at, int(other)) for other in settled if other != at]
        return np.asarray(pairs, np.int64).reshape(-1, 2)


def join(new: NewFaces, near: Nearby, threshold: float, limits: Limits) -> Joined:
    """The clusters of new faces, by the votes of their nearest pending faces and of each other.

    Faces in a cluster stay there; a pending face that was alone may join a new one and form a new
    cluster with it. The new faces of a track go where its others are, unless a limit forbids it.
    """
    if len(new.unit) == 0:
        return Joined(np.zeros(0, np.int64), {})
    order = order_of_units(new.units, new.unit, new.frames)
    place = np.argsort(order)
    units = Ordered(new.units, order)
    near = Nearby(*(getattr(near, part)[order] for part in Nearby.__slots__))
    count = len(order)
    barred = [(int(place[new.unit[face]]), cluster) for face, cluster in limits.barred]
    home = np.full(count, SINGLE, np.int64)
    for unit, cluster in limits.at_home.items():
        if (int(place[unit]), cluster) not in barred:
            home[place[unit]] = cluster
    crowd = _crowd(place[new.unit], new.frames, near, limits.taken, home)
    apart = crowd.apart(barred, limits.excluded)
    labels, settled = _whispered(units, near, crowd, apart, threshold)
    faces = np.concatenate([units.sizes, np.ones(len(crowd.ids) - count)])
    names = _named(labels, crowd.clusters, settled, faces)
    joining = np.flatnonzero((names[count:] != SINGLE) & (crowd.clusters[count:] < 0)) + count
    singles = {int(crowd.ids[at]): int(names[at]) for at in joining}
    return Joined(names[:count][place[new.unit]], singles)


def _crowd(
    unit: NDArray[np.int64],
    frames: NDArray[np.int64],
    near: Nearby,
    taken: Mapping[int, Collection[int]],
    home: NDArray[np.int64],
) -> _Crowd:
    ids, first = np.unique(near.faces, return_index=True)
    ids, first = ids[ids >= 0], first[ids >= 0]
    clusters = near.clusters.ravel()[first]
    here = set(frames.tolist())
    reachable = np.unique(np.concatenate([clusters, home]))
    held = [
        (c, f) for c in reachable[reachable >= 0].tolist() for f in here & set(taken.get(c, ()))
    ]
    extra = np.asarray(held, np.int64).reshape(-1, 2)
    count = len(home)
    others = count + np.arange(len(ids) + len(extra))
    return _Crowd(
        count,
        np.concatenate([np.full(count, SINGLE), ids, np.full(len(extra), SINGLE)]),
        np.concatenate([home, clusters, extra[:, 0]]),
        np.concatenate([unit, others]),
        np.concatenate([frames, near.frames.ravel()[first], extra[:, 1]]),
    )


def _whispered(
    units: Ordered, near: Nearby, crowd: _Crowd, apart: NDArray[np.int64], threshold: float
) -> tuple[Labels, NDArray[np.bool_]]:
    """The label of each member of the crowd, and who holds that of the cluster they were in."""
    total = len(crowd.ids)
    start = np.arange(total)
    settled = np.flatnonzero(crowd.clusters >= 0)
    _, first, cluster = np.unique(crowd.clusters[settled], return_index=True, return_inverse=True)
    start[settled] = settled[first][cluster]
    old = (crowd.clusters >= 0) & (np.arange(total) >= crowd.count)
    frames = Frames.shared(crowd.members, crowd.frames, total)
    rules = Rules(frames, apart, old, np.zeros(total, bool))
    labels = rules.obeyed(start, np.zeros(total))
    stays = (crowd.clusters >= 0) & (labels == start)
    edges = _edges(units, near, crowd, threshold)
    graph = edges.graph(total, threshold - LEAST_VOTE)
    return whisper(graph, labels, replace(rules, frozen=stays)), stays


def _edges(units: Ordered, near: Nearby, crowd: _Crowd, threshold: float) -> Edges:
    among = units.alike(nearest(units.units.embeddings, units.order, threshold), threshold)
    cosines = near.cosines * (units.sums / units.sizes)[:, None]
    row, column = np.nonzero((cosines > threshold) & (near.faces >= 0))
    known = crowd.ids[crowd.count :]
    known = known[known >= 0]
    other = crowd.count + np.searchsorted(known, near.faces[row, column])
    return each_once(
        np.concatenate([among.one, row.astype(np.int32)]),
        np.concatenate([among.other, other.astype(np.int32)]),
        np.concatenate([among.cosine, cosines[row, column]]),
    )


def _named(
    labels: Labels,
    clusters: NDArray[np.int64],
    settled: NDArray[np.bool_],
    faces: NDArray[np.floating],
) -> NDArray[np.int64]:
    """Ids of the labels: the cluster of those settled in it, else new, -1 for a face alone."""
    names, compact = np.unique(labels, return_inverse=True)
    ids = np.full(len(names), SINGLE, np.int64)
    ids[compact[settled]] = clusters[settled]
    fresh = np.flatnonzero((ids == SINGLE) & (np.bincount(compact, weights=faces) > 1))
    ids[fresh] = FIRST_NEW - np.arange(len(fresh))
    return ids[compact]


def joined_by(store: Store, new: PendingFaces, embeddings: Embedding, threshold: float) -> Joined:
    """Where new faces belong, among themselves and the pending faces near them."""
    mirrored = {face for pair in store.clustering.mirrors() for face in pair}
    frames = frame_numbers(new.videos, new.timestamps)
    frames = np.where([int(face) in mirrored for face in new.ids], -new.ids, frames)
    faces = NewFaces.united(FaceSet(embeddings, frames, new.quality, new.tracks))
    unit_of = {
        track: unit
        for track, unit in zip(new.tracks.tolist(), faces.unit.tolist(), strict=True)
        if track != NO_TRACK
    }
    tracks = list(unit_of)
    mates = [
        (unit_of[tracks[mate.place - 1]], mate) for mate in store.clustering.track_mates(tracks)
    ]
    directions = faces.units.embeddings.astype(np.float32)
    found = store.clustering.nearest(directions, _NEAREST)
    near = [(n.place - 1, n) for n in found] + mates
    nearby = _nearby(near, len(faces.units.sizes))
    apart = store.clustering.apart()
    places = {int(face): at for at, face in enumerate(new.ids)}
    limits = Limits(
        _taken(store, np.unique(nearby.clusters[nearby.clusters >= 0]).tolist(), new.videos),
        [(places[face], cluster) for face, cluster, _ in apart if face in places],
        [(face, cluster) for face, cluster, _ in apart if face not in places],
        _at_home(mates),
    )
    return join(faces, nearby, threshold, limits)


def _at_home(mates: list[tuple[int, Neighbour]]) -> dict[int, int]:
    """The cluster of each unit whose track is in just one."""
    clusters: dict[int, set[int]] = {}
    for unit, mate in mates:
        if mate.cluster != SINGLE:
            clusters.setdefault(unit, set()).add(mate.cluster)
    return {unit: held.pop() for unit, held in clusters.items() if len(held) == 1}


def _taken(store: Store, clusters: list[int], videos: NDArray[np.int32]) -> dict[int, set[int]]:
    """The frames of these videos in which each of these clusters has a face."""
    taken: dict[int, set[int]] = {cluster: set() for cluster in clusters}
    held = store.clustering.frames_of(clusters, np.unique(videos).tolist())
    numbers = frame_numbers([video for _, video, _ in held], [at for _, _, at in held])
    for (cluster, _, _), frame in zip(held, numbers.tolist(), strict=True):
        taken[cluster].add(frame)
    return taken


def _nearby(near: list[tuple[int, Neighbour]], count: int) -> Nearby:
    """The neighbours as arrays, row by row of the new units."""
    used = [0] * count
    columns = []
    for unit, _ in near:
        columns.append(used[unit])
        used[unit] += 1
    shape = (count, max(used, default=0))
    cosines = np.full(shape, -1, np.float32)
    faces, clusters, frames = (np.full(shape, -1, np.int64) for _ in range(3))
    at = ([unit for unit, _ in near], columns)
    found = [neighbour for _, neighbour in near]
    cosines[at] = [n.similarity for n in found]
    faces[at] = [n.id for n in found]
    clusters[at] = [n.cluster for n in found]
    frames[at] = frame_numbers([n.video_id for n in found], [n.timestamp for n in found])
    return Nearby(cosines, faces, clusters, frames)
