"""From a decoded frame to pixels as they are shown: RGB, upright, square."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np
from av.video.reformatter import VideoReformatter

from facereview.media.files import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from av.buffer import Buffer
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from facereview.records import Pixels

_MAX_STRETCH = 16
"""A pixel aspect ratio above this means a damaged header."""


class Painter:
    """Turns frames of one video into pixels; keeps the scaler between frames."""

    def __init__(self, pixel_shape: Fraction | None) -> None:
        """``pixel_shape`` is a pixel's width over its height, None or 0 where unknown."""
        sound = pixel_shape and Fraction(1, _MAX_STRETCH) <= pixel_shape <= _MAX_STRETCH
        self._shape = pixel_shape if pixel_shape and sound else Fraction(1)
        # A scaler is set up for one size; with one for both it would be set up at every frame.
        self._reformatter, self._small = VideoReformatter(), VideoReformatter()

    def size(self, frame: VideoFrame) -> tuple[int, int]:
        """(width, height) of a frame as shown."""
        width, height = self._square(frame)
        return (width, height) if _matrix(frame)[0] else (height, width)

    def paint(self, frame: VideoFrame, max_side: int | None = None) -> Pixels:
        """RGB pixels; the longer side is at most ``max_side``, never enlarged for it.

        Raises av.error.FFmpegError where the pixel format cannot be converted.
        """
        width, height = fit(*self._square(frame), max_side)
        rgb = self._reformatter.reformat(frame, width, height, "rgb24")
        pixels = np.asarray(rgb.to_ndarray(), dtype=np.uint8)
        return np.ascontiguousarray(_upright(pixels, _matrix(frame)))

    def grey(self, frame: VideoFrame, max_side: int) -> NDArray[np.uint8]:
        """Brightness of a sample of a frame's points, not turned, shape (height, width).

        Raises av.error.FFmpegError where the pixel format cannot be converted.
        """
        width, height = fit(frame.width, frame.height, max_side)
        small = self._small.reformat(frame, width, height, "gray", interpolation="POINT")
        return np.asarray(small.to_ndarray(), dtype=np.uint8)

    def _square(self, frame: VideoFrame) -> tuple[int, int]:
        """Size with square pixels, before turning; the width gives way, as in players."""
        width = max(1, round(frame.width * self._shape))
        if width * frame.height >= MAX_PIXELS:
            return frame.width, frame.height
        return width, frame.height


def fit(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    """The size scaled down so that its longer side is at most ``max_side``."""
    longer = max(width, height)
    if max_side is None or longer <= max_side:
        return width, height
    return (
        max(1, round(width * max_side / longer)),
        max(1, round(height * max_side / longer)),
    )


def _matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Signs (a, b, c, d) of the display matrix, rounded to quarter turns and mirrorings.

    The point (x, y) goes to (a x + c y, b x + d y), with y pointing down.
    """
    values = _display_matrix(frame)
    if len(values) != 9:
        return 1, 0, 0, 1
    a, b, c, d = (int(np.sign(values[i])) for i in (0, 1, 3, 4))
    if abs(values[0]) >= abs(values[1]):
        return a or 1, 0, 0, d or 1
    return 0, b or 1, c or 1, 0


def _display_matrix(frame: VideoFrame) -> list[float]:
    """The nine numbers of the display matrix, row by row; empty where there is none."""
    try:
        data = cast("Mapping[str, Buffer]", frame.side_data).get("DISPLAYMATRIX")
    except ValueError:  # PyAV has no name for some other side data
        turn = math.radians(frame.rotation)
        return [math.cos(turn), -math.sin(turn), 0, math.sin(turn), math.cos(turn), 0, 0, 0, 1]
    return [] if data is None else np.frombuffer(bytes(data), np.int32).astype(float).tolist()


def _upright(pixels: Pixels, matrix: tuple[int, int, int, int]) -> Pixels:
    a, b, c, d = matrix
    if b:
        pixels, a, d = pixels.transpose(1, 0, 2), c, b
    return pixels[:: d or 1, :: a or 1]
