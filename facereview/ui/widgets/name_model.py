"""What a typed name offers as an item model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from facereview.review.creators.name_answers import Answer, Found, Row
from facereview.review.creators.records import Person
from facereview.ui.widgets.name_wording import NameWords
from facereview.ui.widgets.plain_text import plain_tip
from facereview.ui.wording.library import faces

Index = QModelIndex | QPersistentModelIndex

ROW = Qt.ItemDataRole.UserRole
PERSON = Qt.ItemDataRole.UserRole + 1
"""The :class:`Person` of a row with its numbers; None while they are counted."""
NOTE = Qt.ItemDataRole.UserRole + 2
"""What stands beside the name, in dim letters: parts, the weightiest first."""
APART = Qt.ItemDataRole.UserRole + 3
"""Whether a line sets the row apart from those above."""


class NameModel(QAbstractListModel):
    """The rows of an :class:`Answer`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.answer = Answer("", "")
        self._words = NameWords(self)
        self._people: Mapping[int, Person] = {}

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """Creators, and the row that creates one."""
        return 0 if parent is not None and parent.isValid() else len(self.answer.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The row itself, and what it says."""
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
        """Pictures and numbers came; the rows stay the same."""
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
