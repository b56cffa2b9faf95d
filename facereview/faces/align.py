"""Alignment: a face turned and scaled into the square that recognisers are trained on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.faces.opencv import cv2
from facereview.records import Pixels

Keypoints = NDArray[np.float32]
"""Eyes, nose and mouth corners as (x, y), the person's right eye first: shape (5, 2), pixels."""

CROP = 112
"""Side of the square, pixels."""

_TEMPLATE = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ]
)
"""Where ArcFace puts the five points in a square of 112 (insightface ``face_align``)."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """A face as the recogniser sees it: BGR of shape (side, side, 3), ``zoom`` times as large.

    ``inside``, of shape (CROP, CROP), marks the pixels that come from the picture and not from the
    black beyond its edge; None where all do.
    """

    pixels: Pixels
    zoom: float
    inside: NDArray[np.bool_] | None = None


_CORNERS = np.array([[0, 0], [CROP - 1, 0], [0, CROP - 1], [CROP - 1, CROP - 1]], np.float64)


def align(image: Pixels, keypoints: Keypoints, side: int = CROP) -> Aligned | None:
    """Warp a face of ``image`` (BGR) so that its five points match the template.

    Gives the same square as InsightFace's ``norm_crop``, whose call of scikit-image raises a
    deprecation warning for every face. None where the points coincide.
    """
    matrix = similarity(keypoints, _template(side))
    if matrix is None:
        return None
    pixels = cv2.warpAffine(image, matrix, (side, side), borderValue=0.0)
    inside = _inside(matrix * (CROP / side), image.shape[1], image.shape[0])
    zoom = math.hypot(matrix[0, 0], matrix[1, 0])
    return Aligned(pixels.astype(np.uint8, copy=False), zoom, inside)


def _inside(matrix: NDArray[np.float64], width: int, height: int) -> NDArray[np.bool_] | None:
    """Which pixels of a square of CROP come from within the picture, its outermost row excepted."""
    if abs(np.linalg.det(matrix[:, :2])) < 1e-12:
        return None
    back = np.linalg.inv(matrix[:, :2])
    low, high = np.array([1.0, 1.0]), np.array([width - 2.0, height - 2.0])
    corners = (_CORNERS - matrix[:, 2]) @ back.T
    if (corners >= low).all() and (corners <= high).all():
        return None
    across, down = np.meshgrid(np.arange(CROP), np.arange(CROP))
    at = (np.stack([across, down], axis=-1) - matrix[:, 2]) @ back.T
    return np.asarray(((at >= low) & (at <= high)).all(axis=-1), bool)


def similarity(source: Keypoints, target: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Rotation, uniform scale and shift that bring ``source`` nearest to ``target``.

    Least squares, without reflection (Umeyama, 1991, in two dimensions): shape (2, 3); None
    where the points coincide or are not numbers.
    """
    points = source.astype(np.float64)
    if not np.isfinite(points).all():
        return None
    centre, goal = points.mean(axis=0), target.mean(axis=0)
    p, q = points - centre, target - goal
    spread = float((p * p).sum())
    if spread < 1e-6:
        return None
    along = float((p * q).sum()) / spread
    across = float((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum()) / spread
    turn = np.array([[along, -across], [across, along]])
    return np.column_stack([turn, goal - turn @ centre])


def _template(side: int) -> NDArray[np.float64]:
    """The five points for a square of ``side``: multiples of 112, else of 128 with a margin."""
    margin, base = (0.0, 112) if side % 112 == 0 else (8.0, 128)
    points: NDArray[np.float64] = (_TEMPLATE + np.array([margin, 0.0])) * (side / base)
    return points
