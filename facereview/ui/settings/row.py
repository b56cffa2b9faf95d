"""One setting: its name, a sentence, slider and figure, and the question before it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from facereview.ui.widgets.bars import Slider
from facereview.ui.widgets.cards import Tinted, flush
from facereview.ui.widgets.fields import NumberField
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.plain_text import button, label, wrapped


class SettingQuestion(Tinted):
    """A sentence and two answers; hidden while there is nothing to ask. Esc declines."""

    confirmed = Signal()
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("amber", parent)
        self.text = wrapped("", "text", self)
        self.no = button("", "plain", self)
        self.yes = button("", "danger", self)
        answers = QHBoxLayout()
        answers.setSpacing(8)
        answers.addWidget(self.no)
        answers.addWidget(self.yes)
        answers.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(10)
        words.addWidget(self.text)
        words.addLayout(answers)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(12)
        row.addWidget(Glyph("warning", 20, "amber", self), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.no.clicked.connect(self.declined)
        self.yes.clicked.connect(self.confirmed)
        self.hide()

    def wait(self, text: str, no: str) -> None:
        """Show that the effect is being computed; it can only be declined so far."""
        self._say(text, no)
        self.yes.hide()

    def ask(self, text: str, yes: str, no: str) -> None:
        self._say(text, no)
        self.yes.setText(yes)
        self.yes.setAccessibleDescription(text)
        self.yes.show()

    def _say(self, text: str, no: str) -> None:
        self.text.setText(text)
        self.no.setText(no)
        self.no.setAccessibleDescription(text)
        self.setAccessibleName(text)
        self.show()
        QTimer.singleShot(0, self, self._come_into_view)

    def _come_into_view(self) -> None:
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None and self.isVisible():
            around.ensureWidgetVisible(self, 0, 12)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.declined.emit()
        else:
            super().keyPressEvent(event)


_PAUSE_MS = 500
"""A value is written when it was not changed for so long."""


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """What a row is about. The slider covers ``slide``, the figure all that is allowed."""

    key: str
    title: str
    text: str
    low: float = 0.0
    high: float = 1.0
    slide: tuple[float, float] = (0.0, 1.0)
    step: float = 0.01
    colour: str = "blue"
    unit: str = ""


class SettingRow(QWidget):
    """Signals the value to write, and shows the value in force."""

    changed = Signal(str, str)
    """Key and new value, when changing it paused."""
    moved = Signal()
    """The value is being changed."""
    reset = Signal(str)
    """Reset this key to its default."""

    def __init__(
        self, spec: SettingSpec, figure: Callable[[float], str], parent: QWidget | None = None
    ) -> None:
        """``figure`` says a default in words."""
        super().__init__(parent)
        self.spec = spec
        self._figure = figure
        self._scale = 1 / spec.step
        low, high = (round(value * self._scale) for value in spec.slide)
        self.slider = Slider(low, high, spec.colour, self)
        self.spin = NumberField(spec.low, spec.high, spec.step, spec.unit, self)
        self._default = label("", "dim", self)
        self._reset = button(self.tr("Reset"), "flat", self)
        self._fault = wrapped("", "fault", self)
        self.question = SettingQuestion(self)
        self.refused = False
        """The value that stands here was not taken."""
        self.held = False
        """The value that stands here is not written yet: it is looked into, or asked about."""
        self.in_force = self.default = spec.low
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._set_up()
        self._lay_out()

    def _set_up(self) -> None:
        spec = self.spec
        self.spin.setFixedWidth(104)
        self.spin.lineEdit().setAccessibleName(spec.title)
        for part in (self.spin, self.slider):
            part.setAccessibleName(spec.title)
            part.setAccessibleDescription(spec.text)
        self._reset.setAccessibleDescription(spec.title)
        kept = self._reset.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # or the row would jump
        self._reset.setSizePolicy(kept)
        self._fault.hide()
        self.slider.valueChanged.connect(self._slid)
        self.spin.valueChanged.connect(self._spun)
        self.spin.refused.connect(self.show_fault)
        self.spin.accepted.connect(lambda: self.show_fault(""))
        self._pause.timeout.connect(self.say)
        self._reset.clicked.connect(lambda: self.reset.emit(spec.key))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.addWidget(label(self.spec.title, "strong", self), 0, 0)
        aside = QHBoxLayout()
        aside.setSpacing(4)
        aside.addStretch()
        aside.addWidget(self._reset)
        aside.addWidget(self._default)
        grid.addLayout(aside, 0, 1)
        grid.addWidget(wrapped(self.spec.text, "dim", self), 1, 0, 1, 2)
        control = QHBoxLayout()
        control.setSpacing(16)
        control.addWidget(self.slider, 1)
        control.addWidget(self.spin)
        column = flush(QVBoxLayout(self), 6)
        column.addLayout(grid)
        column.addLayout(control)
        column.addWidget(self._fault)
        column.addWidget(self.question)

    @property
    def value(self) -> float:
        """What the controls say."""
        return self.spin.number()

    def show_value(self, value: float, default: float, *, user_set: bool) -> None:
        """Show what is in force; a change under the hand, or one refused, goes before it."""
        self._default.setText(self._figure(default))
        self._reset.setVisible(user_set)
        self.in_force, self.default = value, default
        if not (self._pause.isActive() or self.refused or self.held or self.spin.is_edited):
            self.restore()

    def restore(self) -> None:
        """Show the value in force, whatever was typed."""
        self.show_fault("")
        with QSignalBlocker(self.spin), QSignalBlocker(self.slider):
            self.spin.setValue(self.in_force)
            self.slider.setValue(round(self.in_force * self._scale))
        self.slider.update()

    def show_fault(self, sentence: str) -> None:
        """What is wrong with the value; an empty text: nothing."""
        self.refused = bool(sentence)
        self._fault.setText(sentence)
        self._fault.setVisible(bool(sentence))

    def _slid(self, value: int) -> None:
        with QSignalBlocker(self.spin):
            self.spin.setValue(value / self._scale)
        self._touched()

    def _spun(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value * self._scale))
        self.slider.update()
        self._touched()

    def _touched(self) -> None:
        self.show_fault("")
        self._pause.start()
        self.moved.emit()

    def say(self) -> None:
        """Ask for the value to be written."""
        self.changed.emit(self.spec.key, self.text(self.value))

    def text(self, value: float) -> str:
        """A value as the library stores it."""
        return f"{value:.2f}" if self.spec.step < 1 else f"{value:.0f}"
