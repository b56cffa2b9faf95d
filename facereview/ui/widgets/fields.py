"""Fields for text, for searching, for numbers and for choices."""

from __future__ import annotations

from PySide6.QtCore import Property, QEvent, QLocale, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QSizePolicy, QWidget

from facereview.numbers import parse_number
from facereview.ui.actions.table import BY_ID
from facereview.ui.widgets.icons import icon
from facereview.ui.widgets.theme import tokens_of

_UNDO = [QKeySequence(key) for key in BY_ID["undo"].keys]
_REDO = [QKeySequence(key) for key in BY_ID["redo"].keys]


class TextField(QLineEdit):
    """While there is text in it, undo and redo are its own, by every key that the page has too.

    Not every desktop counts Ctrl+Y among the keys of a line of text: it would redo a decision.
    """

    def event(self, event: QEvent) -> bool:
        """Take these keys before the actions of the page, or leave them to it."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and reverts(event):
            mine = bool(self.text()) or (_redoes(event) and self.isRedoAvailable())
            event.setAccepted(mine)
            return mine
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _undoes(event):
            self.undo()
        elif _redoes(event):
            self.redo()
        else:
            super().keyPressEvent(event)


def reverts(event: QKeyEvent) -> bool:
    """Whether a key undoes or redoes."""
    return _undoes(event) or _redoes(event)


def _undoes(event: QKeyEvent) -> bool:
    known = event.matches(QKeySequence.StandardKey.Undo)
    return known or QKeySequence(event.keyCombination()) in _UNDO


def _redoes(event: QKeyEvent) -> bool:
    known = event.matches(QKeySequence.StandardKey.Redo)
    return known or QKeySequence(event.keyCombination()) in _REDO


_NARROW, _WIDE = 120, 420


class SearchField(TextField):
    """Escape empties it, then leaves it; Down and Enter go to the results."""

    left = Signal()

    def __init__(self, hint: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._glass = self.addAction(
            icon("search", tokens_of(self).dim), QLineEdit.ActionPosition.LeadingPosition
        )
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(_NARROW)
        self.setMaximumWidth(_WIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.returnPressed.connect(self.left)

    @property
    def wanted(self) -> str:
        """The search text."""
        return self.text().strip()

    def take_focus(self) -> None:
        """Focus the field."""
        self.setFocus()
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Enter go to the results; Escape empties the field first."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """The icon follows the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._glass.setIcon(icon("search", tokens_of(self).dim))


class NumberField(QAbstractSpinBox):
    """Takes over what was typed on Enter and when the focus leaves; arrows step.

    A text that is no number, or one out of range, stays as it was typed and is ``refused``: the
    value remains what it was. Esc brings the value back.
    """

    valueChanged = Signal(float)  # noqa: N815
    refused = Signal(str)
    """Why the text was not accepted."""
    accepted = Signal()
    """The text is the value again."""

    def __init__(
        self, low: float, high: float, step: float, unit: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._step = low, high, step
        self._decimals = 2 if step < 1 else 0
        self._unit = f" {unit}" if unit else ""
        self._value = float(low)
        self._is_refused = False
        self.setLineEdit(TextField(self))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editingFinished.connect(self._take_over)
        self._write()

    def number(self) -> float:
        """The value."""
        return self._value

    def setValue(self, value: float) -> None:
        """Set the value, clamped; replaces a refused text."""
        value = round(float(min(self._high, max(self._low, value))), self._decimals)
        changed = value != self._value
        self._value = value
        self._write()
        if changed:
            self.valueChanged.emit(value)

    value = Property(float, number, setValue)
    """Read by assistive technology."""
    minimum = Property(float, lambda self: self._low)
    maximum = Property(float, lambda self: self._high)

    @property
    def is_edited(self) -> bool:
        """Whether the text differs from the value."""
        return self.lineEdit().text() != self._written()

    def shown(self, value: float) -> str:
        """A value as the locale writes it."""
        locale = QLocale(self.locale())
        locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
        return locale.toString(float(value), "f", self._decimals)

    def stepBy(self, steps: int) -> None:
        self._take_over()
        if not self._is_refused:
            self.setValue(self._value + steps * self._step)
            self.selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self._value < self._high:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if self._value > self._low:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return flags

    def _take_over(self) -> None:
        text = self.lineEdit().text()
        if text == self._written():
            return
        fault = self._fault(text)
        if fault:
            self._is_refused = True
            self.refused.emit(fault)
        else:
            self.setValue(self._parsed(text))

    def _parsed(self, text: str) -> float:
        return parse_number(text.removesuffix(self._unit), whole=not self._decimals)

    def _fault(self, text: str) -> str:
        """Why a text cannot be the value; empty where it can."""
        low, high = self.shown(self._low), self.shown(self._high)
        stays = self.shown(self._value)
        try:
            value = self._parsed(text)
        except ValueError:
            if not text.strip():
                said = self.tr("Enter a number from {low} to {high}.")
            elif self._decimals:
                said = self.tr("“{text}” is not a number: enter one from {low} to {high}.")
            else:
                said = self.tr(
                    "“{text}” is no whole number: write one from {low} to {high}, without "
                    "separators."
                )
        else:
            if self._low <= value <= self._high:
                return ""
            said = self.tr("{text} is not between {low} and {high}.")
        said += " " + self.tr("{stays} stays in force.")
        return said.format(text=text.strip()[:40], low=low, high=high, stays=stays)

    def _written(self) -> str:
        return self.shown(self._value) + self._unit

    def _write(self) -> None:
        self._is_refused = False
        self.lineEdit().setText(self._written())
        self.accepted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc restores the value."""
        if event.key() == Qt.Key.Key_Escape and self.lineEdit().text() != self._written():
            self._write()
            self.selectAll()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select all: typing replaces the text."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the page, not the value."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceField(QComboBox):
    """The wheel changes it only while it has the focus: else it scrolls the page."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
