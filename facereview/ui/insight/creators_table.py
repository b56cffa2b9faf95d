"""Creators in numbers as a table: sorted by any column, each cell opens what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from facereview.review.insight.creators import CreatorInsight
from facereview.ui.insight.creator_columns import KEYS, Key, about, text, title
from facereview.ui.widgets.plain_text import plain_tip
from facereview.ui.widgets.rows_model import Index

_ROW = 32
_NAME = 132
"""Least width of the names; where there is more room they take it."""
_WIDTHS = {
    Key.REFERENCES: 92,
    Key.COPIES: 98,
    Key.QUALITY: 66,
    Key.NEWEST: 84,
    Key.LIKENESS: 58,
    Key.DECIDED: 76,
    Key.UNCHECKED: 92,
    Key.SUGGESTED: 92,
    Key.VIDEOS: 68,
    Key.RISK: 98,
    Key.NEAREST: 140,
}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NAMES = (Key.NAME, Key.NEAREST)
_DOWN, _UP = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder


class CreatorsTableModel(QAbstractTableModel):
    """Creators in the order that was asked for; another order is made elsewhere."""

    order_wanted = Signal()
    """Put them in order by :attr:`key`, which is another one now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[CreatorInsight, ...] = ()
        self.key, self.falling = Key.RISK, True

    @property
    def rows(self) -> tuple[CreatorInsight, ...]:
        """The creators as they are shown."""
        return self._rows

    def show(self, rows: Sequence[CreatorInsight]) -> None:
        """Show other creators, in this order."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = _UP) -> None:
        self.key, self.falling = KEYS[column], order is _DOWN
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(KEYS) - 1)
        self.order_wanted.emit()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(KEYS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        key, one = KEYS[index.column()], self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return text(one, key)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _aligned(key)
            case Qt.ItemDataRole.UserRole:
                return one
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{text(one, Key.NAME)}, {title(key)}: {text(one, key)}"
            case _:
                tip = role == Qt.ItemDataRole.ToolTipRole and key in _NAMES
                return plain_tip(text(one, key)) if tip else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        key = KEYS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole if key is self.key:
                return f"{title(key)} {'↓' if self.falling else '↑'}"
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return title(key)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(about(key))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _aligned(key)
            case _:
                return None


def _aligned(key: Key) -> Qt.AlignmentFlag:
    return _LEFT if key in _NAMES else _RIGHT


class CreatorsTable(QTableView):
    """Arrows move from cell to cell, Enter or a click opens one, a click on a head sorts by it."""

    opened = Signal(object, object)
    """A :class:`CreatorInsight` and the :class:`Key` of the column."""

    def __init__(self, model: CreatorsTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self._creators = model
        self.setAccessibleName(self.tr("Creators in numbers"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setProperty("cells", True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self._set_up_headers()
        self.clicked.connect(self._open)

    def _set_up_headers(self) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW)
        columns.setHighlightSections(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        columns.setMinimumSectionSize(48)
        for place, key in enumerate(KEYS):
            columns.resizeSection(place, _WIDTHS.get(key, _NAME))
        columns.setSortIndicator(KEYS.index(self._creators.key), _DOWN)
        self.setSortingEnabled(True)
        columns.setSortIndicatorShown(False)  # it would lie over the words

    def sort_by(self, key: Key) -> None:
        """Show the highest first, names from the beginning."""
        self.sortByColumn(KEYS.index(key), _UP if key is Key.NAME else _DOWN)

    def show_rows(self, rows: Sequence[CreatorInsight]) -> None:
        """Show other creators; the cell at hand stays at hand, if its creator is among them."""
        at, top = self.currentIndex(), self.verticalScrollBar().value()
        one = at.data(Qt.ItemDataRole.UserRole) if at.isValid() else None
        self._creators.show(rows)
        here = {row.creator.id: place for place, row in enumerate(rows)} if one else {}
        if one is not None and one.creator.id in here:
            self.setCurrentIndex(self._creators.index(here[one.creator.id], at.column()))
        else:
            self.verticalScrollBar().setValue(top if one else 0)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are keys of the window."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self._creators.index(0, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.viewport().width() - sum(_WIDTHS.values())
        self.horizontalHeader().resizeSection(0, max(_NAME, room))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab leaves the table."""
        return QWidget.focusNextPrevChild(self, forward)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(index.data(Qt.ItemDataRole.UserRole), KEYS[index.column()])
