"""The line at the bottom: the library, what is left, what is saved, what can be undone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.ui.actions import first_key, key_label
from facereview.ui.keycaps import KeyCap
from facereview.ui.theme import tokens_of
from facereview.ui.widgets import ElidedLabel, button, label

HEIGHT = 34


class Dot(QWidget):
    """A dot in the colour of a token; the words beside it say the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = "faint"
        self.setFixedSize(QSize(10, 10))

    def set_colour(self, token: str) -> None:
        """Another state."""
        self._colour = token
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(tokens_of(self), self._colour)))
            painter.drawEllipse(QRectF(1.5, 1.5, 7, 7))


class StatusBar(QWidget):
    """What holds on every page."""

    keys_wanted = Signal()

    def __init__(self, library: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.dot = Dot(self)
        self.library = ElidedLabel(library, "small", self)
        self.pending = label("", "small-strong", self)
        self.pending_word = label("", "small", self)
        self.pending.hide()
        self.today = label("", "small-strong", self)
        self.today.hide()
        self.today_word = label("", "small", self)
        self.saved = label(self.tr("all saved"), "small", self)
        self.last = ElidedLabel("", "small", self)
        self._undo = KeyCap(first_key("undo"), self)
        self._undo.hide()
        self._keys = button(self.tr("keys"), "flat", self)
        self._keys.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._keys.clicked.connect(self.keys_wanted)
        self._lay_out()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 0, 14, 0)
        row.setSpacing(5)
        row.addWidget(self.dot)
        row.addWidget(self.library)
        for number, word in ((self.pending, self.pending_word), (self.today, self.today_word)):
            number.setContentsMargins(16, 0, 0, 0)
            row.addWidget(number)
            row.addWidget(word)
        self.saved.setContentsMargins(16, 0, 0, 0)
        row.addWidget(self.saved)
        row.addStretch(1)
        row.addWidget(self.last)
        row.addWidget(self._undo)
        row.addSpacing(16)
        row.addWidget(KeyCap(key_label("?"), self))
        row.addWidget(self._keys)

    def show_pending(self, count: int, today: int) -> None:
        """How many faces are pending, and how many were settled since midnight."""
        self.pending.setVisible(True)
        self.pending.setText(self.locale().toString(count))
        self.pending_word.setText(self.tr("pending"))
        self.today.setText(self.locale().toString(today))
        self.today_word.setText(self.tr("decided today"))
        self.today.setVisible(today > 0)
        self.today_word.setVisible(today > 0)

    def show_connection(self, *, reachable: bool, unsaved: int) -> None:
        """Whether the database is there, and what waits for it."""
        if unsaved:
            self.saved.setText(self.tr("%n unsaved", "", unsaved))
        else:
            self.saved.setText(self.tr("all saved") if reachable else self.tr("not connected"))
        self.saved.setProperty("rank", "care" if unsaved or not reachable else "small")
        self.saved.style().polish(self.saved)
        self.dot.set_colour("amber" if unsaved else "green" if reachable else "red")

    def show_last(self, text: str) -> None:
        """What Ctrl+Z would take back."""
        self.last.setText(text)
        self._undo.setVisible(bool(text))
