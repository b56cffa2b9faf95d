"""What needs care over all creators: references that harm, and creators that look alike."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from facereview.review.creators.records import Lookalike
from facereview.review.creators.reference_records import Flag, HealthRow
from facereview.ui.creators.header import HEALTH, PAIRS
from facereview.ui.creators.health import CareList
from facereview.ui.creators.model import CreatorsModel
from facereview.ui.creators.reference_wording import flagged
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.basics import PillTabs

VIEWS = (HEALTH, PAIRS)


class CreatorsCare(QStackedWidget):
    """Both lists; the pills say how long they are, and creators are marked in the model."""

    opened = Signal(object)
    """A row: :class:`HealthRow` or :class:`Lookalike`."""
    left = Signal()

    def __init__(
        self,
        crops: CropStore,
        people: CreatorsModel,
        pills: PillTabs,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._people, self._pills = people, pills
        self.health = CareList(self.tr("References that need care"), crops, people, self)
        self.pairs = CareList(self.tr("Creators that look alike"), crops, people, self)
        self.health.empty = self.tr("No reference needs care.")
        self.pairs.empty = self.tr("No two creators look alike.")
        for care in (self.health, self.pairs):
            self.addWidget(care)
            care.waiting.begin()
            care.opened.connect(self.opened)
            care.left.connect(self.left)

    def begin(self, what: str) -> None:
        """Show one of the lists, from its first row where none is at hand."""
        care = self.health if what == HEALTH else self.pairs
        self.setCurrentWidget(care)
        care.begin()

    def take_focus(self) -> None:
        """The keys belong to the list that is shown."""
        shown = self.currentWidget()
        if shown is not None:
            shown.setFocus()

    def wait(self) -> None:
        """Both are looked for anew; what could not be read before may be read now."""
        for care in (self.health, self.pairs):
            if not care.waiting.answered:
                care.waiting.begin()

    def give_up(self) -> None:
        """They cannot be read; the page says why."""
        for care in (self.health, self.pairs):
            care.waiting.give_up()

    def show_health(self, rows: tuple[HealthRow, ...]) -> None:
        """References that need care, worst first."""
        self.health.rows.show(rows)
        self.health.waiting.end()
        self._pills.set_count(HEALTH, len(rows))
        bad = [row.info for row in rows if row.flag is Flag.CONTAMINATED]
        self._people.show_contaminated({info.creator.id: flagged(info) for info in bad})

    def show_pairs(self, pairs: tuple[Lookalike, ...]) -> None:
        """Creators that look alike, most alike first."""
        self.pairs.rows.show(pairs)
        self.pairs.waiting.end()
        self._pills.set_count(PAIRS, len(pairs))
