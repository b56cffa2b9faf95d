"""Decisions by similarity, with the two thresholds as handles over them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QLocale, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QImage,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facereview.review.insight.thresholds import RIGHT, WRONG, Histogram
from facereview.ui.insight.threshold_handles import ROW, HandleStrip
from facereview.ui.widgets.accessible import announce
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.theme import Tokens, tokens_of, window_font
from facereview.ui.wording.decisions import score

_LOW = 200
_HOLLOW = 0.25
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)

Bar = tuple[int, int]
"""A place in the histogram, and whether the names there are right."""


class ThresholdPlot(QWidget):
    """Right and wrong names by similarity; a bar can be pointed at and opened.

    Left, Right, Home and End point at a bar, Enter and Space open it, as a click does.
    """

    moved = Signal()
    """A threshold is another one."""
    opened = Signal(object)
    """Show the decisions of this :data:`Bar`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        import pyqtgraph  # noqa: PLC0415 - see plots

        self._pg = pyqtgraph
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.handles = HandleStrip(self._cosine_at, self)
        self.handles.moved.connect(self._put_handles)
        self.handles.moved.connect(self.moved)
        self._plot = self._make_plot(name)
        self._bars: dict[int, Any] = {}
        self._lines = tuple(pyqtgraph.InfiniteLine(angle=90) for _ in range(2))
        self._said = pyqtgraph.TextItem(anchor=(0, 0))
        for item in (*self._lines, self._said):
            self._plot.addItem(item, ignoreBounds=True)
        self._said.hide()
        self._shown: Histogram | None = None
        self._order: list[Bar] = []
        self._at: Bar | None = None
        self._tokens: Tokens | None = None
        column = flush(QVBoxLayout(self))
        column.addWidget(self.handles)
        column.addWidget(self._plot, 1)
        self._colour()

    def _make_plot(self, name: str) -> Any:
        plot = self._pg.PlotWidget(self)
        for part in (plot, plot.viewport()):
            part.setAccessibleName(name)
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.hideAxis("left")
        plot.getPlotItem().layout.setContentsMargins(0, 0, 0, 0)
        plot.setMinimumHeight(_LOW)
        plot.setXRange(0, 1, padding=0.03)
        plot.getAxis("bottom").setTicks([[(tick, score(tick)) for tick in _TICKS]])
        plot.getAxis("bottom").setStyle(hideOverlappingLabels=False)
        plot.getViewBox().sigResized.connect(lambda _box: self._put_handles())
        plot.scene().sigMouseMoved.connect(self._hovered)
        plot.scene().sigMouseClicked.connect(self._clicked)
        return plot

    def sizeHint(self) -> QSize:
        """That of pyqtgraph is more than a low window has."""
        return QSize(2 * _LOW, _LOW + 2 * ROW)

    # ------------------------------------------------------------------------------------- showing

    def show_histogram(self, shown: Histogram) -> None:
        """Show other decisions."""
        self._shown = shown
        for bars in self._bars.values():
            self._plot.removeItem(bars)
        width = float(shown.edges[1] - shown.edges[0])
        for verdict, counts, offset in ((WRONG, shown.wrong, 0.28), (RIGHT, shown.right, 0.72)):
            there = counts > 0
            self._bars[verdict] = self._pg.BarGraphItem(
                x=(shown.edges[:-1] + offset * width)[there],
                height=counts[there],
                width=0.4 * width,
            )
            self._plot.addItem(self._bars[verdict])
        for line in self._lines:
            line.setZValue(10)
        highest = int(max(shown.right.max(), shown.wrong.max()))
        self._plot.setYRange(0, max(1, highest) * 1.05, padding=0)
        self._order = [
            (place, verdict)
            for place in range(len(shown.right))
            for verdict in (WRONG, RIGHT)
            if self._count((place, verdict))
        ]
        self._tokens = None
        self._colour()
        self._point(self._at if self._at in self._order else None)

    def show_thresholds(self, suggest: float, match: float) -> None:
        """Put both handles, without the signal."""
        self.handles.show_thresholds(suggest, match)
        self._put_handles()

    def show_handles(self, shown: bool) -> None:
        """An error rate has no handles."""
        self.handles.show_handles(shown)
        for line in self._lines:
            line.setVisible(shown)

    def picture(self) -> QImage:
        """The plot as it is shown."""
        return self.grab().toImage()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._colour()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._colour()
        self._put_handles()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._put_handles()

    def _colour(self) -> None:
        tokens = tokens_of(self)
        if tokens == self._tokens:
            return
        self._tokens = tokens
        self._plot.setBackground(tokens.panel)
        for verdict, bars in self._bars.items():
            edge = QColor(tokens.green if verdict == RIGHT else tokens.red)
            fill = QColor(edge)
            fill.setAlphaF(1.0 if verdict == RIGHT else _HOLLOW)  # never by colour alone
            bars.setOpts(brush=self._pg.mkBrush(fill), pen=self._pg.mkPen(edge))
        for line, colour_name in zip(self._lines, (tokens.blue, tokens.amber), strict=True):
            line.setPen(self._pg.mkPen(colour_name, width=2))
        self._said.fill = self._pg.mkBrush(tokens.raised)
        self._said.setColor(tokens.text)
        axis = self._plot.getAxis("bottom")
        axis.setPen(self._pg.mkPen(tokens.line))
        axis.setTextPen(self._pg.mkPen(tokens.dim))
        small = QFont(window_font())
        small.setPixelSize(11)
        axis.setTickFont(small)

    # ------------------------------------------------------------------------------------- handles

    def _put_handles(self) -> None:
        values = self.handles.thresholds
        for line, value in zip(self._lines, values, strict=True):
            line.setValue(value)
        box = self._plot.getViewBox()
        places = [self._plot.mapFromScene(box.mapViewToScene(QPointF(v, 0))).x() for v in values]
        self.handles.put((places[0], places[1]))

    def _cosine_at(self, x: float) -> float:
        point = self._plot.mapToScene(round(x), 0)
        return float(self._plot.getViewBox().mapSceneToView(point).x())

    # ---------------------------------------------------------------------------- pointing at a bar

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, keys, last = Qt.Key(event.key()), Qt.Key, len(self._order) - 1
        here = self._order.index(self._at) if self._at in self._order else -1
        leads = {keys.Key_Left: here - 1, keys.Key_Right: here + 1, keys.Key_Home: 0}
        to = (leads | {keys.Key_End: last}).get(key)
        if key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space):
            self._open(self._at)
        elif to is None or last < 0:
            super().keyPressEvent(event)
        else:
            self._point(self._order[max(0, min(to, last))])
            announce(self, self._pointed())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._at is None and self._order:
            self._point(self._order[0])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point(None)

    def _hovered(self, where: QPointF) -> None:
        self._point(self._bar_at(where))

    def _clicked(self, event: Any) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._open(self._bar_at(event.scenePos()))

    def _bar_at(self, where: QPointF) -> Bar | None:
        """Which bar stands over a point of the scene's horizontal."""
        box = self._plot.getViewBox()
        if self._shown is None or not box.sceneBoundingRect().contains(where):
            return None
        place, part = divmod(float(box.mapSceneToView(where).x()) * len(self._shown.right), 1)
        bar = int(place), RIGHT if part >= 0.5 else WRONG
        return bar if bar in self._order else None

    def _open(self, bar: Bar | None) -> None:
        if bar is not None:
            self.opened.emit(bar)

    def _point(self, bar: Bar | None) -> None:
        self._at = bar
        self._said.setVisible(bar is not None)
        if bar is not None and self._shown is not None:
            middle = float(self._shown.edges[bar[0]])
            self._said.setText(self._pointed())
            self._said.setAnchor((1 if middle > 0.5 else 0, 0))
            self._said.setPos(middle, self._plot.getViewBox().viewRange()[1][1])
        self.setAccessibleDescription(self._pointed())

    def _count(self, bar: Bar) -> int:
        if self._shown is None:
            return 0
        counts = self._shown.right if bar[1] == RIGHT else self._shown.wrong
        return int(counts[bar[0]])

    def _pointed(self) -> str:
        if self._at is None or self._shown is None:
            return ""
        low, high = (score(float(edge)) for edge in self._shown.edges[self._at[0] :][:2])
        right = self._at[1] == RIGHT
        said = self.tr("{low} to {high}: {count} right")
        if not right:
            said = self.tr("{low} to {high}: {count} somebody else, or a stranger")
        count = QLocale().toString(self._count(self._at))
        return said.format(low=low, high=high, count=count)
