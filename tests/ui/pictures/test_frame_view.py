from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import review_support
from PySide6.QtCore import QPoint, QRectF, QSize
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from facereview.media.crops import FaceCrop
from facereview.records import Box, FaceState, FaceView, Status
from facereview.ui.pictures.frame_view import FrameView
from facereview.ui.pictures.images import crop, shot
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
