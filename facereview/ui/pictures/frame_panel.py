"""The frame with its caption: fetches pictures ahead, zooms in, plays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facereview.media.pixels import LibraryPixels
from facereview.records import FaceView
from facereview.ui.jobs.lanes import Lane
from facereview.ui.pictures.caption import Caption
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.frame_store import AHEAD, FrameStore, key_of
from facereview.ui.pictures.frame_view import FrameView
from facereview.ui.pictures.playback import Playback
from facereview.ui.widgets.folder_finder import AwayBanner

_SIDE = 24


class FramePanel(QWidget):
    """Shows the frame of the face at hand. ``upcoming(n)`` gives the views of the next faces."""

    face_clicked = Signal(int)
    folder_wanted = Signal(str)
    """Choose where the folder of this video is."""
    failed = Signal(str)
    """Playing did not work, and why."""

    def __init__(
        self,
        source: LibraryPixels,
        lane: Lane,
        crops: CropStore,
        upcoming: Callable[[int], list[FaceView]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._upcoming = upcoming
        self._crops = crops
        self._face: FaceView | None = None
        self.close_up = False
        self.frames = FrameStore(source, lane, self)
        self.playback = Playback(source, lane, self)
        self.view = FrameView(self)
        self.caption = Caption(self)
        self.away = AwayBanner(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, 18, _SIDE, 14)
        column.setSpacing(12)
        column.addWidget(self.view, 1)
        column.addWidget(self.away)
        column.addWidget(self.caption)
        column.addStretch(0)
        # Views come in batches: one look at what is missing serves them all.
        self._ahead = QTimer(self, singleShot=True, interval=0)
        self._ahead.timeout.connect(self._want)
        self._connect()

    def _connect(self) -> None:
        self.away.wanted.connect(self.folder_wanted)
        self.view.face_clicked.connect(self.face_clicked)
        self.view.resized.connect(self._resized)
        self.view.shape_changed.connect(self._fit)
        self.frames.arrived.connect(self._arrived)
        self.frames.failed.connect(self._arrived)
        self.crops.arrived.connect(self._crop_arrived)
        self.caption.play.connect(self.toggle_play)
        self.caption.face_only.connect(self.toggle_close_up)
        self.playback.shown.connect(self._played)
        self.playback.failed.connect(self.failed)

    @property
    def crops(self) -> CropStore:
        """Where crops come from."""
        return self._crops

    def show_view(self, view: FaceView | None) -> None:
        """Show a face's frame; None while the face is loading."""
        if self._face is None or view is None or view.face.id != self._face.face.id:
            self.playback.stop()
        self._face = view
        self._show()
        self._want()

    def views_arrived(self) -> None:
        """More of the next faces are known: fetch their frames."""
        self._ahead.start()

    def retry(self) -> None:
        """Try again what could not be shown."""
        self.frames.forget_lost()
        self.crops.forget_missing()
        self._want()

    def toggle_close_up(self) -> None:
        """F: the face alone, or the whole frame."""
        self.close_up = not self.close_up
        self.caption.set_close(self.close_up)
        self._show()
        self._want()

    def toggle_play(self) -> None:
        """P: play a few seconds around the face, or stop."""
        if self.playback.running:
            self.playback.stop()
        elif self._face is not None:
            self.playback.start(self._face, self.view.device_size())
            self.caption.set_playing(True)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The caption follows the picture."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.view.setMaximumHeight(self.view.height_for(self.width() - 2 * _SIDE))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The view's size is known now."""
        super().showEvent(event)
        self._resized()

    def _show(self) -> None:
        view = self._face
        if view is None:
            self.view.show_face(None, None, "", None)
            self.caption.show_view(None, 0, 0)
            self.away.show_path("")
            return
        key = key_of(view, close=self.close_up)
        fault = self.frames.fault(key) or ""
        self.away.show_path(view.video.path if self.frames.away(key) else "")
        shot = self.frames.get(key)
        if shot is None and self.close_up and not fault:
            shot = self.frames.get(key_of(view))
        crop = self._crops.face(view.face) if fault else None
        self.view.show_face(view, shot, fault, crop)
        self.caption.show_view(view, shot.width if shot else 0, shot.height if shot else 0)

    def _want(self) -> None:
        if self._face is not None:
            self.frames.want(self._face, self._upcoming(AHEAD), close=self.close_up)

    def _arrived(self, key: object, _reason: str = "") -> None:
        if self._face is not None and key == key_of(self._face, close=self.close_up):
            self._show()

    def _crop_arrived(self, key: tuple[str, int]) -> None:
        if self._face is not None and key == ("face", self._face.face.id):
            self._show()

    def _resized(self) -> None:
        if self.frames.set_view(self.view.device_size()):
            self._want()

    def _played(self, shot: object) -> None:
        self.view.play(shot)  # type: ignore[arg-type]  # signals carry objects
        if shot is None:
            self.caption.set_playing(False)
