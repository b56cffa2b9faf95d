"""What the Videos and Settings pages ask of a library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from facereview.filters import VideoFilter, VideoOrder
from facereview.home import curator
from facereview.records import Counts, Face, Thresholds, VideoSummary
from facereview.review.farm.status import FarmDesk
from facereview.review.filters.kept import NamedFilters
from facereview.review.library.config import Settings
from facereview.review.scanning.replaced import Answer, Answered, ReplacedFiles, ReplacedFilm
from facereview.store.contract import contract
from facereview.store.filters.videos import VideoPage, VideoPlace
from facereview.store.store import Store
from facereview.store.videos import VideoTally

__all__ = [
    "Connection",
    "Index",
    "LibraryDesk",
    "VideoPage",
    "VideoPlace",
    "VideoTally",
]


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
        self.filters = NamedFilters(store, "videos", VideoFilter, curator())

    def videos(
        self, wanted: VideoFilter, order: VideoOrder, limit: int, after: VideoPlace | None = None
    ) -> VideoPage:
        """The next videos of a filter behind ``after``, at most ``limit``."""
        return self._store.filtered_videos.page(wanted, order, limit, after)

    def count(self, wanted: VideoFilter) -> int:
        """How many videos a filter shows."""
        return self._store.filtered_videos.count(wanted)

    def summaries(self, video_ids: Sequence[int]) -> list[VideoSummary]:
        """Videos with their counts and scans, in this order; those that are gone are absent."""
        return self._store.videos.summaries(video_ids)

    def tally(self) -> VideoTally:
        """How many videos there are of each kind."""
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
