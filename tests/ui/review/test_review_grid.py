"""The grid of the Review page, by keyboard: all faces of the queue, decided as one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from review_support import CREATORS, FACES, NotedDesk, Press, idle, status

from facereview.filters import FaceFilter, GroupBy
from facereview.records import FaceState, Status
from facereview.review.colleagues import News
from facereview.review.decisions.intents import Kind
from facereview.ui.jobs.messages import Message
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from facereview.ui.review.queue import Tab

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier

no_grabbing = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
"""A menu that is open off screen."""


@pytest.fixture
def grid(page: ReviewPage, press: Press, qtbot: QtBot) -> ReviewPage:
    """The page with its grid, opened by key, once every tile is painted."""
    press(Key.Key_G, ctrl=True)
    painted(page, qtbot)
    return page


def painted(page: ReviewPage, qtbot: QtBot) -> None:
    """Wait until all that is in view is painted as it is."""
    model, tiles = page.grid.model, page.grid.tiles

    def all_seen() -> bool:
        tiles.viewport().update()
        area = tiles.viewport().rect()
        rows = [
            row
            for row in tiles._rows_in(area)
            if area.contains(tiles.visualRect(model.index(row)).center())
        ]
        here = [model.tile(row) for row in rows]
        return bool(here) and all(tile is not None and model.sight.shows(tile) for tile in here)

    qtbot.waitUntil(lambda: model.rowCount() > 0)
    qtbot.waitUntil(all_seen)


def shown(page: ReviewPage) -> list[int]:
    """The faces of the grid, in its order."""
    model = page.grid.model
    return [face for row in range(model.rowCount()) if (face := model.face_at(row)) is not None]


def at_rest(page: ReviewPage, qtbot: QtBot) -> None:
    """Wait until no key waits, and the face at hand has all that a key needs."""
    at = page.controller
    qtbot.waitUntil(lambda: not at.line.waits and at.view is not None)


def menu_of(page: ReviewPage) -> QMenu:
    """The context menu that is open."""
    [menu] = [one for one in page.findChildren(QMenu) if one.isVisible()]
    return menu


def test_it_shows_the_queue_and_goes_back_to_the_same_face(
    grid: ReviewPage, press: Press, qtbot: QtBot
) -> None:
    assert shown(grid) == list(range(1, FACES + 1))
    assert grid.grid.tiles.hasFocus() or not grid.isActiveWindow()
    press(Key.Key_Down, Key.Key_Right)
    at_rest(grid, qtbot)
    columns = grid.grid.tiles.columns
    assert grid.controller.current == columns + 2
    assert grid.grid.model.current_row == columns + 1
    press(Key.Key_Up, Key.Key_End)
    at_rest(grid, qtbot)
    assert grid.controller.current == FACES
    press(Key.Key_G, ctrl=True)
    assert grid.frame.isVisible()
    assert grid.controller.current == FACES
    press(Key.Key_G, ctrl=True)
    press(Key.Key_Home, Key.Key_Escape)
    at_rest(grid, qtbot)
    assert grid.frame.isVisible()
    assert grid.controller.current == 1


def test_without_it_up_and_down_are_of_what_scrolls(page: ReviewPage, press: Press) -> None:
    keys = {"Up", "Down", "PgUp", "PgDown"}
    actions = [action for action in page.actions() if action.shortcut().toString() in keys]
    assert [action.isEnabled() for action in actions] == [False] * 4
    press(Key.Key_G, ctrl=True)
    assert [action.isEnabled() for action in actions] == [True] * 4
    press(Key.Key_G, ctrl=True)
    assert not any(action.isEnabled() for action in actions)


def test_one_key_accepts_the_face_at_hand_and_the_next_takes_its_place(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    idle(grid, desk, qtbot, 1)
    assert desk.face(1).state.creator_id == 1
    qtbot.waitUntil(lambda: shown(grid) == list(range(2, FACES + 1)))
    assert grid.controller.current == 2
    press(Key.Key_2)
    idle(grid, desk, qtbot, 2)
    assert desk.face(2).state.creator_id == 2
    press(Key.Key_X, Key.Key_S, Key.Key_N)
    qtbot.waitUntil(lambda: 1 in desk.denied(5))
    assert status(desk, 3) is Status.REJECTED
    assert desk.put_off() == [4]
    qtbot.waitUntil(lambda: shown(grid)[-1] == 4)
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: not desk.denied(5))


def test_several_are_selected_named_at_once_and_undone_at_once(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = grid.controller
    press(Key.Key_Right, Key.Key_Right, shift=True)
    at_rest(grid, qtbot)
    assert at.selection.ids == {1, 2, 3}
    press(Key.Key_Left, shift=True)
    at_rest(grid, qtbot)
    assert at.selection.ids == {1, 2}
    assert at.current == 2
    press(Key.Key_M)
    qtbot.waitUntil(grid.picker.field.hasFocus)
    QTest.keyClicks(grid.picker.field, "raj")
    QTest.keyClick(grid.picker.field, Key.Key_Return)
    qtbot.waitUntil(lambda: at.twice.waiting is not None)  # the other one suggests Howard
    press(Key.Key_Return)
    idle(grid, desk, qtbot, 1 + (len(desk.intents) > 1))
    qtbot.waitUntil(lambda: {desk.face(n).state.creator_id for n in (1, 2)} == {2})
    qtbot.waitUntil(lambda: shown(grid) == list(range(3, FACES + 1)))
    while status(desk, 1) is not Status.PENDING or status(desk, 2) is not Status.PENDING:
        with qtbot.waitSignal(at.decider.reverted):
            press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: {1, 2} <= set(shown(grid)))


def test_faces_that_agree_are_accepted_in_one_batch(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = grid.controller
    columns = grid.grid.tiles.columns
    press(Key.Key_Down, shift=True)
    at_rest(grid, qtbot)
    chosen = set(range(1, columns + 2))
    assert at.selection.ids == chosen
    qtbot.waitUntil(lambda: not at.opinions.awaits(at.selection.ids))
    press(Key.Key_Return)
    idle(grid, desk, qtbot, 1)
    assert {seen.face_id for seen in desk.intents[0].faces} == chosen
    with qtbot.waitSignal(at.decider.reverted):
        press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: chosen <= set(shown(grid)))
    assert {status(desk, face) for face in chosen} == {Status.PENDING}


def test_a_face_that_is_not_selected_is_not_decided_beside_those_that_are(
    grid: ReviewPage, desk: NotedDesk, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    at = grid.controller
    press(Key.Key_Space, Key.Key_Right, Key.Key_Space, Key.Key_Right)
    at_rest(grid, qtbot)
    assert (set(at.selection.ids), at.current) == ({1, 2}, 3)
    press(Key.Key_X)
    qtbot.waitUntil(lambda: at.current == 2)
    assert "press again" in said[-1].text
    assert desk.intents == []
    at_rest(grid, qtbot)
    press(Key.Key_X)
    idle(grid, desk, qtbot, 1)
    assert {seen.face_id for seen in desk.intents[0].faces} == {1, 2}
    assert status(desk, 3) is Status.PENDING


def test_a_name_is_for_the_selected_faces_though_another_one_is_at_hand(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = grid.controller
    press(Key.Key_Space, Key.Key_Right, Key.Key_Right)
    at_rest(grid, qtbot)
    press(Key.Key_M)
    qtbot.waitUntil(grid.picker.field.hasFocus)
    qtbot.waitUntil(lambda: at.current == 1)
    at_rest(grid, qtbot)
    QTest.keyClicks(grid.picker.field, "raj")
    QTest.keyClick(grid.picker.field, Key.Key_Return)
    idle(grid, desk, qtbot, 1)
    assert [seen.face_id for seen in desk.intents[0].faces] == [1]
    assert desk.face(1).state.creator_id == 2


def test_who_scrolled_away_stays_there_while_others_decide(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    page.grid.tiles.zoom.choose(256)
    page.resize(900, 500)
    press(Key.Key_G, ctrl=True)
    painted(page, qtbot)
    bar = page.grid.tiles.verticalScrollBar()
    bar.setValue(bar.maximum())
    where = bar.value() - page.grid.tiles.tile.height()
    desk.change(2, FaceState(Status.MANUAL, 3, 0.5))
    page.follow.follow(replace(News(), decided=(2,)))
    qtbot.waitUntil(lambda: 2 not in shown(page))
    assert bar.value() >= where
    assert page.controller.current == 1


def test_the_face_at_hand_that_is_selected_no_longer_is_left(
    grid: ReviewPage, press: Press, qtbot: QtBot
) -> None:
    at = grid.controller
    press(Key.Key_Right, shift=True)
    at_rest(grid, qtbot)
    press(Key.Key_Space)
    at_rest(grid, qtbot)
    assert (set(at.selection.ids), at.current) == ({1}, 1)
    press(Key.Key_Escape)
    assert not at.selection.ids
    assert grid.grid.isVisible()


def test_the_mouse_selects_one_more_and_all_between(grid: ReviewPage, qtbot: QtBot) -> None:
    at, tiles, model = grid.controller, grid.grid.tiles, grid.grid.model

    def click(row: int, how: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        where = tiles.visualRect(model.index(row)).center()
        QTest.mouseClick(tiles.viewport(), Qt.MouseButton.LeftButton, how, where)
        at_rest(grid, qtbot)

    click(2)
    assert (at.current, set(at.selection.ids)) == (3, set())
    click(4, CTRL)
    assert (at.current, set(at.selection.ids)) == (5, {3, 5})
    click(7, SHIFT)
    assert (at.current, set(at.selection.ids)) == (8, {3, 5, 6, 7, 8})
    click(5, SHIFT)
    assert at.selection.ids == {3, 5, 6}
    click(0)
    assert (at.current, set(at.selection.ids)) == (1, set())
    where = tiles.visualRect(model.index(1)).center()
    QTest.mouseDClick(tiles.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert grid.frame.isVisible()


def test_all_faces_of_the_filter_are_selected_and_ask_once_more(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = grid.controller
    with qtbot.waitSignal(at.queue.loaded):
        grid.filter.bar.choose(FaceFilter(videos=(2,)))
    qtbot.waitUntil(lambda: shown(grid) == list(range(11, FACES + 1)))
    painted(grid, qtbot)
    press(Key.Key_A, ctrl=True)
    qtbot.waitUntil(lambda: len(at.selection) == 10)
    press(Key.Key_X)
    qtbot.waitUntil(lambda: at.twice.waiting is not None)
    assert desk.intents == []
    press(Key.Key_X)
    idle(grid, desk, qtbot, 1)
    assert {seen.face_id for seen in desk.intents[0].faces} == set(range(11, FACES + 1))
    qtbot.waitUntil(lambda: at.stage is Stage.DONE)  # nothing of the filter is left
    assert grid.notice.isVisible()
    grid.filter.clear()
    qtbot.waitUntil(lambda: shown(grid) == list(range(1, 11)))
    qtbot.waitUntil(grid.grid.isVisible)


def test_nothing_is_decided_that_was_not_painted(
    page: ReviewPage, desk: NotedDesk, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    desk.gate.clear()
    press(Key.Key_G, ctrl=True)
    press(Key.Key_X)
    assert "still being read" in said[-1].text
    desk.gate.set()
    painted(page, qtbot)
    assert desk.intents == []
    press(Key.Key_X)
    idle(page, desk, qtbot, 1)
    assert [seen.face_id for seen in desk.intents[0].faces] == [1]


def test_selected_faces_out_of_sight_need_a_second_press(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    page.grid.tiles.zoom.choose(256)
    page.resize(900, 420)
    press(Key.Key_G, ctrl=True)
    painted(page, qtbot)
    at = page.controller
    at.selection.only([1, 20])
    qtbot.waitUntil(lambda: not at.selection_loader.lacks())
    press(Key.Key_X)
    qtbot.waitUntil(lambda: at.twice.waiting is not None)
    assert desk.intents == []
    press(Key.Key_X)
    idle(page, desk, qtbot, 1)


def test_what_another_curator_decides_goes_and_is_selected_no_longer(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = grid.controller
    press(Key.Key_Right, shift=True)
    at_rest(grid, qtbot)
    desk.change(2, FaceState(Status.MANUAL, 3, 0.5))
    news = replace(News(), decided=(2,))
    grid.follow.follow(news)
    grid.grid.follow_others(news)
    qtbot.waitUntil(lambda: 2 not in shown(grid) or at.current == 2)
    press(Key.Key_Home)
    qtbot.waitUntil(lambda: 2 not in shown(grid))
    assert 2 not in at.selection


@no_grabbing
@pytest.mark.parametrize("by", [by for by in GroupBy if by is not GroupBy.NOTHING])
def test_they_are_grouped_by_keys(
    grid: ReviewPage, press: Press, qtbot: QtBot, by: GroupBy
) -> None:
    at = grid.controller
    press(Key.Key_G, shift=True)
    menu = grid.grid.bar.groups
    qtbot.waitUntil(menu.isVisible)
    for _ in range(list(GroupBy).index(by)):
        QTest.keyClick(menu, Key.Key_Down)
    with qtbot.waitSignal(at.queue.loaded):
        QTest.keyClick(menu, Key.Key_Return)
    assert at.queue.group is by
    assert at.queue.groups.by is by
    assert sorted(shown(grid)) == list(range(1, FACES + 1))
    assert all(grid.grid._heading(int(key)) for key in grid.grid.model.keys)
    if by is GroupBy.VIDEO:
        assert grid.grid.model.starts.tolist() == [0, 10]
        assert [grid.grid._heading(int(key)) for key in grid.grid.model.keys] == [
            "Video 1",
            "Video 2",
        ]
    painted(grid, qtbot)
    grid.window().activateWindow()
    qtbot.waitUntil(grid.window().isActiveWindow)
    press(Key.Key_End, Key.Key_Up, Key.Key_Down)
    at_rest(grid, qtbot)
    assert at.current == shown(grid)[-1]


def test_they_are_sorted_by_keys_and_the_face_at_hand_stays(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    for number, value in ((3, 0.9), (7, 0.1)):
        desk.change(number, FaceState(Status.PENDING, 1, value))
    at = grid.controller
    press(Key.Key_Right)
    at_rest(grid, qtbot)
    with qtbot.waitSignal(at.queue.loaded):
        press(Key.Key_3, shift=True)
    qtbot.waitUntil(lambda: shown(grid)[:2] == [3, 7])
    with qtbot.waitSignal(at.queue.loaded):
        press(Key.Key_4, shift=True)
    qtbot.waitUntil(lambda: shown(grid)[:2] == [7, 3])
    assert at.current == 2


def test_the_size_is_changed_by_keys_and_remembered_apart(grid: ReviewPage, press: Press) -> None:
    before = grid.grid.tiles.zoom.side
    strip = grid.strip.zoom.side
    press(Key.Key_Plus, ctrl=True)
    assert grid.grid.tiles.zoom.side > before
    assert grid.strip.zoom.side == strip


def test_decided_faces_stay_where_all_are_shown(
    grid: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    idle(grid, desk, qtbot, 1)
    with qtbot.waitSignal(grid.controller.queue.loaded):
        grid.open_tab(Tab.ALL)
    qtbot.waitUntil(lambda: len(shown(grid)) == FACES)
    painted(grid, qtbot)
    row = grid.grid.model.row_of(1)
    assert row is not None
    tile = grid.grid.model.tile(row)
    assert tile is not None
    assert tile.name == CREATORS[1].name


def test_while_the_database_is_away_nothing_is_shown_as_read(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    desk.gate.clear()
    press(Key.Key_G, ctrl=True)
    tile = page.grid.model.tile(0)
    assert tile is not None
    assert tile.face is None
    desk.gate.set()
    painted(page, qtbot)


@no_grabbing
def test_the_second_button_opens_a_menu_of_the_keys(
    grid: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    grid.customContextMenuRequested.emit(QPoint(5, 5))
    menu = menu_of(grid)
    entries = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert "Accept\tEnter" in entries
    assert "Group\t⇧G" in entries
    [reject] = [action for action in menu.actions() if action.text() == "Stranger\tX"]
    menu.setActiveAction(reject)
    QTest.keyClick(menu, Key.Key_Return)
    idle(grid, desk, qtbot, 1)
    assert desk.intents[0].kind is Kind.REJECT
    qtbot.waitUntil(lambda: [one for one in grid.findChildren(QMenu) if one.isVisible()] == [])


@pytest.mark.parametrize("how", [Qt.KeyboardModifier.NoModifier, CTRL, SHIFT])
def test_a_click_that_waits_means_the_face_that_was_clicked(
    grid: ReviewPage, desk: NotedDesk, how: Qt.KeyboardModifier, qtbot: QtBot
) -> None:
    tiles, at = grid.grid.tiles, grid.controller
    for number in (1, 2):
        desk.change(number, FaceState(Status.REJECTED))
    desk.gate.clear()
    at.queue.reload()
    where = tiles.visualRect(grid.grid.model.index(4)).center()
    QTest.mousePress(tiles.viewport(), Qt.MouseButton.LeftButton, how, where)
    with qtbot.waitSignal(at.queue.loaded):
        desk.gate.set()
    qtbot.waitUntil(lambda: not at.line.waits)
    assert shown(grid)[4] == 7
    assert at.current == 5
    assert 7 not in at.selection
    QTest.mouseRelease(tiles.viewport(), Qt.MouseButton.LeftButton, how, where)


@no_grabbing
def test_the_groups_are_chosen_in_the_grid_wherever_their_key_was_pressed(
    page: ReviewPage, press: Press
) -> None:
    press(Key.Key_G, shift=True)
    assert page.grid.bar.group.isVisible()
    assert page.grid.bar.groups.isVisible()
    page.grid.bar.groups.close()
