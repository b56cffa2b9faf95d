"""References that need attention, and creators that look alike: two lists over all creators."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QStackedWidget,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from facereview.review.creators.records import Lookalike
from facereview.review.creators.reference_records import Flag, HealthRow
from facereview.ui.creators import reference_wording as reference_texts
from facereview.ui.creators import wording as texts
from facereview.ui.creators.header import HEALTH, PAIRS
from facereview.ui.creators.list import CreatorsModel, PlainList
from facereview.ui.creators.reference_wording import flagged
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.images import Crop
from facereview.ui.pictures.painting import PictureCell, paint_portrait
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.widgets.tabs import PillTabs
from facereview.ui.widgets.theme import Tokens, paint_line, sized
from facereview.ui.wording.decisions import score

Row = HealthRow | Lookalike


class CareModel(RowsModel[Row]):
    """Rows that need attention, worst first."""

    def title(self, row: Row) -> str:
        return heading(row)

    def aloud(self, row: Row) -> str:
        return f"{heading(row)}: {matter(row)}"


def heading(row: Row) -> str:
    """Whom a row is about."""
    if isinstance(row, Lookalike):
        return f"{clear_text(row.first.name)}  ·  {clear_text(row.second.name)}"
    return clear_text(row.info.creator.name)


def matter(row: Row) -> str:
    """What is wrong with it."""
    if isinstance(row, Lookalike):
        text = texts.translate("Creators", "similarity {score}, closest references {closest}")
        return text.format(score=score(row.similarity), closest=score(row.closest))
    parts = [reference_texts.flagged(row.info), reference_texts.origin(row.info)]
    if row.alone:
        alone = texts.CreatorAmounts().wrong(row.alone)
        parts.append(texts.with_name(alone, row.info.creator.name))
    return " ".join(part for part in parts if part)


class CareCell(PictureCell):
    """Pictures, names, and what is wrong."""

    height = 66

    def __init__(self, crops: CropStore, people: CreatorsModel, parent: QObject) -> None:
        super().__init__(crops, parent)
        self._people = people

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tokens: Tokens
    ) -> None:
        row: Row = index.data(ROW)
        box = QRectF(option.rect).adjusted(14, 1, -14, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            edge = QPen(QColor(tokens.amber), 2)
            painter.setPen(edge if option.widget.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 9, 9)
        left = box.left() + 10
        for picture in self._pictures(row):
            place = QRectF(left, box.center().y() - 24, 48, 48)
            paint_portrait(painter, place, picture, tokens, 7)
            left += 56
        words = QRectF(left + 6, box.top() + 12, 0, 20)
        words.setRight(box.right() - 130)
        base = QFont(painter.font())
        painter.setFont(sized(base, 14, QFont.Weight.DemiBold))
        painter.setPen(QColor(tokens.text))
        paint_line(painter, words, heading(row))
        painter.setFont(sized(base, 12))
        painter.setPen(QColor(tokens.dim))
        paint_line(painter, words.translated(0, 21), matter(row), sentence=True)
        if isinstance(row, HealthRow):
            painter.setFont(sized(base, 12, QFont.Weight.DemiBold))
            _paint_flag(painter, box, row.flag, tokens)

    def _pictures(self, row: Row) -> tuple[Crop | None, ...]:
        if isinstance(row, Lookalike):
            people = self._people.everybody
            both = (people.get(row.first.id), people.get(row.second.id))
            return tuple(self._crops.portrait(one) if one else None for one in both)
        mine = self._crops.reference(row.info.reference)
        other = row.info.other
        near = self._people.everybody.get(other.creator.id) if other else None
        if row.flag is Flag.CONTAMINATED and near is not None:
            return mine, self._crops.portrait(near)
        return (mine,)


def _paint_flag(painter: QPainter, box: QRectF, flag: Flag, tokens: Tokens) -> None:
    painter.setPen(QColor(tokens.red if flag is Flag.CONTAMINATED else tokens.dim))
    end = QRectF(box.right() - 124, box.top(), 112, box.height())
    side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(end, side, reference_texts.flag_word(flag))


class CareList(PlainList):
    """Enter or a double click opens what a row is about."""

    opened = Signal(object)
    """A row: :class:`HealthRow` or :class:`Lookalike`."""
    left = Signal()

    def __init__(
        self, name: str, crops: CropStore, people: CreatorsModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, parent)
        self.rows = CareModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(CareCell(crops, people, self))
        self.setViewportMargins(0, 8, 0, 8)
        self.doubleClicked.connect(lambda _index: self._open())
        crops.reference_arrived.connect(self.viewport().update)
        crops.portrait_arrived.connect(self.viewport().update)

    @property
    def current(self) -> Row | None:
        return self.rows.row(self.currentIndex().row())

    def _open(self) -> None:
        if self.current is not None:
            self.opened.emit(self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


VIEWS = (HEALTH, PAIRS)


class CreatorsCare(QStackedWidget):
    """Both lists; sets the counts of the pills, and marks creators in the model."""

    opened = Signal(object)
    """A row: :class:`HealthRow` or :class:`Lookalike`."""
    left = Signal()

    def __init__(
        self,
        crops: CropStore,
        people: CreatorsModel,
        pills: PillTabs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._people, self._pills = people, pills
        self.health = CareList(self.tr("References that need attention"), crops, people, self)
        self.pairs = CareList(self.tr("Creators that look alike"), crops, people, self)
        self.health.empty = self.tr("No references need attention.")
        self.pairs.empty = self.tr("No two creators look alike.")
        for care in (self.health, self.pairs):
            self.addWidget(care)
            care.waiting.begin()
            care.opened.connect(self.opened)
            care.left.connect(self.left)

    def begin(self, what: str) -> None:
        """Show one of the lists, from its first row where none is at hand."""
        care = self.health if what == HEALTH else self.pairs
        self.setCurrentWidget(care)
        care.begin()

    def take_focus(self) -> None:
        """The keys belong to the list that is shown."""
        shown = self.currentWidget()
        if shown is not None:
            shown.setFocus()

    def wait(self) -> None:
        """Show that both are being loaded."""
        for care in (self.health, self.pairs):
            if not care.waiting.answered:
                care.waiting.begin()

    def give_up(self) -> None:
        """Stop waiting: they cannot be read."""
        for care in (self.health, self.pairs):
            care.waiting.give_up()

    def show_health(self, rows: tuple[HealthRow, ...]) -> None:
        """Show the references that need attention, worst first."""
        self.health.rows.show(rows)
        self.health.waiting.end()
        self._pills.set_count(HEALTH, len(rows))
        bad = [row.info for row in rows if row.flag is Flag.CONTAMINATED]
        self._people.show_contaminated({info.creator.id: flagged(info) for info in bad})

    def show_pairs(self, pairs: tuple[Lookalike, ...]) -> None:
        """Show the pairs of creators that look alike, the most similar first."""
        self.pairs.rows.show(pairs)
        self.pairs.waiting.end()
        self._pills.set_count(PAIRS, len(pairs))
