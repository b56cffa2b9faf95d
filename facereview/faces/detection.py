"""Face detection with InsightFace, repeated with a margin for close-ups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.faces.loader import Detector
from facereview.faces.opencv import cv2
from facereview.records import Pixels

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


def find_faces(detector: Detector, image: Pixels, *, thorough: bool) -> Faces:
    """Faces of a BGR picture of any size, best score first.

    Detectors are unsure of faces that fill the picture (scores near .7, points displaced, parts
    of the face taken for another face): those are looked at again with a margin around the
    picture. So is a picture in which nothing was found, where it is small or ``thorough`` asks.
    """
    height, width = image.shape[:2]
    longer, shorter = max(height, width), min(height, width)
    if shorter < _SHORTEST or longer > shorter * _THINNEST:
        return Faces(np.zeros((0, 5), np.float32), np.zeros((0, 5, 2), np.float32))
    faces = _valid(*detector.detect(image))
    close = _longer_side(faces.boxes) > _CLOSE_UP * longer
    nothing = len(close) == 0 and (thorough or longer <= _SMALL)
    if nothing or close.any():
        faces = _joined(faces, close, _with_margin(detector, image))
    order = np.argsort(-faces.boxes[:, 4], kind="stable")
    return Faces(faces.boxes[order], faces.keypoints[order])


def _with_margin(detector: Detector, image: Pixels) -> Faces:
    """Detect in a canvas twice as wide and high, with the picture in its middle."""
    side = max(detector.input_size)
    height, width = image.shape[:2]
    scale = side / 2 / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    canvas = np.zeros((side, side, 3), np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = small
    faces = _valid(*detector.detect(canvas))
    shift = np.array([left, top], np.float32)
    zoom = np.array([width / size[0], height / size[1]], np.float32)
    boxes = faces.boxes.copy()
    boxes[:, :4] = (boxes[:, :4] - np.tile(shift, 2)) * np.tile(zoom, 2)
    return Faces(boxes, (faces.keypoints - shift) * zoom)


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
