"""A field for one number, typed with a point or a comma whatever the locale."""

from __future__ import annotations

from PySide6.QtCore import Property, QLocale, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

from facereview.review.numbers import parse_number
from facereview.ui.widgets.text_field import TextField


class NumberField(QAbstractSpinBox):
    """Takes over what was typed on Enter and when the focus leaves; arrows step.

    A text that is no number, or one out of range, stays as it was typed and is ``refused``: the
    value remains what it was. Esc brings the value back.
    """

    valueChanged = Signal(float)  # noqa: N815
    refused = Signal(str)
    """Why the text was not taken, in a sentence."""
    accepted = Signal()
    """The text says the value again."""

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

    def setValue(self, value: float) -> None:  # noqa: N802
        """Set the value, brought into range; what was typed and refused gives way."""
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
        """Whether a text stands here that is not the value, yet or at all."""
        return self.lineEdit().text() != self._written()

    def shown(self, value: float) -> str:
        """A value as the locale writes it."""
        locale = QLocale(self.locale())
        locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
        return locale.toString(float(value), "f", self._decimals)

    def stepBy(self, steps: int) -> None:  # noqa: N802
        """Up or down from what stands here."""
        self._take_over()
        if not self._is_refused:
            self.setValue(self._value + steps * self._step)
            self.selectAll()

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:  # noqa: N802
        """Not beyond the range."""
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
                said = self.tr("Nothing stands here: write a number from {low} to {high}.")
            elif self._decimals:
                said = self.tr("“{text}” is no number: write one from {low} to {high}.")
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

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc gives up what was typed."""
        if event.key() == Qt.Key.Key_Escape and self.lineEdit().text() != self._written():
            self._write()
            self.selectAll()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Typing replaces what stands here."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scrolling the page past it changes nothing."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
