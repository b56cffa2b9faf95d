"""Dragging things over a widget, and dropping them there."""

from __future__ import annotations

from typing import Any

import PySide6
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

COPY, LEFT, NONE = (
    Qt.DropAction.CopyAction,
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
)


def drag_over(widget: QWidget, data: QMimeData) -> bool:
    """Whether the widget would take this."""
    # Before 6.12 the event takes whole points only, from then on these are deprecated.
    fractions = tuple(PySide6.__version_info__[:2]) >= (6, 12)
    at: Any = QPointF(5, 5) if fractions else QPoint(5, 5)
    entering = QDragEnterEvent(at, COPY, data, LEFT, NONE)
    QApplication.sendEvent(widget, entering)
    return entering.isAccepted()


def drop_on(widget: QWidget, data: QMimeData) -> None:
    """Let it go there."""
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), COPY, data, LEFT, NONE))
