"""The tracks of one library, for the window: what is to be linked, and linking it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from facereview.records import Progress
from facereview.review.evidence.teaching import Teaching

if TYPE_CHECKING:
    from facereview.review.evidence.track_update import TrackScope, TrackUpdate
    from facereview.review.library.opening import OpenLibrary


class LibraryTracks:
    """Each method takes a store of its own; :meth:`follow` belongs to one lane."""

    def __init__(self, library: OpenLibrary) -> None:
        self._library = library
        self._teaching = Teaching()

    def scope(self) -> TrackScope:
        """How many faces are to be linked."""
        with self._library.store() as store:
            return self._library.track_updater(store).scope()

    def update(
        self, *, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> TrackUpdate:
        """Link what is to be linked; see :meth:`TrackUpdater.up_to_date`."""
        with self._library.store() as store:
            updater = self._library.track_updater(store)
            return updater.up_to_date(on_progress=on_progress, cancelled=cancelled)

    def follow(self) -> tuple[int, ...] | None:
        """Link and judge again what was decided on; the faces of which something else is said now.

        None where that is work for :meth:`update`; see :meth:`TrackUpdater.follow`.
        """
        with self._library.store() as store:
            updater = self._library.track_updater(store, self._teaching)
            followed = updater.follow()
            return None if followed is None else followed.shown_otherwise()
