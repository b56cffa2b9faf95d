"""The view of the grid: tiles in sections with headings, and what the mouse does there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.face_tiles import FaceTiles
from facereview.ui.review.grid_model import GridModel
from facereview.ui.widgets.rows_model import Index
from facereview.ui.widgets.theme import sized, tokens_of
from facereview.ui.widgets.tile_sections import TileSections
from facereview.ui.wording.library import faces as faces_text

_HEADING = 34


class GridView(FaceTiles):
    """Shows a :class:`GridModel`."""

    extended_to = Signal(int)
    """A row was clicked with Shift."""

    def __init__(
        self,
        model: GridModel,
        crops: CropStore,
        heading: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        """``heading`` says what the faces of a group have in common; "" where nothing is."""
        self._model, self._heading = model, heading
        self._sections = TileSections([0], 0, columns=1, height=1, heading=0)
        super().__init__(model, crops, "grid", parent)
        self.setAccessibleName(self.tr("Faces of the queue"))
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)

    @property
    def sections(self) -> TileSections:
        """Where the tiles lie."""
        return self._sections

    # --------------------------------------------------------------------- where the tiles lie

    def updateGeometries(self) -> None:
        self._arrange()
        bar, seen = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self._sections.total - seen))
        bar.setPageStep(seen)
        bar.setSingleStep(max(1, self.tile.height() // 4))

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        place = self._sections.place(index.row())
        corner = QPoint(place.column * self.tile.width(), place.top - self.verticalOffset())
        return QRect(corner, self.tile)

    def indexAt(self, point: QPoint) -> QModelIndex:
        column, y = point.x() // self.tile.width(), point.y() + self.verticalOffset()
        row = self._sections.row_at(column, y)
        return QModelIndex() if row is None else self._model.index(row, 0)

    def _rows_in(self, area: QRect) -> range:
        top = area.top() + self.verticalOffset()
        return self._sections.rows_in(top, top + area.height())

    def _tile_changed(self, tile: QSize) -> None:
        super()._tile_changed(tile)
        self._arrange()

    def _arrange(self) -> None:
        model = self._model
        grouped = bool(len(model.keys)) and bool(self._heading(int(model.keys[0])))
        self._sections = TileSections(
            model.starts,
            model.rowCount(),
            columns=self.columns,
            height=self.tile.height(),
            heading=_HEADING if grouped else 0,
        )

    # -------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        top = event.rect().top() + self.verticalOffset()
        with QPainter(self.viewport()) as painter:
            for section in self._sections.sections_in(top, top + event.rect().height()):
                self._paint_heading(painter, section)

    def _paint_heading(self, painter: QPainter, section: int) -> None:
        if section >= len(self._model.keys):
            return
        text = self._heading(int(self._model.keys[section]))
        if not text:
            return
        tokens, top = tokens_of(self), self._sections.top(section) - self.verticalOffset()
        area = QRectF(10, top, self.viewport().width() - 20, _HEADING)
        count = faces_text(self._sections.size(section))
        align = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(sized(self.font(), 13, QFont.Weight.DemiBold))
        painter.setPen(QColor(tokens.text))
        metrics = QFontMetricsF(painter.font())
        room = area.width() - metrics.horizontalAdvance(count) - 12
        said = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(area, align, said)
        area.setLeft(area.left() + metrics.horizontalAdvance(said) + 12)
        painter.setFont(sized(self.font(), 12))
        painter.setPen(QColor(tokens.dim))
        painter.drawText(area, align, count)

    # ----------------------------------------------------------------------------------- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click selects one, with Ctrl one more, with Shift all from the one at hand on."""
        index = self.indexAt(event.position().toPoint())
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if index.isValid() and shift and event.button() is Qt.MouseButton.LeftButton:
            self.extended_to.emit(index.row())
        else:
            super().mousePressEvent(event)
