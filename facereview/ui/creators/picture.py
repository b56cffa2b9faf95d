"""A picture with the boxes of its faces, numbered as the keys that choose them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from facereview.ui.creators.drafts import Draft, Verdict, named, said
from facereview.ui.pictures.images import Shot, shot
from facereview.ui.pictures.painting import paint_fault
from facereview.ui.widgets.key_caps import paint_cap
from facereview.ui.widgets.one_press import PressedOnce
from facereview.ui.widgets.theme import sized, tokens_of


class BoxedPicture(PressedOnce, QWidget):
    """Shows the picture at hand; a click on a box chooses that face."""

    picked = Signal(int)
    """The number of a face, from 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft: Draft | None = None
        self._shot: Shot | None = None
        self.setMinimumSize(QSize(240, 200))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_draft(self, draft: Draft | None) -> None:
        """Show another picture, or another choice of its face."""
        same = self._draft is not None and draft is not None and self._draft.intake is draft.intake
        self._draft = draft
        if not same:
            self._fit()
        self.setAccessibleName(f"{named(draft)}: {said(draft)}" if draft else "")
        self.update()

    def _fit(self) -> None:
        preview = self._draft.intake.preview if self._draft else None
        ratio = self.devicePixelRatioF()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        self._shot = None if preview is None else shot(preview, size)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Scale anew."""
        super().resizeEvent(event)
        self._fit()

    def _target(self, made: Shot) -> QRectF:
        ratio = self.devicePixelRatioF()
        box = QRectF(0, 0, made.image.width() / ratio, made.image.height() / ratio)
        box.moveCenter(QRectF(self.rect()).center())
        return box

    def _boxes(self) -> list[QRectF]:
        """Where the faces are on this widget."""
        made, draft = self._shot, self._draft
        if made is None or draft is None:
            return []
        target = self._target(made)
        scale = draft.intake.scale * target.width() / max(1, made.width)
        return [
            QRectF(
                target.left() + face.box.x * scale,
                target.top() + face.box.y * scale,
                face.box.width * scale,
                face.box.height * scale,
            )
            for face in draft.intake.faces
        ]

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose the face under the mouse."""
        for number, box in enumerate(self._boxes()):
            if box.contains(event.position()):
                self.picked.emit(number)
                return

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw the picture, or why there is none, and the boxes."""
        tokens, draft, made = tokens_of(self), self._draft, self._shot
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if draft is None:
                return
            if made is None:
                paint_fault(painter, QRectF(self.rect()), tokens, said(draft), None)
                return
            painter.drawImage(self._target(made), made.image)
            for number, box in enumerate(self._boxes()):
                self._paint_box(painter, box, number, draft)

    def _paint_box(self, painter: QPainter, box: QRectF, number: int, draft: Draft) -> None:
        """Solid is the face that is stored, dashed are the others; the number is its key."""
        tokens, chosen = tokens_of(self), number == draft.face
        care = chosen and draft.verdict is not Verdict.GOOD
        colour = QColor(tokens.amber if care or not chosen else tokens.green)
        if draft.face is not None and not chosen:
            colour = QColor("#ffffff")
        pen = QPen(colour, 3 if chosen else 2)
        if not chosen:
            pen.setDashPattern([3, 2])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 110), pen.widthF() + 2))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(pen)
        painter.drawRoundedRect(box, 6, 6)
        if len(draft.intake.faces) > 1 and number < 9:
            painter.setFont(sized(self.font(), 12, QFont.Weight.DemiBold))
            cap = QRectF(box.left() + 4, box.top() + 4, 20, 20)
            paint_cap(painter, cap, str(number + 1), tokens)
