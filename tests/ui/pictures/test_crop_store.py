from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from review_support import CREATORS, face, video
from shiboken6 import delete
from ui_support import MemoryPixels, suggestion

from facereview.media.crops import FaceCrop
from facereview.media.frames import Frame
from facereview.records import Video
from facereview.ui.creators.dialogs import FacesRow
from facereview.ui.creators.references import CreatorPicture
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.images import SIDES, crop


@pytest.fixture
def store(pixels: MemoryPixels, lanes: Lanes) -> CropStore:
    return CropStore(pixels, lanes.pixels)


def test_a_crop_is_cut_out_of_its_frame_where_none_is_stored(
    store: CropStore, pixels: MemoryPixels, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(store.arrived, check_params_cb=lambda key: key == ("face", 1)):
        assert store.face(face(1), video(1)) is None
    assert store.face(face(1)) is not None
    assert pixels.frames == [(1, 0.0)]


def test_what_is_missing_is_asked_for_once(
    store: CropStore, pixels: MemoryPixels, lanes: Lanes, qtbot: QtBot
) -> None:
    asked: list[int] = []
    pixels.face = asked.append  # type: ignore[assignment,method-assign]
    after: list[int] = []
    for _ in range(3):
        store.face(face(1))
        lanes.pixels.run(store, lambda: 1, after.append)
        qtbot.waitUntil(lambda: len(after) > 0)
        after.clear()
    assert asked == [1]
    with qtbot.waitSignal(store.cleared):
        store.forget_missing()
    with qtbot.assertNotEmitted(store.cleared):
        store.forget_missing()
    store.face(face(1))
    qtbot.waitUntil(lambda: asked == [1, 1])


def test_what_is_on_its_way_is_not_asked_for_again(
    store: CropStore, pixels: MemoryPixels, lanes: Lanes, qtbot: QtBot
) -> None:
    gate, arrived = threading.Event(), list[int]()
    store.arrived.connect(lambda key: arrived.append(key[1]))
    lanes.pixels.run(store, gate.wait)
    for number in (1, 1, 2):
        assert store.face(face(number), video(1)) is None
    gate.set()
    qtbot.waitUntil(lambda: not store.busy)
    assert arrived == [1, 2]


def test_what_is_on_its_way_is_dropped_when_all_is_forgotten(
    store: CropStore, pixels: MemoryPixels, lanes: Lanes, qtbot: QtBot
) -> None:
    """Faces that were erased meanwhile must not come back."""
    gate, after = threading.Event(), list[int]()
    lanes.pixels.run(store, gate.wait)
    for number in (1, 2):
        store.face(face(number), video(1))
    with qtbot.assertNotEmitted(store.arrived):
        store.clear()
        lanes.pixels.run(store, lambda: 1, after.append)
        gate.set()
        qtbot.waitUntil(lambda: after == [1])
    assert not store.busy
    assert pixels.crops == {}
    with qtbot.waitSignal(store.arrived):
        store.face(face(3), video(1))


def test_what_is_being_loaded_stops_when_all_is_forgotten(
    store: CropStore, pixels: MemoryPixels, lanes: Lanes, qtbot: QtBot
) -> None:
    """A face cut out of its frame would be kept on disk, after it was erased there."""
    after, first = list[int](), pixels.frame

    def frame(video: Video, seconds: float) -> Frame:
        [ticket] = set(store._coming.values())
        ticket.cancel()  # as clear() does on the window's thread
        return first(video, seconds)

    pixels.frame = frame  # type: ignore[method-assign]
    for number in (1, 5):
        store._waiting[("face", number)] = partial(store._face, face(number), video(1))
    store._load_next()
    lanes.pixels.run(store, lambda: 1, after.append)
    qtbot.waitUntil(lambda: after == [1])
    assert len(pixels.frames) == 1


def test_the_newest_wish_comes_first(store: CropStore, lanes: Lanes, qtbot: QtBot) -> None:
    gate, order = threading.Event(), list[int]()
    store.arrived.connect(lambda key: order.append(key[1]))
    lanes.pixels.run(store, gate.wait)
    for number in range(1, 9):
        store.face(face(number), video(1))
    gate.set()
    qtbot.waitUntil(lambda: len(order) == 8)
    assert order[:4] == [1, 8, 7, 6]


def test_memory_stays_within_its_budget(pixels: MemoryPixels, lanes: Lanes, qtbot: QtBot) -> None:
    one = sum(side * side * 4 for side in SIDES)
    store = CropStore(pixels, lanes.pixels, budget=3 * one)
    for number in range(1, 8):
        with qtbot.waitSignal(store.arrived):
            store.face(face(number), video(1))
    held = [n for n in range(1, 8) if store.get(("face", n)) is not None]
    assert held == [5, 6, 7]


def test_references_have_pictures_too(store: CropStore, qtbot: QtBot) -> None:
    reference = suggestion(CREATORS[1], 0.8).references[0]
    with qtbot.waitSignal(store.arrived):
        store.reference(reference)
    assert store.reference(reference) is not None


def test_the_size_painted_is_the_smallest_that_is_large_enough() -> None:
    made = crop(FaceCrop(np.zeros((300, 300, 3), dtype=np.uint8)))
    sides = [made.sized(side).width() for side in (30, 46, 100, 500)]
    assert sides == [40, 96, 96, 256]


@pytest.mark.parametrize(
    ("widget", "kind"),
    [
        (FacesRow, "face"),
        (partial(CreatorPicture, side=40, radius=6), "portrait"),
        (partial(CreatorPicture, side=40, radius=6), "reference"),
    ],
)
def test_a_picture_that_comes_for_a_closed_dialog_is_let_be(
    store: CropStore, widget: Callable[[CropStore], QWidget], kind: str
) -> None:
    closed = widget(store)
    delete(closed)
    store.arrived.emit((kind, 1))  # an exception in a slot fails the test
