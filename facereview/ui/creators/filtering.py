"""Which creators the Creators page lists, and in which order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from facereview.filters import CreatorFilter, CreatorSort
from facereview.review.filters.kept import NamedFilters
from facereview.ui.creators.loader import CreatorLoader
from facereview.ui.creators.view import CreatorsView
from facereview.ui.filters.creators import CreatorFilterBar
from facereview.ui.filters.wording import FilterWords
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.wording.library import creators


class CreatorsFiltering(QObject):
    """The bar, the menu of orders, and the list that follows them."""

    def __init__(
        self,
        named: NamedFilters[CreatorFilter],
        loader: CreatorLoader,
        lane: Lane,
        messages: Messages,
        view: CreatorsView,
    ) -> None:
        super().__init__(view)
        self._loader, self._view = loader, view
        self._sort = CreatorSort.NAME
        header = view.header
        self.bar = CreatorFilterBar(
            named, lane, messages, text=lambda: header.search.wanted, parent=view
        )
        self.orders = QMenu(view)
        self.orders.setAccessibleName(self.tr("Order of the creators"))
        self._make_orders()
        view.show_bar(self.bar)
        self.bar.left.connect(header.left)
        self.bar.changed.connect(self._chosen)
        header.filter.clicked.connect(self.bar.open_dialog)
        view.model.modelReset.connect(self._count)
        view.model.revealed.connect(self._give_up)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the keys do."""
        return {
            "filter_creators": self.bar.open_dialog,
            "clear_creator_filter": self.bar.clear.click,
            "order_creators": self._open_orders,
        }

    def look_again(self) -> None:
        """Creators or their counts may have changed."""
        self._look(again=True)

    def _look(self, *, again: bool) -> None:
        wanted, sort = self.bar.wanted, self._sort
        self._view.model.sorted = sort is not CreatorSort.NAME
        if wanted == CreatorFilter() and not self._view.model.sorted:
            self._loader.filter(None, again=again)
        else:
            self._loader.filter((wanted, sort), again=again)

    def _order(self, sort: CreatorSort) -> None:
        self._sort = sort
        self._look(again=False)

    def _chosen(self, wanted: CreatorFilter) -> None:
        self._view.header.search.setText(wanted.text)
        self._look(again=False)

    def _give_up(self) -> None:
        """Somebody is to be at hand whom the filter hides, or who is newer than the list."""
        everybody = self.bar.beside(CreatorFilter())
        if everybody == self.bar.beside(self.bar.wanted):
            self.look_again()
        else:
            self.bar.choose(everybody)

    def _count(self) -> None:
        self.bar.say_count(creators(self._view.model.rowCount()))

    def _make_orders(self) -> None:
        words, group = FilterWords(self), QActionGroup(self)
        for sort in CreatorSort:
            action = QAction(words.creator_sort(sort), self)
            action.setCheckable(True)
            action.setChecked(sort is self._sort)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, sort=sort: self._order(sort))
            self.orders.addAction(action)

    def _open_orders(self) -> None:
        self.orders.popup(self._view.list.mapToGlobal(QPoint(0, 0)))
