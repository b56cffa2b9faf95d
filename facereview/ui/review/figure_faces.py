"""The faces that a figure counts, as a queue of the Review page, and what stands over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from facereview.ui.review.controller import ReviewController
from facereview.ui.review.queue import Tab
from facereview.ui.widgets.cards import Banner


class FigureFaces(Banner):
    """Shown as long as they are the queue."""

    left = Signal()
    """Go back to where the figure stands."""

    def __init__(self, controller: ReviewController, page: QWidget) -> None:
        super().__init__("insight", "blue", page)
        self._at, self._page = controller, page
        self.back = self.add_button(self.tr("Back to Insight"))
        self.back.clicked.connect(self.left)
        controller.queue.loaded.connect(self._queue_loaded)

    def show_faces(self, sentence: str, face_ids: NDArray[np.int32]) -> None:
        """Show these faces in this order, whatever became of them, under a sentence about them."""
        self._at.open_faces(face_ids)
        self.say(sentence)
        self._page.setFocus()

    def _queue_loaded(self) -> None:
        if self._at.queue.tab is not Tab.CHOSEN:
            self.say("")
