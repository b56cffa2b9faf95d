"""Boxes: both unit conventions, and whatever else stands in a database."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facereview.records import Box

ANY = st.floats(allow_nan=True, allow_infinity=True)
PIXELS = st.floats(-5000, 5000)
FRAME = st.tuples(st.integers(2, 8000), st.integers(2, 8000))


@given(ANY, ANY, ANY, ANY, FRAME)
def test_what_is_inside_is_inside(
    x: float, y: float, width: float, height: float, frame: tuple[int, int]
) -> None:
    inside = Box(x, y, width, height).in_frame(*frame)
    if inside is not None:
        assert all(math.isfinite(v) for v in (inside.x, inside.y, inside.width, inside.height))
        assert inside.x >= 0
        assert inside.y >= 0
        assert inside.width > 1
        assert inside.height > 1
        assert inside.x + inside.width <= frame[0] * (1 + 1e-12)
        assert inside.y + inside.height <= frame[1] * (1 + 1e-12)


@given(PIXELS, PIXELS, st.floats(1.5, 5000), st.floats(1.5, 5000), FRAME)
def test_pixels_are_clamped_to_the_frame(
    x: float, y: float, width: float, height: float, frame: tuple[int, int]
) -> None:
    inside = Box(x, y, width, height).in_frame(*frame)
    across = min(frame[0], x + width) - max(0, x)
    down = min(frame[1], y + height) - max(0, y)
    assert (inside is not None) == (across > 1 and down > 1)
    if inside is not None:
        assert inside.x == max(0, x)
        assert inside.y == max(0, y)
        assert inside.x + inside.width == pytest.approx(min(frame[0], x + width))
        assert inside.y + inside.height == pytest.approx(min(frame[1], y + height))


@given(PIXELS, PIXELS, st.floats(0, 5000), st.floats(0, 5000), FRAME)
def test_once_inside_a_box_stays_as_it_is(
    x: float, y: float, width: float, height: float, frame: tuple[int, int]
) -> None:
    inside = Box(x, y, width, height).in_frame(*frame)
    if inside is not None:
        again = inside.in_frame(*frame)
        assert again is not None
        assert again.x == inside.x
        assert again.y == inside.y
        assert again.width == pytest.approx(inside.width)
        assert again.height == pytest.approx(inside.height)


@given(st.floats(0, 0.7), st.floats(0, 0.7), st.floats(0.01, 0.3), st.floats(0.01, 0.3))
def test_fractions_are_parts_of_the_frame(x: float, y: float, width: float, height: float) -> None:
    inside = Box(x, y, width, height).in_frame(1000, 500)
    assert inside is not None
    assert inside.x == pytest.approx(1000 * x)
    assert inside.y == pytest.approx(500 * y)
    assert inside.width == pytest.approx(1000 * width)
    assert inside.height == pytest.approx(500 * height)


@pytest.mark.parametrize(
    "box",
    [
        Box(math.nan, 0, 10, 10),
        Box(0, 0, math.inf, 10),
        Box(10, 10, 0, 10),
        Box(10, 10, 10, -1),
        Box(100, 10, 10, 10),
        Box(10, 50, 10, 10),
        Box(-10, 10, 10, 10),
        Box(0, 0, 0, 0),
        Box(99.5, 10, 10, 10),
        Box(20, 20, 0.9, 10),
    ],
)
def test_nothing_of_it_is_inside(box: Box) -> None:
    assert box.in_frame(100, 50) is None


def test_the_whole_frame_as_fractions() -> None:
    assert Box(0, 0, 1, 1).in_frame(640, 360) == Box(0, 0, 640, 360)
