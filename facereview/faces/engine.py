"""The engine: frames in, faces with embeddings out.

Faces are detected with InsightFace, and in close-ups once more with a margin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Self

import numpy as np
from numpy.typing import NDArray

from facereview.environment import environment_kept
from facereview.faces.aligned_face import Aligned, Keypoints, QualityParts, align, assess
from facereview.faces.loader import Detector, Models, load, normalise
from facereview.faces.runtime import choose, default_threads
from facereview.records import Box, Embedding, PackIdentity, PackInfo, Pixels

with environment_kept():
    import cv2

_SHORTEST = 8
_THINNEST = 80
"""Narrower or more elongated pictures show no face, and the detector cannot shrink them."""

_CLOSE_UP = 0.65
"""Share of the picture's longer side from which a face counts as a close-up."""
_SMALL = 320
"""Longer side, pixels, up to which a picture is likely to be the crop of a face."""
_SAME_FACE = 0.4
"""Overlap from which two boxes are one face; InsightFace's own non-maximum suppression."""
_TOUCHING = 0.1
"""Overlap from which a close-up may be part of a face that the second pass found."""


@dataclass(frozen=True, slots=True)
class Found:
    """One face of a picture.

    ``box`` is in pixels, inside the picture; ``keypoints`` are eyes, nose and mouth corners,
    shape (5, 2); ``embedding`` has shape (512,); ``score`` is the detector's, ``quality`` ours.
    """

    box: Box
    score: float
    keypoints: Keypoints
    embedding: Embedding
    quality: float
    parts: QualityParts | None = None
    """The parts of the quality."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """Faces of a picture, best detector score first, and the boxes of those that are too small."""

    faces: list[Found]
    small: list[Box]


class InsightEngine:
    """A pack run by InsightFace. Loaded when first needed; may be shared between threads."""

    def __init__(
        self,
        pack: PackInfo,
        *,
        providers: Sequence[str] | None = None,
        threads: int | None = None,
        batch: int | None = None,
    ) -> None:
        """Prepare to load ``pack``.

        ``providers`` default to the best that works, ``threads`` to the physical cores, ``batch``,
        pictures in one run of the detector, to what suits the provider.
        """
        self.pack = pack
        self._wanted = tuple(providers) if providers is not None else None
        self._threads = threads or default_threads()
        self._batch = batch
        self._lock = Lock()
        self._models: Models | None = None

    @property
    def providers(self) -> tuple[str, ...]:
        """Execution providers in use; before loading, those that will be tried."""
        models = self._models
        return models.providers if models else self._wanted or choose()

    def identity(self) -> PackIdentity:
        """The pack's name, and the embedding its recogniser gives for a fixed picture.

        Raises:
            PackError: the pack is missing, damaged or unfit.
        """
        return PackIdentity(self.pack.name, self._loaded().probe)

    def detect(
        self,
        pixels: Pixels,
        *,
        min_size: int = 0,
        thorough: bool = False,
        on_small: Callable[[Box], None] = lambda _: None,
    ) -> list[Found]:
        """Faces of an RGB picture, best detector score first.

        Faces whose shorter side is under ``min_size`` pixels are left out, and reported to
        ``on_small``. ``thorough`` looks twice where nothing is found: for pictures that a user
        chose, too slow for frames.

        Raises:
            PackError: the pack is missing, damaged or unfit.
        """
        [spotted] = self.detect_all([pixels], min_size=min_size, thorough=thorough)
        for box in spotted.small:
            on_small(box)
        return spotted.faces

    @property
    def batch(self) -> int:
        """How many pictures are best given to :meth:`detect_all` at once.

        Raises:
            PackError: the pack is missing, damaged or unfit.
        """
        return self._loaded().detector.size

    def detect_all(
        self, pictures: Sequence[Pixels], *, min_size: int = 0, thorough: bool = False
    ) -> list[Spotted]:
        """Faces of each of some RGB pictures, as :meth:`detect` finds them.

        Raises:
            PackError: the pack is missing, damaged or unfit.
        """
        models = self._loaded()
        images = [_bgr(pixels) for pixels in pictures]
        found = find_in_all(models.detector, images, thorough=thorough)
        sides = models.recogniser.side
        seen = [
            _seen(image, faces, min_size, sides) for image, faces in zip(images, found, strict=True)
        ]
        embedded = iter(_embedded(models, [face for faces, _ in seen for face in faces]))
        return [
            Spotted([one for _ in faces if (one := next(embedded)) is not None], small)
            for faces, small in seen
        ]

    def _loaded(self) -> Models:
        with self._lock:
            if self._models is None:
                self._models = load(
                    self.pack,
                    self._wanted or choose(),
                    threads=self._threads,
                    batch=self._batch,
                )
            return self._models


@dataclass(frozen=True, slots=True)
class _Seen:
    """A face before it is embedded."""

    box: Box
    score: float
    keypoints: Keypoints
    square: Aligned


def _bgr(pixels: Pixels) -> Pixels:
    if pixels.size == 0:
        return np.zeros((0, 0, 3), np.uint8)
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR).astype(np.uint8, copy=False)


def _seen(image: Pixels, faces: Faces, min_size: int, side: int) -> tuple[list[_Seen], list[Box]]:
    """The faces of a BGR picture that are embedded, and the boxes of those that are too small."""
    height, width = image.shape[:2]
    seen: list[_Seen] = []
    small: list[Box] = []
    for row, points in zip(faces.boxes, faces.keypoints, strict=True):
        box = _inside(row, width, height)
        if min(box.width, box.height) < max(min_size, 1):
            small.append(box)
        elif (square := align(image, points, side)) is not None:
            seen.append(_Seen(box, float(row[4]), points, square))
    return seen, small


def _embedded(models: Models, seen: Sequence[_Seen]) -> list[Found | None]:
    """Each with its embedding; None where that is not finite."""
    if not seen:
        return []
    embeddings = normalise(models.recogniser.embed([face.square.pixels for face in seen]))
    found: list[Found | None] = []
    for face, embedding in zip(seen, embeddings, strict=True):
        if not np.isfinite(embedding).all():
            found.append(None)
            continue
        parts = assess(face.square, face.keypoints, face.score)
        found.append(Found(face.box, face.score, face.keypoints, embedding, parts.score, parts))
    return found


def _inside(row: np.ndarray, width: int, height: int) -> Box:
    """The part of a box that lies in the frame; no width or height where nothing does."""
    left, top = max(0.0, float(row[0])), max(0.0, float(row[1]))
    right, bottom = min(float(width), float(row[2])), min(float(height), float(row[3]))
    return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))


# ---------------------------------------------------------------------------------- detection


@dataclass(frozen=True, slots=True)
class Faces:
    """Faces of a picture: left, top, right, bottom and score (n, 5); points (n, 5, 2); pixels."""

    boxes: NDArray[np.float32]
    keypoints: NDArray[np.float32]

    def only(self, chosen: NDArray[np.bool_]) -> Faces:
        """The chosen ones."""
        return Faces(self.boxes[chosen], self.keypoints[chosen])

    def with_these(self, more: Faces) -> Faces:
        """These and ``more``."""
        return Faces(
            np.concatenate([self.boxes, more.boxes]),
            np.concatenate([self.keypoints, more.keypoints]),
        )

    def best_first(self) -> Faces:
        """The same in order of their scores."""
        order = np.argsort(-self.boxes[:, 4], kind="stable")
        return Faces(self.boxes[order], self.keypoints[order])


def find_faces(detector: Detector, image: Pixels, *, thorough: bool) -> Faces:
    """Faces of a BGR picture of any size, best score first.

    Detectors are unsure of faces that fill the picture (scores near .7, points displaced, parts
    of the face taken for another face): those are looked at again with a margin around the
    picture. So is a picture in which nothing was found, where it is small or ``thorough`` asks.
    """
    return find_in_all(detector, [image], thorough=thorough)[0]


def find_in_all(detector: Detector, images: Sequence[Pixels], *, thorough: bool) -> list[Faces]:
    """Faces of each of some pictures, as :func:`find_faces` finds them."""
    found = [Faces(np.zeros((0, 5), np.float32), np.zeros((0, 5, 2), np.float32)) for _ in images]
    fit = [place for place, image in enumerate(images) if _can_show_faces(image)]
    looks = detector.detect_all([images[place] for place in fit])
    again: list[tuple[int, NDArray[np.bool_]]] = []
    for place, look in zip(fit, looks, strict=True):
        longer = max(images[place].shape[:2])
        faces = found[place] = _valid(*look)
        close = _longer_side(faces.boxes) > _CLOSE_UP * longer
        nothing = len(close) == 0 and (thorough or longer <= _SMALL)
        if nothing or close.any():
            again.append((place, close))
    margins = [_Margin.around(images[place], max(detector.input_size)) for place, _ in again]
    looks = detector.detect_all([margin.canvas for margin in margins])
    for (place, close), margin, look in zip(again, margins, looks, strict=True):
        found[place] = _joined(found[place], close, margin.faces(_valid(*look)))
    return [faces.best_first() for faces in found]


def _can_show_faces(image: Pixels) -> bool:
    shorter, longer = sorted(map(int, image.shape[:2]))
    return shorter >= _SHORTEST and longer <= shorter * _THINNEST


@dataclass(frozen=True, slots=True)
class _Margin:
    """A canvas twice as wide and high as a picture, with the picture in its middle.

    ``shift`` is where the picture begins in it, ``zoom`` a pixel's size in the picture.
    """

    canvas: Pixels
    shift: NDArray[np.float32]
    zoom: NDArray[np.float32]

    @classmethod
    def around(cls, image: Pixels, side: int) -> Self:
        """The canvas of a picture, ``side`` pixels wide and high."""
        height, width = image.shape[:2]
        scale = side / 2 / max(height, width)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = cv2.resize(image, size, interpolation=way)
        left, top = (side - size[0]) // 2, (side - size[1]) // 2
        canvas = np.zeros((side, side, 3), np.uint8)
        canvas[top : top + size[1], left : left + size[0]] = small
        zoom = np.array([width / size[0], height / size[1]], np.float32)
        return cls(canvas, np.array([left, top], np.float32), zoom)

    def faces(self, found: Faces) -> Faces:
        """Faces of the canvas in pixels of the picture."""
        boxes = found.boxes.copy()
        boxes[:, :4] = (boxes[:, :4] - np.tile(self.shift, 2)) * np.tile(self.zoom, 2)
        return Faces(boxes, (found.keypoints - self.shift) * self.zoom)


def _joined(first: Faces, close: NDArray[np.bool_], second: Faces) -> Faces:
    """The faces of both passes: close-ups from the second, the others from the first.

    The first pass sees the others at a larger scale. Its close-ups stay where the second pass
    found nothing there.
    """
    overlaps = _overlaps(first.boxes, second.boxes)
    kept = ~close | (overlaps.max(axis=1, initial=0) < _TOUCHING)
    known = (overlaps[kept] >= _SAME_FACE).any(axis=0)
    return first.only(kept).with_these(second.only(~known))


def _overlaps(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union of each box of ``a`` with each of ``b``: shape (len(a), len(b))."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:4], b[None, :, 2:4])
    common = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:4] - boxes[:, :2]).prod(axis=1) for boxes in (a, b)]
    union = areas[0][:, None] + areas[1][None, :] - common
    shares: NDArray[np.float32] = common / np.maximum(union, np.float32(1e-6))
    return shares


def _longer_side(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    sides: NDArray[np.float32] = (boxes[:, 2:4] - boxes[:, :2]).max(axis=1, initial=0)
    return sides


def _valid(boxes: NDArray[np.float32], keypoints: NDArray[np.float32]) -> Faces:
    """Drop boxes that are not finite or have no area: some networks return them."""
    usable = np.isfinite(boxes).all(axis=1) & np.isfinite(keypoints).all(axis=(1, 2))
    usable &= (boxes[:, 2:4] > boxes[:, :2]).all(axis=1)
    return Faces(boxes[usable], keypoints[usable])
