"""Names that would have been wrong: the face beside whom it would have been taken for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from facereview.review.insight.desk import ErrorPictures
from facereview.review.insight.thresholds import NamedError
from facereview.ui.pictures.crop_store import CropStore, Key
from facereview.ui.pictures.images import Crop
from facereview.ui.pictures.painting import paint_nobody, paint_rounded
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.plain_text import PaintedButton, clear_text
from facereview.ui.widgets.theme import Tokens, paint_line, sized, tokens_of
from facereview.ui.wording.decisions import score

MOST, LOW_MOST = 6, 4
"""So many are shown, fewer in a low window."""
_SIDE, _GAP = 40, 10
_ROW = 52


class WrongName(PaintedButton):
    """One of them; a press shows the face."""

    def __init__(self, shown: ErrorPictures, crops: CropStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown, self._crops = shown, crops
        self._score = "" if shown.error.similarity is None else score(shown.error.similarity)
        self._who, self._mistake = self._words(shown.error)
        self.setText(f"{self._who} {self._mistake}")
        self.setAccessibleName(f"{self.text()}, {self._score}")
        self.setAccessibleDescription(self.tr("Look at this face"))
        self.setFixedHeight(_ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _words(self, error: NamedError) -> tuple[str, str]:
        """Who it is, and for whom it would be taken."""
        name = clear_text(error.taken_for)
        who = self.tr("Not {name}").format(name=name)
        if error.truth is not None:
            who = clear_text(error.truth)
        elif error.stranger:
            who = self.tr("Nobody known")
        return who, self.tr("would be taken for {name}").format(name=name)

    def sizeHint(self) -> QSize:
        return QSize(280, _ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, shown = tokens_of(self), self._shown
        face = None if shown.face is None else self._crops.face(shown.face, shown.video)
        known = None if shown.reference is None else self._crops.reference(shown.reference)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            top = (_ROW - _SIDE) / 2
            for place, crop in enumerate((face, known)):
                left = 2 + place * (_SIDE + _GAP - 2)
                self._paint_picture(painter, QRectF(left, top, _SIDE, _SIDE), crop, tokens)
            words = QRectF(2 * (_SIDE + _GAP) + 2, top, self.width() - 148, _SIDE / 2)
            painter.setFont(sized(self.font(), 13))
            painter.setPen(QColor(tokens.blue if self.underMouse() else tokens.text))
            paint_line(painter, words, self._who)
            painter.setPen(QColor(tokens.dim))
            paint_line(painter, words.translated(0, _SIDE / 2), self._mistake)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(self.rect()).adjusted(0, 0, -4, 0), right, self._score)
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(tokens.blue), 2))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _paint_picture(
        self, painter: QPainter, box: QRectF, crop: Crop | None, tokens: Tokens
    ) -> None:
        if crop is not None:
            paint_rounded(painter, box, crop, 6)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(box, 6, 6)
        paint_nobody(painter, box, 20, tokens)


class WrongNames(QWidget):
    """The surest of them, one below the other."""

    opened = Signal(int)
    """Look at this face."""

    def __init__(self, crops: CropStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._crops = crops
        self.rows: list[WrongName] = []
        self._column = flush(QVBoxLayout(self))
        crops.arrived.connect(self._arrived)
        crops.cleared.connect(self._arrived)

    def show_errors(self, errors: Sequence[ErrorPictures]) -> None:
        """Show others."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [WrongName(error, self._crops, self) for error in errors]
        for row, shown in zip(self.rows, errors, strict=True):
            face = shown.error.face
            row.clicked.connect(lambda _checked=False, face=face: self.opened.emit(face))
            self._column.addWidget(row)
        self.setVisible(bool(errors))

    def _arrived(self, _key: Key | None = None) -> None:
        for row in self.rows:
            row.update()
