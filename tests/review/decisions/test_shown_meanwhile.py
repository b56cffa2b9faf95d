"""What is told while decisions wait is what they will leave, not what they were to begin with."""

from __future__ import annotations

from typing import Any

import psycopg

from facereview.records import RejectReason, Status
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.desk import Desk
from support import Faces, face_held

Sql = psycopg.Connection[Any]


def shown(desk: Desk, faces: Faces, place: int) -> Status:
    face = faces.ids[place]
    return desk.views([face])[face].face.state.status


def test_what_came_of_the_first_says_what_the_second_will_leave(
    desk: Desk, faces: Faces, sql: Sql
) -> None:
    with face_held(sql, faces.ids[0]):
        waits = desk.decide(Intent(Kind.ASSIGN, faces.seen(0, similarity=None), faces.bob))
        (change,) = waits.changes
        seen = (Seen(change.face_id, change.video_id, change.after),)
        desk.decide(Intent(Kind.REJECT, seen, reason=RejectReason.STRANGER, replaces=True))
    (first,) = desk.flush(0)
    assert first.saved
    assert [c.after.status for c in first.changes] == [Status.REJECTED]
    assert shown(desk, faces, 0) is Status.REJECTED
    (second,) = desk.flush(0)
    assert second.conflicts == ()
    assert faces.state(0).status is Status.REJECTED


def test_an_undo_that_waits_shows_what_it_takes_back(desk: Desk, faces: Faces, sql: Sql) -> None:
    """Also where what it is about was done before this start, or is written before it."""
    desk.decide(faces.accept(0))
    assert desk.undoable() is not None
    with face_held(sql, faces.ids[0]):
        undone = desk.undo()
        assert undone is not None
        assert (undone.saved, undone.later) == (False, True)  # it is not undone yet
        assert [c.after.status for c in undone.changes] == [Status.PENDING]
        assert shown(desk, faces, 0) is Status.PENDING
        skipped = desk.decide(Intent(Kind.SKIP, faces.seen(1)))
        assert not skipped.saved
    assert all(outcome.saved for outcome in desk.flush())
    assert faces.state(0).status is Status.PENDING


def test_an_undo_of_what_waited_goes_on_to_be_shown(desk: Desk, faces: Faces, sql: Sql) -> None:
    with face_held(sql, faces.ids[0]):
        desk.decide(faces.accept(0))
        undone = desk.undo()
        assert undone is not None
        assert not undone.later  # it was never written
    (decided,) = desk.flush(0)
    assert [c.after.status for c in decided.changes] == [Status.PENDING]
    assert faces.state(0).status is Status.MATCHED
    assert shown(desk, faces, 0) is Status.PENDING
    assert desk.counts().pending == len(faces.ids)
    desk.flush(0)
    assert faces.state(0).status is Status.PENDING
