"""When faces show in a video, and who they are."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from facereview.records import DECIDED, Face, Status, VideoSummary
from facereview.review.library.desk import LibraryDesk
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import ElidedLabel, clear_text, label
from facereview.ui.widgets.theme import tokens_of
from facereview.ui.wording import library as texts

_NAMES = 6
"""Creators named; the others are counted."""

_TICKS = ("rejected", "decided", "unchecked", "pending")
"""Where faces share a place, the last of these is shown."""


def kind(face: Face) -> str:
    """What became of a face, as its video counts it."""
    if face.state.status in DECIDED:
        return "unchecked" if face.by_machine else "decided"
    return "rejected" if face.state.status is Status.REJECTED else "pending"


class Timeline(QWidget):
    """The video from left to right, a tick where a face was found.

    Dashed where nobody has looked at it: pending, or matched by the machine alone.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._faces: tuple[Face, ...] = ()
        self._duration = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, 20)

    def show_faces(self, faces: tuple[Face, ...], duration: float) -> None:
        """Show the faces of another video, which lasts so many seconds."""
        self._faces, self._duration = faces, duration
        self.setAccessibleName(
            self.tr("{faces} from {first} to {last}").format(
                faces=texts.faces(len(faces)),
                first=texts.length(faces[0].timestamp),
                last=texts.length(faces[-1].timestamp),
            )
            if faces
            else self.tr("No faces")
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw groove and ticks; each place once, what is pending last."""
        tokens, painter = tokens_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        ticks: dict[int, int] = {}
        room, span = self.width() - 8, max(self._duration, 1e-3)
        for face in self._faces:
            at = 4 + round(room * min(1.0, max(0.0, face.timestamp / span)))
            ticks[at] = max(ticks.get(at, -1), _TICKS.index(kind(face)))
        colours = (tokens.red, tokens.green, tokens.green, tokens.amber)
        for at, rank in ticks.items():
            pen = QPen(QColor(colours[rank]), 2)
            if _TICKS[rank] in ("unchecked", "pending"):
                pen.setDashPattern([1.6, 1.2])
            painter.setPen(pen)
            painter.drawLine(QLineF(at, 4, at, self.height() - 4))


class VideoFacesView(QWidget):
    """Timeline and names of the video at hand, loaded on the database lane."""

    def __init__(self, desk: LibraryDesk, lane: Lane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._video: VideoSummary | None = None
        self._ticket: Ticket | None = None
        self._timeline = Timeline(self)
        self._names = [ElidedLabel("", "text", self) for _ in range(_NAMES)]
        self._more = label("", "dim", self)
        self._loading = LoadingLabel(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._loading)
        column.addWidget(self._timeline)
        column.addSpacing(4)
        for words in (*self._names, self._more):
            column.addWidget(words)
        self._show(())

    def show_video(self, video: VideoSummary | None) -> None:
        """Show another video, or the same one with other faces."""
        if video == self._video:
            return
        if video is None or self._video is None or video.video.id != self._video.video.id:
            self._show(())
        self._video = video
        if self._ticket is not None:
            self._ticket.cancel()
        if video is not None and video.faces:
            desk, number = self._desk, video.video.id
            self._loading.waiting.begin()
            self._ticket = self._lane.run(
                self, lambda: desk.faces(number), self._came, self._not_come
            )
        else:
            self._loading.waiting.end()

    def _came(self, faces: tuple[Face, ...]) -> None:
        self._loading.waiting.end()
        self._show(faces)

    def _not_come(self, _error: Exception) -> None:
        """The list says the same of the same fault."""
        self._loading.waiting.give_up()

    def _show(self, faces: tuple[Face, ...]) -> None:
        duration = (self._video.video.duration if self._video else None) or 0.0
        last = faces[-1].timestamp if faces else 0.0
        self._timeline.setVisible(bool(faces))
        self._timeline.show_faces(faces, max(duration, last))
        named = [f for f in faces if f.creator_name and f.state.status in DECIDED]
        names = Counter(clear_text(face.creator_name or "") for face in named).most_common()
        unchecked = Counter(clear_text(f.creator_name or "") for f in named if f.by_machine)
        for words, (name, count) in zip(self._names, names, strict=False):
            text = f"{name}  ·  {texts.faces(count)}"
            if unchecked[name]:
                more = self.tr("{count} unchecked").format(count=texts.number(unchecked[name]))
                text = f"{text}, {more}"
            words.setText(text)
        for place, words in enumerate(self._names):
            words.setVisible(place < len(names))
        others = len(names) - _NAMES
        self._more.setVisible(others > 0)
        self._more.setText(self.tr("and {count} more").format(count=texts.number(max(0, others))))
