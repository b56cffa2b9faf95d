"""Pictures of one library: face crops, their cache on disk, and frames of its videos."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from PIL import Image

from facereview.errors import MediaError
from facereview.files import write_whole
from facereview.media.fingerprint import check_film, content_of
from facereview.media.frames import Frame, ReaderCache, VideoReader
from facereview.media.images import comment_of, encode, load_image
from facereview.records import Box, Face, Pixels, Reference, Video

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
        write_whole(self.path(number), crop_bytes(crop))

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


class LibraryPixels:
    """Frames, crops and reference pictures; belongs to one thread, which owns the video readers.

    ``local`` says where a path of the library is on this computer.
    """

    def __init__(
        self, crops: CropCache, references: CropCache, local: Callable[[str], Path] = Path
    ) -> None:
        self._local = local
        self._crops = crops
        self._references = references
        self._readers = ReaderCache()
        self._contents: WeakKeyDictionary[VideoReader, str] = WeakKeyDictionary()

    def frame(self, video: Video, seconds: float) -> Frame:
        """The frame on screen at that second, in full size.

        Raises:
            ReplacedFile: the file is another film than the video's faces were found in.
            MediaError: the video is gone or cannot be read.
        """
        return self._reader(video).frame_at(seconds)

    def clip(self, video: Video, start: float, end: float, max_side: int) -> Iterator[Frame]:
        """The frames of a stretch for playing, in time order.

        Raises as :meth:`frame`.
        """
        return self._reader(video).clip(max(0.0, start), end, max_side=max_side)

    def _reader(self, video: Video) -> VideoReader:
        """The open reader of a video's film, whose fingerprint is read when it is opened."""
        path = self._local(video.path)
        reader = self._readers.reader(path)
        if reader not in self._contents:
            self._contents[reader] = content_of(path)
        check_film(path, video.content, self._contents[reader])
        return reader

    def face(self, face_id: int) -> FaceCrop | None:
        """A face's stored crop, square; None where there is none yet."""
        return self._crops.crop(face_id)

    def keep_faces(self, faces: Sequence[Face], picture: Frame) -> None:
        """Store the crops of faces out of their frame, where they are missing."""
        height, width = picture.pixels.shape[:2]
        for face in faces:
            box = face.box.in_frame(width, height)
            if box is not None and self._crops.get(face.id) is None:
                self._crops.put(face.id, cut_face(picture.pixels, box))

    def reference(self, reference: Reference) -> FaceCrop | None:
        """A picture of a reference, square; None where there is none.

        References that another program made have no kept picture: the middle of their source
        image stands in, if it can be read.
        """
        kept = self._references.crop(reference.id)
        if kept is not None or not reference.source_path:
            return kept
        crop = self.picture(reference.source_path)
        if crop is not None:
            self._references.put(reference.id, crop)
        return crop

    def picture(self, path: str) -> FaceCrop | None:
        """The middle of an image file, square; None where it cannot be read.

        A file that was made of a face's crop is that crop.
        """
        try:
            crop = read_crop(self._local(path))
        except MediaError:
            return None
        height, width = crop.pixels.shape[:2]
        if crop.box is not None and width == height:
            return crop
        return FaceCrop(cut_face(crop.pixels, Box(0, 0, width, height), margin=0.0).pixels)
