"""The filter of a page: its chips, its dialog, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.filters import Filter
from facereview.review.filters.kept import FilterFacts, NamedFilters
from facereview.ui.filters.dialog import FilterDialog
from facereview.ui.filters.flow import Flow
from facereview.ui.filters.wording import Chip
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Tinted
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.plain_text import ElidedLabel, PlainButton, button, set_tip

_TAKE_AWAY = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class ChipButton(PlainButton):
    """A part of a filter; pressing it, Delete and Backspace take it away."""

    def __init__(self, chip: Chip, parent: QWidget) -> None:
        super().__init__(f"{chip.text}  ×", parent)
        self.setProperty("kind", "pill")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        remove = self.tr("Take away: {part}").format(part=chip.text)
        self.setAccessibleName(remove)
        set_tip(self, remove)

    def event(self, event: QEvent) -> bool:
        """What these keys do on the page, where they do something, does not go before."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in _TAKE_AWAY:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace press it too."""
        if event.key() in _TAKE_AWAY:
            self.click()
        else:
            super().keyPressEvent(event)


class FilterBar(Tinted):
    """Shown while something is filtered; the dialog opens all the same.

    Each kind of filter has a class of its own, which says what is peculiar to it.
    """

    changed = Signal(object)
    """Another :class:`Filter` is wanted."""
    left = Signal()
    """The keys go back to the page."""

    def __init__(
        self,
        named: NamedFilters[Any],
        empty: Filter,
        lane: Lane,
        messages: Messages,
        parent: QWidget,
    ) -> None:
        """``empty`` is the filter that wants all."""
        super().__init__("blue", parent)
        self._named, self._empty = named, empty
        self._lane, self._messages = lane, messages
        self._ticket = Ticket()
        self.facts: FilterFacts | None = None
        """What the filter speaks of, once that was read."""
        self._dialog: FilterDialog | None = None
        self.wanted: Any = self._empty
        self.chips: list[ChipButton] = []
        self.count = ElidedLabel("", "dim", self)
        self.clear = button(self.tr("Clear the filter"), "flat", self)
        self.clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clear.clicked.connect(lambda: self.choose(self.beside(self._empty)))
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

    # ------------------------------------------------------------------- peculiar to each kind

    def chips_of(self, wanted: Any, facts: FilterFacts | None) -> list[Chip]:
        """Each part of a filter; ``facts`` None: they are not read yet."""
        raise NotImplementedError

    def own(self, wanted: Any) -> Any:
        """A filter without what the page itself shows of it."""
        raise NotImplementedError

    def beside(self, wanted: Any) -> Any:
        """A filter of the bar, with what the page itself shows now."""
        return wanted

    def whole(self, wanted: Any) -> Any:
        """A filter of the dialog as it is kept."""
        return wanted

    # -----------------------------------------------------------------------------------------

    def choose(self, wanted: Filter) -> None:
        """Want another filter from now on; what the page itself shows of it is told with it."""
        if wanted == self.beside(self.wanted):
            return
        self.wanted, self.facts = self.own(wanted), None
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
        for part in self.chips_of(self.wanted, self.facts):
            chip = ChipButton(part, self)
            chip.clicked.connect(self._taking_away(part.without))
            self._chips.addWidget(chip)
            self.chips.append(chip)
        self.setVisible(self.wanted != self._empty)

    def _taking_away(self, without: Filter) -> Callable[[], None]:
        return lambda: self.choose(self.beside(without))

    def _read_facts(self) -> None:
        named, wanted = self._named, self.wanted
        self._ticket.cancel()

        def came(facts: FilterFacts) -> None:
            self.facts = facts
            self._show_chips()
            if facts.gone:
                self._messages.care(
                    self.tr("Something that this filter speaks of is no longer in the library.")
                )

        self._ticket = self._lane.run(self, lambda: named.facts(wanted), came, self._messages.fault)

    # ------------------------------------------------------------------------------------- dialog

    def show_dialog(self, dialog: FilterDialog) -> None:
        """Ask what is wanted."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.choose)
        dialog.opened.connect(self._open_kept)
        dialog.kept.connect(self._keep)
        dialog.dropped.connect(self._drop)
        dialog.finished.connect(self._closed)
        self._dialog = dialog
        dialog.open()
        dialog.text.setFocus()
        named = self._named
        self._lane.run(
            dialog,
            lambda: (named.choices(), named.names()),
            lambda found: dialog.show_choices(*found),
            dialog.refuse,
        )

    def _closed(self) -> None:
        self._dialog = None
        self.left.emit()

    def _open_kept(self, name: str) -> None:
        named, dialog = self._named, self._dialog

        def came(wanted: Filter) -> None:
            if dialog is not None:
                dialog.accept()
            self.choose(wanted)

        if dialog is not None:
            self._lane.run(dialog, lambda: named.open(name), came, dialog.refuse)

    def _keep(self, name: str, wanted: Filter) -> None:
        named, whole = self._named, self.whole(wanted)
        self._change_kept(lambda: named.keep(name, whole))

    def _drop(self, name: str) -> None:
        named = self._named
        self._change_kept(lambda: named.drop(name))

    def _change_kept(self, change: Callable[[], None]) -> None:
        named, dialog = self._named, self._dialog
        if dialog is None:
            return

        def job() -> tuple[str, ...]:
            change()
            return named.names()

        self._lane.run(dialog, job, dialog.show_kept, dialog.refuse)
