"""A list model of records of one kind; subclasses provide the texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from facereview.ui.widgets.plain_text import plain_tip

T = TypeVar("T")

Index = QModelIndex | QPersistentModelIndex

ROW = Qt.ItemDataRole.UserRole
"""Role of a row's record."""


class RowsModel(QAbstractListModel, Generic[T]):
    """Records in the order in which they are shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[T, ...] = ()

    def title(self, row: T) -> str:
        """The short text of a row."""
        raise NotImplementedError

    def aloud(self, row: T) -> str:
        """The text of a row for screen readers."""
        return self.title(row)

    def tip(self, row: T) -> str:
        """The tooltip of a row."""
        return self.aloud(row)

    @property
    def rows(self) -> tuple[T, ...]:
        """All records."""
        return self._rows

    def row(self, row: int) -> T | None:
        """The record of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def show(self, rows: Sequence[T]) -> None:
        """Show other records; nothing happens if they are equal."""
        if tuple(rows) != self._rows:
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()

    def replace(self, row: int, record: T) -> None:
        """Show another record in a row."""
        self._rows = (*self._rows[:row], record, *self._rows[row + 1 :])
        self.dataChanged.emit(self.index(row), self.index(row))

    def append(self, rows: Sequence[T]) -> None:
        """Append records."""
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows += tuple(rows)
            self.endInsertRows()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.UserRole:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return self.title(row)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.aloud(row)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self.tip(row))
            case _:
                return None
