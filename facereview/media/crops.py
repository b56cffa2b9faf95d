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


def face_crop(pixels: Pixels, box: Box, *, margin: float = 0.2, size: int = 256) -> Pixels:
    """A square of ``size`` pixels around a face, with ``margin`` of the face on each side.

    The square moves into the frame, and shrinks to the frame's shorter side where that is too
    narrow for it: tight portraits lose some margin and never get borders. Raises MediaError
    where the box has nothing in the frame (see :meth:`Box.in_frame`).
    """
    height, width = pixels.shape[:2]
    inside = box.in_frame(width, height)
    if inside is None:
        raise MediaError(
            f"The face's box lies outside its frame of {width} x {height} pixels: "
            "scan the video again."
        )
    wanted = max(inside.width, inside.height) * (1 + 2 * margin)
    side = max(1.0, min(wanted, width, height))
    left = _start(inside.x + inside.width / 2, side, width)
    top = _start(inside.y + inside.height / 2, side, height)
    square = (left, top, left + side, top + side)
    part = Image.fromarray(pixels).resize((size, size), Image.Resampling.LANCZOS, box=square)
    return np.asarray(part)


def _start(middle: float, side: float, room: int) -> float:
    """Where a side around ``middle`` begins, so that it lies inside the frame."""
    return min(max(middle - side / 2, 0.0), room - side)


class CropCache:
    """Crops by id in a folder, a thousand subfolders wide; any of it may be deleted any time."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, number: int) -> Pixels | None:
        """The crop kept under this id; None where there is none or it is damaged."""
        try:
            return load_image(self.path(number))
        except MediaError:
            return None

    def put(self, number: int, pixels: Pixels) -> None:
        """Keep a crop, in place of any before. Raises MediaError where it cannot be written."""
        write_whole(self.path(number), encode(pixels))

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget these crops, those that are there."""
        for number in numbers:
            try:
                self.path(number).unlink(missing_ok=True)
            except OSError:  # what cannot be removed is replaced by the next put
                continue

    def path(self, number: int) -> Path:
        """Where the crop of this id lies, if it is kept."""
        return self._root / f"{number % 1000:03d}" / f"{number}.jpg"
