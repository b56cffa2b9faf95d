from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import review_support
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from facereview.media.crops import FaceCrop
from facereview.records import Box, Face, FaceState, FaceView, Status
from facereview.ui.pictures.frame_view import FrameView, box_at, place_boxes
from facereview.ui.pictures.images import close_up, crop, fitting, shot
from facereview.ui.widgets.theme import DARK

WHITE = np.full((240, 320, 3), 255, dtype=np.uint8)


@pytest.fixture
def view(qtbot: QtBot) -> FrameView:
    made = FrameView()
    qtbot.addWidget(made)
    made.resize(640, 480)
    return made


@pytest.fixture
def face() -> FaceView:
    return review_support.view(1)


def colour(view: FrameView, point: QPoint) -> QColor:
    return view.grab().toImage().pixelColor(point)


def show(view: FrameView, face: FaceView) -> list[QRectF]:
    view.show_face(face, shot(WHITE, QSize(640, 480)), "", None)
    return [box.rect for box in view.boxes()]


def test_what_is_no_face_is_darker_and_the_face_at_hand_is_not(
    view: FrameView, face: FaceView
) -> None:
    other, mine = show(view, face)
    assert colour(view, mine.center().toPoint()) == QColor("white")
    between = colour(view, other.center().toPoint())
    outside = colour(view, QPoint(320, 20))
    assert 255 > between.red() > outside.red() > 100


def test_the_box_at_hand_is_amber_and_a_decided_one_green(view: FrameView, face: FaceView) -> None:
    decided = replace(
        face.frame_mates[1], state=FaceState(Status.MATCHED, 2, 0.8), creator_name="Raj"
    )
    other, mine = show(view, replace(face, frame_mates=(face.face, decided)))
    assert colour(view, QPoint(round(mine.left()), round(mine.center().y()))) == QColor(DARK.amber)
    edge = QPoint(round(other.left()), round(other.center().y()))
    assert colour(view, edge) == QColor(DARK.green)


def test_a_rejected_box_is_crossed(view: FrameView, face: FaceView) -> None:
    rejected = replace(face.frame_mates[1], state=FaceState(Status.REJECTED))
    other, _ = show(view, replace(face, frame_mates=(face.face, rejected)))
    centre = colour(view, other.center().toPoint())
    assert centre.red() > 200 > centre.green()


def test_boxes_follow_the_size_of_the_view(view: FrameView, face: FaceView) -> None:
    before = show(view, face)[1]
    view.resize(320, 240)
    view.grab()
    after = view.boxes()[1].rect
    assert after.width() == pytest.approx(before.width() / 2)


def test_a_box_without_sense_does_no_harm(view: FrameView, face: FaceView) -> None:
    bad = replace(face.face, box=Box(float("nan"), 0, 0, -5))
    assert len(show(view, replace(face, face=bad, frame_mates=(bad,)))) == 0
    view.grab()


def test_without_a_frame_the_reason_and_the_face_stand_in_its_place(
    view: FrameView, face: FaceView
) -> None:
    red = np.zeros((64, 64, 3), dtype=np.uint8)
    red[..., 0] = 200
    view.show_face(face, None, "The video is gone.", crop(FaceCrop(red)))
    assert view.fault == "The video is gone."
    assert colour(view, QPoint(320, 150)).red() == 200


def test_names_in_any_script_and_length_are_painted(view: FrameView, face: FaceView) -> None:
    for name in ("x" * 300, "ليلى العربية", "🎬 Zoë\nNewline", "<b>bold</b>"):
        named = replace(
            face.face, state=FaceState(Status.MANUAL, 1), creator_name=name, by_machine=True
        )
        show(view, replace(face, face=named, frame_mates=(named,)))
        view.grab()


FRAME = np.zeros((200, 400, 3), dtype=np.uint8)
TARGET = QRectF(10, 20, 800, 400)


def boxed(number: int, box: Box) -> Face:
    return Face(number, 1, 0.0, box, 0.5, FaceState(Status.PENDING))


def rects(*boxes: Box) -> list[tuple[float, float, float, float]]:
    faces = tuple(boxed(n, box) for n, box in enumerate(boxes, 1))
    placed, _ = place_boxes(faces, shot(FRAME, QSize(800, 400)), TARGET, None)
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
    placed, invalid = place_boxes((boxed(1, box),), shot(FRAME, QSize(800, 400)), TARGET, None)
    assert placed == []
    assert [one.id for one in invalid] == [1]


def test_the_face_at_hand_is_painted_last_and_the_smallest_is_clicked() -> None:
    faces = (boxed(1, Box(0, 0, 200, 200)), boxed(2, Box(50, 50, 40, 40)))
    placed, _ = place_boxes(faces, shot(FRAME, QSize(800, 400)), TARGET, 1)
    assert [box.face.id for box in placed] == [2, 1]
    hit = box_at(placed, QPointF(130, 140))
    assert hit is not None
    assert hit.face.id == 2
    assert box_at(placed, QPointF(800, 400)) is None


def test_a_close_up_shows_the_face_with_some_room_and_in_full_resolution() -> None:
    region = close_up(QRectF(100, 80, 20, 20), QSize(800, 400))
    assert region.center() == QPointF(110, 90)
    zoomed = shot(FRAME, QSize(800, 400), region)
    assert zoomed.region.contains(QRectF(100, 80, 20, 20))
    assert zoomed.image.width() > 700
    placed, _ = place_boxes((boxed(1, Box(100, 80, 20, 20)),), zoomed, TARGET, 1)
    assert placed[0].rect.height() > 150


def test_a_close_up_at_the_edge_stays_in_the_frame() -> None:
    zoomed = shot(FRAME, QSize(800, 400), close_up(QRectF(390, 190, 30, 30), QSize(800, 400)))
    assert QRectF(0, 0, 400, 200).contains(zoomed.region)


def test_pictures_of_any_shape_fit_their_view() -> None:
    assert fitting(4000, 10, QSize(800, 400)) == (800, 2)
    assert fitting(1, 4000, QSize(800, 400)) == (1, 400)
