"""A creator's references: item model, cards, the strip that shows them, and the banner above."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from facereview.records import Person, Reference
from facereview.review.creators.reference_records import Flag, ReferenceInfo
from facereview.ui.creators import reference_wording as reference_texts
from facereview.ui.creators.list import PlainList
from facereview.ui.creators.reference_wording import about_reference, likeness, source
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import PictureCell, paint_portrait
from facereview.ui.widgets.bars import paint_bar
from facereview.ui.widgets.cards import Banner
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.widgets.theme import Tokens, sized, tokens_of

LARGE, SMALL, TINY = 158, 104, 64
"""Sides of the pictures: in a high window, a low one, and one that is hardly high enough."""

_PAD, _WORDS, _GAP = 9, 32, 12


class ReferencesModel(RowsModel[ReferenceInfo]):
    """References of one creator: doubtful ones first, then those most like the others."""

    def title(self, row: ReferenceInfo) -> str:
        return source(row)

    def aloud(self, row: ReferenceInfo) -> str:
        return about_reference(row)

    def row_of(self, reference_id: int) -> int | None:
        rows = (place for place, info in enumerate(self.rows) if info.reference.id == reference_id)
        return next(rows, None)

    def show(self, rows: Sequence[ReferenceInfo]) -> None:
        super().show(sorted(rows, key=_order))


def _order(info: ReferenceInfo) -> tuple[bool, float, int]:
    own = info.own if info.own is not None else 1.0
    return Flag.CONTAMINATED not in info.flags, -own, info.reference.id


class ReferenceCell(PictureCell):
    """A card: picture, source, similarity as number and bar, a sign where something is wrong."""

    side = LARGE
    plain = False
    """Pictures alone."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        words = 0 if self.plain else _WORDS
        return QSize(self.side + 2 * _PAD + _GAP, self.side + 2 * _PAD + words)

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tokens: Tokens
    ) -> None:
        info: ReferenceInfo = index.data(ROW)
        box = QRectF(option.rect).adjusted(1, 1, -_GAP, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected) and option.widget.hasFocus()
        edge = tokens.amber if chosen else _colour(info, tokens, calm=tokens.line)
        painter.setPen(QPen(QColor(edge), 2 if chosen else 1))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(box, 9, 9)
        picture = QRectF(box.left() + _PAD, box.top() + _PAD, self.side, self.side)
        picture.setWidth(box.width() - 2 * _PAD)
        picture.setHeight(picture.width())
        crop = self._crops.reference(info.reference)
        paint_portrait(painter, picture, crop, tokens, 6, pale=info.retired)
        if info.flags:
            _paint_sign(painter, picture, info, tokens)
        if not self.plain:
            words = QRectF(picture.left(), picture.bottom() + 5, picture.width(), 18)
            _paint_words(painter, words, info, tokens)


def _colour(info: ReferenceInfo, tokens: Tokens, *, calm: str) -> str:
    if Flag.CONTAMINATED in info.flags and not info.retired:
        return tokens.red
    return calm if not info.flags or info.retired else tokens.amber


def _paint_sign(painter: QPainter, picture: QRectF, info: ReferenceInfo, tokens: Tokens) -> None:
    badge = QRectF(picture.right() - 26, picture.top() + 5, 21, 21)
    painter.setPen(QPen(QColor(tokens.panel), 1.5))
    painter.setBrush(QColor(tokens.panel))
    painter.drawEllipse(badge)
    paint_icon(
        painter,
        "warning",
        badge.adjusted(3, 2.5, -3, -3.5),
        _colour(info, tokens, calm=tokens.amber),
    )


def _paint_words(painter: QPainter, box: QRectF, info: ReferenceInfo, tokens: Tokens) -> None:
    painter.setFont(sized(painter.font(), 12, QFont.Weight.Medium))
    painter.setPen(QColor(tokens.dim if info.retired else tokens.text))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, source(info))
    painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, likeness(info))
    bar = QRectF(box.left(), box.bottom() + 2, box.width(), 5)
    colour = tokens.faint if info.retired else _colour(info, tokens, calm=tokens.green)
    paint_bar(painter, bar, info.own or 0.0, colour, tokens.line)


class ReferenceStrip(PlainList):
    """One row of cards; it scrolls sideways."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("ReferenceStrip", "References"), parent)
        self.references = ReferencesModel(self)
        self._cell = ReferenceCell(crops, self)
        self.setModel(self.references)
        self.setItemDelegate(self._cell)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        crops.reference_arrived.connect(self.viewport().update)
        self.set_side(LARGE)

    @property
    def current(self) -> ReferenceInfo | None:
        return self.references.row(self.currentIndex().row())

    def set_side(self, side: int, *, plain: bool = False) -> None:
        """Smaller cards where the window is low; ``plain`` ones are pictures alone."""
        self._cell.side, self._cell.plain = side, plain
        self.setFixedHeight(side + 2 * _PAD + (0 if plain else _WORDS) + 8)
        self.scheduleDelayedItemsLayout()

    def go_to(self, reference_id: int) -> None:
        """Make a reference the one at hand."""
        row = self.references.row_of(reference_id)
        if row is not None:
            self.setCurrentIndex(self.references.index(row))
            self.scrollTo(self.currentIndex())

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        step = turned.y() if abs(turned.y()) > abs(turned.x()) else turned.x()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - step)
        event.accept()


class CreatorPicture(QWidget):
    """The best picture of a creator, or that of a reference."""

    def __init__(
        self, crops: CropStore, side: int, radius: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._crops, self._radius = crops, radius
        self._whose: Person | Reference | None = None
        self.setFixedSize(QSize(side, side))
        crops.portrait_arrived.connect(self.update)
        crops.reference_arrived.connect(self.update)

    def show_of(self, whose: Person | Reference | None) -> None:
        self._whose = whose
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        whose, crops = self._whose, self._crops
        picture = crops.portrait(whose) if isinstance(whose, Person) else None
        if isinstance(whose, Reference):
            picture = crops.reference(whose)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_portrait(painter, QRectF(self.rect()), picture, tokens_of(self), self._radius)


class CulpritBanner(Banner):
    """Offers to retire that reference, or to move it to the creator it resembles."""

    retire_wanted = Signal(object)
    """Retire this contaminated reference."""
    move_wanted = Signal(object)
    """Move this contaminated reference to the creator it looks like."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__("warning", "red", parent)
        self.culprit: ReferenceInfo | None = None
        self._picture = CreatorPicture(crops, 40, 6, self)
        self.retire = self.add_button(self.tr("Retire"))
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
        self._picture.show_of(self.culprit.reference)
        self.say(reference_texts.culprit(self.culprit, len(bad) - 1))
        other = clear_text(self.culprit.other.creator.name)
        self.move_it.setText(self.tr("Move to {name}").format(name=other[:24]))
