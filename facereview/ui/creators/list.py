"""The list of creators: item model, painted rows, and what all lists of the page have in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem, QWidget

from facereview.records import Creator, Person
from facereview.ui.creators.wording import counts
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import PictureCell, paint_portrait
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.placeholders import Waiting
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.widgets.theme import Tokens, paint_line, sized, tokens_of


class PlainList(QListView):
    """Equal cells, smooth scrolling, no search by letters, and a word where it is empty."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty = ""
        """Shown once it is known that there are no rows."""
        self.waiting = Waiting(self)
        self.waiting.changed.connect(lambda: self.viewport().update())
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(name)

    def begin(self) -> None:
        """Take the keys, at the first row where none is at hand."""
        self.setFocus()
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, 0))

    def keyboardSearch(self, _search: str) -> None:
        """Letters are keys of the page; the search has a field of its own."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        model = self.model()
        word = self.waiting.word(self.empty)
        if word and model is not None and not model.rowCount():
            with QPainter(self.viewport()) as painter:
                painter.setPen(QColor(tokens_of(self).dim))
                box = QRectF(self.viewport().rect()).adjusted(24, 24, -24, -24)
                top = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
                painter.drawText(box, top | Qt.TextFlag.TextWordWrap, word)


CARE = Qt.ItemDataRole.UserRole + 1
"""Why a creator needs attention; empty where it does not."""


class CreatorsModel(RowsModel[Person]):
    """Creators by name, in the order of what was found, or in that of a filter."""

    revealed = Signal()
    """Somebody is to be listed whatever is filtered."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._people: dict[int, Person] = {}
        self._places: dict[int, int] = {}
        self._found: Sequence[int] | None = None
        self._only: Collection[int] | None = None
        self._filtered: Sequence[int] | None = None
        self.sorted = False
        """Whether the order of the filter goes before that of what was found."""
        self._contaminated: Mapping[int, str] = {}

    def title(self, row: Person) -> str:
        return clear_text(row.creator.name)

    def aloud(self, row: Person) -> str:
        parts = [self.title(row), counts(row), self.care(row)]
        return ", ".join(part for part in parts if part)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        person = self.row(index.row()) if index.isValid() and role == CARE else None
        return self.care(person) if person else super().data(index, role)

    @property
    def everybody(self) -> Mapping[int, Person]:
        """All creators by id, also those that are not listed now."""
        return self._people

    def row_of(self, creator_id: int | None) -> int | None:
        """The row of a creator."""
        return None if creator_id is None else self._places.get(creator_id)

    def care(self, person: Person) -> str:
        """Why a creator needs attention; empty where it does not."""
        if not person.references:
            return self.tr("needs references")
        return self._contaminated.get(person.creator.id, "")

    def show(self, rows: Sequence[Person]) -> None:
        """Take over what the library holds now."""
        self._people = {person.creator.id: person for person in rows}
        self._list()

    def add(self, creator: Creator) -> None:
        """Somebody new, before the library is read again: nothing belongs to them yet."""
        if self._only is not None:
            self._only = {*self._only, creator.id}
        if self._filtered is not None:
            self._filtered = [*self._filtered, creator.id]
        self.show([*self._people.values(), Person(creator)])

    def show_found(self, ids: Sequence[int] | None) -> None:
        """List what a search found, in its order; None lists all."""
        self._found = ids
        self._list()

    def show_only(self, ids: Collection[int] | None) -> None:
        """List none but these; None lists all."""
        self._only = ids
        self._list()

    def show_filtered(self, ids: Sequence[int] | None) -> None:
        """List none but these, in this order where :attr:`sorted`; None: all, by name."""
        self._filtered = ids
        self._list()

    @property
    def filters(self) -> bool:
        """Whether a filter keeps some from being listed."""
        return self._filtered is not None and len(self._filtered) < len(self._people)

    def show_contaminated(self, why: Mapping[int, str]) -> None:
        """Mark creators with a contaminated reference."""
        self._contaminated = why
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1), [CARE])

    @property
    def hidden(self) -> int:
        """How many of those found, or of all, are not listed because they are not asked for."""
        found = self._people.keys() if self._found is None else self._found
        return 0 if self._only is None else sum(i in self._people for i in found) - len(self._rows)

    def needing(self) -> set[int]:
        """Creators without a reference."""
        return {number for number, person in self._people.items() if not person.references}

    def _order(self) -> list[int]:
        """Those found and filtered that there are."""
        people, found, filtered = self._people, self._found, self._filtered
        if filtered is None:
            return [i for i in (people if found is None else found) if i in people]
        first, other = (filtered, found) if self.sorted or found is None else (found, filtered)
        wanted = people.keys() if other is None else people.keys() & set(other)
        return [i for i in first if i in wanted]

    def _list(self) -> None:
        """Rows anew; where the same creators stay, only what changed of them is told."""
        people, only = self._people, self._only
        rows = tuple(people[i] for i in self._order() if only is None or i in only)
        if [row.creator.id for row in rows] == [row.creator.id for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self._places = {person.creator.id: row for row, person in enumerate(rows)}
        self.endResetModel()


PICTURE = 44.0
_MARGIN, _GAP = 10.0, 11.0


class CreatorsDelegate(PictureCell):
    """Picture, name, counts, and a sign where attention is needed."""

    height = 62

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tokens: Tokens
    ) -> None:
        person: Person = index.data(ROW)
        box = QRectF(option.rect).adjusted(10, 1, -10, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = chosen and option.widget.hasFocus()
        if chosen:
            painter.setPen(QPen(QColor(tokens.amber), 2) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 9, 9)
        left = box.left() + _MARGIN
        picture = QRectF(left, box.center().y() - PICTURE / 2, PICTURE, PICTURE)
        paint_portrait(painter, picture, self._crops.portrait(person), tokens, 7)
        care = str(index.data(CARE))
        if care:
            sign = QRectF(box.right() - 26, box.center().y() - 8, 16, 16)
            paint_icon(
                painter, "warning", sign, tokens.amber if not person.references else tokens.red
            )
        words = QRectF(picture.right() + _GAP, picture.top() + 2, 0, 20)
        words.setRight(box.right() - (34 if care else _MARGIN))
        _paint_words(painter, words, person, tokens)


def _paint_words(painter: QPainter, box: QRectF, person: Person, tokens: Tokens) -> None:
    base = QFont(painter.font())
    painter.setFont(sized(base, 14, QFont.Weight.DemiBold))
    painter.setPen(QColor(tokens.text))
    paint_line(painter, box, clear_text(person.creator.name))
    painter.setFont(sized(base, 12))
    painter.setPen(QColor(tokens.dim))
    paint_line(painter, box.translated(0, 20), counts(person), sentence=True)


_REST_MS = 60
"""Creators passed by with quick keys are not loaded."""


class CreatorsList(PlainList):
    """Shows a :class:`CreatorsModel`; the current creator stays where the list changes."""

    chosen = Signal(object)
    """The creator at hand rests: a :class:`Person`, None where the list is empty."""

    taken = Signal()
    """A key or the mouse went to another creator."""

    def __init__(
        self, model: CreatorsModel, crops: CropStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(QCoreApplication.translate("CreatorsList", "Creators"), parent)
        self._creators = model
        self._at: int | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._say)
        self.setModel(model)
        self.setItemDelegate(CreatorsDelegate(crops, self))
        self.setViewportMargins(0, 8, 0, 8)
        model.modelReset.connect(self._keep)
        model.dataChanged.connect(lambda *_what: self._rest.start())
        crops.portrait_arrived.connect(self.viewport().update)

    @property
    def person(self) -> Person | None:
        """The creator at hand."""
        return self._creators.row(self.currentIndex().row())

    def go_to(self, creator_id: int) -> bool:
        """Make a creator the one at hand; False where it is not listed."""
        row = self._creators.row_of(creator_id)
        if row is not None:
            self.setCurrentIndex(self._creators.index(row))
            self.scrollTo(self.currentIndex())
            self._rest.stop()
            self._say()
        return row is not None

    def first(self) -> None:
        """Go to the first row."""
        self.setCurrentIndex(self._creators.index(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tells moves by key or mouse from moves that an answer makes."""
        before = self._at
        super().keyPressEvent(event)
        self._tell(before)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        before = self._at
        super().mousePressEvent(event)
        self._tell(before)

    def _tell(self, before: int | None) -> None:
        if self._at != before:
            self.taken.emit()

    def _keep(self) -> None:
        row = self._creators.row_of(self._at)
        self.setCurrentIndex(self._creators.index(row or 0))
        self._rest.start()

    def _say(self) -> None:
        person = self.person
        self._at = person.creator.id if person else self._at
        self.chosen.emit(person)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            person = self._creators.row(current.row())
            self._at = person.creator.id if person else self._at
        self._rest.start()
