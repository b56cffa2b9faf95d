"""The header of a page: title, controls, buttons."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.ui.widgets.basics import PillTabs, label

HEIGHT = 54
NARROW = 1000
"""Width of a page below which the header is compact."""


class PageHeader(QWidget):
    """Title at the left; ``row`` takes what follows."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(20, 0, 20, 0)
        self.row.setSpacing(8)
        self.row.addWidget(label(title, "heading", self))
        self.row.addSpacing(4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Compact in a narrow window."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        edge = 12 if narrow else 20
        self.row.setContentsMargins(edge, 0, edge, 0)
        for pills in self.findChildren(PillTabs):
            pills.set_compact(narrow)
