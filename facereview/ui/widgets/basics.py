"""Small parts that the pages share: labels in three ranks, pills, cards, bars."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from facereview.ui.widgets.plain_text import LONG, PlainButton, PlainLabel, set_tip
from facereview.ui.widgets.tabs import Tabs
from facereview.ui.widgets.theme import tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent


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


class PillTabs(QWidget):
    """A row of pills of which one is chosen, each with an optional count."""

    chosen = Signal(str)

    def __init__(
        self, name: str, pills: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """``name`` says what is chosen here; ``pills`` are (key, text)."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self._texts = dict(pills)
        self._buttons: dict[str, PlainButton] = {}
        tabs = Tabs(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for key, text in pills:
            pill = PlainButton(text, self)
            pill.setProperty("kind", "pill")
            pill.setCursor(Qt.CursorShape.PointingHandCursor)
            pill.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            tabs.add(pill)
            row.addWidget(pill)
            self._buttons[key] = pill

    def choose(self, key: str) -> None:
        """Mark a pill as chosen, without the signal."""
        self._buttons[key].setChecked(True)

    def current(self) -> str:
        """The chosen pill's key, or an empty text."""
        return next((key for key, pill in self._buttons.items() if pill.isChecked()), "")

    def set_compact(self, compact: bool) -> None:
        """Narrower pills, where the window is narrow."""
        for pill in self._buttons.values():
            if pill.property("compact") != compact:
                pill.setProperty("compact", compact)
                pill.style().polish(pill)
                # a button caches its size hint until its style changes
                QApplication.sendEvent(pill, QEvent(QEvent.Type.StyleChange))
                pill.updateGeometry()
        row = self.layout()
        if row is not None:
            row.setSpacing(4 if compact else 8)

    def set_count(self, key: str, count: int | None) -> None:
        """Show a count behind a pill's text; None takes it away."""
        pill = self._buttons[key]
        number = "" if count is None else f" {self.locale().toString(count)}"
        pill.setText(self._texts[key] + number)


class Card(QFrame):
    """A raised panel with a hairline round it; ``body`` is its layout."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 16, 20, 16)
        self.body.setSpacing(12)
        if heading:
            self.body.addWidget(label(heading, "heading", self))


def hairline(direction: str, parent: QWidget | None = None) -> QFrame:
    """A thin line; ``direction`` is ``horizontal`` or ``vertical``."""
    made = QFrame(parent)
    made.setProperty("hairline", direction)
    return made


class Bar(QWidget):
    """A thin bar for a share from 0 to 1, in the colour of a token."""

    def __init__(self, colour: str = "green", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self._colour = colour
        self.setFixedHeight(5)

    def set_share(self, share: float, colour: str | None = None) -> None:
        """Fill the bar up to ``share``."""
        self._share = min(1.0, max(0.0, share))
        self._colour = colour or self._colour
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        with QPainter(self) as painter:
            colour = getattr(tokens, self._colour)
            paint_bar(painter, QRectF(self.rect()), self._share, colour, tokens.line)


def paint_bar(painter: QPainter, rect: QRectF, share: float, colour: str, groove: str) -> None:
    """Draw a bar filled from 0 to ``share`` of its length."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = rect.height() / 2
    painter.setBrush(QColor(groove))
    painter.drawRoundedRect(rect, radius, radius)
    filled = QRectF(rect)
    filled.setWidth(rect.width() * min(1.0, max(0.0, share)))
    if filled.width() >= 1:
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(filled, radius, radius)
    painter.restore()


def breakable(text: str) -> str:
    """A text that may wrap after each part of a path, and within very long words."""
    parted = re.sub(r"([/\\])", "\\1\u200b", text)
    return re.sub(r"([^\s\u200b]{16})(?=[^\s\u200b]{4})", "\\1\u200b", parted)
