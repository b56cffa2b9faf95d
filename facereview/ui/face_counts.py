"""How many faces of a video are pending, unchecked, decided, rejected: marks, numbers, a bar."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from facereview.records import VideoSummary
from facereview.ui.fonts import sized
from facereview.ui.library_texts import face_counts, number
from facereview.ui.theme import Tokens, tokens_of

MARK = 11.0
KINDS = ("pending", "unchecked", "decided", "rejected")
HATCH = Qt.BrushStyle.BDiagPattern
"""What the machine did and nobody has looked at."""


@dataclass(frozen=True, slots=True)
class FaceCounts:
    """Faces by what became of them."""

    pending: int = 0
    decided: int = 0
    rejected: int = 0
    unchecked: int = 0
    """Matched by the machine, and nobody has looked at them."""

    @classmethod
    def of(cls, rows: list[VideoSummary]) -> FaceCounts:
        """The faces of these videos together."""
        return cls(
            sum(row.pending for row in rows),
            sum(row.decided for row in rows),
            sum(row.rejected for row in rows),
            sum(row.unchecked for row in rows),
        )

    @property
    def total(self) -> int:
        """All of them."""
        return self.pending + self.unchecked + self.decided + self.rejected


def paint_mark(painter: QPainter, centre: QPointF, kind: str, tokens: Tokens) -> None:
    """A small box as faces have it: dashed unchecked, solid decided, crossed rejected."""
    colours = {
        "pending": tokens.amber,
        "unchecked": tokens.green,
        "decided": tokens.green,
        "rejected": tokens.red,
    }
    box = QRectF(0, 0, MARK, MARK)
    box.moveCenter(centre)
    pen = QPen(QColor(colours[kind]), 1.6)
    if kind in ("pending", "unchecked"):
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
    """Marks with their numbers side by side, the bar of what is settled below."""
    step = rect.width() / len(KINDS)
    line = QRectF(rect.left(), rect.top(), step, rect.height() - 9)
    for kind in KINDS:
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
    """A bar of all: decided full, unchecked hatched, then rejected."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = bar.height() / 2
    painter.setBrush(QColor(tokens.line))
    painter.drawRoundedRect(bar, radius, radius)
    settled = QRectF(bar)
    named = counts.decided + counts.unchecked
    line, full, hatched = QColor(tokens.line), Qt.BrushStyle.SolidPattern, HATCH
    for part, colour, pattern in (
        (named + counts.rejected, QColor(tokens.red), full),
        (named, line, full),
        (named, QColor(tokens.green), hatched),
        (counts.decided, QColor(tokens.green), full),
    ):
        settled.setWidth(bar.width() * part / max(1, counts.total))
        if settled.width() >= 1:
            painter.setBrush(QBrush(colour, pattern))
            painter.drawRoundedRect(settled, radius, radius)
    painter.restore()


class CountTiles(QWidget):
    """The numbers large, each over the word for it, above the bar."""

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
            face_counts(counts.pending, counts.unchecked, counts.decided, counts.rejected)
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw numbers, marks, words, bar."""
        tokens, painter = tokens_of(self), QPainter(self)
        words = {
            "pending": self.tr("pending"),
            "unchecked": self.tr("unchecked"),
            "decided": self.tr("decided"),
            "rejected": self.tr("rejected"),
        }
        step = self.width() / len(words)
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
