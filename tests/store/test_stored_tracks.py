"""Reading faces to link, writing tracks, and what is stale."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.records import Box, RejectReason, Thresholds
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.creators.merges import MergeHistory, Merging
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.films import FilmPictures
from facereview.store.store import Store
from facereview.store.tracks import StandingRows, TrackRows
from support import Faces, detection, direction, make_faces, near, pack, video_info


@pytest.fixture
def library(store: Store) -> Faces:
    return make_faces(store)


def rows(video: int, *sizes: int, ids: tuple[int, ...] = ()) -> TrackRows:
    count = len(sizes)
    return TrackRows(
        np.asarray(ids or (0,) * count, np.int64),
        np.full(count, video, np.int32),
        np.asarray(sizes, np.int32),
        np.ones(count, np.float32),
        np.full(count, 120, np.float32),
        np.full(count, np.nan, np.float32),
        np.stack([direction(place) for place in range(count)]),
    )


def link(store: Store, library: Faces, *parts: list[int]) -> list[int]:
    """Put these faces of its video into a track each."""
    with store.deciding():
        store.tracks.lock([library.video])
        ids = store.tracks.write(rows(library.video, *map(len, parts)))
        faces = [face for part in parts for face in part]
        put = np.repeat(ids, [len(part) for part in parts])
        store.tracks.put(np.asarray(faces, np.int32), put)
    return [int(track) for track in ids]


def test_faces_come_in_time_order_with_their_boxes_in_pixels(store: Store) -> None:
    one, two = (store.videos.add(video_info(f"/v/{n}.mp4")) for n in range(2))
    late = store.videos.add_face(one, detection(near(1, 0.9), at=5.0))
    early = store.videos.add_face(
        one, replace(detection(direction(0), at=2.0), box=Box(0.25, 0.5, 0.5, 0.25))
    )
    other = store.videos.add_face(two, replace(detection(direction(2)), quality=float("nan")))
    outside = store.videos.add_face(two, detection(direction(3), x=5000.0, at=9.0))
    faces = store.tracks.faces([two, one])
    assert faces.ids.tolist() == [early, late, other, outside]
    assert faces.videos.tolist() == [one, one, two, two]
    assert faces.boxes[0].tolist() == [320, 360, 640, 180]
    assert faces.boxes[1].tolist() == [100, 100, 120, 140]
    assert np.isnan(faces.boxes[3]).all() and np.isnan(faces.quality[2])
    assert faces.embeddings[0].argmax() == 0 and faces.tracks.tolist() == [0] * 4


def test_boxes_of_a_frame_whose_size_nobody_knows_are_unknown(
    store: Store, library: Faces, sql: psycopg.Connection[Any]
) -> None:
    sql.execute("UPDATE videos SET width = NULL")
    assert np.isnan(store.tracks.faces([library.video]).boxes).all()


def test_only_what_a_person_said_binds(
    store: Store, library: Faces, sql: psycopg.Connection[Any]
) -> None:
    history = History(store, "me", pack)
    history.apply(library.accept(0))
    library.match_by_machine(1)
    sql.execute(  # another program's match, which nobody looked at
        "UPDATE video_face_detections SET match_status = 'matched', matched_creator_id = %s "
        "WHERE id = %s",
        (library.bob.id, library.ids[2]),
    )
    faces = store.tracks.faces([library.video])
    creators = dict(zip(faces.ids.tolist(), faces.creators.tolist(), strict=True))
    assert [creators[i] for i in library.ids[:3]] == [library.ann.id, 0, 0]
    history.apply(Intent(Kind.UNDO))
    assert not store.tracks.faces([library.video]).creators.any()
    history.apply(Intent(Kind.REDO))
    assert library.ann.id in store.tracks.faces([library.video]).creators
    history.apply(Intent(Kind.CONFIRM, library.seen(1, 2)))
    creators = dict(zip(*_named(store, library), strict=True))
    assert [creators[i] for i in library.ids[:3]] == [
        library.ann.id, library.ann.id, library.bob.id,
    ]  # fmt: skip


def _named(store: Store, library: Faces) -> tuple[list[int], list[int]]:
    faces = store.tracks.faces([library.video])
    return faces.ids.tolist(), faces.creators.tolist()


@pytest.mark.parametrize("reason", list(RejectReason))
def test_what_is_no_face_is_left_out_and_a_stranger_is_told(
    store: Store, library: Faces, reason: RejectReason
) -> None:
    history = History(store, "me", pack)
    history.apply(Intent(Kind.REJECT, library.seen(0), reason=reason))
    faces = store.tracks.faces([library.video])
    there = library.ids[0] in faces.ids
    assert there == (reason is RejectReason.STRANGER)
    assert faces.strangers.sum() == there
    history.apply(Intent(Kind.UNDO))
    assert library.ids[0] in store.tracks.faces([library.video]).ids
    history.apply(Intent(Kind.REDO))
    assert (library.ids[0] in store.tracks.faces([library.video]).ids) == there


def test_verdicts_and_pictures_come_with_the_faces(store: Store, library: Faces) -> None:
    History(store, "me", pack).apply(Intent(Kind.NOT_PERSON, library.seen(0), creator=library.ann))
    pictures = FilmPictures((1.0, 2.0), np.arange(2 * 576, dtype=np.uint8).reshape(2, 24, 24))
    store.films.record(library.video, "1-a", 0.0, pictures)
    faces = store.tracks.faces([library.video])
    assert faces.denied == ((library.ids[0], library.ann.id),)
    assert faces.mirrors == ()
    assert faces.pictures[library.video].times == (1.0, 2.0)
    assert (faces.pictures[library.video].greys == pictures.greys).all()


def test_tracks_are_written_read_and_judged(store: Store, library: Faces) -> None:
    first, second = link(store, library, library.ids[:2], library.ids[2:3])
    assert store.tracks.of_faces(library.ids[:3]) == dict(
        zip(library.ids[:3], (first, first, second), strict=True)
    )
    assert store.tracks.of_videos([library.video]) == {
        first: (library.video, 2), second: (library.video, 1),
    }  # fmt: skip
    (block,) = [b for b in store.tracks.templates() if len(b.ids)]
    assert sorted(block.ids.tolist()) == [first, second]
    assert (block.embeddings.argmax(1) == block.ids - first).all()
    assert np.isnan(block.quality).all() and (block.face_sizes == 120).all()
    one = np.ones(1, np.float32)
    store.tracks.judge(
        StandingRows(
            np.asarray([first], np.int64),
            np.asarray([library.ann.id], np.int32),
            np.zeros(1, np.int32),
            one * 0.5,
            one * np.nan,
            one * np.float32(0.001),
        ),
        None,
    )
    said = store.tracks.standings([first, second])
    assert (said[first].creator_id, said[first].rival_id) == (library.ann.id, None)
    assert said[first].similarity == 0.5 and said[first].margin is None
    assert said[first].risk == pytest.approx(0.001) and said[first].judged_at is not None
    assert said[second].judged_at is None
    store.tracks.write(rows(library.video, 2, ids=(first,)))
    assert store.tracks.standings([first])[first].judged_at is None


def test_a_track_of_faces_that_are_like_nothing_has_no_template(
    store: Store, library: Faces
) -> None:
    nothing = replace(rows(library.video, 1), embeddings=np.zeros((1, 512), np.float32))
    (made,) = store.tracks.write(nothing).tolist()
    assert made in store.tracks.of_videos([library.video])
    assert not [block for block in store.tracks.templates() if len(block.ids)]


def test_new_and_lost_faces_make_a_video_stale(
    store: Store, library: Faces, sql: psycopg.Connection[Any]
) -> None:
    count = len(library.ids)
    assert store.tracks.unlinked() == {library.video: count} == store.tracks.all_videos()
    link(store, library, library.ids[:2], library.ids[2:])
    assert store.tracks.unlinked() == {}
    sql.execute("DELETE FROM video_face_detections WHERE id = %s", (library.ids[0],))
    assert store.tracks.unlinked() == {library.video: count - 1}
    store.tracks.drop(store.tracks.of_videos([library.video]))
    History(store, "me", pack).apply(
        Intent(
            Kind.REJECT,
            library.seen(*range(1, count)),
            reason=RejectReason.NOT_A_FACE,
        )
    )
    assert store.tracks.unlinked() == {}


def test_acts_touch_the_videos_of_their_faces(store: Store, library: Faces) -> None:
    state = store.tracks.now("m", 0.4)
    whole = {library.video: len(library.ids)}
    history = History(store, "me", pack)
    assert store.tracks.touched(state) == {}
    history.apply(library.accept(0))
    assert store.tracks.touched(state) == whole
    state = store.tracks.now("m", 0.4)
    assert store.tracks.touched(state) == {}
    history.apply(Intent(Kind.UNDO))
    assert store.tracks.touched(state) == whole


def test_a_merge_and_its_undo_touch_the_videos_that_they_move(store: Store, library: Faces) -> None:
    whole = {library.video: len(library.ids)}
    History(store, "me", pack).apply(library.accept(0))
    state = store.tracks.now("m", 0.4)
    Merging(store, "me").merge(library.bob.id, library.ann.id)
    assert store.tracks.touched(state) == whole
    state = store.tracks.now("m", 0.4)
    assert MergeHistory(store, "me").past()
    History(store, "me", pack).apply(Intent(Kind.UNDO))
    assert store.tracks.touched(state) == whole


def test_a_mirror_and_its_undo_touch_their_video(store: Store) -> None:
    video = store.videos.add(video_info())
    pair = [store.videos.add_face(video, detection(near(0, 0.9, n), x=x))
            for n, x in enumerate((10.0, 600.0))]  # fmt: skip
    store.clusters.ensure([1])
    store.clusters.move(1, pair)
    store.clusters.ensure([2])
    store.clusters.move(2, pair[1:])
    state = store.tracks.now("m", 0.4)
    desk = ClusterDesk(store, lambda: Thresholds(0.5, 0.7))
    desk.merge([1, 2], pair)
    assert store.tracks.touched(state) == {video: 2}
    assert store.tracks.faces([video]).mirrors == (tuple(pair),)


def test_the_state_is_kept_as_it_was_written(store: Store) -> None:
    assert store.tracks.linked_to() is None
    state = replace(store.tracks.now("average", 0.4), reached=7, open=(3, 4))
    store.tracks.set_linked_to(state)
    assert store.tracks.linked_to() == state
