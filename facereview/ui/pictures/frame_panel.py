"""The frame of the current face with its caption, close-up and playback."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from facereview.media.pixels import LibraryPixels
from facereview.records import Face, FaceView
from facereview.ui.actions.table import first_key
from facereview.ui.jobs.lanes import Lane
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.frame_view import FrameView
from facereview.ui.pictures.video_pictures import FRAMES_AHEAD, FrameStore, Playback, key_of
from facereview.ui.widgets.file_choice import AwayBanner
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.plain_text import ElidedLabel, button, label
from facereview.ui.wording.decisions import long_clock
from facereview.ui.wording.library import title

CLEAR, FAIR = 0.6, 0.35
_TITLE = 80
"""Room for the title beside the other texts."""


class Caption(QWidget):
    """Texts about the current face, and buttons for close-up and playback."""

    play = Signal()
    face_only = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel("", "strong", self)
        self.time = label("", "dim", self)
        self.place = label("", "dim", self)
        self.quality = label("", "dim", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(16)
        row.addWidget(self.title, 1)
        for words in (self.time, self.place, self.quality):
            row.addWidget(words)
        self._play = self._button("play", self.tr("play"), row)
        self._close = self._button("face_only", self.tr("face only"), row)
        self._play.clicked.connect(self.play)
        self._close.clicked.connect(self.face_only)

    def _button(self, action: str, text: str, row: QHBoxLayout) -> QPushButton:
        made = button(text, "flat", self)
        pair = QHBoxLayout()
        pair.setSpacing(0)
        pair.addWidget(KeyCap(first_key(action), self))
        pair.addWidget(made)
        row.addLayout(pair)
        return made

    def place_last(self, part: QWidget) -> None:
        """Place something that belongs to the page at the right end."""
        row = self.layout()
        if row is not None:
            row.addWidget(part)

    def show_view(self, view: FaceView | None, frame_width: int, frame_height: int) -> None:
        """Describe a face; the size of the frame is 0 while unknown."""
        if view is None:
            for words in (self.title, self.time, self.place, self.quality):
                words.setText("")
            return
        self.title.setText(title(view.video))
        self.time.setText(long_clock(view.face.timestamp))
        self.place.setText(self._place(view))
        width = frame_width or view.video.width or 0
        height = frame_height or view.video.height or 0
        self.quality.setText(self._quality(view.face, width, height))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The texts depend on the width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Hide the least important texts until the title has room."""
        parts = (self.quality, self.place, self.time)
        for words in parts:
            words.setVisible(bool(words.text()))
        row = self.layout()
        for words in parts:
            if row is None or row.minimumSize().width() + _TITLE <= self.width():
                return
            words.hide()

    def set_close(self, close: bool) -> None:
        """Say what F does now."""
        self._close.setText(self.tr("whole frame") if close else self.tr("face only"))

    def set_playing(self, playing: bool) -> None:
        """Say what P does now."""
        self._play.setText(self.tr("stop") if playing else self.tr("play"))

    def _place(self, view: FaceView) -> str:
        ids = [mate.id for mate in view.frame_mates]
        if len(ids) < 2 or view.face.id not in ids:
            return self.tr("the only face in this frame")
        text = self.tr("face {number} of {count} in this frame")
        return text.format(number=ids.index(view.face.id) + 1, count=len(ids))

    def _quality(self, face: Face, width: int, height: int) -> str:
        parts = []
        box = face.box.in_frame(width, height) if width and height else None
        if box is not None:
            parts.append(self.tr("{size} px").format(size=round(max(box.width, box.height))))
        if face.quality is not None:
            good = self.tr("clear") if face.quality >= CLEAR else self.tr("fair")
            parts.append(good if face.quality >= FAIR else self.tr("poor"))
        return " · ".join(parts)


_SIDE = 24


class FramePanel(QWidget):
    """Shows the frame of the current face. ``upcoming(n)`` returns the views of the next faces."""

    face_clicked = Signal(int)
    face_pointed_at = Signal(int)
    """With the second button: a menu follows."""
    folder_wanted = Signal(str)
    """Choose where the folder of this video is."""
    failed = Signal(str)
    """Playback failed; why."""

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
        # Views arrive in batches: one request serves them all.
        self._ahead = QTimer(self, singleShot=True, interval=0)
        self._ahead.timeout.connect(self._want)
        self._connect()

    def _connect(self) -> None:
        self.away.wanted.connect(self.folder_wanted)
        self.view.face_clicked.connect(self.face_clicked)
        self.view.face_pointed_at.connect(self.face_pointed_at)
        self.view.resized.connect(self._resized)
        self.view.shape_changed.connect(self._fit)
        self.frames.arrived.connect(self._arrived)
        self.frames.failed.connect(self._arrived)
        self._crops.arrived.connect(self._crop_arrived)
        self.caption.play.connect(self.toggle_play)
        self.caption.face_only.connect(self.toggle_close_up)
        self.playback.shown.connect(self._played)
        self.playback.failed.connect(self.failed)

    def show_view(self, view: FaceView | None) -> None:
        """Show a face's frame; None while the face is loading."""
        if self._face is None or view is None or view.face.id != self._face.face.id:
            self.playback.stop()
        self._face = view
        self._show()
        self._want()

    def views_arrived(self) -> None:
        """More of the next faces are known: load their frames."""
        self._ahead.start()

    def retry(self) -> None:
        """Try again what could not be shown."""
        self.frames.forget_lost()
        self._crops.forget_missing()
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.view.setMaximumHeight(self.view.height_for(self.width() - 2 * _SIDE))

    def showEvent(self, event: QShowEvent) -> None:
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
            self.frames.want(self._face, self._upcoming(FRAMES_AHEAD), close=self.close_up)

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
