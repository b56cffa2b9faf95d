"""The frame with its faces, painted from pictures scaled on another thread.

Never colour alone: the box of the face at hand is thick, decided is solid with a name, pending is
dashed, rejected is crossed.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from facereview.records import DECIDED, Face, FaceView, Status
from facereview.ui.pictures.images import Crop, Shot, fitting
from facereview.ui.pictures.painting import RADIUS, paint_fault, paint_plate
from facereview.ui.widgets.plain_text import clear_text, show_tip
from facereview.ui.widgets.theme import DARK, Tokens, sized, tokens_of

_BOX_RADIUS = 4.0
_CHIP_HEIGHT = 20.0
_DIM = 0.42
_DIM_OTHERS = 0.18


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A face and its rectangle on the widget."""

    face: Face
    rect: QRectF
    current: bool


def place_boxes(
    faces: tuple[Face, ...], shot: Shot, target: QRectF, current: int | None
) -> tuple[list[PlacedBox], list[Face]]:
    """Boxes that lie in the part of the frame that is shown, and the faces without a valid box."""
    placed: list[PlacedBox] = []
    invalid: list[Face] = []
    scale = target.width() / max(1.0, shot.region.width())
    for face in faces:
        box = face.box.in_frame(shot.width, shot.height)
        if box is None:
            invalid.append(face)
            continue
        rect = QRectF(
            target.left() + (box.x - shot.region.left()) * scale,
            target.top() + (box.y - shot.region.top()) * scale,
            box.width * scale,
            box.height * scale,
        )
        if rect.intersects(target):
            placed.append(PlacedBox(face, rect, face.id == current))
    placed.sort(key=lambda box: box.current)  # the current face on top
    return placed, invalid


def box_at(boxes: list[PlacedBox], point: QPointF) -> PlacedBox | None:
    """The smallest box under a point."""
    under = [box for box in boxes if box.rect.adjusted(-3, -3, 3, 3).contains(point)]
    return min(under, key=lambda box: box.rect.width() * box.rect.height(), default=None)


def paint_dim(painter: QPainter, target: QRectF, boxes: list[PlacedBox]) -> None:
    """Darken everything but the current face, other faces less."""
    mine = _region(boxes, current=True)
    others = _region(boxes, current=False) - mine
    painter.save()
    # Clipping rectangles is much faster than filling a path with holes.
    painter.setClipRegion(QRegion(target.toAlignedRect()) - others - mine)
    painter.fillRect(target, QColor.fromRgbF(0, 0, 0, _DIM))
    painter.setClipRegion(others)
    painter.fillRect(target, QColor.fromRgbF(0, 0, 0, _DIM_OTHERS))
    painter.restore()


def _region(boxes: list[PlacedBox], *, current: bool) -> QRegion:
    region = QRegion()
    for box in boxes:
        if box.current is current:
            region += box.rect.toRect()
    return region


def _pen(box: PlacedBox, tokens: Tokens, hovered: bool) -> QPen:
    status = box.face.state.status
    if box.current:
        pen = QPen(QColor(tokens.amber), 3)
    elif status in DECIDED:
        pen = QPen(QColor(tokens.green), 2)
    elif status is Status.REJECTED:
        pen = QPen(QColor(tokens.red), 2)
    else:
        pen = QPen(QColor("#e8ebf0"), 1.6)
    if status is Status.PENDING and not box.current:
        pen.setDashPattern([4, 3])
    if hovered:
        pen.setWidthF(pen.widthF() + 1)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def paint_box(painter: QPainter, box: PlacedBox, text: str, *, hovered: bool) -> None:
    """Draw one box, on any picture and in both themes, and its text below."""
    tokens = DARK  # these colours are visible on dark and light pictures
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    halo = QPen(QColor(0, 0, 0, 110), _pen(box, tokens, hovered).widthF() + 2)
    painter.setPen(halo)
    painter.drawRoundedRect(box.rect, _BOX_RADIUS, _BOX_RADIUS)
    painter.setPen(_pen(box, tokens, hovered))
    painter.drawRoundedRect(box.rect, _BOX_RADIUS, _BOX_RADIUS)
    if box.face.state.status is Status.REJECTED:
        painter.setPen(QPen(QColor(tokens.red), 1.4))
        painter.drawLine(box.rect.topLeft(), box.rect.bottomRight())
        painter.drawLine(box.rect.topRight(), box.rect.bottomLeft())
    if text:
        paint_chip(painter, box.rect, text)


def paint_chip(painter: QPainter, rect: QRectF, text: str) -> None:
    """A name below a box, or above it if there is no room below."""
    font = sized(painter.font(), 12, QFont.Weight.DemiBold)
    metrics = QFontMetricsF(font)
    bounds = QRectF(painter.window())
    widest = max(rect.width(), 180.0)
    shown = metrics.elidedText(clear_text(text), Qt.TextElideMode.ElideRight, widest)
    chip = QRectF(rect.left(), rect.bottom() + 4, metrics.horizontalAdvance(shown) + 12, 0)
    chip.setHeight(_CHIP_HEIGHT)
    if chip.bottom() > bounds.bottom():
        chip.moveBottom(rect.top() - 4)
    if chip.top() < bounds.top():
        chip.moveTop(rect.top() + 4)
    chip.moveRight(min(chip.right(), bounds.right() - 4))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(15, 17, 20, 215))
    painter.drawRoundedRect(chip, 4, 4)
    painter.setFont(font)
    painter.setPen(QColor("#e8ebf0"))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, shown)


_QUIET_MS = 200  # a frame that arrives sooner shows no loading text
_SETTLE_MS = 120


class FrameView(QWidget):
    """Shows a frame with its boxes, or why there is none."""

    face_clicked = Signal(int)
    face_pointed_at = Signal(int)
    """With the second button: a menu follows."""
    resized = Signal()
    """The view has another size in device pixels, stable for a moment."""

    shape_changed = Signal()
    """Frames of another shape are shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shot: Shot | None = None
        self._played: Shot | None = None
        self._faces: tuple[Face, ...] = ()
        self._current: int | None = None
        self.fault = ""
        """Why there is no frame."""
        self._crop: Crop | None = None
        self._shape = QSize(16, 9)
        self._boxes: list[PlacedBox] = []
        self._invalid: list[Face] = []
        self._hovered: int | None = None
        self._slow = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._slow.timeout.connect(self.update)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self.resized)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAccessibleName(self.tr("Frame"))

    def sizeHint(self) -> QSize:
        return QSize(960, 540)

    def height_for(self, width: int) -> int:
        """The height at which the picture fills a view of this width."""
        return max(160, round(width * self._shape.height() / max(1, self._shape.width())))

    def device_size(self) -> QSize:
        """The view in device pixels: what frames are scaled for."""
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    def show_face(
        self, view: FaceView | None, shot: Shot | None, fault: str, crop: Crop | None
    ) -> None:
        """Show a face's frame; without a shot the error, or that it is loading."""
        self._played = None
        self._shot, self.fault, self._crop = shot, fault, crop
        self._faces = view.frame_mates if view else ()
        self._current = view.face.id if view else None
        self._note_shape(view, shot)
        if shot is None and not fault:
            self._slow.start()
        self._lay_out()
        self.update()

    def _note_shape(self, view: FaceView | None, shot: Shot | None) -> None:
        """Reserve the area of a frame that is still loading."""
        shape = QSize(self._shape)
        if shot is not None:
            shape = QSize(shot.width, shot.height)
        elif view and view.video.width and view.video.height:
            shape = QSize(view.video.width, view.video.height)
        if shape != self._shape:
            self._shape = shape
            self.shape_changed.emit()

    def play(self, shot: Shot | None) -> None:
        """Show a moving picture instead, without boxes; None ends it."""
        self._played = shot
        self.update()

    def boxes(self) -> list[PlacedBox]:
        """The boxes as they lie on the widget."""
        return list(self._boxes)

    def target(self) -> QRectF:
        """Where the picture lies on the widget, on whole device pixels."""
        shot = self._played or self._shot
        shape = shot.region.size() if shot else QRectF(0, 0, *self._shape.toTuple()).size()
        ratio = self.devicePixelRatioF()
        width, height = fitting(shape.width(), shape.height(), self.device_size())
        room = self.device_size()
        left, top = (room.width() - width) // 2, (room.height() - height) // 2
        return QRectF(left / ratio, top / ratio, width / ratio, height / ratio)

    def _lay_out(self) -> None:
        self._boxes, self._invalid = [], []
        if self._shot is not None:
            self._boxes, self._invalid = place_boxes(
                self._faces, self._shot, self.target(), self._current
            )

    # ----------------------------------------------------------------------------------- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            target = self.target()
            shot = self._played or self._shot
            if shot is None:
                self._paint_no_frame(painter, target)
                return
            painter.drawImage(target, shot.image)
            if self._played is None:
                paint_dim(painter, target, self._boxes)
            self._paint_corners(painter, target)
            if self._played is None:
                for box in self._boxes:
                    hovered = box.face.id == self._hovered
                    paint_box(painter, box, self._text(box), hovered=hovered)
                self._paint_invalid(painter, target)

    def _paint_corners(self, painter: QPainter, target: QRectF) -> None:
        whole, rounded = QPainterPath(), QPainterPath()
        whole.addRect(target.adjusted(-1, -1, 1, 1))
        rounded.addRoundedRect(target, RADIUS, RADIUS)
        painter.fillPath(whole.subtracted(rounded), QColor(tokens_of(self).bg))

    def _text(self, box: PlacedBox) -> str:
        face = box.face
        if face.state.status not in DECIDED:
            return ""
        name = clear_text(face.creator_name or "")
        return self.tr("{name} · automatic").format(name=name) if face.by_machine else name

    def _paint_invalid(self, painter: QPainter, target: QRectF) -> None:
        if not self._invalid:
            return
        mine = any(face.id == self._current for face in self._invalid)
        text = (
            self.tr("this face's box is not in the frame")
            if mine
            else self.tr("%n faces here have no valid box", "", len(self._invalid))
        )
        above = QRectF(target.left() + 10, target.top() + 2, target.width() - 20, 4)
        paint_chip(painter, above, text)

    def _paint_no_frame(self, painter: QPainter, target: QRectF) -> None:
        if self.fault:
            paint_fault(painter, target, tokens_of(self), self.fault, self._crop)
            return
        waits = self._current is not None and not self._slow.isActive()
        text = self.tr("loading the frame …") if waits else ""
        paint_plate(painter, target, tokens_of(self), text)

    # -------------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the boxes again; frames in the new size follow once it is stable."""
        super().resizeEvent(event)
        self._lay_out()
        self._settle.start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QPointF(-1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        box = box_at(self._boxes, event.position())
        if box is None:
            return
        if event.button() is Qt.MouseButton.LeftButton:
            self.face_clicked.emit(box.face.id)
        elif event.button() is Qt.MouseButton.RightButton:
            self.face_pointed_at.emit(box.face.id)

    def event(self, event: QEvent) -> bool:
        """Name the face under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            box = box_at(self._boxes, QPointF(event.pos()))
            show_tip(event.globalPos(), self._tip(box.face) if box else "", self)
            return True
        return super().event(event)

    def _tip(self, face: Face) -> str:
        if face.state.status is Status.PENDING:
            return self.tr("pending: click to go to this face")
        if face.state.status is Status.REJECTED:
            return self.tr("rejected: click to go to this face")
        return clear_text(face.creator_name or "")

    def _hover(self, point: QPointF) -> None:
        box = box_at(self._boxes, point)
        hovered = box.face.id if box else None
        if hovered != self._hovered:
            self._hovered = hovered
            hand = Qt.CursorShape.PointingHandCursor
            self.setCursor(hand if box else Qt.CursorShape.ArrowCursor)
            self.update()
