"""The rail on the left: the pages of the window."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facereview.ui.actions.spec import OPENED_FROM, PAGES
from facereview.ui.actions.table import BY_ID, key_label
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.plain_text import PaintedButton, set_tip
from facereview.ui.widgets.tabs import Tabs
from facereview.ui.widgets.theme import sized, tokens_of

WIDTH = 76


class RailButton(PaintedButton):
    """An icon with its word below."""

    def __init__(self, name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = name
        self.setText(text)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        set_tip(self, f"{text} ({key_label(BY_ID[f'page_{name}'].keys[0])})")

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 16, 58)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            chosen = self.isChecked()
            if chosen or self.underMouse() or self.hasFocus():
                edge = QPen(QColor(tokens.blue), 2) if self.hasFocus() else QPen(Qt.PenStyle.NoPen)
                painter.setPen(edge)
                painter.setBrush(QColor(tokens.raised) if chosen else Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
            ink = tokens.text if chosen or self.underMouse() else tokens.dim
            glyph = QRectF(self.width() / 2 - 11, 9, 22, 22)
            paint_icon(painter, self._icon, glyph, tokens.amber if chosen else ink)
            painter.setPen(QColor(ink))
            painter.setFont(sized(self.font(), 11, QFont.Weight.Medium))
            words = QRectF(0, 35, self.width(), 16)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())


class Rail(QWidget):
    """One button per page; settings stand apart at the bottom."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Pages"))
        texts = {
            "review": self.tr("Review"),
            "clusters": self.tr("Clusters"),
            "creators": self.tr("Creators"),
            "videos": self.tr("Videos"),
            "insight": self.tr("Insight"),
            "history": self.tr("History"),
            "settings": self.tr("Settings"),
        }
        self._buttons: dict[str, RailButton] = {}
        tabs = Tabs(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 14, 8, 14)
        column.setSpacing(4)
        for page in PAGES:
            if page == "settings":
                column.addStretch()
            made = RailButton(page, texts[page], self)
            made.clicked.connect(lambda _checked=False, page=page: self.chosen.emit(page))
            tabs.add(made)
            column.addWidget(made)
            self._buttons[page] = made

    def choose(self, page: str) -> None:
        """Mark a page as open, without the signal."""
        self._buttons[OPENED_FROM.get(page, page)].setChecked(True)

    def title(self, page: str) -> str:
        """The label of a page."""
        return self._buttons[page].text()
