"""Clusters are made of tracks: what a track keeps together, and what takes it apart."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from facereview.records import Embedding, Thresholds
from facereview.review.clusters.clustering import cluster_faces
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.incremental import Limits, Nearby, NewFaces, join
from facereview.review.clusters.units import FaceSet
from facereview.review.clusters.update import ClusterUpdater
from facereview.review.evidence.track_update import TrackUpdater
from facereview.store.store import Store
from support import detection, near, video_info

T = 0.5
LOOSE = 0.2
"""Cosine from which these tests link faces: a track may hold faces too unlike for a cluster."""
NO_PAIRS = np.zeros((0, 2), np.int32)


def face_set(
    embeddings: list[Embedding], tracks: list[int], frames: list[int] | None = None
) -> FaceSet:
    """Faces of some tracks, each in a frame of its own unless told."""
    count = len(embeddings)
    return FaceSet(
        np.stack(embeddings),
        np.asarray(range(count) if frames is None else frames, np.int64),
        np.full(count, 0.8, np.float32),
        np.asarray(tracks, np.int64),
    )


def person(axis: int, similarity: float, count: int) -> list[Embedding]:
    """Faces of one person."""
    return [near(axis, similarity, 1000 * axis + seed) for seed in range(count)]


def clustered_again(
    faces: FaceSet, before: list[int], apart: NDArray[np.int32] = NO_PAIRS
) -> list[int]:
    """The clusters where faces are fixed in those they were in, unless that is -1."""
    held = np.asarray(before, np.int64)
    ids = cluster_faces(faces, T, apart=apart, before=held, fixed=held >= 0)
    return [int(cluster) for cluster in ids]


BLURRED = [*person(0, 0.85, 5), near(0, 0.4, 99)]
"""Five faces of a person and one that alone is too unlike them."""


def test_the_faces_of_a_track_land_together() -> None:
    alone = cluster_faces(face_set(BLURRED, [-1] * 6), T, apart=NO_PAIRS)
    assert alone.tolist() == [-2] * 5 + [-1]
    ids = cluster_faces(face_set(BLURRED, [1, 1, 1, 2, 2, 2]), T, apart=NO_PAIRS)
    assert ids.tolist() == [-2] * 6


def test_a_track_like_nobody_else_is_a_cluster() -> None:
    ids = cluster_faces(face_set(person(0, 0.9, 4), [1, 1, 1, -1]), 0.95, apart=NO_PAIRS)
    assert ids.tolist() == [-2, -2, -2, -1]


def test_tracks_that_share_frames_are_two_people() -> None:
    """However alike: the same faces, side by side in half of the frames."""
    frames = [0, 1, 2, 3, 2, 3, 4, 5, 6]
    faces = face_set([near(0, 0.95, 1)] * 9, [1] * 4 + [2] * 4 + [-1], frames)
    ids = cluster_faces(faces, T, apart=NO_PAIRS)
    assert len(set(ids[:4])) == len(set(ids[4:8])) == 1
    assert ids[0] != ids[4]


def test_one_face_beside_a_track_does_not_part_it_from_its_person() -> None:
    """What is left over of a cross-fade is more like the other tracks than its own is."""
    faded, other = near(0, 0.99, 77), person(0, 0.9, 8)
    frames = [*range(8), 7, *range(8, 16)]
    faces = face_set([*person(0, 0.75, 8), faded, *other], [1] * 8 + [-1] + [2] * 8, frames)
    ids = cluster_faces(faces, T, apart=NO_PAIRS)
    assert ids.tolist() == [-2] * 8 + [-1] + [-2] * 8


def test_two_faces_of_one_frame_are_never_together_whatever_the_track_says() -> None:
    """A track may be older than the decision that two faces are no mirror image."""
    frames = [0, 1, 2, 2]
    ids = cluster_faces(face_set(person(0, 0.9, 4), [1] * 4, frames), T, apart=NO_PAIRS)
    assert ids[2] != ids[3]


def test_a_split_inside_a_track_holds() -> None:
    faces = face_set(person(0, 0.9, 6), [1] * 6)
    assert clustered_again(faces, [5, 5, 5, 9, 9, 9]) == [5, 5, 5, 9, 9, 9]


def test_faces_taken_out_of_a_cluster_leave_their_track() -> None:
    apart = np.asarray([(one, other) for one in (0, 1) for other in (2, 3, 4)], np.int32)
    before = np.asarray([-1, -1, 5, 5, 5])
    ids = cluster_faces(face_set(person(0, 0.9, 5), [1] * 5), T, apart=apart, before=before)
    assert ids[2:].tolist() == [5, 5, 5]
    assert ids[0] == ids[1] != 5


def test_a_new_face_goes_where_a_curator_put_its_track() -> None:
    faces = face_set([*person(0, 0.9, 3), near(0, 0.3, 99)], [1] * 4)
    assert clustered_again(faces, [5, 5, 5, -1]) == [5] * 4
    apart = np.asarray([(3, 0)], np.int32)
    assert clustered_again(faces, [5, 5, 5, -1], apart) == [5] * 3 + [-1]
    taken = FaceSet(faces.embeddings, np.asarray([0, 1, 2, 2]), faces.quality, faces.tracks)
    assert clustered_again(taken, [5, 5, 5, -1]) == [5] * 3 + [-1]


# ----------------------------------------------------------------------------------- bit by bit


def joined(
    new: FaceSet, old: list[Embedding], clusters: list[int], limits: Limits
) -> tuple[list[int], dict[int, int]]:
    """New faces join old ones, numbered from 100, each in a frame of its own."""
    faces = NewFaces.united(new)
    shape = (len(faces.units.sizes), len(old))
    near_by = Nearby(
        faces.units.embeddings @ np.stack(old).T,
        np.broadcast_to(100 + np.arange(len(old)), shape),
        np.broadcast_to(np.asarray(clusters), shape),
        np.broadcast_to(1000 + np.arange(len(old)), shape),
    )
    done = join(faces, near_by, T, limits)
    return done.clusters.tolist(), done.singles


def test_new_faces_of_a_track_join_together() -> None:
    new = face_set([near(0, 0.85, 50), near(0, 0.4, 99)], [1, 1])
    assert joined(new, person(0, 0.85, 4), [5] * 4, Limits({}))[0] == [5, 5]


def test_a_new_track_like_nobody_is_a_cluster() -> None:
    assert joined(face_set(person(0, 0.85, 2), [1, 1]), person(1, 0.85, 2), [5, 5], Limits({})) == (
        [-2, -2],
        {},
    )


def test_new_faces_go_where_their_track_is_unless_something_forbids_it() -> None:
    new, old = face_set([near(1, 0.85)], [1]), person(0, 0.85, 3)
    home = {0: 5}
    assert joined(new, old, [5] * 3, Limits({}, at_home=home))[0] == [5]
    assert joined(new, old, [5] * 3, Limits({5: {0}}, at_home=home))[0] == [-1]
    assert joined(new, old, [5] * 3, Limits({}, [(0, 5)], at_home=home))[0] == [-1]


def test_a_barred_face_does_not_follow_another_new_one_into_the_cluster() -> None:
    """The cluster itself is not near: one of the new faces is of a track in it."""
    new, old = face_set(person(1, 0.85, 2), [1, -1]), person(0, 0.85, 3)
    home = {0: 5}
    assert joined(new, old, [7] * 3, Limits({}, at_home=home))[0] == [5, 5]
    assert joined(new, old, [7] * 3, Limits({}, [(1, 5)], at_home=home))[0] == [5, -1]


def test_a_new_face_does_not_bring_back_what_a_curator_took_out() -> None:
    """The face taken out is alone; the new one is like it and like the cluster."""
    old = person(0, 0.85, 4)
    free = joined(face_set([old[3]], [-1]), old, [5, 5, 5, -1], Limits({}))
    assert free == ([5], {103: 5})
    kept = joined(face_set([old[3]], [-1]), old, [5, 5, 5, -1], Limits({}, (), [(103, 5)]))
    assert kept == ([5], {})


# --------------------------------------------------------------------------------- in a library


class Linked:
    """Two videos with a track of four faces each of one person, the last of each blurred."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.videos = [store.videos.add(video_info(f"/v/{n}.mp4")) for n in range(2)]
        self.tracks = [[self.add(video, 0.85, at) for at in range(3)] for video in range(2)]
        for video, track in enumerate(self.tracks):
            track.append(self.add(video, 0.5, 3))
        self.desk = ClusterDesk(store, lambda: Thresholds(T, 0.7))
        self.updater = ClusterUpdater(store, T, T)

    def add(self, video: int, similarity: float, at: int) -> int:
        vector = near(0, similarity, seed=100 * video + at)
        return self.store.videos.add_face(self.videos[video], detection(vector, at=float(at)))

    def link(self) -> None:
        TrackUpdater(self.store, LOOSE).from_nothing()

    def clusters(self) -> list[list[int | None]]:
        return [[self.store.clusters.of(face) for face in track] for track in self.tracks]


@pytest.fixture
def library(store: Store) -> Linked:
    return Linked(store)


def test_a_library_without_tracks_is_clustered_face_by_face(library: Linked) -> None:
    library.updater.from_nothing()
    [one, other] = library.clusters()
    assert one == other == [one[0]] * 3 + [None]
    assert one[0] is not None


def test_clusters_of_a_library_are_made_of_its_tracks(library: Linked) -> None:
    library.link()
    library.updater.from_nothing()
    [one, other] = library.clusters()
    assert one == other == [one[0]] * 4


def test_the_first_tracks_of_a_library_make_its_clusters_anew_once(library: Linked) -> None:
    library.updater.from_nothing()
    assert not library.updater.scope().whole
    unlinked = library.updater.scope(from_nothing=True)
    library.link()
    scope = library.updater.scope()
    assert scope.whole
    assert scope.faces == unlinked.faces
    assert scope.seconds == pytest.approx(unlinked.seconds / 3)
    library.updater.up_to_date()
    [one, other] = library.clusters()
    assert one == other == [one[0]] * 4
    assert not library.updater.scope().whole
    library.updater.up_to_date()
    assert not library.updater.scope().whole


def test_what_a_curator_does_inside_a_track_holds(library: Linked) -> None:
    library.link()
    library.updater.from_nothing()
    [[cluster, *_], _] = library.clusters()
    assert cluster is not None
    split = library.desk.split(cluster, library.tracks[0][:1])
    library.desk.exclude(cluster, library.tracks[1][:1])
    library.updater.from_nothing()
    [one, other] = library.clusters()
    assert one[0] == split
    assert set(one[1:] + other[1:]) == {cluster}
    assert other[0] != cluster


def test_more_faces_of_a_track_go_where_it_is(library: Linked) -> None:
    library.link()
    library.updater.from_nothing()
    [[cluster, *_], _] = library.clusters()
    library.tracks[0].append(library.add(0, 0.3, 4))
    library.link()
    library.updater.up_to_date()
    assert library.clusters()[0] == [cluster] * 5


def test_what_was_taken_out_stays_out_when_a_face_like_it_comes(library: Linked) -> None:
    library.updater.from_nothing()
    [[cluster, *_], _] = library.clusters()
    assert cluster is not None
    out = library.tracks[0][0]
    library.desk.exclude(cluster, [out])
    vector = library.store.faces.vectors([out])[out]
    new = library.store.videos.add_face(library.videos[1], detection(vector, at=50.0))
    library.updater.up_to_date()
    assert library.store.clusters.of(new) == cluster
    assert library.store.clusters.of(out) is None
