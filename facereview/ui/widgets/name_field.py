"""The line edit in which names are typed: which keys are its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.text_field import TextField, reverts

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
"""Modifiers of keys that are commands."""


class NameField(TextField):
    """While it has the focus, letters are letters and not decisions.

    Keys with Ctrl stay the window's, but for those that edit text.
    """

    stepped = Signal(int)
    entered = Signal(bool)
    """Enter was pressed; whether with Shift."""
    left = Signal()

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        """``key`` leads here, and is shown at its end; "" shows none."""
        super().__init__(parent)
        self._cap = KeyCap(key, self) if key else None

    def show_cap(self, shown: bool) -> None:
        """The key is a letter while one types."""
        if self._cap is not None:
            self._cap.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The key cap stays at the end."""
        super().resizeEvent(event)
        if self._cap is not None:
            size = self._cap.sizeHint()
            left = self.width() - size.width() - 10
            self._cap.move(left, (self.height() - size.height()) // 2)

    def event(self, event: QEvent) -> bool:
        """Take the keys that are letters here before the page's actions see them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            letter = not event.modifiers() & _COMMANDS or _is_letter(event)
            if letter and not reverts(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Up and Down choose, Enter takes, once until it comes up again, Escape leaves."""
        match event.key():
            case Qt.Key.Key_Up:
                self.stepped.emit(-1)
            case Qt.Key.Key_Down:
                self.stepped.emit(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers() & _COMMANDS:
                if not event.isAutoRepeat():
                    self.entered.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            case Qt.Key.Key_Escape:
                self.left.emit()
            case _:
                super().keyPressEvent(event)

    def reset(self, text: str = "") -> None:
        """Another text, with nothing of the former one left to be undone."""
        before = self.blockSignals(True)
        self.setText(text)
        self.blockSignals(before)


def _is_letter(event: QKeyEvent) -> bool:
    """Whether it is a letter typed with AltGr, which some systems report as Ctrl+Alt."""
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return event.modifiers() & _COMMANDS == both and event.text().isprintable()
