"""Matching pending faces again after references came and went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.records import Config, FaceState, SourceType, Status
from facereview.review.creators.reference_records import Changed
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.evidence import face_rematch as module
from facereview.review.evidence.rematch import Rematcher
from facereview.store.store import Store
from support import PENDING, Faces, detection, direction, near, pack

Sql = psycopg.Connection[Any]


@pytest.fixture
def rematcher(store: Store) -> Rematcher:
    """Faces near Ann have .75: a suggestion, not a match."""
    return Rematcher(store, Config(0.5, 0.9))


def suggested(state: FaceState) -> tuple[object, object]:
    """What a face that is pending carries."""
    assert state.status is Status.PENDING
    return state.creator_id, state.confidence


def add(faces: Faces, creator: int, vector: np.ndarray) -> Changed:
    made = faces.store.creators.add_reference(creator, vector, SourceType.MANUAL, None, 0.9)
    return Changed(added=(made,))


def test_all_pending_faces_get_their_suggestion(rematcher: Rematcher, faces: Faces) -> None:
    report = rematcher.rematch()
    assert report.looked == 5
    assert [(s.creator, s.gained, s.lost, s.matched) for s in report.shifts] == [
        (faces.ann, 5, 0, 0)
    ]
    assert report.batch is None
    assert suggested(faces.state(0)) == (faces.ann.id, pytest.approx(0.75))
    assert report.closest[0].rival == faces.bob
    assert rematcher.rematch().shifts == ()


@pytest.mark.parametrize("few", [0, 4])
def test_a_new_reference_takes_over_only_what_is_closer(
    rematcher: Rematcher, faces: Faces, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's way of comparing and ours."""
    monkeypatch.setattr(module, "FEW", few)
    rematcher.rematch()
    report = rematcher.rematch(add(faces, faces.bob.id, near(0, 0.75, 2)))
    assert report.looked == 1
    assert [(s.creator, s.gained, s.lost, s.matched) for s in report.shifts] == [
        (faces.bob, 0, 0, 1)
    ]
    assert faces.state(2).status is Status.MATCHED
    assert faces.state(1).creator_id == faces.ann.id


def test_a_reference_that_went_takes_its_suggestions_along(
    rematcher: Rematcher, faces: Faces, store: Store
) -> None:
    rematcher.rematch()
    gone = store.references.retire([r.id for r in store.creators.references(faces.ann.id)], "me")
    report = rematcher.rematch(Changed(creators=(faces.ann.id,)))
    assert [(s.creator.name, s.gained, s.lost) for s in report.shifts] == [("Ann", 0, 5)]
    assert faces.state(0) == FaceState(Status.PENDING)
    store.references.restore([reference for reference, _ in gone])
    report = rematcher.rematch(Changed(added=tuple(reference for reference, _ in gone)))
    assert [(s.creator.name, s.gained) for s in report.shifts] == [("Ann", 5)]


def test_verdicts_hold(rematcher: Rematcher, faces: Faces) -> None:
    History(faces.store, "me", pack).apply(Intent(Kind.NOT_PERSON, faces.seen(0), faces.ann))
    rematcher.rematch()
    assert faces.state(0) == FaceState(Status.PENDING)
    assert faces.state(1).creator_id == faces.ann.id


def test_automatic_matches_are_one_batch_that_is_not_repeated_once_undone(
    faces: Faces, sql: Sql
) -> None:
    eager = Rematcher(faces.store, Config(0.5, 0.7))
    report = eager.rematch()
    assert [(s.creator, s.matched) for s in report.shifts] == [(faces.ann, 5)]
    assert sql.execute("SELECT count(*) FROM video_creators").fetchone() == (1,)
    outcome = History(faces.store, "me", pack).apply(Intent(Kind.UNDO, target=report.batch))
    assert outcome and len(outcome.changes) == 5
    again = eager.rematch()
    assert again.batch is None
    assert [(s.gained, s.matched) for s in again.shifts] == [(5, 0)]


def test_nothing_is_matched_while_automatic_matching_is_off_and_what_was_stays(
    faces: Faces,
) -> None:
    faces.match_by_machine(0)
    off = Rematcher(faces.store, Config(0.5, 0.7, automatic=False)).rematch()
    assert [(s.gained, s.matched, s.taken_back) for s in off.shifts] == [(4, 0, 0)]
    assert [faces.state(n).status for n in range(2)] == [Status.MATCHED, Status.PENDING]
    on = Rematcher(faces.store, Config(0.5, 0.7)).rematch()
    assert [s.matched for s in on.shifts] == [4]


def test_nobody_is_matched_twice_in_one_frame(faces: Faces, store: Store) -> None:
    second = store.videos.add_face(faces.video, detection(near(0, 0.95, 50), at=10.0, x=400))
    report = Rematcher(store, Config(0.5, 0.7)).rematch()
    assert report.shifts[0].matched == 5
    assert faces.state(0).status is Status.PENDING
    assert store.faces.get([second])[second].state.status is Status.MATCHED
    third = store.videos.add_face(faces.video, detection(near(0, 0.99, 51), at=10.0, x=700))
    assert Rematcher(store, Config(0.5, 0.7)).rematch().batch is None
    assert store.faces.get([third])[third].state.creator_id == faces.ann.id


def test_a_dry_run_says_exactly_what_a_run_does_and_changes_nothing(
    faces: Faces, store: Store, sql: Sql
) -> None:
    """One is matched, some suggest another creator, and some wait again."""
    faces.match_by_machine(0, 1)
    Rematcher(store, Config(0.5, 0.9)).rematch(Changed(added=(1,)))
    add(faces, faces.bob.id, near(0, 0.75, 2))
    gone = [r.id for r in store.creators.references(faces.ann.id)]
    store.references.retire(gone, "me")
    rematcher = Rematcher(store, Config(0.5, 0.7))
    before = tables(sql)
    with store.trying():
        planned = rematcher.rematch()
    assert tables(sql) == before
    done = rematcher.rematch()
    assert tables(sql) != before
    assert (planned.looked, planned.shifts) == (done.looked, done.shifts)
    by_name = {s.creator.name: (s.gained, s.lost, s.matched, s.taken_back) for s in done.shifts}
    assert by_name == {"Ann": (0, 2, 0, 2), "Bob": (4, 0, 1, 0)}
    assert done.batch is not None


def tables(sql: Sql) -> list[list[tuple[Any, ...]]]:
    """Everything that matching again may write to."""
    return [
        sql.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
        for table in (
            "video_face_detections",
            "facereview.automatic",
            "facereview.batch",
            "facereview.decision",
            "video_creators",
        )
    ]


def test_stopping_keeps_what_is_whole(rematcher: Rematcher, faces: Faces) -> None:
    stop: Callable[[], bool] = lambda: True  # noqa: E731
    assert rematcher.rematch(cancelled=stop).cancelled
    assert faces.state(0) == FaceState(Status.PENDING)


# ------------------------------------------------------------- the guard against the machine


def test_a_key_pressed_on_a_face_whose_suggestion_changed_is_no_conflict(
    rematcher: Rematcher, faces: Faces, sql: Sql
) -> None:
    pressed = faces.accept(0)
    rematcher.rematch()
    decisions = History(faces.store, "me", pack)
    outcome = decisions.apply(pressed)
    assert outcome and not outcome.conflicts
    assert faces.state(0).status is Status.MATCHED
    before = sql.execute("SELECT before_creator_id FROM facereview.decision").fetchone()
    assert before == (faces.ann.id,)
    decisions.apply(Intent(Kind.UNDO))
    assert suggested(faces.state(0)) == (faces.ann.id, pytest.approx(0.75))


def test_a_curator_outweighs_the_machine_but_not_another_curator(faces: Faces) -> None:
    mine, theirs = faces.accept(0, creator=faces.bob), faces.accept(0)
    Rematcher(faces.store, Config(0.5, 0.7)).rematch()
    assert faces.state(0).creator_id == faces.ann.id
    outcome = History(faces.store, "me", pack).apply(mine)
    assert outcome and not outcome.conflicts
    assert faces.state(0).creator_id == faces.bob.id
    refused = History(faces.store, "other", pack).apply(theirs)
    assert refused and len(refused.conflicts) == 1
    assert faces.state(0).creator_id == faces.bob.id


def test_redo_passes_over_a_new_suggestion(rematcher: Rematcher, faces: Faces) -> None:
    decisions = History(faces.store, "me", pack)
    decisions.apply(faces.accept(0))
    decisions.apply(Intent(Kind.UNDO))
    rematcher.rematch()
    outcome = decisions.apply(Intent(Kind.REDO))
    assert outcome and not outcome.conflicts
    assert faces.state(0).status is Status.MATCHED


def test_retired_references_come_back_as_they_were(faces: Faces, sql: Sql) -> None:
    sql.execute("ALTER TABLE creator_face_embeddings ADD COLUMN theirs INT DEFAULT 7")
    before = sql.execute("SELECT * FROM creator_face_embeddings ORDER BY id").fetchall()
    part = faces.store.references
    ids = [int(str(row[0])) for row in before]
    assert len(part.retire(ids, "me")) == 2
    assert sql.execute("SELECT count(*) FROM creator_face_embeddings").fetchone() == (0,)
    assert part.get(ids)[ids[0]].retired_by == "me"
    assert part.restore(ids)
    assert sql.execute("SELECT * FROM creator_face_embeddings ORDER BY id").fetchall() == before
    assert direction(0).tolist() == faces.store.creators.matrix().embeddings[0].tolist()


def test_what_was_matched_by_a_reference_that_is_gone_waits_again(faces: Faces, sql: Sql) -> None:
    """What somebody has looked at since stays, and a reference that comes back matches again."""
    store = faces.store
    matched = Rematcher(store, Config(0.5, 0.6)).rematch()
    assert matched.batch is not None
    assert faces.state(0).status is Status.MATCHED
    History(store, "me", pack).apply(Intent(Kind.CONFIRM, faces.seen(1)))
    ids = [reference.id for reference in store.creators.references(faces.ann.id)]
    gone = store.references.retire(ids, "me")
    report = Rematcher(store, Config(0.5, 0.6)).rematch(Changed(creators=(faces.ann.id,)))
    assert [(s.creator, s.lost, s.taken_back) for s in report.shifts] == [(faces.ann, 0, 4)]
    assert [faces.state(place) for place in (0, 2, 3, 4)] == [PENDING] * 4
    assert faces.state(1).status is Status.MATCHED
    assert sql.execute("SELECT count(*) FROM facereview.automatic").fetchone() == (0,)
    store.references.restore([reference for reference, _ in gone])
    Rematcher(store, Config(0.5, 0.6)).rematch(Changed(added=tuple(ids)))
    assert faces.state(0).status is Status.MATCHED
