"""Cards and banners, some tinted with a colour of the theme, and layouts for their parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.plain_text import button, label, wrapped
from facereview.ui.widgets.theme import tokens_of

Layout = TypeVar("Layout", bound=QLayout)


class Card(QFrame):
    """A raised panel with a hairline round it; ``body`` is its layout."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 16, 20, 16)
        self.body.setSpacing(12)
        if heading:
            self.body.addWidget(label(heading, "heading", self))


def flush(layout: Layout, spacing: int = 0) -> Layout:
    """Take the margins around a layout away."""
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


def named_rows(rows: Iterable[tuple[str, QWidget]], parent: QWidget) -> QGridLayout:
    """Parts one below another, each behind its name."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for row, (name, part) in enumerate(rows):
        grid.addWidget(label(name, "dim", parent), row, 0)
        grid.addWidget(part, row, 1)
    return grid


def hairline(direction: str, parent: QWidget | None = None) -> QFrame:
    """A thin line; ``direction`` is ``horizontal`` or ``vertical``."""
    made = QFrame(parent)
    made.setProperty("hairline", direction)
    return made


class Tinted(QWidget):
    """A panel with a hairline, both tinted with ``colour`` (a token; ``line`` is neutral)."""

    def __init__(self, colour: str = "line", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = colour

    def set_colour(self, colour: str) -> None:
        """Change the colour."""
        self._colour = colour
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = tokens_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = QColor(getattr(tokens, self._colour))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(tint, 1))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(box, 10, 10)
        if self._colour != "line":
            tint.setAlphaF(0.09)
            painter.setBrush(tint)
            painter.drawRoundedRect(box, 10, 10)


class Banner(Tinted):
    """An icon, a sentence and buttons; hidden while the sentence is empty."""

    def __init__(self, icon: str, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(colour, parent)
        self._text = wrapped("", "text", self)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(14)
        row.addWidget(Glyph(icon, 20, colour, self))
        words = QVBoxLayout()
        words.addWidget(self._text)
        self.under = words
        row.addLayout(words, 1)
        row.addLayout(self._buttons)
        self.hide()

    def add_button(self, text: str, kind: str = "plain") -> QPushButton:
        """Add a button at the right."""
        made = button(text, kind, self)
        self._buttons.addWidget(made)
        return made

    def say(self, text: str) -> None:
        """Show a sentence; an empty one hides the banner."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
