"""Plots in the colours of the theme.

pyqtgraph draws them: it needs no part of Qt that the window does not have, which Qt Charts would.
It is loaded with the first plot; ``plot_loader`` does it before, in small steps.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

from PySide6.QtCore import QDate, QEvent, QLocale, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QImage, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facereview.ui.widgets.accessible import announce
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.theme import Tokens, tokens_of, window_font
from facereview.ui.wording.library import day as shown_day

_LOW, HIGH = 240, 560
_FILL = 0.18
_LABELS, _STEPS = 8, 6


class PointedPlot(QWidget):
    """A plot of spots from left to right, each of which can be pointed at and opened.

    Left, Right, Home and End point at a spot, Enter and Space open it, as a click does.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        import pyqtgraph  # noqa: PLC0415 - see above

        self._pg = pyqtgraph
        self.setAccessibleName(name)
        self.setMinimumHeight(_LOW)
        self.setMaximumHeight(HIGH)
        self.view = pyqtgraph.PlotWidget(self)
        for part in (self.view, self.view.viewport()):
            part.setAccessibleName(name)
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMenuEnabled(False)
        self.view.setMouseEnabled(x=False, y=False)
        self.view.hideButtons()
        # else the first label is left out, which of one spot is the only one
        self.view.getAxis("bottom").setStyle(hideOverlappingLabels=False)
        self._said = pyqtgraph.TextItem()
        self._said.hide()
        self.view.addItem(self._said, ignoreBounds=True)
        self.view.scene().sigMouseMoved.connect(self._hovered)
        self.view.scene().sigMouseClicked.connect(self._clicked)
        self.view.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._at: int | None = None
        self._tokens: Tokens | None = None
        flush(QVBoxLayout(self)).addWidget(self.view)

    # ------------------------------------------------------------------------- what is shown of it

    def spots(self) -> Sequence[int]:
        """Where the spots are, ascending."""
        raise NotImplementedError

    def words(self, at: int | None) -> str:
        """What is said of a spot, by its place among them, or of all."""
        raise NotImplementedError

    def open_spot(self, at: int) -> None:
        """Show what a spot counts."""
        raise NotImplementedError

    def mark(self, at: int | None) -> None:
        """Show which spot is pointed at."""
        raise NotImplementedError

    def colour(self, tokens: Tokens) -> None:
        """Take the colours of a theme."""
        self.view.setBackground(tokens.panel)
        self._said.fill = self._pg.mkBrush(tokens.raised)
        self._said.setColor(tokens.text)
        small = QFont(window_font())
        small.setPixelSize(11)
        for side in ("left", "bottom"):
            axis = self.view.getAxis(side)
            axis.setPen(self._pg.mkPen(tokens.line))
            axis.setTextPen(self._pg.mkPen(tokens.dim))
            axis.setTickFont(small)

    def picture(self) -> QImage:
        """The plot as it is shown."""
        image: QImage = self.view.grab().toImage()
        return image

    def spots_changed(self) -> None:
        """Other spots are shown: point at one of them, or at none."""
        self._point(None if self._at is None else min(self._at, len(self.spots()) - 1))

    def scale(self, most: int) -> None:
        """Show numbers from 0 to ``most`` upwards, with round labels."""
        self.view.setYRange(0, most * 1.05, padding=0)
        self.view.getAxis("left").setTicks([_heights(most)])

    # ------------------------------------------------------------------------------------- for Qt

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._colour()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._colour()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = Qt.Key(event.key()), len(self.spots()) - 1
        here = last if self._at is None else self._at
        keys = Qt.Key
        leads = {keys.Key_Left: here - 1, keys.Key_Right: here + 1, keys.Key_Home: 0}
        to = (leads | {keys.Key_End: last}).get(key)
        if key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space):
            self._open(self._at)
        elif to is None or last < 0:
            super().keyPressEvent(event)
        else:
            self._point(max(0, min(to, last)))
            announce(self, self.words(self._at))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._at is None:
            self._point(len(self.spots()) - 1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point(None)

    # ------------------------------------------------------------------------------ pointing at one

    def _colour(self) -> None:
        tokens = tokens_of(self)
        if tokens != self._tokens:
            self._tokens = tokens
            self.colour(tokens)

    def _hovered(self, where: QPointF) -> None:
        self._point(self._spot_at(where))

    def _clicked(self, event: Any) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._open(self._spot_at(event.scenePos()))

    def _spot_at(self, where: QPointF) -> int | None:
        """Which spot a point of the scene is on: the last one that begins left of it."""
        box, spots = self.view.getViewBox(), self.spots()
        if not spots or not box.sceneBoundingRect().contains(where):
            return None
        return max(0, bisect_right(spots, float(box.mapSceneToView(where).x())) - 1)

    def _open(self, at: int | None) -> None:
        if at is not None:
            self.open_spot(at)

    def _point(self, at: int | None) -> None:
        spots = self.spots()
        self._at = at if spots and at is not None and at >= 0 else None
        self._said.setVisible(self._at is not None)
        self.mark(self._at)
        if self._at is not None:
            right = 2 * (spots[self._at] - spots[0]) > spots[-1] - spots[0]
            self._said.setText(self.words(self._at))
            self._said.setAnchor((1 if right else 0, 0))
            self._said.setPos(spots[self._at], self.view.getViewBox().viewRange()[1][1])
        self.setAccessibleDescription(self.words(self._at))


class DayPlot(PointedPlot):
    """A number at the end of each day, as steps."""

    opened = Signal(object)
    """Show what was counted on this :class:`date`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        self._days: tuple[tuple[date, int], ...] = ()
        super().__init__(name, parent)
        self._curve = self.view.plot([], [], stepMode="right")
        self._marker = self._pg.InfiniteLine(angle=90)
        self._marker.hide()
        self.view.addItem(self._marker, ignoreBounds=True)
        self._colour()

    @property
    def days(self) -> tuple[tuple[date, int], ...]:
        """What is shown."""
        return self._days

    def show_days(self, days: Sequence[tuple[date, int]]) -> None:
        """Show other numbers, in order; the last one is drawn on to the next day."""
        self._days = tuple(days)
        places, numbers = self.spots(), [number for _, number in self._days]
        if places:
            places, numbers = [*places, places[-1] + 1], [*numbers, numbers[-1]]
            self.view.setXRange(places[0], places[-1], padding=0.01)
        self._curve.setData(places, numbers)
        self.scale(max([1, *numbers]))
        self.view.getAxis("bottom").setTicks([_labels(places)])
        self.spots_changed()

    def spots(self) -> list[int]:
        return [day.toordinal() for day, _ in self._days]

    def open_spot(self, at: int) -> None:
        self.opened.emit(self._days[at][0])

    def mark(self, at: int | None) -> None:
        self._marker.setVisible(at is not None)
        if at is not None:
            self._marker.setValue(self._days[at][0].toordinal())

    def colour(self, tokens: Tokens) -> None:
        super().colour(tokens)
        line, fill = QColor(tokens.blue), QColor(tokens.blue)
        fill.setAlphaF(_FILL)
        self._curve.setPen(self._pg.mkPen(line, width=2))
        self._curve.setFillLevel(0)
        self._curve.setBrush(fill)
        self._marker.setPen(self._pg.mkPen(tokens.amber, width=2))

    def words(self, at: int | None) -> str:
        shown = QLocale().toString
        if at is not None:
            day, number = self._days[at]
            text = self.tr("{day}: {number}")
            return text.format(day=shown_day(day), number=shown(number))
        if not self._days:
            return ""
        (first, began), (last, now) = self._days[0], self._days[-1]
        text = self.tr("from {before} on {first} to {now} on {last}")
        return text.format(
            before=shown(began), first=shown_day(first), now=shown(now), last=shown_day(last)
        )


class BarPlot(PointedPlot):
    """How many there are of each kind, as bars with their names below."""

    opened = Signal(int)
    """Show what a bar counts, by its place."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        self._bars: tuple[tuple[str, int], ...] = ()
        super().__init__(name, parent)
        self._item = self._pg.BarGraphItem(x=[], height=[], width=0.8)
        self.view.addItem(self._item)
        self._colour()

    @property
    def bars(self) -> tuple[tuple[str, int], ...]:
        """What is shown: names and numbers."""
        return self._bars

    def show_bars(self, name: str, bars: Sequence[tuple[str, int]]) -> None:
        """Show other numbers under another name."""
        self._bars = tuple(bars)
        self.setAccessibleName(name)
        numbers = [number for _, number in self._bars]
        self._item.setOpts(x=[place + 0.5 for place in self.spots()], height=numbers)
        self.scale(max([1, *numbers]))
        self.view.setXRange(0, max(1, len(self._bars)), padding=0.01)
        names = [(place + 0.5, text) for place, (text, _) in enumerate(self._bars)]
        self.view.getAxis("bottom").setTicks([names])
        self.spots_changed()

    def spots(self) -> list[int]:
        return list(range(len(self._bars)))

    def open_spot(self, at: int) -> None:
        self.opened.emit(at)

    def mark(self, at: int | None) -> None:
        if self._tokens is None:
            return
        blue, amber = QColor(self._tokens.blue), QColor(self._tokens.amber)
        self._item.setOpts(brushes=[amber if at == n else blue for n in self.spots()])

    def colour(self, tokens: Tokens) -> None:
        super().colour(tokens)
        self._item.setOpts(pen=self._pg.mkPen(None))
        self.mark(self._at)

    def words(self, at: int | None) -> str:
        shown = QLocale().toString
        some = self._bars if at is None else (self._bars[at],)
        return ", ".join(
            self.tr("{bar}: {number}").format(bar=text, number=shown(number))
            for text, number in some
        )


def _labels(places: Sequence[int]) -> list[tuple[float, str]]:
    """A few days of an axis, evenly apart, each as day and month."""
    if not places:
        return []
    step = max(1, -(-(places[-1] - places[0]) // _LABELS))
    shown = QLocale()
    return [
        (place, shown.toString(QDate(day.year, day.month, day.day), "d MMM"))
        for place in range(places[0], places[-1], step)
        if (day := date.fromordinal(place))
    ]


def _heights(most: int) -> list[tuple[float, str]]:
    """Round numbers up to ``most``, a few of them, evenly apart."""
    steps = (first * 10**zeros for zeros in count() for first in (1, 2, 5))
    step = next(step for step in steps if most <= _STEPS * step)
    return [(n, QLocale().toString(n)) for n in range(0, most + 1, step)]
