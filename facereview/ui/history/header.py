"""What of the history is listed: whose, of which kind, about whom, of which days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from facereview.review.history.desk import MACHINE
from facereview.review.history.records import Curator, Group, Wanted
from facereview.ui.history import wording
from facereview.ui.widgets.fields import ChoiceField, SearchField
from facereview.ui.widgets.plain_text import clear_text, label
from facereview.ui.widgets.tabs import PageHeader, PillTabs
from facereview.ui.wording.library import day as day_text

EVERYBODY, MINE, BY_MACHINE = "everybody", "mine", "machine"
_TYPING_MS = 200
"""A search begins when no key was pressed for so long."""
_SPANS = (0, 1, 7, 30)
"""Days up to today; 0: all days."""
_COUNTED_FROM = 1200
"""Width of the header from which the number of entries stands there."""


class HistoryHeader(PageHeader):
    """Says what is to be listed, once typing pauses."""

    changed = Signal()
    left = Signal()
    """The search is done with: Enter, Down or Escape."""

    def __init__(self, actor: str, parent: QWidget | None = None) -> None:
        """``actor`` is the curator's own login name."""
        super().__init__(QCoreApplication.translate("Rail", "History"), parent)
        self._actor = actor
        self.day: date | None = None
        """The one day that is listed."""
        self.whose = PillTabs(
            self.tr("Whose"),
            [
                (EVERYBODY, self.tr("Everybody")),
                (MINE, self.tr("Mine")),
                (BY_MACHINE, self.tr("Automatic")),
            ],
            self,
        )
        self.others = self._choice(self.tr("Other curators"))
        self.kinds = self._choice(self.tr("Kinds"))
        self.days = self._choice(self.tr("Days"))
        self.search = SearchField(
            self.tr("about whom …"), self.tr("Only about creators whose names contain this"), self
        )
        self.count = label("", "dim", self)
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._fill()
        self._connect()

    def _choice(self, name: str) -> ChoiceField:
        made = ChoiceField(self)
        made.setAccessibleName(name)
        return made

    def _fill(self) -> None:
        self.whose.choose(EVERYBODY)
        for group in (None, *Group):
            self.kinds.addItem(wording.group_name(group), group)
        for span in _SPANS:
            self.days.addItem(wording.span_name(span), span)
        self.others.hide()
        for part in (self.whose, self.others, self.kinds, self.days):
            self.row.addWidget(part)
        self.row.addWidget(self.search, 1)
        self.row.addStretch(1)
        self.row.addWidget(self.count)

    def _connect(self) -> None:
        self.whose.chosen.connect(self._chose_whose)
        self.others.activated.connect(self._chose_other)
        self.kinds.activated.connect(lambda _row: self.changed.emit())
        self.days.activated.connect(self._chose_days)
        self._pause.timeout.connect(self.changed)
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.search.left.connect(self.left)

    @property
    def wanted(self) -> Wanted:
        """What is asked for."""
        first = self.day
        span = self.days.currentData()
        if self.day is None and span:
            first = datetime.now().astimezone().date() - timedelta(days=span - 1)
        return Wanted(
            self._whose(),
            self.kinds.currentData(),
            named=self.search.wanted.replace("\0", ""),
            first=first,
            last=self.day,
        )

    def _whose(self) -> str | None:
        chosen = {EVERYBODY: None, MINE: self._actor, BY_MACHINE: MACHINE}
        pill = self.whose.current()
        return chosen[pill] if pill else self.others.currentData()

    def show_curators(self, curators: Sequence[Curator]) -> None:
        """Offer those who did something, but for oneself."""
        others = [one for one in curators if one.login != self._actor]
        kept = self.others.currentData()
        with QSignalBlocker(self.others):
            self.others.clear()
            self.others.addItem(self.tr("Others"), None)
            for one in others:
                self.others.addItem(clear_text(one.name), one.login)
            self.others.setCurrentIndex(max(0, self.others.findData(kept)))
        self.others.setVisible(bool(others))

    def show_count(self, count: int | None) -> None:
        """Say how many entries there are."""
        self.count.setText("" if count is None else wording.HistoryWords().entries(count))

    def only_day(self, day: date | None) -> None:
        """List one day; None: all days."""
        self.day = day
        with QSignalBlocker(self.days):
            while self.days.count() > len(_SPANS):
                self.days.removeItem(self.days.count() - 1)
            if day is not None:
                self.days.addItem(day_text(day), 0)
            self.days.setCurrentIndex(0 if day is None else self.days.count() - 1)
        self.changed.emit()

    def clear(self) -> None:
        """Ask for everything."""
        with QSignalBlocker(self.search):
            self.search.clear()
        self._pause.stop()
        self.whose.choose(EVERYBODY)
        self.others.setCurrentIndex(0)
        self.kinds.setCurrentIndex(0)
        self.only_day(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.count.setVisible(self.width() >= _COUNTED_FROM)

    def _chose_whose(self, _key: str) -> None:
        self.others.setCurrentIndex(0)
        self.changed.emit()

    def _chose_other(self, row: int) -> None:
        if row:
            self.whose.choose_none()
        elif not self.whose.current():
            self.whose.choose(EVERYBODY)
        self.changed.emit()

    def _chose_days(self, row: int) -> None:
        if row < len(_SPANS):
            self.day = None
            self.changed.emit()
