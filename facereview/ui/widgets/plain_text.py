"""Texts, labels and buttons in plain text: never shown as markup, "&" never as a mnemonic."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtGui import Qt as Text
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QToolTip,
    QWidget,
)

from facereview.ui.widgets.double_clicks import PressedOnce
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


def label(text: str = "", rank: str = "text", parent: QWidget | None = None) -> PlainLabel:
    """A plain-text label; ``rank`` is ``title``, ``heading``, ``text``, ``dim`` or ``faint``."""
    made = PlainLabel(text, parent)
    made.setProperty("rank", rank)
    return made


def wrapped(text: str = "", rank: str = "text", parent: QWidget | None = None) -> PlainLabel:
    """A label that breaks its lines."""
    made = label(text, rank, parent)
    made.setWordWrap(True)
    return made


def button(text: str, kind: str = "plain", parent: QWidget | None = None) -> PlainButton:
    """A push button; ``kind`` is ``plain``, ``primary`` (blue) or ``danger`` (red)."""
    made = PlainButton(text, parent)
    made.setProperty("kind", kind)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


class ElidedLabel(PlainLabel):
    """One line of text from outside; its middle is left out where it has no room.

    Names with the same beginning stay distinct. Of a ``sentence`` the end is elided. The tooltip
    holds the full text.
    """

    def __init__(
        self,
        text: str = "",
        rank: str = "text",
        parent: QWidget | None = None,
        *,
        sentence: bool = False,
    ) -> None:
        super().__init__(text, parent)
        modes = Qt.TextElideMode
        self._mode = modes.ElideRight if sentence else modes.ElideMiddle
        self.setProperty("rank", rank)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        line = " ".join(text.split())
        super().setText(line[:LONG])
        set_tip(self, line if len(line) > 24 else "")

    def minimumSizeHint(self) -> QSize:
        return QSize(48, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            metrics = QFontMetrics(self.font())
            text = metrics.elidedText(self.text(), self._mode, self.width())
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)
