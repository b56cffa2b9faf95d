"""A crop shows the face it is about: outlined, all beside it dark."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot
from review_support import face, video

from facereview.media.crops import CropCache, FaceCrop, cut_face
from facereview.media.frames import Frame
from facereview.media.pixels import LibraryPixels
from facereview.records import Box, Pixels, Video
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.images import Crop, crop
from facereview.ui.pictures.painting import FacePicture, paint_rounded

WALL, MAN = (200, 200, 200), (220, 40, 40)
BOX = Box(100, 60, 60, 60)
"""A false detection on the wall; the man begins right of it."""


def scene() -> Pixels:
    pixels = np.empty((240, 320, 3), np.uint8)
    pixels[:] = WALL
    pixels[:, 161:] = MAN
    return pixels


def painted(made: Crop, width: int, height: int, *, pale: bool = False) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        paint_rounded(painter, QRectF(0, 0, width, height), made, 6, pale=pale)
    return image


def rgb(image: QImage, x: int, y: int) -> tuple[int, int, int]:
    colour = image.pixelColor(x, y)
    return colour.red(), colour.green(), colour.blue()


def share(image: QImage, colour: tuple[int, int, int]) -> float:
    """How much of a picture shows this colour as it is, nearly."""
    near = 0
    for x in range(image.width()):
        for y in range(image.height()):
            near += all(abs(a - b) < 30 for a, b in zip(rgb(image, x, y), colour, strict=True))
    return near / (image.width() * image.height())


@pytest.mark.parametrize("size", [(48, 48), (68, 68), (84, 73), (126, 126), (320, 320)])
def test_a_false_detection_beside_a_man_shows_the_wall(size: tuple[int, int]) -> None:
    made = crop(cut_face(scene(), BOX))
    image = painted(made, *size)
    assert share(image, MAN) == 0
    assert share(image, WALL) > 0.3
    assert rgb(image, image.width() // 2, image.height() // 2) == pytest.approx(WALL, abs=6)
    beside = image.pixelColor(image.width() - 3, image.height() // 2)
    assert beside.red() < 0.6 * MAN[0]  # he is there, and dark


def test_a_line_stands_around_the_face_on_any_ground() -> None:
    for ground in (0, 128, 255):
        image = painted(crop(cut_face(np.full((240, 320, 3), ground, np.uint8), BOX)), 140, 140)
        row = [image.pixelColor(x, 70).lightness() for x in range(10, 70)]
        assert max(row) - min(row) > 80


def test_a_face_at_the_edge_of_a_frame_is_outlined_where_it_is() -> None:
    pixels = np.zeros((240, 320, 3), np.uint8)
    pixels[0:60, 0:60] = 255
    image = painted(crop(cut_face(pixels, Box(0, 0, 60, 60))), 100, 100)
    assert image.pixelColor(30, 30).lightness() > 240
    assert image.pixelColor(90, 90).lightness() < 20


def test_the_part_shown_in_another_shape_holds_the_face() -> None:
    pixels = np.zeros((240, 320, 3), np.uint8)
    pixels[0:40, 0:120] = 255
    image = painted(crop(cut_face(pixels, Box(0, 0, 120, 40))), 160, 60)
    assert image.pixelColor(60, 20).lightness() > 240


@pytest.mark.parametrize("size", [(140, 100), (200, 100), (84, 73), (60, 100), (100, 30)])
@pytest.mark.parametrize(
    "box", [Box(100, 60, 60, 60), Box(100, 20, 60, 200), Box(60, 20, 200, 200), Box(0, 60, 90, 100)]
)
def test_all_of_a_face_and_its_outline_is_in_tiles_of_any_shape(
    size: tuple[int, int], box: Box
) -> None:
    pixels = np.zeros((240, 320, 3), np.uint8)
    left, top = int(box.x), int(box.y)
    pixels[top : top + int(box.height), left : left + int(box.width)] = 255
    image = painted(crop(cut_face(pixels, box)), *size)
    bright = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).lightness() > 170
    ]
    wide = max(x for x, _ in bright) - min(x for x, _ in bright) + 1
    high = max(y for _, y in bright) - min(y for _, y in bright) + 1
    assert wide / high == pytest.approx(box.width / box.height, rel=0.12)


def test_pictures_without_a_box_are_shown_as_they_are() -> None:
    pixels = cut_face(scene(), Box(40, 0, 240, 240), margin=0.0).pixels
    image = painted(crop(FaceCrop(pixels)), 100, 100)
    assert share(image, MAN) + share(image, WALL) > 0.97


class Scene(LibraryPixels):
    """A library's pixels whose every frame is the scene."""

    def __init__(self, crops: CropCache, folder: Path) -> None:
        super().__init__(crops, CropCache(folder))
        self.frames = 0

    def frame(self, video: Video, seconds: float) -> Frame:
        self.frames += 1
        return Frame(scene(), seconds)


@pytest.mark.parametrize("box", [Box(0, 0, 60, 60), Box(250, 170, 60, 60), Box(90, 10, 60, 220)])
def test_in_a_crop_of_an_older_cache_a_face_is_where_its_video_says(
    box: Box, lanes: Lanes, qtbot: QtBot, tmp_path: Path
) -> None:
    """At an edge of the frame it is not in the middle of its crop."""
    crops = CropCache(tmp_path / "crops")
    store = CropStore(Scene(crops, tmp_path), lanes.pixels)
    shown, where = replace(face(1), box=box), video(1)
    cut = cut_face(scene(), box)
    crops.put(shown.id, cut.pixels)
    with qtbot.waitSignal(store.arrived):
        store.face(shown, where)
    made = store.face(shown, where)
    assert made is not None and made.face is not None and cut.box is not None
    assert made.face.getRect() == pytest.approx(
        (cut.box.x, cut.box.y, cut.box.width, cut.box.height)
    )


@pytest.mark.parametrize("older", [False, True])
def test_this_face_shows_the_wall_also_out_of_an_older_cache(
    lanes: Lanes, qtbot: QtBot, tmp_path: Path, older: bool
) -> None:
    """Crops that were kept without their box need no frame decoded anew."""
    crops = CropCache(tmp_path / "crops")
    source = Scene(crops, tmp_path)
    store = CropStore(source, lanes.pixels)
    wall, where = replace(face(1), box=BOX), video(1)
    if older:
        crops.put(wall.id, cut_face(scene(), BOX).pixels)
    with qtbot.waitSignal(store.arrived):
        store.face(wall, where)
    assert source.frames == (0 if older else 1)
    picture = FacePicture("this face", marked=True)
    qtbot.addWidget(picture)
    picture.resize(200, 230)
    picture.show_picture(store.face(wall, where), "this face")
    picture.show()
    shown = picture.square.grab().toImage()
    assert rgb(shown, shown.width() // 2, shown.height() // 2) == pytest.approx(WALL, abs=8)
    assert shown.pixelColor(QPoint(shown.width() - 12, shown.height() // 2)).red() < 150
