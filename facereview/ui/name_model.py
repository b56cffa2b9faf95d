"""What a typed name offers as an item model, and what Enter does in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from facereview.review.creators.records import Person
from facereview.review.name_answers import Answer, Does, Found, Press, Row
from facereview.ui.library_texts import faces
from facereview.ui.plain import clear_text, plain_tip

Index = QModelIndex | QPersistentModelIndex

ROW = Qt.ItemDataRole.UserRole
PERSON = Qt.ItemDataRole.UserRole + 1
"""The :class:`Person` of a row with its numbers; None while they are counted."""
NOTE = Qt.ItemDataRole.UserRole + 2
"""What stands beside the name, in dim letters: parts, the weightiest first."""
APART = Qt.ItemDataRole.UserRole + 3
"""Whether a line sets the row apart from those above."""

_LONGEST = 60


class NameModel(QAbstractListModel):
    """The rows of an :class:`Answer`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.answer = Answer("", "")
        self._people: Mapping[int, Person] = {}

    @property
    def text(self) -> str:
        """What was typed when these were found."""
        return self.answer.text

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
                return self._title(row)
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
            return tuple(part for part in (*self._notes(row), self._faces(row)) if part)
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

    def says(self, press: Press) -> str:
        """What a key does, in words, without the key; empty where it does nothing."""
        match press.does:
            case Does.TAKE if press.creator is not None:
                return clear_text(press.creator.name)[:_LONGEST]
            case Does.CREATE | Does.ASK:
                return self.tr("create “{name}”").format(name=self._new())
            case Does.GO:
                row = self.answer.row(press.row)
                what = self._title(row) if row is not None else ""
                return self.tr("go to {row}").format(row=what)
            case _:
                return ""

    def _person(self, row: Row) -> Person | None:
        if row.creator is None:
            return None
        return self._people.get(row.creator.id)

    def _new(self) -> str:
        return clear_text(self.answer.name)[:_LONGEST]

    def _title(self, row: Row) -> str:
        if row.creator is not None:
            name = clear_text(row.creator.name)
            return self.tr("yes: {name}").format(name=name) if row.found is Found.SAME else name
        if self.answer.asking:
            return self.tr("no: create “{name}”").format(name=self._new())
        return self.tr("create “{name}”").format(name=self._new())

    def _notes(self, row: Row) -> tuple[str, str]:
        mean = self.tr("did you mean") if row.found is Found.LIKE else ""
        also = self.tr("also {alias}").format(alias=clear_text(row.alias)) if row.alias else ""
        return mean, also

    def _aloud(self, row: Row) -> str:
        parts = (self._title(row), *self._notes(row), self._faces(row))
        return ", ".join(part for part in parts if part)

    def _faces(self, row: Row) -> str:
        person = self._person(row)
        return faces(person.faces) if person is not None else ""


def _sets_apart(row: Row) -> bool:
    return row.found in (Found.CREATE, Found.LIKE)
