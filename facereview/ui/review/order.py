"""The order of the faces on the Review page: by what an answer settles, by time, or by a value."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from facereview.filters import SortBy
from facereview.review.questions.ordering import Ordered
from facereview.ui.review.controller import ReviewController
from facereview.ui.review.header import ReviewHeader
from facereview.ui.review.queue import Tab


class QueueOrder(QObject):
    """What the curator chose, and newer orders as they are made."""

    changed = Signal(object)
    """Another :class:`SortBy`."""

    def __init__(self, controller: ReviewController, header: ReviewHeader) -> None:
        super().__init__(controller)
        self._queue, self._header = controller.queue, header
        header.order_chosen.connect(self.choose)

    def choose(self, sort: SortBy) -> None:
        """Choose an order; the current face stays at hand."""
        queue = self._queue
        if queue.sort is sort:
            return
        queue.sort = sort
        self._header.show_order(sort)
        self.changed.emit(sort)
        if queue.loaded_once and queue.tab not in (Tab.SKIPPED, Tab.CHOSEN):
            queue.reload()

    def follow(self, ordered: Ordered) -> None:
        """There is a newer order of the questions."""
        self._queue.arrange(ordered.faces)
