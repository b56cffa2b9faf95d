"""The face at hand in its whole frame, above the current row, where it can be played."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from facereview.records import FaceView
from facereview.ui.cast.controller import CastController
from facereview.ui.pictures.frame_panel import FramePanel


class CastFrame(QObject):
    """Shows the face that is chosen in a :class:`FramePanel`, the row's clearest where none is."""

    toggled = Signal(bool)

    def __init__(self, controller: CastController, panel: FramePanel) -> None:
        super().__init__(controller)
        self._at = controller
        self.panel = panel
        self.open = False
        self._video: int | None = None
        controller.cursor.moved.connect(self._show)
        controller.sheet_changed.connect(self._show)

    def look(self) -> None:
        """F: the face in its frame; there, the face alone or the whole frame."""
        if self.open:
            self.panel.toggle_close_up()
        else:
            self.show()

    def show(self) -> None:
        """Show the frame."""
        if not self.open and self._at.cursor.looked_at is not None:
            self.open, self._video = True, self._at.video
            self.toggled.emit(True)
            self._show()

    def play(self) -> None:
        """P: play around the face, in its frame."""
        self.show()
        if self.open:
            self.panel.toggle_play()

    def close(self) -> None:
        if self.open:
            self.open = False
            self.panel.playback.stop()
            self.toggled.emit(False)

    def _show(self) -> None:
        if not self.open:
            return
        face, sheet = self._at.cursor.looked_at, self._at.sheet
        if face is None or sheet is None or face.video_id != self._video:
            self.close()  # another video begins with its sheet
            return
        mates = sorted(
            (one for row in sheet.rows for one in row.faces if one.timestamp == face.timestamp),
            key=lambda one: one.box.x,
        )
        self.panel.show_view(FaceView(face, sheet.video, tuple(mates), ()))
