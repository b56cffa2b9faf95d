"""Painting pictures of faces, and what stands in the place of a missing one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from facereview.ui.pictures.images import Crop
from facereview.ui.widgets.icons import on_pixel, paint_icon
from facereview.ui.widgets.theme import Tokens

RADIUS = 10.0

_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap


def paint_plate(painter: QPainter, target: QRectF, tokens: Tokens, text: str) -> None:
    """A plain plate with a text in its middle."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.panel))
    painter.drawRoundedRect(target, RADIUS, RADIUS)
    painter.setPen(QColor(tokens.dim))
    painter.drawText(target, _CENTRE | Qt.AlignmentFlag.AlignVCenter, text)


def paint_fault(
    painter: QPainter, target: QRectF, tokens: Tokens, reason: str, crop: Crop | None
) -> None:
    """Why there is no frame, below the crop of the face if there is one."""
    paint_plate(painter, target, tokens, "")
    top = target.center().y() - 40
    if crop is not None:
        side = min(target.height() * 0.65, target.width() * 0.65, 420.0)
        above = max(20.0, (target.height() - side - 90) / 2)
        box = QRectF(target.center().x() - side / 2, target.top() + above, side, side)
        paint_rounded(painter, box, crop, 8)
        top = box.bottom() + 16
    paint_icon(painter, "warning", QRectF(target.center().x() - 12, top, 24, 24), tokens.amber)
    words = QRectF(target.left() + 24, top + 32, target.width() - 48, target.bottom() - top - 32)
    painter.setPen(QColor(tokens.dim))
    painter.drawText(words, _CENTRE | Qt.AlignmentFlag.AlignTop, reason)


PALE = 0.72
"""Opacity of a pale picture."""


def paint_rounded(
    painter: QPainter, box: QRectF, crop: Crop, radius: float, *, pale: bool = False
) -> None:
    """Draw the middle of a picture into a rounded rectangle, its shape kept.

    A ``pale`` one does not count: it is grey and slightly transparent.
    """
    scale = painter.deviceTransform().m11()
    image = crop.rounded(box.width(), box.height(), radius, scale, pale=pale)
    # On whole device pixels it is copied, otherwise scaled each time.
    before = painter.opacity()
    painter.setOpacity(before * PALE if pale else before)
    painter.drawImage(on_pixel(box.topLeft(), scale), image)
    painter.setOpacity(before)


def paint_portrait(
    painter: QPainter,
    box: QRectF,
    picture: Crop | None,
    tokens: Tokens,
    radius: float,
    *,
    pale: bool = False,
) -> None:
    """A picture of a creator, or a placeholder; a ``pale`` one does not count."""
    if picture is not None:
        paint_rounded(painter, box, picture, radius, pale=pale)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.line))
    painter.drawRoundedRect(box, radius, radius)
    glyph = QRectF(0, 0, box.width() * 0.5, box.height() * 0.5)
    glyph.moveCenter(box.center())
    paint_icon(painter, "creators", glyph, tokens.faint)
