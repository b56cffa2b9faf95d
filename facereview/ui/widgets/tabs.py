"""Rows of tabs for keyboard and screen readers: buttons, pills, and the header with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QButtonGroup, QHBoxLayout, QWidget

from facereview.ui.widgets import accessible
from facereview.ui.widgets.plain_text import PlainButton, label

_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
_PRESSES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class Tabs(QObject):
    """Makes buttons a row of tabs: Tab leads to the chosen one, arrows on to the others.

    Enter and Space press the one that has the focus: passing by one shows nothing.
    """

    def __init__(self, row: QWidget) -> None:
        super().__init__(row)
        accessible.install()
        row.setProperty("role", "tabs")
        self._group = QButtonGroup(row)
        self._buttons: list[QAbstractButton] = []

    def add(self, button: QAbstractButton) -> None:
        """Add a tab."""
        button.setCheckable(True)
        button.setProperty("role", "tab")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus if self._buttons else Qt.FocusPolicy.TabFocus)
        button.toggled.connect(lambda on: self._toggled(button, on=on))
        button.installEventFilter(self)
        self._group.addButton(button)
        self._buttons.append(button)

    def _toggled(self, button: QAbstractButton, *, on: bool) -> None:
        if on:
            for one in self._buttons:
                stop = Qt.FocusPolicy.TabFocus if one is button else Qt.FocusPolicy.NoFocus
                one.setFocusPolicy(stop)
            QAccessible.updateAccessibility(QAccessibleEvent(button, QAccessible.Event.Selection))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle arrows, Home, End, Enter and Space while the row has the focus."""
        if not isinstance(event, QKeyEvent) or watched not in self._buttons:
            return False
        key, kind = Qt.Key(event.key()), event.type()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if key not in (*_STEPS, *_ENDS, *_PRESSES):
            return False
        if kind == QEvent.Type.ShortcutOverride:
            event.accept()
        elif kind == QEvent.Type.KeyPress:
            self._press(self._buttons.index(watched), key)
        return True

    def choose_none(self) -> None:
        """Let none be chosen; Tab still leads to the one that was."""
        self._group.setExclusive(False)
        for one in self._buttons:
            one.setChecked(False)
        self._group.setExclusive(True)

    def _press(self, at: int, key: Qt.Key) -> None:
        if key in _PRESSES:
            self._buttons[at].click()
            return
        shown = [one for one in self._buttons if not one.isHidden()]
        here = shown.index(self._buttons[at])
        to = _ENDS.get(key, (here + _STEPS.get(key, 0)) % len(shown))
        shown[to].setFocus(Qt.FocusReason.TabFocusReason)


class PillTabs(QWidget):
    """A row of pills of which one is chosen, each with an optional count."""

    chosen = Signal(str)

    def __init__(
        self, name: str, pills: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """``name`` says what is chosen here; ``pills`` are (key, text)."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._texts = dict(pills)
        self._buttons: dict[str, PlainButton] = {}
        self._tabs = Tabs(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for key, text in pills:
            pill = PlainButton(text, self)
            pill.setProperty("kind", "pill")
            pill.setCursor(Qt.CursorShape.PointingHandCursor)
            pill.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            self._tabs.add(pill)
            row.addWidget(pill)
            self._buttons[key] = pill

    def choose(self, key: str) -> None:
        """Mark a pill as chosen, without the signal."""
        self._buttons[key].setChecked(True)

    def offer(self, key: str, *, offered: bool) -> None:
        """Show a pill or take it away."""
        self._buttons[key].setVisible(offered)

    def choose_none(self) -> None:
        """Mark none as chosen."""
        self._tabs.choose_none()

    def offered(self) -> tuple[str, ...]:
        """The keys of the pills that are not taken away."""
        return tuple(key for key, pill in self._buttons.items() if not pill.isHidden())

    def current(self) -> str:
        """The chosen pill's key, or an empty text."""
        return next((key for key, pill in self._buttons.items() if pill.isChecked()), "")

    def set_compact(self, compact: bool) -> None:
        """Narrower pills, where the window is narrow."""
        for pill in self._buttons.values():
            if pill.property("compact") != compact:
                pill.setProperty("compact", compact)
                pill.style().polish(pill)
                # a button caches its size hint until its style changes
                QApplication.sendEvent(pill, QEvent(QEvent.Type.StyleChange))
                pill.updateGeometry()
        row = self.layout()
        if row is not None:
            row.setSpacing(4 if compact else 8)

    def set_count(self, key: str, count: int | None) -> None:
        """Show a count behind a pill's text; None takes it away."""
        pill = self._buttons[key]
        number = "" if count is None else f" {self.locale().toString(count)}"
        pill.setText(self._texts[key] + number)


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
