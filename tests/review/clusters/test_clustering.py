"""Clustering: what always holds, and how well it finds people."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from facereview.errors import Cancelled
from facereview.records import Embedding
from facereview.review.clusters.clustering import cluster_faces
from facereview.review.clusters.units import FaceSet
from support import near, unit

T = 0.4
NO_PAIRS = np.zeros((0, 2), np.int32)


def face_set(embeddings: Embedding, frames: NDArray[np.int64] | None = None) -> FaceSet:
    """Faces, each in a frame of its own unless told."""
    own = np.arange(len(embeddings), dtype=np.int64)
    quality = np.full(len(embeddings), 0.8, np.float32)
    return FaceSet(embeddings, own if frames is None else frames, quality)


def person(axis: int, count: int, similarity: float = 0.85) -> Embedding:
    """Faces of one person."""
    return np.stack([near(axis, similarity, 1000 * axis + seed) for seed in range(count)])


def together(ids: NDArray[np.int64]) -> set[frozenset[int]]:
    """The partition, whatever the clusters are called."""
    clusters = {int(i): frozenset(np.flatnonzero(ids == i).tolist()) for i in set(ids) - {-1}}
    return set(clusters.values()) | {frozenset([int(i)]) for i in np.flatnonzero(ids == -1)}


@st.composite
def crowds(draw: st.DrawFn) -> tuple[FaceSet, NDArray[np.int32], NDArray[np.int64]]:
    """Few people, close enough to be mixed up, in few frames, with pairs apart and old ids."""
    count = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    people = unit(rng.standard_normal((draw(st.integers(1, 6)), 512)).astype(np.float32))
    noise = unit(rng.standard_normal((count, 512)).astype(np.float32))
    embeddings = unit(people[rng.integers(0, len(people), count)] + rng.uniform(0.3, 1.3) * noise)
    quality = np.where(rng.random(count) < 0.3, np.nan, rng.random(count)).astype(np.float32)
    frames = rng.integers(0, draw(st.integers(1, 60)), count)
    tracks = rng.integers(-1, draw(st.integers(1, 20)), count) if draw(st.booleans()) else None
    faces = FaceSet(embeddings, frames, quality, tracks)
    apart = rng.integers(0, count, (draw(st.integers(0, 8)), 2)).astype(np.int32)
    before = rng.integers(-1, 4, count)
    return faces, apart[apart[:, 0] != apart[:, 1]], before


def meetings(
    ids: NDArray[np.int64], faces: FaceSet, apart: NDArray[np.int32]
) -> list[tuple[int, int]]:
    """Pairs that share a cluster and must not."""
    same = (ids[:, None] == ids) & (ids[:, None] != -1)
    frame = np.triu(same & (faces.frames[:, None] == faces.frames), 1)
    pairs = [(int(a), int(b)) for a, b in np.argwhere(frame)]
    return pairs + [(int(a), int(b)) for a, b in apart if same[a, b]]


@settings(max_examples=60, deadline=None)
@given(crowds())
def test_rules_always_hold(crowd: tuple[FaceSet, NDArray[np.int32], NDArray[np.int64]]) -> None:
    faces, apart, before = crowd
    assert meetings(cluster_faces(faces, T, apart=apart), faces, apart) == []
    warm = cluster_faces(faces, T, apart=apart, before=before)
    assert meetings(warm, faces, apart) == []
    ids, sizes = np.unique(warm[warm != -1], return_counts=True)
    assert (sizes > 1).all()
    assert set(ids[ids >= 0]) <= set(before)


@settings(max_examples=60, deadline=None)
@given(crowds(), st.integers(0, 1000))
def test_fixed_faces_stay(
    crowd: tuple[FaceSet, NDArray[np.int32], NDArray[np.int64]], seed: int
) -> None:
    faces, apart, before = crowd
    fixed = np.random.default_rng(seed).random(len(before)) < 0.4
    ids = cluster_faces(faces, T, apart=apart, before=before, fixed=fixed)
    np.testing.assert_array_equal(ids[fixed], before[fixed])
    assert all(fixed[a] and fixed[b] for a, b in meetings(ids, faces, apart))


@settings(max_examples=40, deadline=None)
@given(crowds(), st.integers(0, 1000))
def test_the_order_of_the_faces_does_not_matter(
    crowd: tuple[FaceSet, NDArray[np.int32], NDArray[np.int64]], seed: int
) -> None:
    faces, apart, _ = crowd
    mixed = np.random.default_rng(seed).permutation(len(faces.frames))
    place = np.argsort(mixed)
    tracks = None if faces.tracks is None else faces.tracks[mixed]
    moved = FaceSet(faces.embeddings[mixed], faces.frames[mixed], faces.quality[mixed], tracks)
    there = cluster_faces(moved, T, apart=place[apart].astype(np.int32))
    assert together(there[place]) == together(cluster_faces(faces, T, apart=apart))


def test_nothing_and_one_face() -> None:
    none = face_set(np.zeros((0, 512), np.float32))
    assert cluster_faces(none, T, apart=NO_PAIRS).shape == (0,)
    assert cluster_faces(face_set(person(0, 1)), T, apart=NO_PAIRS).tolist() == [-1]


def test_people_are_found_and_singles_stay_single() -> None:
    faces = face_set(np.concatenate([person(0, 5), person(1, 4), person(2, 1)]))
    assert cluster_faces(faces, T, apart=NO_PAIRS).tolist() == [-2] * 5 + [-3] * 4 + [-1]


def test_many_copies_of_a_face_do_not_hide_the_person() -> None:
    """More copies than neighbours are looked at."""
    copies = np.concatenate([np.repeat(near(0, 0.9, s)[None], 30, axis=0) for s in range(2)])
    assert set(cluster_faces(face_set(copies), T, apart=NO_PAIRS).tolist()) == {-2}


def test_two_faces_of_one_frame_are_two_people() -> None:
    """The copy least like the others leaves."""
    faces = np.concatenate([person(0, 6, 0.9), near(0, 0.75, 99)[None]])
    ids = cluster_faces(face_set(faces, np.array([0, 1, 2, 3, 4, 5, 5])), T, apart=NO_PAIRS)
    assert ids.tolist() == [-2] * 6 + [-1]


def test_one_cross_fade_does_not_split_a_person() -> None:
    """Two tracks of a person that meet in one frame become one, but for one face."""
    faces, frames = person(0, 24, 0.9), np.arange(24, dtype=np.int64)
    frames[12] = frames[11]
    before = np.repeat([7, 8], 12).astype(np.int64)
    ids = cluster_faces(face_set(faces, frames), T, apart=NO_PAIRS, before=before)
    assert sorted(np.unique(ids, return_counts=True)[1].tolist()) == [1, 23]


def test_look_alikes_in_one_video_stay_two() -> None:
    """Alike above the threshold, but side by side in every frame."""
    own = [person(axis, 10, 0.95) for axis in (1, 2)]
    faces = unit(np.concatenate(own) + 1.0 * near(0, 0.999)[None])
    frames = np.tile(np.arange(10, dtype=np.int64), 2)
    ids = cluster_faces(face_set(faces, frames), T, apart=NO_PAIRS)
    assert (faces[0] @ faces[10]) > T
    assert ids.tolist() == [ids[0]] * 10 + [ids[10]] * 10
    assert ids[0] != ids[10]


def test_a_blurred_face_joins_by_the_centre() -> None:
    """No face is above the threshold to it, the mean of them is."""
    clear, blurred = person(0, 8, 0.7), near(0, 0.5, 999)
    assert (clear @ blurred).max() < T + 0.05
    ids = cluster_faces(face_set(np.concatenate([clear, blurred[None]])), 0.45, apart=NO_PAIRS)
    assert set(ids.tolist()) == {-2}


def test_ids_outlive_new_faces_and_lost_ones() -> None:
    faces = np.concatenate([person(0, 6), person(1, 5), person(2, 3)])
    before = np.array([40] * 5 + [-1] + [30] * 4 + [-1] + [-1] * 3)
    ids = cluster_faces(face_set(faces), T, apart=NO_PAIRS, before=before)
    assert ids.tolist() == [40] * 6 + [30] * 5 + [-2] * 3


def test_clusters_that_grow_together_keep_the_larger_id() -> None:
    before = np.array([5] * 2 + [9] * 4)
    ids = cluster_faces(face_set(person(0, 6)), T, apart=NO_PAIRS, before=before)
    assert ids.tolist() == [9] * 6


def test_what_a_curator_split_stays_split() -> None:
    before, fixed = np.array([5, 5, 5, 9, 9, 9]), np.ones(6, bool)
    ids = cluster_faces(face_set(person(0, 6)), T, apart=NO_PAIRS, before=before, fixed=fixed)
    assert ids.tolist() == [5, 5, 5, 9, 9, 9]


def test_it_can_be_cancelled_and_says_how_far_it_is() -> None:
    faces, shares = face_set(person(0, 6)), list[float]()
    cluster_faces(faces, T, apart=NO_PAIRS, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop_at(share: float, now: float) -> None:
        if now >= share:
            raise Cancelled

    for share in sorted(set(shares)):
        with pytest.raises(Cancelled):
            cluster_faces(faces, T, apart=NO_PAIRS, on_progress=partial(stop_at, share))


def test_the_same_again() -> None:
    rng = np.random.default_rng(4)
    faces = face_set(unit(rng.standard_normal((300, 512)).astype(np.float32)))
    first = cluster_faces(faces, 0.05, apart=NO_PAIRS)
    np.testing.assert_array_equal(first, cluster_faces(faces, 0.05, apart=NO_PAIRS))
