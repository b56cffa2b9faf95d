"""Asking for a stretch of the list of videos, in as many short queries as it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from facereview.records import VideoSummary
from facereview.review.library.desk import LibraryDesk, VideoFilter, VideoPage
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.wording.advice import told


@dataclass(frozen=True, slots=True)
class Stretch:
    """Videos behind ``after`` up to ``upto``; ``enough`` of them will do."""

    after: str
    upto: str | None
    enough: int
    rank: Rank = Rank.NORMAL


@dataclass(slots=True)
class Found:
    """What a stretch holds, looked at up to the path ``reached``; ``done``: to its end."""

    reached: str
    done: bool = False
    videos: list[VideoSummary] = field(default_factory=list)


class VideoFetch(QObject):
    """One stretch at a time; the queries of others may come between its own."""

    looked = Signal(str)
    """A query found too little and the next one follows; the path it reached."""
    failed = Signal(str)

    def __init__(self, desk: LibraryDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._ticket: Ticket | None = None
        self.text = ""
        self.show = VideoFilter.ALL

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._ticket is not None

    def cancel(self) -> None:
        """Forget what is under way."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None

    def ask(self, stretch: Stretch, then: Callable[[Found], object]) -> None:
        """Ask for a stretch; ``then`` gets what was found."""
        self._ask(stretch, Found(stretch.after), then)

    def _ask(self, stretch: Stretch, found: Found, then: Callable[[Found], object]) -> None:
        desk, text, show, after, upto = (
            self._desk,
            self.text,
            self.show,
            found.reached,
            stretch.upto,
        )

        def job() -> VideoPage:
            return desk.videos(text, show, after=after, upto=upto)

        def answered(page: VideoPage) -> None:
            self._ticket = None
            found.videos.extend(page.videos)
            found.reached, found.done = page.reached, page.done
            if found.done or len(found.videos) >= stretch.enough:
                then(found)
            else:
                self.looked.emit(page.reached)
                self._ask(stretch, found, then)

        self._ticket = self._lane.run(self, job, answered, self._fail, rank=stretch.rank)

    def _fail(self, error: Exception) -> None:
        self._ticket = None
        self.failed.emit(told(error))
