"""What acts at once acts once: not again by a double-click, nor by Enter that is held down.

The second press would meet the face that came to hand meanwhile, or answer a question unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QListView, QWidget

if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object


class _Mouse:
    """When and where there was a press last on anything that acts, in whatever window.

    Qt calls a press the second half of a double-click only within one window; but what the first
    half closes, or opens, is often another one.
    """

    _at: ClassVar[int | None] = None
    _place: ClassVar[QPointF] = QPointF()

    @classmethod
    def again(cls, event: QMouseEvent) -> bool:
        """Whether a press follows the one before so soon, in the same place, that both are one."""
        hints = QGuiApplication.styleHints()
        before, there = cls._at, cls._place
        cls._at, cls._place = event.timestamp(), event.globalPosition()
        if event.type() == QEvent.Type.MouseButtonDblClick:
            return True
        soon = before is not None and 0 <= cls._at - before < hints.mouseDoubleClickInterval()
        return soon and (cls._place - there).manhattanLength() <= hints.mouseDoubleClickDistance()


def held_enter(event: QKeyEvent) -> bool:
    """Whether it is Enter, repeated by the keyboard because it is held down."""
    return event.isAutoRepeat() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PressedOnce(_Base):
    """A button, or what acts like one; named before its Qt class."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Without a press, the release does nothing either."""
        if _Mouse.again(event):
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second half of a double-click is no press, whichever widget had the first half."""
        PressedOnce.mousePressEvent(self, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter counts once; auto-repeat is ignored."""
        if held_enter(event):
            event.accept()
        else:
            super().keyPressEvent(event)


class ActingList(QListView):
    """A list whose rows act when they are clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._second = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press begins a click, unless it is the second of a double-click."""
        self._second = _Mouse.again(event)
        if self._second:
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second half of a double-click is no press, whichever widget had the first half."""
        self.mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._second:
            self._second = False
            event.accept()
        else:
            super().mouseReleaseEvent(event)
