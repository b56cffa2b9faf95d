"""A grid of tiles: layout, rendered tiles, and the view."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
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

from facereview.ui.widgets.rows_model import Index


class TileGrid(QListView):
    """``smallest`` is the least width of a tile; ``height_of`` says how high one is."""

    clicked_row = Signal(int)
    clicked_to_tick = Signal(int)
    """With Ctrl."""
    pointed_at_row = Signal(int)
    """With the second button: a menu follows."""
    double_clicked_row = Signal(int)
    entered = Signal()
    """It got the focus."""

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
        """Set the width of the tiles; they grow up to ``largest`` to fill a row."""
        self._smallest, self._largest, self._fewest = width, largest, fewest
        self._share_width()
        self.updateGeometries()
        self._follows.start()

    def setModel(self, model: QAbstractItemModel | None) -> None:
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
        """How many tiles are visible, in whole rows."""
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
        """The tiles have this size now."""

    # --------------------------------------------------------------------- where the tiles lie

    def doItemsLayout(self) -> None:
        self.updateGeometries()
        self.viewport().update()

    def updateGeometries(self) -> None:
        bar, seen, tile = self.verticalScrollBar(), self.viewport().height(), self._tile.height()
        count = self._source.rowCount() if self._source else 0
        bar.setRange(0, max(0, -(-count // self.columns) * tile - seen))
        bar.setPageStep(seen)
        bar.setSingleStep(max(1, tile // 4))

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        row, column = divmod(index.row(), self.columns)
        corner = QPoint(column * self._tile.width(), row * self._tile.height())
        return QRect(corner - QPoint(0, self.verticalOffset()), self._tile)

    def indexAt(self, point: QPoint) -> QModelIndex:
        column = point.x() // self._tile.width()
        row = (point.y() + self.verticalOffset()) // self._tile.height()
        if self._source is None or not 0 <= column < self.columns or row < 0:
            return QModelIndex()
        return self._source.index(row * self.columns + column, 0)

    def scrollTo(
        self, index: Index, _hint: QListView.ScrollHint = QListView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a tile into view, by as little as it takes."""
        rect, seen = self.visualRect(index), self.viewport().height()
        if not rect.isValid():
            return
        self.updateGeometries()  # rows may have been inserted just now
        bar = self.verticalScrollBar()
        if rect.top() < 0 or rect.height() > seen:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() >= seen:
            bar.setValue(bar.value() + rect.bottom() + 1 - seen)

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def _rows_in(self, area: QRect) -> range:
        """The model's rows in a part of the viewport."""
        top, tile = area.top() + self.verticalOffset(), self._tile.height()
        first = top // tile * self.columns
        last = ((top + area.height() - 1) // tile + 1) * self.columns
        return range(max(0, first), min(last, self._source.rowCount() if self._source else 0))

    # -------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys belong to the actions of the page; no search by letters."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The arrow keys move here now."""
        super().focusInEvent(event)
        self.entered.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click selects, with Ctrl it ticks; the second button opens the page's menu there."""
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return
        if event.button() is Qt.MouseButton.RightButton:
            self.pointed_at_row.emit(index.row())
            return
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        (self.clicked_to_tick if control else self.clicked_row).emit(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.double_clicked_row.emit(index.row())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            over = self.indexAt(event.position().toPoint()).isValid()
            hand = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(hand if over else Qt.CursorShape.ArrowCursor)
        return super().viewportEvent(event)


class TileContent(NamedTuple):
    """What a tile shows: an id, and everything painted."""

    thing: int
    said: object


class TilePictures:
    """Rendered tiles by id, the latest shown last; independent of rows."""

    def __init__(self) -> None:
        self._whole: OrderedDict[int, tuple[object, QPixmap]] = OrderedDict()
        self._partial: dict[int, tuple[object, QPixmap]] = {}

    def __len__(self) -> int:
        return len(self._whole) + len(self._partial)

    def get(self, content: TileContent) -> QPixmap | None:
        """The rendered tile of exactly this content, if kept."""
        kept = self._whole.get(content.thing)
        if kept is not None:
            self._whole.move_to_end(content.thing)
        else:
            kept = self._partial.get(content.thing)
        return kept[1] if kept is not None and kept[0] == content.said else None

    def outdated(self, thing: int) -> QPixmap | None:
        """The rendered tile of any content."""
        kept = self._whole.get(thing) or self._partial.get(thing)
        return kept[1] if kept is not None else None

    def put(self, content: TileContent, picture: QPixmap, *, whole: bool) -> None:
        """Keep a rendered tile; ``whole``: nothing is missing in it."""
        self.forget(content.thing)
        kept = self._whole if whole else self._partial
        kept[content.thing] = (content.said, picture)

    def forget(self, thing: int) -> None:
        """Render this one again."""
        self._whole.pop(thing, None)
        self._partial.pop(thing, None)

    def clear(self) -> None:
        """Drop all rendered tiles."""
        self._whole.clear()
        self._partial.clear()

    @property
    def any_partial(self) -> bool:
        """Whether something lacks a part."""
        return bool(self._partial)

    def keep_partial(self, seen: Collection[int]) -> None:
        """Drop incomplete tiles out of view: their requests may have been dropped."""
        self._partial = {thing: kept for thing, kept in self._partial.items() if thing in seen}

    def keep_only(self, seen: Collection[int]) -> None:
        """Drop what is out of view."""
        self.keep_partial(seen)
        for thing in [thing for thing in self._whole if thing not in seen]:
            del self._whole[thing]

    def keep(self, most: int) -> None:
        """Drop the tiles least recently shown."""
        while len(self._whole) > most:
            self._whole.popitem(last=False)


_KEPT_SCREENS = 4
_DRAWING_SECONDS = 0.008
"""Time for rendering tiles in one paint event; the rest follows after other events."""
_REDRAWN = (
    QEvent.Type.PaletteChange,
    QEvent.Type.StyleChange,
    QEvent.Type.FontChange,
    QEvent.Type.DevicePixelRatioChange,
)


class TileDelegate(QStyledItemDelegate):
    """Paints tiles; ``whole`` says of the last one whether every picture of it was there.

    Of those that are missing the model tells when they come, as a change of the decoration.
    """

    whole = True

    def content(self, index: Index) -> TileContent:
        """What the tile of a row shows: while it is the same, the tile looks the same."""
        raise NotImplementedError


class TileView(TileGrid):
    """Shows a model through a :class:`TileDelegate`."""

    def __init__(
        self,
        smallest: int,
        height_of: Callable[[int], int],
        *,
        fewest: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(smallest, height_of, fewest=fewest, parent=parent)
        self._delegate: TileDelegate | None = None
        self._pictures = TilePictures()
        self._goes_on = QTimer(self, singleShot=True, interval=0)
        self._goes_on.timeout.connect(self.viewport().update)
        self.setStyleSheet("QScrollBar::handle:disabled { background: transparent; }")

    def show_tiles(self, model: QAbstractItemModel, delegate: TileDelegate) -> None:
        """Show a model's rows."""
        self._delegate = delegate
        self.setModel(model)
        self.setItemDelegate(delegate)
        model.dataChanged.connect(self._changed)

    def draw_anew(self) -> None:
        """Drop all rendered tiles."""
        self._pictures.clear()
        self.viewport().update()

    def draw_unseen_anew(self) -> set[int]:
        """Drop rendered tiles out of view; returns what is in view."""
        seen = self._things(self._rows_in(self.viewport().rect()))
        self._pictures.keep_only(seen)
        return seen

    def _changed(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        if roles and Qt.ItemDataRole.DecorationRole not in roles:
            return  # the content tells what changed
        if last.row() - first.row() > len(self._pictures):
            self._pictures.clear()
            return
        for thing in self._things(range(first.row(), last.row() + 1)):
            self._pictures.forget(thing)

    def _things(self, rows: range) -> set[int]:
        if self._source is None or self._delegate is None:
            return set()
        return {self._delegate.content(self._source.index(row, 0)).thing for row in rows}

    def _tile_changed(self, _tile: QSize) -> None:
        self.draw_anew()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _REDRAWN:
            self.draw_anew()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the visible tiles, or their previous rendering."""
        model, delegate = self._source, self._delegate
        if model is None or delegate is None:
            return
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        if self._pictures.any_partial:
            self._pictures.keep_partial(self._things(self._rows_in(self.viewport().rect())))
        end = time.perf_counter() + _DRAWING_SECONDS
        with QPainter(self.viewport()) as painter:
            for row in self._rows_in(event.rect()):
                index = model.index(row, 0)
                picture = self._picture(delegate, index, option, end)
                if picture is not None:
                    painter.drawPixmap(self.visualRect(index).topLeft(), picture)
        self._pictures.keep(_KEPT_SCREENS * (self.page + 2 * self.columns))

    @property
    def behind(self) -> bool:
        """Whether visible tiles are still to be rendered."""
        return self._goes_on.isActive()

    def _picture(
        self, delegate: TileDelegate, index: QModelIndex, option: QStyleOptionViewItem, end: float
    ) -> QPixmap | None:
        """The rendering of a tile; after ``end`` an older one, and another paint event follows."""
        content = delegate.content(index)
        kept = self._pictures.get(content)
        if kept is not None:
            return kept
        if time.perf_counter() > end:
            self._goes_on.start()
            return self._pictures.outdated(content.thing)
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self._tile * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        option.rect = QRect(QPoint(0, 0), self._tile)
        with QPainter(picture) as painter:
            painter.setFont(self.font())
            delegate.paint(painter, option, index)
        self._pictures.put(content, picture, whole=delegate.whole)
        return picture
