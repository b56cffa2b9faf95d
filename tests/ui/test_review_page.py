from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from ui_support import MemoryDesk, MemoryPixels

from facereview.errors import DatabaseError
from facereview.records import FaceState, RejectReason, Status
from facereview.review.intents import Kind
from facereview.ui.keycaps import KeyButton
from facereview.ui.lanes import Lanes
from facereview.ui.messages import Level, Message, Messages
from facereview.ui.review_controller import Stage
from facereview.ui.review_page import ReviewPage
from facereview.ui.review_queue import Tab

Press = Callable[..., None]
Key = Qt.Key


def idle(page: ReviewPage, desk: MemoryDesk, qtbot: QtBot, decisions: int) -> None:
    """So many decisions were made and their outcomes came back."""
    qtbot.waitUntil(lambda: len(desk.intents) == decisions)
    faces = [seen.face_id for intent in desk.intents for seen in intent.faces]
    qtbot.waitUntil(lambda: not any(map(page.controller.decider.busy_with, faces)))


def status(desk: MemoryDesk, face_id: int) -> Status:
    return desk.faces[face_id].state.status


# ------------------------------------------------------------------------------------------- keys


def test_enter_accepts_the_first_suggestion_and_moves_on_at_once(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    assert page.controller.current == 2
    idle(page, desk, qtbot, 1)
    state = desk.faces[1].state
    assert (state.status, state.creator_id) == (Status.MATCHED, 1)
    assert state.confidence == pytest.approx(0.81)


def test_a_number_accepts_that_suggestion(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_2)
    idle(page, desk, qtbot, 1)
    assert desk.faces[1].creator_name == "Raj"


def test_the_number_pad_counts_too(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    QTest.keyClick(page, Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    QTest.keyClick(page, Key.Key_3, Qt.KeyboardModifier.KeypadModifier)
    idle(page, desk, qtbot, 2)
    assert [desk.faces[n].creator_name for n in (1, 2)] == ["Howard", "Stuart"]


def test_a_number_that_is_not_offered_says_so(
    page: ReviewPage, desk: MemoryDesk, press: Press, said: list[Message]
) -> None:
    press(Key.Key_9)
    assert [message.text for message in said] == ["There is no suggestion with that number."]
    assert desk.intents == []


def test_x_and_shift_x_reject_with_their_reasons(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_X)
    press(Key.Key_X, shift=True)
    idle(page, desk, qtbot, 2)
    assert [i.reason for i in desk.intents] == [RejectReason.STRANGER, RejectReason.NOT_A_FACE]
    assert (status(desk, 1), status(desk, 2)) == (Status.REJECTED, Status.REJECTED)


def test_n_stays_and_the_next_suggestion_moves_up(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_N, Key.Key_N)
    qtbot.waitUntil(lambda: page.controller.suggestions[0].creator.name == "Stuart")
    assert page.controller.current == 1
    assert desk.denied == {(1, 1), (1, 2)}
    assert page.panel.buttons["accept"].text() == "Accept Stuart"


def test_ten_quick_keys_keep_their_order_and_never_hit_a_face_twice(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
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
    desk: MemoryDesk, page: ReviewPage, press: Press, qtbot: QtBot
) -> None:
    press(*[Key.Key_Return] * 20)
    idle(page, desk, qtbot, 20)
    assert [intent.faces[0].face_id for intent in desk.intents] == list(range(1, 21))


def test_a_decision_that_holds_its_key_down_is_not_repeated(page: ReviewPage) -> None:
    repeating = {action.shortcut().toString() for action in page.actions() if action.autoRepeat()}
    assert repeating == {"Left", "Right", "Shift+Left", "Shift+Right"}


def test_a_skipped_face_comes_back_at_the_end(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_S, *[Key.Key_X] * 19)
    idle(page, desk, qtbot, 19)
    assert page.controller.current == 1
    press(Key.Key_X)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.DONE)
    assert page.controller.queue.skipped == ()


def test_left_looks_back_at_decided_faces_and_right_returns(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
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
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    press(Key.Key_Return, Key.Key_Return)
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: page.controller.current == 2)
    qtbot.waitUntil(lambda: status(desk, 2) is Status.PENDING)
    assert said[-1] == Message(Level.INFO, "Undone: accepted Howard")
    QTest.keyClick(page, Key.Key_Z, Qt.Modifier.CTRL | Qt.Modifier.SHIFT)
    qtbot.waitUntil(lambda: status(desk, 2) is Status.MATCHED)


def test_a_key_after_undo_decides_the_face_that_came_back(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    press(Key.Key_Z, ctrl=True)
    press(Key.Key_2)
    idle(page, desk, qtbot, 2)
    assert desk.faces[1].creator_name == "Raj"


def test_undo_with_nothing_to_undo_says_so(
    page: ReviewPage, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: bool(said))
    assert said[0].text == "There is nothing to undo or redo."


# -------------------------------------------------------------------------------------- selection


def test_space_selects_and_decisions_apply_to_the_selection(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Space, Key.Key_Right, Key.Key_Right)
    assert page.panel.buttons["accept"].accessibleName() == "Accept Howard and 1 more"
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
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_A, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert [seen.face_id for seen in desk.intents[0].faces] == [1, 3, 5, 7, 9]
    assert page.controller.current == 2


def test_the_accept_button_offers_the_same_persons_faces(page: ReviewPage, qtbot: QtBot) -> None:
    accept = page.panel.buttons["accept"]
    qtbot.waitUntil(lambda: accept.accessibleName() == "Accept Howard and 4 more")


# ------------------------------------------------------------------------- what others do meanwhile


def test_a_conflict_is_reported_and_their_decision_stands(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    raj = FaceState(Status.MANUAL, 2, 0.5)
    desk.faces[1] = replace(desk.faces[1], state=raj, creator_name="Raj")
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: bool(said))
    assert said[0] == Message(
        Level.CARE, "Somebody else decided this face meanwhile: it is Raj. That decision stands."
    )
    assert desk.faces[1].state == raj
    assert page.controller.current == 2
    press(Key.Key_Left)
    qtbot.waitUntil(lambda: page.panel.state.text() == "decided: Raj")


def test_a_face_that_only_changed_its_hint_comes_back_at_the_end(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    desk.faces[1] = replace(desk.faces[1], state=FaceState(Status.PENDING, 3, 0.45))
    press(Key.Key_X)
    qtbot.waitUntil(lambda: bool(said))
    press(Key.Key_End)
    qtbot.waitUntil(lambda: page.controller.current == 1)


def test_a_face_that_is_gone_is_passed_by(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    del desk.faces[20]
    press(Key.Key_End)
    qtbot.waitUntil(lambda: page.controller.current == 1)


def test_a_decision_the_database_refuses_is_reported_and_its_face_comes_back(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    desk.refuse = DatabaseError("The database is full: free some space.")
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: bool(said))
    assert said[0] == Message(Level.FAULT, "The database is full: free some space.")
    desk.refuse = None
    press(Key.Key_End)
    qtbot.waitUntil(lambda: page.controller.current == 1)


def test_decisions_wait_while_the_database_is_away_and_are_written_when_it_is_back(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    decider = page.controller.decider
    desk.reachable = False
    press(Key.Key_Return, Key.Key_X)
    qtbot.waitUntil(lambda: decider.unsaved == 2)
    assert page.controller.current == 3
    press(Key.Key_Left)
    qtbot.waitUntil(lambda: page.panel.state.text() == "rejected")
    desk.reachable = True
    with qtbot.waitSignal(decider.back):
        decider.flush()
    assert (status(desk, 1), status(desk, 2)) == (Status.MATCHED, Status.REJECTED)
    assert decider.unsaved == 0
    assert said[-1].text == "The database is back: everything is saved."


# ------------------------------------------------------------------------------------------ stages


def make(desk: MemoryDesk, lanes: Lanes, messages: Messages, qtbot: QtBot) -> ReviewPage:
    page = ReviewPage(desk, lanes, MemoryPixels(), messages)
    qtbot.addWidget(page)
    page.resize(1280, 720)
    page.show()
    page.start()
    return page


def texts(page: ReviewPage) -> list[str]:
    return [label.text() for label in page.notice.findChildren(QLabel)]


def notice_button(page: ReviewPage, text: str) -> QPushButton:
    buttons = page.notice.findChildren(QPushButton)
    return next(button for button in buttons if button.text() == text)


def test_an_empty_library_says_what_to_do_first(
    lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    page = make(MemoryDesk(0, 0), lanes, messages, qtbot)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.EMPTY)
    assert "This library is empty" in texts(page)
    for text, key in (("Add videos", "videos"), ("Connect", "database"), ("Show how", "migrate")):
        with qtbot.waitSignal(page.wanted, check_params_cb=lambda what, key=key: what == key):
            notice_button(page, text).click()


def test_videos_without_faces_are_told_from_an_empty_library(
    lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    page = make(MemoryDesk(0, 1), lanes, messages, qtbot)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.EMPTY)
    assert "The library has 1 video, but no face was found so far." in texts(page)


def test_when_all_is_done_the_page_says_so_and_undo_still_works(
    lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    desk = MemoryDesk(1, 1)
    page = make(desk, lanes, messages, qtbot)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    QTest.keyClick(page, Key.Key_Return)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.DONE)
    assert "All done" in texts(page)
    QTest.keyClick(page, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    assert page.controller.current == 1


def test_a_database_out_of_reach_is_named_and_tried_again(
    lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    desk = MemoryDesk()
    desk.reachable = False
    page = make(desk, lanes, messages, qtbot)
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FAULT)
    assert "The database is out of reach: check the connection." in texts(page)
    QTest.keyClick(page, Key.Key_Return)
    desk.reachable = True
    notice_button(page, "Try again").click()
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    assert desk.intents == []  # what was pressed while nothing was to be seen decides nothing


def test_a_remembered_place_is_found_again(
    desk: MemoryDesk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    page = ReviewPage(desk, lanes, MemoryPixels(), messages)
    qtbot.addWidget(page)
    page.start(Tab.PENDING, (7, 6))
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    assert page.place() == (Tab.PENDING, 7, 6)


def test_other_queues_let_a_decision_be_changed(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    desk.faces[5] = replace(
        desk.faces[5],
        state=FaceState(Status.MATCHED, 1, 0.6),
        creator_name="Howard",
        by_machine=True,
    )
    page.open_tab(Tab.AUTOMATIC)
    qtbot.waitUntil(lambda: page.controller.current == 5 and page.controller.view is not None)
    qtbot.waitUntil(lambda: page.panel.state.text() == "Howard · by the machine .60")
    press(Key.Key_2)
    assert page.controller.stage is Stage.DONE
    idle(page, desk, qtbot, 1)
    assert desk.faces[5].creator_name == "Raj"
    notice_button(page, "Go to the pending faces").click()
    qtbot.waitUntil(lambda: page.controller.queue.tab is Tab.PENDING)


def test_a_video_can_be_begun_with(page: ReviewPage, qtbot: QtBot) -> None:
    page.commands.review_video(2)
    qtbot.waitUntil(lambda: page.controller.current == 11)


def test_counts_stand_beside_the_queues(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    def pills() -> list[str]:
        return [button.text() for button in page.header.pills.findChildren(QPushButton)]

    qtbot.waitUntil(lambda: pills()[0] == "Pending 20")
    press(Key.Key_Return, Key.Key_X, Key.Key_S)
    idle(page, desk, qtbot, 2)
    expected = ["Pending 18", "Automatic 0", "Skipped 1", "Decided 1", "Rejected 1"]
    qtbot.waitUntil(lambda: pills() == expected)


# ------------------------------------------------------------------------------------ pictures


def test_frame_and_boxes_of_the_face_at_hand_are_shown(page: ReviewPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(page.frame.view.boxes()) == 2)
    assert [box.face.id for box in page.frame.view.boxes() if box.current] == [1]
    assert page.frame.caption.place.text() == "face 1 of 2 in this frame"
    assert page.frame.caption.quality.text() == "70 px · clear"


def test_a_click_on_another_face_of_the_frame_goes_there(page: ReviewPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(page.frame.view.boxes()) == 2)
    other = next(box for box in page.frame.view.boxes() if not box.current)
    point = other.rect.center().toPoint()
    QTest.mouseClick(page.frame.view, Qt.MouseButton.LeftButton, pos=point)
    assert page.controller.current == other.face.id


def test_frames_of_the_next_faces_are_decoded_ahead(
    page: ReviewPage, pixels: MemoryPixels, qtbot: QtBot
) -> None:
    next_frames = {(1, 0.0), (1, 1.0), (1, 2.0), (1, 3.0)}
    qtbot.waitUntil(lambda: next_frames <= set(pixels.frames))


def test_a_missing_video_shows_its_reason_and_the_face_can_be_decided(
    desk: MemoryDesk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    pixels = MemoryPixels()
    pixels.missing = {1, 2}
    page = ReviewPage(desk, lanes, pixels, messages)
    qtbot.addWidget(page)
    page.show()
    page.start()
    reason = "The video /v/1.mp4 is not there: put the file back."
    qtbot.waitUntil(lambda: page.frame.view.fault == reason)
    QTest.keyClick(page, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert status(desk, 1) is Status.MATCHED


def test_f_zooms_in_and_out(page: ReviewPage, press: Press, qtbot: QtBot) -> None:
    view = page.frame.view
    qtbot.waitUntil(lambda: len(view.boxes()) == 2)
    before = view.boxes()[1].rect.height()
    press(Key.Key_F)
    qtbot.waitUntil(lambda: bool(view.boxes()) and view.boxes()[-1].rect.height() > 1.5 * before)
    press(Key.Key_F)
    qtbot.waitUntil(lambda: len(view.boxes()) == 2 and view.boxes()[1].rect.height() == before)


def test_p_plays_and_any_key_stops(
    page: ReviewPage, desk: MemoryDesk, press: Press, qtbot: QtBot
) -> None:
    playback = page.frame.playback
    with qtbot.waitSignal(playback.shown, check_params_cb=lambda shot: shot is not None):
        press(Key.Key_P)
    press(Key.Key_Return)
    assert not playback.running
    idle(page, desk, qtbot, 1)


# ------------------------------------------------------------------------------------------- names


def type_name(page: ReviewPage, text: str, qtbot: QtBot) -> None:
    QTest.keyClick(page, Key.Key_M)
    assert page.picker.field.hasFocus()
    QTest.keyClicks(page.picker.field, text)
    qtbot.waitUntil(lambda: page.picker.names.text == text)


def test_m_types_a_name_and_enter_assigns_it(
    page: ReviewPage, desk: MemoryDesk, qtbot: QtBot
) -> None:
    type_name(page, "shel", qtbot)
    QTest.keyClick(page.picker.field, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.faces[1].state.status is Status.MANUAL
    assert desk.faces[1].creator_name == "Sheldon"
    assert page.hasFocus()


def test_create_is_never_the_default(page: ReviewPage, desk: MemoryDesk, qtbot: QtBot) -> None:
    type_name(page, "Zoltan Q", qtbot)
    assert page.picker.highlighted() is None
    QTest.keyClick(page.picker.field, Key.Key_Return)
    assert desk.intents == []
    QTest.keyClick(page.picker.field, Key.Key_Down)
    QTest.keyClick(page.picker.field, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.intents[0].new_name == "Zoltan Q"


def test_enter_before_the_names_are_found_takes_only_what_is_beyond_doubt(
    page: ReviewPage, desk: MemoryDesk, qtbot: QtBot
) -> None:
    desk.gate.clear()
    QTest.keyClick(page, Key.Key_M)
    QTest.keyClicks(page.picker.field, "leo")
    QTest.keyClick(page.picker.field, Key.Key_Return)
    desk.gate.set()
    idle(page, desk, qtbot, 1)
    assert desk.faces[1].creator_name == "Leonard"


def test_letters_in_the_name_field_decide_nothing(
    page: ReviewPage, desk: MemoryDesk, qtbot: QtBot
) -> None:
    type_name(page, "xns1a", qtbot)
    QTest.keyClick(page.picker.field, Key.Key_Escape)
    assert desk.intents == []
    assert page.hasFocus()
    assert page.controller.selection.ids == frozenset()


# ----------------------------------------------------------------------------------- without mouse


def test_every_control_has_an_accessible_name(page: ReviewPage) -> None:
    nameless = [
        child
        for child in page.findChildren(QPushButton) + page.findChildren(KeyButton)
        if child.isVisible() and not (child.accessibleName() or child.text())
    ]
    assert nameless == []
    assert page.accessibleDescription() == "Video 1 at 0:00; first suggestion: Howard"


def test_a_focused_button_is_pressed_by_enter_and_not_the_page(
    page: ReviewPage, desk: MemoryDesk, qtbot: QtBot
) -> None:
    stranger = page.panel.buttons["stranger"]
    stranger.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(stranger, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.intents[0].reason is RejectReason.STRANGER


def test_a_click_on_a_button_leaves_the_keys_with_the_page(
    page: ReviewPage, desk: MemoryDesk, qtbot: QtBot
) -> None:
    page.setFocus()
    skip = page.panel.buttons["skip"]
    QTest.mouseClick(skip, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert page.controller.current == 2
    assert page.hasFocus()


def test_a_click_on_a_suggestion_accepts_it(
    page: ReviewPage, desk: MemoryDesk, qtbot: QtBot
) -> None:
    rows = page.panel.list
    point = rows.visualRect(rows.offered.index(1)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=point)
    idle(page, desk, qtbot, 1)
    assert desk.faces[1].creator_name == "Raj"
