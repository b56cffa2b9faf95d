"""How well people are found in a library like a real one, at once and bit by bit."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from facereview.review.clusters import neighbours
from facereview.review.clusters.clustering import cluster_faces
from facereview.review.clusters.incremental import Joined, Limits, Nearby, NewFaces, join
from facereview.review.clusters.units import FaceSet
from facereview.review.evidence.records import VideoFaces
from facereview.review.evidence.tracks import link

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
from synth_faces import Library, make_library

T = 0.4
NO_PAIRS = np.zeros((0, 2), np.int32)


@pytest.fixture(scope="module")
def library() -> tuple[FaceSet, NDArray[np.int64]]:
    made = make_library(2000, seed=3)
    when = np.stack([made.video.astype(float), made.timestamp.astype(float)])
    frames = np.unique(when, axis=1, return_inverse=True)[1].ravel().astype(np.int64)
    tracks = linked(made, frames)
    faces = FaceSet(made.embedding, frames, made.quality, tracks)
    return faces, made.identity.astype(np.int64)


def linked(made: Library, frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """The track of each face."""
    tracks = np.zeros(len(frames), np.int64)
    for video in np.unique(made.video):
        some = np.flatnonzero(made.video == video)
        some = some[np.argsort(frames[some], kind="stable")]
        nobody = np.zeros(len(some), np.int32)
        held = (made.embedding[some], made.quality[some], made.bbox[some], nobody, nobody > 0)
        ids, times = some.astype(np.int32), frames[some].astype(np.float64)
        for track in link(VideoFaces(int(video), ids, times, *held, {}), T):
            tracks[list(track.faces)] = track.faces[0]
    return tracks


def pair_scores(identity: NDArray[np.int64], ids: NDArray[np.int64]) -> tuple[float, float]:
    """Precision and recall over pairs; -1 is alone."""
    same = np.triu((identity[:, None] == identity) & (identity[:, None] >= 0), 1)
    found = np.triu((ids[:, None] == ids) & (ids[:, None] != -1), 1)
    return float((same & found).sum() / found.sum()), float((same & found).sum() / same.sum())


def first(faces: FaceSet, count: int) -> FaceSet:
    """The first faces, without tracks."""
    return FaceSet(faces.embeddings[:count], faces.frames[:count], faces.quality[:count])


def joined(
    faces: FaceSet, old: int, ids: NDArray[np.int64], barred: Sequence[tuple[int, int]] = ()
) -> Joined:
    """The faces after the first ``old`` join these, each with its 20 nearest."""
    parts = (faces.embeddings, faces.frames, faces.quality)
    new = FaceSet(*(part[old:] for part in parts))  # type: ignore[arg-type]
    cosines = new.embeddings @ faces.embeddings[:old].T
    near = np.argsort(-cosines, axis=1)[:, :20]
    nearby = Nearby(
        np.take_along_axis(cosines, near, axis=1), near + 100, ids[near], faces.frames[near]
    )
    taken = {int(i): set(faces.frames[:old][ids == i].tolist()) for i in set(ids) - {-1}}
    return join(NewFaces.united(new), nearby, T, Limits(taken, barred))


def test_people_are_found(library: tuple[FaceSet, NDArray[np.int64]]) -> None:
    faces, identity = library
    for some in (faces, replace(faces, tracks=None)):
        ids = cluster_faces(some, T, apart=NO_PAIRS)
        precision, recall = pair_scores(identity, ids)
        assert precision >= 0.995
        assert recall >= 0.995
        assert (ids[identity == -1] == -1).all()


def test_the_inverted_file_loses_next_to_nothing(
    library: tuple[FaceSet, NDArray[np.int64]], monkeypatch: pytest.MonkeyPatch
) -> None:
    faces, identity = library
    monkeypatch.setattr(neighbours, "EXACT_BELOW", 1000)
    ids = cluster_faces(replace(faces, tracks=None), T, apart=NO_PAIRS)
    precision, recall = pair_scores(identity, ids)
    assert precision >= 0.99
    assert recall >= 0.99


def test_joining_is_like_clustering_all(library: tuple[FaceSet, NDArray[np.int64]]) -> None:
    faces, identity = library
    old = 1900
    ids = cluster_faces(first(faces, old), T, apart=NO_PAIRS)
    ids = np.where(ids < -1, 1000 - ids, ids)
    done = joined(faces, old, ids)
    for face, cluster in done.singles.items():
        assert ids[face - 100] == -1
        ids[face - 100] = cluster
    bit_by_bit = np.concatenate([ids, done.clusters])
    precision, recall = pair_scores(identity, bit_by_bit)
    assert precision >= 0.985  # only whole clusters can tell a look-alike
    assert recall >= 0.99
    for cluster in set(bit_by_bit.tolist()) - {-1}:
        frames = faces.frames[bit_by_bit == cluster]
        assert len(frames) == len(set(frames.tolist()))


def test_a_new_face_never_joins_a_cluster_it_is_barred_from(
    library: tuple[FaceSet, NDArray[np.int64]],
) -> None:
    faces, _ = library
    ids = cluster_faces(first(faces, 1900), T, apart=NO_PAIRS)
    ids = np.where(ids < -1, 1000 - ids, ids)
    free = joined(faces, 1900, ids)
    place = int(np.flatnonzero(free.clusters >= 0)[0])
    barred = [(place, int(free.clusters[place]))]
    assert joined(faces, 1900, ids, barred=barred).clusters[place] != free.clusters[place]


def test_a_new_face_brings_a_single_one_into_a_cluster() -> None:
    rng = np.random.default_rng(0)
    one = rng.standard_normal(512).astype(np.float32)
    one /= np.linalg.norm(one)
    faces = FaceSet(np.stack([one, one]), np.array([1, 2]), np.full(2, np.nan, np.float32))
    done = joined(faces, 1, np.array([-1]))
    assert done == Joined(done.clusters, {100: -2})
    assert done.clusters.tolist() == [-2]


def test_nobody_new() -> None:
    none = FaceSet(np.zeros((0, 512), np.float32), np.zeros(0, np.int64), np.zeros(0, np.float32))
    empty = Nearby(*(np.zeros((0, 20), kind) for kind in (np.float32, *[np.int64] * 3)))
    assert join(NewFaces.united(none), empty, T, Limits({})).singles == {}
