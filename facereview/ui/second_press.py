"""Keys that settle very many faces, or replace a decision, are pressed twice within seconds."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QObject, QTimer, Signal

WITHIN_MS = 5000


class SecondPress(QObject):
    """Remembers the first press of a key and what it was about."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._armed: Hashable | None = None
        self._over = QTimer(self, singleShot=True, interval=WITHIN_MS)
        self._over.timeout.connect(self.forget)

    def armed(self, what: Hashable) -> bool:
        """Whether the next press of this key does it."""
        return self._armed is not None and self._armed == what

    def press(self, what: Hashable) -> bool:
        """A key was pressed: whether it was for the second time, about the same faces."""
        if self._armed == what:
            self.forget()
            return True
        self._armed = what
        self._over.start()
        self.changed.emit()
        return False

    def forget(self) -> None:
        """Something else was done, or too much time went by."""
        self._over.stop()
        if self._armed is not None:
            self._armed = None
            self.changed.emit()
