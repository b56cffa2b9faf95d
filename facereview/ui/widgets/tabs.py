"""Buttons as a row of tabs, for the keyboard and for screen readers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget

from facereview.ui.widgets import accessible

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

    def _press(self, at: int, key: Qt.Key) -> None:
        if key in _PRESSES:
            self._buttons[at].click()
            return
        to = _ENDS.get(key, (at + _STEPS.get(key, 0)) % len(self._buttons))
        self._buttons[to].setFocus(Qt.FocusReason.TabFocusReason)
