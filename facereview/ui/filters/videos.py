"""The filter of videos: its dialog and its bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QWidget

from facereview.filters import VideoFilter, VideoKind
from facereview.records import Creator
from facereview.review.filters.kept import FilterChoices, FilterFacts, NamedFilters
from facereview.ui.filters.bar import FilterBar
from facereview.ui.filters.dialog import CreatorPart, FilterDialog, FolderField
from facereview.ui.filters.fields import DayEnds, NumberEnds
from facereview.ui.filters.wording import Chip, FilterWords
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.fields import ChoiceField
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.wording.library import filter_name

_LONGEST = 10_000.0
"""Minutes."""


class VideoFilterDialog(FilterDialog):
    """Which videos are wanted."""

    def __init__(self, names: KnownNames, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Filter the videos"), self.tr("Show the videos"), VideoFilter(), parent
        )
        self._begun = VideoFilter()
        self.text.setPlaceholderText(self.tr("part of a title, path, name or alias"))
        self.status = ChoiceField(self)
        self.status.setAccessibleName(self.tr("Status"))
        for kind in VideoKind:
            self.status.addItem(filter_name(kind), kind)
        self.creator = CreatorPart(names, crops, self)
        self.folder = FolderField(self)
        self.minutes = NumberEnds(self.tr("Length in minutes"), 0, _LONGEST, self)
        self.scanned = DayEnds(self.tr("Scanned"), self)
        self.missing = QCheckBox(self.tr("file missing"), self)
        self.lay_out(
            [
                (self.tr("Status"), (self.status,)),
                *self.creator.rows(),
                (self.tr("Folder"), (self.folder,)),
                (self.minutes.name, (self.minutes,)),
                (self.scanned.name, (self.scanned,)),
                ("", (self.missing,)),
            ]
        )

    def show_choices(self, choices: FilterChoices, kept: Sequence[str]) -> None:
        self.folder.offer(choices.folders)
        self.show_kept(kept)

    def begin(self, wanted: VideoFilter, creator: Creator | None) -> None:
        """Start with a filter of this ``creator``."""
        self.creator.begin(creator)
        self.show_filter(wanted)

    def show_filter(self, wanted: VideoFilter) -> None:
        self._begun = wanted
        self.text.setText(wanted.text)
        self.status.setCurrentIndex(self.status.findData(wanted.show))
        self.creator.show(wanted.creators, wanted.roles)
        self.folder.setText(wanted.folder)
        self.minutes.show_between(wanted.minutes)
        self.scanned.show_days(wanted.scanned)
        self.missing.setChecked(wanted.missing)
        self.fault.hide()

    def wanted(self) -> VideoFilter:
        creators, roles = self.creator.chosen(VideoFilter().roles)
        return replace(
            self._begun,
            text=self.text.text().strip(),
            show=VideoKind(self.status.currentData()),
            creators=creators,
            roles=roles,
            folder=self.folder.text().strip(),
            minutes=self.minutes.between(),
            scanned=self.scanned.days(),
            missing=self.missing.isChecked(),
        )


class VideoFilterBar(FilterBar):
    """The filter of the Videos page, which shows text and status itself."""

    def __init__(
        self,
        named: NamedFilters[VideoFilter],
        lane: Lane,
        messages: Messages,
        *,
        names: KnownNames,
        crops: CropStore,
        shown: Callable[[], VideoFilter],
        parent: QWidget,
    ) -> None:
        """``shown`` gives the text and the status that the page shows."""
        super().__init__(named, VideoFilter(), lane, messages, parent)
        self._names, self._crops, self._shown = names, crops, shown
        self._words = FilterWords(self)

    def chips_of(self, wanted: VideoFilter, facts: FilterFacts | None) -> list[Chip]:
        return self._words.chips_of_videos(wanted, facts)

    def own(self, wanted: VideoFilter) -> VideoFilter:
        return replace(wanted, text="", show=VideoKind.ALL)

    def beside(self, wanted: VideoFilter) -> VideoFilter:
        shown = self._shown()
        return replace(wanted, text=shown.text, show=shown.show)

    def open_dialog(self) -> None:
        """Ask what is wanted."""
        dialog = VideoFilterDialog(self._names, self._crops, self.window())
        known = self.facts.creators if self.facts else {}
        first = next(iter(self.wanted.creators), None)
        dialog.begin(self.beside(self.wanted), known.get(first) if first is not None else None)
        self.show_dialog(dialog)
