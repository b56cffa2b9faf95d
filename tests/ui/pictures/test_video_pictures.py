from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import review_support
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot
from review_support import FACES
from review_support import view as view_of
from ui_support import MemoryPixels

from facereview.media.frames import Frame
from facereview.records import FaceView, Video
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.pictures.images import Shot
from facereview.ui.pictures.video_pictures import AFTER, BEFORE, FrameStore, Playback, key_of


@pytest.fixture
def views() -> list[FaceView]:
    return [view_of(number) for number in range(1, FACES + 1)]


@pytest.fixture
def store(pixels: MemoryPixels, lanes: Lanes) -> FrameStore:
    made = FrameStore(pixels, lanes.pixels)
    made.set_view(QSize(640, 480))
    return made


def test_a_frame_is_scaled_for_the_view_and_its_crops_kept(
    store: FrameStore, pixels: MemoryPixels, views: list[FaceView], qtbot: QtBot
) -> None:
    key = key_of(views[0])
    with qtbot.waitSignal(store.arrived, check_params_cb=lambda got: got == key):
        store.want(views[0], [])
    shot = store.get(key)
    assert shot is not None
    assert (shot.image.width(), shot.image.height()) == (640, 480)
    assert (shot.width, shot.height) == (320, 240)
    assert set(pixels.crops) == {1, 2}


def test_the_next_frames_come_in_order_each_once(
    store: FrameStore, pixels: MemoryPixels, views: list[FaceView], qtbot: QtBot
) -> None:
    store.want(views[0], views[1:8])
    qtbot.waitUntil(lambda: len(pixels.frames) == 4)
    assert pixels.frames == [(1, 0.0), (1, 1.0), (1, 2.0), (1, 3.0)]


def test_the_frame_at_hand_overtakes_those_ahead(
    store: FrameStore, pixels: MemoryPixels, views: list[FaceView], qtbot: QtBot, lanes: Lanes
) -> None:
    gate = threading.Event()
    lanes.pixels.run(store, gate.wait)
    store.want(views[0], views[2:12:2])
    store.want(views[14], [])
    gate.set()
    qtbot.waitUntil(lambda: len(pixels.frames) == 2)
    assert pixels.frames == [(1, 0.0), (2, 7.0)]


def test_memory_stays_within_its_budget(
    pixels: MemoryPixels, views: list[FaceView], lanes: Lanes, qtbot: QtBot
) -> None:
    one = 640 * 480 * 4
    store = FrameStore(pixels, lanes.pixels, budget=2 * one)
    store.set_view(QSize(640, 480))
    for view in views[::2]:
        with qtbot.waitSignal(store.arrived):
            store.want(view, [])
    held = [view for view in views[::2] if store.get(key_of(view)) is not None]
    assert held == views[::2][-2:]


def test_frames_ahead_never_push_out_what_comes_before_them(
    pixels: MemoryPixels, views: list[FaceView], lanes: Lanes, qtbot: QtBot
) -> None:
    """On a large screen few frames fit: those are the next ones, whatever was seen before."""
    frames = views[::2]
    store = FrameStore(pixels, lanes.pixels, budget=3 * 640 * 480 * 4)
    store.set_view(QSize(640, 480))
    for at in range(4):
        store.want(frames[at], frames[at + 1 : at + 7])
        qtbot.waitUntil(lambda: not store._coming)
        held = [view for view in frames if store.get(key_of(view)) is not None]
        assert held == frames[at : at + 3]
    assert len(pixels.frames) == 6


def test_a_view_larger_than_the_budget_is_shown(
    pixels: MemoryPixels, views: list[FaceView], lanes: Lanes, qtbot: QtBot
) -> None:
    store = FrameStore(pixels, lanes.pixels, budget=1000)
    store.set_view(QSize(640, 480))
    store.want(views[0], views[2:12:2])
    qtbot.waitUntil(lambda: not store._coming)
    held = [view for view in views[::2] if store.get(key_of(view)) is not None]
    assert held == [views[0], views[2]]


def test_a_new_size_keeps_the_old_picture_until_the_new_one_is_there(
    store: FrameStore, views: list[FaceView], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(store.arrived):
        store.want(views[0], [])
    assert store.set_view(QSize(320, 240))
    assert store.get(key_of(views[0])) is not None
    with qtbot.waitSignal(store.arrived):
        store.want(views[0], [])
    shot = store.get(key_of(views[0]))
    assert shot is not None
    assert shot.image.width() == 320


def test_a_video_that_is_gone_has_a_reason_and_is_tried_again_when_asked(
    store: FrameStore, pixels: MemoryPixels, views: list[FaceView], qtbot: QtBot
) -> None:
    pixels.missing = {1}
    key = key_of(views[0])
    with qtbot.waitSignal(store.failed):
        store.want(views[0], [])
    assert store.fault(key) == "The video /v/1.mp4 is not there: put the file back."
    pixels.missing = set()
    store.forget_lost()
    with qtbot.waitSignal(store.arrived):
        store.want(views[0], [])


def test_a_close_up_is_a_picture_of_its_own(
    store: FrameStore, views: list[FaceView], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(store.arrived):
        store.want(views[0], [], close=True)
    shot = store.get(key_of(views[0], close=True))
    assert shot is not None
    assert shot.region.width() < 320
    assert store.get(key_of(views[0])) is None


def test_a_bug_in_a_source_reaches_the_hook_and_leaves_a_word(
    pixels: MemoryPixels, views: list[FaceView], lanes: Lanes, qtbot: QtBot
) -> None:
    class Broken(MemoryPixels):
        def frame(self, video: Video, seconds: float) -> Frame:
            raise ZeroDivisionError

    store = FrameStore(Broken(), lanes.pixels)
    with qtbot.captureExceptions() as caught, qtbot.waitSignal(store.failed):
        store.want(replace(views[0]), [])
    assert [kind for kind, *_ in caught] == [ZeroDivisionError]
    assert store.fault(key_of(views[0])) == "This frame cannot be shown."


@pytest.fixture
def view() -> FaceView:
    return review_support.view(9)


@pytest.fixture
def playback(pixels: MemoryPixels, lanes: Lanes) -> Playback:
    made = Playback(pixels, lanes.pixels)
    made._timer.setInterval(1)
    return made


def test_it_shows_the_seconds_around_the_face_each_frame_once_and_ends(
    playback: Playback, pixels: MemoryPixels, view: FaceView, qtbot: QtBot
) -> None:
    shown: list[Shot | None] = []
    playback.shown.connect(shown.append)
    playback.start(view, QSize(320, 240))
    qtbot.waitUntil(lambda: not playback.running)
    times = [round(seconds, 3) for _, seconds in pixels.frames]
    assert min(times) == view.face.timestamp - BEFORE
    assert max(times) < view.face.timestamp + AFTER
    assert shown[-1] is None
    assert len(shown) - 1 == len(set(times)) == 40


def test_stopping_shows_no_more(
    playback: Playback, view: FaceView, lanes: Lanes, qtbot: QtBot
) -> None:
    shown: list[Shot | None] = []
    playback.start(view, QSize(320, 240))
    with qtbot.waitSignal(playback.shown):
        pass
    playback.shown.connect(shown.append)
    playback.stop()
    over: list[int] = []
    lanes.pixels.run(playback, lambda: 1, over.append)
    qtbot.waitUntil(lambda: bool(over))
    assert shown == [None]


def test_a_missing_video_ends_it_with_the_reason(
    playback: Playback, pixels: MemoryPixels, view: FaceView, qtbot: QtBot
) -> None:
    pixels.missing = {view.video.id}
    with qtbot.waitSignal(playback.failed) as failed:
        playback.start(view, QSize(320, 240))
    assert failed.args == [f"The video {view.video.path} is not there: put the file back."]
    assert not playback.running
