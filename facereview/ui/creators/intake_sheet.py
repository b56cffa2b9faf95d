"""The sheet of pictures and their faces, before any of them becomes a reference."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListView,
    QProgressBar,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from facereview.review.creators.reference_records import Point
from facereview.ui.creators.intake import Draft, IntakeRunner, IntakeStage, Verdict, named, said
from facereview.ui.creators.reference_wording import caution
from facereview.ui.creators.wording import CreatorAmounts
from facereview.ui.pictures.images import Shot, shot
from facereview.ui.pictures.painting import paint_fault, paint_portrait
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.dialog import Dialog, Snug, fit
from facereview.ui.widgets.double_clicks import PressedOnce
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.key_caps import KeyButton, paint_cap
from facereview.ui.widgets.plain_text import (
    ElidedLabel,
    button,
    clear_text,
    label,
    set_title,
    wrapped,
)
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.widgets.theme import paint_line, sized, tokens_of

Warned = tuple[Point, str]
"""What is to be confirmed, and the sentence that says why."""


class WarningList(QWidget):
    """A box to tick beside each sentence."""

    toggled = Signal(object)
    """The :data:`Point` of a warning was confirmed, or is not any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: tuple[Warned, ...] = ()
        self.boxes: dict[Point, QCheckBox] = {}
        self._rows: list[QWidget] = []
        self._column = flush(QVBoxLayout(self), 6)
        self.hide()

    def show_warnings(self, warned: Sequence[Warned], confirmed: Collection[Point]) -> None:
        """Show these, ticked where confirmed."""
        if tuple(warned) != self.shown:
            self.shown = tuple(warned)
            self._fill()
        for point, box in self.boxes.items():
            box.setChecked(point in confirmed)
        self.setVisible(bool(warned))

    def _fill(self) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.boxes = {}
        self._rows = [self._row(point, sentence) for point, sentence in self.shown]
        for row in self._rows:
            self._column.addWidget(row)

    def _row(self, point: Point, sentence: str) -> QWidget:
        row = QWidget(self)
        box = QCheckBox(row)
        name = self.tr("Confirm: {warning}")
        box.setAccessibleName(name.format(warning=sentence))
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.clicked.connect(lambda: self.toggled.emit(point))
        words = wrapped(sentence, "text", row)
        words.setBuddy(box)
        line = flush(QHBoxLayout(row), 8)
        line.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(words, 1)
        self.boxes[point] = box
        return row


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

    def resizeEvent(self, event: QResizeEvent) -> None:
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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number, box in enumerate(self._boxes()):
            if box.contains(event.position()):
                self.picked.emit(number)
                return

    def paintEvent(self, _event: QPaintEvent) -> None:
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


_ROW = 58
_SIGNS = {
    Verdict.GOOD: ("done", "green"),
    Verdict.ANYWAY: ("done", "amber"),
    Verdict.CARE: ("warning", "amber"),
    Verdict.CHOOSE: ("creators", "blue"),
    Verdict.OUT: ("cross", "faint"),
    Verdict.FAULT: ("warning", "red"),
}


class DraftCell(QStyledItemDelegate):
    """Face, name, and what becomes of the picture."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(option.rect.width(), _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        draft: Draft = index.data(ROW)
        tokens, box = tokens_of(option.widget), QRectF(option.rect).adjusted(4, 2, -4, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(tokens.amber), 2))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 8, 8)
        face = draft.crops[draft.face] if draft.face is not None else None
        picture = QRectF(box.left() + 8, box.center().y() - 20, 40, 40)
        paint_portrait(painter, picture, face, tokens, 6)
        sign, colour = _SIGNS[draft.verdict]
        glyph = QRectF(box.right() - 26, box.center().y() - 8, 16, 16)
        paint_icon(painter, sign, glyph, getattr(tokens, colour))
        words = QRectF(picture.right() + 10, box.top() + 7, 0, 20)
        words.setRight(glyph.left() - 8)
        painter.setFont(sized(painter.font(), 13, QFont.Weight.DemiBold))
        painter.setPen(QColor(tokens.text))
        paint_line(painter, words, str(index.data()))
        painter.setFont(sized(painter.font(), 12))
        painter.setPen(QColor(tokens.dim))
        paint_line(painter, words.translated(0, 19), said(draft), sentence=True)
        painter.restore()


class IntakeSheet(Dialog):
    """1 to 9 choose a face, W confirms a warning, Enter stores, Escape leaves all out."""

    def __init__(self, runner: IntakeRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(True)
        set_title(self, self.tr("facereview: add references"))
        self._runner = runner
        self.title = ElidedLabel("", "title", self)
        self.picture = BoxedPicture(self)
        self.list = QListView(self)
        self.fault = wrapped("", "text", self)
        self.warnings = WarningList(self)
        self.note = wrapped("", "dim", self)
        self.ask = wrapped("", "heading", self)
        self.progress = QProgressBar(self)
        self.doing = label("", "dim", self)
        self.stop = button(self.tr("Skip the rest"), "plain", self)
        self.anyway = KeyButton("W", parent=self)
        self.out = KeyButton("X", parent=self)
        self.store = KeyButton("Enter", strong=True, parent=self)
        self.leave = KeyButton("Esc", parent=self)
        self._set_up()
        self._lay_out()
        self._connect()
        self._show_state()
        self.picture.setFocus()

    def _set_up(self) -> None:
        self.list.setModel(self._runner.model)
        self.list.setItemDelegate(DraftCell(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName(self.tr("Pictures"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.progress.setTextVisible(False)
        self.leave.set_text(self.tr("Store none"))
        fit(self, QSize(1240, 820))

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.list, 1)
        side.addWidget(hairline("horizontal", self))
        side.addWidget(self.ask)
        said_of_it = flush(QVBoxLayout(), 6)
        for part in (self.fault, self.note, self.warnings):
            said_of_it.addWidget(part)
        side.addWidget(Snug(self.tr("Warnings"), said_of_it, self), 3)
        side.addWidget(self.anyway)
        side.addWidget(self.out)
        panel = QWidget(self)
        panel.setLayout(side)
        panel.setFixedWidth(360)
        side.setContentsMargins(0, 0, 0, 0)
        middle = QHBoxLayout()
        middle.setSpacing(20)
        middle.addWidget(self.picture, 1)
        middle.addWidget(panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(14)
        column.addWidget(self.title)
        column.addLayout(middle, 1)
        column.addLayout(self._bottom())

    def _bottom(self) -> QHBoxLayout:
        bottom = QHBoxLayout()
        bottom.setSpacing(12)
        bottom.addWidget(self.doing)
        bottom.addWidget(self.progress, 1)
        bottom.addWidget(self.stop)
        bottom.addStretch(1)
        bottom.addWidget(self.leave, 1)
        bottom.addWidget(self.store, 1)
        return bottom

    def _connect(self) -> None:
        model = self._runner.model
        self.list.selectionModel().currentChanged.connect(lambda *_what: self._show_draft())
        model.rowsInserted.connect(self._came)
        model.changed.connect(self._show_draft)
        self.picture.picked.connect(self.pick)
        self.anyway.clicked.connect(lambda: model.confirm_next(self._row))
        self.warnings.toggled.connect(lambda point: model.confirm(self._row, point))
        self._runner.refused.connect(self._refused)
        self.out.clicked.connect(lambda: model.leave_out(self._row))
        self.stop.clicked.connect(self._runner.stop_looking)
        self.store.clicked.connect(self._runner.store)
        self.leave.clicked.connect(self.reject)
        self._runner.changed.connect(self._show_state)

    @property
    def _row(self) -> int:
        return self.list.currentIndex().row()

    def pick(self, face: int) -> None:
        """Choose a face of the picture at hand; where that settles it, go on to the next."""
        model, row = self._runner.model, self._row
        if not model.pick(row, face):
            return
        draft, ahead = model.row(row), model.next_open(row)
        if draft is not None and draft.stores and ahead is not None:
            self.list.setCurrentIndex(model.index(ahead))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the sheet; none but Up and Down does anything more while it is held."""
        key, model = event.key(), self._runner.model
        if event.isAutoRepeat() and key not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.accept()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.pick(key - Qt.Key.Key_1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_W:
            model.confirm_next(self._row)
        elif key == Qt.Key.Key_X:
            model.leave_out(self._row)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._runner.store()
        else:
            super().keyPressEvent(event)

    def reject(self) -> None:
        """Close without storing."""
        if self._runner.stage is not IntakeStage.STORING:
            self._runner.leave()
            super().reject()

    def _step(self, step: int) -> None:
        row = min(self._runner.model.rowCount() - 1, max(0, self._row + step))
        self.list.setCurrentIndex(self._runner.model.index(row))

    def _came(self) -> None:
        if not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self._runner.model.index(0))

    def _show_draft(self) -> None:
        draft = self._runner.model.row(self._row)
        self.picture.show_draft(draft)
        self.ask.setText(said(draft)[:1].upper() + said(draft)[1:] if draft else "")
        self.ask.setVisible(draft is not None and draft.verdict is not Verdict.FAULT)
        self.fault.setText(said(draft) if draft and draft.verdict is Verdict.FAULT else "")
        self.fault.setVisible(bool(self.fault.text()))
        self._show_warnings(draft)
        self.out.setEnabled(draft is not None and draft.verdict is not Verdict.FAULT)
        out = draft is not None and draft.out
        self.out.set_text(self.tr("Include again") if out else self.tr("Leave out"))
        self._show_state()

    def _show_warnings(self, draft: Draft | None) -> None:
        """The warnings of the chosen face, each with its box, and the one that W confirms next."""
        name = self._runner.creator.name if self._runner.creator else ""
        face = draft.chosen if draft else None
        cautions, confirmed = (face.cautions, draft.confirmed) if draft and face else ((), ())
        self.warnings.show_warnings(
            [(one.point, caution(one, name)) for one in cautions], confirmed
        )
        first = self.tr("First reference of {name}: there is nothing to compare it with.")
        self.note.setText(first.format(name=clear_text(name)[:60]) if face and face.first else "")
        self.note.setVisible(bool(self.note.text()))
        done = len(cautions) - len(draft.unconfirmed if draft else ())
        text = self.tr("Confirm warning {number} of {count}")
        if not cautions:
            text = self.tr("No warnings")
        elif done == len(cautions):
            text = self.tr("Withdraw confirmation")
        self.anyway.set_text(text.format(number=done + 1, count=len(cautions)))
        self.anyway.setEnabled(bool(cautions) and draft is not None and not draft.out)

    def _refused(self, row: int) -> None:
        """The library changed since these pictures were looked at, or they differ themselves."""
        self.list.setCurrentIndex(self._runner.model.index(row))
        self.fault.setText(self.tr("Not stored: there are new warnings."))
        self.fault.show()

    def _show_state(self) -> None:
        at = self._runner
        name = clear_text(at.creator.name) if at.creator else ""
        self.title.setText(self.tr("References for {name}").format(name=name))
        looking = at.stage is IntakeStage.LOOKING
        storing = at.stage is IntakeStage.STORING
        self.progress.setRange(0, 0 if storing else at.total)
        self.progress.setValue(at.done)
        for part in (self.progress, self.doing):
            part.setVisible(looking or storing)
        self.stop.setVisible(looking)
        text = self.tr("Checking {done} of {total}").format(done=at.done, total=at.total)
        self.doing.setText(self.tr("Storing …") if storing else text)
        stores = [draft.verdict for draft in at.model.rows if draft.stores]
        count, anyway = len(stores), Verdict.ANYWAY in stores
        out = self.tr("{count} left out").format(count=at.done - count)
        self.store.set_text(
            CreatorAmounts().store(count), out if at.done > count else "", care=anyway
        )
        self.store.setEnabled(bool(count) and at.stage is IntakeStage.READY)
        if at.stage is IntakeStage.IDLE and self.isVisible():
            self.accept()
