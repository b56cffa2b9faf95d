"""What stands in the place of content: "Loading …" where it is late, or a notice with choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from facereview.ui.widgets.cards import Card
from facereview.ui.widgets.dialog import ScrollPart
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.plain_text import PlainLabel, button, label, wrapped

PATIENCE_MS = 150
"""Data that arrives sooner shows no text."""


def loading() -> str:
    """The text."""
    return QCoreApplication.translate("Waiting", "Loading …")


class Waiting(QObject):
    """The state of a request: pending, pending for long, loaded, or failed."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.answered = True
        """Whether the data is loaded."""
        self._timer = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._timer.timeout.connect(self._grow_late)
        self.late = False
        """Whether it takes long enough to be shown."""

    def begin(self) -> None:
        """The request was sent."""
        if self.answered or not (self._timer.isActive() or self.late):
            self.answered = False
            self._timer.start()
            self.changed.emit()

    def end(self) -> None:
        """The data was loaded."""
        self._stop(answered=True)

    def give_up(self) -> None:
        """The request failed; the error is shown elsewhere."""
        if not self.answered:
            self._stop(answered=False)

    def word(self, empty: str) -> str:
        """The text without data; ``empty`` once that is known."""
        return empty if self.answered else loading() if self.late else ""

    def _grow_late(self) -> None:
        self.late = True
        self.changed.emit()

    def _stop(self, *, answered: bool) -> None:
        self._timer.stop()
        if (self.answered, self.late) != (answered, False):
            self.answered, self.late = answered, False
            self.changed.emit()


class LoadingLabel(PlainLabel):
    """The text as a line of its own; it takes no room while empty."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setProperty("rank", "dim")
        self.waiting = Waiting(self)
        self.waiting.changed.connect(self._show)
        self.hide()

    def _show(self) -> None:
        self.setText(self.waiting.word(""))
        self.setVisible(bool(self.text()))


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
