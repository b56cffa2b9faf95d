from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, Press, idle, review_page, status
from ui_support import MemoryPixels

from facereview.records import RejectReason, Status
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.known_names import KnownNames

Key = Qt.Key


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
    desk: NotedDesk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    pixels = MemoryPixels()
    pixels.missing = {1, 2}
    page = review_page(desk, lanes, messages, qtbot, pixels=pixels)
    page.show()
    page.start()
    reason = "The video /v/1.mp4 is not there: put the file back."
    qtbot.waitUntil(lambda: page.frame.view.fault == reason)
    QTest.keyClick(page, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert status(desk, 1) is Status.MATCHED


def test_the_face_at_hand_is_in_view_when_the_page_is_opened_later(
    desk: NotedDesk, lanes: Lanes, pixels: MemoryPixels, messages: Messages, qtbot: QtBot
) -> None:
    page = review_page(desk, lanes, messages, qtbot, pixels=pixels)
    page.start()
    strip = page.strip
    qtbot.waitUntil(lambda: strip.faces.rowCount() > 9)
    page.commands.go_to(9)
    qtbot.waitUntil(lambda: strip.faces.current == 9)

    def seen() -> bool:
        row = strip.faces.row_of(9)
        assert row is not None
        return strip.viewport().rect().contains(strip.visualRect(strip.faces.index(row)))

    page.show()
    for width in (1000, 2000, 1000):
        page.resize(width, 700)
        qtbot.waitUntil(seen)


def test_f_zooms_in_and_out(page: ReviewPage, press: Press, qtbot: QtBot) -> None:
    view = page.frame.view
    qtbot.waitUntil(lambda: len(view.boxes()) == 2)
    before = view.boxes()[1].rect.height()
    press(Key.Key_F)
    qtbot.waitUntil(lambda: bool(view.boxes()) and view.boxes()[-1].rect.height() > 1.5 * before)
    press(Key.Key_F)
    qtbot.waitUntil(lambda: len(view.boxes()) == 2 and view.boxes()[1].rect.height() == before)


def test_p_plays_and_any_key_stops(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    playback = page.frame.playback
    with qtbot.waitSignal(playback.shown, check_params_cb=lambda shot: shot is not None):
        press(Key.Key_P)
    press(Key.Key_Return)
    assert not playback.running
    idle(page, desk, qtbot, 1)


def type_name(page: ReviewPage, text: str, qtbot: QtBot) -> None:
    QTest.keyClick(page, Key.Key_M)
    assert page.picker.field.hasFocus()
    QTest.keyClicks(page.picker.field, text)
    qtbot.waitUntil(lambda: page.picker.names.answer.text == text)


def test_m_types_a_name_and_enter_assigns_it(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    type_name(page, "shel", qtbot)
    QTest.keyClick(page.picker.field, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.face(1).state.status is Status.MANUAL
    assert desk.face(1).creator_name == "Sheldon"
    assert page.hasFocus()


def test_create_is_never_the_default(page: ReviewPage, desk: NotedDesk, qtbot: QtBot) -> None:
    type_name(page, "Zoltan Q", qtbot)
    assert page.picker.popup.highlighted() is None
    QTest.keyClick(page.picker.field, Key.Key_Return)
    assert (page.picker.popup.highlighted(), page.picker.popup.lines[0].text()) == (
        0,
        "create “Zoltan Q”",
    )
    assert desk.intents == []
    QTest.keyClick(page.picker.field, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.intents[0].new_name == "Zoltan Q"


def test_names_that_come_late_are_highlighted_by_a_key_only(
    desk: NotedDesk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    page = review_page(desk, lanes, messages, qtbot, names=KnownNames(desk.names, lanes.listing))
    page.show()
    page.start()
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    desk.gate.clear()
    type_name(page, "leo", qtbot)
    assert page.picker.popup.state.text() == "Loading the names …"
    QTest.keyClick(page.picker.field, Key.Key_Return)
    desk.gate.set()
    qtbot.waitUntil(lambda: page.picker.names.rowCount() > 0)
    assert (page.picker.popup.highlighted(), page.picker.popup.lines[0].text()) == (
        None,
        "go to Leonard",
    )
    assert desk.intents == []
    QTest.keyClick(page.picker.field, Key.Key_Return)
    assert (page.picker.popup.highlighted(), page.picker.popup.lines[0].text()) == (0, "Leonard")
    QTest.keyClick(page.picker.field, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.face(1).creator_name == "Leonard"


def test_letters_in_the_name_field_decide_nothing(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    type_name(page, "xns1a", qtbot)
    QTest.keyClick(page.picker.field, Key.Key_Escape)
    assert (page.picker.field.text(), page.picker.field.hasFocus()) == ("", True)
    QTest.keyClick(page.picker.field, Key.Key_Escape)
    assert desk.intents == []
    assert page.hasFocus()
    assert page.controller.selection.ids == frozenset()


def test_every_control_has_an_accessible_name(page: ReviewPage) -> None:
    nameless = [
        child
        for child in page.findChildren(QPushButton) + page.findChildren(KeyButton)
        if child.isVisible() and not (child.accessibleName() or child.text())
    ]
    assert nameless == []
    assert page.accessibleDescription() == "Video 1 at 0:00; first suggestion: Howard"


def test_a_focused_button_is_pressed_by_enter_and_not_the_page(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    stranger = page.panel.buttons["stranger"]
    stranger.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(stranger, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.intents[0].reason is RejectReason.STRANGER


def test_a_click_on_a_button_leaves_the_keys_with_the_page(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    page.setFocus()
    skip = page.panel.buttons["skip"]
    QTest.mouseClick(skip, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert page.controller.current == 2
    assert page.hasFocus()


def test_a_click_on_a_suggestion_accepts_it(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    rows = page.panel.list
    point = rows.visualRect(rows.offered.index(1)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=point)
    idle(page, desk, qtbot, 1)
    assert desk.face(1).creator_name == "Raj"
