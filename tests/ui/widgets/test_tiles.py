"""Tiles without a layout: where they lie, what is in view, what is drawn again."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QStringListModel, Qt
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from facereview.ui.widgets.tiles import TileContent, TileDelegate, TileView

SIDE = 100
COUNT = 25


class Tile(TileDelegate):
    """Notes which rows it drew."""

    def __init__(self, parent: TileView) -> None:
        super().__init__(parent)
        self.drew: list[int] = []
        self.takes = 0.0

    def content(self, index: QModelIndex | QPersistentModelIndex) -> TileContent:
        return TileContent(int(str(index.data()).split(":")[0] or -1), index.data())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        assert option.rect == QRect(0, 0, view_of(self).tile.width(), SIDE)
        painter.fillRect(option.rect, Qt.GlobalColor.red)
        time.sleep(self.takes)
        self.drew.append(index.row())

    def seen(self) -> list[int]:
        """The rows drawn since the last look."""
        drew, self.drew = self.drew, []
        return drew


def view_of(tile: Tile) -> TileView:
    view = tile.parent()
    assert isinstance(view, TileView)
    return view


@pytest.fixture
def view(qtbot: QtBot) -> TileView:
    made = TileView(SIDE, lambda _width: SIDE)
    made.show_tiles(QStringListModel([str(n) for n in range(COUNT)], made), Tile(made))
    qtbot.addWidget(made)
    made.resize(430, 2 * SIDE + 50)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def drawn(view: TileView, qtbot: QtBot) -> Callable[[], list[int]]:
    """The rows that are drawn by the next painting."""
    tile = view.itemDelegate()
    assert isinstance(tile, Tile)
    qtbot.waitUntil(lambda: len(tile.drew) >= 12)
    tile.seen()

    def look() -> list[int]:
        view.viewport().repaint()
        while view.behind:  # a busy machine takes several paintings, each asked for by a timer
            QApplication.processEvents()
            view.viewport().repaint()
        return tile.seen()

    return look


def index(view: TileView, row: int) -> QModelIndex:
    return view.model().index(row, 0)


def test_tiles_lie_in_rows_and_are_found_again(view: TileView) -> None:
    assert view.columns == 4
    for row in range(COUNT):
        rect = view.visualRect(index(view, row))
        assert rect.topLeft() == QPoint(row % 4 * view.tile.width(), row // 4 * SIDE)
        assert view.indexAt(rect.center()).row() == row
    assert not view.indexAt(QPoint(view.viewport().width() + 5, 5)).isValid()
    assert not view.indexAt(view.visualRect(index(view, 24)).center() + QPoint(SIDE, 0)).isValid()
    assert view.verticalScrollBar().maximum() == 7 * SIDE - view.viewport().height()


def test_a_row_comes_into_view_by_as_little_as_it_takes(view: TileView) -> None:
    seen = view.viewport().height()
    view.show_row(13)
    assert view.visualRect(index(view, 13)).bottom() == seen - 1
    view.show_row(12)
    assert view.visualRect(index(view, 12)).bottom() == seen - 1
    view.show_row(1)
    assert view.verticalOffset() == 0


def test_only_what_changed_is_drawn_again(view: TileView, drawn: Callable[[], list[int]]) -> None:
    assert drawn() == []
    view.model().setData(index(view, 5), "5: other")
    assert drawn() == [5]
    view.verticalScrollBar().setValue(SIDE)
    assert drawn() == [12, 13, 14, 15]
    view.verticalScrollBar().setValue(0)
    assert drawn() == []


def test_what_lacks_a_picture_asks_for_it_when_it_comes_into_view(
    view: TileView, drawn: Callable[[], list[int]]
) -> None:
    tile = view.itemDelegate()
    assert isinstance(tile, Tile)
    tile.whole = False
    view.draw_anew()
    assert drawn() == list(range(12))
    assert drawn() == []
    view.model().setData(index(view, 5), "5: its picture came")
    assert drawn() == [5]
    view.verticalScrollBar().setValue(SIDE)
    assert drawn() == [12, 13, 14, 15]
    view.verticalScrollBar().setValue(0)
    assert drawn() == [0, 1, 2, 3]
    tile.whole = True
    view.draw_anew()
    assert drawn() == list(range(12))


def test_what_is_drawn_stays_when_rows_move(view: TileView, drawn: Callable[[], list[int]]) -> None:
    model = view.model()
    assert isinstance(model, QStringListModel)
    model.removeRows(2, 1)
    assert drawn() == [11]
    model.setStringList(["24", *model.stringList()[:10], "23"])
    assert drawn() == [0, 11]


def test_what_takes_long_to_draw_comes_bit_by_bit(
    view: TileView, drawn: Callable[[], list[int]], qtbot: QtBot
) -> None:
    tile = view.itemDelegate()
    assert isinstance(tile, Tile)
    tile.takes = 0.01
    view.draw_anew()
    view.viewport().repaint()
    assert tile.seen() == [0]
    assert view.behind
    qtbot.waitUntil(lambda: not view.behind and len(tile.drew) == 11)
    assert tile.seen() == list(range(1, 12))
    assert drawn() == []


def test_a_picture_that_came_is_drawn(view: TileView, drawn: Callable[[], list[int]]) -> None:
    changed = view.model().dataChanged
    changed.emit(index(view, 3), index(view, 4), [Qt.ItemDataRole.ToolTipRole])
    assert drawn() == []
    changed.emit(index(view, 3), index(view, 4), [Qt.ItemDataRole.DecorationRole])
    assert drawn() == [3, 4]
    changed.emit(index(view, 0), index(view, COUNT - 1), [])
    assert drawn() == list(range(12))


def test_rows_that_come_and_go_change_how_far_can_be_scrolled(
    view: TileView, drawn: Callable[[], list[int]]
) -> None:
    view.model().removeRows(0, 21)
    assert drawn() == [0, 1, 2, 3]
    assert drawn() == []
    view.doItemsLayout()
    assert view.verticalScrollBar().maximum() == 0
    view.model().insertRows(0, 40)
    view.show_row(43)
    assert view.visualRect(index(view, 43)).bottom() == view.viewport().height() - 1


def test_an_empty_view_is_empty(qtbot: QtBot) -> None:
    view = TileView(SIDE, lambda _width: SIDE)
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.show()
    qtbot.waitExposed(view)
    view.show_row(0)
    assert not view.indexAt(QPoint(5, 5)).isValid()


def test_clicks_tell_the_row(view: TileView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.clicked_row) as clicked:
        QTest.mouseClick(
            view.viewport(),
            Qt.MouseButton.LeftButton,
            pos=view.visualRect(index(view, 6)).center(),
        )
    assert clicked.args == [6]
