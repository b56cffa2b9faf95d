"""Choosing a creator by name: the field, and what Enter does."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QWidget

from facereview.review.creators.names import Answer, Does, Press, create, enter
from facereview.ui.actions.table import first_key
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.fields import TextField, reverts
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.name_rows import NameModel, NamePopup, NameWords

_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
"""Modifiers of keys that are commands."""


class NameField(TextField):
    """While it has the focus, letters are text and not decisions.

    Keys with Ctrl stay the window's, but for those that edit text.
    """

    stepped = Signal(int)
    entered = Signal(bool)
    """Enter was pressed; whether with Shift."""
    left = Signal()

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        """``key`` leads here, and is shown at its end; "" shows none."""
        super().__init__(parent)
        self._cap = KeyCap(key, self) if key else None

    def show_cap(self, shown: bool) -> None:
        """The key is a letter while one types."""
        if self._cap is not None:
            self._cap.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._cap is not None:
            size = self._cap.sizeHint()
            left = self.width() - size.width() - 10
            self._cap.move(left, (self.height() - size.height()) // 2)

    def event(self, event: QEvent) -> bool:
        """Take the keys that are text here before the actions of the page."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            letter = not event.modifiers() & _COMMANDS or _is_letter(event)
            if letter and not reverts(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose, Enter accepts once per press, Escape leaves."""
        match event.key():
            case Qt.Key.Key_Up:
                self.stepped.emit(-1)
            case Qt.Key.Key_Down:
                self.stepped.emit(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers() & _COMMANDS:
                if not event.isAutoRepeat():
                    self.entered.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            case Qt.Key.Key_Escape:
                self.left.emit()
            case _:
                super().keyPressEvent(event)

    def reset(self, text: str = "") -> None:
        """Set the text, without undo history."""
        before = self.blockSignals(True)
        self.setText(text)
        self.blockSignals(before)


def _is_letter(event: QKeyEvent) -> bool:
    """Whether it is a letter typed with AltGr, which some systems report as Ctrl+Alt."""
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return event.modifiers() & _COMMANDS == both and event.text().isprintable()


class NamePicker(QWidget):
    """Field and rows. The rows lie over ``host`` while one types.

    What Enter does is decided by the rows that are shown, never by what arrives later. With
    ``creates`` somebody new may be wanted; ``form``: the text is part of a form and is kept.
    """

    chosen = Signal(object)
    """A :class:`Creator` was chosen."""
    created = Signal(str)
    """Somebody new is wanted, with this name."""
    opened = Signal()
    """Typing begins."""
    typing = Signal(bool)
    """Whether keys go to the field, and not to the page."""
    closed = Signal()
    """Typing has ended; the keys go back to the page."""

    def __init__(
        self,
        known: KnownNames,
        crops: CropStore,
        host: QWidget,
        *,
        creates: bool = True,
        form: bool = False,
    ) -> None:
        super().__init__(host)
        self._known, self._host = known, host
        self._creates, self._form = creates, form
        self._fault = ""
        self._waiting = self._typing = False
        self.names = NameModel(self)
        self._words = NameWords(self)
        self.field = NameField("" if form else first_key("name"), self)
        hint = self.tr("type a name, or create one …") if creates else self.tr("type a name …")
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(self.tr("Name of the person"))
        self.field.setMaxLength(500)
        self.popup = NamePopup(self.names, crops, host)
        self.popup.setFocusProxy(self.field)  # else a click on a row would take the focus
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field)
        self.setFocusProxy(self.field)
        self._connect()

    def _connect(self) -> None:
        self.field.textChanged.connect(self._find)
        self.field.stepped.connect(self._step)
        self.field.entered.connect(self._enter)
        self.field.left.connect(self._escape)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)
        self.popup.picked.connect(self._click)
        self.popup.list.selectionModel().currentChanged.connect(self._say)
        self._known.came.connect(self._names_came)
        self._known.failed.connect(self._names_failed)
        self._known.counted.connect(self._counted)

    def open_list(self) -> None:
        """Focus the field, unless a notice is shown instead."""
        if not self.isVisible():
            return
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close_list(self) -> None:
        """End typing: clear the text and return the keys to the page."""
        self._forget()
        self.field.clearFocus()
        self.closed.emit()

    def make(self) -> None:
        """Somebody new of the typed name is wanted; those of nearly this name are asked about."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._enter(shifted=True)

    # ---------------------------------------------------------------------------- what is offered

    def _begin(self) -> None:
        self.opened.emit()
        self._known.look()
        self._known.count()
        self._fault = ""
        self._find(self.field.text())

    def _find(self, text: str) -> None:
        index = self._known.index
        self._waiting = index is None
        if index is None:
            self._show(Answer(text, ""))
        else:
            answer = index.answer(text, self._known.used, creates=self._creates)
            self._show(answer, answer.preselected)

    def _show(self, answer: Answer, row: int | None = None) -> None:
        self.names.show_people(self._known.people)
        self.names.show_answer(answer)
        self.popup.highlight(row)
        self._say()
        if self.field.hasFocus():
            self._place()

    def _names_came(self) -> None:
        """Only a field that has no rows yet takes them, and then without a highlighted one.

        Rows that are shown stay until the text changes: Enter takes what is looked at.
        """
        if self._waiting and self.field.hasFocus() and self._known.index is not None:
            self._waiting = False
            text = self.field.text()
            self._show(self._known.index.answer(text, self._known.used, creates=self._creates))

    def _counted(self) -> None:
        self.names.show_people(self._known.people)

    def _names_failed(self, sentence: str) -> None:
        self._fault = sentence
        if self.field.hasFocus():
            self._say()
            self._place()

    def _say(self) -> None:
        if self._waiting:
            said = self._words.reading(self._fault)
        else:
            press, shifted = self._press(shifted=False), self._press(shifted=True)
            said = self._words.now(self.names.answer, press, shifted, form=self._form)
        self.popup.say(said)
        self.field.setAccessibleDescription(said.spoken)

    # ------------------------------------------------------------------------------ what keys do

    def _press(self, *, shifted: bool) -> Press:
        index, answer = self._known.index, self.names.answer
        if index is None or self._waiting:
            return Press(Does.NOTHING)
        return create(answer, index) if shifted else enter(answer, self.popup.highlighted(), index)

    def _enter(self, shifted: bool) -> None:
        press = self._press(shifted=shifted)
        match press.does:
            case Does.GO:
                self.popup.highlight(press.row)
                self._place()
            case Does.ASK if press.question is not None:
                self._show(press.question)
            case Does.TAKE | Does.CREATE:
                self._take(press)

    def _click(self, row: int) -> None:
        self.popup.highlight(row)
        self._enter(shifted=False)

    def _take(self, press: Press) -> None:
        name = self.names.answer.name
        if self._form:
            self.popup.hide()
        else:
            self.close_list()
        if press.creator is not None:
            self.chosen.emit(press.creator)
        else:
            self.created.emit(name)

    def _step(self, step: int) -> None:
        rows = self.names.rowCount()
        if not rows:
            return
        row = self.popup.highlighted()
        at = (0 if step > 0 else rows - 1) if row is None else min(rows - 1, max(0, row + step))
        self.popup.highlight(at)

    def _escape(self) -> None:
        """Leaves the question, then the text, then the field; a dialog closes at once."""
        window = self.window()
        if isinstance(window, QDialog):
            window.reject()
        elif self.names.answer.asking:
            self._find(self.field.text())
        elif self.field.text():
            self.field.reset()
            self._find("")
        else:
            self.close_list()

    # ----------------------------------------------------------------------------- field and rows

    def _forget(self) -> None:
        """Discard what was typed for the previous face."""
        self.field.reset()
        self.names.show_answer(Answer("", ""))
        self.popup.hide()

    def _place(self) -> None:
        if self._form and not self.field.text():
            self.popup.hide()
            return
        corner = self.mapTo(self._host, self.rect().topLeft())
        self.popup.lie_at(QRect(corner, self.size()))

    def _focus_moved(self) -> None:
        """Typing lasts while the field is where the keys of its window go, or will go again.

        So it outlasts a menu and another window, but not a dialog that gives the keys to the page:
        then the field has lost the focus without ever being told.
        """
        here = self.window().focusWidget() is self.field
        if here and self.field.hasFocus() and not self._typing:
            self._come()
        elif self._typing and not here:
            self._leave()

    def _come(self) -> None:
        self._typing = True
        self.field.show_cap(False)
        self.typing.emit(True)
        self._begin()

    def _leave(self) -> None:
        self._typing = False
        self.typing.emit(False)
        self.field.show_cap(True)
        if self._form:
            self.popup.hide()
        else:
            self._forget()

    def hideEvent(self, event: QHideEvent) -> None:
        """Hide the rows with the field."""
        super().hideEvent(event)
        self.popup.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.popup.isVisible():
            self._place()
