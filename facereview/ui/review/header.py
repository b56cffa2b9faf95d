"""The header of the Review page: the queues, and how much is left."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from facereview.filters import SortBy
from facereview.ui.actions.table import action_button, first_key
from facereview.ui.filters.wording import FilterWords
from facereview.ui.review.queue import Tab
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.plain_text import ElidedLabel, button, label, set_tip
from facereview.ui.widgets.tabs import PageHeader, PillTabs


class ReviewHeader(PageHeader):
    """Tabs for the queues, and how many faces are left."""

    tab_chosen = Signal(object)
    """A :class:`Tab`."""
    overruled_wanted = Signal()
    order_chosen = Signal(object)
    """A :class:`SortBy`."""
    filter_wanted = Signal()
    """Say what is to be filtered."""

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
                (Tab.ALL, self.tr("All")),
            ],
            self,
        )
        self.pills.chosen.connect(lambda key: self.tab_chosen.emit(Tab(key)))
        self._words = FilterWords(self)
        self._make_order_and_filter()
        self.overruled = button("", "flat", self)
        self.overruled.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.overruled.clicked.connect(self.overruled_wanted)
        self._overruled_key = KeyCap(first_key("overruled"), self)
        self._settles = label("", "dim", self)
        self._faces = label("", "strong", self)
        self._left = ElidedLabel("", "dim", self)
        self._lay_out()

    def _make_order_and_filter(self) -> None:
        self.order = button("", "flat", self)
        self.order.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.orders = QMenu(self.order)
        self._make_orders()
        self.order.clicked.connect(self._open_orders)
        self.filter = action_button("filter", "flat", self)
        self.filter.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.filter.clicked.connect(self.filter_wanted)

    def _lay_out(self) -> None:
        row = self.row
        row.setSpacing(4)
        row.addSpacing(4)
        row.addWidget(self.pills)
        row.addWidget(self.order)
        row.addWidget(KeyCap(first_key("filter"), self))
        row.addWidget(self.filter)
        row.addWidget(self._overruled_key)
        row.addWidget(self.overruled)
        self.show_overruled(0)
        self.show_order(SortBy.PAYOFF)
        row.addStretch(1)
        for words in (self._settles, self._faces, self._left):
            row.addWidget(words)

    def show_tab(self, tab: Tab) -> None:
        """Mark the queue that is shown; the faces of a figure have no pill."""
        self.order.setVisible(tab not in (Tab.SKIPPED, Tab.CHOSEN))
        if tab is Tab.CHOSEN:
            self.pills.choose_none()
        else:
            self.pills.choose(tab)

    def show_counts(self, counts: Mapping[Tab, int]) -> None:
        """How many faces each queue has, as far as that is known."""
        for tab in set(Tab) - {Tab.CHOSEN}:
            self.pills.set_count(tab, counts.get(tab))

    def _make_orders(self) -> None:
        group = QActionGroup(self)
        self._orders = {sort: QAction(self._words.sort(sort), self) for sort in SortBy}
        for sort, action in self._orders.items():
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, sort=sort: self.order_chosen.emit(sort))
            self.orders.addAction(action)

    def _open_orders(self) -> None:
        self.orders.popup(self.order.mapToGlobal(QPoint(0, self.order.height())))

    def show_order(self, sort: SortBy) -> None:
        """Which order the faces have."""
        self._orders[sort].setChecked(True)
        self.order.setText(self._words.sort(sort))
        tip = self.tr("The order of the faces; {payoff} by what an answer settles, {time} by time")
        set_tip(
            self.order,
            tip.format(payoff=first_key("order_payoff"), time=first_key("order_time")),
        )

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
