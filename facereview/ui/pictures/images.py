"""Pixels as Qt paints them. Made on the pixels lane, painted on the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from facereview.media.crops import FaceCrop
from facereview.media.images import for_screen
from facereview.records import Pixels


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture, or a region of it, scaled for the screen.

    ``width`` and ``height`` are the whole picture's, ``region`` is what is shown of it, both in
    its own pixels. ``data`` keeps the image's memory alive: hold the shot, not the image.
    """

    image: QImage
    width: int
    height: int
    region: QRectF
    data: NDArray[np.uint8]

    @property
    def bytes(self) -> int:
        """Memory it takes."""
        return self.data.nbytes


def fitting(width: float, height: float, view: QSize) -> tuple[int, int]:
    """The size of a picture scaled into a view, its shape kept."""
    scale = min(view.width() / max(1.0, width), view.height() / max(1.0, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def shot(pixels: Pixels, view: QSize, region: QRectF | None = None) -> Shot:
    """Scale a picture, or a region of it, into a view of so many device pixels."""
    height, width = pixels.shape[:2]
    shown = QRectF(0, 0, width, height)
    if region is not None:
        shown = QRectF(region.intersected(shown).toAlignedRect().intersected(shown.toRect()))
        top, left = int(shown.top()), int(shown.left())
        pixels = pixels[top : top + int(shown.height()), left : left + int(shown.width())]
    data = for_screen(pixels, *fitting(shown.width(), shown.height(), view))
    rows, columns = data.shape[:2]
    image = QImage(data.data, columns, rows, columns * 4, QImage.Format.Format_RGB32)
    return Shot(image, width, height, shown, data)


_SHAPES = 8
"""The number of painted shapes kept of a small picture."""

_DIMMED = 125
"""How dark the surroundings of a face are, of 255."""

_ROUND_IT = 1.06
"""The share of its surroundings shown around a face at least."""

_LINED_FROM = 40
"""Pixels from which a picture is large enough for a line around the face."""

SIDES = (256, 96, 40)
"""Sides in pixels in which a small picture is kept: scaling far down while painting looks bad."""


ENOUGH = 0.9
"""A picture with this share of the pixels shown is still sharp."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A small square picture in several sizes, largest first.

    ``face`` is where in it the face lies, in fractions of its side; None: it is all of it.
    """

    images: tuple[QImage, ...]
    face: QRectF | None = None
    _rounded: dict[tuple[int, int, int, bool], QImage] = field(default_factory=dict, repr=False)

    @property
    def bytes(self) -> int:
        """Memory it takes."""
        return sum(image.sizeInBytes() for image in self.images)

    def sized(self, side: float) -> QImage:
        """The smallest that still fills so many device pixels."""
        fitting = [image for image in self.images if image.height() >= side * ENOUGH]
        return fitting[-1] if fitting else self.images[0]

    def rounded(
        self, width: float, height: float, radius: float, scale: float, *, pale: bool = False
    ) -> QImage:
        """The picture with round corners, ready to be painted; cached.

        The face is outlined and its surroundings are dark, so that nobody beside it is taken for
        it. A ``pale`` one is grey.
        """
        key = (round(width * scale), round(height * scale), round(radius * scale), pale)
        if key not in self._rounded:
            if len(self._rounded) >= _SHAPES:
                self._rounded.clear()
            self._rounded[key] = self._round(*key)
        made = self._rounded[key]
        made.setDevicePixelRatio(scale)
        return made

    def _round(self, width: int, height: int, radius: int, pale: bool) -> QImage:
        image = self.sized(max(width, height))
        if pale:
            image = image.convertToFormat(QImage.Format.Format_Grayscale8)
        side, tile = image.width(), QSizeF(width, height)
        share = _share(self.face, side, tile)
        source = _part(self.face, side, tile * share)
        seen = source.intersected(QRectF(image.rect()))
        corner = (seen.topLeft() - source.topLeft()) / share
        made = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        made.fill(Qt.GlobalColor.transparent)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(made.rect()), radius, radius)
        with QPainter(made) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setClipPath(clip)
            painter.drawImage(QRectF(corner, seen.size() / share), image, seen)
            if self.face is not None:
                face = QRectF(
                    (self.face.x() * side - source.x()) / share,
                    (self.face.y() * side - source.y()) / share,
                    self.face.width() * side / share,
                    self.face.height() * side / share,
                )
                _outline(painter, QRectF(made.rect()), face)
        return made


def _share(face: QRectF | None, side: float, tile: QSizeF) -> float:
    """Pixels of a square picture for one of a tile: it fills it, if it holds all of the face then.

    A wide tile would cut a face above and below, and its line would say that it ends there.
    """
    fills = min(side / tile.width(), side / tile.height())
    if face is None:
        return fills
    wide, high = face.width() * side * _ROUND_IT, face.height() * side * _ROUND_IT
    return max(fills, min(side, wide) / tile.width(), min(side, high) / tile.height())


def _part(face: QRectF | None, side: float, wanted: QSizeF) -> QRectF:
    """The part of a square picture that is shown: its middle, or that round the face.

    Where it is wider or higher than the picture, that is in its middle.
    """
    part = QRectF(0, 0, wanted.width(), wanted.height())
    middle = face.center() if face is not None else QPointF(0.5, 0.5)
    part.moveCenter(middle * side)
    part.moveLeft(_start(part.left(), part.width(), side))
    part.moveTop(_start(part.top(), part.height(), side))
    return part


def _start(start: float, length: float, side: float) -> float:
    """Where a part begins that is in a picture, or has it in its middle."""
    room = side - length
    return room / 2 if room < 0 else min(max(0.0, start), room)


def _outline(painter: QPainter, whole: QRectF, face: QRectF) -> None:
    """Darken all but the face, and draw a line around it that stands out on any ground."""
    unit = whole.width() / 100
    line, corner = min(2.0, max(1.0, 1.2 * unit)), 3 * unit
    around, inside = QPainterPath(), QPainterPath()
    around.addRect(whole)
    inside.addRoundedRect(face, corner, corner)
    painter.fillPath(around.subtracted(inside), QColor(0, 0, 0, _DIMMED))
    if whole.width() < _LINED_FROM:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    edge = face.intersected(whole).adjusted(line / 2, line / 2, -line / 2, -line / 2)
    for width, colour in ((line * 2, QColor(0, 0, 0, 110)), (line, QColor(255, 255, 255, 225))):
        painter.setPen(QPen(colour, width))
        painter.drawRoundedRect(edge, corner, corner)


def crop(picture: FaceCrop, sides: tuple[int, ...] = SIDES) -> Crop:
    """A small picture with memory of its own, in several sizes, largest first."""
    images = []
    for side in sides:
        made = shot(picture.pixels, QSize(side, side))
        images.append(made.image.copy())
    box = picture.box
    return Crop(tuple(images), QRectF(box.x, box.y, box.width, box.height) if box else None)


def close_up(face: QRectF, view: QSize) -> QRectF:
    """The region round a face that fills a view, in the pixels of its frame."""
    height = max(face.height(), face.width()) * 1.9
    width = height * max(1, view.width()) / max(1, view.height())
    if width < face.width() * 1.5:
        height *= face.width() * 1.5 / width
        width = face.width() * 1.5
    centre = face.center()
    return QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
