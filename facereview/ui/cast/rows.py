"""The rows of a cast sheet: a list in which faces, tick marks and moments can be clicked."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from facereview.ui.cast import wording
from facereview.ui.cast.controller import CastController
from facereview.ui.cast.cursor import strip
from facereview.ui.cast.model import CastModel, ShownRow
from facereview.ui.cast.painting import CastCell
from facereview.ui.cast.shape import LARGE, ROOMY, USUAL, RowShape, height
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.accessible import announce
from facereview.ui.widgets.rows_model import ROW
from facereview.ui.widgets.tiles import TileView
from facereview.ui.widgets.zoom import Zoom

_ONE_COLUMN = 1 << 15
_ANY_HEIGHT = (1 << 24) - 1


class CastRows(TileView):
    """Shows a :class:`CastModel`; crops are asked for as their rows are painted."""

    played = Signal()
    """The chosen face is to be played."""
    opened = Signal()
    """The chosen face is to be shown in its frame."""

    def __init__(
        self, controller: CastController, crops: CropStore, parent: QWidget | None = None
    ) -> None:
        self.zoom = Zoom("cast", USUAL)
        super().__init__(_ONE_COLUMN, lambda _width: height(self.zoom.side), parent=parent)
        self._one = False
        self.zoom.setParent(self)
        self.zoom.watch(self)
        self.zoom.changed.connect(self._resize_faces)
        self._at = controller
        self.rows = CastModel(controller)
        self._cell = CastCell(crops, self)
        self._crops = crops
        self.show_tiles(self.rows, self._cell)
        self.setAccessibleName(self.tr("People of this video"))
        self.setViewportMargins(10, 8, 6, 8)
        controller.sheet_changed.connect(self.follow)
        controller.cursor.moved.connect(self.follow)
        controller.cursor.moved.connect(self._say_face)
        controller.cursor.ticks_changed.connect(self._say_face)
        crops.arrived.connect(self._crop_came)
        crops.cleared.connect(self.draw_anew)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.behind:
            return  # some rows still look as they did before
        for place in self._rows_in(event.rect()):
            row, rect = self.rows.row(place), self.visualRect(self.rows.index(place))
            if row is not None and self.viewport().rect().contains(rect.center()):
                self._at.sight.painted_row(row)

    def show_one(self, one: bool) -> None:
        """Be as high as one row, or as there is room for."""
        margins = self.viewportMargins()
        around = margins.top() + margins.bottom() + 2 * self.frameWidth()
        self._one = one
        self.setMinimumHeight(height(self.zoom.side) + around if one else 0)
        self.setMaximumHeight(self.minimumHeight() if one else _ANY_HEIGHT)

    def follow(self) -> None:
        """Bring the current row into view."""
        if self._at.cursor.row is not None:
            self.show_row(self._at.cursor.place)

    def _say_face(self) -> None:
        """The chosen face aloud: of the focus a screen reader knows the row only."""
        row, face = self._at.cursor.row, self._at.cursor.face
        if row is not None and face is not None:
            place = [one.id for one in strip(row)].index(face.id) + 1
            ticked = face.id not in self._at.cursor.unticked
            announce(self, wording.spoken_face(row, face, place, ticked=ticked))

    def _tile_changed(self, tile: QSize) -> None:
        super()._tile_changed(tile)
        self._cell.side = self.zoom.side
        self._crops.show_at(self, self.zoom.side * self.devicePixelRatioF())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.zoom.set_usual(LARGE if event.size().width() >= ROOMY else USUAL)
        super().resizeEvent(event)

    def _resize_faces(self, _side: int) -> None:
        self.show_one(self._one)
        self.set_smallest(_ONE_COLUMN, largest=_ONE_COLUMN, fewest=1)

    def _crop_came(self, key: tuple[str, int]) -> None:
        if key[0] == "face":
            self.rows.picture_came(key[1])

    # -------------------------------------------------------------------------------------- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a face chooses it, and ticks it with Ctrl; the second button only chooses."""
        found = self._under(event.position())
        if found is None:
            return
        shown, shape, point = found
        key, cursor = shown.row.key, self._at.cursor
        face, moment = shape.face_at(shown, point), shape.moment_at(shown, point)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        chosen = face or moment
        cursor.go_to(key, chosen.id if chosen else None)
        if event.button() is Qt.MouseButton.RightButton:
            return  # a menu opens
        marked = shape.mark.adjusted(-6, -6, 6, 6).contains(point)
        if marked or (face is not None and control):
            cursor.toggle()
        elif moment is not None:
            self.played.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on a face shows it in its frame."""
        found = self._under(event.position())
        if found is not None and found[1].face_at(found[0], found[2]) is not None:
            self.opened.emit()

    def _under(self, position: QPointF) -> tuple[ShownRow, RowShape, QPointF] | None:
        index = self.indexAt(position.toPoint())
        if not index.isValid():
            return None
        rect = self.visualRect(index)
        return (
            index.data(ROW),
            RowShape(rect.width(), self.zoom.side),
            position - QPointF(rect.topLeft()),
        )
