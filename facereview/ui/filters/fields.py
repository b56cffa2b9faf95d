"""Fields of the filter dialog that may be empty: two numbers, two days."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.errors import Invalid
from facereview.filters import Between, Days
from facereview.numbers import parse_number
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.fields import TextField
from facereview.ui.widgets.plain_text import label

_FIELD = 112


class Ends(QWidget):
    """From one value to another, each of which may be left empty."""

    def __init__(self, name: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = name
        self.low, self.high = TextField(self), TextField(self)
        self.low.setAccessibleName(self.tr("{name} from").format(name=name))
        self.high.setAccessibleName(self.tr("{name} to").format(name=name))
        row = flush(QHBoxLayout(self), 8)
        row.addWidget(self.low)
        row.addWidget(label(self.tr("to"), "dim", self))
        row.addWidget(self.high)
        row.addStretch(1)
        for field in (self.low, self.high):
            field.setPlaceholderText(hint)
            field.setFixedWidth(_FIELD)

    def show_ends(self, low: str, high: str) -> None:
        self.low.setText(low)
        self.high.setText(high)

    def _refuse(self, field: TextField, text: str) -> Invalid:
        field.setFocus()
        field.selectAll()
        return Invalid(text)


class NumberEnds(Ends):
    """Two numbers."""

    def __init__(self, name: str, low: float, high: float, parent: QWidget) -> None:
        super().__init__(name, f"{low:g} … {high:g}", parent)
        self._low, self._high = low, high

    def show_between(self, between: Between | None) -> None:
        ends = (between.low, between.high) if between else (None, None)
        self.show_ends(*("" if end is None else f"{end:g}" for end in ends))

    def between(self) -> Between | None:
        """What is asked for; None where both are empty.

        Raises:
            Invalid: one is no number, or out of range, or they are the wrong way round.
        """
        low, high = (self._number(field) for field in (self.low, self.high))
        if low is not None and high is not None and low > high:
            said = self.tr("{name}: the first number is greater than the second.")
            raise self._refuse(self.low, said.format(name=self.name))
        return None if low is None and high is None else Between(low, high)

    def _number(self, field: TextField) -> float | None:
        text = field.text().strip()
        try:
            value = parse_number(text) if text else None
        except ValueError:
            value = self._high + 1
        if value is None or self._low <= value <= self._high:
            return value
        said = self.tr("{name}: enter a number from {low} to {high}, or nothing.")
        text = said.format(name=self.name, low=f"{self._low:g}", high=f"{self._high:g}")
        raise self._refuse(field, text)


class DayEnds(Ends):
    """Two days."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(name, f"{date.today():%Y-%m-%d}", parent)

    def show_days(self, days: Days | None) -> None:
        ends = (days.first, days.last) if days else (None, None)
        self.show_ends(*("" if day is None else day.isoformat() for day in ends))

    def days(self) -> Days | None:
        """What is asked for; None where both are empty.

        Raises:
            Invalid: one is no day, or they are the wrong way round.
        """
        first, last = (self._day(field) for field in (self.low, self.high))
        if first is not None and last is not None and first > last:
            said = self.tr("{name}: the first day is later than the second.")
            raise self._refuse(self.low, said.format(name=self.name))
        return None if first is None and last is None else Days(first, last)

    def _day(self, field: TextField) -> date | None:
        text = field.text().strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as fault:
            said = self.tr("{name}: enter a day as {day}, or nothing.")
            raise self._refuse(
                field, said.format(name=self.name, day=f"{date.today():%Y-%m-%d}")
            ) from fault
