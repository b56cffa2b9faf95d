"""The desk: queues, views, and decisions that survive a database that goes away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import DatabaseUnreachable, NotFound, ReviewError
from facereview.records import FaceState, RejectReason, Status, Thresholds
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk, QueueKind
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store
from support import Faces, detection, make_faces, near

Sql = psycopg.Connection[Any]


def pack() -> Thresholds:
    return Thresholds(0.4, 0.55)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def desk(store: Store, journal: Path) -> Iterator[Desk]:
    desk = Desk(store, Journal(journal, "library"), pack, "me")
    yield desk
    desk.close()


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


def test_queue_is_in_video_and_time_order(desk: Desk, faces: Faces) -> None:
    assert desk.queue(QueueKind.PENDING).tolist() == faces.ids
    desk.decide(faces.accept(1))
    assert desk.queue(QueueKind.PENDING).tolist() == [faces.ids[i] for i in (0, 2, 3, 4)]
    assert desk.queue(QueueKind.DECIDED).tolist() == [faces.ids[1]]
    assert desk.queue(QueueKind.AUTOMATIC).size == 0


def test_what_only_the_machine_matched_waits_in_a_queue_of_its_own(
    desk: Desk, faces: Faces
) -> None:
    faces.match_by_machine(1, 2)
    desk.decide(faces.accept(3))
    assert desk.queue(QueueKind.DECIDED).tolist() == [faces.ids[3]]
    assert sorted(desk.queue(QueueKind.AUTOMATIC).tolist()) == faces.ids[1:3]
    desk.decide(faces.accept(1))
    assert desk.queue(QueueKind.DECIDED).tolist() == [faces.ids[1], faces.ids[3]]


def test_view_holds_everything_for_one_face(desk: Desk, faces: Faces, store: Store) -> None:
    beside = store.videos.add_face(faces.video, detection(near(1, 0.6), at=10.0, x=500))
    view = desk.views([faces.ids[0], 987654])[faces.ids[0]]
    assert view.video.path == "/videos/one.mp4"
    assert [mate.id for mate in view.frame_mates] == [faces.ids[0], beside]
    first, second = view.suggestions
    assert (first.creator.name, second.creator.name) == ("Ann", "Bob")
    assert first.similarity == pytest.approx(0.75, abs=1e-4)
    assert first.margin == pytest.approx(first.similarity - second.similarity)
    assert second.margin is None
    assert [r.creator_id for r in first.references] == [faces.ann.id]


def test_verdict_moves_the_next_suggestion_up(desk: Desk, faces: Faces) -> None:
    desk.decide(Intent(Kind.NOT_PERSON, faces.seen(0), faces.ann))
    assert [s.creator.name for s in desk.views(faces.ids)[faces.ids[0]].suggestions] == ["Bob"]
    assert desk.views(faces.ids)[faces.ids[1]].suggestions[0].creator.name == "Ann"


def test_same_person_takes_one_face_per_frame(desk: Desk, faces: Faces, store: Store) -> None:
    worse = store.videos.add_face(faces.video, detection(near(0, 0.42, 77), at=20.0, x=600))
    stranger = store.videos.add_face(faces.video, detection(near(9, 0.9), at=90.0))
    same = desk.same_person(faces.ids[0])
    assert same[0] == faces.ids[0]
    assert set(same) == set(faces.ids)
    assert worse not in same
    assert stranger not in same


class Outage:
    """A server of its own that can go away and come back."""

    def __init__(self, folder: Path) -> None:
        self.server = EmbeddedServer(folder / "server")
        self.url = self.server.start()

    def end(self) -> None:
        self.server.stop()

    def back(self) -> None:
        assert self.server.start() == self.url


@pytest.fixture
def outage(tmp_path: Path) -> Iterator[Outage]:
    outage = Outage(tmp_path / "own")
    yield outage
    outage.end()


@pytest.fixture
def open_desk(outage: Outage, journal: Path) -> Iterator[Callable[[], tuple[Desk, Store]]]:
    """Open the library as one run of the program would."""
    opened: list[tuple[Desk, Database]] = []

    def make() -> tuple[Desk, Store]:
        database = Database(outage.url)
        store = Store.open(database)
        desk = Desk(store, Journal(journal, "library"), pack, "me")
        opened.append((desk, database))
        return desk, store

    yield make
    for desk, database in opened:
        desk.close()
        database.close()


def test_decisions_wait_for_the_database_and_are_written_once(
    outage: Outage, open_desk: Callable[[], tuple[Desk, Store]]
) -> None:
    desk, store = open_desk()
    faces = make_faces(store)
    accept, reject = (
        faces.accept(0),
        Intent(Kind.REJECT, faces.seen(1), reason=RejectReason.STRANGER),
    )
    third = faces.accept(2)
    outage.end()
    outcomes = [desk.decide(intent) for intent in (accept, reject, third)]
    assert [o.saved for o in outcomes] == [False] * 3
    assert outcomes[0].changes[0].after == FaceState(Status.MATCHED, faces.ann.id, 0.75)
    assert desk.unsaved() == 3
    undone = desk.undo()
    assert undone and undone.changes[0].face_id == faces.ids[2]
    with pytest.raises(DatabaseUnreachable):
        desk.flush()
    outage.back()
    assert [o.saved for o in desk.flush()] == [True] * 4
    assert desk.unsaved() == 0
    assert [faces.state(i).status.value for i in range(3)] == ["matched", "rejected", "pending"]
    assert desk.flush() == []
    again = desk.undo()
    assert again and again.undone is Kind.REJECT


def test_waiting_decisions_survive_the_program(
    outage: Outage, open_desk: Callable[[], tuple[Desk, Store]]
) -> None:
    desk, store = open_desk()
    faces = make_faces(store)
    intent = faces.accept(0)
    outage.end()
    desk.decide(intent)
    desk.close()
    outage.back()
    later, store = open_desk()
    assert later.unsaved() == 1
    assert [o.intent for o in later.flush()] == [intent]
    assert store.faces.get(faces.ids)[faces.ids[0]].state.status is Status.MATCHED


def test_a_decision_whose_commit_was_lost_is_not_written_twice(
    store: Store, faces: Faces, journal: Path, sql: Sql
) -> None:
    """Killed after the commit, before the journal knew: the next run sends it again."""
    intent = faces.accept(0)
    with closing(Desk(store, Journal(journal, "library"), pack, "me")) as first:
        first.decide(intent)
    with closing(Journal(journal, "library")) as held:
        held.add(intent)
    with closing(Desk(store, Journal(journal, "library"), pack, "me")) as second:
        outcome = second.flush()[0]
    assert outcome.saved
    assert not outcome.conflicts
    assert sql.execute("SELECT count(*) FROM facereview.decision").fetchone() == (1,)


def test_somebody_else_decided_during_the_outage(
    store: Store, faces: Faces, journal: Path, sql: Sql
) -> None:
    held = Journal(journal, "library")
    held.add(faces.accept(0))
    held.add(faces.accept(1))
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'rejected' WHERE id = %s",
        (faces.ids[0],),
    )
    with closing(Desk(store, held, pack, "me")) as desk:
        first, second = desk.flush()
    assert [c.face_id for c in first.conflicts] == [faces.ids[0]]
    assert [c.face_id for c in second.changes] == [faces.ids[1]]
    assert faces.state(0).status is Status.REJECTED


def test_a_waiting_decision_for_a_creator_who_is_gone_does_not_hold_up_others(
    store: Store, faces: Faces, journal: Path, sql: Sql
) -> None:
    held = Journal(journal, "library")
    held.add(faces.accept(0, creator=faces.bob))
    held.add(faces.accept(1))
    sql.execute("DELETE FROM creators WHERE id = %s", (faces.bob.id,))
    with closing(Desk(store, held, pack, "me")) as desk:
        first, second = desk.flush()
        assert isinstance(first.why, NotFound)
        assert second.changes
        assert desk.unsaved() == 0


def test_a_journal_that_is_no_database_is_named_and_let_go(journal: Path) -> None:
    journal.write_bytes(b"something else" * 100)
    with pytest.raises(ReviewError, match="cannot be opened"):
        Journal(journal, "library")


def test_journals_of_two_libraries_stay_apart(faces: Faces, journal: Path) -> None:
    with closing(Journal(journal, "one")) as one, closing(Journal(journal, "other")) as other:
        one.add(faces.accept(0))
        assert (len(one), len(other)) == (1, 0)
        assert one.waiting()[0].faces == faces.seen(0)
