"""A line in which one types, beside keys of the page that undo and redo decisions."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

from facereview.ui.actions.table import BY_ID


class _Way(Enum):
    UNDO = auto()
    REDO = auto()


_STANDARD = {
    _Way.UNDO: QKeySequence.StandardKey.Undo,
    _Way.REDO: QKeySequence.StandardKey.Redo,
}
_KEYS = {
    _Way.UNDO: [QKeySequence(key) for key in BY_ID["undo"].keys],
    _Way.REDO: [QKeySequence(key) for key in BY_ID["redo"].keys],
}


class TextField(QLineEdit):
    """While there is text in it, undo and redo are its own, by every key that the page has too.

    Not every desktop counts Ctrl+Y among the keys of a line of text: it would redo a decision.
    """

    def event(self, event: QEvent) -> bool:
        """Take those keys before the page's actions see them, or leave them to the page."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            way = _way(event)
            if way is not None:
                mine = bool(self.text()) or (way is _Way.REDO and self.isRedoAvailable())
                event.setAccepted(mine)
                return mine
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Undo, redo, or type."""
        way = _way(event)
        if way is _Way.UNDO:
            self.undo()
        elif way is _Way.REDO:
            self.redo()
        else:
            super().keyPressEvent(event)


def reverts(event: QKeyEvent) -> bool:
    """Whether a key undoes or redoes."""
    return _way(event) is not None


def _way(event: QKeyEvent) -> _Way | None:
    pressed = QKeySequence(event.keyCombination())
    return next(
        (way for way in _Way if event.matches(_STANDARD[way]) or pressed in _KEYS[way]), None
    )
