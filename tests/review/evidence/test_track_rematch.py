"""What the machine settles by tracks at an error rate, and takes back when its evidence is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import psycopg
import pytest
from evidence_support import AT_MOST_ONE_IN_200, Tracked, like, tracked

from facereview.records import (
    Creator,
    FaceState,
    RejectReason,
    SourceType,
    Status,
)
from facereview.review.creators.merges import Merging
from facereview.review.creators.reference_records import Changed, RematchReport
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence.library_judging import Judged, LibraryJudge
from facereview.review.evidence.teaching import Teaching
from facereview.review.evidence.track_update import TrackUpdater
from facereview.store.session import Database
from facereview.store.store import Store
from support import detection, direction, near, pack, video_info

Sql = psycopg.Connection[Any]


@pytest.fixture
def library(store: Store) -> Tracked:
    """Ann in one video, clearly; somebody a little like Bob in another."""
    made = tracked(store)
    made.add("ann", like(0, 0.75, 5))
    made.add("maybe", like(1, 0.38, 1, seed=7))
    return made


def seen(library: Tracked, *faces: int) -> tuple[Seen, ...]:
    now = library.store.faces.get(faces)
    return tuple(Seen(face, now[face].video_id, now[face].state, None) for face in faces)


def matched(creator: Creator, about: Any) -> FaceState:
    return FaceState(Status.MATCHED, creator.id, about)


def name(library: Tracked, face: int, creator: Creator, actor: str = "me") -> None:
    intent = Intent(Kind.ASSIGN, seen(library, face), creator)
    outcome = History(library.store, actor, pack).apply(intent)
    assert outcome
    assert not outcome.conflicts


def shifts(report: RematchReport) -> dict[str, tuple[int, int, int, int]]:
    return {s.creator.name: (s.gained, s.lost, s.matched, s.taken_back) for s in report.shifts}


def tables(sql: Sql) -> list[list[tuple[Any, ...]]]:
    """Everything that settling may write to."""
    return [
        sql.execute(f"SELECT t.*::text FROM {table} t ORDER BY 1").fetchall()
        for table in (
            "video_face_detections",
            "facereview.automatic",
            "facereview.batch",
            "facereview.calibration",
            "facereview.decision",
            "facereview.settled",
            "facereview.track",
            "video_creators",
        )
    ]


def evidence(sql: Sql) -> list[list[tuple[Any, ...]]]:
    """All suggestions, and what is said of every track, but when."""
    return [
        sql.execute(
            "SELECT id, match_status, matched_creator_id, match_confidence "
            "FROM video_face_detections ORDER BY id"
        ).fetchall(),
        sql.execute(
            "SELECT id, creator_id, rival_id, similarity, margin, risk FROM facereview.track "
            "ORDER BY id"
        ).fetchall(),
    ]


def test_while_automatic_matching_is_off_what_could_be_settled_is_suggested(
    library: Tracked, sql: Sql
) -> None:
    off = library.rematcher(automatic=False).rematch()
    assert shifts(off) == {"Ann": (5, 0, 0, 0), "Bob": (1, 0, 0, 0)}
    suggested = replace(matched(library.ann, pytest.approx(0.75)), status=Status.PENDING)
    assert library.states("ann") == [suggested] * 5
    judged = "SELECT creator_id, risk <= 0.005 FROM facereview.track ORDER BY faces DESC"
    assert sql.execute(judged).fetchall()[0] == (library.ann.id, True)
    assert shifts(library.rematcher().rematch()) == {"Ann": (0, 0, 5, 0)}
    assert shifts(library.rematcher(automatic=False).rematch()) == {}


def test_a_track_is_settled_as_one_and_the_next_likely_one_suggested(
    library: Tracked, sql: Sql
) -> None:
    report = library.rematcher().rematch()
    assert report.looked == 6
    assert shifts(report) == {"Ann": (0, 0, 5, 0), "Bob": (1, 0, 0, 0)}
    assert library.states("ann") == [matched(library.ann, pytest.approx(0.75))] * 5
    (maybe,) = library.states("maybe")
    assert maybe == replace(matched(library.bob, pytest.approx(0.38)), status=Status.PENDING)
    settled = sql.execute(
        "SELECT s.detection_id, s.creator_id, s.risk, s.error_rate, c.origin, t.risk, "
        "       b.token::text "
        "FROM facereview.settled s JOIN facereview.calibration c ON c.id = s.calibration_id "
        "JOIN facereview.track_face f USING (detection_id) "
        "JOIN facereview.track t ON t.id = f.track_id "
        "JOIN facereview.batch b ON b.id = s.batch_id ORDER BY 1"
    ).fetchall()
    assert [row[0] for row in settled] == library.faces["ann"]
    for _, creator, risk, rate, origin, of_track, token in settled:
        assert (creator, origin) == (library.ann.id, "shipped")
        assert (risk, rate, of_track) == (pytest.approx(0.001), pytest.approx(0.005), risk)
        assert token.replace("-", "") == report.batch
    assert sql.execute("SELECT count(*) FROM facereview.automatic").fetchone() == (5,)
    assert library.rematcher().rematch().shifts == ()


def test_a_dry_run_says_exactly_what_a_run_does_and_changes_nothing(
    library: Tracked, sql: Sql
) -> None:
    """Ann's are taken back, as another reference is gone; Bob's are settled."""
    library.rematcher().rematch()
    library.add("bob", like(1, 0.8, 3, seed=3))
    gone = [r.id for r in library.store.creators.references(library.ann.id)]
    library.store.references.retire(gone, "me")
    rematcher = library.rematcher()
    before = tables(sql)
    with library.store.trying():
        planned = rematcher.rematch()
    assert tables(sql) == before
    done = rematcher.rematch()
    assert (planned.looked, planned.shifts) == (done.looked, done.shifts)
    assert shifts(done) == {"Ann": (0, 0, 0, 5), "Bob": (0, 0, 3, 0)}
    assert library.states("ann") == [FaceState(Status.PENDING)] * 5
    left = sql.execute("SELECT count(*) FROM facereview.settled").fetchone()
    assert left == (3,)


def test_what_a_naming_settled_waits_again_once_it_is_undone(library: Tracked) -> None:
    """Eve has no reference: what she looks like is known from one face named by hand."""
    library.add("eve", like(2, 0.9, 4, seed=1))
    library.add("again", like(2, 0.9, 4, seed=2))
    library.rematcher().rematch()
    eve = library.store.creators.find_or_add("Eve")
    name(library, library.faces["eve"][0], eve)
    assert {s.status for s in library.states("again")} == {Status.PENDING}
    library.rematcher().rematch()
    assert library.states("again") == [FaceState(Status.MATCHED, eve.id, None)] * 4
    History(library.store, "me", pack).apply(Intent(Kind.UNDO))
    report = library.rematcher().rematch()
    assert shifts(report)["Eve"][3] == 4
    assert library.states("again") == [FaceState(Status.PENDING)] * 4


def test_faces_beside_a_named_one_are_not_settled_by_it(library: Tracked) -> None:
    """Were the name wrong, one key would have given it to all of the track."""
    library.add("eve", like(2, 0.9, 4, seed=1))
    eve = library.store.creators.find_or_add("Eve")
    name(library, library.faces["eve"][0], eve)
    library.rematcher().rematch()
    assert library.states("eve")[1:] == [FaceState(Status.PENDING, eve.id)] * 3


def test_confirming_one_face_of_a_track_leaves_the_others_settled(library: Tracked) -> None:
    library.rematcher().rematch()
    first = library.faces["ann"][0]
    History(library.store, "me", pack).apply(Intent(Kind.CONFIRM, seen(library, first)))
    assert library.rematcher().rematch().shifts == ()
    assert {s.status for s in library.states("ann")} == {Status.MATCHED}


def test_undo_of_a_naming_leaves_no_trace(library: Tracked, sql: Sql) -> None:
    library.add("eve", like(2, 0.9, 4, seed=1))
    library.add("again", like(2, 0.9, 4, seed=2))
    teaching = Teaching()
    library.rematcher().rematch()
    before = evidence(sql)
    gallery = teaching.gallery(library.store)
    creators, scores = gallery.creators.copy(), gallery.compare(np.eye(512, dtype=np.float32))
    for creator in (library.store.creators.find_or_add("Eve"), library.bob):
        name(library, library.faces["eve"][1], creator)
        assert (
            teaching.gallery(library.store).compare(np.eye(512, dtype=np.float32)).shape
            != (scores.shape)
            or creator is library.bob
        )
        History(library.store, "me", pack).apply(Intent(Kind.UNDO))
    after = teaching.gallery(library.store)
    assert after.creators.tolist() == creators.tolist()
    assert (after.compare(np.eye(512, dtype=np.float32)) == scores).all()
    library.rematcher().rematch()
    assert evidence(sql) == before


def test_a_naming_says_at_once_who_is_elsewhere_and_settles_nobody(
    library: Tracked, sql: Sql
) -> None:
    """Its undo takes that back, to the last bit, with no other run."""
    library.add("eve", like(2, 0.9, 4, seed=1))
    library.add("again", like(2, 0.9, 4, seed=2))
    library.add("cat", like(3, 0.9, 4, seed=3))
    judge = LibraryJudge(library.store, AT_MOST_ONE_IN_200, Teaching())
    updater = TrackUpdater(library.store, 0.4, judge.keep)
    library.rematcher().rematch()
    updater.follow()
    before = evidence(sql)
    eve = library.store.creators.find_or_add("Eve")
    name(library, library.faces["eve"][0], eve)
    linked = updater.follow()
    assert linked
    assert set(library.faces["again"]) <= set(linked.shown_otherwise())
    assert not set(library.faces["cat"]) & set(linked.shown_otherwise())
    (said,) = sql.execute(
        "SELECT DISTINCT t.creator_id, t.risk < 0.005 FROM facereview.track t "
        "WHERE t.video_id = %s",
        [library.videos["again"]],
    ).fetchall()
    assert said == (eve.id, True)
    assert library.states("again") == [FaceState(Status.PENDING)] * 4
    History(library.store, "me", pack).apply(Intent(Kind.UNDO))
    updater.follow()
    assert evidence(sql) == before


def test_what_two_curators_decide_while_a_video_is_judged_stands(
    library: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One names a face of Ann's track Bob, the other takes another one for a stranger."""
    first, second, *_ = library.faces["ann"]
    real = LibraryJudge.judge

    def meanwhile(self: LibraryJudge, videos: Sequence[int]) -> Judged:
        judged = real(self, videos)
        if library.states("ann")[0].status is Status.PENDING:
            name(library, first, library.bob, "one")
            no = Intent(Kind.REJECT, seen(library, second), reason=RejectReason.STRANGER)
            assert History(library.store, "other", pack).apply(no)
        return judged

    monkeypatch.setattr(LibraryJudge, "judge", meanwhile)
    library.rematcher().rematch()
    states = library.states("ann")
    assert (states[0].status, states[0].creator_id) == (Status.MANUAL, library.bob.id)
    assert states[1] == FaceState(Status.REJECTED)
    assert states[2:] == [matched(library.ann, pytest.approx(0.75))] * 3
    TrackUpdater(library.store, 0.4).follow()
    library.rematcher().rematch()
    assert library.states("ann")[:2] == states[:2]
    assert {state.status for state in library.states("ann")[2:]} == {Status.PENDING}


def test_what_a_curator_took_back_is_not_settled_again(library: Tracked) -> None:
    report = library.rematcher().rematch()
    History(library.store, "me", pack).apply(Intent(Kind.UNDO, target=report.batch))
    again = library.rematcher().rematch()
    assert (again.batch, shifts(again)["Ann"]) == (None, (5, 0, 0, 0))


def test_what_a_curator_took_back_is_not_settled_as_who_that_creator_became(
    library: Tracked,
) -> None:
    report = library.rematcher().rematch()
    History(library.store, "me", pack).apply(Intent(Kind.UNDO, target=report.batch))
    Merging(library.store, "me").merge(library.bob.id, library.ann.id)
    again = library.rematcher().rematch()
    assert (again.batch, shifts(again)["Bob"]) == (None, (5, 1, 0, 0))


def test_what_a_curator_did_again_stays_matched(library: Tracked) -> None:
    report = library.rematcher().rematch()
    history = History(library.store, "me", pack)
    history.apply(Intent(Kind.UNDO, target=report.batch))
    history.apply(Intent(Kind.REDO))
    assert library.rematcher().rematch().shifts == ()
    assert {s.status for s in library.states("ann")} == {Status.MATCHED}


def test_a_denied_face_does_not_ride_along_before_its_track_is_linked_again(
    library: Tracked,
) -> None:
    named, denied = library.faces["ann"][:2]
    name(library, named, library.ann)
    intent = Intent(Kind.NOT_PERSON, seen(library, denied), library.ann)
    History(library.store, "me", pack).apply(intent)
    library.rematcher().rematch()
    states = library.states("ann")
    assert (states[1].status, states[1].creator_id) == (Status.PENDING, None)
    assert {s.status for s in states[2:]} == {Status.MATCHED}


def test_two_people_named_in_one_track_by_another_program_are_two(
    library: Tracked, sql: Sql
) -> None:
    store, video = library.store, library.videos["ann"]
    library.faces["bob"] = [
        store.videos.add_face(video, detection(one, at=at))
        for one, at in zip(like(1, 0.8, 2, seed=9), (90.0, 99.0), strict=True)
    ]
    sql.execute(
        "INSERT INTO facereview.track_face "
        "SELECT d.id, f.track_id FROM video_face_detections d, facereview.track_face f "
        "WHERE d.id = ANY(%s) AND f.detection_id = %s",
        [library.faces["bob"], library.faces["ann"][0]],
    )
    for who, face in (
        (library.ann, library.faces["ann"][0]),
        (library.bob, library.faces["bob"][0]),
    ):
        sql.execute(
            "UPDATE video_face_detections SET match_status = 'manual', matched_creator_id = %s "
            "WHERE id = %s",
            [who.id, face],
        )
    library.rematcher().rematch()
    assert library.states("bob")[1] == matched(library.bob, pytest.approx(0.8))


def test_a_face_denied_while_its_video_is_judged_is_not_settled(
    library: Tracked, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A face that suggests nobody looks the same before and after "not this person"."""
    judge, face = LibraryJudge.judge, library.faces["ann"][0]

    def meanwhile(own: LibraryJudge, videos: Sequence[int]) -> Judged:
        found = judge(own, videos)
        with Store.open(database) as other:
            intent = Intent(Kind.NOT_PERSON, seen(library, face), library.ann)
            History(other, "you", pack).apply(intent)
        return found

    monkeypatch.setattr(LibraryJudge, "judge", meanwhile)
    library.rematcher().rematch()
    statuses = [s.status for s in library.states("ann")]
    assert statuses == [Status.PENDING, *[Status.MATCHED] * 4]


def test_rows_of_another_program_are_tracks_of_their_own(library: Tracked) -> None:
    """They were not linked yet."""
    store, video = library.store, library.videos["ann"]
    alone = store.videos.add_face(video, detection(near(1, 0.8, 9), at=99.0))
    library.faces["alone"] = [alone]
    library.rematcher().rematch()
    assert library.states("alone") == [matched(library.bob, pytest.approx(0.8))]


def test_they_are_found_by_a_new_reference_too(library: Tracked) -> None:
    store = library.store
    video = store.videos.add(video_info("/videos/alone.mp4"))
    library.faces["alone"] = [store.videos.add_face(video, detection(near(4, 0.8, 9)))]
    cat = store.creators.find_or_add("Cat")
    library.rematcher().rematch()
    assert library.states("alone") == [FaceState(Status.PENDING)]
    made = store.creators.add_reference(cat.id, direction(4), SourceType.MANUAL, None, 0.9)
    library.rematcher().rematch(Changed(added=(made,)))
    assert library.states("alone") == [matched(cat, pytest.approx(0.8))]


def test_a_face_unlike_its_own_track_does_not_ride_along(library: Tracked, sql: Sql) -> None:
    store, video = library.store, library.videos["ann"]
    odd = store.videos.add_face(video, detection(near(5, 0.9, 9), at=99.0))
    library.faces["odd"] = [odd]
    sql.execute(
        "INSERT INTO facereview.track_face SELECT %s, track_id FROM facereview.track_face LIMIT 1",
        [odd],
    )
    library.rematcher().rematch()
    assert {s.status for s in library.states("ann")} == {Status.MATCHED}
    (state,) = library.states("odd")
    assert (state.status, state.creator_id) == (Status.PENDING, library.ann.id)
    found = store.tracks.standings(list(store.tracks.of_faces([odd]).values()))
    assert [one.unlike for one in found.values()] == [[odd]]


def test_nobody_is_settled_beside_a_face_that_is_decided_as_the_same(
    library: Tracked, sql: Sql
) -> None:
    """Also where another program decided it, which is no evidence."""
    store, video = library.store, library.videos["ann"]
    other = store.videos.add_face(video, detection(direction(9), at=10.0, x=500))
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'matched', matched_creator_id = %s "
        "WHERE id = %s",
        [library.ann.id, other],
    )
    library.rematcher().rematch()
    statuses = [s.status for s in library.states("ann")]
    assert statuses == [Status.PENDING, *[Status.MATCHED] * 4]


def test_after_a_new_reference_only_what_it_may_change_is_looked_at(
    library: Tracked, sql: Sql
) -> None:
    """Not the five of Ann."""
    library.add("other", like(3, 0.8, 4, seed=5))
    cat = library.store.creators.find_or_add("Cat")
    made = [
        library.store.creators.add_reference(cat.id, one, SourceType.MANUAL, None, 0.9)
        for one in (direction(2), near(3, 0.9, 77))
    ]
    library.store.references.retire(made[1:], "me")
    library.rematcher().rematch()
    library.store.references.restore(made[1:])
    report = library.rematcher().rematch(Changed(added=tuple(made[1:])))
    assert (report.looked, shifts(report)) == (5, {"Cat": (0, 0, 4, 0)})
    after = evidence(sql)
    library.rematcher().rematch()
    assert evidence(sql) == after


def test_it_can_be_stopped(library: Tracked) -> None:
    report = library.rematcher().rematch(cancelled=lambda: True)
    assert report.cancelled
    assert library.states("ann") == [FaceState(Status.PENDING)] * 5
