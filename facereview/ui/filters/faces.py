"""The filter of faces: its dialog and its bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QWidget

from facereview.filters import FaceFilter, FaceKind
from facereview.records import Creator, Video
from facereview.review.filters.faces import FilterDesk
from facereview.review.filters.kept import FilterChoices, FilterFacts, Run
from facereview.ui.filters.bar import FilterBar
from facereview.ui.filters.dialog import CreatorPart, FilterDialog, FolderField, Rows
from facereview.ui.filters.fields import DayEnds, NumberEnds
from facereview.ui.filters.wording import Chip, FilterWords
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.fields import ChoiceField
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.library import title

_LARGEST = 10_000.0


class FaceFilterDialog(FilterDialog):
    """Which faces are wanted."""

    def __init__(self, names: KnownNames, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Filter the faces"), self.tr("Show the faces"), FaceFilter(), parent
        )
        self._begun = FaceFilter()
        self._video: Video | None = None
        self._make_fields(names, crops)
        self._offer((), ())
        self.lay_out(self._rows())

    def _make_fields(self, names: KnownNames, crops: CropStore) -> None:
        self.text.setPlaceholderText(self.tr("part of a title, path, name or alias"))
        self.creator = CreatorPart(names, crops, self)
        self.folder = FolderField(self)
        self.this_video = QCheckBox(self)
        self.probability = NumberEnds(self.tr("Probability"), 0, 1, self)
        self.similarity = NumberEnds(self.tr("Similarity"), -1, 1, self)
        self.quality = NumberEnds(self.tr("Quality"), 0, 1, self)
        self.pixels = NumberEnds(self.tr("Size in pixels"), 0, _LARGEST, self)
        self.scanned = DayEnds(self.tr("Scanned"), self)
        self.unscanned = QCheckBox(self.tr("video not scanned"), self)
        self.missing = QCheckBox(self.tr("file missing"), self)
        self.decided = DayEnds(self.tr("Decided"), self)
        self.decided_by = ChoiceField(self)
        self.decided_by.setAccessibleName(self.tr("Decided by"))
        self.machine = QCheckBox(self.tr("named by the machine"), self)
        self.run = ChoiceField(self)
        self.run.setAccessibleName(self.tr("Run of automatic matching"))

    def _rows(self) -> Rows:
        return [
            *self.creator.rows(),
            (self.tr("Folder"), (self.folder,)),
            (self.tr("Video"), (self.this_video,)),
            *((ends.name, (ends,)) for ends in self._numbers()),
            (self.scanned.name, (self.scanned, self.unscanned)),
            ("", (self.missing,)),
            (self.decided.name, (self.decided,)),
            (self.tr("Decided by"), (self.decided_by, self.machine)),
            (self.tr("Run"), (self.run,)),
        ]

    def _numbers(self) -> tuple[NumberEnds, ...]:
        return self.probability, self.similarity, self.quality, self.pixels

    # ------------------------------------------------------------------------------------ showing

    def show_choices(self, choices: FilterChoices, kept: Sequence[str]) -> None:
        self.folder.offer(choices.folders)
        self._offer([(who, who) for who in choices.curators], choices.runs)
        self.show_kept(kept)

    def _offer(self, curators: Sequence[tuple[str, str]], runs: Sequence[Run]) -> None:
        _fill(self.decided_by, self.tr("anybody"), curators)
        _fill(self.run, self.tr("any"), [(self._words.run(one), one.id) for one in runs])

    def begin(self, wanted: FaceFilter, creator: Creator | None, video: Video | None) -> None:
        """Start with a filter of this ``creator``; ``video`` is that of the face shown."""
        self._video = video
        self.creator.begin(creator)
        self.show_filter(wanted)

    def show_filter(self, wanted: FaceFilter) -> None:
        self._begun = wanted
        self.creator.show(wanted.creators, wanted.roles)
        self.text.setText(wanted.text)
        self.folder.setText(wanted.folder)
        self._show_video(wanted)
        for ends, between in zip(
            self._numbers(),
            (wanted.probability, wanted.similarity, wanted.quality, wanted.size),
            strict=True,
        ):
            ends.show_between(between)
        self.scanned.show_days(wanted.scanned)
        self.decided.show_days(wanted.decided_on)
        self.unscanned.setChecked(wanted.unscanned)
        self.missing.setChecked(wanted.missing)
        self.machine.setChecked(wanted.by_machine)
        _choose(self.decided_by, wanted.decided_by)
        _choose(self.run, wanted.run)
        self.fault.hide()

    def _show_video(self, wanted: FaceFilter) -> None:
        if wanted.videos and (self._video is None or wanted.videos != (self._video.id,)):
            self.this_video.setText(self.tr("only the videos of before"))
        elif self._video is not None:
            name = title(self._video)[:60]
            self.this_video.setText(self.tr("only {name}").format(name=f"“{name}”"))
        else:
            self.this_video.setText(self.tr("only the video shown"))
            self.this_video.setEnabled(False)
            return
        self.this_video.setEnabled(True)
        self.this_video.setChecked(bool(wanted.videos))

    # ------------------------------------------------------------------------------------ choosing

    def wanted(self) -> FaceFilter:
        creators, roles = self.creator.chosen(FaceFilter().roles)
        return replace(
            self._begun,
            text=self.text.text().strip(),
            creators=creators,
            roles=roles,
            folder=self.folder.text().strip(),
            videos=self._videos(),
            probability=self.probability.between(),
            similarity=self.similarity.between(),
            quality=self.quality.between(),
            size=self.pixels.between(),
            scanned=self.scanned.days(),
            unscanned=self.unscanned.isChecked(),
            missing=self.missing.isChecked(),
            decided_on=self.decided.days(),
            decided_by=self.decided_by.currentData() or "",
            by_machine=self.machine.isChecked(),
            run=self.run.currentData(),
        )

    def _videos(self) -> tuple[int, ...]:
        if not self.this_video.isChecked():
            return ()
        return self._begun.videos or ((self._video.id,) if self._video else ())


class FaceFilterBar(FilterBar):
    """The filter of the Review page."""

    def __init__(
        self,
        desk: FilterDesk,
        lane: Lane,
        messages: Messages,
        *,
        names: KnownNames,
        crops: CropStore,
        kinds: Callable[[], tuple[FaceKind, ...]],
        parent: QWidget,
    ) -> None:
        """``kinds`` gives the faces that the page shows, which a kept filter brings back."""
        super().__init__(desk.named, FaceFilter(), lane, messages, parent)
        self._names, self._crops, self._kinds = names, crops, kinds
        self._words = FilterWords(self)

    def chips_of(self, wanted: FaceFilter, facts: FilterFacts | None) -> list[Chip]:
        return self._words.chips(wanted, facts)

    def own(self, wanted: FaceFilter) -> FaceFilter:
        """A kind alone only says which queue of it to open."""
        return replace(wanted, kinds=()) if len(wanted.kinds) == 1 else wanted

    def whole(self, wanted: FaceFilter) -> FaceFilter:
        return replace(wanted, kinds=wanted.kinds or self._kinds())

    def open_dialog(self, video: Video | None) -> None:
        """Ask what is wanted; ``video`` is the one that is shown."""
        dialog = FaceFilterDialog(self._names, self._crops, self.window())
        known = self.facts.creators if self.facts else {}
        first = next(iter(self.wanted.creators), None)
        dialog.begin(self.wanted, known.get(first) if first is not None else None, video)
        self.show_dialog(dialog)


def _fill(field: ChoiceField, nothing: str, choices: Sequence[tuple[str, object]]) -> None:
    chosen = field.currentData()
    field.clear()
    field.addItem(nothing, None)
    for text, value in choices:
        field.addItem(clear_text(text), value)
    _choose(field, chosen)


def _choose(field: ChoiceField, value: object) -> None:
    """Choose a value; one that is not offered is added, so that it does not get lost."""
    wanted = value or None
    if wanted is not None and field.findData(wanted) < 0:
        field.addItem(clear_text(str(wanted)), wanted)
    field.setCurrentIndex(max(0, field.findData(wanted)))
