"""What acts at once acts once: of a double-click only the first half counts.

The second half would meet the face that came to hand meanwhile, or answer a question unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QListView, QWidget

if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object


class PressedOnce(_Base):
    """A button, or what acts like one; named before its Qt class."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """It is not pressed again, so letting go of the mouse does nothing either."""
        event.accept()


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
