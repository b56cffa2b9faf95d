"""The History page: what was done, newest first; an entry opened beside it, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from facereview.media.pixels import LibraryPixels
from facereview.records import Face, Video
from facereview.review.colleagues import News
from facereview.review.history.desk import HistoryDesk
from facereview.review.history.records import Curator, EntryPage, Place, Wanted
from facereview.ui.actions.menus import install_with_menu
from facereview.ui.history.entry import EntryAtHand
from facereview.ui.history.header import HistoryHeader
from facereview.ui.history.list import HistoryList
from facereview.ui.history.panel import HistoryPanel
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes, Ticket
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.placeholders import Choice, LoadingLabel, Notice
from facereview.ui.wording.advice import told

_CLEAR, _AGAIN = "clear", "again"
_NARROWEST, _WIDEST = 300, 460


@dataclass(frozen=True, slots=True)
class _Read:
    """A page of entries with what their faces are cut out of."""

    page: EntryPage
    pictures: Mapping[int, tuple[Face, Video]]
    curators: list[Curator]
    count: int | None


class HistoryPage(QWidget):
    """Reads the history whenever it comes to sight, and when something was done."""

    def __init__(
        self,
        desk: HistoryDesk,
        decider: Decider,
        lanes: Lanes,
        messages: Messages,
        *,
        pixels: LibraryPixels,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("History"))
        self._desk = desk
        self._lane, self._messages = lanes.survey, messages
        self.crops = CropStore(pixels, lanes.pixels, self)
        self.header = HistoryHeader(desk.actor, self)
        self.list = HistoryList(self.crops, self)
        self.panel = HistoryPanel(self.crops, self)
        self.entry = EntryAtHand(
            desk, decider, lanes.survey, messages, entries=self.list, panel=self.panel
        )
        self.notice = Notice(self)
        self.waits = LoadingLabel(self)
        self._after: Place | None = None
        self._ticket = Ticket()
        self._reading = False
        self._lay_out()
        self._connect(decider)
        self._install_keys()

    def _lay_out(self) -> None:
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.notice)
        self.waits.setContentsMargins(24, 12, 24, 0)
        left = flush(QVBoxLayout())
        left.addWidget(self.waits)
        left.addWidget(self._stack, 1)
        self._edge = hairline("vertical", self)
        row = flush(QHBoxLayout())
        row.addLayout(left, 1)
        row.addWidget(self._edge)
        row.addWidget(self.panel)
        column = flush(QVBoxLayout(self))
        column.addWidget(self.header)
        column.addWidget(hairline("horizontal", self))
        column.addLayout(row, 1)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def _connect(self, decider: Decider) -> None:
        self.header.changed.connect(lambda: self.refresh(anew=True))
        self.header.left.connect(self.setFocus)
        self.list.more_wanted.connect(self._read_more)
        self.notice.chosen.connect(self._answer)
        for told_of in (decider.reverted, decider.came):
            told_of.connect(lambda _outcome: self._follow())

    def _install_keys(self) -> None:
        install_with_menu(
            self,
            "history",
            {
                "take_back": self.entry.take_back,
                "history_day": self._only_day,
                "history_find": self.header.search.take_focus,
                "history_all": self.header.clear,
                "history_reload": self.refresh,
            },
        )

    # ------------------------------------------------------------------------------------ reading

    def refresh(self, *, anew: bool = False) -> None:
        """Read the first entries again; ``anew``: others are asked for, and the first is chosen."""
        chosen = None if anew or self.list.entry is None else self.list.entry.token
        desk, wanted = self._desk, self.header.wanted
        self._ticket.cancel()
        self._reading = True
        self.waits.waiting.begin()
        self._ticket = self._lane.run(
            self,
            lambda: _read(desk, wanted, None),
            lambda read: self._show(read, chosen),
            self._failed,
        )

    def _read_more(self) -> None:
        desk, wanted, after = self._desk, self.header.wanted, self._after
        if after is None or self._reading:
            return
        self._reading = True
        self._ticket = self._lane.run(
            self, lambda: _read(desk, wanted, after), self._add, self._failed
        )

    def _show(self, read: _Read, chosen: str | None) -> None:
        self.waits.waiting.end()
        self._reading = False
        self._after = read.page.after
        self.header.show_curators(read.curators)
        self.header.show_count(read.count)
        self.list.delegate.pictures = dict(read.pictures)
        self.list.rows.show_entries(read.page.entries)
        if read.page.entries:
            self._show_part(self.list)
            self.list.choose(chosen)
        else:
            self._show_nothing()

    def _add(self, read: _Read) -> None:
        self._reading = False
        self._after = read.page.after
        self.list.delegate.pictures = {**self.list.delegate.pictures, **read.pictures}
        self.list.rows.add_entries(read.page.entries)

    def _failed(self, fault: Exception) -> None:
        self.waits.waiting.give_up()
        self._reading = False
        if self.list.rows.rowCount():
            self._messages.fault(fault)
            return
        again = Choice(_AGAIN, "", "", "", self.tr("Try again"))
        text = self.tr("The history cannot be read")
        self.notice.show_notice("warning", text, told(fault), colour="red", choices=[again])
        self._show_part(self.notice)

    def _show_nothing(self) -> None:
        everything = self.header.wanted == Wanted()
        if everything:
            text = self.tr("Everything that is done in this library is listed here from now on.")
            self.notice.show_notice("history", self.tr("Nothing was done yet"), text)
        else:
            clear = Choice(_CLEAR, "", "", "", self.tr("List everything"))
            text = self.tr("Nothing that was done fits what is asked for.")
            heading = self.tr("Nothing found")
            self.notice.show_notice("search", heading, text, choices=[clear])
        self._show_part(self.notice)
        self.entry.choose(None)

    def _show_part(self, part: QWidget) -> None:
        listed = part is self.list
        self._stack.setCurrentWidget(part)
        self.panel.setVisible(listed)
        self._edge.setVisible(listed)
        if listed and self.hasFocus():
            self.list.setFocus()

    def _answer(self, choice: str) -> None:
        if choice == _CLEAR:
            self.header.clear()
        else:
            self.refresh()

    # ----------------------------------------------------------------------------------- what comes

    def _only_day(self) -> None:
        entry = self.list.entry
        one = self.header.day is None and entry is not None
        self.header.only_day(entry.when.date() if one and entry is not None else None)

    def follow_others(self, _news: News) -> None:
        """Others did something."""
        self._follow()

    def _follow(self) -> None:
        if self.isVisible() and self.list.verticalScrollBar().value() == 0:
            self.refresh()
        elif self.isVisible():
            self.entry.look_again()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._stack.currentWidget() is self.list:
            self.list.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = min(_WIDEST, max(_NARROWEST, round(self.width() * 0.28)))
        self.panel.setFixedWidth(width)


def _read(desk: HistoryDesk, wanted: Wanted, after: Place | None) -> _Read:
    """A page of entries; the first one with all that stands beside the list."""
    page = desk.page(wanted, after)
    pictures = desk.pictures([face for entry in page.entries for face in entry.shown])
    if after is not None:
        return _Read(page, pictures, [], None)
    return _Read(page, pictures, desk.curators(), desk.count(wanted))
