"""The videos that a scan could not read, each with its sentence."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QListView, QVBoxLayout, QWidget

from facereview.ui.widgets.basics import label
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.rows_model import RowsModel
from facereview.ui.wording import library as texts

_ROWS = 4


class FaultModel(RowsModel[tuple[str, str]]):
    """(path, sentence) pairs."""

    def title(self, row: tuple[str, str]) -> str:
        """The sentence."""
        return texts.fault(*row)

    def tip(self, row: tuple[str, str]) -> str:
        """The path."""
        return clear_text(row[0])


class FaultList(QWidget):
    """A heading and a few lines; more of them scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FaultModel(self)
        self._heading = label("", "dim", self)
        self._list = QListView(self)
        self._list.setModel(self.model)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setUniformItemSizes(True)
        self._list.setAccessibleName(self.tr("Videos that could not be read"))
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 0, 0, 2)
        column.setSpacing(4)
        column.addWidget(self._heading)
        column.addWidget(self._list)

    def show_faults(self, faults: Sequence[tuple[str, str]]) -> None:
        """List these, or hide where there are none."""
        self.setVisible(bool(faults))
        if not faults:
            return
        self.model.show(faults)
        self._heading.setText(texts.faulty(len(faults)))
        height = self._list.sizeHintForRow(0)
        self._list.setFixedHeight(height * min(_ROWS, len(faults)) + 4)
