"""Tiles that are drawn once and kept as pictures, so that scrolling only copies them."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from facereview.ui.widgets.tile_grid import Index, TileGrid
from facereview.ui.widgets.tile_pictures import TileContent, TilePictures

_KEPT_SCREENS = 4
_DRAWING_SECONDS = 0.008
"""Time for drawing tiles anew in one painting; the rest follows when keys had their turn."""
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
        """Show a model's rows; one is drawn again when it shows something else."""
        self._delegate = delegate
        self.setModel(model)
        self.setItemDelegate(delegate)
        model.dataChanged.connect(self._changed)

    def draw_anew(self) -> None:
        """Nothing that was drawn holds any more."""
        self._pictures.clear()
        self.viewport().update()

    def draw_unseen_anew(self) -> set[int]:
        """Nothing that was drawn out of view holds any more; what is in view."""
        seen = self._things(self._rows_in(self.viewport().rect()))
        self._pictures.keep_only(seen)
        return seen

    def _changed(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> None:
        if roles and Qt.ItemDataRole.DecorationRole not in roles:
            return  # what is said of a row tells by itself that it is another
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

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Other colours, another font."""
        super().changeEvent(event)
        if event.type() in _REDRAWN:
            self.draw_anew()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the tiles in view, or what was drawn of them before."""
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
        """Whether tiles in view are still to be drawn."""
        return self._goes_on.isActive()

    def _picture(
        self, delegate: TileDelegate, index: QModelIndex, option: QStyleOptionViewItem, end: float
    ) -> QPixmap | None:
        """What a tile looks like; after ``end`` what it looked like, and another painting."""
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
