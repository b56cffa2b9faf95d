"""Keys on a face whose last decision is under way: kept at once, in order, on no other face."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, Press

from facereview.records import Creator, FaceState, FaceView, Status
from facereview.review.decisions.intents import Intent, Kind, Outcome, Seen
from facereview.review.decisions.journal import Journal
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.review.page import ReviewPage
from support import desk_at, make_faces

Key = Qt.Key


@pytest.fixture
def hanging(desk: NotedDesk, page: ReviewPage) -> Iterator[NotedDesk]:
    """A database that answers nothing until its gate is opened."""
    desk.gate.clear()
    yield desk
    desk.gate.set()


def test_a_second_key_on_the_face_is_kept_before_the_first_is_answered(
    page: ReviewPage, hanging: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    first, second = (offered.creator for offered in page.controller.suggestions[:2])
    press(Key.Key_N, Key.Key_Return)
    qtbot.waitUntil(lambda: len(hanging.kept) == 2)
    assert not hanging.gate.is_set()
    assert [(i.kind, i.creator) for i in hanging.kept] == [
        (Kind.NOT_PERSON, first),
        (Kind.ACCEPT, second),
    ]
    assert page.controller.current == 2
    hanging.gate.set()
    qtbot.waitUntil(lambda: page.controller.decider.waiting == 0)
    assert hanging.face(1).state.creator_id == second.id
    press(Key.Key_Left)
    qtbot.waitUntil(lambda: page.panel.state.text() == f"decided: {second.name}")


def test_what_comes_of_the_first_key_does_not_hide_the_second(
    page: ReviewPage, hanging: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    """Nor are the counts moved twice."""
    pending, states = page.controller.tally.pending, list[Status]()
    press(Key.Key_Return, Key.Key_Left, Key.Key_X)
    qtbot.waitUntil(lambda: page.commands.decisions.offer is not None)
    press(Key.Key_X)
    qtbot.waitUntil(lambda: len(hanging.kept) == 2)
    press(Key.Key_Left, Key.Key_Space)

    def shown() -> Status:
        face = page.controller.face(1)
        assert face is not None
        return face.state.status

    qtbot.waitUntil(lambda: shown() is Status.REJECTED)
    assert page.controller.tally.pending == pending - 1

    def note(_outcome: Outcome) -> None:
        states.append(shown())

    page.controller.decider.came.connect(note)
    hanging.gate.set()
    qtbot.waitUntil(lambda: page.controller.decider.waiting == 0)
    assert hanging.face(1).state.status is Status.REJECTED
    assert set(states) == {Status.REJECTED}
    assert page.controller.tally.pending == pending - 1


def test_a_key_is_meant_for_the_face_that_was_at_hand(
    page: ReviewPage, hanging: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    """Another page decided it, and the queue goes on to the next one."""
    creator = page.controller.suggestions[0].creator
    seen = (Seen(1, 1, FaceState(Status.PENDING)),)
    page.controller.decider.decide(Intent(Kind.ASSIGN, seen, creator))
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: page.controller.current == 2)
    hanging.gate.set()
    qtbot.waitUntil(lambda: page.controller.decider.waiting == 0)
    assert hanging.face(1).state.status is Status.MANUAL
    assert hanging.face(2).state.status is Status.PENDING
    assert len(hanging.kept) == 1


def test_a_key_after_an_undo_waits_for_the_suggestions_that_are_back(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, read, views = page.controller, threading.Event(), desk.views
    first = at.suggestions[0].creator
    press(Key.Key_N)
    qtbot.waitUntil(lambda: at.decider.waiting == 0 and not at.views.awaits(1))
    assert at.suggestions[0].creator != first

    def slow(face_ids: Sequence[int]) -> dict[int, FaceView]:
        read.wait(10)
        return views(face_ids)

    monkeypatch.setattr(desk, "views", slow)
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: at.views.awaits(1))
    press(Key.Key_Return)
    at._wait_no_longer()
    assert len(desk.kept) == 2
    read.set()
    qtbot.waitUntil(lambda: len(desk.kept) == 3)
    assert (desk.kept[2].kind, desk.kept[2].creator) == (Kind.ACCEPT, first)


def test_somebody_whose_making_is_under_way_is_meant_by_name(
    database: Database, library_url: str, tmp_path: Path, qtbot: QtBot
) -> None:
    lanes, owner, told = Lanes(), QObject(), list[Outcome]()
    lanes.let_go_by(database.interrupt)
    with Store(database) as store:
        faces = make_faces(store)
        desk = desk_at(Store(database), tmp_path / "journal")
        decider = Decider(desk, lanes.database, lanes.journal, owner)
        decider.came.connect(told.append)
        refused: list[object] = []
        decider.refused.connect(lambda intent, why: refused.append(why))
        both, third = faces.seen(0, 1), faces.seen(2)
        with psycopg.connect(library_url) as other:
            other.execute("LOCK TABLE video_face_detections IN ACCESS EXCLUSIVE MODE")
            decider.decide(Intent(Kind.ASSIGN, both, new_name="Zoe"))
            decider.foretell([faces.ids[0]])
            (change, _) = told[0].changes
            zoe = Creator(change.after.creator_id or 0, change.creator_name or "")
            seen = (Seen(change.face_id, change.video_id, change.after),)
            decider.decide(Intent(Kind.NOT_PERSON, seen, zoe, replaces=True))
            decider.decide(Intent(Kind.ACCEPT, third, zoe))
            qtbot.waitUntil(lambda: _kept(tmp_path / "journal") == 3)
            other.rollback()
        qtbot.waitUntil(lambda: decider.waiting == 0, timeout=10_000)
        assert refused == []
        made = store.creators.spelt("Zoe")
        assert made is not None
        assert [faces.state(n).status for n in (0, 1, 2)] == [
            Status.PENDING,
            Status.MANUAL,
            Status.MATCHED,
        ]
        assert faces.state(2).creator_id == made.id
        lanes.shutdown()
        desk.close()


def _kept(journal: Path) -> int:
    with closing(Journal(journal, "library")) as held:
        return len(held)
