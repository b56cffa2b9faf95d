"""What a screen reader is told of widgets whose kind Qt does not guess: rows of tabs.

A widget says so by its property ``role``: ``tabs`` for the row, ``tab`` for each button in it.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QAccessibleWidget, QWidget


class TabInterface(QAccessibleWidget):
    """A button that shows one of several things; the chosen one is selected."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button, QAccessible.Role.PageTab)
        self._button = button

    def text(self, kind: QAccessible.Text) -> str:
        """Its name is what stands on it, and how many things it shows."""
        named = self._button.accessibleName() or self._button.text()
        return named if kind == QAccessible.Text.Name else super().text(kind)

    def state(self) -> QAccessible.State:
        """Selected, where other buttons are checked."""
        made = super().state()
        made.selectable = True
        made.selected = self._button.isChecked()
        return made

    def actionNames(self) -> list[str]:  # noqa: N802
        """It can be pressed."""
        return ["Press"]

    def doAction(self, _name: str) -> None:  # noqa: N802
        """Press it."""
        self._button.click()


def _interface(_key: str, widget: QObject) -> QAccessibleInterface | None:
    role = widget.property("role") if isinstance(widget, QWidget) else None
    if role == "tab" and isinstance(widget, QAbstractButton):
        return TabInterface(widget)
    if role == "tabs" and isinstance(widget, QWidget):
        return QAccessibleWidget(widget, QAccessible.Role.PageTabList, widget.accessibleName())
    return None


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say what appears where the focus is not."""
    if text:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


@cache
def install() -> None:
    """Tell from now on."""
    QAccessible.installFactory(_interface)
