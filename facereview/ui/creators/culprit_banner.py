"""The banner over a creator's references: the worst of those that show somebody else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.records import Reference
from facereview.review.creators.reference_records import Flag, ReferenceInfo
from facereview.ui.creators import reference_wording as reference_texts
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_portrait
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.theme import tokens_of
from facereview.ui.widgets.tinted import Banner


class ReferencePicture(QWidget):
    """The picture of a reference, small."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self._reference: Reference | None = None
        self.setFixedSize(QSize(40, 40))
        crops.arrived.connect(self._picture_came)

    def _picture_came(self, key: tuple[str, int]) -> None:
        if key[0] == "reference":
            self.update()

    def show_reference(self, reference: Reference | None) -> None:
        """Show another one."""
        self._reference = reference
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        picture = self._crops.reference(self._reference) if self._reference else None
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_portrait(painter, QRectF(self.rect()), picture, tokens_of(self), 6)


class CulpritBanner(Banner):
    """Offers to retire that reference, or to move it to whom it looks like."""

    retire_wanted = Signal(object)
    """Retire this contaminated reference."""
    move_wanted = Signal(object)
    """Move this contaminated reference to the creator it looks like."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__("warning", "red", parent)
        self.culprit: ReferenceInfo | None = None
        self._picture = ReferencePicture(crops, self)
        self.retire = self.add_button(self.tr("Retire it"))
        self.move_it = self.add_button("")
        row = self.layout()
        if isinstance(row, QHBoxLayout):
            row.insertWidget(1, self._picture)
        self.retire.clicked.connect(lambda: self.retire_wanted.emit(self.culprit))
        self.move_it.clicked.connect(lambda: self.move_wanted.emit(self.culprit))

    def show_worst(self, live: Sequence[ReferenceInfo]) -> None:
        """The worst of the contaminated references, with how many more there are."""
        bad = [info for info in live if Flag.CONTAMINATED in info.flags and info.other]
        bad.sort(key=lambda info: (info.own or 0) - (info.other.similarity if info.other else 0))
        self.culprit = bad[0] if bad else None
        if self.culprit is None or self.culprit.other is None:
            self.say("")
            return
        self._picture.show_reference(self.culprit.reference)
        self.say(reference_texts.culprit(self.culprit, len(bad) - 1))
        other = clear_text(self.culprit.other.creator.name)
        self.move_it.setText(self.tr("Move to {name}").format(name=other[:24]))
