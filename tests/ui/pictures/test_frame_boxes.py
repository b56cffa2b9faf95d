from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSize

from facereview.records import Box, Face, FaceState, Status
from facereview.ui.pictures import frame_boxes
from facereview.ui.pictures.images import close_up, fitting, shot

FRAME = np.zeros((200, 400, 3), dtype=np.uint8)
TARGET = QRectF(10, 20, 800, 400)


def face(number: int, box: Box) -> Face:
    return Face(number, 1, 0.0, box, 0.5, FaceState(Status.PENDING))


def rects(*boxes: Box) -> list[tuple[float, float, float, float]]:
    faces = tuple(face(n, box) for n, box in enumerate(boxes, 1))
    placed, _ = frame_boxes.place(faces, shot(FRAME, QSize(800, 400)), TARGET, None)
    return [(b.rect.x(), b.rect.y(), b.rect.width(), b.rect.height()) for b in placed]


def test_boxes_in_pixels_and_in_fractions_lie_in_the_same_place() -> None:
    in_pixels, in_fractions = rects(Box(100, 50, 40, 20), Box(0.25, 0.25, 0.1, 0.1))
    assert in_pixels == pytest.approx(in_fractions) == (210, 120, 80, 40)


def test_a_box_that_reaches_outside_is_clamped() -> None:
    assert rects(Box(380, -20, 100, 50)) == [(770, 20, 40, 60)]


@pytest.mark.parametrize(
    "box",
    [Box(math.nan, 0, 9, 9), Box(10, 10, 0, 20), Box(500, 10, 50, 50), Box(5, 5, math.inf, 9)],
)
def test_a_box_that_makes_no_sense_is_named_and_not_drawn(box: Box) -> None:
    placed, invalid = frame_boxes.place((face(1, box),), shot(FRAME, QSize(800, 400)), TARGET, None)
    assert placed == []
    assert [one.id for one in invalid] == [1]


def test_the_face_at_hand_is_painted_last_and_the_smallest_is_clicked() -> None:
    faces = (face(1, Box(0, 0, 200, 200)), face(2, Box(50, 50, 40, 40)))
    placed, _ = frame_boxes.place(faces, shot(FRAME, QSize(800, 400)), TARGET, 1)
    assert [box.face.id for box in placed] == [2, 1]
    hit = frame_boxes.at(placed, QPointF(130, 140))
    assert hit is not None
    assert hit.face.id == 2
    assert frame_boxes.at(placed, QPointF(800, 400)) is None


def test_a_close_up_shows_the_face_with_some_room_and_in_full_resolution() -> None:
    region = close_up(QRectF(100, 80, 20, 20), QSize(800, 400))
    assert region.center() == QPointF(110, 90)
    zoomed = shot(FRAME, QSize(800, 400), region)
    assert zoomed.region.contains(QRectF(100, 80, 20, 20))
    assert zoomed.image.width() > 700
    placed, _ = frame_boxes.place((face(1, Box(100, 80, 20, 20)),), zoomed, TARGET, 1)
    assert placed[0].rect.height() > 150


def test_a_close_up_at_the_edge_stays_in_the_frame() -> None:
    zoomed = shot(FRAME, QSize(800, 400), close_up(QRectF(390, 190, 30, 30), QSize(800, 400)))
    assert QRectF(0, 0, 400, 200).contains(zoomed.region)


def test_pictures_of_any_shape_fit_their_view() -> None:
    assert fitting(4000, 10, QSize(800, 400)) == (800, 2)
    assert fitting(1, 4000, QSize(800, 400)) == (1, 400)
