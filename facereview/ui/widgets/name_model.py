"""The rows offered for a typed name, and their texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from facereview.records import Person
from facereview.review.creators.names import Answer, Does, Found, Press, Row
from facereview.ui.widgets.plain_text import clear_text, plain_tip
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


Index = QModelIndex | QPersistentModelIndex

ROW = Qt.ItemDataRole.UserRole
PERSON = Qt.ItemDataRole.UserRole + 1
"""The :class:`Person` of a row with its numbers; None while they are counted."""
NOTE = Qt.ItemDataRole.UserRole + 2
"""Notes beside the name, the most important first."""
APART = Qt.ItemDataRole.UserRole + 3
"""Whether a line sets the row apart from those above."""


class NameModel(QAbstractListModel):
    """The rows of an :class:`Answer`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.answer = Answer("", "")
        self._words = NameWords(self)
        self._people: Mapping[int, Person] = {}

    def rowCount(self, parent: Index | None = None) -> int:
        """Creators, and the row that creates one."""
        return 0 if parent is not None and parent.isValid() else len(self.answer.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.answer.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._words.title(row, self.answer)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._aloud(row)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._aloud(row))
            case _:
                return self._detail(index.row(), row, role)

    def _detail(self, at: int, row: Row, role: int) -> Any:
        if role == ROW:
            return row
        if role == PERSON:
            return self._person(row)
        if role == NOTE:
            return self._notes(row)
        if role == APART:
            above = self.answer.row(at - 1) if at else None
            return above is not None and above.found is not row.found and _sets_apart(row)
        return None

    def show(self, answer: Answer) -> None:
        """Offer what was found for a text."""
        self.beginResetModel()
        self.answer = answer
        self.endResetModel()

    def show_people(self, people: Mapping[int, Person]) -> None:
        """Pictures and numbers were loaded; the rows stay the same."""
        self._people = people
        if self.answer.rows:
            self.dataChanged.emit(self.index(0), self.index(len(self.answer.rows) - 1))

    def _person(self, row: Row) -> Person | None:
        if row.creator is None:
            return None
        return self._people.get(row.creator.id)

    def _aloud(self, row: Row) -> str:
        return ", ".join((self._words.title(row, self.answer), *self._notes(row)))

    def _notes(self, row: Row) -> tuple[str, ...]:
        person = self._person(row)
        count = (faces(person.faces),) if person is not None else ()
        return (*self._words.notes(row), *count)


def _sets_apart(row: Row) -> bool:
    return row.found in (Found.CREATE, Found.LIKE)
