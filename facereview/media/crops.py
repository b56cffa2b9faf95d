"""Face crops, and where they are kept on disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from facereview.errors import MediaError
from facereview.media.files import write_whole
from facereview.media.images import encode, load_image
from facereview.records import Box, Pixels

_GREY = 128


def face_crop(pixels: Pixels, box: Box, *, margin: float = 0.2, size: int = 256) -> Pixels:
    """A square of ``size`` pixels around a face, with ``margin`` of the face on each side.

    The square moves into the frame where it can; what still lies outside is grey. Raises
    MediaError where the box has nothing in the frame (see :meth:`Box.in_frame`).
    """
    height, width = pixels.shape[:2]
    inside = box.in_frame(width, height)
    if inside is None:
        raise MediaError(
            f"The face's box lies outside its frame of {width} x {height} pixels: "
            "scan the video again."
        )
    side = max(1.0, max(inside.width, inside.height) * (1 + 2 * margin))
    left = _start(inside.x + inside.width / 2, side, width)
    top = _start(inside.y + inside.height / 2, side, height)
    return _resample(pixels, left, top, side, size)


def _start(middle: float, side: float, room: int) -> float:
    """Where a side around ``middle`` begins: inside the frame if it fits, else centred on it."""
    if side > room:
        return (room - side) / 2
    return min(max(middle - side / 2, 0.0), room - side)


def _resample(pixels: Pixels, left: float, top: float, side: float, size: int) -> Pixels:
    """The square (left, top, side), which may reach outside, as ``size`` x ``size`` pixels."""
    height, width = pixels.shape[:2]
    scale = size / side
    x0, x1 = max(0.0, left), min(float(width), left + side)
    y0, y1 = max(0.0, top), min(float(height), top + side)
    first_x, last_x = round((x0 - left) * scale), round((x1 - left) * scale)
    first_y, last_y = round((y0 - top) * scale), round((y1 - top) * scale)
    out = np.full((size, size, 3), _GREY, np.uint8)
    if last_x > first_x and last_y > first_y:
        part = Image.fromarray(pixels).resize(
            (last_x - first_x, last_y - first_y), Image.Resampling.LANCZOS, box=(x0, y0, x1, y1)
        )
        out[first_y:last_y, first_x:last_x] = np.asarray(part)
    return out


class CropCache:
    """Crops by id in a folder, a thousand subfolders wide; any of it may be deleted any time."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, number: int) -> Pixels | None:
        """The crop kept under this id; None where there is none or it is damaged."""
        try:
            return load_image(self._path(number))
        except MediaError:
            return None

    def put(self, number: int, pixels: Pixels) -> None:
        """Keep a crop, in place of any before. Raises MediaError where it cannot be written."""
        write_whole(self._path(number), encode(pixels))

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget these crops, those that are there."""
        for number in numbers:
            try:
                self._path(number).unlink(missing_ok=True)
            except OSError:  # what cannot be removed is replaced by the next put
                continue

    def _path(self, number: int) -> Path:
        return self._root / f"{number % 1000:03d}" / f"{number}.jpg"
