"""The list of creators as an item model: all of them, or those found by a search."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from facereview.records import Creator
from facereview.review.creators.records import Person
from facereview.ui.creators.wording import counts
from facereview.ui.widgets.plain_text import clear_text, plain_tip

Index = QModelIndex | QPersistentModelIndex

PERSON = Qt.ItemDataRole.UserRole
CARE = Qt.ItemDataRole.UserRole + 1
"""Why a creator needs care; an empty text where it does not."""


class CreatorsModel(QAbstractListModel):
    """Creators by name, or in the order of what was found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._people: dict[int, Person] = {}
        self._rows: list[Person] = []
        self._places: dict[int, int] = {}
        self._found: Sequence[int] | None = None
        self._only: Collection[int] | None = None
        self._contaminated: Mapping[int, str] = {}

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """How many are listed."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, the person itself, and the row in words."""
        person = self.person(index.row()) if index.isValid() else None
        if person is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return clear_text(person.creator.name)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._aloud(person)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._aloud(person))
            case _:
                return {PERSON: person, CARE: self.care(person)}.get(role)

    @property
    def everybody(self) -> Mapping[int, Person]:
        """All creators by id, also those that are not listed now."""
        return self._people

    def person(self, row: int) -> Person | None:
        """The creator of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, creator_id: int | None) -> int | None:
        """The row of a creator."""
        return None if creator_id is None else self._places.get(creator_id)

    def care(self, person: Person) -> str:
        """Why a creator needs care."""
        if not person.references:
            return self.tr("needs references")
        return self._contaminated.get(person.creator.id, "")

    def _aloud(self, person: Person) -> str:
        parts = [clear_text(person.creator.name), counts(person), self.care(person)]
        return ", ".join(part for part in parts if part)

    def show(self, people: Sequence[Person]) -> None:
        """Take over what the library holds now."""
        self._people = {person.creator.id: person for person in people}
        self._list()

    def add(self, creator: Creator) -> None:
        """Somebody new, before the library is read again: nothing belongs to them yet."""
        if self._only is not None:
            self._only = {*self._only, creator.id}
        self.show([*self._people.values(), Person(creator)])

    def show_found(self, ids: Sequence[int] | None) -> None:
        """List what a search found, in its order; None lists all."""
        self._found = ids
        self._list()

    def show_only(self, ids: Collection[int] | None) -> None:
        """List none but these; None lists all."""
        self._only = ids
        self._list()

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

    def _list(self) -> None:
        """Rows anew; where the same creators stay, only what changed of them is told."""
        people, only = self._people, self._only
        order = people.keys() if self._found is None else self._found
        rows = [people[i] for i in order if i in people and (only is None or i in only)]
        if [row.creator.id for row in rows] == [row.creator.id for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self._places = {person.creator.id: row for row, person in enumerate(rows)}
        self.endResetModel()
