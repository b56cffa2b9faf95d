"""How many faces of a video are pending, unchecked, decided, rejected: marks, numbers, a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from facereview.records import VideoSummary
from facereview.ui.widgets.theme import Tokens, sized, tokens_of
from facereview.ui.wording.library import face_counts, number

MARK = 11.0
BESIDE = MARK + 7
"""From the left of a mark to its number."""

KINDS = ("pending", "unchecked", "decided", "rejected")
HATCH = Qt.BrushStyle.BDiagPattern
"""Faces matched automatically and unchecked."""


@dataclass(frozen=True, slots=True)
class FaceCounts:
    """Faces by what became of them."""

    pending: int = 0
    decided: int = 0
    rejected: int = 0
    unchecked: int = 0
    """Matched automatically, and unchecked."""

    @classmethod
    def of(cls, rows: Sequence[VideoSummary]) -> FaceCounts:
        """The faces of these videos together."""
        return cls(
            sum(row.pending for row in rows),
            sum(row.decided for row in rows),
            sum(row.rejected for row in rows),
            sum(row.unchecked for row in rows),
        )

    @property
    def total(self) -> int:
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
    line = QRectF(rect.left(), rect.top(), rect.width(), rect.height() - 9)
    font, slots = fitted(counts, rect.width(), painter.font())
    painter.setFont(font)
    for kind, text, left in slots:
        painter.setOpacity(1.0 if getattr(counts, kind) else 0.4)
        mark = QPointF(line.left() + left + MARK / 2 + 1, line.center().y())
        paint_mark(painter, mark, kind, tokens)
        painter.setOpacity(1.0)
        painter.setPen(QColor(tokens.text if getattr(counts, kind) else tokens.faint))
        box = line.adjusted(left + BESIDE, 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    bar = QRectF(rect.left(), rect.bottom() - 4, rect.width(), 4)
    paint_shares(painter, bar, counts, tokens)


def fitted(
    counts: FaceCounts, width: float, base: QFont
) -> tuple[QFont, list[tuple[str, str, float]]]:
    """Font, and (kind, number, place): all in columns, or where they do not fit what is there."""
    step, metrics = width / len(KINDS), QFontMetricsF(base)
    texts = {kind: number(getattr(counts, kind)) for kind in KINDS}
    if all(BESIDE + metrics.horizontalAdvance(text) + 3 <= step for text in texts.values()):
        return base, [
            (kind, text, place * step) for place, (kind, text) in enumerate(texts.items())
        ]
    there = [kind for kind in KINDS if getattr(counts, kind)]
    short, shorter = (
        {kind: _short(getattr(counts, kind), places) for kind in there} for places in (1, 0)
    )
    small = sized(base, 11)
    for font, shown in ((base, texts), (base, short), (base, shorter), (small, shorter)):
        metrics = QFontMetricsF(font)
        widths = [BESIDE + metrics.horizontalAdvance(shown[kind]) for kind in there]
        gap = min(12.0, (width - sum(widths)) / max(1, len(there) - 1))
        if gap >= 3:
            break
    lefts = [sum(widths[:place]) + gap * place for place in range(len(there))]
    return font, [(kind, shown[kind], left) for kind, left in zip(there, lefts, strict=True)]


def _short(count: int, places: int) -> str:
    """A large number in few letters."""
    for size, letter in ((1_000_000, "M"), (1000, "k")):
        if count >= size:
            exact = places if count < 10 * size else 0
            return QLocale().toString(count / size, "f", exact) + letter
    return number(count)


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

    def sizeHint(self) -> QSize:
        return QSize(240, 62)

    def show_counts(self, counts: FaceCounts) -> None:
        self._counts = counts
        self.setAccessibleName(
            face_counts(counts.pending, counts.unchecked, counts.decided, counts.rejected)
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = tokens_of(self), QPainter(self)
        words = {
            "pending": self.tr("pending"),
            "unchecked": self.tr("unchecked"),
            "decided": self.tr("decided"),
            "rejected": self.tr("rejected"),
        }
        small = sized(self.font(), 12)
        figures = {kind: number(getattr(self._counts, kind)) for kind in words}
        font, widths = self._fitting(figures, words, QFontMetricsF(small))
        gap = max(4.0, (self.width() - sum(widths)) / len(widths))
        left = 0.0
        for (kind, word), width in zip(words.items(), widths, strict=True):
            painter.setFont(font)
            painter.setPen(QColor(tokens.text if getattr(self._counts, kind) else tokens.faint))
            box = QRectF(left, 0, width, 28)
            figure = painter.boundingRect(box, Qt.AlignmentFlag.AlignBottom, figures[kind])
            painter.drawText(box, Qt.AlignmentFlag.AlignBottom, figures[kind])
            paint_mark(painter, QPointF(figure.right() + 4 + MARK / 2, 17), kind, tokens)
            painter.setFont(small)
            painter.setPen(QColor(tokens.dim))
            box = QRectF(left, 30, width + gap, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, word)
            left += width + gap
        bar = QRectF(0, self.height() - 7, self.width(), 5)
        paint_shares(painter, bar, self._counts, tokens)

    def _fitting(
        self, figures: dict[str, str], words: dict[str, str], small: QFontMetricsF
    ) -> tuple[QFont, list[float]]:
        """The largest font in which numbers, marks and words have room, and how wide they are."""
        for pixels in (20, 17, 15, 13, 11):
            font = sized(self.font(), pixels, QFont.Weight.DemiBold)
            metrics = QFontMetricsF(font)
            widths = [
                max(metrics.horizontalAdvance(figures[kind]) + MARK + 6, small.horizontalAdvance(w))
                for kind, w in words.items()
            ]
            if sum(widths) + 8 * (len(widths) - 1) <= self.width():
                break
        return font, widths
