"""Bars that show a share, sliders that set it, and a scale with two thresholds."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from facereview.ui.widgets.theme import Tokens, sized, tokens_of
from facereview.ui.wording.decisions import score


class Bar(QWidget):
    """A thin bar for a share from 0 to 1, in the colour of a token."""

    def __init__(self, colour: str = "green", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self._colour = colour
        self.setFixedHeight(5)

    def set_share(self, share: float) -> None:
        """Fill the bar up to ``share``."""
        self._share = min(1.0, max(0.0, share))
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


_HANDLE = 16.0


class Slider(QSlider):
    """Horizontal; ``colour`` is the token of what lies left of the handle."""

    def __init__(
        self, low: int, high: int, colour: str = "blue", parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._colour = colour
        self.setRange(low, high)
        self.setFixedHeight(24)
        self.setMinimumWidth(120)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _share(self) -> float:
        span = self.maximum() - self.minimum()
        return (self.value() - self.minimum()) / span if span else 0.0

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = tokens_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = getattr(tokens, self._colour) if self.isEnabled() else tokens.disabled
        room = self.width() - _HANDLE
        middle = self.height() / 2
        groove = QRectF(_HANDLE / 2, middle - 2.5, room, 5)
        paint_bar(painter, groove, self._share(), colour, tokens.line)
        painter.setPen(QPen(QColor(tokens.panel), 2))
        painter.setBrush(QColor(colour))
        centre = QPointF(_HANDLE / 2 + room * self._share(), middle)
        painter.drawEllipse(centre, _HANDLE / 2 - 1, _HANDLE / 2 - 1)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, _HANDLE / 2 + 1, _HANDLE / 2 + 1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the page, not the value."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the click, and drag from there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._drag_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag_to(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _drag_to(self, event: QMouseEvent) -> None:
        room = max(1.0, self.width() - _HANDLE)
        share = min(1.0, max(0.0, (event.position().x() - _HANDLE / 2) / room))
        self.setValue(self.minimum() + round(share * (self.maximum() - self.minimum())))


class ThresholdScale(QWidget):
    """Similarity from 0 to 1 in three parts: no suggestion, suggested, auto-matched.

    Without colours where it is disabled: the thresholds do not count.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._match, self._tag = 0.0, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(320, 54)

    def show_thresholds(self, match: float, tag: float) -> None:
        """Set the thresholds; they may be in the wrong order while being changed."""
        self._match, self._tag = match, tag
        text = self.tr("suggested at or above {match}, auto-matched at or above {tag}")
        self.setAccessibleName(text.format(match=score(match), tag=score(tag)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = tokens_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized(self.font(), 12))
        low, high = min(self._match, self._tag), self._tag
        stretches = (
            (0.0, low, tokens.line, self.tr("no suggestion")),
            (low, high, tokens.blue, self.tr("suggested")),
            (high, 1.0, tokens.amber, self.tr("auto-matched")),
        )
        for begin, end, colour, word in stretches:
            if end > begin:
                shown = colour if self.isEnabled() else tokens.line
                self._paint_stretch(painter, begin, end, shown, word)
        for value in {low, high}:
            self._paint_figure(painter, value, tokens)

    def _paint_stretch(
        self, painter: QPainter, begin: float, end: float, colour: str, word: str
    ) -> None:
        box = QRectF(begin * self.width() + 1, 22, (end - begin) * self.width() - 2, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(tokens_of(self).dim))
        words = QRectF(box.left(), 0, box.width(), 18)
        if painter.fontMetrics().horizontalAdvance(word) <= words.width():
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, word)

    def _paint_figure(self, painter: QPainter, value: float, tokens: Tokens) -> None:
        painter.setPen(QColor(tokens.text))
        box = QRectF(0, 34, 48, 18)
        box.moveLeft(min(max(0.0, value * self.width() - 24), self.width() - 48))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, score(value))
