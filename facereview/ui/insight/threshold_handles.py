"""Two thresholds as handles over a plot, for the mouse and the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSlider, QWidget

from facereview.ui.widgets.theme import sized, tokens_of
from facereview.ui.wording.decisions import score

_WHOLE, _STEP, _FAR = 1000, 10, 50
"""Steps of a handle between a cosine of 0 and 1, those of an arrow, and those with Shift."""
_HANDLE, ROW = 24, 28
"""Heights in pixels of a handle and of its row."""


class Handle(QSlider):
    """A threshold to drag; arrows move it by .01, with Shift by .05."""

    dragged = Signal(float)
    """To this place of the strip, in pixels."""

    def __init__(self, name: str, colour: str, says: Callable[[str], str], parent: QWidget) -> None:
        """``says`` gives the text of a value; ``colour`` is a token."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._colour, self._says = colour, says
        self._grip: float | None = None
        self._exact: float | None = None
        self.setAccessibleName(name)
        self.setRange(0, _WHOLE)
        self.setSingleStep(_STEP)
        self.setPageStep(_FAR)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.valueChanged.connect(self._changed)
        self._say()

    @property
    def cosine(self) -> float:
        """The threshold: as it was put, or where it was moved to."""
        return self.value() / _WHOLE if self._exact is None else self._exact

    def put(self, cosine: float) -> None:
        """Another threshold, without the signal."""
        with QSignalBlocker(self):
            self.setValue(round(cosine * _WHOLE))
        self._exact = cosine
        self._say()

    def move_to(self, cosine: float) -> None:
        """Move it to the step nearest to a cosine."""
        self.setValue(round(max(0.0, min(cosine, 1.0)) * _WHOLE))

    def _changed(self) -> None:
        self._exact = None
        self._say()

    def _say(self) -> None:
        self.setAccessibleDescription(self.text())
        self.resize(self.sizeHint())
        self.update()

    def text(self) -> str:
        """What it says."""
        return self._says(score(self.cosine))

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 20, _HANDLE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.setValue(self.value() + step * (_FAR if shift else _STEP))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the page, not the value."""
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position().x() - self.width() / 2
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self.dragged.emit(self.mapToParent(event.position()).x() - self._grip)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grip = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            focus = QPen(QColor(tokens.text), 2) if self.hasFocus() else Qt.PenStyle.NoPen
            painter.setPen(focus)
            painter.setBrush(QColor(getattr(tokens, self._colour)))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(QColor(getattr(tokens, f"on_{self._colour}")))
            painter.setFont(sized(self.font(), 12))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text())


class HandleStrip(QWidget):
    """Both thresholds over a plot: that of suggesting above that of matching."""

    moved = Signal()
    """A threshold is another one."""

    def __init__(self, cosine_at: Callable[[float], float], parent: QWidget) -> None:
        """``cosine_at`` gives the cosine over which a place of the strip is, in pixels."""
        super().__init__(parent)
        self._places = (0.0, 0.0)
        suggests, matches = self.tr("suggest from {value}"), self.tr("match alone from {value}")
        self.suggest = Handle(
            self.tr("Suggest from"), "blue", lambda value: suggests.format(value=value), self
        )
        self.match = Handle(
            self.tr("Match alone from"), "amber", lambda value: matches.format(value=value), self
        )
        for handle in (self.suggest, self.match):
            handle.valueChanged.connect(lambda _value, handle=handle: self._follow(handle))
            handle.dragged.connect(lambda x, handle=handle: handle.move_to(cosine_at(x)))
        self.setFixedHeight(2 * ROW)

    @property
    def thresholds(self) -> tuple[float, float]:
        """Where the handles are: suggest and match."""
        return self.suggest.cosine, self.match.cosine

    def show_thresholds(self, suggest: float, match: float) -> None:
        """Other thresholds, without the signal."""
        self.suggest.put(suggest)
        self.match.put(match)

    def show_handles(self, shown: bool) -> None:
        """An error rate has no handles."""
        for handle in (self.suggest, self.match):
            handle.setVisible(shown)
        self.update()

    def _follow(self, handle: Handle) -> None:
        """What is matched alone is suggested too: one handle takes the other along."""
        if self.suggest.cosine > self.match.cosine:
            other = self.match if handle is self.suggest else self.suggest
            other.put(handle.cosine)
        self.moved.emit()

    def put(self, places: tuple[float, float]) -> None:
        """Put the handles over these places, in pixels."""
        self._places = places
        for row, (handle, place) in enumerate(zip((self.suggest, self.match), places, strict=True)):
            room = max(0, self.width() - handle.width())
            left = round(place - handle.width() / 2)
            handle.move(min(room, max(0, left)), row * ROW)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        colours = (tokens.blue, tokens.amber)
        with QPainter(self) as painter:
            for row, (handle, place) in enumerate(
                zip((self.suggest, self.match), self._places, strict=True)
            ):
                if handle.isVisibleTo(self):
                    painter.setPen(QPen(QColor(colours[row]), 2))
                    top = QPointF(place, row * ROW + _HANDLE / 2)
                    painter.drawLine(top, QPointF(place, self.height()))
