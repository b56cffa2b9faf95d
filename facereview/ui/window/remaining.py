"""Words in the status bar on what is left: about how many keys, and how many wrong names then."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from facereview.review.questions.remaining import Remaining
from facereview.ui.jobs.questions import QuestionOrder
from facereview.ui.widgets.plain_text import button, set_tip
from facereview.ui.wording.library import number

_FEW = 10
"""Fewer wrong names than that are shown with a decimal."""


class RemainingNotice(QWidget):
    """Two figures; each opens what it counts."""

    keys_wanted = Signal()
    """Show what the keys are pressed for."""
    names_wanted = Signal(str)
    """Show the faces behind the names; what they are, in a few words."""

    def __init__(self, order: QuestionOrder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        order.done.connect(lambda now: self.show_remaining(now.remaining))
        self.keys = button("", "flat", self)
        self.names = button("", "flat", self)
        set_tip(
            self.keys,
            self.tr(
                "One for each cluster, and for each single face that is probably somebody known. "
                "Shows the clusters."
            ),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 0, 0)
        row.setSpacing(2)
        for part in (self.keys, self.names):
            part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.keys.clicked.connect(self.keys_wanted)
        self.names.clicked.connect(
            lambda: self.names_wanted.emit(self.tr("names nobody looks at one by one"))
        )
        self.hide()

    def show_remaining(self, left: Remaining) -> None:
        """Say what is left; nothing where nothing is."""
        self.keys.setVisible(left.keys > 0)
        self.keys.setText(self.tr("about %Ln keys", "", left.keys))
        self.names.setVisible(left.names > 0)
        wrong = f"{_rounded(left.wrong, left)} ± {_rounded(left.spread, left)}"
        then = self.tr("then {wrong} wrong of {all}")
        text = then if left.keys else self.tr("{wrong} wrong of {all}")
        self.names.setText(text.format(wrong=wrong, all=number(left.names)))
        tip = self.tr(
            "So many names are expected to be wrong of those that nobody looks at one by one: "
            "automatic matches, and faces named together by one key, {coming} of them once the "
            "keys are pressed. Shows the least sure first."
        ).format(coming=number(left.coming))
        set_tip(self.names, tip)
        self.setVisible(left.keys > 0 or left.names > 0)


def _rounded(value: float, left: Remaining) -> str:
    """Both figures with as many decimals as the larger one wants."""
    few = max(left.wrong, left.spread) < _FEW
    return QLocale().toString(value, "f", 1) if few else number(round(value))
