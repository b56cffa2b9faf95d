"""What a screen reader is told, and where Tab leads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QAccessibleWidget,
    QComboBox,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QStackedLayout,
    QWidget,
)

if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object


class TabInterface(QAccessibleWidget):
    """A tab button; the chosen one is selected."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button, QAccessible.Role.PageTab)
        self._button = button

    def text(self, kind: QAccessible.Text) -> str:
        """Its name is its text with the count."""
        named = self._button.accessibleName() or self._button.text()
        return named if kind == QAccessible.Text.Name else super().text(kind)

    def state(self) -> QAccessible.State:
        """Selected, where other buttons are checked."""
        made = super().state()
        made.selectable = True
        made.selected = self._button.isChecked()
        return made

    def actionNames(self) -> list[str]:
        return ["Press"]

    def doAction(self, _name: str) -> None:
        self._button.click()


def _interface(_key: str, widget: QObject) -> QAccessibleInterface | None:
    role = widget.property("role") if isinstance(widget, QWidget) else None
    if role == "tab" and isinstance(widget, QAbstractButton):
        return TabInterface(widget)
    if role == "tabs" and isinstance(widget, QWidget):
        return QAccessibleWidget(widget, QAccessible.Role.PageTabList, widget.accessibleName())
    return None


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader announce a text away from the focus."""
    if text:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


@cache
def install() -> None:
    """Install the accessible interfaces."""
    QAccessible.installFactory(_interface)


_WHOLE = (QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)
"""Widgets that are one tab stop, whatever they contain."""


def stops(widget: QWidget) -> Iterator[QWidget]:
    """Where Tab stops in a widget: itself first, then its parts."""
    if not widget.isVisible():
        return
    wanted = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    if wanted and widget.isEnabled() and widget.focusProxy() is None:
        yield widget
    if not isinstance(widget, _WHOLE):
        for part in _parts(widget):
            yield from stops(part)


def _parts(widget: QWidget) -> list[QWidget]:
    """The children of a widget in the order of its layout, then those outside of it."""
    if isinstance(widget, QScrollArea):
        inside = widget.widget()
        return [inside] if inside is not None else []
    column = widget.layout()
    laid = list(_laid(column)) if column is not None else []
    children = [child for child in widget.children() if isinstance(child, QWidget)]
    over = [child for child in children if child not in laid and not child.isWindow()]
    return laid + sorted(over, key=lambda child: (child.y(), child.x()))


def _laid(column: QLayout) -> Iterator[QWidget]:
    if isinstance(column, QStackedLayout):
        shown = column.currentWidget()
        if shown is not None:
            yield shown
        return
    for place in range(column.count()):
        item = column.itemAt(place)
        if item is None:
            continue
        part, inner = item.widget(), item.layout()
        if part is not None:
            yield part
        elif inner is not None:
            yield from _laid(inner)


class EyeOrder(_Base):
    """A window or dialog in which Tab follows the layout; named before its Qt class."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go to the next stop, or the one before; wraps around."""
        found, at = list(stops(self)), self.focusWidget()
        if not found:
            return False
        place = _place(found, at)
        if place is None:
            to = found[0 if forward else -1]
        else:
            to = found[(place + (1 if forward else -1)) % len(found)]
        reasons = Qt.FocusReason
        to.setFocus(reasons.TabFocusReason if forward else reasons.BacktabFocusReason)
        _bring_into_view(to)
        return True


def _place(found: list[QWidget], at: QWidget | None) -> int | None:
    """The stop that has the focus; for a tab reached by arrows, the stop of its row."""
    if at in found:
        return found.index(at)
    beside = at.parentWidget() if at is not None else None
    near = (place for place, stop in enumerate(found) if stop.parentWidget() is beside)
    return next(near, None)


def _bring_into_view(widget: QWidget) -> None:
    at = widget.parentWidget()
    while at is not None and not at.isWindow():
        if isinstance(at, QScrollArea):
            at.ensureWidgetVisible(widget, 0, 12)
        at = at.parentWidget()
