"""Where tiles of one size lie, in as many columns as there is room for; the page has the keys.

It is a matter of two divisions, so nothing is laid out: Qt's own list asks its model for every row
after each change, and thousands of rows would hold up the key that made it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QWidget

Index = QModelIndex | QPersistentModelIndex


class TileGrid(QListView):
    """``smallest`` is the least width of a tile; ``height_of`` says how high one is."""

    clicked_row = Signal(int)
    clicked_to_tick = Signal(int)
    """With Ctrl or by the second button."""
    double_clicked_row = Signal(int)
    entered = Signal()
    """It has the focus now."""

    def __init__(
        self,
        smallest: int,
        height_of: Callable[[int], int],
        *,
        fewest: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._smallest = smallest
        self._largest = 1 << 16
        self._fewest = fewest
        self._height_of = height_of
        self._tile = QSize(1, 1)
        self._source: QAbstractItemModel | None = None
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self._follows = QTimer(self, singleShot=True, interval=0)
        self._follows.timeout.connect(self._follow_now)
        self._wanted = -1

    def set_smallest(self, width: int, *, largest: int, fewest: int) -> None:
        """Tiles of another width; where few of them have room they grow up to ``largest``."""
        self._smallest, self._largest, self._fewest = width, largest, fewest
        self._share_width()
        self.updateGeometries()
        self._follows.start()

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802
        """Show a model's rows."""
        self._source = model
        super().setModel(model)

    @property
    def tile(self) -> QSize:
        """The size of a tile."""
        return self._tile

    @property
    def columns(self) -> int:
        """How many tiles stand side by side."""
        return max(1, self.viewport().width() // self._tile.width())

    @property
    def page(self) -> int:
        """How many tiles are seen at once, in whole rows."""
        return max(1, self.viewport().height() // self._tile.height()) * self.columns

    def show_row(self, row: int) -> None:
        """Make a row the current one and bring it into view."""
        self._wanted = row
        self._follow_now()
        self._follows.start()  # again when the view has its size

    def _follow_now(self) -> None:
        index = self._source.index(self._wanted, 0) if self._source else QModelIndex()
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index, QListView.ScrollHint.EnsureVisible)

    def _tile_changed(self, tile: QSize) -> None:
        """Tiles are of this size now."""

    # --------------------------------------------------------------------- where the tiles lie

    def doItemsLayout(self) -> None:  # noqa: N802
        """There is nothing to lay out."""
        self.updateGeometries()
        self.viewport().update()

    def updateGeometries(self) -> None:  # noqa: N802
        """How far can be scrolled."""
        bar, seen, tile = self.verticalScrollBar(), self.viewport().height(), self._tile.height()
        count = self._source.rowCount() if self._source else 0
        bar.setRange(0, max(0, -(-count // self.columns) * tile - seen))
        bar.setPageStep(seen)
        bar.setSingleStep(max(1, tile // 4))

    def visualRect(self, index: Index) -> QRect:  # noqa: N802
        """Where a tile is, in the viewport."""
        if not index.isValid():
            return QRect()
        row, column = divmod(index.row(), self.columns)
        corner = QPoint(column * self._tile.width(), row * self._tile.height())
        return QRect(corner - QPoint(0, self.verticalOffset()), self._tile)

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802
        """The tile at a place of the viewport."""
        column = point.x() // self._tile.width()
        row = (point.y() + self.verticalOffset()) // self._tile.height()
        if self._source is None or not 0 <= column < self.columns or row < 0:
            return QModelIndex()
        return self._source.index(row * self.columns + column, 0)

    def scrollTo(  # noqa: N802
        self, index: Index, _hint: QListView.ScrollHint = QListView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a tile into view, by as little as it takes."""
        rect, seen = self.visualRect(index), self.viewport().height()
        if not rect.isValid():
            return
        self.updateGeometries()  # rows may have come in this moment
        bar = self.verticalScrollBar()
        if rect.top() < 0 or rect.height() > seen:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() >= seen:
            bar.setValue(bar.value() + rect.bottom() + 1 - seen)

    def verticalOffset(self) -> int:  # noqa: N802
        """How far the tiles are scrolled."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:  # noqa: N802
        """They fit."""
        return 0

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:  # noqa: N802
        """Paint what is in view now."""
        self.viewport().update()

    def _rows_in(self, area: QRect) -> range:
        """The model's rows in a part of the viewport."""
        top, tile = area.top() + self.verticalOffset(), self._tile.height()
        first = top // tile * self.columns
        last = ((top + area.height() - 1) // tile + 1) * self.columns
        return range(max(0, first), min(last, self._source.rowCount() if self._source else 0))

    # -------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the width out."""
        self._share_width()
        super().resizeEvent(event)
        self.updateGeometries()
        self._follows.start()

    def _share_width(self) -> None:
        room = self.viewport().width() - 1
        columns = max(self._fewest, room // self._smallest)
        width = min(max(24, room // columns), self._largest)
        tile = QSize(width, self._height_of(width))
        if tile != self._tile:
            self._tile = tile
            self._tile_changed(tile)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The page's actions have the keys; nothing is searched for by letters."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The arrows move here now."""
        super().focusInEvent(event)
        self.entered.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Click goes there; with Ctrl, or by the second button, it ticks."""
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        second = event.button() is Qt.MouseButton.RightButton
        (self.clicked_to_tick if control or second else self.clicked_row).emit(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A second click opens."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.double_clicked_row.emit(index.row())

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """A pointing hand over tiles."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            over = self.indexAt(event.position().toPoint()).isValid()
            hand = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(hand if over else Qt.CursorShape.ArrowCursor)
        return super().viewportEvent(event)
