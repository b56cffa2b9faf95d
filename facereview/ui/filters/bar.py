"""The filter of a page: its chips, its dialog, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.filters import FaceFilter, FaceKind
from facereview.records import Video
from facereview.review.filters.faces import FilterDesk, FilterFacts
from facereview.ui.filters.dialog import FilterDialog
from facereview.ui.filters.flow import Flow
from facereview.ui.filters.wording import Chip, FilterWords
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.cards import Tinted
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.plain_text import ElidedLabel, PlainButton, button, set_tip


class ChipButton(PlainButton):
    """A part of a filter; pressing it, Delete and Backspace take it away."""

    def __init__(self, chip: Chip, parent: QWidget) -> None:
        super().__init__(f"{chip.text}  ✕", parent)
        self.setProperty("kind", "pill")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        remove = self.tr("Take away: {part}").format(part=chip.text)
        self.setAccessibleName(remove)
        set_tip(self, remove)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace press it too."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.click()
        else:
            super().keyPressEvent(event)


class FilterBar(Tinted):
    """Shown while something is filtered; the dialog opens all the same."""

    changed = Signal(object)
    """Another :class:`FaceFilter` is wanted."""
    left = Signal()
    """The keys go back to the page."""

    def __init__(
        self,
        page: str,
        desk: FilterDesk,
        lane: Lane,
        messages: Messages,
        *,
        names: KnownNames,
        crops: CropStore,
        kinds: Callable[[], tuple[FaceKind, ...]],
        parent: QWidget,
    ) -> None:
        """``page`` is the one whose filters are kept apart from those of others.

        ``kinds`` gives the faces that the page shows, which a kept filter brings back.
        """
        super().__init__("blue", parent)
        self._page, self._desk, self._lane, self._messages = page, desk, lane, messages
        self._names, self._crops, self._kinds = names, crops, kinds
        self._words = FilterWords(self)
        self._ticket = Ticket()
        self._facts: FilterFacts | None = None
        self._dialog: FilterDialog | None = None
        self.wanted = FaceFilter()
        self.chips: list[ChipButton] = []
        self.count = ElidedLabel("", "dim", self)
        self.clear = button(self.tr("Clear the filter"), "flat", self)
        self.clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clear.clicked.connect(lambda: self.choose(FaceFilter()))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(Glyph("search", 16, "blue", self))
        self._chips = Flow()
        row.addLayout(self._chips, 1)
        row.addWidget(self.count)
        row.addWidget(self.clear)
        self.setAccessibleName(self.tr("Filter"))
        self.hide()

    def choose(self, wanted: FaceFilter) -> None:
        """Want another filter from now on; a kind alone only says which queue of it to open."""
        if wanted == self.wanted:
            return
        kept = replace(wanted, kinds=()) if len(wanted.kinds) == 1 else wanted
        self.wanted, self._facts = kept, None
        self._show_chips()
        self._read_facts()
        self.changed.emit(wanted)
        self.left.emit()

    def say_count(self, text: str) -> None:
        """Say how many faces there are."""
        self.count.setText(text)

    # -------------------------------------------------------------------------------------- chips

    def _show_chips(self) -> None:
        for chip in self.chips:
            self._chips.removeWidget(chip)
            chip.deleteLater()
        self.chips = []
        for part in self._words.chips(self.wanted, self._facts):
            chip = ChipButton(part, self)
            chip.clicked.connect(self._taking_away(part.without))
            self._chips.addWidget(chip)
            self.chips.append(chip)
        self.setVisible(self.wanted != FaceFilter())

    def _taking_away(self, without: FaceFilter) -> Callable[[], None]:
        return lambda: self.choose(without)

    def _read_facts(self) -> None:
        desk, wanted = self._desk, self.wanted
        self._ticket.cancel()

        def came(facts: FilterFacts) -> None:
            self._facts = facts
            self._show_chips()
            if facts.gone(wanted):
                self._messages.care(
                    self.tr("Something that this filter speaks of is no longer in the library.")
                )

        self._ticket = self._lane.run(self, lambda: desk.facts(wanted), came, self._messages.fault)

    # ------------------------------------------------------------------------------------- dialog

    def open_dialog(self, video: Video | None) -> None:
        """Ask what is wanted; ``video`` is the one that is shown."""
        dialog = FilterDialog(self._names, self._crops, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.choose)
        dialog.opened.connect(self._open_kept)
        dialog.kept.connect(self._keep)
        dialog.dropped.connect(self._drop)
        dialog.finished.connect(self._closed)
        known = self._facts.creators if self._facts else {}
        first = next(iter(self.wanted.creators), None)
        dialog.begin(self.wanted, known.get(first) if first is not None else None, video)
        self._dialog = dialog
        dialog.open()
        dialog.text.setFocus()
        desk, page = self._desk, self._page
        self._lane.run(
            dialog,
            lambda: (desk.choices(), desk.kept(page)),
            lambda found: dialog.show_choices(*found),
            dialog.refuse,
        )

    def _closed(self) -> None:
        self._dialog = None
        self.left.emit()

    def _open_kept(self, name: str) -> None:
        desk, page, dialog = self._desk, self._page, self._dialog

        def came(wanted: FaceFilter) -> None:
            if dialog is not None:
                dialog.accept()
            self.choose(wanted)

        if dialog is not None:
            self._lane.run(dialog, lambda: desk.open(page, name), came, dialog.refuse)

    def _keep(self, name: str, wanted: FaceFilter) -> None:
        desk, page = self._desk, self._page
        whole = replace(wanted, kinds=wanted.kinds or self._kinds())
        self._change_kept(lambda: desk.keep(page, name, whole))

    def _drop(self, name: str) -> None:
        desk, page = self._desk, self._page
        self._change_kept(lambda: desk.drop(page, name))

    def _change_kept(self, change: Callable[[], None]) -> None:
        desk, page, dialog = self._desk, self._page, self._dialog
        if dialog is None:
            return

        def job() -> tuple[str, ...]:
            change()
            return desk.kept(page)

        self._lane.run(dialog, job, dialog.show_kept, dialog.refuse)
