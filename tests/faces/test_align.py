"""Aligned squares are those that recognisers were trained on."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from insightface.utils import face_align

from facereview.faces.align import align, similarity
from facereview.faces.loader import Models
from facereview.records import Pixels


@pytest.mark.usefixtures("quietly")
@pytest.mark.parametrize("side", [112, 128, 224])
def test_same_square_as_insightface(group: Pixels, models: Models, side: int) -> None:
    image = group[..., ::-1].copy()
    _, keypoints = models.detector.detect(image)
    assert len(keypoints) == 6
    for points in keypoints:
        ours = align(image, points, side)
        assert ours is not None
        theirs = face_align.norm_crop(image, points, side)
        assert np.abs(ours.pixels.astype(int) - theirs.astype(int)).max() <= 1


def test_a_known_movement_is_found_again() -> None:
    points = np.array([[10, 10], [50, 12], [30, 30], [15, 50], [45, 51]], np.float32)
    angle, scale = 0.4, 1.7
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = points @ turn.T + [5, -3]
    matrix = similarity(points, moved)
    assert matrix is not None
    np.testing.assert_allclose(matrix, np.column_stack([turn, [5, -3]]), atol=1e-4)


def test_a_mirrored_face_is_not_flipped_back() -> None:
    points = np.array([[10, 10], [50, 12], [30, 30], [15, 50], [45, 51]], np.float32)
    matrix = similarity(points, points.astype(np.float64) * [-1, 1])
    assert matrix is not None
    assert np.linalg.det(matrix[:, :2]) >= 0


def test_zoom_tells_how_much_is_made_up(portrait: Pixels, models: Models) -> None:
    image = portrait[..., ::-1].copy()
    _, keypoints = models.detector.detect(image)
    half = cv2.resize(image, None, fx=0.5, fy=0.5).astype(np.uint8)
    large, small = align(image, keypoints[0]), align(half, keypoints[0] / 2)
    assert large is not None
    assert small is not None
    assert small.zoom == pytest.approx(2 * large.zoom, rel=1e-4)


@pytest.mark.parametrize("value", [7.0, np.nan, np.inf])
def test_points_without_a_face_give_no_square(portrait: Pixels, value: float) -> None:
    assert align(portrait, np.full((5, 2), value, np.float32)) is None
