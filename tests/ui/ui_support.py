"""Pictures, keys and clicks for the tests of the window."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from facereview.errors import MediaError
from facereview.media.crops import FaceCrop
from facereview.media.frames import Frame
from facereview.media.pixels import LibraryPixels
from facereview.records import (
    Creator,
    Face,
    Reference,
    SourceType,
    Suggestion,
    Video,
)
from facereview.review.creators.desk import NamesDesk
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.widgets.known_names import KnownNames

CheckModel = Callable[[QAbstractItemModel], None]
"""Runs Qt's model tester on a model."""


def suggestion(creator: Creator, similarity: float, margin: float | None = 0.2) -> Suggestion:
    """A creator proposed, with three references."""
    references = tuple(
        Reference(creator.id * 10 + n, creator.id, SourceType.MANUAL, None, 0.8) for n in range(3)
    )
    return Suggestion(creator, similarity, margin, references)


def known_names(desk: NamesDesk, lanes: Lanes) -> KnownNames:
    """The names of a library, being read."""
    names = KnownNames(desk, lanes.listing, lanes)
    names.look()
    return names


class MemoryPixels(LibraryPixels):
    """Frames of one colour per second; a video may be missing."""

    def __init__(self) -> None:
        self.missing: set[int] = set()
        self.frames: list[tuple[int, float]] = []
        self.crops: dict[int, FaceCrop] = {}

    def frame(self, video: Video, seconds: float) -> Frame:
        assert threading.current_thread() is not threading.main_thread()
        if video.id in self.missing:
            raise MediaError(f"The video {video.path} is not there: put the file back.")
        self.frames.append((video.id, seconds))
        shade = int(40 + 10 * seconds) % 200
        return Frame(np.full((240, 320, 3), shade, dtype=np.uint8), seconds)

    def clip(self, video: Video, start: float, end: float, max_side: int) -> Iterator[Frame]:
        for step in range(round((end - start) * 10)):
            yield self.frame(video, start + step / 10)

    def face(self, face_id: int) -> FaceCrop | None:
        return self.crops.get(face_id)

    def keep_faces(self, faces: Sequence[Face], picture: Frame) -> None:
        for face in faces:
            self.crops[face.id] = FaceCrop(picture.pixels[:64, :64])

    def reference(self, reference: Reference) -> FaceCrop | None:
        return FaceCrop(np.full((64, 64, 3), reference.id % 255, dtype=np.uint8))

    def picture(self, path: str) -> FaceCrop | None:
        return None


def hold(widget: QWidget, key: Qt.Key, text: str = "") -> None:
    """Hold a key down so long that the keyboard repeats it; it goes to whatever has the focus."""
    window, none = widget.window(), Qt.KeyboardModifier.NoModifier
    for again in (False, True, True, True):
        at = QApplication.focusWidget() or window.focusWidget() or window
        QApplication.sendEvent(at, QKeyEvent(QEvent.Type.KeyPress, key, none, text, again))


def double_click(widget: QWidget, at: QPoint) -> None:
    """Click twice at one place of the window, whatever lies there at the second click."""
    window = widget.window()
    handle = window.windowHandle()
    assert handle is not None
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseDClick(handle, left, none, widget.mapTo(window, at))
