"""Keys that decide very many faces, or replace a decision, must be pressed twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QObject, Signal


class SecondPress(QObject):
    """Remembers the first press of a key and its faces, until something else is done.

    No clock ends it: as long as it is said that a second press is wanted, the second press counts.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.waiting: Hashable | None = None
        """What a second press would do."""
        self.said = ""
        """The text shown while it waits."""

    def armed(self, what: Hashable) -> bool:
        """Whether the next press of this key is the second."""
        return self.waiting is not None and self.waiting == what

    def press(self, what: Hashable, said: str = "") -> bool:
        """Register a press; whether it is the second, for the same faces."""
        if self.armed(what):
            self.forget()
            return True
        self.waiting, self.said = what, said
        self.changed.emit()
        return False

    def forget(self) -> None:
        """Something else was done."""
        if self.waiting is not None:
            self.waiting, self.said = None, ""
            self.changed.emit()

    def during(self, run: Callable[[], object]) -> None:
        """Run another key's command: it cancels a second press that waits for a different key."""
        before = self.waiting
        run()
        if before is not None and self.waiting is before:
            self.forget()
