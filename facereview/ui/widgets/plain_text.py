"""Plain texts for Qt: never shown as markup, "&" never as a mnemonic."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtGui import Qt as Text
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QMessageBox,
    QPushButton,
    QToolTip,
    QWidget,
)

from facereview.ui.widgets.one_press import PressedOnce
from facereview.visible_text import visible

LONG = 300
"""Texts from outside are cut at this length before they are measured."""

_TIP = 1000
"""Letters that a tooltip shows at most."""

_WIDE = 80
"""A tooltip longer than this breaks its lines, which Qt does in rich text only."""


def clear_text(text: str) -> str:
    """A text from outside on one line, short enough to be measured, nothing in it invisible."""
    return visible(" ".join(text[: 4 * LONG].split())[:LONG])


def plain_tip(text: str) -> str:
    """What a tooltip must be given to show a text as it is, in lines that fit the screen."""
    shown = text[:_TIP]
    if len(shown) <= _WIDE and not Text.mightBeRichText(shown):
        return shown
    return f"<qt>{escape(shown).replace(chr(10), '<br>')}</qt>"


def set_tip(owner: QWidget | QAction, text: str) -> None:
    """Give a widget or an action its tooltip."""
    owner.setToolTip(plain_tip(text))


def show_tip(at: QPoint, text: str, widget: QWidget) -> None:
    """Show a tooltip now; an empty one goes away."""
    QToolTip.showText(at, plain_tip(text), widget)


def set_title(window: QWidget, text: str) -> None:
    """Name a window; ``[*]`` would be Qt's mark of what is not saved."""
    window.setWindowTitle(clear_text(text).replace("[*]", "[*][*]"))


class PlainLabel(QLabel):
    """A label that takes no text for markup."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class PlainButton(PressedOnce, QPushButton):
    """A push button that takes no letter for its shortcut."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text.replace("&", "&&"))


class PaintedButton(PressedOnce, QAbstractButton):
    """A button that paints its text itself, and takes no letter of it for its shortcut."""

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setShortcut(QKeySequence())


def message_box(
    title: str, text: str, about: str = "", parent: QWidget | None = None
) -> QMessageBox:
    """A message box with plain text."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "", "", parent=parent)
    set_title(box, title)
    box.setText(text)
    box.setInformativeText(about)
    for words in box.findChildren(QLabel):
        words.setTextFormat(Qt.TextFormat.PlainText)
    return box
