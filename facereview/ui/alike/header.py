"""The top of the page: the face that all others are compared with, and the two halves."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from facereview.review.library.alike import Alike, ShownFace
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_portrait
from facereview.ui.widgets.plain_text import ElidedLabel
from facereview.ui.widgets.tabs import PageHeader, PillTabs
from facereview.ui.widgets.theme import tokens_of
from facereview.ui.widgets.zoom import Zoom, ZoomSlider
from facereview.ui.wording import alike as texts

PENDING, DECIDED = "pending", "decided"
_SIDE = 36


class ProbePicture(QWidget):
    """The face that all others are compared with."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self._probe: ShownFace | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        crops.arrived.connect(lambda _key: self.update())

    def show_probe(self, probe: ShownFace | None) -> None:
        """Show another face."""
        self._probe = probe
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        probe = self._probe
        if probe is not None:
            crop = self._crops.face(probe.face, probe.video)
            paint_portrait(QPainter(self), QRectF(self.rect()), crop, tokens_of(self), 8)


class AlikeHeader(PageHeader):
    """The face, what the others are by it, the halves with their counts, and the size."""

    def __init__(self, crops: CropStore, zoom: Zoom, parent: QWidget) -> None:
        super().__init__(self.tr("More like this"), parent)
        self._probe = ProbePicture(crops, self)
        self._about = ElidedLabel("", "dim", self)
        self.pills = PillTabs(
            self.tr("Which faces"),
            [(PENDING, self.tr("Pending")), (DECIDED, self.tr("Decided"))],
            self,
        )
        self.pills.choose(PENDING)
        self.row.addWidget(self._probe)
        self.row.addWidget(self._about, 1)
        self.row.addWidget(self.pills)
        self.row.addWidget(ZoomSlider(zoom, self))

    def show_found(self, found: Alike | None) -> None:
        """Show what the faces are compared with."""
        self._probe.show_probe(found.probe if found else None)
        self._about.setText(texts.about(found))

    def show_counts(self, pending: int, decided: int) -> None:
        """Show how many faces each half has."""
        self.pills.set_count(PENDING, pending)
        self.pills.set_count(DECIDED, decided)
