"""Icons, tinted by the theme and sharp at every scale."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from facereview.home import resource
from facereview.ui.widgets.theme import tokens_of

_FORMAT = QImage.Format.Format_ARGB32_Premultiplied


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = resource(f"resources/icons/{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))


def paint_icon(painter: QPainter, name: str, rect: QRectF, colour: str) -> None:
    """Draw an icon of ``resources/icons`` into a square."""
    scale = painter.deviceTransform().m11()
    image = _drawn(name, colour, round(rect.width()), scale)
    painter.drawImage(on_pixel(rect.topLeft(), scale), image)


def on_pixel(point: QPointF, scale: float) -> QPointF:
    """The nearest point on whole device pixels; halves go up, so that equal gaps stay equal."""
    return QPointF(
        math.floor(point.x() * scale + 0.5) / scale, math.floor(point.y() * scale + 0.5) / scale
    )


@lru_cache(maxsize=256)
def _drawn(name: str, colour: str, size: int, scale: float) -> QImage:
    """Cached: rendering the SVG takes a hundred times as long as copying the result."""
    made = QImage(round(size * scale), round(size * scale), _FORMAT)
    made.fill(Qt.GlobalColor.transparent)
    with QPainter(made) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _renderer(name, colour).render(painter, QRectF(made.rect()))
    made.setDevicePixelRatio(scale)
    return made


def icon(name: str, colour: str) -> QIcon:
    """An icon for buttons and menus, with the sizes and scales they may ask for."""
    made = QIcon()
    for size in (16, 20, 24, 32, 48, 64):
        made.addPixmap(QPixmap.fromImage(_drawn(name, colour, size, 1.0)))
    return made


class Glyph(QWidget):
    """An icon of the theme's colours."""

    def __init__(
        self, name: str, size: int, colour: str = "dim", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._colour = name, colour
        self.setFixedSize(QSize(size, size))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            colour = getattr(tokens_of(self), self._colour)
            paint_icon(painter, self._name, self.rect().toRectF(), colour)

    def show_icon(self, name: str, colour: str) -> None:
        """Show another icon in another colour."""
        self._name, self._colour = name, colour
        self.update()
