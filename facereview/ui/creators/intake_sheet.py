"""The review sheet: pictures with their faces, before any of them becomes a reference."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QProgressBar,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from facereview.ui.creators.drafts import DRAFT, Draft, Index, Verdict, said
from facereview.ui.creators.intake import IntakeRunner, IntakeStage
from facereview.ui.creators.intake_warnings import WarningList
from facereview.ui.creators.picture import BoxedPicture
from facereview.ui.creators.reference_wording import caution
from facereview.ui.creators.wording import CreatorAmounts
from facereview.ui.pictures.painting import paint_portrait
from facereview.ui.widgets.basics import ElidedLabel, button, hairline, label, wrapped
from facereview.ui.widgets.dialog import Dialog, Snug, fit
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.plain_text import clear_text, set_title
from facereview.ui.widgets.theme import paint_line, sized, tokens_of

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

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802
        """All rows are equally high."""
        return QSize(option.rect.width(), _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        draft: Draft = index.data(DRAFT)
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
        self.stop = button(self.tr("Look at no more"), "plain", self)
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
        self.leave.set_text(self.tr("Leave all out"))
        fit(self, QSize(1240, 820))

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.list, 1)
        side.addWidget(hairline("horizontal", self))
        side.addWidget(self.ask)
        said_of_it = QVBoxLayout()
        said_of_it.setContentsMargins(0, 0, 0, 0)
        for part in (self.fault, self.note, self.warnings):
            said_of_it.addWidget(part)
        side.addWidget(Snug(self.tr("What speaks against it"), said_of_it, self), 3)
        side.addWidget(self.anyway)
        side.addWidget(self.out)
        middle = QHBoxLayout()
        middle.setSpacing(20)
        middle.addWidget(self.picture, 1)
        panel = QWidget(self)
        panel.setLayout(side)
        panel.setFixedWidth(360)
        side.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(panel)
        bottom = QHBoxLayout()
        bottom.setSpacing(12)
        bottom.addWidget(self.doing)
        bottom.addWidget(self.progress, 1)
        bottom.addWidget(self.stop)
        bottom.addStretch(1)
        bottom.addWidget(self.leave, 1)
        bottom.addWidget(self.store, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(14)
        column.addWidget(self.title)
        column.addLayout(middle, 1)
        column.addLayout(bottom)

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
        draft, ahead = model.draft(row), model.next_open(row)
        if draft is not None and draft.stores and ahead is not None:
            self.list.setCurrentIndex(model.index(ahead))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
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
        """Nothing is stored."""
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
        draft = self._runner.model.draft(self._row)
        self.picture.show_draft(draft)
        self.ask.setText(said(draft)[:1].upper() + said(draft)[1:] if draft else "")
        self.ask.setVisible(draft is not None and draft.verdict is not Verdict.FAULT)
        self.fault.setText(said(draft) if draft and draft.verdict is Verdict.FAULT else "")
        self.fault.setVisible(bool(self.fault.text()))
        self._show_warnings(draft)
        self.out.setEnabled(draft is not None and draft.verdict is not Verdict.FAULT)
        out = draft is not None and draft.out
        self.out.set_text(self.tr("Take it in again") if out else self.tr("Leave this one out"))
        self._show_state()

    def _show_warnings(self, draft: Draft | None) -> None:
        """What speaks against the face at hand, each sentence with its box, and W's next one."""
        name = self._runner.creator.name if self._runner.creator else ""
        face = draft.chosen if draft else None
        cautions, confirmed = (face.cautions, draft.confirmed) if draft and face else ((), ())
        self.warnings.show_warnings(
            [(one.point, caution(one, name)) for one in cautions], confirmed
        )
        first = self.tr("First picture of {name}: nothing to compare with.")
        self.note.setText(first.format(name=clear_text(name)[:60]) if face and face.first else "")
        self.note.setVisible(bool(self.note.text()))
        done = len(cautions) - len(draft.unconfirmed if draft else ())
        text = self.tr("Confirm warning {number} of {count}")
        if not cautions:
            text = self.tr("No warning")
        elif done == len(cautions):
            text = self.tr("Not after all")
        self.anyway.set_text(text.format(number=done + 1, count=len(cautions)))
        self.anyway.setEnabled(bool(cautions) and draft is not None and not draft.out)

    def _refused(self, row: int) -> None:
        """The library changed since these pictures were looked at, or they differ themselves."""
        self.list.setCurrentIndex(self._runner.model.index(row))
        self.fault.setText(
            self.tr("Not stored: there are warnings now that there were not before.")
        )
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
        text = self.tr("Looking at {done} of {total}").format(done=at.done, total=at.total)
        self.doing.setText(self.tr("Storing …") if storing else text)
        stores = [draft.verdict for draft in at.model.drafts if draft.stores]
        count, anyway = len(stores), Verdict.ANYWAY in stores
        out = self.tr("{count} left out").format(count=at.done - count)
        self.store.set_text(
            CreatorAmounts().store(count), out if at.done > count else "", care=anyway
        )
        self.store.setEnabled(bool(count) and at.stage is IntakeStage.READY)
        if at.stage is IntakeStage.IDLE and self.isVisible():
            self.accept()
