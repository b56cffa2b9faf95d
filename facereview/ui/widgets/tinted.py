"""Cards tinted with a colour of the theme: what needs care, what failed, what is under way."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from facereview.ui.widgets.basics import button, wrapped
from facereview.ui.widgets.notice import Glyph
from facereview.ui.widgets.theme import tokens_of


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


class Sign(Glyph):
    """An icon that can change."""

    def show_icon(self, name: str, colour: str) -> None:
        """Show another icon in another colour."""
        self._name, self._colour = name, colour
        self.update()


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
