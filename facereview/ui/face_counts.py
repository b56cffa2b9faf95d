"""How many faces of a video are pending, decided, rejected: a mark, a number, and a bar."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from facereview.records import VideoSummary
from facereview.ui.fonts import sized
from facereview.ui.library_texts import number
from facereview.ui.theme import Tokens, tokens_of

MARK = 11.0


@dataclass(frozen=True, slots=True)
class FaceCounts:
    """Faces by what became of them."""

    pending: int = 0
    decided: int = 0
    rejected: int = 0

    @classmethod
    def of(cls, rows: list[VideoSummary]) -> FaceCounts:
        """The faces of these videos together."""
        return cls(
            sum(row.pending for row in rows),
            sum(row.decided for row in rows),
            sum(row.rejected for row in rows),
        )

    @property
    def total(self) -> int:
        """All of them."""
        return self.pending + self.decided + self.rejected


def paint_mark(painter: QPainter, centre: QPointF, kind: str, tokens: Tokens) -> None:
    """A small box as faces have it: dashed pending, solid decided, crossed rejected."""
    colours = {"pending": tokens.amber, "decided": tokens.green, "rejected": tokens.red}
    box = QRectF(0, 0, MARK, MARK)
    box.moveCenter(centre)
    pen = QPen(QColor(colours[kind]), 1.6)
    if kind == "pending":
        pen.setDashPattern([2, 1.4])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 2.5, 2.5)
    if kind == "rejected":
        inner = box.adjusted(3, 3, -3, -3)
        painter.drawLine(QLineF(inner.topLeft(), inner.bottomRight()))
        painter.drawLine(QLineF(inner.topRight(), inner.bottomLeft()))
    painter.restore()


def paint_counts(painter: QPainter, rect: QRectF, counts: FaceCounts, tokens: Tokens) -> None:
    """Three marks with their numbers side by side, the bar of what is settled below."""
    step = rect.width() / 3
    line = QRectF(rect.left(), rect.top(), step, rect.height() - 9)
    for kind in ("pending", "decided", "rejected"):
        count = getattr(counts, kind)
        painter.setOpacity(1.0 if count else 0.4)
        paint_mark(painter, QPointF(line.left() + MARK / 2 + 1, line.center().y()), kind, tokens)
        painter.setOpacity(1.0)
        painter.setPen(QColor(tokens.text if count else tokens.faint))
        text = line.adjusted(MARK + 7, 0, 0, 0)
        words = QFontMetricsF(painter.font()).elidedText(
            number(count), Qt.TextElideMode.ElideRight, text.width()
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        line.translate(step, 0)
    bar = QRectF(rect.left(), rect.bottom() - 4, rect.width(), 4)
    paint_shares(painter, bar, counts, tokens)


def paint_shares(painter: QPainter, bar: QRectF, counts: FaceCounts, tokens: Tokens) -> None:
    """A bar of two colours: decided, then rejected, of all."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = bar.height() / 2
    painter.setBrush(QColor(tokens.line))
    painter.drawRoundedRect(bar, radius, radius)
    settled = QRectF(bar)
    for part, colour in (
        (counts.decided + counts.rejected, tokens.red),
        (counts.decided, tokens.green),
    ):
        settled.setWidth(bar.width() * part / max(1, counts.total))
        if settled.width() >= 1:
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(settled, radius, radius)
    painter.restore()


class CountTiles(QWidget):
    """The three numbers large, each over the word for it, above the bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts = FaceCounts()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Two lines and a bar."""
        return QSize(240, 62)

    def show_counts(self, counts: FaceCounts) -> None:
        """Show other numbers."""
        self._counts = counts
        self.setAccessibleName(
            self.tr("{pending} pending, {decided} decided, {rejected} rejected").format(
                pending=number(counts.pending),
                decided=number(counts.decided),
                rejected=number(counts.rejected),
            )
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw numbers, marks, words, bar."""
        tokens, painter = tokens_of(self), QPainter(self)
        step = self.width() / 3
        words = {
            "pending": self.tr("pending"),
            "decided": self.tr("decided"),
            "rejected": self.tr("rejected"),
        }
        for place, (kind, word) in enumerate(words.items()):
            left, count = place * step, getattr(self._counts, kind)
            painter.setFont(sized(self.font(), 20, QFont.Weight.DemiBold))
            painter.setPen(QColor(tokens.text if count else tokens.faint))
            painter.drawText(
                QRectF(left, 0, step - 4, 28), Qt.AlignmentFlag.AlignLeft, number(count)
            )
            paint_mark(painter, QPointF(left + MARK / 2 + 1, 38), kind, tokens)
            painter.setFont(sized(self.font(), 12))
            painter.setPen(QColor(tokens.dim))
            box = QRectF(left + MARK + 7, 29, step - MARK - 7, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, word)
        bar = QRectF(0, self.height() - 7, self.width(), 5)
        paint_shares(painter, bar, self._counts, tokens)
