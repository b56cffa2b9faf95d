"""Key caps, and buttons that show the key which does the same."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from facereview.ui.widgets.plain_text import PaintedButton, show_tip
from facereview.ui.widgets.theme import Tokens, sized, tokens_of

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

CAP_HEIGHT = 20.0

_LOW = 30
"""Height of a button in a low window."""

_SHORTEST = "Ab…yz"
"""So much of a name is shown at least."""

_EDGE, _GAP = 12.0, 9.0
"""Beside what a button shows, and between its cap and its text."""


def cap_width(font: QFont, text: str) -> float:
    """Width of a key cap with this text."""
    return max(CAP_HEIGHT, QFontMetricsF(sized(font, 11)).horizontalAdvance(text) + 12)


def paint_cap(painter: QPainter, rect: QRectF, text: str, tokens: Tokens, *, on: str = "") -> None:
    """Draw a key cap; ``on`` is the text colour where it stands on a filled button."""
    ink = QColor(on or tokens.text)
    edge = QColor(ink) if on else QColor(tokens.line)
    face = QColor(tokens.raised)
    if on:
        edge.setAlphaF(0.35)
        # on a full pixel, or the letters would be blurred
        face = QColor("#ffffff" if ink.lightness() < 128 else "#000000")
        face.setAlphaF(0.16)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(face)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.drawLine(
        QPointF(rect.left() + 4, rect.bottom() - 1.2),
        QPointF(rect.right() - 4, rect.bottom() - 1.2),
    )
    painter.setFont(sized(painter.font(), 11))
    painter.setPen(ink)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


class KeyCap(QWidget):
    """A key cap on its own, beside a label."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(key)

    def sizeHint(self) -> QSize:
        return QSize(round(cap_width(self.font(), self._key)), round(CAP_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_cap(painter, QRectF(self.rect()), self._key, tokens_of(self))


class KeyButton(PaintedButton):
    """A button with its key cap; ``strong`` is the one big filled button of a page.

    ``trailing`` stands at the right end. It takes the focus by Tab only, so
    that a click leaves the keys with the page; with the focus, Space and Enter press it.
    """

    def __init__(self, key: str, *, strong: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.strong = strong
        self._trailing = ""
        self._brief = ""
        self._name = ""
        self._elided = False
        self.care = False
        """Painted in amber."""
        self._low = False
        self._live = True
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_live(self, live: bool) -> None:
        """Whether its key works now; while text is typed, the key is a letter."""
        self._live = live
        self.update()

    def set_low(self, low: bool) -> None:
        """Less high in a low window."""
        self._low = low
        self.updateGeometry()

    def set_text(
        self,
        text: str,
        trailing: str = "",
        *,
        brief: str = "",
        name: str = "",
        care: bool = False,
    ) -> None:
        """Set its texts; ``care`` paints it in amber instead of green.

        Where there is no room, ``brief`` is painted instead of ``trailing``, and of ``name``, a
        part of the text, the middle is left out; the other words are never cut.
        """
        self._trailing, self.care = trailing, care
        self._brief, self._name = brief, name if name in text else ""
        self.setText(text)
        self.updateGeometry()
        self.setAccessibleName(f"{text} {trailing}".strip())
        self.update()

    @property
    def words(self) -> tuple[str, str]:
        """What is painted whole: the text before the name and behind it."""
        if not self._name:
            return self.text(), ""
        before, _, after = self.text().partition(self._name)
        return before, after

    def sizeHint(self) -> QSize:
        high = 40 if self.strong else 38
        return QSize(self._width(self.text()), _LOW if self._low else high)

    def minimumSizeHint(self) -> QSize:
        """Only the middle of a name may be elided."""
        shortest = _SHORTEST if len(self._name) > len(_SHORTEST) else self._name
        before, after = self.words
        text = before + shortest + after if self._name else self.text()
        return QSize(self._width(text), self.sizeHint().height())

    def _width(self, text: str) -> int:
        width = _EDGE + cap_width(self.font(), self.key) + _GAP + _EDGE
        width += QFontMetricsF(self._text_font()).horizontalAdvance(text)
        if self._trailing:
            plain = QFontMetricsF(sized(self.font(), 13))
            width += plain.horizontalAdvance(self._brief or self._trailing) + 8
        return ceil(width) + 1

    def event(self, event: QEvent) -> bool:
        """Keep Space and Enter for the focused button; the tooltip shows an elided name."""
        if isinstance(event, QHelpEvent) and self._elided:
            show_tip(event.globalPos(), self.text(), self)
            return True
        presses = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if isinstance(event, QKeyEvent) and event.key() in presses:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() != Qt.Key.Key_Space:
                if not event.isAutoRepeat():
                    self.click()
                return True
        return super().event(event)

    def _text_font(self) -> QFont:
        return sized(self.font(), 13, QFont.Weight.DemiBold if self.strong else QFont.Weight.Normal)

    def _colours(self, tokens: Tokens) -> tuple[QColor, QColor, str]:
        """Fill, edge and text."""
        if not self.strong:
            hovered = self.underMouse() and self.isEnabled()
            fill = QColor(tokens.raised if hovered else tokens.panel)
            return fill, QColor(tokens.line), tokens.text if self.isEnabled() else tokens.disabled
        if not self.isEnabled():
            return QColor(tokens.raised), QColor(tokens.line), tokens.disabled
        if not self._live:
            return QColor(tokens.raised), QColor(tokens.line), tokens.text
        fill = QColor(tokens.amber if self.care else tokens.green)
        if self.underMouse():
            fill = fill.lighter(106)
        return fill, fill, tokens.on_amber if self.care else tokens.on_green

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        fill, edge, ink = self._colours(tokens)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.isDown():
                fill = fill.darker(108)
            focused = self.hasFocus()
            painter.setPen(QPen(QColor(tokens.blue) if focused else edge, 2 if focused else 1))
            painter.setBrush(fill)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
            self._paint_texts(painter, tokens, ink)

    def _paint_texts(self, painter: QPainter, tokens: Tokens, ink: str) -> None:
        left, right = _EDGE, self.width() - _EDGE
        if self._live:
            on = ink if self.strong and self.isEnabled() else ""
            cap = QRectF(left, self.height() / 2 - 10, cap_width(self.font(), self.key), CAP_HEIGHT)
            paint_cap(painter, cap, self.key, tokens, on=on)
            left = cap.right() + _GAP
        painter.setPen(QColor(ink))
        font = self._text_font()
        plain = sized(self.font(), 13)
        if self._trailing:
            room = right - left - 8 - QFontMetricsF(font).horizontalAdvance(self.text())
            trailing, measure = self._trailing, QFontMetricsF(plain)
            if self._brief and measure.horizontalAdvance(trailing) > room:
                trailing = self._brief
            width = min(measure.horizontalAdvance(trailing), max(room, (right - left) / 2))
            painter.setFont(plain)
            box = QRectF(right - width, 0, width, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, trailing)
            right -= width + 8
        painter.setFont(font)
        shown = self._shortened(QFontMetricsF(font), right - left)
        self._elided = shown != self.text()
        box = QRectF(left, 0, right - left, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)

    def _shortened(self, metrics: QFontMetricsF, room: float) -> str:
        """The text, the middle of its name left out where it has no room."""
        if metrics.horizontalAdvance(self.text()) <= room or not self._name:
            return self.text()
        before, after = self.words
        left = room - metrics.horizontalAdvance(before + after)
        return before + metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, left) + after
