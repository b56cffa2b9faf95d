"""A key on a face whose last decision is under way counts on what that will make of it.

It is asked for, and kept, before the first is answered; and holds whatever the first came to.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import DatabaseRefused, NotFound
from facereview.records import RejectReason, Status
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.unsaved import predicted
from facereview.review.desk import Desk
from facereview.store.store import Store
from support import Faces, desk_at, face_held, pack

Sql = psycopg.Connection[Any]


def named(faces: Faces) -> Intent:
    """A name typed by hand: how alike the face is, only the database can say."""
    return Intent(Kind.ASSIGN, faces.seen(0, similarity=None), faces.bob)


def then(first: Intent) -> Intent:
    """The face is rejected, as it will be after the first."""
    (change,) = predicted(first).changes
    seen = Seen(change.face_id, change.video_id, change.after)
    return Intent(Kind.REJECT, (seen,), reason=RejectReason.STRANGER, replaces=True)


def test_both_are_kept_and_written_in_order(desk: Desk, faces: Faces) -> None:
    first = named(faces)
    second = then(first)
    for intent in (first, second):
        desk.journal.add(intent)
    assert desk.decide(first).changes[0].after.confidence is not None
    assert desk.decide(second).conflicts == ()
    assert faces.state(0).status is Status.REJECTED


def test_the_second_holds_after_a_crash(desk: Desk, faces: Faces, journal: Path) -> None:
    """Also where it came to the journal when the first was written already."""
    first = Intent(Kind.ASSIGN, faces.seen(0), new_name="Katie")
    assert desk.decide(first).saved
    desk.journal.add(then(first))
    desk.close()
    with closing(desk_at(faces.store, journal)) as after:
        assert after.unsaved() == 1
        (outcome,) = after.flush()
    assert (outcome.saved, outcome.conflicts) == (True, ())
    assert faces.state(0).status is Status.REJECTED


def test_what_another_curator_decided_first_stands_against_both(desk: Desk, faces: Faces) -> None:
    first = named(faces)
    second = then(first)
    History(faces.store, "another", pack).apply(faces.accept(0))
    assert desk.decide(first).conflicts
    assert desk.decide(second).conflicts
    assert faces.state(0).creator_id == faces.ann.id


def test_another_window_of_this_home_may_write_the_first(
    desk: Desk, faces: Faces, journal: Path, sql: Sql
) -> None:
    first = named(faces)
    with face_held(sql, faces.ids[0]):
        assert not desk.decide(first).saved
        other = desk_at(Store(faces.store.database), journal)
        assert not desk.decide(then(first)).saved
    with closing(other):
        (written,) = other.flush()
    assert written.saved
    (followed,) = desk.flush()
    assert (followed.saved, followed.conflicts) == (True, ())
    assert faces.state(0).status is Status.REJECTED


REFUSE = """
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN IF NEW.match_status = 'manual' THEN RAISE EXCEPTION 'no names on Sundays'; END IF;
RETURN NEW; END$$;
CREATE TRIGGER t BEFORE UPDATE ON video_face_detections
FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()
"""


def test_where_the_database_refused_the_first_the_second_stands_alone(
    desk: Desk, faces: Faces, sql: Sql
) -> None:
    first = named(faces)
    second = then(first)
    sql.execute(REFUSE)
    with pytest.raises(DatabaseRefused, match="no names on Sundays"):
        desk.decide(first)
    assert desk.decide(second).conflicts == ()
    assert faces.state(0).status is Status.REJECTED
    assert desk.journal.asides() == []  # the face was decided anew


def test_where_the_first_is_refused_after_it_waited_the_second_stands_alone(
    desk: Desk, faces: Faces, sql: Sql, journal: Path
) -> None:
    first = named(faces)
    for intent in (first, then(first)):
        desk.journal.add(intent)
    desk.close()
    sql.execute("DELETE FROM creators WHERE id = %s", [faces.bob.id])
    with closing(desk_at(faces.store, journal)) as after:
        refused, written = after.flush()
    assert isinstance(refused.why, NotFound)
    assert (written.saved, written.conflicts) == (True, ())
    assert faces.state(0).status is Status.REJECTED
