"""Each part of the quality falls with its own defect, and with no other."""

from __future__ import annotations

from dataclasses import astuple

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facereview.faces.align import Aligned, Keypoints, align
from facereview.faces.loader import Models
from facereview.faces.quality import QualityParts, assess, frontality
from facereview.records import Pixels

FRONT = np.array([[38, 52], [74, 52], [56, 72], [42, 92], [71, 92]], np.float32)


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


def test_a_good_portrait_is_good(portrait: Pixels, keypoints: Keypoints) -> None:
    assert parts(portrait, keypoints).score > 0.8


def test_blur(portrait: Pixels, keypoints: Keypoints) -> None:
    blurred = parts(cv2.GaussianBlur(portrait, (0, 0), 5).astype(np.uint8), keypoints)
    assert blurred.weakest == "sharpness"
    assert blurred.sharpness < 0.3
    assert blurred.score < parts(portrait, keypoints).score - 0.2


@pytest.mark.parametrize("gain", [0.08, 4.0])
def test_bad_light(portrait: Pixels, keypoints: Keypoints, gain: float) -> None:
    lit = parts(np.clip(portrait * gain, 0, 255).astype(np.uint8), keypoints)
    assert lit.weakest == "exposure"
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
    assert unsure.weakest == "confidence"


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
    assert all(0.0 <= part <= 1.0 for part in astuple(found))
    assert 0.0 <= found.score <= 1.0
    assert getattr(found, found.weakest) == min(astuple(found))
