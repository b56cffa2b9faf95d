"""A decision and a merge in the same moment: whoever comes second waits, and knows what is new.

One of the two is stopped half way by a row that somebody else holds, the other is begun, and must
be seen to wait before the row is let go.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, LiteralString, TypeVar

import psycopg
import pytest

from facereview.records import FaceState, Status
from facereview.review.creators.merges import Merging
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Outcome
from facereview.store.session import Database
from facereview.store.store import Store
from support import PENDING, Faces, pack

Sql = psycopg.Connection[Any]
First = TypeVar("First")
Second = TypeVar("Second")

DEADLINE = 30.0
A_FACE: LiteralString = "SELECT FROM video_face_detections WHERE id = %s FOR UPDATE"
THE_REFERENCES: LiteralString = (
    "SELECT FROM creator_face_embeddings WHERE creator_id = %s FOR UPDATE"
)


@pytest.fixture
def decisions(database: Database) -> Iterator[History]:
    """The decisions of a curator with a connection of its own."""
    with Store(database) as store:
        yield History(store, "another", pack)


@pytest.fixture
def merging(store: Store) -> Merging:
    return Merging(store, "me")


@pytest.fixture
def taking_back(store: Store) -> History:
    return History(store, "me", pack)


@dataclass(frozen=True)
class Turns:
    """Two pieces of work on one library, the first stopped half way."""

    url: str

    def take(
        self,
        held: LiteralString,
        row: int,
        first: Callable[[], First],
        second: Callable[[], Second],
    ) -> tuple[First, Second]:
        """Run both at once while the rows that ``held`` locks stop the first."""
        with (
            psycopg.connect(self.url, autocommit=True) as watch,
            ThreadPoolExecutor(2) as threads,
            psycopg.connect(self.url) as holder,
        ):
            holder.execute(held, (row,))
            one = threads.submit(first)
            _see_waiting(watch, 1, one)
            two = threads.submit(second)
            _see_waiting(watch, 2, two)
            holder.rollback()
            return one.result(DEADLINE), two.result(DEADLINE)


def _see_waiting(watch: Sql, count: int, newest: Future[Any]) -> None:
    """Wait until so many connections wait for a lock; the newest must not get by."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        found = watch.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
        if found == (count,):
            return
        assert not newest.done(), f"this did not wait: {newest.exception() or newest.result()}"
        time.sleep(0.01)
    raise AssertionError(f"{count} connections were to wait for a lock, not {found}")


@pytest.fixture
def turns(library_url: str) -> Turns:
    return Turns(library_url)


def apply(decisions: History, intent: Intent) -> Outcome:
    outcome = decisions.apply(intent)
    assert outcome is not None
    return outcome


def test_a_merge_waits_for_a_decision_that_is_being_written(
    faces: Faces, decisions: History, merging: Merging, taking_back: History, turns: Turns
) -> None:
    """The decision has seen that the creator is there and is about to name it."""
    late = faces.accept(0, creator=faces.bob)
    outcome, merged = turns.take(
        A_FACE,
        faces.ids[0],
        lambda: apply(decisions, late),
        lambda: merging.merge(faces.ann.id, faces.bob.id),
    )
    assert (outcome.creator, outcome.conflicts) == (faces.bob, ())
    assert merged.faces == 1
    assert faces.state(0) == FaceState(Status.MATCHED, faces.ann.id, 0.75)
    taking_back.undo_change(merged.change_id)
    assert faces.state(0) == FaceState(Status.MATCHED, faces.bob.id, 0.75)


def test_a_decision_waits_for_a_merge_that_is_being_written(
    faces: Faces, decisions: History, merging: Merging, turns: Turns
) -> None:
    late = faces.accept(0, creator=faces.bob)
    merged, outcome = turns.take(
        THE_REFERENCES,
        faces.bob.id,
        lambda: merging.merge(faces.ann.id, faces.bob.id),
        lambda: apply(decisions, late),
    )
    assert (outcome.creator, outcome.conflicts) == (faces.ann, ())
    assert merged.faces == 0
    assert faces.state(0) == FaceState(Status.MATCHED, faces.ann.id, 0.75)


def test_an_undo_waits_for_a_merge_that_is_being_written(
    faces: Faces, decisions: History, merging: Merging, turns: Turns
) -> None:
    """The face names somebody else when the merge is done: that is no conflict."""
    apply(decisions, faces.accept(0, creator=faces.bob))
    _, undone = turns.take(
        THE_REFERENCES,
        faces.bob.id,
        lambda: merging.merge(faces.ann.id, faces.bob.id),
        lambda: apply(decisions, Intent(Kind.UNDO)),
    )
    assert (len(undone.changes), undone.conflicts) == (1, ())
    assert faces.state(0) == PENDING


def test_taking_a_merge_back_waits_for_a_decision_that_is_done_again(
    faces: Faces, decisions: History, merging: Merging, taking_back: History, turns: Turns
) -> None:
    """The face goes to the creator whose it was, though it is written while the two are one."""
    apply(decisions, faces.accept(0, creator=faces.bob))
    apply(decisions, Intent(Kind.UNDO))
    merged = merging.merge(faces.ann.id, faces.bob.id)
    redone, undone = turns.take(
        A_FACE,
        faces.ids[0],
        lambda: apply(decisions, Intent(Kind.REDO)),
        lambda: taking_back.undo_change(merged.change_id),
    )
    assert (len(redone.changes), redone.conflicts) == (1, ())
    assert undone.faces == 1
    assert faces.state(0) == FaceState(Status.MATCHED, faces.bob.id, 0.75)
