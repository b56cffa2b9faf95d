"""The filter of clusters: its dialog and its bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from facereview.filters import ClusterFilter, CreatorRole
from facereview.records import Creator
from facereview.review.filters.kept import FilterChoices, FilterFacts, NamedFilters
from facereview.ui.filters.bar import FilterBar
from facereview.ui.filters.dialog import CreatorPart, FilterDialog, FolderField
from facereview.ui.filters.fields import NumberEnds
from facereview.ui.filters.wording import Chip, FilterWords
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.known_names import KnownNames

_MOST = 10_000_000.0
_SUGGESTED = (CreatorRole.SUGGESTED,)


class ClusterFilterDialog(FilterDialog):
    """Which clusters are wanted."""

    def __init__(self, names: KnownNames, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Filter the clusters"), self.tr("Show the clusters"), ClusterFilter(), parent
        )
        self.text.setPlaceholderText(self.tr("part of a title, path, name or alias"))
        self.creator = CreatorPart(names, crops, self)
        for box in self.creator.roles.values():
            box.hide()  # a cluster suggests somebody, and nothing else
        self.folder = FolderField(self)
        self.faces = NumberEnds(self.tr("Faces"), 0, _MOST, self)
        self.in_videos = NumberEnds(self.tr("Videos"), 0, _MOST, self)
        for ends in (self.faces, self.in_videos):
            ends.low.setPlaceholderText("0")
            ends.high.setPlaceholderText(self.tr("any"))
        self.probability = NumberEnds(self.tr("Probability"), 0, 1, self)
        self.similarity = NumberEnds(self.tr("Similarity"), -1, 1, self)
        numbers = (self.faces, self.in_videos, self.probability, self.similarity)
        self.lay_out(
            [
                (self.tr("Suggests"), (self.creator.picker,)),
                (self.tr("Folder"), (self.folder,)),
                *((ends.name, (ends,)) for ends in numbers),
            ]
        )

    def show_choices(self, choices: FilterChoices, kept: Sequence[str]) -> None:
        self.folder.offer(choices.folders)
        self.show_kept(kept)

    def begin(self, wanted: ClusterFilter, creator: Creator | None) -> None:
        """Start with a filter of this ``creator``."""
        self.creator.begin(creator)
        self.show_filter(wanted)

    def show_filter(self, wanted: ClusterFilter) -> None:
        self.text.setText(wanted.text)
        self.creator.show(wanted.creators, _SUGGESTED)
        self.folder.setText(wanted.folder)
        self.faces.show_between(wanted.size)
        self.in_videos.show_between(wanted.in_videos)
        self.probability.show_between(wanted.probability)
        self.similarity.show_between(wanted.similarity)
        self.fault.hide()

    def wanted(self) -> ClusterFilter:
        creators, _ = self.creator.chosen(_SUGGESTED)
        return ClusterFilter(
            text=self.text.text().strip(),
            creators=creators,
            folder=self.folder.text().strip(),
            size=self.faces.between(),
            in_videos=self.in_videos.between(),
            similarity=self.similarity.between(),
            probability=self.probability.between(),
        )


class ClusterFilterBar(FilterBar):
    """The filter of the Clusters page."""

    def __init__(
        self,
        named: NamedFilters[ClusterFilter],
        lane: Lane,
        messages: Messages,
        *,
        names: KnownNames,
        crops: CropStore,
        parent: QWidget,
    ) -> None:
        super().__init__(named, ClusterFilter(), lane, messages, parent)
        self._names, self._crops = names, crops
        self._words = FilterWords(self)

    def chips_of(self, wanted: ClusterFilter, facts: FilterFacts | None) -> list[Chip]:
        return self._words.chips_of_clusters(wanted, facts)

    def own(self, wanted: ClusterFilter) -> ClusterFilter:
        return wanted

    def open_dialog(self) -> None:
        """Ask what is wanted."""
        dialog = ClusterFilterDialog(self._names, self._crops, self.window())
        known = self.facts.creators if self.facts else {}
        first = next(iter(self.wanted.creators), None)
        dialog.begin(self.wanted, known.get(first) if first is not None else None)
        self.show_dialog(dialog)
