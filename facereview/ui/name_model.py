"""Creators found by name as an item model; "create ..." is a row of its own, always the last."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from facereview.records import Creator
from facereview.ui.ports import CreatorMatch
from facereview.ui.widgets import clear_text

Index = QModelIndex | QPersistentModelIndex

CREATES = Qt.ItemDataRole.UserRole


class NameModel(QAbstractListModel):
    """What can be chosen for a typed text."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        """What was typed when these were found."""
        self._creators: list[Creator] = []
        self._new = ""

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """Creators, and the row that creates one."""
        if parent is not None and parent.isValid():
            return 0
        return len(self._creators) + bool(self._new)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text of a row, and whether it creates somebody."""
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        creator = self.creator(index.row())
        if role == CREATES:
            return creator is None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if creator is None:
                return self.tr("create “{name}”").format(name=clear_text(self._new))
            return clear_text(creator.name)
        return None

    def show(self, text: str, matches: tuple[CreatorMatch, ...]) -> None:
        """Offer what was found for a text; nobody is created twice under one name."""
        self.beginResetModel()
        self.text = text
        self._creators = [match.creator for match in matches]
        name = " ".join(text.split())
        known = any(same(creator.name, name) for creator in self._creators)
        self._new = "" if known else name
        self.endResetModel()

    def creator(self, row: int) -> Creator | None:
        """The creator of a row; None for the row that creates one."""
        return self._creators[row] if 0 <= row < len(self._creators) else None

    def default_row(self) -> int | None:
        """The row that Enter takes: the best match, never the one that creates."""
        return 0 if self._creators and self.text.strip() else None

    def sure_row(self) -> int | None:
        """The best match where it is beyond doubt: the name itself, or how a name begins."""
        wanted = " ".join(self.text.split()).casefold()
        if not wanted or not self._creators:
            return None
        name = " ".join(self._creators[0].name.split()).casefold()
        words = (name, *(name[i + 1 :] for i, letter in enumerate(name) if letter == " "))
        return 0 if any(word.startswith(wanted) for word in words) else None


def same(one: str, other: str) -> bool:
    """Whether two names differ in nothing but case and spaces."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
