"""What waits for a second press is shown as long as it waits; what is done ends it, not time."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessibleAnnouncementEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, Press, idle

from facereview.records import FaceState, Status
from facereview.review.decisions.intents import Change, Intent, Kind, Outcome
from facereview.ui.jobs.messages import Message
from facereview.ui.jobs.pressed_keys import SecondPress
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets import accessible

Key = Qt.Key
ASKED = "Press Enter again for Raj: replaces Howard"


@pytest.fixture
def asked(page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot) -> ReviewPage:
    """The first face is Howard; Raj was typed for it, and Enter is to be pressed again."""
    press(Key.Key_Return, Key.Key_Left)
    idle(page, desk, qtbot, 1)
    qtbot.waitUntil(lambda: page.panel.state.text() == "decided: Howard")
    press(Key.Key_M)
    QTest.keyClicks(page.picker.field, "raj")
    QTest.keyClick(page.picker.field, Key.Key_Return)
    assert page.panel.hint.care.text() == ASKED
    return page


def test_no_clock_ends_it_and_no_message_outlives_it(
    asked: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    assert said == []
    for timer in asked.findChildren(QTimer):
        if timer.isActive():
            timer.timeout.emit()
    assert asked.panel.hint.care.text() == ASKED
    press(Key.Key_Return)
    idle(asked, desk, qtbot, 2)
    assert desk.face(1).creator_name == "Raj"


def test_a_screen_reader_says_it(
    page: ReviewPage,
    desk: NotedDesk,
    press: Press,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[str] = []

    class Reader:
        @staticmethod
        def updateAccessibility(event: QAccessibleAnnouncementEvent) -> None:  # noqa: N802
            heard.append(event.message())

    monkeypatch.setattr(accessible, "QAccessible", Reader)
    press(Key.Key_X, Key.Key_Left)
    idle(page, desk, qtbot, 1)
    press(Key.Key_2)
    assert heard == ["Press 2 again: replaces “rejected”"]
    press(Key.Key_Escape)
    assert len(heard) == 1


@pytest.mark.parametrize(
    "key",
    [Key.Key_Escape, Key.Key_Right, Key.Key_Space, Key.Key_A, Key.Key_S, Key.Key_M, Key.Key_X],
)
def test_another_key_ends_it(asked: ReviewPage, press: Press, qtbot: QtBot, key: Key) -> None:
    press(key)
    qtbot.waitUntil(lambda: asked.panel.hint.care.text() != ASKED)
    offer = asked.commands.decisions.offer
    assert offer is None or offer.wish.again == "stranger"


def test_a_tick_with_the_mouse_ends_it(asked: ReviewPage, desk: NotedDesk, qtbot: QtBot) -> None:
    strip = asked.strip
    row = strip.faces.row_of(3)
    assert row is not None
    middle = strip.visualRect(strip.faces.index(row)).center()
    control = Qt.KeyboardModifier.ControlModifier
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, control, middle)
    assert asked.controller.selection.ids == {3}
    assert asked.commands.decisions.offer is None
    assert len(desk.intents) == 1


def test_a_face_that_comes_to_hand_without_a_key_ends_it(asked: ReviewPage) -> None:
    """Another page decided the face at hand, so that the next one is."""
    at = asked.controller
    at.queue.cursor.reopen([1])
    change = Change(1, 1, FaceState(Status.PENDING), FaceState(Status.REJECTED))
    at.decider.came.emit(Outcome(Intent(Kind.REJECT), True, (change,)))
    assert at.current == 2
    assert asked.commands.decisions.offer is None


def test_a_key_that_asks_something_else_asks_anew(qtbot: QtBot) -> None:
    twice = SecondPress()
    twice.during(lambda: twice.press("first", "press it again"))
    twice.during(lambda: twice.press("second", "press that again"))
    assert (twice.armed("first"), twice.said) == (False, "press that again")
    done: list[bool] = []
    twice.during(lambda: done.append(twice.press("second")))
    assert (done, twice.waiting, twice.said) == ([True], None, "")
