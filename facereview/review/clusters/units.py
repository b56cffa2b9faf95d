"""The units of clustering: the faces of a track together, a face without one by itself.

Curators decide on faces: where they took some of a track's faces elsewhere, it is several units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.clusters.neighbours import Edges, Stored

NO_TRACK = -1
_BLOCK = 16_384


@dataclass(frozen=True, slots=True)
class FaceSet:
    """Faces to be clustered.

    ``embeddings`` (n, 512) of unit length; ``frames`` (n,): equal numbers are one frame,
    in which no person appears twice; ``quality`` (n,) 0..1, NaN where unknown; ``tracks`` (n,):
    equal numbers are one track, -1 is none; without this array no face has one.
    """

    embeddings: Stored
    frames: NDArray[np.int64]
    quality: NDArray[np.float32]
    tracks: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Bonds:
    """What curators decided on faces; all of shape (n,) but the pairs ``apart`` (m, 2).

    ``before`` is the cluster of each face so far, -1 none; those that are ``fixed`` stay there.
    No other face goes where one is that stays ``alone``.
    """

    before: NDArray[np.int64]
    fixed: NDArray[np.bool_]
    apart: NDArray[np.int64]
    alone: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Units:
    """Units of faces; of shape (u,), but the ``embeddings`` (u, 512), which have unit length.

    ``sums`` is the length of the sum of a unit's embeddings, ``sizes`` the number of its faces:
    the cosine of two units times ``clarity`` of both is the mean cosine over their pairs of faces.
    """

    embeddings: Stored
    sums: NDArray[np.float32]
    sizes: NDArray[np.float32]

    @property
    def clarity(self) -> NDArray[np.float32]:
        """Length of the mean of each unit's embeddings: 1 where its faces are all the same."""
        return self.sums / self.sizes


@dataclass(frozen=True, slots=True)
class Ordered:
    """Units in the ``order`` (u,) of labels and rules; they are not copied for it."""

    units: Units
    order: NDArray[np.intp]

    def only(self, places: NDArray[np.bool_]) -> Ordered:
        """Some of them, in the same order."""
        return Ordered(self.units, self.order[places])

    def rows(self, places: NDArray[np.intp]) -> Embedding:
        """The embeddings of the units at these places."""
        return self.units.embeddings.take(self.order[places], axis=0).astype(np.float32, copy=False)

    @property
    def sums(self) -> NDArray[np.float32]:
        """The length of the sum of each unit's embeddings, shape (u,)."""
        return self.units.sums[self.order]

    @property
    def sizes(self) -> NDArray[np.float32]:
        """The number of faces of each unit, shape (u,)."""
        return self.units.sizes[self.order]

    def alike(self, edges: Edges, threshold: float) -> Edges:
        """The edges that count: between tracks those whose mean cosine is above the threshold.

        The cosine of two tracks' directions is above the mean of their faces'. For a single face
        and a track it counts as it is: what that lets in wrongly the mean of a cluster expels.
        """
        several, clarity = self.sizes > 1, self.sums / self.sizes
        both = several[edges.one] & several[edges.other]
        mean = edges.cosine * np.where(both, clarity[edges.one] * clarity[edges.other], 1)
        keep = mean > threshold
        return Edges(edges.one[keep], edges.other[keep], mean[keep].astype(np.float32))


def order_of(faces: FaceSet) -> NDArray[np.intp]:
    """An order of the faces that depends on their contents, not on their positions."""
    some = faces.embeddings[:, ::32].T.astype(np.float32)
    return np.lexsort((faces.frames, *some))


def order_of_units(
    units: Units, unit: NDArray[np.int64], frames: NDArray[np.int64]
) -> NDArray[np.intp]:
    """The same of units, of which ``unit`` (n,) and ``frames`` (n,) are those of the faces."""
    first = np.full(len(units.sizes), np.iinfo(np.int64).max)
    np.minimum.at(first, unit, frames)
    return np.lexsort((first, *units.embeddings[:, ::32].T.astype(np.float32)))


def unite(faces: FaceSet, bonds: Bonds) -> tuple[Units, NDArray[np.int64]]:
    """The units of faces, and the number of each face's unit, shape (n,)."""
    count = len(faces.frames)
    ones = np.ones(count, np.float32)
    if faces.tracks is None or (faces.tracks == NO_TRACK).all():
        return Units(faces.embeddings, ones, ones), np.arange(count)
    unit = _whole_tracks(faces.tracks, faces.frames, bonds)
    return _pooled(faces.embeddings, unit, order_of(faces)), unit


def at_home(
    tracks: NDArray[np.int64] | None, unit: NDArray[np.int64], bonds: Bonds
) -> NDArray[np.int64]:
    """The cluster of the fixed faces of each unit's track (u,), -1 where they are in several.

    Also -1 for units that are fixed themselves or were in some cluster so far.
    """
    home = np.full(int(unit.max()) + 1, -1, np.int64)
    held = np.flatnonzero(bonds.fixed & (bonds.before >= 0))
    if tracks is None or len(held) == 0:
        return home
    track = _numbered(tracks)
    pairs = np.unique(np.stack([track[held], bonds.before[held]]), axis=1)
    known, first, number = np.unique(pairs[0], return_index=True, return_counts=True)
    cluster_of = np.full(int(track.max()) + 1, -1, np.int64)
    cluster_of[known[number == 1]] = pairs[1, first[number == 1]]
    home[unit] = np.where(tracks == NO_TRACK, -1, cluster_of[track])
    home[unit[(bonds.before >= 0) | bonds.fixed | bonds.alone]] = -1
    return home


def _whole_tracks(
    tracks: NDArray[np.int64], frames: NDArray[np.int64], bonds: Bonds
) -> NDArray[np.int64]:
    """The unit of each face (n,): its track, as far as curators left it whole.

    Fixed faces of a track are one unit for each cluster they are in. The others are one, but for
    those that are kept from others of the track, or share a frame with one: a track may be older
    than what keeps them.
    """
    single = (tracks == NO_TRACK) | bonds.alone
    track = _numbered(np.where(single, tracks.max() + 1 + np.arange(len(tracks)), tracks))
    _, frame = np.unique(frames, return_inverse=True)
    met = _pairs_of_equal(track * (int(frame.max()) + 1) + frame)
    pairs = np.concatenate([bonds.apart, np.stack(met, axis=1)])
    parts = _parts(pairs[track[pairs[:, 0]] == track[pairs[:, 1]]], bonds)
    return _numbered(track * (int(parts.max()) + 1) + parts)


def _numbered(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The keys (n,) as numbers from 0."""
    return np.unique(keys, return_inverse=True)[1].astype(np.int64)


def _parts(pairs: NDArray[np.int64], bonds: Bonds) -> NDArray[np.int64]:
    """A number for each face (n,), 0 for most: faces of a track with equal numbers stay together.

    ``pairs`` (m, 2) are of one track each. Faces kept from just the same others are not kept from
    each other.
    """
    kept_from: dict[int, set[int]] = {}
    for one, other in pairs.tolist():
        kept_from.setdefault(one, set()).add(other)
        kept_from.setdefault(other, set()).add(one)
    names: dict[frozenset[int], int] = {}
    parts = np.zeros(len(bonds.before), np.int64)
    for face, others in kept_from.items():
        parts[face] = names.setdefault(frozenset(others), len(names) + 1)
    held = np.flatnonzero(bonds.fixed)
    parts[held] = len(names) + 1 + _numbered(bonds.before[held])
    return parts


def _pooled(embeddings: Stored, unit: NDArray[np.int64], order: NDArray[np.intp]) -> Units:
    """Units of faces by number (n,), summed in this order of the faces."""
    sizes = np.bincount(unit)
    ranked = order[np.argsort(unit[order], kind="stable")]
    pooled = summed(
        lambda some: embeddings.take(ranked[some], axis=0).astype(np.float32, copy=False),
        unit[ranked],
        len(sizes),
    )
    sums = np.linalg.norm(pooled, axis=1)
    pooled /= np.maximum(sums, 1e-6)[:, None]
    kept: Stored = pooled.astype(np.float16) if embeddings.dtype == np.float16 else pooled
    return Units(
        kept,
        np.where(sizes == 1, np.float32(1), sums),
        sizes.astype(np.float32),
    )


def summed(
    rows: Callable[[NDArray[np.intp]], Embedding], groups: NDArray[np.integer], count: int
) -> Embedding:
    """The sum of the rows of each group, shape (count, d), read some thousands at a time.

    ``rows`` gives those at some places, ``groups`` (m,) says in which each is, ascending.
    """
    sums = np.zeros((count, rows(np.zeros(0, np.intp)).shape[1]), np.float32)
    for start in range(0, len(groups), _BLOCK):
        some = np.arange(start, min(start + _BLOCK, len(groups)))
        first = np.flatnonzero(np.diff(groups[some], prepend=-1))
        sums[groups[some[first]]] += np.add.reduceat(rows(some), first, axis=0)
    return sums


def _pairs_of_equal(keys: NDArray[np.integer]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All pairs of places with the same key."""
    ranked = np.argsort(keys, kind="stable")
    _, first, number = np.unique(keys[ranked], return_index=True, return_counts=True)
    places = np.arange(len(ranked))
    later = np.repeat(first + number, number) - places - 1
    one = np.repeat(places, later)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(later) - later, later)
    return ranked[one], ranked[other]
