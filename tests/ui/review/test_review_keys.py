from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, Press, idle, status

from facereview.records import RejectReason, Status
from facereview.review.decisions.intents import Kind
from facereview.ui.jobs.messages import Level, Message
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage

Key = Qt.Key


def test_enter_accepts_the_first_suggestion_and_moves_on_at_once(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    assert page.controller.current == 2
    idle(page, desk, qtbot, 1)
    state = desk.face(1).state
    assert (state.status, state.creator_id) == (Status.MATCHED, 1)
    assert state.confidence == pytest.approx(0.81)


def test_a_number_accepts_that_suggestion(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_2)
    idle(page, desk, qtbot, 1)
    assert desk.face(1).creator_name == "Raj"


def test_the_number_pad_counts_too(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    QTest.keyClick(page, Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    QTest.keyClick(page, Key.Key_3, Qt.KeyboardModifier.KeypadModifier)
    idle(page, desk, qtbot, 2)
    assert [desk.face(n).creator_name for n in (1, 2)] == ["Howard", "Stuart"]


def test_a_number_that_is_not_offered_says_so(
    page: ReviewPage, desk: NotedDesk, press: Press, said: list[Message]
) -> None:
    press(Key.Key_9)
    assert [message.text for message in said] == ["There is no suggestion with that number."]
    assert desk.intents == []


def test_x_and_shift_x_reject_with_their_reasons(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_X)
    press(Key.Key_X, shift=True)
    idle(page, desk, qtbot, 2)
    assert [i.reason for i in desk.intents] == [RejectReason.STRANGER, RejectReason.NOT_A_FACE]
    assert (status(desk, 1), status(desk, 2)) == (Status.REJECTED, Status.REJECTED)


def test_n_stays_and_the_next_suggestion_moves_up(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_N, Key.Key_N)
    qtbot.waitUntil(lambda: page.controller.suggestions[0].creator.name == "Stuart")
    assert page.controller.current == 1
    assert desk.denied(1) == {1, 2}
    assert page.panel.buttons["accept"].text() == "Accept Stuart"


def test_ten_quick_keys_keep_their_order_and_never_hit_a_face_twice(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    desk.gate.clear()  # nothing comes back while the keys are pressed
    press(Key.Key_Return, Key.Key_X, Key.Key_2, Key.Key_Return, Key.Key_S)
    press(Key.Key_Return, Key.Key_1, Key.Key_X, Key.Key_3)
    press(Key.Key_X, shift=True)
    desk.gate.set()
    idle(page, desk, qtbot, 9)
    assert [intent.faces[0].face_id for intent in desk.intents] == [1, 2, 3, 4, 6, 7, 8, 9, 10]
    kinds = [intent.kind for intent in desk.intents]
    accept, reject = Kind.ACCEPT, Kind.REJECT
    assert kinds == [accept, reject, *[accept] * 4, reject, accept, reject]
    assert page.controller.current == 11


def test_keys_beyond_what_is_loaded_wait_in_line(
    desk: NotedDesk, page: ReviewPage, press: Press, qtbot: QtBot
) -> None:
    press(*[Key.Key_Return] * 20)
    idle(page, desk, qtbot, 20)
    assert [intent.faces[0].face_id for intent in desk.intents] == list(range(1, 21))


def test_a_decision_that_holds_its_key_down_is_not_repeated(page: ReviewPage) -> None:
    repeating = {action.shortcut().toString() for action in page.actions() if action.autoRepeat()}
    sizes = {"Ctrl++", "Ctrl+=", "Ctrl+-", "Ctrl+0"}
    moves = {"Left", "Right", "Up", "Down", "PgUp", "PgDown"}
    assert repeating - sizes == moves | {f"Shift+{key}" for key in ("Left", "Right", "Up", "Down")}


def test_a_skipped_face_comes_back_at_the_end(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_S, *[Key.Key_X] * 19)
    idle(page, desk, qtbot, 19)
    assert page.controller.current == 1
    press(Key.Key_X)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.DONE)
    assert page.controller.queue.skipped == ()


def test_left_looks_back_at_decided_faces_and_right_returns(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return, Key.Key_Left)
    idle(page, desk, qtbot, 1)
    assert page.controller.current == 1
    qtbot.waitUntil(lambda: page.panel.state.text() == "decided: Howard")
    press(Key.Key_Right)
    assert page.controller.current == 2
    press(Key.Key_End)
    assert page.controller.current == 20
    press(Key.Key_Home)
    assert page.controller.current == 2


def test_undo_goes_back_to_the_face_and_redo_decides_it_again(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    press(Key.Key_Return, Key.Key_Return)
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: page.controller.current == 2)
    qtbot.waitUntil(lambda: status(desk, 2) is Status.PENDING)
    assert said[-1] == Message(Level.INFO, "Undone: accepted Howard")
    QTest.keyClick(page, Key.Key_Z, Qt.Modifier.CTRL | Qt.Modifier.SHIFT)
    qtbot.waitUntil(lambda: page.controller.current == 3)
    assert status(desk, 2) is Status.MATCHED


def test_a_key_after_undo_decides_the_face_that_came_back(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    press(Key.Key_Z, ctrl=True)
    press(Key.Key_2)
    idle(page, desk, qtbot, 2)
    assert desk.face(1).creator_name == "Raj"


def test_undo_with_nothing_to_undo_says_so(
    page: ReviewPage, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: bool(said))
    assert said[0].text == "There is nothing to undo or redo."


def test_space_selects_and_decisions_apply_to_the_selection(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Space, Key.Key_Right, Key.Key_Right)
    accept = page.panel.buttons["accept"]
    qtbot.waitUntil(lambda: accept.accessibleName() == "Accept Howard for 2 faces")
    press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert {seen.face_id for seen in desk.intents[0].faces} == {1, 3}
    assert page.controller.current == 4
    assert len(page.controller.selection) == 0


def test_shift_arrows_extend_and_escape_drops_the_selection(page: ReviewPage, press: Press) -> None:
    press(Key.Key_Right, Key.Key_Right, shift=True)
    assert page.controller.selection.ids == {1, 2, 3}
    press(Key.Key_Escape)
    assert page.controller.selection.ids == frozenset()


def test_a_selects_the_same_person_and_the_next_key_waits_for_it(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_A, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert [seen.face_id for seen in desk.intents[0].faces] == [1, 3, 5, 7, 9]
    assert page.controller.current == 2


def test_that_a_selects_more_of_a_person_stands_apart_from_what_enter_does(
    page: ReviewPage, qtbot: QtBot
) -> None:
    same = page.panel.hint.same
    qtbot.waitUntil(lambda: same.isVisible() and same.text().startswith("select 4 more faces"))
    assert page.panel.buttons["accept"].accessibleName() == "Accept Howard"
    QTest.mouseClick(same, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.controller.selection.ids == {1, 3, 5, 7, 9})
    assert not same.isVisible()
