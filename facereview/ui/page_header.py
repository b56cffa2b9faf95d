"""The line at the top of a page: its title, what belongs beside it, and its buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.ui.review_header import HEIGHT
from facereview.ui.widgets import label


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
