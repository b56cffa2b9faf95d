"""A large picture of a face or a reference, to compare one with the other."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from facereview.ui.pictures.images import Crop
from facereview.ui.pictures.painting import paint_rounded
from facereview.ui.widgets.basics import ElidedLabel
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.theme import tokens_of

_RADIUS = 10.0
LARGEST = 300


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
                paint_rounded(painter, box, self._image, _RADIUS)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.raised))
                painter.drawRoundedRect(box, _RADIUS, _RADIUS)
                glyph = QRectF(0, 0, 40, 40)
                glyph.moveCenter(box.center())
                paint_icon(painter, "creators", glyph, tokens.faint)
            if self._marked:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(tokens.amber), 3))
                painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)


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

    def set_largest(self, side: int) -> None:
        """Limit the height; a low picture has its caption close below."""
        self.square.set_largest(side)
        column = self.layout()
        if column is not None:
            column.setSpacing(6 if side >= LARGEST else 2)

    def show_picture(self, image: Crop | None, caption: str) -> None:
        """Show another picture."""
        self.square.set_image(image)
        self.caption.setText(caption)
        self.setAccessibleName(caption)
