"""Beside the list: the video at hand, or what is selected, and what can be done with it."""

from __future__ import annotations

import re
from pathlib import PurePath

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from facereview.records import VideoSummary
from facereview.review.library.desk import LibraryDesk
from facereview.ui.actions.table import first_key
from facereview.ui.jobs.lanes import Lane
from facereview.ui.pictures.video_pictures import ThumbnailStore
from facereview.ui.videos.face_counts import CountTiles, FaceCounts
from facereview.ui.videos.table import paint_thumb
from facereview.ui.videos.timeline import VideoFacesView
from facereview.ui.widgets.cards import Banner
from facereview.ui.widgets.dialog import Scrolled
from facereview.ui.widgets.icons import icon
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.plain_text import button, label, set_tip, wrapped
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
        """Show another video."""
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


class VideoPanel(QWidget):
    """Facts, counts and buttons; ``show_videos`` is told the selection, the current one first."""

    review_wanted = Signal()
    """Review what is selected."""
    scan_wanted = Signal()
    """Scan what is selected again."""
    folder_wanted = Signal(str)
    """Show this folder in the desktop's file manager."""

    def __init__(
        self,
        desk: LibraryDesk,
        lane: Lane,
        pictures: ThumbnailStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._videos: list[VideoSummary] = []
        self._picture = VideoPicture(pictures, self)
        self._title = wrapped("", "heading", self)
        self._facts = wrapped("", "dim", self)
        self._path = wrapped("", "dim", self)
        self._tiles = CountTiles(self)
        self._faces = VideoFacesView(desk, lane, self)
        self._scanned = label("", "dim", self)
        self._fault = Banner("warning", "red", self)
        self.review = KeyButton(first_key("accept"), strong=True, parent=self)
        self.again = KeyButton(first_key("scan_again"), parent=self)
        self._folder = button("", "flat", self)
        set_tip(self._folder, self.tr("Show in folder"))
        self._folder.setAccessibleName(self.tr("Show in folder"))
        self._tint()
        self._lay_out()
        self.review.clicked.connect(self._review)
        self.again.clicked.connect(self.scan_wanted)
        self._folder.clicked.connect(self._show_folder)
        self.show_videos([])

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._picture)
        column.addSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._facts)
        place = QHBoxLayout()
        place.setSpacing(4)
        place.addWidget(self._path, 1)
        place.addWidget(self._folder, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(place)
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
        whole.addWidget(self.review)
        whole.addWidget(self.again)

    def show_videos(self, videos: list[VideoSummary]) -> None:
        """Show the first of these, and what is true of all of them."""
        self._videos = videos
        first = videos[0] if videos else None
        one = first if len(videos) == 1 else None
        about_one: tuple[QWidget, ...] = (self._facts, self._path, self._scanned, self._folder)
        about_any: tuple[QWidget, ...] = (self._tiles, self.review, self.again)
        for parts, there in ((about_one, one), (about_any, first)):
            for part in parts:
                part.setVisible(there is not None)
        self._picture.show_video(first)
        self._faces.setVisible(one is not None)
        self._faces.show_video(one)
        self._tiles.show_counts(FaceCounts.of(videos))
        self._fault.say(texts.fault(one.video.path, one.fault) if one and one.fault else "")
        self._show_words(first, one)
        self._show_buttons()

    def _show_words(self, first: VideoSummary | None, one: VideoSummary | None) -> None:
        if one is None:
            chosen = self.tr("{videos} selected").format(videos=texts.videos(len(self._videos)))
            self._title.setText(chosen if first else self.tr("No video selected"))
            return
        video = one.video
        self._title.setText(breakable(texts.title(video)[:160]))
        facts = [texts.picture(video), texts.length(video.duration), texts.size(video.size_bytes)]
        known = [part for part in facts if part not in ("", "–")]
        self._facts.setText(" · ".join(known))
        self._facts.setVisible(bool(known))
        self._path.setText(breakable(texts.folder(video)))
        self._scanned.setText(
            self.tr("Scanned {time}").format(time=texts.state(one))
            if one.scanned_at is not None
            else self.tr("Not scanned yet")
        )

    def _show_buttons(self) -> None:
        target = to_review(self._videos)
        self.review.setEnabled(target is not None)
        if target is None:
            self.review.set_text(self.tr("No pending faces"))
        else:
            text = self.tr("Review {faces}").format(faces=texts.faces(target.pending))
            self.review.set_text(text)
        several = len(self._videos) > 1
        self.again.set_text(
            self.tr("Scan {videos} again").format(videos=texts.videos(len(self._videos)))
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
        if self._videos:
            self.folder_wanted.emit(str(PurePath(self._videos[0].video.path).parent))


def to_review(videos: list[VideoSummary]) -> VideoSummary | None:
    """The first of these with pending faces."""
    return next((video for video in videos if video.pending), None)


def breakable(text: str) -> str:
    """A text that may wrap after each part of a path, and within very long words."""
    parted = re.sub(r"([/\\])", "\\1\u200b", text)
    return re.sub(r"([^\s\u200b]{16})(?=[^\s\u200b]{4})", "\\1\u200b", parted)
