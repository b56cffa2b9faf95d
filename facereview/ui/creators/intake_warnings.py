"""The warnings of a face that may become a reference, each confirmed by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from facereview.review.creators.reference_records import Point
from facereview.ui.widgets.basics import wrapped

Warned = tuple[Point, str]
"""What is to be confirmed, and the sentence that says why."""


class WarningList(QWidget):
    """A box to tick beside each sentence."""

    toggled = Signal(object)
    """The :data:`Point` of a warning was confirmed, or is not any more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Warned, ...] = ()
        self._boxes: dict[Point, QCheckBox] = {}
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.hide()

    def show_warnings(self, warned: Sequence[Warned], confirmed: Collection[Point]) -> None:
        """Show these, ticked where confirmed."""
        if tuple(warned) != self._shown:
            self._shown = tuple(warned)
            self._fill()
        for point, box in self._boxes.items():
            box.setChecked(point in confirmed)
        self.setVisible(bool(warned))

    def text(self) -> str:
        """All sentences."""
        return "\n".join(sentence for _, sentence in self._shown)

    def box(self, point: Point) -> QCheckBox:
        """The box of a warning."""
        return self._boxes[point]

    def _fill(self) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._boxes = {}
        self._rows = [self._row(point, sentence) for point, sentence in self._shown]
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
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(words, 1)
        self._boxes[point] = box
        return row
