"""Whether a graphics card decodes the videos that are scanned."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from facereview.review.library.scan_choices import ScanChoices
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Card
from facereview.ui.widgets.plain_text import label, wrapped


class DecodingCard(Card):
    """A switch of this computer, kept when it is clicked."""

    def __init__(
        self, choices: ScanChoices, lane: Lane, messages: Messages, parent: QWidget
    ) -> None:
        super().__init__(parent=parent)
        self._choices, self._lane, self._messages = choices, lane, messages
        self.body.addWidget(label(self.tr("Decoding videos"), "heading", self))
        about = self.tr(
            "A card is used on this computer where there is one and it gives exactly the pictures "
            "that software gives, which is tried with each video. Scans that run go on as they are."
        )
        self.card = QCheckBox(self.tr("Let the graphics card decode what is scanned"), self)
        self.card.setAccessibleDescription(about)
        self.card.clicked.connect(self._keep)
        self.body.addWidget(self.card)
        self.body.addWidget(wrapped(about, "dim", self))

    def refresh(self) -> None:
        """Read whether it is on."""
        self._lane.run(self, self._choices.card_decodes, self.card.setChecked)

    def _keep(self, on: bool) -> None:
        choices = self._choices
        self._lane.run(
            self, lambda: choices.let_card_decode(on), self.card.setChecked, self._refused
        )

    def _refused(self, error: Exception) -> None:
        self.refresh()
        self._messages.fault(error)
