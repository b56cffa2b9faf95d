"""The place where pictures are dropped or pasted."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from facereview.ui.actions.table import first_key
from facereview.ui.widgets.key_caps import cap_width, paint_cap
from facereview.ui.widgets.plain_text import PaintedButton
from facereview.ui.widgets.theme import tokens_of


class DropTile(PaintedButton):
    """A dashed card; pressing it chooses files."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("drop or paste\npictures here"))
        self.setAccessibleName(self.tr("Add pictures"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as a card."""
        return QSize(150, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw edge, words and key."""
        tokens, painter = tokens_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(tokens.blue if self.hasFocus() else tokens.faint), 1.5)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -9), 9, 9)
        painter.setPen(QColor(tokens.text if self.underMouse() else tokens.dim))
        middle = self.height() / 2 - 4
        words = QRectF(4, middle - 44, self.width() - 8, 44)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
        key = first_key("paste_pictures")
        wide = cap_width(self.font(), key)
        paint_cap(painter, QRectF((self.width() - wide) / 2, middle + 10, wide, 20), key, tokens)
