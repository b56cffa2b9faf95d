"""Aligned squares are those that recognisers were trained on.

Each part of their quality falls with its own defect, and with no other.
"""

from __future__ import annotations

from dataclasses import asdict

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from insightface.utils import face_align

from facereview.faces.aligned_face import (
    Aligned,
    Keypoints,
    QualityParts,
    align,
    assess,
    frontality,
    similarity,
)
from facereview.faces.loader import Models
from facereview.records import Pixels

FRONT = np.array([[38, 52], [74, 52], [56, 72], [42, 92], [71, 92]], np.float32)


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


@pytest.fixture(scope="module")
def keypoints(portrait: Pixels, models: Models) -> Keypoints:
    _, found = models.detector.detect(portrait[..., ::-1].copy())
    points: Keypoints = found[0]
    return points


def nose_moved(x: float, y: float) -> Keypoints:
    moved = FRONT.copy()
    moved[2] += (x, y)
    return moved


def parts(image: Pixels, keypoints: Keypoints, confidence: float = 0.95) -> QualityParts:
    square = align(image[..., ::-1].copy(), keypoints)
    assert square is not None
    return assess(square, keypoints, confidence)


def weakest(found: QualityParts) -> str:
    """Name of the lowest part."""
    values = asdict(found)
    return min(values, key=values.__getitem__)


def test_a_good_portrait_is_good(portrait: Pixels, keypoints: Keypoints) -> None:
    assert parts(portrait, keypoints).score > 0.8


def test_blur(portrait: Pixels, keypoints: Keypoints) -> None:
    blurred = parts(cv2.GaussianBlur(portrait, (0, 0), 5).astype(np.uint8), keypoints)
    assert weakest(blurred) == "sharpness"
    assert blurred.sharpness < 0.3
    assert blurred.score < parts(portrait, keypoints).score - 0.2


@pytest.mark.parametrize("gain", [0.08, 4.0])
def test_bad_light(portrait: Pixels, keypoints: Keypoints, gain: float) -> None:
    lit = parts(np.clip(portrait * gain, 0, 255).astype(np.uint8), keypoints)
    assert weakest(lit) == "exposure"
    assert lit.exposure < 0.6


def test_a_dimmed_picture_is_as_sharp_as_before(portrait: Pixels, keypoints: Keypoints) -> None:
    dimmed = parts((portrait * 0.5).astype(np.uint8), keypoints)
    assert dimmed.sharpness == pytest.approx(parts(portrait, keypoints).sharpness, abs=0.1)


def test_few_pixels(portrait: Pixels, keypoints: Keypoints) -> None:
    small = cv2.resize(portrait, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    tiny = parts(small.astype(np.uint8), keypoints * np.float32(0.25))
    assert tiny.size == pytest.approx(parts(portrait, keypoints).size / 4, rel=0.35)
    assert tiny.size < 0.4


def test_unsure_detector(portrait: Pixels, keypoints: Keypoints) -> None:
    unsure = parts(portrait, keypoints, confidence=0.55)
    assert weakest(unsure) == "confidence"


def test_turning_the_head() -> None:
    scores = [frontality(nose_moved(shift, 0)) for shift in (0, 6, 12, 18)]
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] == pytest.approx(0.0, abs=0.02)


def test_looking_down() -> None:
    assert frontality(nose_moved(0, 16)) < 0.2


def test_tilting_the_head_changes_nothing() -> None:
    turn = np.array([[np.cos(1.2), -np.sin(1.2)], [np.sin(1.2), np.cos(1.2)]])
    assert frontality((FRONT @ turn.T).astype(np.float32)) == pytest.approx(frontality(FRONT))


@given(
    points=st.lists(st.floats(-1e4, 1e4, width=32), min_size=10, max_size=10),
    grey=st.integers(0, 255),
    confidence=st.floats(0, 1) | st.just(float("nan")),
    zoom=st.floats(1e-3, 1e3),
)
def test_always_between_zero_and_one(
    points: list[float], grey: int, confidence: float, zoom: float
) -> None:
    square = Aligned(np.full((112, 112, 3), grey, np.uint8), zoom)
    found = assess(square, np.array(points, np.float32).reshape(5, 2), confidence)
    assert all(0.0 <= part <= 1.0 for part in asdict(found).values())
    assert 0.0 <= found.score <= 1.0
