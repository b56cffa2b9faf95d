"""The grid decides nothing else than what was wished, on no other faces than those seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from review_support import CREATORS, NotedDesk, Press, idle, status
from test_review_grid import at_rest, painted

from facereview.records import FaceState, Status
from facereview.ui.jobs.messages import Message
from facereview.ui.review import grid_keys
from facereview.ui.review.page import ReviewPage
from facereview.ui.review.queue import Tab

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def grid(page: ReviewPage, press: Press, qtbot: QtBot) -> ReviewPage:
    """The page with its grid, opened by key, once every tile is painted."""
    press(Key.Key_G, ctrl=True)
    painted(page, qtbot)
    return page


def hide_tiles(page: ReviewPage) -> None:
    """As if no tile was painted yet, until :func:`show_tiles`."""
    page.grid.tiles.viewport().setUpdatesEnabled(False)
    page.grid.model.sight.leave()


def show_tiles(page: ReviewPage, qtbot: QtBot) -> None:
    """Paint all that is in view."""
    page.grid.tiles.viewport().setUpdatesEnabled(True)
    painted(page, qtbot)


def type_name(
    page: ReviewPage, press: Press, qtbot: QtBot, name: str, *, new: bool = False
) -> None:
    """Name the face at hand in the field."""
    press(Key.Key_M)
    qtbot.waitUntil(page.picker.field.hasFocus)
    QTest.keyClicks(page.picker.field, name)
    how = Qt.KeyboardModifier.ShiftModifier if new else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(page.picker.field, Key.Key_Return, how)


@pytest.mark.parametrize(("name", "creator"), [("raj", 2), ("Anna", 6)])
def test_a_name_typed_for_a_face_that_is_not_painted_is_given_at_the_next_enter(
    grid: ReviewPage,
    desk: NotedDesk,
    press: Press,
    said: list[Message],
    qtbot: QtBot,
    name: str,
    creator: int,
) -> None:
    hide_tiles(grid)
    type_name(grid, press, qtbot, name, new=creator == 6)
    qtbot.waitUntil(lambda: grid.controller.twice.waiting is not None)
    assert "press again" in said[-1].text
    assert desk.intents == []
    assert name.casefold() in grid.commands.decisions.enter_label().text.casefold()
    show_tiles(grid, qtbot)
    press(Key.Key_Return)
    idle(grid, desk, qtbot, 1)
    assert desk.face(1).state.creator_id == creator


def test_a_name_that_waits_is_for_no_other_face(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    hide_tiles(grid)
    type_name(grid, press, qtbot, "raj")
    qtbot.waitUntil(lambda: grid.controller.twice.waiting is not None)
    press(Key.Key_Right)
    at_rest(grid, qtbot)
    assert grid.controller.twice.waiting is None
    show_tiles(grid, qtbot)
    press(Key.Key_Return)
    idle(grid, desk, qtbot, 1)
    assert (status(desk, 1), desk.face(2).state.creator_id) == (Status.PENDING, 1)


def test_a_second_press_on_a_face_that_is_not_painted_is_still_the_second_afterwards(
    grid: ReviewPage, desk: NotedDesk, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    """Enter would else accept whom the face that was left suggests."""
    at = grid.controller
    press(Key.Key_Right, shift=True)
    at_rest(grid, qtbot)
    qtbot.waitUntil(lambda: not at.opinions.awaits(at.selection.ids))
    type_name(grid, press, qtbot, "raj")
    qtbot.waitUntil(lambda: at.twice.waiting is not None and bool(desk.intents))
    [left] = {1, 2} - {seen.face_id for intent in desk.intents for seen in intent.faces}
    at_rest(grid, qtbot)
    assert at.current == left
    hide_tiles(grid)
    press(Key.Key_Return)
    at_rest(grid, qtbot)
    assert "press again" in said[-1].text
    show_tiles(grid, qtbot)
    press(Key.Key_Return)
    idle(grid, desk, qtbot, 2)
    assert desk.face(left).state.creator_id == 2


def test_a_typed_name_for_a_face_decided_meanwhile_asks_before_it_replaces(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_M)
    qtbot.waitUntil(grid.picker.field.hasFocus)
    QTest.keyClicks(grid.picker.field, "raj")
    desk.change(1, FaceState(Status.MANUAL, 3, 0.5))
    with qtbot.waitSignal(grid.controller.views.arrived):
        grid.controller.views.reload([1])
    QTest.keyClick(grid.picker.field, Key.Key_Return)
    at_rest(grid, qtbot)
    grid.grid.model.outdate([1])
    show_tiles(grid, qtbot)
    press(Key.Key_Return)
    at_rest(grid, qtbot)
    assert desk.intents == []
    press(Key.Key_Return)
    idle(grid, desk, qtbot, 1)
    assert desk.face(1).state.creator_id == 2


def click(page: ReviewPage, row: int, how: Qt.KeyboardModifier, qtbot: QtBot) -> None:
    """Click on a tile."""
    where = page.grid.tiles.visualRect(page.grid.model.index(row)).center()
    QTest.mouseClick(page.grid.tiles.viewport(), Qt.MouseButton.LeftButton, how, where)
    at_rest(page, qtbot)


def test_ctrl_click_does_not_tick_the_face_that_only_came_next(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = grid.controller
    click(grid, 4, CTRL, qtbot)
    assert (at.current, set(at.selection.ids)) == (5, {5})
    press(Key.Key_Escape, Key.Key_Home, Key.Key_Return)
    idle(grid, desk, qtbot, 1)
    at_rest(grid, qtbot)
    assert at.current == 2
    qtbot.waitUntil(lambda: grid.grid.model.row_of(1) is None)
    click(grid, 5, CTRL, qtbot)
    assert at.selection.ids == {7}


def test_ctrl_click_ticks_the_face_moved_to_by_key_where_it_is_in_sight(
    grid: ReviewPage, press: Press, qtbot: QtBot
) -> None:
    at, bar = grid.controller, grid.grid.tiles.verticalScrollBar()
    press(Key.Key_Right)
    at_rest(grid, qtbot)
    click(grid, 4, CTRL, qtbot)
    assert at.selection.ids == {2, 5}
    press(Key.Key_Escape, Key.Key_Home)
    at_rest(grid, qtbot)
    grid.grid.tiles.zoom.choose(256)
    grid.resize(900, 500)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    click(grid, 19, CTRL, qtbot)
    assert at.selection.ids == {20}


def test_a_face_that_was_unticked_is_not_ticked_by_the_next_ctrl_click(
    grid: ReviewPage, qtbot: QtBot
) -> None:
    for row in (4, 4, 6):
        click(grid, row, CTRL, qtbot)
    assert grid.controller.selection.ids == {7}


def test_faces_ticked_out_of_sight_need_a_second_press_beside_the_frame_too(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = page.controller
    page.grid.tiles.zoom.choose(256)
    page.resize(900, 420)
    press(Key.Key_G, ctrl=True)
    painted(page, qtbot)
    at.selection.only([1, 20])
    press(Key.Key_G, ctrl=True)
    assert page.frame.isVisible()
    qtbot.waitUntil(lambda: not at.selection_loader.lacks())
    at_rest(page, qtbot)
    press(Key.Key_X)
    qtbot.waitUntil(lambda: at.twice.waiting is not None)
    assert desk.intents == []
    press(Key.Key_X)
    idle(page, desk, qtbot, 1)
    assert {seen.face_id for seen in desk.intents[0].faces} == {1, 20}


def test_faces_seen_in_the_grid_or_ticked_beside_the_frame_need_one_press(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Right, shift=True)
    press(Key.Key_G, ctrl=True)
    at_rest(grid, qtbot)
    press(Key.Key_Right)
    press(Key.Key_Space)
    at_rest(grid, qtbot)
    assert grid.controller.selection.ids == {1, 2, 3}
    press(Key.Key_X)
    idle(grid, desk, qtbot, 1)
    assert {seen.face_id for seen in desk.intents[0].faces} == {1, 2, 3}


def test_after_the_undo_of_a_skip_the_face_shown_at_hand_is_the_one_that_keys_decide(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = page.controller
    press(Key.Key_S, Key.Key_S, Key.Key_S)
    qtbot.waitUntil(lambda: desk.put_off() == [1, 2, 3])
    with qtbot.waitSignal(at.queue.loaded):
        page.open_tab(Tab.SKIPPED)
    press(Key.Key_G, ctrl=True)
    painted(page, qtbot)
    press(Key.Key_End)
    at_rest(page, qtbot)
    assert at.current == 3
    with qtbot.waitSignal(at.decider.reverted):
        press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: page.grid.model.row_of(3) is None)
    at_rest(page, qtbot)
    assert at.current == page.grid.model.face_at(page.grid.model.current_row) == 1
    painted(page, qtbot)
    press(Key.Key_X)
    idle(page, desk, qtbot, 1)
    assert [status(desk, face) for face in (1, 3)] == [Status.REJECTED, Status.PENDING]


def test_a_face_at_hand_that_the_grid_does_not_list_is_not_decided(
    grid: ReviewPage, desk: NotedDesk, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    grid.controller.queue.cursor.drop([1])
    qtbot.waitUntil(lambda: grid.grid.model.row_of(1) is None)
    press(Key.Key_X)
    assert "press again" in said[-1].text
    assert desk.intents == []
    at_rest(grid, qtbot)
    assert grid.controller.current == grid.grid.model.face_at(grid.grid.model.current_row) == 2
    press(Key.Key_X)
    idle(grid, desk, qtbot, 1)
    assert [seen.face_id for seen in desk.intents[0].faces] == [2]


def test_a_decided_face_that_is_gone_to_is_shown_and_at_hand(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at, model = page.controller, page.grid.model
    for face in (1, 2, 3):
        desk.match(face, CREATORS[1])
    with qtbot.waitSignal(at.queue.loaded):
        page.open_tab(Tab.AUTOMATIC)
    press(Key.Key_G, ctrl=True)
    for count in (1, 2):
        at_rest(page, qtbot)
        painted(page, qtbot)
        press(Key.Key_Return)
        idle(page, desk, qtbot, count)
    confirmed = [seen.face_id for intent in desk.intents for seen in intent.faces]
    qtbot.waitUntil(lambda: not model.among(confirmed))
    for face in confirmed:
        page.commands.go_to(face)
        at_rest(page, qtbot)
        assert at.current == face
        qtbot.waitUntil(lambda: model.face_at(model.current_row) == at.current)
        painted(page, qtbot)


def test_too_many_faces_are_not_selected_and_those_that_are_lie_next_to_the_first(
    grid: ReviewPage, said: list[Message], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid_keys, "MOST_EXTENDED", 4)
    at = grid.controller
    click(grid, 9, Qt.KeyboardModifier.NoModifier, qtbot)
    click(grid, 8, SHIFT, qtbot)
    click(grid, 6, SHIFT, qtbot)
    assert (set(at.selection.ids), said) == ({7, 8, 9, 10}, [])
    click(grid, 0, SHIFT, qtbot)
    assert (at.current, set(at.selection.ids)) == (7, {7, 8, 9, 10})
    assert "4 faces" in said[-1].text
    click(grid, 15, SHIFT, qtbot)
    assert (at.current, set(at.selection.ids)) == (13, {10, 11, 12, 13})


def test_a_name_that_is_chosen_while_the_queue_is_read_is_not_dropped_in_silence(
    grid: ReviewPage, desk: NotedDesk, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    press(Key.Key_M)
    qtbot.waitUntil(grid.picker.field.hasFocus)
    QTest.keyClicks(grid.picker.field, "raj")
    with qtbot.waitSignal(grid.controller.queue.loaded):
        desk.gate.clear()
        grid.controller.queue.reload()
        QTest.keyClick(grid.picker.field, Key.Key_Return)
        assert said[-1].text == "The faces changed while you typed, so no face was named."
        desk.gate.set()
    assert desk.intents == []


def test_a_typed_name_whose_faces_others_changed_is_no_acceptance(
    grid: ReviewPage, desk: NotedDesk, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    """Enter would else accept whom the face at hand suggests."""
    at = grid.controller
    for _ in range(2):
        press(Key.Key_Right, shift=True)
        at_rest(grid, qtbot)
    qtbot.waitUntil(lambda: not at.opinions.awaits(at.selection.ids))
    hide_tiles(grid)
    type_name(grid, press, qtbot, "raj")
    qtbot.waitUntil(lambda: at.twice.waiting is not None)
    show_tiles(grid, qtbot)
    [gone, *_] = sorted(at.selection.ids - {at.current})
    at.selection.remove([gone])  # as where a colleague decided it
    assert at.twice.waiting is None
    press(Key.Key_Return)
    at_rest(grid, qtbot)
    assert desk.intents == []
    assert "no face was named" in said[-1].text
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: at.twice.waiting is not None or bool(desk.intents))
