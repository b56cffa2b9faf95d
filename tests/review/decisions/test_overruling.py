"Overruled decisions are kept until their curator has looked at them."

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import DatabaseUnreachable
from facereview.records import RejectReason, Thresholds
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk
from facereview.store.session import Database
from facereview.store.store import Store
from support import Faces, make_faces

Sql = psycopg.Connection[Any]


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 4)


@pytest.fixture
def sit(library_url: str, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """A curator's desk at a workstation of their own; the same again after a restart."""
    made: list[tuple[Desk, Database]] = []

    def desk(name: str) -> Desk:
        database = Database(library_url)
        journal = Journal(tmp_path / name, "library")
        store = Store(database, f"at {name}", name.title)
        made.append((Desk(store, journal, lambda: Thresholds(0.5, 0.7), name), database))
        return made[-1][0]

    yield desk
    for one, database in made:
        one.close()
        database.close()


def reject(faces: Faces, *places: int) -> Intent:
    return Intent(Kind.REJECT, faces.seen(*places), reason=RejectReason.STRANGER)


def test_what_did_not_stand_is_listed_with_what_stands_and_by_whom(
    faces: Faces, sit: Callable[[str], Desk]
) -> None:
    alice, bob = sit("alice"), sit("bob")
    hers, both = faces.accept(0, 1, creator=faces.bob), faces.accept(2)
    theirs = reject(faces, 3)
    bob.decide(faces.accept(0))
    bob.decide(reject(faces, 1, 3))
    bob.decide(faces.accept(2))
    for intent in (hers, both, theirs):
        alice.decide(intent)
    told = [(one.face, one.name, one.status, one.stands, one.who) for one in alice.overruled()]
    assert told == [
        (faces.ids[0], "Bob", "matched", "Ann", "Bob"),
        (faces.ids[1], "Bob", "rejected", None, "Bob"),
    ]  # of the others both said the same
    assert not bob.overruled()
    again = sit("alice")
    assert again.overruled() == alice.overruled()
    again.look_at(again.overruled()[:1])
    assert [one.face for one in again.overruled()] == [faces.ids[1]]
    alice.decide(hers)  # sent twice
    assert [one.face for one in again.overruled()] == [faces.ids[1]]


def test_what_had_waited_and_did_not_stand_is_listed_though_the_writing_is_interrupted(
    faces: Faces, sit: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = sit("alice"), sit("bob")
    waiting = [faces.accept(place, creator=faces.bob) for place in range(3)]
    away = True

    def deciding(*_args: object, **_options: object) -> object:
        if away:
            raise DatabaseUnreachable("The database cannot be reached.")
        return real()

    real = alice._store.deciding
    monkeypatch.setattr(alice._store, "deciding", deciding)
    for intent in waiting:
        assert not alice.decide(intent).saved
    for place in range(3):
        bob.decide(faces.accept(place))
    calls = 0

    def interrupted(*_args: object, **_options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise DatabaseUnreachable("The database cannot be reached.")
        return real()

    monkeypatch.setattr(alice._store, "deciding", interrupted)
    with suppress(DatabaseUnreachable):
        alice.flush()
    assert [one.face for one in sit("alice").overruled()] == faces.ids[:1]
    alice.flush()
    assert [one.face for one in alice.overruled()] == faces.ids[:3]
    assert alice.unsaved() == 0


def test_a_conflict_is_written_with_the_decision_or_not_at_all(
    faces: Faces, sit: Callable[[str], Desk], sql: Sql
) -> None:
    alice, bob = sit("alice"), sit("bob")
    both = faces.accept(0, 1, creator=faces.bob)
    bob.decide(faces.accept(0))
    sql.execute("ALTER TABLE facereview.conflict RENAME TO hidden")
    with pytest.raises(Exception, match="conflict"):
        alice.decide(both)
    assert faces.state(1).creator_id is None
    sql.execute("ALTER TABLE facereview.hidden RENAME TO conflict")
    again = Intent(both.kind, both.faces, both.creator)
    assert [change.face_id for change in alice.decide(again).changes] == [faces.ids[1]]
    assert [one.face for one in alice.overruled()] == [faces.ids[0]]


def test_what_one_decided_oneself_meanwhile_overrules_nobody(
    faces: Faces, sit: Callable[[str], Desk]
) -> None:
    alice, other = sit("alice"), sit("alice")
    late = faces.accept(0, creator=faces.bob)
    other.decide(faces.accept(0))
    assert alice.decide(late).conflicts
    assert not alice.overruled()
