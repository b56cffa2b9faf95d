from __future__ import annotations

import pytest
import review_support
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot
from ui_support import MemoryPixels

from facereview.records import FaceView
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.pictures.images import Shot
from facereview.ui.pictures.playback import AFTER, BEFORE, Playback


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
