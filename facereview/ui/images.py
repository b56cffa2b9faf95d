"""Pixels as Qt paints them. Made on the pixels lane, painted on the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath

from facereview.media.scaling import for_screen
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
"""So many shapes of a small picture are kept ready."""

SIDES = (256, 96, 40)
"""Pixels of the sides in which a small picture is kept: scaling far down while painting is ugly."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A small square picture in several sizes, largest first."""

    images: tuple[QImage, ...]
    _rounded: dict[tuple[int, int, int, bool], QImage] = field(default_factory=dict, repr=False)

    @property
    def bytes(self) -> int:
        """Memory it takes."""
        return sum(image.sizeInBytes() for image in self.images)

    def sized(self, side: float) -> QImage:
        """The smallest that still fills so many device pixels."""
        fitting = [image for image in self.images if image.height() >= side * 0.9]
        return fitting[-1] if fitting else self.images[0]

    def rounded(
        self, width: float, height: float, radius: float, scale: float, *, pale: bool = False
    ) -> QImage:
        """Its middle with round corners, ready to be painted; kept, for it is painted often.

        A ``pale`` one is grey.
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
        share = min(image.width() / width, image.height() / height)
        source = QRectF(0, 0, width * share, height * share)
        source.moveCenter(QRectF(image.rect()).center())
        made = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        made.fill(Qt.GlobalColor.transparent)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(made.rect()), radius, radius)
        with QPainter(made) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setClipPath(clip)
            painter.drawImage(QRectF(made.rect()), image, source)
        return made


def crop(pixels: Pixels, sides: tuple[int, ...] = SIDES) -> Crop:
    """A small picture with memory of its own, in several sizes, largest first."""
    images = []
    for side in sides:
        made = shot(pixels, QSize(side, side))
        images.append(made.image.copy())
    return Crop(tuple(images))


def close_up(face: QRectF, view: QSize) -> QRectF:
    """The region round a face that fills a view, in the pixels of its frame."""
    height = max(face.height(), face.width()) * 1.9
    width = height * max(1, view.width()) / max(1, view.height())
    if width < face.width() * 1.5:
        height *= face.width() * 1.5 / width
        width = face.width() * 1.5
    centre = face.center()
    return QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
