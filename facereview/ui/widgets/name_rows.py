"""The rows offered for a typed name: what they say, and the list below the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStyle,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from facereview.records import Person
from facereview.review.creators.names import Answer, Does, Found, Press, Row
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import PictureCell, paint_portrait
from facereview.ui.widgets.cards import hairline
from facereview.ui.widgets.double_clicks import ActingList
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.plain_text import ElidedLabel, clear_text, wrapped
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.widgets.theme import Tokens, paint_line, sized
from facereview.ui.wording.library import faces

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Said:
    """The texts around the rows; may be empty."""

    enter: str = ""
    """What Enter does."""
    shifted: str = ""
    """What Shift+Enter does, where that is something else."""
    state: str = ""
    question: str = ""

    @property
    def spoken(self) -> str:
        """All of it, for assistive technology."""
        keys = (("Enter", self.enter), ("Shift+Enter", self.shifted))
        said = [f"{key}: {what}" for key, what in keys if what]
        return " · ".join(part for part in (self.question, self.state, *said) if part)


class NameWords(QObject):
    """The texts, in the curator's language."""

    def title(self, row: Row, answer: Answer) -> str:
        """A row: a creator's name, or the new one."""
        if row.creator is not None:
            name = clear_text(row.creator.name)
            return self.tr("yes: {name}").format(name=name) if row.found is Found.SAME else name
        text = self.tr("no: create “{name}”") if answer.asking else self.tr("create “{name}”")
        return text.format(name=_new(answer))

    def notes(self, row: Row) -> tuple[str, ...]:
        """The note beside a name: why it is offered."""
        mean = self.tr("did you mean") if row.found is Found.LIKE else ""
        also = self.tr("also {alias}").format(alias=clear_text(row.alias)) if row.alias else ""
        return tuple(note for note in (mean, also) if note)

    def reading(self, fault: str) -> Said:
        """No names are loaded yet, perhaps after an error."""
        return Said(state=fault or self.tr("Loading the names …"))

    def now(self, answer: Answer, press: Press, shifted: Press, *, form: bool) -> Said:
        """What Enter and Shift+Enter do; a ``form`` wants somebody new."""
        does, makes = self.does(press, answer), self.does(shifted, answer)
        state = self._state(answer, press, form=form)
        return Said(does, makes if makes != does else "", state, self._question(answer))

    def does(self, press: Press, answer: Answer) -> str:
        """What a key does, without the key; empty where it does nothing."""
        match press.does:
            case Does.TAKE if press.creator is not None:
                return clear_text(press.creator.name)[:_LONGEST]
            case Does.CREATE | Does.ASK:
                return self.tr("create “{name}”").format(name=_new(answer))
            case Does.GO:
                row = answer.row(press.row)
                what = self.title(row, answer) if row is not None else ""
                return self.tr("go to {row}").format(row=what)
            case _:
                return ""

    def _state(self, answer: Answer, press: Press, *, form: bool) -> str:
        """The hint while Enter does nothing."""
        if answer.asking:
            return self.tr("Up and Down choose the answer.") if press.does is Does.NOTHING else ""
        if press.does is Does.GO and answer.preselected is None:
            return self.tr("No creator has this name.")
        if press.does is not Does.NOTHING:
            known = form and answer.name and answer.creating is None
            return self.tr("A creator already has this name.") if known else ""
        if not answer.name:
            return self.tr("Type a name; Up and Down choose one.")
        return self.tr("No creator has this name: choose one.")

    def _question(self, answer: Answer) -> str:
        if not answer.asking:
            return ""
        same = [row.creator for row in answer.rows if row.found is Found.SAME]
        names = ", ".join(f"“{clear_text(one.name)[:_LONGEST]}”" for one in same if one is not None)
        return self.tr("The same as {names}?").format(names=names)


def _new(answer: Answer) -> str:
    return clear_text(answer.name)[:_LONGEST]


PERSON = Qt.ItemDataRole.UserRole + 1
"""The :class:`Person` of a row with its numbers; None while they are counted."""
NOTE = Qt.ItemDataRole.UserRole + 2
"""Notes beside the name, the most important first."""
APART = Qt.ItemDataRole.UserRole + 3
"""Whether a line sets the row apart from those above."""


class NameModel(RowsModel[Row]):
    """The rows of an :class:`Answer`: creators, and the one that creates one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.answer = Answer("", "")
        self._words = NameWords(self)
        self._people: Mapping[int, Person] = {}

    def title(self, row: Row) -> str:
        return self._words.title(row, self.answer)

    def aloud(self, row: Row) -> str:
        return ", ".join((self.title(row), *self._notes(row)))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row()) if index.isValid() else None
        if row is None or role not in (PERSON, NOTE, APART):
            return super().data(index, role)
        if role == PERSON:
            return self._person(row)
        if role == NOTE:
            return self._notes(row)
        above = self.row(index.row() - 1)
        return above is not None and above.found is not row.found and _sets_apart(row)

    def show_answer(self, answer: Answer) -> None:
        """Offer what was found for a text."""
        self.beginResetModel()
        self.answer, self._rows = answer, answer.rows
        self.endResetModel()

    def show_people(self, people: Mapping[int, Person]) -> None:
        """Pictures and numbers were loaded; the rows stay the same."""
        self._people = people
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _person(self, row: Row) -> Person | None:
        return None if row.creator is None else self._people.get(row.creator.id)

    def _notes(self, row: Row) -> tuple[str, ...]:
        person = self._person(row)
        count = (faces(person.faces),) if person is not None else ()
        return (*self._words.notes(row), *count)


def _sets_apart(row: Row) -> bool:
    return row.found in (Found.CREATE, Found.LIKE)


NAME_ROW = 40
_PICTURE, _APART = 30.0, 12.0


class NameCell(PictureCell):
    """A row is a creator, or the one that creates a new one."""

    height = NAME_ROW

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tokens: Tokens
    ) -> None:
        """A line separates rows of different kinds."""
        box = QRectF(option.rect)
        if index.data(APART):
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(box.topLeft() + QPointF(6, 0), box.topRight() - QPointF(6, 0))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(tokens.blue), 2))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), 7, 7)
        picture = QRectF(box.left() + 8, box.center().y() - _PICTURE / 2, _PICTURE, _PICTURE)
        self._paint_picture(painter, picture, index, tokens)
        words = QRectF(picture.right() + 10, box.top(), 0, box.height())
        words.setRight(box.right() - 10)
        _paint_words(painter, words, str(index.data()), index.data(NOTE), tokens)

    def _paint_picture(self, painter: QPainter, box: QRectF, index: Index, tokens: Tokens) -> None:
        row: Row = index.data(ROW)
        if row.creator is None:
            paint_icon(painter, "plus", box.adjusted(7, 7, -7, -7), tokens.dim)
            return
        person = index.data(PERSON)
        crop = self._crops.portrait(person) if person is not None else None
        paint_portrait(painter, box, crop, tokens, 6)


def _paint_words(
    painter: QPainter, box: QRectF, name: str, notes: tuple[str, ...], tokens: Tokens
) -> None:
    """The name has the room first; of the notes those that fit beside it, at least one."""
    font, small = sized(painter.font(), 13), sized(painter.font(), 12)
    room = max(
        box.width() * 0.35, box.width() - _APART - QFontMetricsF(font).horizontalAdvance(name)
    )
    note, wide = _fitting(notes, QFontMetricsF(small), room)
    if note:
        painter.setFont(small)
        painter.setPen(QColor(tokens.dim))
        paint_line(painter, box.adjusted(box.width() - wide, 0, 0, 0), note)
    painter.setFont(font)
    painter.setPen(QColor(tokens.text))
    paint_line(painter, box.adjusted(0, 0, -wide - _APART if note else 0, 0), name)


def _fitting(notes: tuple[str, ...], metrics: QFontMetricsF, room: float) -> tuple[str, float]:
    """As many notes as fit into the room, the first ones first, and how wide they are."""
    for count in range(len(notes), 0, -1):
        note = "  ·  ".join(notes[:count])
        wide = metrics.horizontalAdvance(note) + 1
        if wide <= room or count == 1:
            return note, min(wide, room)
    return "", 0.0


_EDGE, _GAP, _ROOM = 4, 4, 12


class NameRows(ActingList):
    """The rows, of which at least two are visible."""

    def minimumSizeHint(self) -> QSize:
        model = self.model()
        rows = min(2, model.rowCount()) if model is not None else 0
        return QSize(120, rows * NAME_ROW + 2 * self.frameWidth())


class NamePopup(QFrame):
    """A question where there is one, the rows, and below them the keys with what they do."""

    picked = Signal(int)
    """The row that was clicked."""

    def __init__(self, names: NameModel, crops: CropStore, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setProperty("card", True)
        self.question = wrapped("", "strong", self)
        self.list = NameRows(self)
        self.list.setModel(names)
        self.list.setItemDelegate(NameCell(crops, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Names found"))
        self.list.clicked.connect(lambda index: self.picked.emit(index.row()))
        crops.portrait_arrived.connect(self.list.viewport().update)
        self._caps = (KeyCap("Enter", self), KeyCap("Shift+Enter", self))
        self.lines = (ElidedLabel("", "small", self), ElidedLabel("", "small", self))
        self.state = wrapped("", "small", self)
        self._column = QVBoxLayout(self)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        column = self._column
        column.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE + 2)
        column.setSpacing(_GAP)
        self.question.setContentsMargins(8, 6, 8, 2)
        self.state.setContentsMargins(8, 2, 8, 2)
        column.addWidget(self.question)
        column.addWidget(self.list, 1)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.state)
        keys = QHBoxLayout()
        keys.setContentsMargins(6, 0, 6, 0)
        keys.setSpacing(6)
        for cap, line in zip(self._caps, self.lines, strict=True):
            keys.addWidget(cap)
            keys.addWidget(line, 1)
        column.addLayout(keys)

    def say(self, said: Said) -> None:
        """Set the texts: what Enter and Shift+Enter do now, a hint, a question."""
        keys = (said.enter, said.shifted)
        for cap, line, text in zip(self._caps, self.lines, keys, strict=True):
            line.setText(text)
            cap.setVisible(bool(text))
            line.setVisible(bool(text))
        for words, text in ((self.state, said.state), (self.question, said.question)):
            words.setText(text)
            words.setVisible(bool(text))

    def highlight(self, row: int | None) -> None:
        """Mark the row that Enter accepts."""
        model = self.list.model()
        self.list.setCurrentIndex(QModelIndex() if row is None else model.index(row, 0))
        if row is None:
            self.list.scrollToTop()

    def highlighted(self) -> int | None:
        """The row that Enter accepts."""
        index = self.list.currentIndex()
        return index.row() if index.isValid() else None

    def lie_at(self, field: QRect) -> None:
        """Under the field, over it where there is more room; ``field`` in the host's pixels."""
        rows = self.list.model().rowCount()
        self.list.setVisible(rows > 0)
        edge = 2 * self.list.frameWidth()
        self.list.updateGeometry()
        self.resize(field.width(), self.height())
        rest = self._rest(field.width())
        below = self._host.height() - field.bottom() - _ROOM
        height = min(rest + rows * NAME_ROW + edge, max(below, field.top() - _ROOM))
        fits = height <= below
        top = field.bottom() + _GAP if fits else field.top() - height - _GAP
        self.setGeometry(QRect(QPoint(field.left(), top), self.size()))
        self.resize(field.width(), height)
        self.raise_()
        self.show()

    def _rest(self, width: int) -> int:
        """Height of all but the rows."""
        layout = self._column
        layout.activate()
        rows = self.list.minimumSizeHint().height() if self.list.isVisibleTo(self) else 0
        least = max(layout.minimumHeightForWidth(width), layout.minimumSize().height())
        frame = self.contentsMargins()
        return least + frame.top() + frame.bottom() - rows
