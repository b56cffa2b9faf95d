"""What a page shows without content: a heading, a sentence, and choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from facereview.ui.widgets.basics import Card, button, label, wrapped
from facereview.ui.widgets.dialog import ScrollPart
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.theme import tokens_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice; ``text`` is a sentence about it."""

    key: str
    icon: str
    title: str
    text: str
    verb: str
    """The label of the button."""


_MARGIN = 24
_NARROWEST, _WIDEST = 216, 280
"""Width of a card of choices."""


class Glyph(QWidget):
    """An icon of the theme's colours."""

    def __init__(
        self, name: str, size: int, colour: str = "dim", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._colour = name, colour
        self.setFixedSize(QSize(size, size))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            colour = getattr(tokens_of(self), self._colour)
            paint_icon(painter, self._name, self.rect().toRectF(), colour)


class Notice(QWidget):
    """A page's middle: icon, heading, sentence, and cards of choices."""

    chosen = Signal(str)
    """The key of a choice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._scroll = ScrollPart("", self)
        column.addWidget(self._scroll)
        self._body = QWidget(self)

    def show_notice(
        self,
        icon: str,
        heading: str,
        text: str,
        *,
        colour: str = "dim",
        choices: Sequence[Choice] = (),
    ) -> None:
        """Show another notice."""
        column = self._new_body()
        self._scroll.setAccessibleName(heading)
        column.addStretch(2)
        parts: list[QWidget] = [
            Glyph(icon, 48, colour, self._body),
            label(heading, "title", self._body),
        ]
        if text:
            parts.append(_words(text, self._body))
        for part in parts:
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        if choices:
            column.addSpacing(16)
            column.addLayout(self._cards(choices, self._body))
        column.addStretch(3)
        self.setAccessibleName(heading)
        self.setAccessibleDescription(text)

    def _new_body(self) -> QVBoxLayout:
        self._scroll.takeWidget()
        self._body.deleteLater()
        self._body = QWidget(self)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        column.setSpacing(12)
        self._scroll.setWidget(self._body)
        return column

    def _cards(self, choices: Sequence[Choice], parent: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addStretch()
        for number, choice in enumerate(choices):
            row.addWidget(self._card(choice, parent, first=number == 0))
        row.addStretch()
        return row

    def _card(self, choice: Choice, parent: QWidget, *, first: bool) -> QWidget:
        verb = button(choice.verb, "primary" if first else "plain")
        verb.clicked.connect(lambda: self.chosen.emit(choice.key))
        verb.setAccessibleDescription(choice.text)
        if not choice.title:
            verb.setParent(parent)
            return verb
        card = Card(parent=parent)
        card.setMinimumWidth(_NARROWEST)
        card.setMaximumWidth(_WIDEST)
        card.body.addWidget(Glyph(choice.icon, 28, "amber" if first else "dim", card))
        card.body.addWidget(label(choice.title, "heading", card))
        text = wrapped(choice.text, "dim", card)
        text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        text.setAlignment(Qt.AlignmentFlag.AlignTop)
        card.body.addWidget(text, 1)
        card.body.addWidget(verb)
        return card


def _words(text: str, parent: QWidget) -> QWidget:
    words = wrapped(text, "dim", parent)
    words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    words.ensurePolished()
    # a layout that centres a label gives it the height for the full width
    width = min(640, max(420, words.fontMetrics().horizontalAdvance(text)))
    words.setFixedSize(width, words.heightForWidth(width))
    return words
