"""Above the keys of the cast sheet: what Ctrl+Enter settles, with the least sure faces of it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from facereview.review.cast.acts import SheetPlan
from facereview.review.cast.records import CastSheet
from facereview.review.clusters.records import Member
from facereview.ui.cast.asking import CastWords
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.cards import Tinted, flush
from facereview.ui.widgets.consequence_card import Weakest
from facereview.ui.widgets.plain_text import ElidedLabel, label

_SHOWN = 6


class SettlingLine(Tinted):
    """Says how many faces of whom, shows the least sure first, and asks for a second press."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__("line", parent)
        self._words = CastWords(self)
        self.text = ElidedLabel("", "strong", self)
        self.caption = label(self.tr("the least sure of them"), "small", self)
        self.weakest = Weakest(crops, self)
        self.weakest.setFixedWidth(self.weakest.sizeHint().width())
        words = flush(QVBoxLayout(), 2)
        words.addStretch()
        words.addWidget(self.text)
        words.addWidget(self.caption)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(20)
        row.addWidget(self.weakest)
        row.addLayout(words, 1)

    def show_plan(self, sheet: CastSheet | None, found: SheetPlan, asked: str) -> None:
        """Show what is settled; ``asked`` is why a key is to be pressed again."""
        self.text.setText(asked or self._words.settles(found))
        self.set_colour("amber" if asked else "line")
        members = tuple(
            Member(one.face, sheet.video, None, one.face.state.confidence, chance=one.row.chance)
            for one in found.faces[:_SHOWN]
            if sheet is not None
        )
        self.weakest.show_members(members)
        self.weakest.setVisible(bool(members))
        self.caption.setVisible(bool(members) and not asked)

    def set_low(self, low: bool) -> None:
        """Smaller in a low window."""
        self.weakest.set_low(low)
