"""Boxes over a frame: where they lie, and how they look.

Never colour alone: the face at hand is thick, decided is solid with a name, pending is dashed,
rejected is crossed.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QRegion

from facereview.records import DECIDED, Face, Status
from facereview.ui.pictures.images import Shot
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.theme import DARK, Tokens, sized

RADIUS = 4.0
_CHIP_HEIGHT = 20.0
_DIM = 0.42
_DIM_OTHERS = 0.18


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A face and its rectangle on the widget."""

    face: Face
    rect: QRectF
    current: bool


def place(
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


def at(boxes: list[PlacedBox], point: QPointF) -> PlacedBox | None:
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
    painter.drawRoundedRect(box.rect, RADIUS, RADIUS)
    painter.setPen(_pen(box, tokens, hovered))
    painter.drawRoundedRect(box.rect, RADIUS, RADIUS)
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
