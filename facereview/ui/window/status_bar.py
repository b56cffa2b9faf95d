"""The status bar: library, faces left, what is saved, what can be undone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.ui.actions.table import first_key, key_label
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.plain_text import ElidedLabel, button, label
from facereview.ui.widgets.theme import tokens_of

HEIGHT = 34


class Dot(QWidget):
    """A dot in the colour of a token; the words beside it say the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = "faint"
        self.setFixedSize(QSize(10, 10))

    def set_colour(self, token: str) -> None:
        """Change the colour."""
        self._colour = token
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(tokens_of(self), self._colour)))
            painter.drawEllipse(QRectF(1.5, 1.5, 7, 7))


class StatusBar(QWidget):
    """The same on every page."""

    keys_wanted = Signal()
    asides_wanted = Signal()
    """Show the decisions that the database refused."""
    cancel_wanted = Signal()
    """Cancel the decision that takes long to write."""

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
        self.aside = button("", "flat", self)
        self.aside.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.aside.clicked.connect(self.asides_wanted)
        self.aside.hide()
        self.cancel = button("", "flat", self)
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel.clicked.connect(self.cancel_wanted)
        self.cancel.hide()
        self.last = ElidedLabel("", "small", self)
        self._undo = KeyCap(first_key("undo"), self)
        self._undo.hide()
        self._keys = button(self.tr("keys"), "flat", self)
        self._keys.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._keys.clicked.connect(self.keys_wanted)
        self._lay_out()

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
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
        row.addWidget(self.aside)
        row.addWidget(self.cancel)
        row.addStretch(1)
        row.addWidget(self.last)
        row.addWidget(self._undo)
        row.addSpacing(16)
        row.addWidget(KeyCap(key_label("?"), self))
        row.addWidget(self._keys)

    def add(self, notice: QWidget) -> None:
        """Show something more, beside what is saved."""
        self._row.insertWidget(self._row.indexOf(self.cancel) + 1, notice)

    def show_pending(self, count: int, today: int) -> None:
        """Faces pending, and faces decided since midnight."""
        self.pending.setVisible(True)
        self.pending.setText(self.locale().toString(count))
        self.pending_word.setText(self.tr("pending"))
        self.today.setText(self.locale().toString(today))
        self.today_word.setText(self.tr("decided today"))
        self.today.setVisible(today > 0)
        self.today_word.setVisible(today > 0)

    def show_connection(
        self, *, reachable: bool, unsaved: int, saving: int = 0, keeps: bool = True
    ) -> None:
        """Show what waits for the database, and whether that and the journal are available."""
        well = reachable and keeps and not unsaved and not saving
        self.saved.setText(self._state(reachable, unsaved, saving))
        if not keeps:
            self.saved.setText(
                self.tr("{0}; the journal cannot be written").format(self.saved.text())
            )
        rank = "small" if well else "care"
        if self.saved.property("rank") != rank:
            self.saved.setProperty("rank", rank)
            self.saved.style().polish(self.saved)
        lost = not reachable and not unsaved and not saving
        self.dot.set_colour("green" if well else "red" if lost else "amber")

    def _state(self, reachable: bool, unsaved: int, saving: int) -> str:
        if unsaved:
            return self.tr("%n unsaved", "", unsaved + saving)
        if saving:
            return self.tr("%n being saved", "", saving)
        return self.tr("all saved") if reachable else self.tr("not connected")

    def show_asides(self, count: int) -> None:
        """The number of decisions that the database refused."""
        self.aside.setText(self.tr("%n set aside", "", count))
        self.aside.setVisible(count > 0)

    def show_bulk(self, faces: int) -> None:
        """Offer to cancel a long decision on this many faces; 0: there is none."""
        self.cancel.setText(self.tr("Cancel writing %Ln faces", "", faces))
        self.cancel.setVisible(faces > 0)

    def show_last(self, text: str) -> None:
        """What Ctrl+Z would undo."""
        self.last.setText(text)
        self._undo.setVisible(bool(text))
