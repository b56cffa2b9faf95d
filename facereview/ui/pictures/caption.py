"""The line below the frame: which video, when, which face, how good it is to be seen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from facereview.records import Face, FaceView
from facereview.ui.actions.table import first_key
from facereview.ui.widgets.basics import ElidedLabel, button, label
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.wording.decisions import long_clock
from facereview.ui.wording.library import title

CLEAR, FAIR = 0.6, 0.35
_TITLE = 80
"""Room that a title wants beside what else is said."""


class Caption(QWidget):
    """Words about the face at hand, and two ways to look closer."""

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

    def place_slider(self, slider: QWidget) -> None:
        """How large the faces of the strip below are, at the right end."""
        row = self.layout()
        if row is not None:
            row.addWidget(slider)

    def show_view(self, view: FaceView | None, frame_width: int, frame_height: int) -> None:
        """Describe a face; the frame's size is 0 while it is not known."""
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

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another width has room for other words."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out what says least, until the title has room for a few words."""
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
