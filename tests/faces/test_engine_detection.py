"""How two looks become one list of faces; the detector is scripted here, the real one in engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from facereview.faces.engine import find_faces
from facereview.records import Pixels

Row = tuple[float, float, float, float, float]

FRAME = np.zeros((500, 1000, 3), np.uint8)
SMALL = np.zeros((100, 200, 3), np.uint8)


class Scripted:
    """Answers each look with the next rows; points lie in the middle of each box."""

    input_size = (640, 640)

    def __init__(self, *looks: list[Row]) -> None:
        self.looks = list(looks)
        self.seen: list[tuple[int, ...]] = []

    def detect(self, img: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        self.seen.append(img.shape)
        boxes = np.array(self.looks.pop(0), np.float32).reshape(-1, 5)
        middle = (boxes[:, None, 0:2] + boxes[:, None, 2:4]) / 2
        return boxes, np.repeat(middle, 5, axis=1)

    def detect_all(
        self, images: Sequence[Pixels]
    ) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        return [self.detect(image) for image in images]


def in_margin(row: Row, scale: float, left: float, top: float) -> Row:
    """Where a box of the picture lies in the picture with a margin."""
    x1, y1, x2, y2, score = row
    return (x1 * scale + left, y1 * scale + top, x2 * scale + left, y2 * scale + top, score)


def wide(row: Row) -> Row:
    """The same for FRAME, which is shrunk to 320 by 160 in the middle of 640 by 640."""
    return in_margin(row, 0.32, 160, 240)


def test_one_look_is_enough_for_usual_faces() -> None:
    detector = Scripted([(10, 10, 110, 120, 0.9), (300, 10, 400, 120, 0.95)])
    faces = find_faces(detector, FRAME, thorough=True)
    assert len(detector.seen) == 1
    assert faces.boxes[:, 4].tolist() == pytest.approx([0.95, 0.9])


def test_a_close_up_is_seen_again_and_replaced() -> None:
    small, close, other = (10, 10, 60, 70, 0.8), (200, -50, 900, 480, 0.7), (800, 0, 990, 90, 0.5)
    better = (210, -40, 890, 490, 0.94)
    detector = Scripted([small, close, other], [wide(better), wide(small)])
    faces = find_faces(detector, FRAME, thorough=False)
    assert detector.seen[1] == (640, 640, 3)
    np.testing.assert_allclose(faces.boxes, [better, small, other], atol=1e-3)
    np.testing.assert_allclose(faces.keypoints[0], np.full((5, 2), [550, 225]), atol=1e-3)


def test_part_of_a_face_taken_for_another_close_up_goes() -> None:
    close, part = (200, 0, 900, 480, 0.7), (400, 100, 1100, 500, 0.52)
    detector = Scripted([close, part], [wide(close)])
    assert len(find_faces(detector, FRAME, thorough=False).boxes) == 1


def test_a_close_up_that_only_the_first_look_saw_stays() -> None:
    close, far = (0, 0, 700, 480, 0.7), (900, 10, 950, 70, 0.9)
    detector = Scripted([close], [wide(far)])
    assert len(find_faces(detector, FRAME, thorough=False).boxes) == 2


def test_a_second_look_that_sees_nothing_changes_nothing() -> None:
    close = (0, 0, 700, 480, 0.7)
    faces = find_faces(Scripted([close], []), FRAME, thorough=False)
    np.testing.assert_allclose(faces.boxes, [close])


@pytest.mark.parametrize(
    ("picture", "thorough", "looks"), [(FRAME, False, 1), (FRAME, True, 2), (SMALL, False, 2)]
)
def test_who_looks_again_where_nothing_is(picture: Pixels, thorough: bool, looks: int) -> None:
    detector = Scripted([], [])
    assert len(find_faces(detector, picture, thorough=thorough).boxes) == 0
    assert len(detector.seen) == looks


def test_answers_that_are_no_boxes_are_dropped() -> None:
    nan, inf = float("nan"), float("inf")
    rows: list[Row] = [
        (nan, 0, 9, 9, 0.9),
        (0, 0, inf, 9, 0.9),
        (9, 0, 3, 9, 0.9),
        (0, 0, 9, 9, nan),
    ]
    assert len(find_faces(Scripted(rows), FRAME, thorough=False).boxes) == 0
