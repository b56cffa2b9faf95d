"""The digit keys by their position, not by the character they produce.

On a French keyboard the digits are written with Shift, on others Shift makes signs of them. The
key caps say 1 to 9 and Shift+1 to Shift+4: what counts is the key and whether Shift is held.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

_MAC = {18: 1, 19: 2, 20: 3, 21: 4, 23: 5, 22: 6, 26: 7, 28: 8, 25: 9}
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def digit_of(event: QKeyEvent, platform: str = sys.platform) -> int | None:
    """The digit at the position of the key; None for other keys."""
    if event.modifiers() & ~_SHIFT:  # the digits of a keypad as well
        return None
    if platform == "darwin":
        return _MAC.get(event.nativeVirtualKey())
    first = 2 if platform == "win32" else 10  # X11 and Wayland count from 8 on
    place = event.nativeScanCode() - first
    return place + 1 if 0 <= place < 9 else None


class DigitRow(QObject):
    """Triggers the action of a digit where its key produces another character."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.winId()  # creates the window handle, which gets key events before shortcuts
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, _handle: QObject, event: QEvent) -> bool:
        """Handle the key only where Qt would not find its action."""
        kind = event.type()
        if kind not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        if not isinstance(event, QKeyEvent):
            return False
        action = self._action(event)
        if action is None:
            return False
        event.accept()
        if kind is QEvent.Type.KeyPress and not event.isAutoRepeat():
            action.trigger()
        return True

    def _action(self, event: QKeyEvent) -> QAction | None:
        digit = digit_of(event)
        if digit is None or _writes(QApplication.focusWidget()):
            return None
        if QApplication.activeModalWidget() is not None:
            return None
        shifted = bool(event.modifiers() & _SHIFT)
        if not shifted and event.key() == Qt.Key.Key_0 + digit:
            return None  # the usual keyboard: Qt finds it
        keys = QKeySequence(f"Shift+{digit}" if shifted else str(digit))
        widgets = (self._window, *self._window.findChildren(QWidget))
        pages = (widget for widget in widgets if widget.actions() and widget.isVisible())
        return next((a for w in pages for a in w.actions() if keys in a.shortcuts()), None)


def _writes(widget: QWidget | None) -> bool:
    """Whether the widget takes text."""
    return widget is not None and widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
