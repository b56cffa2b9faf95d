"""The dialog that says which faces are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QCompleter, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from facereview.errors import Invalid
from facereview.filters import CreatorRole, FaceFilter
from facereview.records import Creator, Video
from facereview.review.filters.faces import FilterChoices, Run
from facereview.ui.filters.fields import DayEnds, NumberEnds
from facereview.ui.filters.wording import FilterWords
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.dialog import Dialog, Scrolled, fit
from facereview.ui.widgets.fields import ChoiceField, TextField
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.plain_text import button, clear_text, label, set_title, wrapped
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import title

_SIZE = QSize(700, 640)
_LARGEST = 10_000.0


class FilterDialog(Dialog):
    """Every part of a filter; what is left empty wants all."""

    chosen = Signal(object)
    """A :class:`FaceFilter` is wanted from now on."""
    opened = Signal(str)
    """The filter of this name is wanted."""
    kept = Signal(str, object)
    """Keep a :class:`FaceFilter` under a name."""
    dropped = Signal(str)
    """Keep the filter of this name no longer."""

    def __init__(self, names: KnownNames, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_title(self, self.tr("Filter the faces"))
        self._words = FilterWords(self)
        self._begun = FaceFilter()
        self._creators: tuple[int, ...] = ()
        self._video: Video | None = None
        self._make_fields(names, crops)
        self._offer((), ())
        self._make_named()
        self._lay_out()
        fit(self, _SIZE)

    def _make_fields(self, names: KnownNames, crops: CropStore) -> None:
        self.text = TextField(self)
        self.text.setPlaceholderText(self.tr("part of a title, path, name or alias"))
        self.text.setAccessibleName(self.tr("Text"))
        self.picker = NamePicker(names, crops, self, creates=False, form=True)
        self.picker.chosen.connect(self._take_creator)
        self.picker.field.textEdited.connect(lambda _text: self._forget_creator())
        self.roles = {role: QCheckBox(self._words.role(role), self) for role in CreatorRole}
        self.folder = TextField(self)
        self.folder.setAccessibleName(self.tr("Folder"))
        self.folder.setPlaceholderText(self.tr("with all that is below it"))
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

    def _make_named(self) -> None:
        self.named = ChoiceField(self)
        self.named.setAccessibleName(self.tr("Kept filters"))
        self.open_named = button(self.tr("Open"), "plain", self)
        self.drop_named = button(self.tr("Remove"), "plain", self)
        self.name = TextField(self)
        self.name.setAccessibleName(self.tr("Name to keep this filter under"))
        self.name.setPlaceholderText(self.tr("name"))
        self.name.setMaxLength(200)
        self.keep = button(self.tr("Keep"), "plain", self)
        self.fault = wrapped("", "text", self)
        self.clear = button(self.tr("Clear"), "plain", self)
        self.cancel = button(self.tr("Cancel"), "plain", self)
        self.show_faces = button(self.tr("Show the faces"), "primary", self)
        self.show_faces.setDefault(True)
        self.open_named.clicked.connect(lambda: self.opened.emit(self._named()))
        self.drop_named.clicked.connect(lambda: self.dropped.emit(self._named()))
        self.keep.clicked.connect(self._keep)
        self.clear.clicked.connect(lambda: self.show_filter(FaceFilter()))
        self.cancel.clicked.connect(self.reject)
        self.show_faces.clicked.connect(self._choose)

    def _rows(self) -> list[tuple[str, Sequence[QWidget]]]:
        return [
            (self.tr("Kept filters"), (self.named, self.open_named, self.drop_named)),
            (self.tr("Text"), (self.text,)),
            (self.tr("Creator"), (self.picker,)),
            ("", tuple(self.roles.values())),
            (self.tr("Folder"), (self.folder,)),
            (self.tr("Video"), (self.this_video,)),
            *((ends.name, (ends,)) for ends in self._numbers()),
            (self.scanned.name, (self.scanned, self.unscanned)),
            ("", (self.missing,)),
            (self.decided.name, (self.decided,)),
            (self.tr("Decided by"), (self.decided_by, self.machine)),
            (self.tr("Run"), (self.run,)),
            (self.tr("Keep as"), (self.name, self.keep)),
        ]

    def _lay_out(self) -> None:
        grid, rows = flush(QGridLayout()), self._rows()
        grid.setContentsMargins(0, 0, 12, 0)  # beside the scroll bar
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for place, (name, parts) in enumerate(rows):
            grid.addWidget(label(name, "dim", self), place, 0)
            grid.addLayout(_beside(parts), place, 1)
        grid.setRowStretch(len(rows), 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.clear)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.show_faces)
        column = QVBoxLayout(self)
        column.addWidget(Scrolled(self.tr("The filter"), grid, self), 1)
        column.addWidget(self.fault)
        column.addLayout(buttons)
        self.fault.hide()

    def _numbers(self) -> tuple[NumberEnds, ...]:
        return self.probability, self.similarity, self.quality, self.pixels

    # ------------------------------------------------------------------------------------ showing

    def show_choices(self, choices: FilterChoices, kept: Sequence[str]) -> None:
        """What there is to choose from; what is chosen stays."""
        completer = QCompleter(list(choices.folders), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.folder.setCompleter(completer)
        self._offer([(who, who) for who in choices.curators], choices.runs)
        self.show_kept(kept)

    def _offer(self, curators: Sequence[tuple[str, str]], runs: Sequence[Run]) -> None:
        _fill(self.decided_by, self.tr("anybody"), curators)
        _fill(self.run, self.tr("any"), [(self._words.run(one), one.id) for one in runs])

    def show_kept(self, kept: Sequence[str]) -> None:
        """The names of the filters that are kept."""
        self.named.clear()
        for name in kept:
            self.named.addItem(clear_text(name), name)
        for part in (self.named, self.open_named, self.drop_named):
            part.setEnabled(bool(kept))

    def begin(self, wanted: FaceFilter, creator: Creator | None, video: Video | None) -> None:
        """Start with a filter of this ``creator``; ``video`` is that of the face shown."""
        self._video = video
        self.picker.field.reset(creator.name if creator else "")
        self.show_filter(wanted)

    def show_filter(self, wanted: FaceFilter) -> None:
        """Show what a filter wants."""
        self._begun, self._creators = wanted, wanted.creators
        if not wanted.creators:
            self.picker.field.reset()
        self.text.setText(wanted.text)
        for role, box in self.roles.items():
            box.setChecked(role in wanted.roles)
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

    def refuse(self, error: Exception) -> None:
        """Say why it cannot be done."""
        self.fault.setText(told(error))
        self.fault.show()

    # ------------------------------------------------------------------------------------ choosing

    def _take_creator(self, creator: Creator) -> None:
        self._creators = (creator.id,)
        self.picker.field.reset(creator.name)

    def _forget_creator(self) -> None:
        self._creators = ()

    def wanted(self) -> FaceFilter:
        """The filter as it is entered.

        Raises:
            Invalid: with what to mend.
        """
        if self.picker.field.text().strip() and not self._creators:
            self.picker.field.setFocus()
            raise Invalid(self.tr("Creator: choose one of the names, or leave the field empty."))
        roles = tuple(role for role, box in self.roles.items() if box.isChecked())
        if self._creators and not roles:
            raise Invalid(self.tr("Creator: choose decided, suggested or denied."))
        return replace(
            self._begun,
            text=self.text.text().strip(),
            creators=self._creators,
            roles=roles if self._creators else FaceFilter().roles,
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

    def _entered(self) -> FaceFilter | None:
        try:
            return self.wanted()
        except Invalid as fault:
            self.refuse(fault)
            return None

    def _choose(self) -> None:
        if (wanted := self._entered()) is not None:
            self.chosen.emit(wanted)
            self.accept()

    def _named(self) -> str:
        return str(self.named.currentData() or "")

    def _keep(self) -> None:
        if (wanted := self._entered()) is not None:
            self.kept.emit(self.name.text(), wanted)


def _beside(parts: Sequence[QWidget]) -> QHBoxLayout:
    row = flush(QHBoxLayout(), 8)
    for part in parts:
        row.addWidget(part, 1 if isinstance(part, TextField | ChoiceField | NamePicker) else 0)
    if not any(isinstance(part, TextField | ChoiceField | NamePicker) for part in parts):
        row.addStretch(1)
    return row


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
