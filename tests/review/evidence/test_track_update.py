"""Tracks of a whole library: linked once, kept up to date, and gone on with where it stopped."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.errors import Cancelled
from facereview.media.crops import CropCache, crop_bytes, cut_face
from facereview.mounts import NOWHERE
from facereview.records import (
    Box,
    Config,
    Creator,
    Detection,
    Progress,
    RejectReason,
    Status,
)
from facereview.review.creators.merges import Merging
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence import track_update
from facereview.review.evidence.track_update import Relinked, TrackStep, TrackUpdater, relink
from facereview.review.evidence.video_faces import cuts_of, read_faces, read_tracks
from facereview.review.scanning.face_writer import FaceWriter
from facereview.review.scanning.films import FileNow, FilmFinder
from facereview.review.scanning.looking import ScannedVideo
from facereview.store.films import FilmPictures
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.store.tracks import StandingRows
from support import detection, near, pack, unit, video_info


class Library:
    """Three people in each of four videos, each in three frames, and the tracks of all."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ann, self.bob = (store.creators.find_or_add(name) for name in ("Ann", "Bob"))
        self.videos = [store.videos.add(video_info(f"/v/{n}.mp4")) for n in range(4)]
        self.faces = [
            [[self.add(video, who, n) for n in range(3)] for who in range(3)] for video in range(4)
        ]
        self.updater = TrackUpdater(store, 0.4)
        self.history = History(store, "me", pack)

    def add(self, video: int, person: int, frame: int) -> int:
        vector = near(person, 0.8, 100 * video + 10 * person + frame)
        seen = detection(vector, at=10.0 * frame, x=300.0 * person)
        return self.store.videos.add_face(self.videos[video], seen)

    def seen(self, *faces: int) -> tuple[Seen, ...]:
        now = self.store.faces.get(faces)
        return tuple(Seen(i, now[i].video_id, now[i].state, 0.8) for i in faces)

    def accept(self, creator: Creator, *faces: int) -> None:
        self.history.apply(Intent(Kind.ACCEPT, self.seen(*faces), creator))

    def tracks(self, video: int = 0) -> dict[tuple[int, ...], int]:
        """The faces of each track of a video, with its number."""
        stored = read_tracks(self.store, [self.videos[video]])
        return {one.track.faces: one.id for one in stored}


@pytest.fixture
def library(store: Store) -> Library:
    return Library(store)


@pytest.fixture
def linked(library: Library) -> Library:
    library.updater.from_nothing()
    return library


def people(library: Library, video: int = 0) -> set[tuple[int, ...]]:
    return {tuple(faces) for faces in library.faces[video]}


def followed(library: Library) -> Relinked:
    done = library.updater.follow()
    assert done is not None
    return done


def test_all_faces_are_linked_and_nothing_is_left_to_do(library: Library) -> None:
    told: list[Progress] = []
    scope = library.updater.scope()
    assert (scope.faces, scope.videos, scope.first) == (36, 4, True)
    done = library.updater.up_to_date(on_progress=told.append)
    assert (done.faces, done.videos, done.tracks, done.changed) == (36, 4, 12, 12)
    assert told == [Progress(0, 36, TrackStep.LINKING)]
    for video in range(4):
        assert set(library.tracks(video)) == people(library, video)
    scope = library.updater.scope()
    assert (scope.faces, scope.videos, scope.first) == (0, 0, False)
    again = library.updater.up_to_date()
    assert (again.videos, again.tracks) == (0, 0)


def test_faces_that_were_never_linked_are_tracks_of_their_own(library: Library) -> None:
    every = {(face,) for faces in library.faces[0] for face in faces}
    assert set(library.tracks()) == every and set(library.tracks().values()) == {0}
    first, *_ = read_tracks(library.store, [library.videos[0]])
    (faces,) = read_faces(library.store, [library.videos[0]])
    assert np.allclose(first.track.template.embedding, faces.embeddings[0])


def test_a_face_of_another_program_joins_its_track_under_its_number(linked: Library) -> None:
    before = linked.tracks()
    late = linked.add(0, 1, 7)
    assert linked.tracks()[(late,)] == 0
    done = linked.updater.up_to_date()
    assert (done.videos, done.changed) == (1, 1)
    joined = (*linked.faces[0][1], late)
    assert linked.tracks()[joined] == before[tuple(linked.faces[0][1])]
    assert linked.updater.scope().faces == 0


def test_a_video_without_faces_has_no_tracks(library: Library) -> None:
    empty = library.store.videos.add(video_info("/v/empty.mp4"))
    assert library.updater.videos([empty]).tracks == ()
    assert read_tracks(library.store, [empty]) == []


def test_templates_are_read_as_they_were_written(linked: Library) -> None:
    (faces,) = read_faces(linked.store, [linked.videos[0]])
    for one in read_tracks(linked.store, [linked.videos[0]]):
        mine = np.isin(faces.ids, one.track.faces)
        mean = unit(faces.embeddings[mine].sum(axis=0)[None])[0]
        assert one.track.template.embedding @ mean > 0.99
        assert one.track.template.face_size == 120


def test_embeddings_of_any_length_are_compared_by_their_direction(
    library: Library, sql: psycopg.Connection[Any]
) -> None:
    sql.execute("UPDATE video_face_detections SET embedding = embedding * array_fill(3, ARRAY[512])"
                "::vector")  # fmt: skip
    (faces, *_) = read_faces(library.store, library.videos)
    assert np.allclose(np.linalg.norm(faces.embeddings, axis=1), 1)


def test_a_decision_binds_and_its_undo_takes_that_back(linked: Library) -> None:
    before = linked.tracks()
    one, other = linked.faces[0][0][0], linked.faces[0][0][1]
    linked.accept(linked.ann, one)
    linked.accept(linked.bob, other)
    changed = linked.updater.videos([linked.videos[0]])
    of = {face: track.id for track in changed.tracks for face in track.track.faces}
    assert of[one] != of[other] and len(changed.changed) == 2
    stays = next(track for track in changed.tracks if linked.faces[0][0][2] in track.track.faces)
    assert stays.id == before[tuple(linked.faces[0][0])]  # it has most of the faces
    linked.history.apply(Intent(Kind.UNDO))
    linked.history.apply(Intent(Kind.UNDO))
    linked.updater.videos([linked.videos[0]])
    assert linked.tracks() == before


def test_a_face_whose_name_was_taken_back_is_in_no_track_until_it_is_linked_again(
    linked: Library,
) -> None:
    """By that name it may be in the track of somebody quite unlike it, and would suggest them."""
    (one, *_), (other, *_) = linked.faces[0][:2]
    linked.accept(linked.ann, other)
    linked.accept(linked.ann, one)
    linked.updater.follow()
    linked.history.apply(Intent(Kind.UNDO))
    assert linked.store.tracks.facts([one, other]).keys() == {other}
    linked.updater.follow()
    assert linked.store.tracks.facts([one]).keys() == {one}
    assert linked.store.tracks.facts([one])[one].named is None


def test_what_is_no_face_leaves_its_track(linked: Library) -> None:
    gone, *rest = linked.faces[0][0]
    number = linked.tracks()[tuple(linked.faces[0][0])]
    linked.history.apply(Intent(Kind.REJECT, linked.seen(gone), reason=RejectReason.UNUSABLE))
    linked.updater.up_to_date()
    assert linked.tracks()[tuple(rest)] == number
    assert linked.store.tracks.of_faces([gone]) == {}
    assert linked.updater.scope().faces == 0
    linked.history.apply(Intent(Kind.UNDO))
    linked.updater.up_to_date()
    assert linked.tracks()[tuple(linked.faces[0][0])] == number


def test_a_track_all_of_whose_faces_are_gone_goes(
    linked: Library, sql: psycopg.Connection[Any]
) -> None:
    faces = linked.faces[0][2]
    sql.execute("DELETE FROM video_face_detections WHERE id = ANY(%s)", (faces,))
    assert linked.updater.scope().videos == 1
    linked.updater.up_to_date()
    assert len(linked.store.tracks.of_videos([linked.videos[0]])) == 2
    assert linked.updater.scope().videos == 0


@pytest.mark.parametrize("status", ["manual", "rejected"])
def test_a_track_in_which_another_program_named_two_people_is_parted(
    linked: Library, sql: psycopg.Connection[Any], status: str
) -> None:
    first, second, _ = linked.faces[0][0]
    for face, said, creator in ((first, "manual", linked.ann.id), (second, status, linked.bob.id)):
        sql.execute(
            "UPDATE video_face_detections SET match_status = %s, matched_creator_id = %s "
            "WHERE id = %s",
            [said, creator if said == "manual" else None, face],
        )
    assert linked.updater.scope().videos == 1
    linked.updater.up_to_date()
    track = linked.store.tracks.of_faces([first, second])
    assert track[first] != track[second]
    assert linked.updater.scope().videos == 0


def test_what_is_said_of_a_track_holds_until_it_is_another(linked: Library) -> None:
    number = linked.tracks()[tuple(linked.faces[0][0])]
    other = linked.tracks()[tuple(linked.faces[0][1])]
    one = np.ones(2, np.float32)
    linked.store.tracks.judge(
        StandingRows(
            np.asarray([number, other]),
            np.full(2, linked.ann.id, np.int32),
            np.zeros(2, np.int32), one * 0.5, one * np.nan, one * np.float32(0.01),
        ),
        None,
    )  # fmt: skip
    linked.accept(linked.ann, linked.faces[0][0][0])
    linked.updater.up_to_date()
    assert linked.store.tracks.standings([number])[number].creator_id == linked.ann.id
    linked.add(0, 0, 7)
    linked.updater.up_to_date()
    said = linked.store.tracks.standings([number, other])
    assert said[number].risk is None and said[number].judged_at is None
    assert said[other].creator_id == linked.ann.id


def test_a_merge_binds_the_faces_of_both(linked: Library) -> None:
    one, other = linked.faces[0][0][0], linked.faces[0][0][1]
    linked.accept(linked.ann, one)
    linked.accept(linked.bob, other)
    linked.updater.up_to_date()
    assert tuple(linked.faces[0][0]) not in linked.tracks()
    Merging(linked.store, "me").merge(linked.ann.id, linked.bob.id)
    linked.updater.up_to_date()
    assert tuple(linked.faces[0][0]) in linked.tracks()


def test_a_run_that_was_stopped_goes_on_where_it_was(
    linked: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track_update, "BATCH_VIDEOS", 1)
    asked = iter([False, False, True])
    done: list[int] = []
    with pytest.raises(Cancelled):
        linked.updater.from_nothing(
            on_progress=lambda at: done.append(at.done), cancelled=lambda: next(asked)
        )
    assert done == [0, 9]
    assert linked.updater.scope().videos == 2
    rest = linked.updater.up_to_date()
    assert (rest.videos, rest.faces) == (2, 18)
    assert linked.updater.scope().videos == 0


def test_a_decision_during_a_stopped_run_is_not_forgotten(
    linked: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track_update, "BATCH_VIDEOS", 1)
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        linked.updater.from_nothing(cancelled=lambda: next(asked))
    linked.accept(linked.ann, linked.faces[0][0][0])
    linked.accept(linked.bob, linked.faces[0][0][1])
    assert linked.updater.up_to_date().videos == 3
    assert tuple(linked.faces[0][0]) not in linked.tracks()


def test_tracks_of_another_threshold_are_made_again(linked: Library) -> None:
    strict = TrackUpdater(linked.store, 0.95)
    assert strict.scope().first and strict.scope().faces == 36
    strict.up_to_date()
    assert len(linked.tracks()) == 9


def test_one_program_at_a_time_goes_over_all_videos(library: Library, database: Database) -> None:
    told: list[str] = []
    with Store(database) as other:
        assert other.tracks.take_turn()
        with pytest.raises(Cancelled):
            library.updater.up_to_date(
                on_progress=lambda at: told.append(at.label), cancelled=lambda: bool(told)
            )
        assert told == [TrackStep.WAITING]
        other.tracks.end_turn()
    assert library.updater.up_to_date().videos == 4


def test_two_curators_on_one_video(linked: Library, database: Database) -> None:
    """Each decides a face of one track and links the video; neither waits for ever."""
    one, other = linked.faces[0][0][0], linked.faces[0][0][1]
    seen = {face: linked.seen(face) for face in (one, other)}
    both = threading.Barrier(2)
    failed: list[BaseException] = []

    def decide(creator: Creator, face: int) -> None:
        try:
            with Store(database) as store:
                both.wait(10)
                History(store, creator.name, pack).apply(Intent(Kind.ACCEPT, seen[face], creator))
                TrackUpdater(store, 0.4).videos([linked.videos[0]])
        except BaseException as fault:
            failed.append(fault)

    threads = [
        threading.Thread(target=decide, args=args)
        for args in ((linked.ann, one), (linked.bob, other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not failed and not any(thread.is_alive() for thread in threads)
    now = linked.store.faces.get([one, other])
    assert [now[i].state.creator_id for i in (one, other)] == [linked.ann.id, linked.bob.id]
    assert {now[i].state.status for i in (one, other)} == {Status.MATCHED}
    of = linked.store.tracks.of_faces([one, other])
    assert of[one] != of[other]


def test_a_scan_and_the_linking_of_its_video_wait_for_each_other(
    linked: Library, database: Database, tmp_path: Path
) -> None:
    """The scan takes away the faces that are being linked; there is no deadlock."""
    started, failed = threading.Event(), list[BaseException]()
    face = Detection(1.0, Box(10, 20, 90, 100), 0.8, near(5, 0.9))
    picture = np.zeros((720, 1280, 3), np.uint8)
    seen = ScannedVideo(
        [face],
        [crop_bytes(cut_face(picture, face.box))],
        FilmPictures((1.0,), picture[None, :24, :24, 0]),
    )

    def scan() -> None:
        try:
            with Store(database) as store:
                crops = CropCache(tmp_path)
                films = FilmFinder(store, crops, NOWHERE)
                info = video_info("/v/0.mp4")
                file = FileNow(info.path, tmp_path, info.content, 1.0, 1.0)
                started.set()
                FaceWriter(store, crops, Config(0.4, 0.55), films).write(info, file, seen)
        except BaseException as fault:
            failed.append(fault)

    thread = threading.Thread(target=scan)
    with linked.store.deciding():
        linked.store.tracks.lock([linked.videos[0]])
        thread.start()
        assert started.wait(10)
        _until_waiting(database)
        relink(linked.store, [linked.videos[0]], 0.4, again=True)
        every = [face for faces in linked.faces[0] for face in faces]
        tracks = linked.store.tracks.of_faces(every)
        linked.store.tracks.put(
            np.asarray(every, np.int32), np.asarray([tracks[f] for f in every], np.int64)
        )
    thread.join(20)
    assert not failed and not thread.is_alive()
    (only,) = linked.tracks()
    assert linked.store.tracks.unlinked() == {} and len(only) == 1


def _until_waiting(database: Database) -> None:
    """Until another session waits for a lock."""
    with psycopg.connect(database.url, autocommit=True) as connection:
        end = time.monotonic() + 20
        while not connection.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall():
            assert time.monotonic() < end


def test_cuts_lie_between_pictures_that_show_different_scenes() -> None:
    rng = np.random.default_rng(1)
    first, second = (rng.integers(0, 256, (24, 24)) for _ in range(2))
    moved = first + rng.integers(0, 40, (24, 24))
    greys = np.stack([first, moved, second]).clip(0, 255).astype(np.uint8)
    assert cuts_of(FilmPictures((0.0, 1.0, 3.0), greys)).tolist() == [2.0]


def test_decisions_are_followed_whoever_made_them(linked: Library) -> None:
    assert followed(linked).tracks == ()
    linked.accept(linked.ann, linked.faces[0][0][0])
    linked.accept(linked.bob, linked.faces[0][0][1])
    linked.accept(linked.bob, linked.faces[2][1][1])
    done = followed(linked)
    assert {one.track.video_id for one in done.tracks} == {linked.videos[0], linked.videos[2]}
    assert len(done.changed) == 2
    assert followed(linked).tracks == ()
    assert linked.updater.scope().videos == 0


def test_nothing_is_followed_where_nothing_was_linked(library: Library) -> None:
    library.accept(library.ann, library.faces[0][0][0])
    assert followed(library).tracks == ()
    assert library.updater.scope().first


def test_many_decisions_are_left_to_the_next_update(
    linked: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track_update, "FOLLOWED_FACES", 8)
    before = linked.store.tracks.linked_to()
    linked.accept(linked.ann, linked.faces[0][0][0])
    assert linked.updater.follow() is None
    assert linked.store.tracks.linked_to() == before
    assert linked.updater.up_to_date().videos == 1
    assert followed(linked).tracks == ()


def test_following_leaves_a_stopped_run_where_it_is(
    linked: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track_update, "BATCH_VIDEOS", 1)
    asked = iter([False, False, True])
    with pytest.raises(Cancelled):
        linked.updater.from_nothing(cancelled=lambda: next(asked))
    linked.accept(linked.ann, linked.faces[0][0][0])
    assert followed(linked).tracks
    state = linked.store.tracks.linked_to()
    assert state is not None and state.reached == linked.videos[1]
