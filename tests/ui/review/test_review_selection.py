"""A key on a selection decides all of it or nothing, whatever of it is still to be loaded."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, Press, idle

from facereview.records import FaceView
from facereview.review.decisions.intents import Kind
from facereview.ui.jobs import loader
from facereview.ui.jobs.messages import Level, Message
from facereview.ui.review.page import ReviewPage

Key = Qt.Key


@pytest.fixture
def other(page: ReviewPage, qtbot: QtBot) -> ReviewPage:
    """Three faces of the first video are ticked, one of the second is at hand."""
    at = page.controller
    qtbot.waitUntil(lambda: len(at.video.faces) == 10)
    for face in (1, 2, 3):
        at.selection.toggle(face)
    page.commands.go_to(15)
    qtbot.waitUntil(lambda: at.current == 15 and at.video.get(15) is not None)
    return page


def enter(page: ReviewPage) -> str:
    return page.panel.buttons["accept"].accessibleName()


@pytest.mark.parametrize("key", [Key.Key_X, Key.Key_Return, Key.Key_1, Key.Key_S])
def test_a_key_waits_for_faces_whose_views_were_dropped(
    other: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, key: Key
) -> None:
    desk.gate.clear()
    other.refresh()
    press(key)
    desk.gate.set()
    if key == Key.Key_S:
        qtbot.waitUntil(lambda: desk.put_off() == [15, 1, 2, 3])
    else:
        idle(other, desk, qtbot, 1)
        assert [seen.face_id for seen in desk.intents[0].faces] == [15, 1, 2, 3]
    assert len(other.controller.selection) == 0


def test_no_label_speaks_of_fewer_faces_than_are_selected(
    other: ReviewPage, desk: NotedDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: enter(other) == "Accept Howard for 4 faces")
    held, views = threading.Event(), desk.views

    def slow(face_ids: Sequence[int]) -> dict[int, FaceView]:
        if {1, 2, 3} & set(face_ids):
            held.wait(10)
        return views(face_ids)

    monkeypatch.setattr(desk, "views", slow)
    other.refresh()
    at = other.controller
    qtbot.waitUntil(lambda: not at.opinions.awaits(at.selection.ids))
    assert enter(other) == "Accept Howard comparing 3 faces …"
    held.set()
    qtbot.waitUntil(lambda: enter(other) == "Accept Howard for 4 faces")


def test_a_selection_larger_than_what_is_kept_is_decided_whole(
    page: ReviewPage,
    desk: NotedDesk,
    press: Press,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loader, "_FACES_KEPT", 4)
    at = page.controller
    qtbot.waitUntil(lambda: len(at.video.faces) == 10)
    for face in range(1, 11):
        at.selection.toggle(face)
    page.commands.go_to(20)
    qtbot.waitUntil(lambda: at.current == 20 and at.video.get(20) is not None)
    press(Key.Key_X)
    idle(page, desk, qtbot, 1)
    assert {seen.face_id for seen in desk.intents[0].faces} == {*range(1, 11), 20}


def test_where_they_cannot_be_loaded_nothing_is_decided_and_it_is_said(
    other: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    desk.gate.clear()
    other.refresh()
    press(Key.Key_X)
    desk.database.reachable = False
    desk.gate.set()
    away = Message(Level.FAULT, "The database is out of reach: check the connection.")
    qtbot.waitUntil(lambda: away in said)
    assert desk.intents == []
    assert other.controller.selection.ids == {1, 2, 3}
    desk.database.reachable = True
    press(Key.Key_X)
    idle(other, desk, qtbot, 1)
    assert [seen.face_id for seen in desk.intents[0].faces] == [15, 1, 2, 3]


def test_a_selected_face_that_is_gone_is_told_and_leaves_the_selection(
    other: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    desk.sql.execute("DELETE FROM video_face_detections WHERE id = 2")
    desk.gate.clear()
    other.refresh()
    press(Key.Key_X)
    desk.gate.set()
    idle(other, desk, qtbot, 1)
    assert desk.intents[0].kind is Kind.REJECT
    assert [seen.face_id for seen in desk.intents[0].faces] == [15, 1, 3]
    gone = "A selected face is no longer in the library."
    assert Message(Level.CARE, gone) in said
