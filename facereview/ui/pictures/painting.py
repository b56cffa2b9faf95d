"""Painting pictures of faces, and what stands in the place of a missing one."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.images import Crop
from facereview.ui.widgets.icons import on_pixel, paint_icon
from facereview.ui.widgets.plain_text import ElidedLabel
from facereview.ui.widgets.rows_model import Index
from facereview.ui.widgets.theme import Tokens, tokens_of

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


def paint_nobody(painter: QPainter, box: QRectF, side: float, tokens: Tokens) -> None:
    """In the middle of a box, what stands in the place of a face that is not there yet."""
    glyph = QRectF(0, 0, side, side)
    glyph.moveCenter(box.center())
    paint_icon(painter, "creators", glyph, tokens.faint)


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


LARGEST = 300


class PictureCell(QStyledItemDelegate):
    """Paints a row with pictures of faces, as wide as its list and ``height`` pixels high."""

    height = 40

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(option.rect.width(), self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_cell(painter, option, index, tokens_of(option.widget))
        painter.restore()

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tokens: Tokens
    ) -> None:
        """Paint the cell of a row; the painter is restored afterwards."""
        raise NotImplementedError


class Square(QWidget):
    """A square picture that grows with its width."""

    def __init__(self, *, marked: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marked = marked
        self._largest = LARGEST
        self._image: Crop | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(88)

    def set_image(self, image: Crop | None) -> None:
        """Show another picture, or a placeholder."""
        self._image = image
        self.update()

    def set_largest(self, side: int) -> None:
        """Limit the height."""
        self._largest = side
        self.setFixedHeight(min(self.width(), side))

    def sizeHint(self) -> QSize:
        return QSize(180, 180)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(min(self.width(), self._largest))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            side = min(self.width(), self.height())
            box = QRectF(0, 0, side, side).adjusted(1, 1, -1, -1)
            if self._image is not None:
                paint_rounded(painter, box, self._image, RADIUS)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.raised))
                painter.drawRoundedRect(box, RADIUS, RADIUS)
                glyph = QRectF(0, 0, 40, 40)
                glyph.moveCenter(box.center())
                paint_icon(painter, "creators", glyph, tokens.faint)
            if self._marked:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(tokens.amber), 3))
                painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


class FacePicture(QWidget):
    """A square picture with a word below."""

    def __init__(self, caption: str, *, marked: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.square = Square(marked=marked, parent=self)
        self.caption = ElidedLabel(caption, "small", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.square)
        column.addWidget(self.caption)
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_largest(self, side: int, *, low: bool) -> None:
        """Limit the height; in a ``low`` window its caption is close below."""
        self.square.set_largest(side)
        column = self.layout()
        if column is not None:
            column.setSpacing(2 if low else 6)

    def show_picture(self, image: Crop | None, caption: str) -> None:
        """Show another picture."""
        self.square.set_image(image)
        self.caption.setText(caption)
        self.setAccessibleName(caption)
