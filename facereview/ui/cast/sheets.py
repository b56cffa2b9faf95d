"""Reading cast sheets, and the videos in the order in which one goes through them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.cast.desk import CastDesk
from facereview.review.cast.records import CastOrder, CastSheet
from facereview.review.scanning.thumbnails import Thumbnails
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.loader import Loader
from facereview.ui.widgets.known_names import KnownNames


@dataclass(frozen=True, slots=True)
class CastParts:
    """What the page reads from; ``survey`` is used on the lane of that name."""

    desk: CastDesk
    survey: CastDesk
    thumbnails: Thumbnails
    names: KnownNames


_PAUSE_MS, _PAUSES = 100, 20
"""The order is not read again within this time, nor within so many times what it took last."""
_KEPT = 8
"""Sheets that are kept: those gone through, and the next one."""


class CastSheets(Loader[int, None, CastSheet]):
    """Sheets by video; one that is gone or failed is asked for again the next time."""

    def __init__(self, desk: CastDesk, lane: Lane, parent: QObject | None = None) -> None:
        def job(wishes: Mapping[int, None], ticket: Ticket) -> dict[int, CastSheet]:
            return dict(_read(desk, wishes, ticket))

        super().__init__(lane, job, parent, budget=_KEPT, retries=True)

    def want(self, video: int, ahead: Sequence[int]) -> None:
        """Load a video's sheet now, and those that are likely to be opened next."""
        self.load({video: None}, dict.fromkeys(ahead), rank=Rank.URGENT)


def _read(
    desk: CastDesk, wishes: Mapping[int, None], ticket: Ticket
) -> Iterator[tuple[int, CastSheet]]:
    for video in wishes:
        sheet = None if ticket.cancelled else desk.sheet(video)
        if sheet is not None:
            yield video, sheet


class VideoOrder(QObject):
    """The videos that wait for a curator, those first of which one key settles most.

    One that was opened by itself is the first, and those that were gone through keep their place
    when it is read again.
    """

    changed = Signal()
    failed = Signal(object)
    """Why it could not be read."""

    def __init__(self, desk: CastDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._lane = desk, lane
        self._ticket = Ticket()
        self._later = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._later.timeout.connect(self._ask)
        self._found = np.zeros(0, np.int32)
        """As it was read last."""
        self._here: int | None = None
        self._first = False
        self.videos = self._found
        """All of them in order, shape (n,)."""
        self.read = False

    def begin(self, video: int) -> None:
        """Put this video first, if anything of it waits, and read it again."""
        self._here, self._first = video, True
        if self.read:
            self._arrange()
        self.look()

    def look(self, here: int | None = None) -> None:
        """Read it again; with a video, all up to it stay where they are from now on.

        It is read at once the first time, then not before a pause that is long beside the reading:
        in a large library that takes seconds of all that the server has.
        """
        if here is not None:
            self._here, self._first = here, False
        if not self.read:
            self._ask()
        elif not self._later.isActive():
            self._later.start()

    def _ask(self) -> None:
        self._ticket.cancel()
        desk, start = self._desk, time.monotonic()

        def came(order: CastOrder) -> None:
            taken = round((time.monotonic() - start) * 1000)
            self._later.setInterval(max(_PAUSE_MS, _PAUSES * taken))
            self._found, self.read = order.videos, True
            self._arrange()

        self._ticket = self._lane.run(self, desk.order, came, self.failed.emit, rank=Rank.AHEAD)

    def _arrange(self) -> None:
        kept = self.videos[: self.place(self._here) or 0]
        if self._first:
            kept = self._found[self._found == self._here]
        self.videos = np.concatenate([kept, self._found[~np.isin(self._found, kept)]])
        self.changed.emit()

    def step(self, video: int | None, by: int) -> int | None:
        """The video so many places on; None where there is none.

        From a video of which nothing waits it goes on to the first one.
        """
        place = self.place(video)
        to = place - 1 + by if place is not None else 0 if by > 0 else -1
        return int(self.videos[to]) if 0 <= to < len(self.videos) else None

    def place(self, video: int | None) -> int | None:
        """The number of a video in the order, from 1."""
        found = np.flatnonzero(self.videos == (video or 0))
        return int(found[0]) + 1 if len(found) else None
