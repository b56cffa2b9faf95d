"""Tracks and what was settled, where creators are merged, deleted and erased."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.faces import ZOO
from facereview.home import Home
from facereview.records import Creator, Thresholds
from facereview.review.creators.desk import CreatorsDesk
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.evidence.certainty import in_force
from facereview.review.evidence.fitting import calibrated
from facereview.review.evidence.library_judging import LibraryJudge
from facereview.review.evidence.teaching import Teaching
from facereview.review.evidence.track_update import Relinked, TrackUpdater
from facereview.store.store import Store
from facereview.store.tracks import StandingRow, StandingRows
from support import Faces, detection, make_faces, match_by_machine, near, pack

Sql = psycopg.Connection[Any]


@pytest.fixture
def faces(store: Store) -> Faces:
    """Five faces of one person in the video, and two of another; all in tracks."""
    made = make_faces(store)
    made.ids += [
        store.videos.add_face(made.video, detection(near(1, 0.8, n), at=70.0 + n)) for n in range(2)
    ]
    TrackUpdater(store, 0.4).from_nothing()
    return made


@pytest.fixture
def desk(faces: Faces, tmp_path: Path) -> CreatorsDesk:
    return CreatorsDesk(faces.store, Home(tmp_path), "lib", lambda: Thresholds(0.5, 0.7), "me")


def track_of(faces: Faces, place: int) -> int:
    return faces.store.tracks.of_faces([faces.ids[place]])[faces.ids[place]]


def say(faces: Faces, *names: tuple[int, Creator, Creator | None]) -> None:
    """Judge the track of a face, by its place, to be a creator, with a rival."""
    one = np.ones(len(names), np.float32)
    faces.store.tracks.judge(
        StandingRows(
            np.asarray([track_of(faces, place) for place, _, _ in names]),
            np.asarray([creator.id for _, creator, _ in names], np.int32),
            np.asarray([rival.id if rival else 0 for _, _, rival in names], np.int32),
            one * 0.5,
            one * 0.1,
            one * np.float32(0.01),
        ),
        None,
    )


def said(faces: Faces, place: int) -> StandingRow:
    track = track_of(faces, place)
    return faces.store.tracks.standings([track])[track]


def settled(sql: Sql) -> dict[int, int]:
    rows = sql.execute("SELECT detection_id, creator_id FROM facereview.settled").fetchall()
    return dict(rows)


def test_a_merge_takes_along_what_is_said_and_was_settled_and_gives_it_back(
    desk: CreatorsDesk, faces: Faces, sql: Sql
) -> None:
    store, ann, bob = faces.store, faces.ann, faces.bob
    carl = store.creators.find_or_add("Carl")
    match_by_machine(store, faces.ids[:1], ann)
    match_by_machine(store, faces.ids[5:6], bob)
    sql.execute(
        "INSERT INTO facereview.settled (detection_id, batch_id, creator_id, risk, error_rate) "
        "SELECT a.detection_id, a.batch_id, d.matched_creator_id, .001, .001 "
        "FROM facereview.automatic a JOIN video_face_detections d ON d.id = a.detection_id"
    )
    say(faces, (0, ann, bob), (5, bob, carl))
    desk.merging.merge(ann.id, bob.id)
    assert settled(sql) == {faces.ids[0]: ann.id, faces.ids[5]: ann.id}
    assert (said(faces, 0).creator_id, said(faces, 0).rival_id) == (ann.id, None)
    assert said(faces, 0).margin is None
    assert (said(faces, 5).creator_id, said(faces, 5).rival_id) == (ann.id, carl.id)
    assert said(faces, 5).margin == pytest.approx(0.1)
    History(store, "me", pack).apply(Intent(Kind.UNDO))
    assert settled(sql) == {faces.ids[0]: ann.id, faces.ids[5]: bob.id}
    assert [said(faces, place).judged_at for place in (0, 5)] == [None, None]


@pytest.mark.parametrize("erase", [False, True])
def test_nothing_is_left_in_tracks_of_somebody_who_is_removed(
    desk: CreatorsDesk, faces: Faces, sql: Sql, erase: bool
) -> None:
    History(faces.store, "me", pack).apply(faces.accept(0, 1, creator=faces.bob))
    before, other = track_of(faces, 0), track_of(faces, 5)
    say(faces, (0, faces.bob, None), (5, faces.ann, faces.bob))
    if erase:
        assert desk.erasing.erase(faces.bob.id).complete
    else:
        desk.erasing.delete(faces.bob.id)
    assert sql.execute(
        "SELECT id, risk, similarity, rival_id FROM facereview.track"
    ).fetchall() == [(other, None, None, None)]
    assert before not in faces.store.tracks.of_videos([faces.video])
    gone = faces.ids[:2] if erase else []
    assert faces.store.tracks.unlinked() == {faces.video: 7 - len(gone)}
    TrackUpdater(faces.store, 0.4).up_to_date()
    linked = faces.store.tracks.of_faces(faces.ids)
    assert linked.keys() == set(faces.ids) - set(gone)
    assert len(set(linked.values())) == 2


def test_an_erasure_says_where_a_template_is_left(
    desk: CreatorsDesk, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    History(faces.store, "me", pack).apply(faces.accept(0, creator=faces.bob))
    monkeypatch.setattr(faces.store.erasure, "forget_tracks", lambda _: None)
    erased = desk.erasing.erase(faces.bob.id)
    assert [(left.where, left.count) for left in erased.remnants] == [("facereview.track", 1)]


def test_an_undone_decision_leaves_the_tracks_as_they_were(faces: Faces) -> None:
    before = faces.store.tracks.of_faces(faces.ids)
    history, updater = History(faces.store, "me", pack), TrackUpdater(faces.store, 0.4)
    history.apply(faces.accept(0, creator=faces.bob))
    history.apply(faces.accept(1))
    updater.up_to_date()
    assert faces.store.tracks.of_faces(faces.ids) != before
    for _ in range(2):
        history.apply(Intent(Kind.UNDO))
    updater.up_to_date()
    assert faces.store.tracks.of_faces(faces.ids) == before


def test_tracks_are_judged_where_they_are_linked_and_after_each_decision(
    faces: Faces, sql: Sql
) -> None:
    store = faces.store
    certainty = in_force(None, (), calibrated(store, ZOO))
    updater = TrackUpdater(store, 0.4, LibraryJudge(store, certainty, Teaching()).keep)
    updater.from_nothing()
    updater.from_nothing()
    assert sql.execute("SELECT count(*) FROM facereview.calibration").fetchall() == [(1,)]
    assert [said(faces, place).creator_id for place in (0, 5)] == [faces.ann.id, faces.bob.id]
    assert all(said(faces, place).risk is not None for place in (0, 5))
    assert said(faces, 0).calibration_id is not None
    history = History(store, "me", pack)
    history.apply(faces.accept(0, creator=faces.bob))
    history.apply(faces.accept(1))
    done = updater.follow()
    assert done is not None and set(done.shown_otherwise()) >= set(faces.ids[:2])
    assert updater.follow() == Relinked((), frozenset())
    assert [said(faces, place).creator_id for place in range(2)] == [faces.bob.id, faces.ann.id]
    assert track_of(faces, 0) != track_of(faces, 1)
    for _ in range(2):
        history.apply(Intent(Kind.UNDO))
    updater.follow()
    assert said(faces, 0).creator_id == faces.ann.id and said(faces, 0).judged_at is not None
