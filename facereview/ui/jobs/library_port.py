"""What the Videos and Settings pages need of the world below, as protocols.

``facereview.review.library.desk`` and ``library_service`` fulfil them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from facereview.errors import PackError
from facereview.records import Config, Face, Pixels, Progress, Thresholds, VideoSummary
from facereview.review.evidence.threshold_effect import ThresholdEffect
from facereview.review.library.desk import Connection, VideoFilter, VideoPage, VideoTally
from facereview.review.library.pack_choice import PackState
from facereview.review.library.service import About, Tested

if TYPE_CHECKING:
    from facereview.review.library.libraries import Libraries
    from facereview.review.scanning.scan import ScanReport

__all__ = [
    "About",
    "Connection",
    "Packs",
    "SettingsDesk",
    "SettingsLibrary",
    "Tested",
    "ThresholdEffect",
    "ThumbnailSource",
    "VideoFilter",
    "VideoLibrary",
    "VideoPage",
    "VideoTally",
    "VideosDesk",
]


class VideosDesk(Protocol):
    """Lists of videos. Every method is called on the database lane."""

    def videos(
        self,
        text: str = "",
        show: VideoFilter = VideoFilter.ALL,
        *,
        after: str = "",
        upto: str | None = None,
    ) -> VideoPage:
        """The next videos in path order; where not ``done``, ask on behind ``reached``."""

    def tally(self) -> VideoTally:
        """How many videos each filter shows."""

    def faces(self, video_id: int) -> tuple[Face, ...]:
        """All faces of a video, in time order."""

    def config(self) -> Config:
        """The settings in force."""


class SettingsDesk(Protocol):
    """The library's settings. Every method is called on the database lane."""

    def config(self) -> Config:
        """The settings in force."""

    def defaults(self) -> Thresholds:
        """The thresholds that the library's pack brings."""

    def set_config(self, key: str, value: str) -> Config:
        """Check and write one setting; Invalid where it makes no sense."""

    def reset_config(self, key: str) -> Config:
        """Let the default count again."""

    def connection(self) -> Connection:
        """The database in use."""


class Packs(Protocol):
    """Model packs."""

    def missing_pack(self) -> PackError | None:
        """Why nothing can be scanned for want of a pack; on the pixels lane."""

    def pack_state(self) -> PackState:
        """The packs as they stand; on the pixels lane."""

    def fetch_pack(
        self, name: str, *, accepted: bool, on_progress: Callable[[Progress], None]
    ) -> PackState:
        """Fetch a pack; on the work lane. Progress counts bytes."""

    def use_pack(self, source: str) -> PackState:
        """Use a pack by name or directory, after trying it; on the work lane."""


class VideoLibrary(Packs, Protocol):
    """What the Videos page works with."""

    def scan(
        self,
        paths: Sequence[Path],
        *,
        again: bool,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ScanReport:
        """Scan files and folders; on the work lane. Progress counts videos."""

    def scan_known(
        self, *, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> ScanReport:
        """Scan the videos that the library lists, as far as they were not; on the work lane."""

    def local(self, path: str) -> Path:
        """Where a path of the library is on this computer."""


class SettingsLibrary(Packs, Protocol):
    """What the Settings page works with."""

    libraries: Libraries

    @property
    def server(self) -> str:
        """The address of the library where another server holds it, "" for the built-in one."""

    def test_connection(self, url: str) -> Tested:
        """Whether the database at ``url`` can be used; on the database lane."""

    def mend_indexes(self) -> None:
        """Build the library's missing and unfinished indexes; on the work lane."""

    def curator(self) -> str:
        """What others see of this curator."""

    def call_curator(self, name: str) -> str:
        """Let others see this name from now on, empty: the login name; what they see then."""

    def about(self) -> About:
        """Versions, licences and the data folder; on the pixels lane."""

    def threshold_effect(
        self,
        key: str,
        value: str,
        *,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ThresholdEffect | None:
        """What a threshold would do, None for other settings; on the survey lane."""


class ThumbnailSource(Protocol):
    """Where pictures of videos come from; on the pixels lane."""

    def get(self, summary: VideoSummary) -> Pixels | None:
        """A small picture of a video, None where nothing of it can be shown."""
