"""The quiet offer below the suggestions: one key settles the rest of the last face's cluster."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facereview.ui.actions.table import BY_ID, first_key, translated
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.review.cluster_rest import Rest
from facereview.ui.widgets.basics import wrapped
from facereview.ui.widgets.consequence_card import Weakest
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.plain_text import set_tip
from facereview.ui.widgets.tinted import Tinted
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.clusters import Words

_LOW, _HIGH = 780, 860
_MARGINS = (12, 9, 12, 10)


class RestCard(Tinted):
    """Says how many faces, in which videos, and shows the least alike where there is room."""

    pressed = Signal(str)

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__("line", parent)
        self._words = Words(self)
        self.text = wrapped("", "dim", self)
        self.weakest = Weakest(crops, self)
        self.button = KeyButton(first_key("settle_rest"), parent=self)
        set_tip(self.button, translated(BY_ID["settle_rest"].tip))
        self.button.clicked.connect(lambda: self.pressed.emit("settle_rest"))
        column = self._column = QVBoxLayout(self)
        column.setSpacing(7)
        for part in (self.text, self.weakest, self.button):
            column.addWidget(part)
        self.hide()

    def show_rest(self, rest: Rest | None, *, again: str) -> None:
        """Offer this, or None; ``again``: why the key that was pressed is to be pressed again."""
        self.setVisible(rest is not None)
        if rest is None:
            return
        count = len(rest.members)
        height = self.window().height()
        roomy = height >= _LOW or bool(again)
        self.text.setText(again or self._words.rest(rest.known))
        self.text.setVisible(roomy)
        self._column.setContentsMargins(*(_MARGINS if roomy else (0, 0, 0, 0)))
        self.setAccessibleName(self.text.text())
        set_tip(self, self.text.text())
        self.weakest.show_members(rest.known.weakest)
        self.weakest.setVisible(height >= _HIGH)
        self.set_colour("amber" if again else "line")
        name = name_of(rest.creator)
        text = self._words.settle_again(count) if again else self._words.settles(count, name)
        videos = "" if height >= _LOW or again else self._words.videos(rest.known.videos)
        self.button.set_text(text, videos, care=bool(again))
