"""Dialogs: as large as the screen allows, closed with Escape."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLayout,
    QListWidget,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from facereview.ui.widgets.accessible import EyeOrder
from facereview.ui.widgets.double_clicks import held_enter
from facereview.ui.widgets.plain_text import button, label, wrapped

_EDGE = QSize(24, 48)
"""Margin to the edges of the window or screen, for the title bar."""
_LIST = QSize(860, 420)


def room_for(dialog: QDialog) -> QSize:
    """The largest size that a dialog may have."""
    room = dialog.screen().availableSize()
    parent = dialog.parentWidget()
    if parent is not None:
        room = room.boundedTo(parent.window().size())
    return room - _EDGE


def fit(dialog: QDialog, wanted: QSize) -> None:
    """Resize a dialog, as far as there is room."""
    room = room_for(dialog)
    dialog.setMinimumSize(dialog.minimumSize().boundedTo(room))
    dialog.resize(wanted.boundedTo(room))


class ScrollPart(QScrollArea):
    """A scroll area that takes the focus only while it can scroll."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._scrolls)

    def _scrolls(self, _low: int, high: int) -> None:
        policy = Qt.FocusPolicy.TabFocus if high > 0 else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)


class Scrolled(ScrollPart):
    """A layout that scrolls."""

    def __init__(
        self, name: str, content: QLayout, parent: QWidget | None = None, *, widest: int = 1 << 20
    ) -> None:
        super().__init__(name, parent)
        self._inside = QWidget(self)
        self._inside.setMaximumWidth(widest)  # of the inner widget: its height depends on it
        self._inside.setLayout(content)
        self.setWidget(self._inside)
        for part in (self.viewport(), self._inside):
            part.setAutoFillBackground(False)  # transparent
        self.setMinimumHeight(64)

    def sizeHint(self) -> QSize:
        return QSize(self._inside.sizeHint().width(), self._inside.minimumSizeHint().height())

    def missing(self) -> int:
        """The missing height to show everything."""
        return self._wanted(self.viewport().width()) - self.viewport().height()

    def _wanted(self, width: int) -> int:
        inside = self._inside
        wanted = inside.heightForWidth(width) if inside.hasHeightForWidth() else -1
        return max(wanted, inside.minimumSizeHint().height())


class Snug(Scrolled):
    """A dialog as high as its content, if there is room."""

    def __init__(self, name: str, content: QLayout, parent: QWidget | None = None) -> None:
        super().__init__(name, content, parent)
        self.setMinimumHeight(0)
        self._inside.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Its content wants another height."""
        # Qt asks while the parts are still being made.
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self._bound()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width takes another height."""
        super().resizeEvent(event)
        if self.widget() is not None:
            self._bound()

    def _bound(self) -> None:
        # Without the width of the scroll bar it would appear and disappear.
        self.setMaximumHeight(self._wanted(self.width()))


class Dialog(EyeOrder, QDialog):
    """Tab follows the layout; Enter acts once, however long it is held down."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignore auto-repeat of Enter: it would press the default button repeatedly."""
        if held_enter(event):
            event.accept()
        else:
            super().keyPressEvent(event)


class ListDialog(Dialog):
    """A heading, sentences in a list, and two buttons about them; closes once there are none."""

    def __init__(
        self, heading: str, name: str, buttons: tuple[str, str], parent: QWidget | None = None
    ) -> None:
        """``name`` is that of the list for screen readers; Enter presses the second button."""
        super().__init__(parent)
        self.setModal(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(name)
        self.list.setWordWrap(True)
        self.other, self.main = (
            button(buttons[0], "plain", self),
            button(buttons[1], "primary", self),
        )
        self.main.setDefault(True)
        self.fault = wrapped("", "fault", self)
        self.fault.hide()
        row = QHBoxLayout()
        row.addWidget(self.other)
        row.addStretch(1)
        row.addWidget(self.main)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(label(heading, "title", self))
        column.addWidget(self.list, 1)
        column.addWidget(self.fault)
        column.addLayout(row)
        self.list.setFocus()
        fit(self, _LIST)

    def show_rows(self, rows: Sequence[str]) -> None:
        """List these; the current row stays where it is."""
        row = max(0, self.list.currentRow())
        self.list.clear()
        self.list.addItems(rows)
        self.list.setCurrentRow(min(row, len(rows) - 1))
        if not rows:
            self.accept()
