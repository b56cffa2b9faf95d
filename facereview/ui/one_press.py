"""What acts at once acts once: not again by a double-click, nor by Enter that is held down.

The second press would meet the face that came to hand meanwhile, or answer a question unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QListView, QWidget

if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object


def held_enter(event: QKeyEvent) -> bool:
    """Whether it is Enter, repeated by the keyboard because it is held down."""
    return event.isAutoRepeat() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PressedOnce(_Base):
    """A button, or what acts like one; named before its Qt class."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """It is not pressed again, so letting go of the mouse does nothing either."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter counts when it goes down; the keyboard repeats it until it comes up."""
        if held_enter(event):
            event.accept()
        else:
            super().keyPressEvent(event)


class ActingList(QListView):
    """A list whose rows act when they are clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._second = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """It is no click, also where the first half went to something that lay above."""
        self._second = True
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Nor is letting go of the mouse after it."""
        if self._second:
            self._second = False
            event.accept()
        else:
            super().mouseReleaseEvent(event)
