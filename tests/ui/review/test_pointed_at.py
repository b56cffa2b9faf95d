"""The second button on a face: what its menu acts on, which is what is painted as at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from review_support import FACES, NotedDesk, Press, face, idle

from facereview.records import RejectReason
from facereview.review.decisions.intents import Kind
from facereview.ui.review.page import ReviewPage

Key = Qt.Key
pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


def point_at(widget: QWidget, where: QPoint) -> None:
    """The second button, as the window system tells of it: a press, then a menu."""
    QTest.mousePress(widget, Qt.MouseButton.RightButton, pos=where)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(widget, QContextMenuEvent(reason, where, widget.mapToGlobal(where)))
    QTest.mouseRelease(widget, Qt.MouseButton.RightButton, pos=where)


def point_at_tile(page: ReviewPage, number: int) -> None:
    """On the tile of a face in the grid."""
    tiles, row = page.grid.tiles, page.grid.model.row_of(number)
    assert row is not None
    point_at(tiles.viewport(), tiles.visualRect(page.grid.model.index(row)).center())


def point_at_box(page: ReviewPage, number: int, qtbot: QtBot) -> None:
    """On the box of a face in the frame."""
    view = page.frame.view
    qtbot.waitUntil(lambda: any(box.face.id == number for box in view.boxes()))
    [box] = [box for box in view.boxes() if box.face.id == number]
    point_at(view, box.rect.center().toPoint())


def point_at_cell(page: ReviewPage, number: int, qtbot: QtBot) -> None:
    """On a face in the strip."""
    strip = page.strip
    qtbot.waitUntil(lambda: strip.faces.row_of(number) is not None)
    row = strip.faces.row_of(number)
    assert row is not None
    point_at(strip.viewport(), strip.visualRect(strip.faces.index(row)).center())


def open_menus(page: ReviewPage) -> list[QMenu]:
    return [menu for menu in page.findChildren(QMenu) if menu.isVisible()]


def choose(page: ReviewPage, text: str) -> None:
    """Choose an entry of the menu that is open."""
    [menu] = open_menus(page)
    [action] = [one for one in menu.actions() if one.text().startswith(f"{text}\t")]
    menu.setActiveAction(action)
    QTest.keyClick(menu, Key.Key_Return)


@pytest.fixture
def grid(page: ReviewPage, press: Press, qtbot: QtBot) -> ReviewPage:
    """The page with its grid."""
    press(Key.Key_G, ctrl=True)
    shows = page.grid.model.shows
    qtbot.waitUntil(lambda: all(shows(n, face(n).state) for n in range(1, FACES + 1)))
    return page


def careful(page: ReviewPage) -> None:
    """A key for more than five faces is pressed twice."""
    queue = page.controller.queue
    assert queue.config is not None
    queue.config = replace(queue.config, confirm_twice_above=5)


def decided(desk: NotedDesk) -> list[list[int]]:
    return [sorted(seen.face_id for seen in intent.faces) for intent in desk.intents]


Point = Callable[[ReviewPage, int, QtBot], None]


@pytest.mark.parametrize("point", [point_at_box, point_at_cell])
def test_it_acts_on_the_face_it_was_opened_on(
    page: ReviewPage, desk: NotedDesk, point: Point, qtbot: QtBot
) -> None:
    point(page, 2, qtbot)
    assert page.controller.current == 2
    choose(page, "Stranger")
    idle(page, desk, qtbot, 1)
    assert decided(desk) == [[2]]
    assert (desk.intents[0].kind, desk.intents[0].reason) == (Kind.REJECT, RejectReason.STRANGER)


@pytest.mark.parametrize("point", [point_at_box, point_at_cell])
def test_on_a_face_that_is_not_selected_it_acts_on_that_face_alone(
    page: ReviewPage, desk: NotedDesk, point: Point, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Space)
    page.controller.selection.add([3])
    point(page, 2, qtbot)
    assert page.controller.selection.ids == frozenset()
    assert page.strip.faces.current == 2
    choose(page, "Stranger")
    idle(page, desk, qtbot, 1)
    assert decided(desk) == [[2]]


def test_on_one_of_the_selected_it_acts_on_all_of_them(
    grid: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    grid.controller.selection.only([1, 4])
    point_at_tile(grid, 4)
    assert grid.controller.current == 4
    assert grid.controller.selection.ids == {1, 4}
    choose(grid, "Stranger")
    idle(grid, desk, qtbot, 1)
    assert decided(desk) == [[1, 4]]


def test_ctrl_with_the_second_button_ticks_nothing(grid: ReviewPage) -> None:
    tiles = grid.grid.tiles
    where = tiles.visualRect(grid.grid.model.index(3)).center()
    control = Qt.KeyboardModifier.ControlModifier
    QTest.mouseClick(tiles.viewport(), Qt.MouseButton.RightButton, control, where)
    assert not len(grid.controller.selection)
    assert grid.controller.current == 4


def test_the_second_press_may_be_chosen_in_the_menu(
    grid: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    many = range(1, 8)
    careful(grid)
    grid.controller.selection.only(many)
    point_at_tile(grid, 4)
    choose(grid, "Stranger")
    qtbot.waitUntil(lambda: grid.controller.twice.waiting is not None)
    assert desk.intents == []
    point_at_tile(grid, 6)
    assert grid.controller.twice.waiting is not None
    choose(grid, "Stranger")
    idle(grid, desk, qtbot, 1)
    assert decided(desk) == [list(many)]


def test_what_waits_for_a_second_press_ends_where_a_menu_is_of_other_faces(
    grid: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    careful(grid)
    grid.controller.selection.only(range(1, 8))
    point_at_tile(grid, 4)
    choose(grid, "Stranger")
    qtbot.waitUntil(lambda: grid.controller.twice.waiting is not None)
    point_at_tile(grid, 17)
    assert grid.controller.twice.waiting is None
    choose(grid, "Stranger")
    idle(grid, desk, qtbot, 1)
    assert decided(desk) == [[17]]


def test_a_menu_closes_once_another_face_is_at_hand(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_X)
    idle(page, desk, qtbot, 1)
    point_at_box(page, 2, qtbot)
    assert len(open_menus(page)) == 1
    with qtbot.waitSignal(page.controller.decider.reverted):
        page.commands.undo()
    assert page.controller.current == 1
    qtbot.waitUntil(lambda: open_menus(page) == [])


def test_a_menu_closes_once_other_faces_are_selected(grid: ReviewPage) -> None:
    grid.controller.selection.only([1, 4])
    point_at_tile(grid, 4)
    assert len(open_menus(grid)) == 1
    grid.controller.selection.remove([1])
    assert open_menus(grid) == []


def test_a_menu_stays_while_nothing_else_is_at_hand(grid: ReviewPage, qtbot: QtBot) -> None:
    point_at_tile(grid, 4)
    qtbot.waitUntil(lambda: grid.controller.view is not None)
    assert len(open_menus(grid)) == 1
    with qtbot.waitSignal(grid.controller.decider.reverted):
        choose(grid, "Undo")
    assert open_menus(grid) == []
