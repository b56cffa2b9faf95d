"""Merging two creators, splitting one, and the way back: nothing lost, nothing swapped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import DatabaseError, Invalid, NotFound
from facereview.home import Home
from facereview.records import FaceState, RejectReason, SourceType, Status, Thresholds
from facereview.review.creators.desk import CreatorsDesk, NamesDesk
from facereview.review.creators.records import Profile
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Outcome
from facereview.store.session import Session
from support import PENDING, Faces, detection, direction, near, video_info

Sql = psycopg.Connection[Any]

TABLES = (
    "creators",
    "creator_face_embeddings",
    "video_face_detections",
    "video_creators",
    "facereview.tag",
    "facereview.verdict",
    "facereview.alias",
    "facereview.automatic",
    "facereview.retired",
)


@pytest.fixture
def desk(faces: Faces, tmp_path: Path) -> CreatorsDesk:
    return CreatorsDesk(
        faces.store, Home(tmp_path), "library", lambda: Thresholds(0.5, 0.7), "another"
    )


def everything(sql: Sql) -> dict[str, list[str]]:
    """Every row of every table that a merge touches, but for the moment of the last change."""
    return {
        table: sorted(
            row[0]
            for row in sql.execute(f"SELECT (to_jsonb(t) - 'updated_at')::text FROM {table} t")
        )
        for table in TABLES
    }


def tags(sql: Sql) -> set[tuple[int, int]]:
    return set(sql.execute("SELECT video_id, creator_id FROM video_creators").fetchall())


def apply(decisions: History, intent: Intent) -> Outcome:
    outcome = decisions.apply(intent)
    assert outcome is not None
    return outcome


def test_a_merge_moves_everything_and_its_undo_gives_it_back(
    desk: CreatorsDesk, faces: Faces, decisions: History, sql: Sql
) -> None:
    ann, bob = faces.ann.id, faces.bob.id
    other = faces.store.videos.add(video_info("/videos/two.mp4"))
    third = faces.store.videos.add(video_info("/videos/three.mp4"))
    elsewhere = faces.store.videos.add_face(other, detection(near(1, 0.8)))
    faces.ids.append(elsewhere)
    apply(decisions, faces.accept(0))
    apply(decisions, faces.accept(1, 5, creator=faces.bob))
    apply(decisions, Intent(Kind.NOT_PERSON, faces.seen(2), faces.bob))
    faces.store.log.suggest([(faces.ids[3], bob, 0.5)])
    sql.execute("INSERT INTO video_creators VALUES (%s, %s)", (third, bob))
    second = faces.store.creators.add_reference(bob, near(1, 0.9), SourceType.MANUAL, None, 0.8)
    faces.store.references.retire([second], "me")
    desk.naming.change(bob, Profile("Bob"), Profile("Bob", ("Robert",), "the second"))
    before = everything(sql)

    merged = desk.merging.merge(ann, bob)
    assert (merged.references, merged.faces) == (2, 3)
    assert faces.store.creators.get(bob) is None
    view = desk.person(ann)
    assert view is not None
    assert view.person.aliases == ("Bob", "Robert")
    assert (view.person.decided, view.person.likely, view.person.references) == (3, 1, 2)
    assert (view.person.creator.description, view.retired) == ("the second", 1)
    assert NamesDesk(faces.store).find("robert") == (ann,)
    assert tags(sql) == {(faces.video, ann), (other, ann), (third, ann)}
    assert faces.store.search.denied(faces.ids) == {faces.ids[2]: [ann]}
    assert faces.state(1) == FaceState(Status.MATCHED, ann, 0.75)

    (past,) = desk.changes.past()
    assert (past.kind, past.creator.id, past.dropped.name) == ("merge", ann, "Bob")
    undone = desk.history.undo_change(past.change_id)
    assert (undone.restored.name, undone.references, undone.faces) == ("Bob", 2, 3)
    assert everything(sql) == before
    assert desk.changes.past() == ()
    with pytest.raises(NotFound, match="undone before"):
        desk.history.undo_change(past.change_id)


def test_the_preview_names_what_speaks_against_it(
    desk: CreatorsDesk, faces: Faces, decisions: History
) -> None:
    beside = faces.store.videos.add_face(faces.video, detection(near(1, 0.8), at=10.0, x=500))
    faces.ids.append(beside)
    apply(decisions, Intent(Kind.NOT_PERSON, faces.seen(1), faces.bob))
    apply(decisions, faces.accept(0, 1))
    apply(decisions, faces.accept(5, creator=faces.bob))
    preview = desk.merging.preview(faces.ann.id, faces.bob.id)
    assert preview.together == ((faces.ids[0], beside),)
    assert preview.denied == (faces.ids[1],)
    assert preview.conflicts == 2
    assert (preview.keep.faces, preview.drop.faces, preview.shared_videos) == (2, 1, 1)
    assert [r.creator_id for r in preview.drop.references] == [faces.bob.id]
    assert preview.similarity == pytest.approx(0.0, abs=1e-6)
    with pytest.raises(Invalid, match="with itself"):
        desk.merging.preview(faces.ann.id, faces.ann.id)
    with pytest.raises(NotFound):
        desk.merging.merge(faces.ann.id, 10**6)


def test_what_was_decided_before_is_undone_after_a_merge(
    desk: CreatorsDesk, faces: Faces, decisions: History, sql: Sql
) -> None:
    apply(decisions, faces.accept(0, creator=faces.bob))
    merged = desk.merging.merge(faces.ann.id, faces.bob.id)
    undone = apply(decisions, Intent(Kind.UNDO))
    assert not undone.conflicts
    assert undone.creator == faces.ann
    assert faces.state(0) == PENDING
    assert tags(sql) == set()
    apply(decisions, Intent(Kind.REDO))
    assert faces.state(0) == FaceState(Status.MATCHED, faces.ann.id, 0.75)
    desk.history.undo_change(merged.change_id)
    assert faces.state(0) == FaceState(Status.MATCHED, faces.bob.id, 0.75)
    assert tags(sql) == {(faces.video, faces.bob.id)}
    apply(decisions, Intent(Kind.UNDO))
    assert faces.state(0) == PENDING
    assert tags(sql) == set()


def test_an_undo_before_and_a_redo_after_taking_a_merge_back(
    desk: CreatorsDesk, faces: Faces, decisions: History
) -> None:
    apply(decisions, faces.accept(0, creator=faces.bob))
    merged = desk.merging.merge(faces.ann.id, faces.bob.id)
    apply(decisions, Intent(Kind.UNDO))
    desk.history.undo_change(merged.change_id)
    assert faces.state(0) == PENDING
    apply(decisions, Intent(Kind.REDO))
    assert faces.state(0) == FaceState(Status.MATCHED, faces.bob.id, 0.75)


def reject(faces: Faces, place: int) -> Intent:
    """A decided face is a stranger all the same."""
    seen = faces.seen(place)
    return Intent(Kind.REJECT, seen, reason=RejectReason.STRANGER, replaces=True)


def test_what_is_decided_after_a_merge_stays_with_the_one_who_stayed(
    desk: CreatorsDesk, faces: Faces, decisions: History, sql: Sql
) -> None:
    apply(decisions, faces.accept(0, 1, 2, 3, creator=faces.bob))
    merged = desk.merging.merge(faces.ann.id, faces.bob.id)
    apply(decisions, Intent(Kind.ACCEPT, faces.seen(0), faces.ann, replaces=True))
    for place in (1, 2):
        apply(decisions, reject(faces, place))
    apply(decisions, Intent(Kind.UNDO))
    apply(decisions, faces.accept(4))
    undone = desk.history.undo_change(merged.change_id)
    assert undone.stayed == (faces.ids[0],)
    assert undone.faces == 2
    assert [faces.state(place).creator_id for place in range(5)] == [
        faces.ann.id,
        None,
        faces.bob.id,
        faces.bob.id,
        faces.ann.id,
    ]
    assert tags(sql) == {(faces.video, faces.ann.id), (faces.video, faces.bob.id)}


def test_a_decision_of_before_that_is_taken_back_meanwhile_gives_the_face_to_whom_it_was(
    desk: CreatorsDesk, faces: Faces, decisions: History
) -> None:
    apply(decisions, faces.accept(0, creator=faces.bob))
    apply(decisions, reject(faces, 0))
    merged = desk.merging.merge(faces.ann.id, faces.bob.id)
    apply(decisions, Intent(Kind.UNDO))
    assert faces.state(0).creator_id == faces.ann.id
    desk.history.undo_change(merged.change_id)
    assert faces.state(0).creator_id == faces.bob.id


def test_a_face_that_another_program_changes_meanwhile_is_not_given_back(
    desk: CreatorsDesk,
    faces: Faces,
    decisions: History,
    sql: Sql,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apply(decisions, faces.accept(0, creator=faces.bob))
    apply(decisions, reject(faces, 0))
    merged = desk.merging.merge(faces.ann.id, faces.bob.id)
    apply(decisions, Intent(Kind.UNDO))
    run = Session.run

    def run_late(session: Session, query: str, /, **params: object) -> int:
        if query == "take_back_faces":
            sql.execute(
                "UPDATE video_face_detections SET match_status = 'rejected', "
                "matched_creator_id = NULL, match_confidence = NULL WHERE id = %s",
                [faces.ids[0]],
            )
        return run(session, query, **params)

    monkeypatch.setattr(Session, "run", run_late)
    (change,) = faces.store.changes.standing(change=merged.change_id)
    with faces.store.transaction():
        _references, moved, _stayed = faces.store.changes.unmerge(change)
    assert moved == 0
    assert faces.state(0) == FaceState(Status.REJECTED)


@pytest.mark.parametrize("again", [False, True])
def test_a_face_taken_back_from_the_one_who_went_stays_with_the_one_who_stayed(
    desk: CreatorsDesk, faces: Faces, decisions: History, again: bool
) -> None:
    apply(decisions, faces.accept(0, creator=faces.ann))
    apply(decisions, Intent(Kind.ACCEPT, faces.seen(0), faces.bob, replaces=True))
    merged = desk.merging.merge(faces.ann.id, faces.bob.id)
    apply(decisions, Intent(Kind.UNDO))
    if again:
        apply(decisions, Intent(Kind.REDO))
        apply(decisions, Intent(Kind.UNDO))
    desk.history.undo_change(merged.change_id)
    assert faces.state(0).creator_id == faces.ann.id
    apply(decisions, Intent(Kind.UNDO))
    assert faces.state(0) == PENDING


def test_what_was_decided_during_a_merge_is_undone_after_it_for_whom_the_face_was(
    desk: CreatorsDesk, faces: Faces, decisions: History
) -> None:
    cleo = desk.naming.add(Profile("Cleo"))
    apply(decisions, faces.accept(0, 1, creator=faces.bob))
    apply(decisions, faces.accept(2))
    inner = desk.merging.merge(faces.ann.id, faces.bob.id)
    outer = desk.merging.merge(cleo.id, faces.ann.id)
    apply(decisions, Intent(Kind.ACCEPT, faces.seen(1), cleo, replaces=True))
    apply(decisions, reject(faces, 1))
    apply(decisions, reject(faces, 2))
    apply(decisions, reject(faces, 0))
    desk.history.undo_change(outer.change_id)
    desk.history.undo_change(inner.change_id)
    for _ in range(3):
        assert not apply(decisions, Intent(Kind.UNDO)).conflicts
    assert [faces.state(place).creator_id for place in range(3)] == [
        faces.bob.id,
        cleo.id,
        faces.ann.id,
    ]


def test_to_say_whom_a_face_is_not_is_no_word_on_who_it_is(
    desk: CreatorsDesk, faces: Faces, decisions: History
) -> None:
    cleo = desk.naming.add(Profile("Cleo"))
    apply(decisions, faces.accept(0, creator=faces.bob))
    merged = desk.merging.merge(faces.ann.id, faces.bob.id)
    apply(decisions, Intent(Kind.NOT_PERSON, faces.seen(0), cleo))
    desk.history.undo_change(merged.change_id)
    assert faces.state(0).creator_id == faces.bob.id
    assert not apply(decisions, Intent(Kind.UNDO)).conflicts
    assert faces.state(0).creator_id == faces.bob.id


def test_a_key_for_somebody_merged_meanwhile_is_not_lost(
    desk: CreatorsDesk, faces: Faces, decisions: History
) -> None:
    apply(decisions, faces.accept(1, creator=faces.bob))
    late = faces.accept(0, creator=faces.bob)
    other = reject(faces, 1)
    desk.merging.merge(faces.ann.id, faces.bob.id)
    outcome = apply(decisions, late)
    assert (outcome.creator, outcome.conflicts) == (faces.ann, ())
    assert faces.state(0).creator_id == faces.ann.id
    assert apply(decisions, other).conflicts == ()
    assert faces.state(1) == FaceState(Status.REJECTED)


def test_merges_are_undone_in_turn(desk: CreatorsDesk, faces: Faces, sql: Sql) -> None:
    cleo = desk.naming.add(Profile("Cleo"))
    before = everything(sql)
    first = desk.merging.merge(faces.bob.id, faces.ann.id)
    second = desk.merging.merge(cleo.id, faces.bob.id)
    with pytest.raises(Invalid, match="is now part of Cleo: undo that merge first"):
        desk.history.undo_change(first.change_id)
    assert faces.store.creators.standing(faces.ann.id) == cleo
    desk.history.undo_change(second.change_id)
    taken = desk.naming.add(Profile("Ann"))
    with pytest.raises(Invalid, match="Another creator is called Ann by now"):
        desk.history.undo_change(first.change_id)
    desk.naming.rename(taken.id, "Anne")
    desk.history.undo_change(first.change_id)
    sql.execute("DELETE FROM creators WHERE id = %s", (taken.id,))
    assert everything(sql) == before


def test_nothing_is_changed_where_another_program_holds_on(
    desk: CreatorsDesk, faces: Faces, decisions: History, sql: Sql
) -> None:
    apply(decisions, faces.accept(0, creator=faces.bob))
    sql.execute("CREATE TABLE theirs (creator_id INTEGER REFERENCES creators(id))")
    sql.execute("INSERT INTO theirs VALUES (%s)", (faces.bob.id,))
    before = everything(sql)
    with pytest.raises(DatabaseError, match=r"public\.theirs of another program"):
        desk.merging.merge(faces.ann.id, faces.bob.id)
    assert everything(sql) == before
    assert desk.changes.past() == ()


def test_a_tag_that_somebody_else_made_outlives_a_merge_and_its_undo(
    desk: CreatorsDesk, faces: Faces, decisions: History, sql: Sql
) -> None:
    apply(decisions, faces.accept(0))
    sql.execute("INSERT INTO video_creators VALUES (%s, %s)", (faces.video, faces.bob.id))
    merged = desk.merging.merge(faces.ann.id, faces.bob.id)
    apply(decisions, Intent(Kind.UNDO))
    assert tags(sql) == {(faces.video, faces.ann.id)}
    desk.history.undo_change(merged.change_id)
    assert tags(sql) == {(faces.video, faces.bob.id)}


def test_faces_split_off_take_their_references_along(
    desk: CreatorsDesk, faces: Faces, decisions: History, sql: Sql
) -> None:
    apply(decisions, faces.accept(0, 1, 2))
    own = faces.store.creators.add_reference(
        faces.ann.id, direction(5), SourceType.VIDEO_FRAME, None, 0.9
    )
    faces.store.references.add_origin(own, "me", detection=faces.ids[0], picture=True)
    before = everything(sql)
    split = desk.splitting.split(faces.ann.id, [faces.ids[0], faces.ids[1], faces.ids[4]], "Dora")
    assert (split.faces, split.references, split.conflicts) == (2, 1, (faces.ids[4],))
    assert [r.id for r in faces.store.creators.references(split.creator.id)] == [own]
    assert faces.state(0).creator_id == split.creator.id
    assert tags(sql) == {(faces.video, faces.ann.id), (faces.video, split.creator.id)}
    (past,) = desk.changes.past()
    assert (past.kind, past.dropped.name, past.faces, past.references) == ("split", "Dora", 2, 1)
    undone = desk.history.undo_change(split.change_id)
    assert (undone.faces, undone.references) == (2, 1)
    assert everything(sql) == before
    with pytest.raises(Invalid, match="already"):
        desk.splitting.split(faces.ann.id, [faces.ids[0]], "Ann")
    with pytest.raises(NotFound, match="None of these faces"):
        desk.splitting.split(faces.ann.id, [faces.ids[4]], "Dora")


def test_a_split_that_is_decided_upon_stays_as_far(
    desk: CreatorsDesk, faces: Faces, decisions: History
) -> None:
    apply(decisions, faces.accept(0, 1))
    split = desk.splitting.split(faces.ann.id, faces.ids[:2], target=faces.bob.id)
    apply(decisions, reject(faces, 0))
    undone = desk.history.undo_change(split.change_id)
    assert (undone.faces, undone.stayed) == (1, (faces.ids[0],))
    assert faces.state(0) == FaceState(Status.REJECTED)
    assert faces.state(1) == FaceState(Status.MATCHED, faces.ann.id, 0.75)
    assert faces.store.creators.get(faces.bob.id) is not None


def test_a_split_of_which_all_was_decided_upon_says_so(
    desk: CreatorsDesk, faces: Faces, decisions: History
) -> None:
    apply(decisions, faces.accept(0))
    split = desk.splitting.split(faces.ann.id, faces.ids[:1], target=faces.bob.id)
    apply(decisions, reject(faces, 0))
    undone = desk.history.undo_change(split.change_id)
    assert (undone.faces, undone.stayed) == (0, (faces.ids[0],))
