"""The strip: this video's faces in time order; it scrolls sideways."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QListView, QWidget

from facereview.records import Face
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.face_strip import FACE, SIDE, FaceCell, FaceStripModel, cell_size
from facereview.ui.widgets.double_clicks import PressedOnce
from facereview.ui.widgets.zoom import Zoom

_BAR = 16
"""The bar under the cells."""


class FaceStrip(PressedOnce, QListView):
    """The view: scrolls sideways and follows the current face; the page has the keys."""

    face_clicked = Signal(int)
    face_toggled = Signal(int)
    face_pointed_at = Signal(int)
    """With the second button: a menu follows."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.faces = FaceStripModel(self)
        self.setModel(self.faces)
        self._cell = FaceCell(crops, self)
        self.setItemDelegate(self._cell)
        self.zoom = Zoom("strip", SIDE, self)
        self.zoom.watch(self)
        self.zoom.changed.connect(self._resize_faces)
        self._most = SIDE
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setSpacing(0)
        self.setViewportMargins(18, 0, 18, 0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setFixedHeight(self.sizeHint().height())
        self.setAccessibleName(self.tr("Faces of this video"))
        crops.arrived.connect(self.faces.picture_arrived)
        self.faces.modelReset.connect(self._follow)

    def sizeHint(self) -> QSize:
        return QSize(480, cell_size(self._cell.side).height() + _BAR)

    def set_most(self, height: int) -> None:
        """It grows no higher than this, however large the faces are to be."""
        self._most = height
        self._resize_faces(self.zoom.side)

    def _resize_faces(self, side: int) -> None:
        least = cell_size(SIDE).height() + _BAR
        while side > SIDE and cell_size(side).height() + _BAR > max(least, self._most):
            side -= 1
        if side != self._cell.side:
            self._cell.side = side
            self.scheduleDelayedItemsLayout()
            self.setFixedHeight(self.sizeHint().height())
            self._follow()

    def show_current(self, face_id: int | None) -> None:
        self.faces.set_current(face_id)
        self._follow()

    def _follow(self) -> None:
        row = self.faces.row_of(self.faces.current)
        if row is not None:
            self.scrollTo(self.faces.index(row), QListView.ScrollHint.PositionAtCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._follow()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Click goes there; with Ctrl it ticks; the second button opens the page's menu there."""
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return
        face: Face = index.data(FACE)
        if event.button() is Qt.MouseButton.RightButton:
            self.face_pointed_at.emit(face.id)
            return
        ticks = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        (self.face_toggled if ticks else self.face_clicked).emit(face.id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        step = turned.y() if abs(turned.y()) > abs(turned.x()) else turned.x()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - step)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            over = self.indexAt(event.position().toPoint()).isValid()
            hand = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(hand if over else Qt.CursorShape.ArrowCursor)
        return super().viewportEvent(event)
