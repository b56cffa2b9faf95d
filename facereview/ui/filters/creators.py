"""The filter of creators: its dialog and its bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QWidget

from facereview.filters import CreatorFilter
from facereview.review.filters.kept import FilterChoices, FilterFacts, NamedFilters
from facereview.ui.filters.bar import FilterBar
from facereview.ui.filters.dialog import FilterDialog, FolderField
from facereview.ui.filters.fields import DayEnds, NumberEnds
from facereview.ui.filters.wording import Chip, FilterWords
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages

_MOST = 10_000_000.0


class CreatorFilterDialog(FilterDialog):
    """Which creators are wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Filter the creators"), self.tr("Show the creators"), CreatorFilter(), parent
        )
        self.text.setPlaceholderText(self.tr("a few letters of a name or alias"))
        self.references = self._many(self.tr("References"))
        self.faces = self._many(self.tr("Faces"))
        self.in_videos = self._many(self.tr("Videos"))
        self.suggested = self._many(self.tr("Pending suggestions"))
        self.unchecked = QCheckBox(self.tr("with matches of the machine to check"), self)
        self.named_on = DayEnds(self.tr("Named"), self)
        self.folder = FolderField(self)
        numbers = (self.references, self.faces, self.in_videos, self.suggested)
        self.lay_out(
            [
                *((ends.name, (ends,)) for ends in numbers),
                ("", (self.unchecked,)),
                (self.named_on.name, (self.named_on,)),
                (self.tr("In videos of"), (self.folder,)),
            ]
        )

    def _many(self, name: str) -> NumberEnds:
        ends = NumberEnds(name, 0, _MOST, self)
        ends.low.setPlaceholderText("0")
        ends.high.setPlaceholderText(self.tr("any"))
        return ends

    def show_choices(self, choices: FilterChoices, kept: Sequence[str]) -> None:
        self.folder.offer(choices.folders)
        self.show_kept(kept)

    def show_filter(self, wanted: CreatorFilter) -> None:
        self.text.setText(wanted.text)
        self.references.show_between(wanted.references)
        self.faces.show_between(wanted.faces)
        self.in_videos.show_between(wanted.in_videos)
        self.suggested.show_between(wanted.suggested)
        self.unchecked.setChecked(wanted.unchecked)
        self.named_on.show_days(wanted.named_on)
        self.folder.setText(wanted.folder)
        self.fault.hide()

    def wanted(self) -> CreatorFilter:
        return CreatorFilter(
            text=self.text.text().strip(),
            references=self.references.between(),
            faces=self.faces.between(),
            in_videos=self.in_videos.between(),
            suggested=self.suggested.between(),
            unchecked=self.unchecked.isChecked(),
            named_on=self.named_on.days(),
            folder=self.folder.text().strip(),
        )


class CreatorFilterBar(FilterBar):
    """The filter of the Creators page, which shows the text itself."""

    def __init__(
        self,
        named: NamedFilters[CreatorFilter],
        lane: Lane,
        messages: Messages,
        *,
        text: Callable[[], str],
        parent: QWidget,
    ) -> None:
        """``text`` gives what the page searches for."""
        super().__init__(named, CreatorFilter(), lane, messages, parent)
        self._text = text
        self._words = FilterWords(self)

    def chips_of(self, wanted: CreatorFilter, facts: FilterFacts | None) -> list[Chip]:
        return self._words.chips_of_creators(wanted, facts)

    def own(self, wanted: CreatorFilter) -> CreatorFilter:
        return replace(wanted, text="")

    def beside(self, wanted: CreatorFilter) -> CreatorFilter:
        return replace(wanted, text=self._text())

    def open_dialog(self) -> None:
        """Ask what is wanted."""
        dialog = CreatorFilterDialog(self.window())
        dialog.show_filter(self.beside(self.wanted))
        self.show_dialog(dialog)
