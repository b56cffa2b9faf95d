"""The top of the cast sheet: which rows are shown, and what is known of the video."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from facereview.records import Status, VideoSummary
from facereview.review.cast.records import CastSheet, Company
from facereview.ui.actions.table import first_key
from facereview.ui.cast import wording
from facereview.ui.cast.controller import CastController
from facereview.ui.cast.cursor import Chip
from facereview.ui.cast.painting import paint_moment
from facereview.ui.pictures.video_pictures import ThumbnailStore
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.plain_text import ElidedLabel, button, label
from facereview.ui.widgets.tabs import PageHeader, PillTabs
from facereview.ui.widgets.theme import tokens_of
from facereview.ui.wording.library import number, title


class CastHeader(PageHeader):
    """Chips that filter the rows, and the video's place among those to review."""

    chosen = Signal(str)
    """A chip."""
    next_wanted = Signal()

    def __init__(self, controller: CastController, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("Cast", "Cast"), parent)
        self._at = controller
        self.pills = PillTabs(
            self.tr("Rows"),
            [
                (Chip.ALL, self.tr("All")),
                (Chip.SURE, self.tr("Sure")),
                (Chip.OPEN, self.tr("Open")),
            ],
            self,
        )
        self._place = label("", "dim", self)
        self._next = button(self.tr("next video"), "flat", self)
        self._cap = KeyCap(first_key("cast_next_video"), self)
        self.row.addWidget(self.pills)
        self.row.addStretch()
        for part in (self._place, self._cap, self._next):
            self.row.addWidget(part)
        self.pills.chosen.connect(self.chosen)
        self._next.clicked.connect(self.next_wanted)
        controller.sheet_changed.connect(self.show_sheet)
        controller.order.changed.connect(self.show_sheet)
        self.show_sheet()

    def show_sheet(self) -> None:
        at = self._at
        self.pills.choose(at.cursor.chip)
        for chip in Chip:
            self.pills.set_count(chip, at.count(chip))
        place, count = at.order.place(at.video), len(at.order.videos)
        text = self.tr("video {place} of {count} to review")
        known = place is not None
        self._place.setText(
            text.format(place=number(place or 0), count=number(count)) if known else ""
        )
        further = at.order.step(at.video, 1) is not None
        self._next.setVisible(further)
        self._cap.setVisible(further)


class Poster(QWidget):
    """A frame of the video, its clearest face where there is none."""

    def __init__(self, pictures: ThumbnailStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._video: VideoSummary | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        pictures.answered.connect(self._answered)

    def show_sheet(self, sheet: CastSheet | None) -> None:
        self._video = _summary(sheet) if sheet else None
        self.update()

    def prepare(self, sheet: CastSheet) -> None:
        """Load the picture of a video that is likely to be opened next."""
        self._pictures.picture(_summary(sheet))

    @property
    def picture(self) -> QImage | None:
        """What it shows, once it is there."""
        return self._pictures.picture(self._video) if self._video else None

    def _answered(self, video: int) -> None:
        if self._video is not None and self._video.video.id == video:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, picture, box = tokens_of(self), self.picture, QRectF(self.rect())
        path = QPainterPath()
        path.addRoundedRect(box, 10, 10)
        with QPainter(self) as painter:
            painter.setRenderHints(
                QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
            )
            painter.fillPath(path, QColor(tokens.raised))
            painter.setClipPath(path)
            if picture is None:
                glyph = QRectF(0, 0, 40, 40)
                glyph.moveCenter(box.center())
                paint_icon(painter, "videos", glyph, tokens.faint)
                return
            scale = max(box.width() / picture.width(), box.height() / picture.height())
            if picture.width() <= picture.height():  # nothing of a face or an upright film is cut
                scale = min(box.width() / picture.width(), box.height() / picture.height())
            shown = QRectF(0, 0, picture.width() * scale, picture.height() * scale)
            shown.moveCenter(box.center())
            painter.drawImage(shown, picture)


def _summary(sheet: CastSheet) -> VideoSummary:
    """The video as lists know it, which name the face that is shown where no frame can be."""
    faces = [face for row in sheet.rows for face in row.faces]
    cover = max(faces, key=lambda face: face.quality or 0.0, default=None)
    pending = sum(face.state.status is Status.PENDING for face in faces)
    rejected = sum(face.state.status is Status.REJECTED for face in faces)
    return VideoSummary(
        sheet.video,
        pending,
        len(faces) - pending - rejected,
        rejected,
        None,
        None,
        cover.id if cover else None,
    )


class Legend(QWidget):
    """How the marks of the timelines are to be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = flush(QHBoxLayout(self), 6)
        for text, pending in ((self.tr("decided"), False), (self.tr("pending"), True)):
            row.addWidget(_Swatch(pending=pending, parent=self))
            row.addWidget(label(text, "dim", self))
            row.addSpacing(10)
        about = self.tr("each mark is a frame: click to play there")
        row.addWidget(ElidedLabel(about, "dim", self, sentence=True), 1)


class _Swatch(QWidget):
    def __init__(self, *, pending: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._pending = pending
        self.setFixedSize(QSize(18, 12))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colour = QColor(tokens_of(self).dim)
            paint_moment(painter, QRectF(self.rect()), colour, pending=self._pending)


_HUGE, _TALL, _LOW, _LOWEST = 260, 188, 120, 66
"""Heights of the poster in a very high, a high, a low and a very low window."""

LOW = 560
"""Height of a page in which everything takes as little room as it can."""


class VideoFacts(QWidget):
    """Poster, title, and what the library knows of the video."""

    def __init__(
        self, controller: CastController, pictures: ThumbnailStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._at = controller
        self.poster = Poster(pictures, self)
        self.title = ElidedLabel("", "title", self)
        self.facts = ElidedLabel("", "dim", self, sentence=True)
        self.tagged = ElidedLabel("", "dim", self, sentence=True)
        self.company = ElidedLabel("", "dim", self, sentence=True)
        self.legend = Legend(self)
        self._lay_out()
        controller.sheet_changed.connect(self.show_sheet)
        controller.sheets.arrived.connect(self._prepare)
        self.show_sheet()
        self.fit(_TALL * 4)

    def _lay_out(self) -> None:
        self._words = QVBoxLayout()
        self._words.setSpacing(6)
        self._words.addWidget(self.title)
        self._words.addWidget(self.facts)
        self._words.addStretch(1)
        self._words.addWidget(self.tagged)
        self._words.addWidget(self.company)
        self._words.addStretch(2)
        self._words.addWidget(self.legend)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 14, 20, 14)
        row.setSpacing(20)
        row.addWidget(self.poster, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._words, 1)

    def fit(self, height: int) -> None:
        """Take less room in a low page."""
        high = _TALL if height > 780 else _LOW if height > LOW else _LOWEST
        if height > 1500:
            high = _HUGE
        self.poster.setFixedSize(QSize(round(high * 16 / 9), high))
        self._words.setSpacing(6 if high >= _TALL else 2)
        self.legend.setVisible(high != _LOWEST)
        self.company.setVisible(high != _LOWEST)
        around = 14 if high != _LOWEST else 6
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(20, around, 20, around)
        self.setFixedHeight(high + 2 * around)

    def show_sheet(self) -> None:
        sheet = self._at.sheet
        self.poster.show_sheet(sheet)
        self.title.setText(title(sheet.video) if sheet else "")
        self.facts.setText(wording.facts(sheet) if sheet else "")
        names = wording.tagged(sheet) if sheet else ""
        text = self.tr("Tagged by the library: {names}")
        nobody = self.tr("Not tagged by the library")
        self.tagged.setText((text.format(names=names) if names else nobody) if sheet else "")
        self.legend.setVisible(bool(sheet and sheet.rows) and self.poster.height() != _LOWEST)
        name = wording.spoken_video(sheet, title(sheet.video)) if sheet else ""
        self.setAccessibleName(name)

    def _prepare(self, video: int) -> None:
        sheet = self._at.sheets.get(video)
        if sheet is not None and video != self._at.video:
            self.poster.prepare(sheet)

    def show_company(self, found: tuple[Company, ...]) -> None:
        """Who usually appears together with these; nothing while it is not known."""
        names = wording.company(found)
        text = self.tr("Usually together with: {names}")
        self.company.setText(text.format(names=names) if names else "")
