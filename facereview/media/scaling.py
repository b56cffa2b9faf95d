"""Scaling pictures for the screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facereview.records import Pixels


def for_screen(pixels: Pixels, width: int, height: int) -> NDArray[np.uint8]:
    """RGB scaled to ``width`` x ``height``, blue first, with a fourth byte that is always 255.

    Shape (height, width, 4), as screens are painted. Done here and not by Qt, which holds up
    every other Python thread while it scales.
    """
    size = (max(1, width), max(1, height))
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if image.size != size:
        shrinks = image.width >= size[0]
        how = Image.Resampling.BILINEAR if shrinks else Image.Resampling.BICUBIC
        image = image.resize(size, how, reducing_gap=2.0)
    data = image.convert("RGBA").tobytes("raw", "BGRA")
    return np.frombuffer(data, dtype=np.uint8).reshape(size[1], size[0], 4)
