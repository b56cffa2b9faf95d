"""Pictures of one library: face crops, their cache on disk, and frames of its videos."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from facereview.errors import MediaError
from facereview.files import write_whole
from facereview.media.images import comment_of, encode, load_image
from facereview.records import Box, Pixels

MARGIN = 0.2
"""How much of a face's size is shown on each side of it."""

_CENTRE = Box(*[MARGIN / (1 + 2 * MARGIN)] * 2, *[1 / (1 + 2 * MARGIN)] * 2)
_COMMENT = "facereview: face at"


@dataclass(frozen=True, slots=True)
class FaceCrop:
    """A square picture, and where in it the face lies, in fractions of its side.

    ``box`` is None for a picture as a whole, and where it is not known: crops that were kept
    before boxes were.
    """

    pixels: Pixels
    box: Box | None = None


def cut_face(pixels: Pixels, box: Box, *, margin: float = MARGIN, size: int = 256) -> FaceCrop:
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
    square = _square(inside, width, height, margin)
    edges = (square.x, square.y, square.x + square.width, square.y + square.height)
    part = Image.fromarray(pixels).resize((size, size), Image.Resampling.LANCZOS, box=edges)
    return FaceCrop(np.asarray(part), _within(inside, square))


def place_in_crop(box: Box, width: int | None, height: int | None) -> Box:
    """Where a face lies in its crop, by the size of its frame; its middle where that is unknown."""
    inside = box.in_frame(width, height) if width and height else None
    if inside is None or not width or not height:
        return _CENTRE
    return _within(inside, _square(inside, width, height, MARGIN))


def _square(inside: Box, width: int, height: int, margin: float) -> Box:
    """The part of a frame that a crop shows."""
    wanted = max(inside.width, inside.height) * (1 + 2 * margin)
    side = max(1.0, min(wanted, width, height))
    left = _start(inside.x + inside.width / 2, side, width)
    top = _start(inside.y + inside.height / 2, side, height)
    return Box(left, top, side, side)


def _within(inside: Box, square: Box) -> Box:
    """A box of the frame in fractions of a square of it, as far as it is in there."""
    left, right = (
        min(max((x - square.x) / square.width, 0.0), 1.0)
        for x in (inside.x, inside.x + inside.width)
    )
    top, bottom = (
        min(max((y - square.y) / square.height, 0.0), 1.0)
        for y in (inside.y, inside.y + inside.height)
    )
    return Box(left, top, right - left, bottom - top)


def _start(middle: float, side: float, room: int) -> float:
    """Where a side around ``middle`` begins, so that it lies inside the frame."""
    return min(max(middle - side / 2, 0.0), room - side)


def crop_bytes(crop: FaceCrop) -> bytes:
    """A crop as the bytes of a JPEG file that says where the face is."""
    box = crop.box
    comment = f"{_COMMENT} {box.x:.4f} {box.y:.4f} {box.width:.4f} {box.height:.4f}" if box else ""
    return encode(crop.pixels, comment=comment)


def read_crop(path: Path) -> FaceCrop:
    """A picture that :func:`crop_bytes` wrote, or another. Raises MediaError: no readable image."""
    pixels = load_image(path)
    return FaceCrop(pixels, _box_of(comment_of(path)))


def _box_of(comment: str) -> Box | None:
    try:
        values = [float(part) for part in comment.removeprefix(_COMMENT).split()]
        box = Box(*values)
    except (ValueError, TypeError):
        return None
    is_ours = comment.startswith(_COMMENT) and all(0 <= value <= 1 for value in values)
    return box if is_ours and box.width > 0 and box.height > 0 else None


class CropCache:
    """Crops by id in a folder with a thousand subfolders; any file may be deleted at any time."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, number: int) -> Pixels | None:
        """The picture kept under this id; None where there is none or it is damaged."""
        crop = self.crop(number)
        return crop.pixels if crop else None

    def crop(self, number: int) -> FaceCrop | None:
        """The picture kept under this id with its face's box; None as with :meth:`get`."""
        try:
            return read_crop(self.path(number))
        except MediaError:
            return None

    def put(self, number: int, picture: Pixels | FaceCrop) -> None:
        """Keep a picture, in place of any before. Raises MediaError where it cannot be written."""
        crop = picture if isinstance(picture, FaceCrop) else FaceCrop(picture)
        self.put_bytes(number, crop_bytes(crop))

    def put_bytes(self, number: int, crop: bytes) -> None:
        """Keep what :func:`crop_bytes` gave; raises as :meth:`put`."""
        write_whole(self.path(number), crop)

    def remove(self, numbers: Iterable[int]) -> None:
        """Delete these crops where they exist."""
        for number in numbers:
            try:
                self.path(number).unlink(missing_ok=True)
            except OSError:  # what cannot be removed is replaced by the next put
                continue

    def path(self, number: int) -> Path:
        """Where the crop of this id lies, if it is kept."""
        return self._root / f"{number % 1000:03d}" / f"{number}.jpg"
