"""Beside the list: the video at hand, or what is selected, and what can be done with it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath

from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from facereview.records import DECIDED, Face, Status, VideoSummary
from facereview.review.library.desk import LibraryDesk
from facereview.ui.actions.table import first_key
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.pictures.video_pictures import ThumbnailStore
from facereview.ui.videos.face_counts import CountTiles, FaceCounts
from facereview.ui.videos.rows import Chosen
from facereview.ui.videos.table import paint_thumb
from facereview.ui.widgets.cards import Banner, flush
from facereview.ui.widgets.dialog import Scrolled
from facereview.ui.widgets.icons import icon
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import (
    ElidedLabel,
    button,
    clear_text,
    label,
    set_tip,
    wrapped,
)
from facereview.ui.widgets.theme import tokens_of
from facereview.ui.wording import library as texts

_MARGIN = 20


class VideoPicture(QWidget):
    """The picture of a video, 16:9."""

    def __init__(self, pictures: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._video: VideoSummary | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        pictures.answered.connect(self._arrived)

    def show_video(self, video: VideoSummary | None) -> None:
        self._video = video
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(width * 9 / 16)

    def sizeHint(self) -> QSize:
        return QSize(256, 144)

    def _arrived(self, video_id: int) -> None:
        if self._video is not None and self._video.video.id == video_id:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        picture = self._pictures.picture(self._video) if self._video else None
        paint_thumb(QPainter(self), QRectF(self.rect()), picture, tokens_of(self), 10)


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
        column = flush(QVBoxLayout(self), 6)
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


class VideoPanel(QWidget):
    """Facts, counts and buttons; ``show_videos`` is told what is selected."""

    cast_wanted = Signal()
    """Show the cast sheet of the first of what is selected."""
    review_wanted = Signal()
    """Review what is selected."""
    scan_wanted = Signal()
    """Scan what is selected again."""
    folder_wanted = Signal(str)
    """Show this folder in the desktop's file manager."""

    def __init__(
        self, desk: LibraryDesk, lane: Lane, pictures: ThumbnailStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._chosen = Chosen()
        self._picture = VideoPicture(pictures, self)
        self._title = wrapped("", "heading", self)
        self._facts = wrapped("", "dim", self)
        self._path = wrapped("", "dim", self)
        self._copies = wrapped("", "dim", self)
        self._tiles = CountTiles(self)
        self._faces = VideoFacesView(desk, lane, self)
        self._scanned = label("", "dim", self)
        self._fault = Banner("warning", "red", self)
        self.cast = KeyButton(first_key("open_cast"), strong=True, parent=self)
        self.cast.set_text(self.tr("Open the cast sheet"))
        self.review = KeyButton(first_key("review_video"), parent=self)
        self.again = KeyButton(first_key("scan_again"), parent=self)
        self._folder = button("", "flat", self)
        set_tip(self._folder, self.tr("Show in folder"))
        self._folder.setAccessibleName(self.tr("Show in folder"))
        self._tint()
        self._lay_out()
        self.cast.clicked.connect(self.cast_wanted)
        self.review.clicked.connect(self._review)
        self.again.clicked.connect(self.scan_wanted)
        self._folder.clicked.connect(self._show_folder)
        self.show_videos(Chosen())

    def _lay_out(self) -> None:
        column = flush(QVBoxLayout(), 8)
        column.addWidget(self._picture)
        column.addSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._facts)
        place = QHBoxLayout()
        place.setSpacing(4)
        place.addWidget(self._path, 1)
        place.addWidget(self._folder, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(place)
        column.addWidget(self._copies)
        column.addWidget(self._scanned)
        column.addWidget(self._fault)
        column.addSpacing(8)
        column.addWidget(self._tiles)
        column.addSpacing(4)
        column.addWidget(self._faces)
        column.addStretch(1)
        about = Scrolled(self.tr("About the video"), column, self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, 16)
        whole.setSpacing(8)
        whole.addWidget(about, 1)
        whole.addWidget(self.cast)
        whole.addWidget(self.review)
        whole.addWidget(self.again)

    def show_videos(self, chosen: Chosen) -> None:
        """Show the first of these, and what is true of all of them."""
        self._chosen, first = chosen, chosen.first
        one = first if len(chosen.ids) == 1 else None
        some = chosen.here or len(chosen.ids) > 1
        about_one: tuple[QWidget, ...] = (self._facts, self._path, self._scanned, self._folder)
        about_any: tuple[QWidget, ...] = (self.review, self.again)
        for parts, there in ((about_one, one), ((self.cast,), first), (about_any, some)):
            for part in parts:
                part.setVisible(bool(there))
        self._tiles.setVisible(bool(some) and chosen.whole)
        self._picture.show_video(first)
        self._faces.setVisible(one is not None)
        self._faces.show_video(one)
        self._tiles.show_counts(FaceCounts.of(chosen.here))
        self._fault.say(texts.fault(one.video.path, one.fault) if one and one.fault else "")
        self._show_words(one)
        self._show_buttons()

    def nothing_pending(self, chosen: Chosen) -> str:
        """Why none of what is selected is reviewed."""
        if chosen.whole:
            return self.tr("The selected videos have no pending faces.")
        return self.tr("Not all selected videos are read yet: press again, or select fewer.")

    def _show_words(self, one: VideoSummary | None) -> None:
        self._copies.setVisible(one is not None and bool(one.copies))
        if one is None:
            many = len(self._chosen.ids)
            chosen = self.tr("{videos} selected").format(videos=texts.videos(many))
            self._title.setText(chosen if many else self.tr("No video selected"))
            return
        video = one.video
        self._title.setText(breakable(texts.title(video)[:160]))
        facts = [texts.picture(video), texts.length(video.duration), texts.size(video.size_bytes)]
        known = [part for part in facts if part not in ("", "–")]
        self._facts.setText(" · ".join(known))
        self._facts.setVisible(bool(known))
        self._path.setText(breakable(texts.folder(video)))
        self._copies.setText(breakable(texts.copies(one)))
        self._scanned.setText(
            self.tr("Scanned {time}").format(time=texts.state(one))
            if one.scanned_at is not None
            else self.tr("Not scanned yet")
        )

    def _show_buttons(self) -> None:
        target = to_review(self._chosen)
        self.review.setEnabled(target is not None)
        if target is None:
            known = self._chosen.whole
            text = self.tr("No pending faces") if known else self.tr("Review: select fewer")
            self.review.set_text(text)
        else:
            text = self.tr("Review {faces}").format(faces=texts.faces(target.pending))
            self.review.set_text(text)
        several = len(self._chosen.ids) > 1
        self.again.set_text(
            self.tr("Scan {videos} again").format(videos=texts.videos(len(self._chosen.ids)))
            if several
            else self.tr("Scan again")
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        self._folder.setIcon(icon("folder", tokens_of(self).dim))

    def _review(self) -> None:
        self.review_wanted.emit()

    def _show_folder(self) -> None:
        if self._chosen.first is not None:
            self.folder_wanted.emit(str(PurePath(self._chosen.first.video.path).parent))


def to_review(chosen: Chosen) -> VideoSummary | None:
    """The first of these with pending faces; none is passed over while it is not here."""
    here = chosen.here if chosen.whole else [chosen.first] if chosen.first else []
    return next((video for video in here if video.pending), None)


def breakable(text: str) -> str:
    """A text that may wrap after each part of a path, and within very long words."""
    parted = re.sub(r"([/\\])", "\\1\u200b", text)
    return re.sub(r"([^\s\u200b]{16})(?=[^\s\u200b]{4})", "\\1\u200b", parted)
