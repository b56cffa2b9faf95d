"""The header of the Review page: the queues, and how much is left."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QWidget

from facereview.ui.actions.table import first_key
from facereview.ui.review.queue import Tab, Tally
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.plain_text import ElidedLabel, button, label
from facereview.ui.widgets.tabs import PageHeader, PillTabs


class ReviewHeader(PageHeader):
    """Tabs for the queues, and how many faces are left."""

    tab_chosen = Signal(object)
    """A :class:`Tab`."""
    overruled_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("ReviewHeader", "Review"), parent)
        self.pills = PillTabs(
            self.tr("Which faces"),
            [
                (Tab.PENDING, self.tr("Pending")),
                (Tab.AUTOMATIC, self.tr("Automatic")),
                (Tab.SKIPPED, self.tr("Skipped")),
                (Tab.DECIDED, self.tr("Decided")),
                (Tab.REJECTED, self.tr("Rejected")),
            ],
            self,
        )
        self.pills.chosen.connect(lambda key: self.tab_chosen.emit(Tab(key)))
        self.overruled = button("", "flat", self)
        self.overruled.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.overruled.clicked.connect(self.overruled_wanted)
        self._overruled_key = KeyCap(first_key("overruled"), self)
        self._settles = label("", "dim", self)
        self._faces = label("", "strong", self)
        self._left = ElidedLabel("", "dim", self)
        self._lay_out()

    def _lay_out(self) -> None:
        row = self.row
        row.setSpacing(4)
        row.addSpacing(4)
        row.addWidget(self.pills)
        row.addWidget(self._overruled_key)
        row.addWidget(self.overruled)
        self.show_overruled(0)
        row.addStretch(1)
        for words in (self._settles, self._faces, self._left):
            row.addWidget(words)

    def show_counts(self, tally: Tally, skipped: int) -> None:
        known = tally.counts is not None
        self.pills.set_count(Tab.PENDING, tally.pending if known else None)
        self.pills.set_count(Tab.AUTOMATIC, tally.automatic if known else None)
        self.pills.set_count(Tab.SKIPPED, skipped)
        self.pills.set_count(Tab.DECIDED, tally.decided if known else None)
        self.pills.set_count(Tab.REJECTED, tally.rejected if known else None)

    def show_overruled(self, count: int) -> None:
        """How many overruled decisions have not been seen."""
        words = self.tr("%n of your decisions overruled by another curator", "", count)
        self.overruled.setText(words)
        self.overruled.setVisible(count > 0)
        self._overruled_key.setVisible(count > 0)

    def show_work(self, settles: int, left: int, seconds: float | None) -> None:
        """Say what the next key settles, and what is left after that many faces and minutes."""
        bulk = settles > 1
        self._settles.setVisible(bulk)
        self._faces.setVisible(bulk)
        self._settles.setText(self.tr("this key settles"))
        self._faces.setText(self.tr("%n faces", "", settles) if bulk else "")
        parts = [self.tr("{count} to go").format(count=self.locale().toString(left))]
        if seconds is not None:
            parts.append(self._time(seconds))
        self._left.setText(("· " if bulk else "") + " · ".join(parts) if left else "")

    def _time(self, seconds: float) -> str:
        minutes = max(1, round(seconds / 60))
        if minutes < 90:
            return self.tr("about %n min at your pace", "", minutes)
        return self.tr("about %n hours at your pace", "", round(minutes / 60))
