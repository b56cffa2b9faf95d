"""Tiles of one size in as many columns as there is room for; the page has the keys.

Where a tile lies is a matter of two divisions, so nothing is laid out: Qt's own list asks its
model for every row after each change, and thousands of rows would hold up the key that made it.
"""

from __future__ import annotations

from collections import OrderedDict
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
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

Index = QModelIndex | QPersistentModelIndex

_KEPT_SCREENS = 4
_REDRAWN = (
    QEvent.Type.PaletteChange,
    QEvent.Type.StyleChange,
    QEvent.Type.FontChange,
    QEvent.Type.DevicePixelRatioChange,
)


class TileDelegate(QStyledItemDelegate):
    """Paints tiles; ``whole`` says of the last one whether every picture of it was there.

    Of those that are missing the model tells when they come.
    """

    whole = True


class TileView(QListView):
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
        self._fewest = fewest
        self._height_of = height_of
        self._tile = QSize(1, 1)
        self._source: QAbstractItemModel | None = None
        self._drawn: OrderedDict[int, QPixmap] = OrderedDict()
        self._partial: dict[int, QPixmap] = {}
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setStyleSheet("QScrollBar::handle:disabled { background: transparent; }")
        self._follows = QTimer(self, singleShot=True, interval=0)
        self._follows.timeout.connect(self._follow_now)
        self._wanted = -1

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802
        """Show a model; what is drawn of a row is kept until the model says that it changed."""
        self._source = model
        super().setModel(model)
        if model is not None:
            model.dataChanged.connect(self._changed)
            for moved in (
                model.modelReset,
                model.layoutChanged,
                model.rowsInserted,
                model.rowsRemoved,
                model.rowsMoved,
            ):
                moved.connect(self.draw_anew)

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

    def draw_anew(self) -> None:
        """Nothing that was drawn holds any more."""
        self._drawn.clear()
        self._partial.clear()
        self.viewport().update()

    def _follow_now(self) -> None:
        index = self._source.index(self._wanted, 0) if self._source else QModelIndex()
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index, QListView.ScrollHint.EnsureVisible)

    def _changed(self, first: QModelIndex, last: QModelIndex) -> None:
        for row in range(first.row(), last.row() + 1):
            self._drawn.pop(row, None)
            self._partial.pop(row, None)

    def _tile_changed(self, tile: QSize) -> None:
        """For the delegate."""

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

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the tiles in view, or what was drawn of them before."""
        model = self._source
        if model is None:
            return
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        self._forget_partial(self._rows_in(self.viewport().rect()))
        with QPainter(self.viewport()) as painter:
            for row in self._rows_in(event.rect()):
                index = model.index(row, 0)
                painter.drawPixmap(self.visualRect(index).topLeft(), self._picture(index, option))
        while len(self._drawn) > _KEPT_SCREENS * (self.page + 2 * self.columns):
            self._drawn.popitem(last=False)

    def _rows_in(self, area: QRect) -> range:
        """The model's rows in a part of the viewport."""
        top, tile = area.top() + self.verticalOffset(), self._tile.height()
        first = top // tile * self.columns
        last = ((top + area.height() - 1) // tile + 1) * self.columns
        return range(max(0, first), min(last, self._source.rowCount() if self._source else 0))

    def _forget_partial(self, seen: range) -> None:
        """What was asked for by a tile out of view may have been given up: it asks again."""
        for row in [row for row in self._partial if row not in seen]:
            del self._partial[row]

    def _picture(self, index: QModelIndex, option: QStyleOptionViewItem) -> QPixmap:
        row = index.row()
        if row in self._drawn:
            self._drawn.move_to_end(row)
            return self._drawn[row]
        if row in self._partial:
            return self._partial[row]
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self._tile * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        option.rect = QRect(QPoint(0, 0), self._tile)
        delegate = self.itemDelegate()
        with QPainter(picture) as painter:
            painter.setFont(self.font())
            delegate.paint(painter, option, index)
        whole = isinstance(delegate, TileDelegate) and delegate.whole
        kept = self._drawn if whole else self._partial
        kept[row] = picture
        return picture

    # -------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the width out."""
        room = self.viewport().width() - 1
        columns = max(self._fewest, room // self._smallest)
        width = max(24, room // columns)
        tile = QSize(width, self._height_of(width))
        if tile != self._tile:
            self._tile = tile
            self._tile_changed(tile)
            self.draw_anew()
        super().resizeEvent(event)
        self.updateGeometries()
        self._follows.start()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Other colours, another font."""
        super().changeEvent(event)
        if event.type() in _REDRAWN:
            self.draw_anew()

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
