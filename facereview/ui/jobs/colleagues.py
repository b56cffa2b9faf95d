"""Hears what other windows do, and tells them which face is open here."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.colleagues import Colleagues, Heard, News, Presence
from facereview.ui.jobs.lanes import Lane, Ticket

_STAYED_MS = 150
"""Delay before others are told of the current face, so that not every key is sent."""
_RENEWED_MS = 20_000
_HOLDS_SECONDS = 60.0
"""How long what a window announced is valid; a crashed window has no face open."""


class ColleagueWatch(QObject):
    """Listens on a lane of its own as long as the window is open."""

    news = Signal(object)
    """Carries :class:`News`."""
    presence_changed = Signal()
    """Somebody opened another face."""

    def __init__(
        self,
        colleagues: Colleagues,
        lane: Lane,
        who: Callable[[], str],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``who`` is what this curator is called."""
        super().__init__(parent)
        self._colleagues = colleagues
        self._lane = lane
        self._who = who
        self._clock = clock
        self._out: SimpleQueue[Presence] = SimpleQueue()
        self._open: dict[str, tuple[Presence, float]] = {}
        self._face: int | None = None
        self._stayed = QTimer(self, singleShot=True, interval=_STAYED_MS)
        self._stayed.timeout.connect(self._tell)
        self._renewed = QTimer(self, interval=_RENEWED_MS)
        self._renewed.timeout.connect(self._renew)

    def start(self) -> None:
        """Begin to listen."""
        self._renewed.start()
        colleagues, lane, out, ticket = self._colleagues, self._lane, self._out, Ticket()

        def job() -> None:
            try:
                while not ticket.cancelled:
                    heard = colleagues.wait(_drained(out))
                    if heard != Heard():
                        lane.tell(self, self._arrived, heard)
                colleagues.wait([Presence("", "", None)])
            finally:
                colleagues.close()

        lane.run(self, job, ticket=ticket)

    def open_face(self, face: int | None) -> None:
        """Announce the current face."""
        self._face = face
        self._stayed.start()

    def with_open(self, face: int | None) -> tuple[str, ...]:
        """The colleagues who have this face open."""
        since = self._clock() - _HOLDS_SECONDS
        return tuple(
            presence.who
            for presence, at in self._open.values()
            if face is not None and presence.face == face and at > since
        )

    def _renew(self) -> None:
        self._tell()
        self.presence_changed.emit()  # some have expired

    def _tell(self) -> None:
        self._out.put(Presence("", self._who(), self._face))

    def _arrived(self, heard: Heard) -> None:
        if heard.asked:
            self._tell()
        for presence in heard.presences:
            self._open[presence.window] = (presence, self._clock())
        if heard.presences:
            self.presence_changed.emit()
        if heard.news is not None:
            self.news.emit(heard.news)


class Following(QObject):
    """Delivers news to subscribers, combined and at a limited rate."""

    def __init__(self, watch: ColleagueWatch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._followers: list[tuple[QTimer, list[News], Callable[[News], object]]] = []
        watch.news.connect(self._heard)

    def add(self, follower: Callable[[News], object], *, every_ms: int) -> None:
        """Subscribe, at most once in ``every_ms``."""
        gathered: list[News] = []
        timer = QTimer(self, singleShot=True, interval=every_ms)

        def over() -> None:
            if gathered:
                news = merged(gathered)
                gathered.clear()
                timer.start()
                follower(news)

        timer.timeout.connect(over)
        self._followers.append((timer, gathered, follower))

    def _heard(self, news: News) -> None:
        for timer, gathered, _ in self._followers:
            gathered.append(news)
            if not timer.isActive():
                timer.start()


def merged(several: list[News]) -> News:
    """Combined news; the latest about a face counts."""
    last: dict[int, bool] = {}
    for news in several:
        last.update(dict.fromkeys(news.decided, True) | dict.fromkeys(news.pending, False))
    return News(
        tuple(face for face, decided in last.items() if decided),
        tuple(face for face, decided in last.items() if not decided),
        tuple(dict.fromkeys(face for news in several for face in news.new)),
        creators=any(news.creators for news in several),
        clusters=any(news.clusters for news in several),
        videos=any(news.videos for news in several),
        settings=any(news.settings for news in several),
        everything=any(news.everything for news in several),
    )


def _drained(out: SimpleQueue[Presence]) -> list[Presence]:
    """The latest only."""
    said: list[Presence] = []
    with suppress(Empty):
        while True:
            said = [out.get_nowait()]
    return said
