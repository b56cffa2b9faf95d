"""What a figure opens: the faces it counts on Review, or their creators or videos."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from facereview.review.insight.behind import Behind
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.messages import Messages
from facereview.ui.wording.library import faces


class FigureOpener(QObject):
    """Reads which faces stand behind a figure, and asks for the page that shows them."""

    queue_wanted = Signal(str)
    """Show a queue of Review: ``pending``, ``automatic``, ``decided`` or ``rejected``."""
    faces_wanted = Signal(str, object)
    """Show these faces on Review: a sentence about them, and their ids (n,)."""
    videos_wanted = Signal(str)
    """List videos: a filter of the Videos page."""
    creator_wanted = Signal(int, str)
    """Show a creator, by id, and a part of its page."""
    creators_wanted = Signal(str)
    """Show a list of the Creators page."""
    pair_wanted = Signal(object, object)
    """Show two creators (:class:`Creator`) beside each other."""

    def __init__(
        self, library: LibraryService, lane: Lane, messages: Messages, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._library, self._lane, self._messages = library, lane, messages
        self._ticket = Ticket()

    def faces(self, figure: Behind, what: str) -> None:
        """Show the faces that a figure counts; ``what`` says which they are, in a few words.

        What was asked for before is not shown any more.
        """

        def came(found: NDArray[np.int32]) -> None:
            if not len(found):
                self._messages.info(self.tr("No face is behind this figure any more."))
                return
            text = self.tr("{faces}: {what}").format(faces=faces(len(found)), what=what)
            self.faces_wanted.emit(text, found)

        self._ticket.cancel()
        insight = self._library.insight
        self._ticket = self._lane.run(
            self, lambda: insight.faces_behind(figure), came, self._messages.fault
        )
