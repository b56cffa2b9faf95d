"""Constraints from curators' decisions, as clustering and weighing the evidence need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facereview.store.clustering import PendingFaces
from facereview.store.store import Store


@dataclass(frozen=True, slots=True)
class Constraints:
    """The constraints on a list of faces, by their position in it.

    ``frames`` (n,): equal numbers are one frame; ``apart`` (m, 2): never in one cluster;
    ``denied``: creators a face is known not to be; ``excluded``: creators in whose
    clusters a face is not put again.
    """

    frames: NDArray[np.int64]
    apart: NDArray[np.int32]
    denied: dict[int, list[int]]
    excluded: dict[int, list[int]]


def read_constraints(store: Store, faces: PendingFaces) -> Constraints:
    """The constraints on these faces, whose ids ascend."""
    apart, verdicts = store.clustering.apart(), store.clustering.verdicts()
    mirrored, different = store.clustering.mirrors(), store.clustering.different()
    named = {f for f, _, _ in apart} | {f for f, _ in verdicts}
    named |= {f for pair in [*mirrored, *different] for f in pair}
    held = np.flatnonzero(np.isin(faces.ids, list(named)))
    places = dict(zip(faces.ids[held].tolist(), held.tolist(), strict=True))
    taken_out = [(places[f], c, who) for f, c, who in apart if f in places]
    excluded: dict[int, list[int]] = {}
    for place, _, who in taken_out:
        if who is not None:
            excluded.setdefault(place, []).append(who)
    denied = {place: list(creators) for place, creators in excluded.items()}
    for face, creator in verdicts:
        if face in places:
            denied.setdefault(places[face], []).append(creator)
    mirrors = [(places[a], places[b]) for a, b in mirrored if a in places and b in places]
    frames = frame_numbers(faces.videos, faces.timestamps)
    frames, loose = _mirrored(np.unique(frames, return_inverse=True)[1].astype(np.int64), mirrors)
    pairs = _pairs(faces, [(place, cluster) for place, cluster, _ in taken_out])
    told = [(places[a], places[b]) for a, b in different if a in places and b in places]
    never = np.asarray(pairs + loose + told, np.int32).reshape(-1, 2)
    return Constraints(frames, never, denied, excluded)


def _pairs(faces: PendingFaces, taken_out: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each face against those of the cluster that it was taken out of.

    Of a cluster that a curator put together, one face represents all: they stay together.
    """
    pairs: list[tuple[int, int]] = []
    stands_for: set[tuple[int, int]] = set()
    for place, cluster in taken_out:
        own = int(faces.clusters[place])
        if faces.fixed[place] and own >= 0:
            if (own, cluster) in stands_for:
                continue
            stands_for.add((own, cluster))
        pairs += [(place, int(m)) for m in np.flatnonzero(faces.clusters == cluster) if m != place]
    return pairs


def _mirrored(
    frames: NDArray[np.int64], mirrors: Sequence[tuple[int, int]]
) -> tuple[NDArray[np.int64], list[tuple[int, int]]]:
    """Frames in which mirrored faces stand alone; pairs that keep them from the frame's others."""
    if not mirrors:
        return frames, []
    allowed = set(mirrors) | {(b, a) for a, b in mirrors}
    faces = sorted({face for pair in mirrors for face in pair})
    loose = [
        (face, int(mate))
        for face in faces
        for mate in np.flatnonzero(frames == frames[face])
        if mate != face and (face, int(mate)) not in allowed
    ]
    frames = frames.copy()
    frames[faces] = frames.max() + 1 + np.arange(len(faces))
    return frames, loose


def frame_numbers(videos: ArrayLike, timestamps: ArrayLike) -> NDArray[np.int64]:
    """A number for each face's frame, shape (n,): equal in the same video and millisecond."""
    milliseconds = np.round(np.asarray(timestamps, np.float64) * 1000).astype(np.int64)
    return (np.asarray(videos, np.int64) << 32) + milliseconds
