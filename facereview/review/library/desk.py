"""What the Videos and Settings pages ask of a library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from facereview.home import curator
from facereview.records import Counts, Face, Thresholds
from facereview.review.farm.status import FarmDesk
from facereview.review.library.config import Settings
from facereview.review.scanning.replaced import Answer, Answered, ReplacedFiles, ReplacedFilm
from facereview.store.contract import contract
from facereview.store.store import Store
from facereview.store.videos import VideoFilter, VideoPage, VideoSearch, VideoTally

__all__ = [
    "Connection",
    "Index",
    "LibraryDesk",
    "VideoFilter",
    "VideoPage",
    "VideoSearch",
    "VideoTally",
]

PAGE = 200
"""Videos in one page of the list."""

_WIDE = 8000
"""Videos looked at by one query where most of them may not fit: some 30 ms of the lane."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index of the contract: ``valid`` is None where it is missing, size in bytes."""

    name: str
    valid: bool | None
    bytes: int


@dataclass(frozen=True, slots=True)
class Connection:
    """The database in use: ``place`` without its password, versions as ``18.4``."""

    place: str
    server: str
    pgvector: str
    indexes: tuple[Index, ...]
    counts: Counts


class LibraryDesk:
    """The library's videos, its settings and the database itself.

    Every method may raise DatabaseUnreachable while the database is out of reach.
    """

    def __init__(self, store: Store, pack: Callable[[], Thresholds]) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
        self._store = store
        self.settings = Settings(store, pack)
        self.farm = FarmDesk(store)

    def videos(
        self,
        text: str = "",
        show: VideoFilter = VideoFilter.ALL,
        *,
        after: str = "",
        upto: str | None = None,
    ) -> VideoPage:
        """The next videos in path order behind ``after`` and up to ``upto``.

        One short query: where ``done`` is false, ask on behind ``reached``.
        """
        search = VideoSearch(text.replace("\0", ""), show, PAGE, PAGE)
        if text or show is not VideoFilter.ALL:
            search = replace(search, window=_WIDE)
        return self._store.videos.page(search, after=after, upto=upto)

    def tally(self) -> VideoTally:
        """How many videos each filter shows."""
        return self._store.videos.tally()

    def faces(self, video_id: int) -> tuple[Face, ...]:
        """All faces of a video, in time order."""
        return self._store.faces.of_videos([video_id])[video_id]

    def replaced(self) -> list[ReplacedFilm]:
        """The films whose file was replaced and whose faces wait for an answer."""
        return self._replaced().films()

    def settle(self, film: int, answer: Answer) -> Answered:
        """Say what becomes of the faces of such a film; see :meth:`ReplacedFiles.answer`."""
        return self._replaced().answer(film, answer)

    def _replaced(self) -> ReplacedFiles:
        similar = self.settings.config().auto_tag_threshold
        return ReplacedFiles(self._store, similar, curator())

    def connection(self) -> Connection:
        """The database in use, as it stands."""
        versions = self._store.library.versions()
        states = {state.name: state for state in self._store.library.index_states()}
        indexes = tuple(
            Index(name, states[name].valid, states[name].bytes)
            if name in states
            else Index(name, None, 0)
            for name in contract().shared_indexes
        )
        place = self._store.database.place
        counts = self._store.library.counts()
        return Connection(place, versions.server, versions.pgvector or "", indexes, counts)
