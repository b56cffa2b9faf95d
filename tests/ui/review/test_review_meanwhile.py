from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from review_support import CREATORS, NotedDesk, Press, idle, review_page, status

from facereview.records import FaceState, Status
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Level, Message, Messages
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from facereview.ui.review.queue import Tab

Key = Qt.Key


def test_a_conflict_is_reported_and_their_decision_stands(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    raj = FaceState(Status.MANUAL, 2, 0.5)
    desk.change(1, raj)
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: bool(said))
    assert said[0] == Message(
        Level.CARE, "Somebody else has already decided this face: it is Raj. Their decision stands."
    )
    assert desk.face(1).state == raj
    assert page.controller.current == 2
    press(Key.Key_Left)
    qtbot.waitUntil(lambda: page.panel.state.text() == "decided: Raj")


def test_what_was_told_ahead_and_did_not_stand_is_not_named_as_what_can_be_undone(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    """A quick second key on the face counts on the first, of which somebody else was ahead."""
    labels: list[str] = []
    page.controller.outcomes.label_changed.connect(labels.append)
    page.controller.tally._idle.timeout.disconnect()  # which names it anew after some seconds
    press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    desk.gate.clear()
    press(Key.Key_N, Key.Key_N)
    qtbot.waitUntil(lambda: labels[-1] == "undo: not Howard")
    raj = FaceState(Status.MANUAL, 2, 0.5)
    desk.change(2, raj)
    desk.gate.set()
    idle(page, desk, qtbot, 3)
    qtbot.waitUntil(lambda: labels[-1] == "undo: accepted Howard")


def test_a_face_that_only_changed_its_hint_is_decided_all_the_same(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    desk.change(1, FaceState(Status.PENDING, 3, 0.45))
    press(Key.Key_X)
    idle(page, desk, qtbot, 1)
    assert (status(desk, 1), said) == (Status.REJECTED, [])


def test_a_face_that_somebody_made_pending_again_comes_back_at_the_end(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    press(Key.Key_Return, Key.Key_Left)
    idle(page, desk, qtbot, 1)
    qtbot.waitUntil(lambda: page.panel.state.text() == "decided: Howard")
    desk.change(1, FaceState(Status.PENDING))
    press(Key.Key_X, Key.Key_X)
    qtbot.waitUntil(lambda: bool(said))
    press(Key.Key_End)
    qtbot.waitUntil(lambda: page.controller.current == 1)
    assert status(desk, 1) is Status.PENDING


def test_a_face_that_is_gone_is_passed_by(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    desk.sql.execute("DELETE FROM video_face_detections WHERE id = 20")
    press(Key.Key_End)
    qtbot.waitUntil(lambda: page.controller.current == 1)


def test_a_decision_the_database_refuses_is_reported_and_its_face_comes_back(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    desk.refuse(1)
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: bool(said))
    assert said[0].level is Level.FAULT
    assert said[0].text.endswith("refused this: no faces on Sundays.")
    assert status(desk, 1) is Status.PENDING
    press(Key.Key_End)
    qtbot.waitUntil(lambda: page.controller.current == 1)


def test_decisions_wait_while_the_database_is_away_and_are_written_when_it_is_back(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    decider = page.controller.decider
    desk.database.reachable = False
    press(Key.Key_Return, Key.Key_X)
    qtbot.waitUntil(lambda: decider.unsaved == 2)
    assert page.controller.current == 3
    press(Key.Key_Left)
    qtbot.waitUntil(lambda: page.panel.state.text() == "rejected")
    desk.database.reachable = True
    with qtbot.waitSignal(decider.back):
        decider.flush()
    assert (status(desk, 1), status(desk, 2)) == (Status.MATCHED, Status.REJECTED)
    assert decider.unsaved == 0
    assert said[-1].text == "The database is available again, and everything is saved."


def test_what_did_not_stand_is_not_talked_away_once_the_database_is_back(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    decider = page.controller.decider
    desk.database.reachable = False
    press(Key.Key_Return, Key.Key_X)
    qtbot.waitUntil(lambda: decider.unsaved == 2)
    desk.change(1, FaceState(Status.MANUAL, 2, 0.5))
    desk.database.reachable = True
    with qtbot.waitSignal(decider.back):
        decider.flush()
    assert said[-1].text.startswith("Somebody else has already decided this face: it is Raj.")
    desk.database.reachable = False
    press(Key.Key_X)
    qtbot.waitUntil(lambda: decider.unsaved == 1)
    desk.database.reachable = True
    with qtbot.waitSignal(decider.back):
        decider.flush()
    assert said[-1].text == "The database is available again, and everything is saved."


def test_a_decision_that_is_refused_after_it_waited_is_shown_pending_again(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    decider = page.controller.decider
    desk.database.reachable = False
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: decider.unsaved == 1)
    press(Key.Key_Left)
    qtbot.waitUntil(lambda: page.panel.state.text() == "decided: Howard")
    desk.sql.execute("DELETE FROM creators WHERE id = 1")
    desk.database.reachable = True
    decider.flush()

    def shown() -> Status | None:
        face = page.controller.face(1)
        return face.state.status if face else None

    qtbot.waitUntil(lambda: shown() is Status.PENDING)
    gone = "Howard no longer exists: somebody removed this creator; choose another one."
    assert said[-1] == Message(Level.FAULT, gone)
    assert not any("Somebody else" in message.text for message in said)


def make(desk: NotedDesk, lanes: Lanes, messages: Messages, qtbot: QtBot) -> ReviewPage:
    page = review_page(desk, lanes, messages, qtbot)
    page.show()
    page.start()
    return page


def texts(page: ReviewPage) -> list[str]:
    return [label.text() for label in page.notice.findChildren(QLabel)]


def notice_button(page: ReviewPage, text: str) -> QPushButton:
    buttons = page.notice.findChildren(QPushButton)
    return next(button for button in buttons if button.text() == text)


def test_an_empty_library_says_what_to_do_first(
    desk: NotedDesk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    desk.sql.execute("DELETE FROM videos")
    page = make(desk, lanes, messages, qtbot)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.EMPTY)
    assert "This library is empty" in texts(page)
    choices = {"Add videos": "videos", "Connect": "database", "Import …": "migrate"}
    for text, key in choices.items():
        with qtbot.waitSignal(page.wanted, check_params_cb=lambda what, key=key: what == key):
            notice_button(page, text).click()


def test_videos_without_faces_are_told_from_an_empty_library(
    desk: NotedDesk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    desk.sql.execute("DELETE FROM video_face_detections")
    desk.sql.execute("DELETE FROM videos WHERE id = 2")
    page = make(desk, lanes, messages, qtbot)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.EMPTY)
    assert "The library has 1 video, but no faces have been found yet." in texts(page)


def test_when_all_is_done_the_page_says_so_and_undo_still_works(
    desk: NotedDesk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    desk.sql.execute("DELETE FROM video_face_detections WHERE id > 1")
    page = make(desk, lanes, messages, qtbot)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    QTest.keyClick(page, Key.Key_Return)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.DONE)
    assert "All done" in texts(page)
    QTest.keyClick(page, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    assert page.controller.current == 1


def test_a_database_out_of_reach_is_named_and_tried_again(
    desk: NotedDesk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    desk.database.reachable = False
    page = make(desk, lanes, messages, qtbot)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FAULT)
    assert "The database is out of reach: check the connection." in texts(page)
    QTest.keyClick(page, Key.Key_Return)
    desk.database.reachable = True
    notice_button(page, "Try again").click()
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    assert desk.intents == []  # what was pressed while nothing was to be seen decides nothing


def test_a_remembered_place_is_found_again(
    desk: NotedDesk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    page = review_page(desk, lanes, messages, qtbot)
    page.start((Tab.PENDING, 7, 6))
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    assert page.place() == (Tab.PENDING, 7, 6)


def test_other_queues_let_a_decision_be_changed(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    desk.match(5, CREATORS[1])
    page.open_tab(Tab.AUTOMATIC)
    qtbot.waitUntil(lambda: page.controller.current == 5 and page.controller.view is not None)
    qtbot.waitUntil(lambda: page.panel.state.text() == "Howard · automatic .75")
    press(Key.Key_2, Key.Key_2)
    assert page.controller.stage is Stage.DONE
    idle(page, desk, qtbot, 1)
    assert desk.face(5).creator_name == "Raj"
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    assert page.controller.queue.cursor.is_open(5)
    press(Key.Key_X, Key.Key_X)
    idle(page, desk, qtbot, 2)
    assert page.controller.stage is Stage.DONE
    notice_button(page, "Go to the pending faces").click()
    qtbot.waitUntil(lambda: page.controller.queue.tab is Tab.PENDING)


def test_a_video_can_be_begun_with(page: ReviewPage, qtbot: QtBot) -> None:
    page.commands.review_video(2)
    qtbot.waitUntil(lambda: page.controller.current == 11)


def test_counts_stand_beside_the_queues(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    def pills() -> list[str]:
        return [button.text() for button in page.header.pills.findChildren(QPushButton)]

    qtbot.waitUntil(lambda: pills()[0] == "Pending 20")
    press(Key.Key_Return, Key.Key_X, Key.Key_S)
    idle(page, desk, qtbot, 2)
    expected = ["Pending 18", "Automatic 0", "Skipped 1", "Decided 1", "Rejected 1", "All 20"]
    qtbot.waitUntil(lambda: pills() == expected)
