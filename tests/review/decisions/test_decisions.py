"""History against a real database: the design's table, the guard, and the way back."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facereview.errors import Invalid, NotFound
from facereview.records import Creator, FaceState, RejectReason, Status
from facereview.review.decisions.decide import clean_name
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Outcome, Seen
from facereview.store.session import Database
from facereview.store.store import Store
from support import PENDING, Faces, pack

Sql = psycopg.Connection[Any]


@pytest.fixture
def decisions(store: Store) -> History:
    return History(store, "ann's curator", pack)


def tags(sql: Sql) -> set[tuple[int, int]]:
    return set(sql.execute("SELECT video_id, creator_id FROM video_creators").fetchall())


def undo(decisions: History) -> Outcome:
    outcome = decisions.apply(Intent(Kind.UNDO))
    assert outcome is not None
    return outcome


def redo(decisions: History) -> Outcome:
    outcome = decisions.apply(Intent(Kind.REDO))
    assert outcome is not None
    return outcome


def test_accept_matches_and_tags(decisions: History, faces: Faces, sql: Sql) -> None:
    outcome = decisions.apply(faces.accept(0))
    assert outcome and outcome.saved and not outcome.conflicts
    assert faces.state(0) == FaceState(Status.MATCHED, faces.ann.id, 0.75)
    assert tags(sql) == {(faces.video, faces.ann.id)}
    assert outcome.changes[0].creator_name == "Ann"


def test_assign_is_manual_with_the_known_similarity(decisions: History, faces: Faces) -> None:
    decisions.apply(Intent(Kind.ASSIGN, faces.seen(0, similarity=None), faces.ann))
    state = faces.state(0)
    assert (state.status, state.creator_id) == (Status.MANUAL, faces.ann.id)
    assert state.confidence == pytest.approx(0.75, abs=1e-4)


def test_assign_to_a_new_creator(decisions: History, faces: Faces, sql: Sql) -> None:
    name = "Zoë 'O\"Brien' 🎬 مرحبا"
    outcome = decisions.apply(
        Intent(Kind.ASSIGN, faces.seen(0, similarity=None), new_name=f"  {name} ")
    )
    assert outcome and outcome.creator and outcome.creator.name == name
    assert faces.state(0) == FaceState(Status.MANUAL, outcome.creator.id, None)
    assert tags(sql) == {(faces.video, outcome.creator.id)}


def test_reject_clears_the_row_and_keeps_the_reason(
    decisions: History, faces: Faces, sql: Sql
) -> None:
    sql.execute(
        "UPDATE video_face_detections SET matched_creator_id = %s, match_confidence = .6",
        (faces.bob.id,),
    )
    decisions.apply(Intent(Kind.REJECT, faces.seen(0), reason=RejectReason.NOT_A_FACE))
    assert faces.state(0) == FaceState(Status.REJECTED)
    assert sql.execute("SELECT reason FROM facereview.batch").fetchall() == [("not_a_face",)]
    undo(decisions)
    restored = faces.state(0)
    assert (restored.status, restored.creator_id) == (Status.PENDING, faces.bob.id)
    assert restored.confidence == pytest.approx(0.6)


def test_not_this_person_is_never_suggested_again(
    decisions: History, faces: Faces, store: Store
) -> None:
    decisions.apply(Intent(Kind.NOT_PERSON, faces.seen(0), faces.ann))
    assert faces.state(0) == PENDING
    assert store.search.denied(faces.ids) == {faces.ids[0]: [faces.ann.id]}
    undo(decisions)
    assert store.search.denied(faces.ids) == {}
    redo(decisions)
    assert store.search.denied(faces.ids) == {faces.ids[0]: [faces.ann.id]}


def test_not_this_person_takes_the_name_off_a_row_that_carries_it(
    decisions: History, faces: Faces, sql: Sql
) -> None:
    sql.execute("UPDATE video_face_detections SET matched_creator_id = %s", (faces.ann.id,))
    decisions.apply(Intent(Kind.NOT_PERSON, faces.seen(0), faces.ann))
    assert faces.state(0) == PENDING
    assert faces.state(1) == FaceState(Status.PENDING, faces.ann.id)


def test_undo_and_redo_walk_the_whole_stack(decisions: History, faces: Faces) -> None:
    decisions.apply(faces.accept(0))
    decisions.apply(Intent(Kind.REJECT, faces.seen(1), reason=RejectReason.STRANGER))
    decisions.apply(faces.accept(2, creator=faces.bob))
    done = [faces.state(place) for place in range(3)]
    assert [undo(decisions).undone for _ in range(3)] == [Kind.ACCEPT, Kind.REJECT, Kind.ACCEPT]
    assert decisions.apply(Intent(Kind.UNDO)) is None
    assert [faces.state(place) for place in range(3)] == [PENDING] * 3
    for _ in range(3):
        redo(decisions)
    assert decisions.apply(Intent(Kind.REDO)) is None
    assert [faces.state(place) for place in range(3)] == done
    undo(decisions)
    assert faces.state(2) == PENDING
    assert faces.state(1) == done[1]


def test_a_new_decision_ends_what_could_be_redone(decisions: History, faces: Faces) -> None:
    decisions.apply(faces.accept(0))
    undo(decisions)
    decisions.apply(faces.accept(1))
    assert decisions.apply(Intent(Kind.REDO)) is None


def test_each_curator_undoes_only_their_own(decisions: History, faces: Faces, store: Store) -> None:
    other = History(store, "another", pack)
    other.apply(faces.accept(0))
    assert decisions.apply(Intent(Kind.UNDO)) is None
    assert faces.state(0).status is Status.MATCHED


def test_undo_keeps_a_tag_that_another_face_supports(
    decisions: History, faces: Faces, sql: Sql
) -> None:
    decisions.apply(faces.accept(0))
    decisions.apply(faces.accept(1))
    undo(decisions)
    assert tags(sql) == {(faces.video, faces.ann.id)}
    undo(decisions)
    assert tags(sql) == set()


def test_undo_keeps_a_tag_that_somebody_else_made(
    decisions: History, faces: Faces, sql: Sql
) -> None:
    sql.execute("INSERT INTO video_creators VALUES (%s, %s)", (faces.video, faces.ann.id))
    decisions.apply(faces.accept(0))
    undo(decisions)
    assert tags(sql) == {(faces.video, faces.ann.id)}


def test_reassigning_moves_the_tag(decisions: History, faces: Faces, sql: Sql) -> None:
    decisions.apply(faces.accept(0))
    again = Intent(Kind.ASSIGN, faces.seen(0, similarity=None), faces.bob, replaces=True)
    decisions.apply(again)
    assert tags(sql) == {(faces.video, faces.bob.id)}
    undo(decisions)
    assert tags(sql) == {(faces.video, faces.ann.id)}


def test_another_programs_change_stands_and_is_reported(
    decisions: History, faces: Faces, sql: Sql
) -> None:
    stale = faces.accept(0, 1)
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'manual', matched_creator_id = %s "
        "WHERE id = %s",
        (faces.bob.id, faces.ids[0]),
    )
    outcome = decisions.apply(stale)
    assert outcome is not None
    assert [c.face_id for c in outcome.changes] == [faces.ids[1]]
    assert [(c.face_id, c.creator_name) for c in outcome.conflicts] == [(faces.ids[0], "Bob")]
    assert faces.state(0) == FaceState(Status.MANUAL, faces.bob.id)


def test_nothing_but_conflicts_leaves_no_batch_and_no_creator(
    decisions: History, faces: Faces, sql: Sql
) -> None:
    stale = Intent(Kind.ASSIGN, faces.seen(0), new_name="Nobody")
    sql.execute("DELETE FROM video_face_detections")
    outcome = decisions.apply(stale)
    assert outcome and not outcome.changes
    assert outcome.conflicts[0].now is None
    assert sql.execute("SELECT count(*) FROM facereview.batch").fetchone() == (0,)
    assert sql.execute("SELECT count(*) FROM creators WHERE name = 'Nobody'").fetchone() == (0,)


def test_undo_leaves_faces_that_were_changed_since(
    decisions: History, faces: Faces, sql: Sql
) -> None:
    decisions.apply(faces.accept(0, 1))
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'rejected', matched_creator_id = NULL "
        "WHERE id = %s",
        (faces.ids[0],),
    )
    outcome = undo(decisions)
    assert [c.face_id for c in outcome.conflicts] == [faces.ids[0]]
    assert faces.state(0).status is Status.REJECTED
    assert faces.state(1) == PENDING


def test_redo_for_a_creator_who_is_gone_is_a_conflict(
    decisions: History, faces: Faces, sql: Sql
) -> None:
    decisions.apply(faces.accept(0))
    undo(decisions)
    sql.execute("DELETE FROM creators WHERE id = %s", (faces.ann.id,))
    outcome = redo(decisions)
    assert not outcome.changes
    assert faces.state(0) == PENDING


def test_writing_twice_writes_once(decisions: History, faces: Faces, sql: Sql) -> None:
    intent = faces.accept(0, 1)
    first, second = decisions.apply(intent), decisions.apply(intent)
    assert first and second
    assert first.changes == second.changes
    assert sql.execute("SELECT count(*) FROM facereview.decision").fetchone() == (2,)
    taken_back = Intent(Kind.UNDO)
    assert decisions.apply(taken_back)
    again = decisions.apply(taken_back)
    assert again and again.undone is Kind.ACCEPT
    assert faces.state(0) == PENDING


def test_a_creator_who_is_gone_is_named(decisions: History, faces: Faces) -> None:
    with pytest.raises(NotFound, match="Ghost no longer exists"):
        decisions.apply(Intent(Kind.ACCEPT, faces.seen(0), Creator(9999, "Ghost")))
    assert faces.state(0) == PENDING


def test_two_curators_never_decide_one_face_twice(faces: Faces, library_url: str, sql: Sql) -> None:
    other_database = Database(library_url)
    other = Store(other_database)
    mine, theirs = faces.accept(0), faces.accept(0, creator=faces.bob)
    first = History(faces.store, "me", pack).apply(mine)
    second = History(other, "them", pack).apply(theirs)
    other.close()
    other_database.close()
    assert first and second
    assert len(first.changes) == 1
    assert len(second.conflicts) == 1
    assert faces.state(0).creator_id == faces.ann.id
    assert tags(sql) == {(faces.video, faces.ann.id)}


@pytest.mark.parametrize("name", ["", "   ", "a\0b", "x" * 501])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(Invalid):
        clean_name(name)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    plan=st.lists(
        st.tuples(
            st.sampled_from(["ann", "bob", "manual", "reject", "not", "undo", "redo"]),
            st.integers(0, 4),
        ),
        max_size=15,
    )
)
def test_undoing_everything_gives_back_the_library(
    decisions: History, faces: Faces, sql: Sql, plan: list[tuple[str, int]]
) -> None:
    before = [faces.state(place) for place in range(5)]
    for what, place in plan:
        seen = faces.seen(place)
        intent = {
            "ann": Intent(Kind.ACCEPT, seen, faces.ann, replaces=True),
            "bob": Intent(Kind.ACCEPT, seen, faces.bob, replaces=True),
            "manual": Intent(Kind.ASSIGN, seen, faces.bob, replaces=True),
            "reject": Intent(Kind.REJECT, seen, reason=RejectReason.UNUSABLE, replaces=True),
            "not": Intent(Kind.NOT_PERSON, seen, faces.ann, replaces=True),
            "undo": Intent(Kind.UNDO),
            "redo": Intent(Kind.REDO),
        }[what]
        decisions.apply(intent)
    while decisions.apply(Intent(Kind.UNDO)):
        pass
    assert [faces.state(place) for place in range(5)] == before
    assert tags(sql) == set()
    assert faces.store.search.denied(faces.ids) == {}


def test_seen_is_compared_as_the_database_stores_it(decisions: History, faces: Faces) -> None:
    outcome = decisions.apply(Intent(Kind.ACCEPT, faces.seen(0, similarity=0.123456789), faces.ann))
    assert outcome
    change = outcome.changes[0]
    again = Intent(
        Kind.REJECT,
        (Seen(change.face_id, change.video_id, change.after),),
        reason=RejectReason.STRANGER,
        replaces=True,
    )
    later = decisions.apply(again)
    assert later and not later.conflicts


@pytest.mark.parametrize("kind", [Kind.ACCEPT, Kind.ASSIGN, Kind.REJECT, Kind.NOT_PERSON])
def test_no_decision_is_replaced_without_saying_so(
    decisions: History, faces: Faces, sql: Sql, kind: Kind
) -> None:
    decisions.apply(faces.accept(0))
    before = faces.state(0)
    creator = {Kind.REJECT: None, Kind.NOT_PERSON: faces.ann}.get(kind, faces.bob)
    with pytest.raises(Invalid, match="would replace an existing decision"):
        decisions.apply(Intent(kind, faces.seen(0, 1), creator))
    assert (faces.state(0), faces.state(1)) == (before, PENDING)
    assert sql.execute("SELECT count(*) FROM facereview.batch").fetchone() == (1,)
    assert decisions.apply(Intent(kind, faces.seen(0, 1), creator, replaces=True))
    assert faces.state(0) != before


def test_what_was_decided_for_a_creator_who_is_deleted_is_nobodys_decision_any_more(
    decisions: History, faces: Faces, sql: Sql
) -> None:
    decisions.apply(faces.accept(0))
    sql.execute("DELETE FROM creators WHERE id = %s", (faces.ann.id,))
    decisions.apply(faces.accept(0, creator=faces.bob))
    assert faces.state(0).creator_id == faces.bob.id


def test_a_confirmation_changes_nothing_but_the_machines_mark(
    decisions: History, faces: Faces, store: Store, sql: Sql
) -> None:
    decisions.apply(faces.accept(0))
    batch = sql.execute("SELECT id FROM facereview.batch").fetchone()
    assert batch
    store.log.mark_automatic([(faces.ids[0], batch[0])])
    sql.execute("DELETE FROM video_creators")  # another program took the tag off
    before = faces.state(0)

    def mark() -> list[Any]:
        return sql.execute("SELECT batch_id FROM facereview.automatic").fetchall()

    outcome = decisions.apply(Intent(Kind.CONFIRM, faces.seen(0), faces.ann))
    assert outcome and outcome.changes[0].creator_name == "Ann"
    assert (faces.state(0), mark(), tags(sql)) == (before, [], set())
    assert undo(decisions).undone is Kind.CONFIRM
    assert (faces.state(0), mark(), tags(sql)) == (before, [batch], set())
    redo(decisions)
    assert (faces.state(0), mark(), tags(sql)) == (before, [], set())


def test_what_nobody_decided_cannot_be_confirmed(decisions: History, faces: Faces) -> None:
    with pytest.raises(Invalid, match="cannot be confirmed"):
        decisions.apply(Intent(Kind.CONFIRM, faces.seen(0)))


def test_saying_whom_a_match_is_not_confirms_nothing(
    decisions: History, faces: Faces, store: Store, sql: Sql
) -> None:
    decisions.apply(faces.accept(0))
    store.log.mark_automatic([(faces.ids[0], 1)])
    outcome = decisions.apply(Intent(Kind.NOT_PERSON, faces.seen(0), faces.bob))
    assert outcome and outcome.changes[0].creator_name == "Ann"
    assert sql.execute("SELECT count(*) FROM facereview.automatic").fetchone() == (1,)
    undo(decisions)
    assert sql.execute("SELECT count(*) FROM facereview.automatic").fetchone() == (1,)


def test_a_conflict_names_whom_the_face_was_given_to_also_where_nothing_else_was_decided(
    faces: Faces,
) -> None:
    """The window shows the name beside the face, and on the key that confirms it."""
    seen = faces.seen(0)
    History(faces.store, "other", pack).apply(faces.accept(0, creator=faces.bob))
    outcome = History(faces.store, "me", pack).apply(Intent(Kind.ACCEPT, seen, faces.ann))
    assert outcome and not outcome.changes
    assert [conflict.creator_name for conflict in outcome.conflicts] == ["Bob"]
