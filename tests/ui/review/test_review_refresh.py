"""The library changes under the Review page: what is at hand stays at hand, and keys count on."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from review_support import CREATORS, NotedDesk, Press, idle, status

from facereview.records import FaceView, Status
from facereview.review.colleagues import Heard, News, Presence
from facereview.ui.jobs.colleagues import ColleagueWatch
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from facereview.ui.review.queue import Tab

Key = Qt.Key


def offered(page: ReviewPage) -> list[int]:
    return [one.creator.id for one in page.controller.suggestions]


def refreshed(page: ReviewPage, desk: NotedDesk, qtbot: QtBot) -> None:
    """The library changed, and the page knows all of it."""
    desk.sql.execute("UPDATE creators SET name = name || '!' WHERE id = 3")
    (name,) = desk.sql.execute("SELECT name FROM creators WHERE id = 3").fetchall()[0]
    page.refresh()
    qtbot.waitUntil(lambda: any(s.creator.name == name for s in page.controller.suggestions))


def test_a_decided_face_that_is_looked_back_at_stays_at_hand(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return, Key.Key_Left)
    idle(page, desk, qtbot, 1)
    qtbot.waitUntil(lambda: page.panel.state.text() == "decided: Howard")
    at = page.controller
    stages: list[Stage] = []
    at.stage_changed.connect(lambda: stages.append(at.stage))
    desk.gate.clear()
    page.refresh()
    assert page.panel.state.text() == "decided: Howard"
    with qtbot.waitSignal(at.queue.followed):
        desk.gate.set()
    refreshed(page, desk, qtbot)
    assert (at.current, stages) == (1, [])
    assert not at.queue.cursor.is_open(1)
    assert page.panel.state.text() == "decided: Howard"
    press(Key.Key_Right)
    assert at.current == 2


def test_what_is_decided_and_typed_during_a_refresh_counts(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = page.controller
    desk.gate.clear()
    page.refresh()
    press(Key.Key_X, Key.Key_M)
    field = page.picker.field
    QTest.keyClicks(field, "ra")
    with qtbot.waitSignal(at.queue.followed):
        desk.gate.set()
    assert field.text() == "ra"
    page.refresh()
    QTest.keyClicks(field, "j")
    QTest.keyClick(field, Key.Key_Return)
    idle(page, desk, qtbot, 2)
    assert status(desk, 1) is Status.REJECTED
    assert desk.face(2).creator_name == "Raj"
    refreshed(page, desk, qtbot)
    assert at.current == 3
    assert at.queue.cursor.open_count == 18


def test_what_was_decided_while_the_queue_was_read_is_not_open_again(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, held = threading.Event(), threading.Event()
    queue = desk.queue

    def slow(kind: object, **how: bool) -> object:
        found = queue(kind, **how)  # type: ignore[arg-type]
        read.set()
        held.wait(10)
        return found

    monkeypatch.setattr(desk, "queue", slow)
    page.refresh()
    assert read.wait(10)
    press(Key.Key_X, Key.Key_S)
    with qtbot.waitSignal(page.controller.queue.followed):
        held.set()
    qtbot.waitUntil(lambda: page.controller.queue.skipped == (2,))
    assert page.controller.queue.cursor.ahead(30) == (*range(4, 21), 2)


def test_suggestions_stay_where_they_are_seen_and_are_new_where_nobody_looks(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    before = offered(page)
    desk.suggest(1, CREATORS[3])
    refreshed(page, desk, qtbot)
    assert offered(page) == before
    page.hide()
    refreshed(page, desk, qtbot)
    assert offered(page)[0] == 3
    assert page.controller.current == 1


def test_a_face_that_was_being_read_meanwhile_is_read_again(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, held = threading.Event(), threading.Event()
    views = desk.views

    def slow(face_ids: Sequence[int]) -> dict[int, FaceView]:
        found = views(face_ids)
        read.set()
        held.wait(10)
        return found

    monkeypatch.setattr(desk, "views", slow)
    page.commands.go_to(20)
    assert read.wait(10)
    desk.suggest(20, CREATORS[3])
    page.refresh()
    held.set()
    qtbot.waitUntil(lambda: page.controller.view is not None)
    assert offered(page)[0] == 3


def test_new_faces_come_in_and_those_that_others_decided_are_passed_by(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    assert desk.add_face() == 21
    for face in (1, 2):
        desk.match(face, CREATORS[2])
    refreshed(page, desk, qtbot)
    assert page.controller.current == 1
    assert said[-1].text == "This face has been matched automatically: Raj."
    cursor = page.controller.queue.cursor
    assert cursor.ahead(30) == tuple(range(3, 22))
    press(Key.Key_Right)
    assert page.controller.current == 2


def test_a_queue_that_was_done_goes_on_after_a_refresh(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(*[Key.Key_X] * 20)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.DONE)
    assert desk.add_face() == 21
    page.refresh()
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    assert page.controller.current == 21


def test_what_is_not_saved_yet_is_not_open_again(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = page.controller
    desk.database.reachable = False
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: at.decider.unsaved == 1)
    desk.database.reachable = True
    refreshed(page, desk, qtbot)
    assert not at.queue.cursor.is_open(1)
    assert desk.add_face() == 21
    with qtbot.waitSignals([at.decider.back, at.queue.followed]):
        at.decider.flush()
    assert at.queue.cursor.is_open(21)
    assert not at.queue.cursor.is_open(1)


def test_what_others_undo_is_open_again_while_something_here_is_not_saved_yet(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = page.controller
    page.follow.follow(News(decided=(5,)))
    assert not at.queue.cursor.is_open(5)
    desk.database.reachable = False
    press(Key.Key_X)
    qtbot.waitUntil(lambda: at.decider.unsaved == 1)
    desk.database.reachable = True
    page.follow.follow(News(pending=(1, 5)))
    qtbot.waitUntil(lambda: at.queue.cursor.is_open(5))
    assert not at.queue.cursor.is_open(1)


@pytest.mark.parametrize(
    ("key", "news", "is_open"),
    [(Key.Key_X, News(pending=(1,)), False), (Key.Key_N, News(decided=(1,)), True)],
)
def test_word_of_others_moves_no_face_that_is_being_decided_here(
    page: ReviewPage,
    desk: NotedDesk,
    press: Press,
    key: Key,
    news: News,
    *,
    is_open: bool,
) -> None:
    desk.gate.clear()
    press(key)
    page.follow.follow(news)
    assert page.controller.queue.cursor.is_open(1) == is_open


def test_an_undone_creator_is_followed_too(page: ReviewPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.controller.queue.followed):
        page.controller.outcomes.outdated.emit()


def test_what_was_confirmed_in_the_decided_queue_is_not_met_again(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return, Key.Key_Return)
    idle(page, desk, qtbot, 2)
    page.open_tab(Tab.DECIDED)
    at = page.controller
    qtbot.waitUntil(lambda: at.current == 1 and at.view is not None)
    press(Key.Key_Return)
    idle(page, desk, qtbot, 3)
    with qtbot.waitSignal(at.queue.followed):
        page.refresh()
    assert (at.current, at.queue.cursor.is_open(1)) == (2, False)


class Present:
    """Nobody but those who have a face open; they say so once."""

    def __init__(self, *who: str) -> None:
        self._heard = [Heard(presences=tuple(Presence(f"{n}", w, 1) for n, w in enumerate(who)))]
        self._over = threading.Event()

    def wait(self, _tell: Sequence[Presence] = ()) -> Heard:
        if self._heard:
            return self._heard.pop()
        self._over.wait(0.05)
        return Heard()

    def close(self) -> None:
        self._over.set()


@pytest.mark.parametrize(
    ("who", "text"),
    [
        (("Bob",), "Bob has this face open."),
        (("Bob", "Bob"), "Bob has this face open."),
        (("Bob", "Cy"), "Bob and Cy have this face open."),
        (("Bob", "Cy", "Di"), "Bob, Cy and Di have this face open."),
    ],
)
def test_who_has_the_face_open_is_said_in_a_sentence(
    page: ReviewPage, lanes: Lanes, qtbot: QtBot, who: tuple[str, ...], text: str
) -> None:
    present: Any = Present(*who)
    watch = ColleagueWatch(present, lanes.listening, lambda: "Ann", page)
    page.follow.watch(watch)
    watch.start()
    qtbot.waitUntil(lambda: page.panel.hint.care.text() == text)
