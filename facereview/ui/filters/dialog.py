"""The dialogs that say what is wanted of a list: what all of them have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QCompleter, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from facereview.errors import Invalid
from facereview.filters import CreatorRole, Filter
from facereview.records import Creator
from facereview.review.filters.kept import FilterChoices
from facereview.ui.filters.wording import FilterWords
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.dialog import Dialog, Scrolled, fit
from facereview.ui.widgets.fields import ChoiceField, TextField
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.plain_text import button, clear_text, label, set_title, wrapped
from facereview.ui.wording.advice import told

_SIZE = QSize(700, 640)

Rows = Sequence[tuple[str, Sequence[QWidget]]]
"""What stands before each line of a dialog, and what is in it."""


class FilterDialog(Dialog):
    """Every part of a filter; what is left empty wants all."""

    chosen = Signal(object)
    """A :class:`Filter` is wanted from now on."""
    opened = Signal(str)
    """The filter of this name is wanted."""
    kept = Signal(str, object)
    """Keep a :class:`Filter` under a name."""
    dropped = Signal(str)
    """Keep the filter of this name no longer."""

    def __init__(self, title: str, show: str, empty: Filter, parent: QWidget | None = None) -> None:
        """``show`` is the text of the button that shows what is wanted."""
        super().__init__(parent)
        set_title(self, f"facereview: {title}")
        self._words = FilterWords(self)
        self._empty = empty
        self.text = TextField(self)
        self.text.setAccessibleName(self.tr("Text"))
        self._make_named(show)

    def _make_named(self, show: str) -> None:
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
        self.show_found = button(show, "primary", self)
        self.show_found.setDefault(True)
        self.open_named.clicked.connect(lambda: self.opened.emit(self._named()))
        self.drop_named.clicked.connect(lambda: self.dropped.emit(self._named()))
        self.keep.clicked.connect(self._keep)
        self.clear.clicked.connect(lambda: self.show_filter(self._empty))
        self.cancel.clicked.connect(self.reject)
        self.show_found.clicked.connect(self._choose)

    def lay_out(self, rows: Rows) -> None:
        """Show these lines between the filters that are kept and the name to keep this one."""
        grid = flush(QGridLayout())
        every = [
            (self.tr("Kept filters"), (self.named, self.open_named, self.drop_named)),
            (self.tr("Text"), (self.text,)),
            *rows,
            (self.tr("Keep as"), (self.name, self.keep)),
        ]
        grid.setContentsMargins(0, 0, 12, 0)  # beside the scroll bar
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for place, (name, parts) in enumerate(every):
            grid.addWidget(label(name, "dim", self), place, 0)
            grid.addLayout(_beside(parts), place, 1)
        grid.setRowStretch(len(every), 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.clear)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.show_found)
        column = QVBoxLayout(self)
        column.addWidget(Scrolled(self.tr("The filter"), grid, self), 1)
        column.addWidget(self.fault)
        column.addLayout(buttons)
        self.fault.hide()
        fit(self, _SIZE)

    # ------------------------------------------------------------------- peculiar to each kind

    def show_filter(self, wanted: Any) -> None:
        """Show what a filter wants."""
        raise NotImplementedError

    def wanted(self) -> Filter:
        """The filter as it is entered.

        Raises:
            Invalid: with what to mend.
        """
        raise NotImplementedError

    def show_choices(self, choices: FilterChoices, kept: Sequence[str]) -> None:
        """What there is to choose from; what is chosen stays."""
        raise NotImplementedError

    # -----------------------------------------------------------------------------------------

    def show_kept(self, kept: Sequence[str]) -> None:
        """The names of the filters that are kept."""
        self.named.clear()
        for name in kept:
            self.named.addItem(clear_text(name), name)
        for part in (self.named, self.open_named, self.drop_named):
            part.setEnabled(bool(kept))

    def refuse(self, error: Exception) -> None:
        """Say why it cannot be done."""
        self.fault.setText(told(error))
        self.fault.show()

    def _entered(self) -> Filter | None:
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


class CreatorPart(QObject):
    """The creator of a filter, and what it is to a face."""

    def __init__(self, names: KnownNames, crops: CropStore, dialog: FilterDialog) -> None:
        super().__init__(dialog)
        words = FilterWords(self)
        self.picker = NamePicker(names, crops, dialog, creates=False, form=True)
        self.picker.chosen.connect(self._take)
        self.picker.field.textEdited.connect(lambda _text: self._forget())
        self.roles = {role: QCheckBox(words.role(role), dialog) for role in CreatorRole}
        self._creators: tuple[int, ...] = ()

    def rows(self) -> Rows:
        """Its lines in the dialog."""
        return [(self.tr("Creator"), (self.picker,)), ("", tuple(self.roles.values()))]

    def begin(self, creator: Creator | None) -> None:
        """Start with a filter of this creator."""
        self.picker.field.reset(creator.name if creator else "")

    def show(self, creators: tuple[int, ...], roles: tuple[CreatorRole, ...]) -> None:
        """Show whom a filter wants."""
        self._creators = creators
        if not creators:
            self.picker.field.reset()
        for role, box in self.roles.items():
            box.setChecked(role in roles)

    def chosen(
        self, unless: tuple[CreatorRole, ...]
    ) -> tuple[tuple[int, ...], tuple[CreatorRole, ...]]:
        """Creators and roles; where no creator is wanted, the roles are ``unless``.

        Raises:
            Invalid: with what to mend.
        """
        if self.picker.field.text().strip() and not self._creators:
            self.picker.field.setFocus()
            raise Invalid(self.tr("Creator: choose one of the names, or leave the field empty."))
        roles = tuple(role for role, box in self.roles.items() if box.isChecked())
        if self._creators and not roles:
            raise Invalid(self.tr("Creator: choose decided, suggested or denied."))
        return self._creators, roles if self._creators else unless

    def _take(self, creator: Creator) -> None:
        self._creators = (creator.id,)
        self.picker.field.reset(creator.name)

    def _forget(self) -> None:
        self._creators = ()


class FolderField(TextField):
    """A folder with all that is below it; those of the library are offered."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Folder"))
        self.setPlaceholderText(self.tr("with all that is below it"))

    def offer(self, folders: Sequence[str]) -> None:
        """The folders that videos lie in."""
        completer = QCompleter(list(folders), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)


def _beside(parts: Sequence[QWidget]) -> QHBoxLayout:
    row = flush(QHBoxLayout(), 8)
    for part in parts:
        row.addWidget(part, 1 if isinstance(part, TextField | ChoiceField | NamePicker) else 0)
    if not any(isinstance(part, TextField | ChoiceField | NamePicker) for part in parts):
        row.addStretch(1)
    return row
