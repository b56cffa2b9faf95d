"""The files of one library's videos: finding them again, and removing videos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from facereview.home import curator
from facereview.media.crops import CropCache
from facereview.media.finding import kept_patterns
from facereview.mounts import Mounts
from facereview.records import Progress
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.review.library.opening import OpenLibrary
    from facereview.review.library.removing import RemovalPlan, Removing
    from facereview.review.scanning.locate import Located, LocatePlan, Locator


class LibraryFiles:
    """Each method takes a store of its own."""

    def __init__(self, library: OpenLibrary) -> None:
        self._library = library

    def search(
        self,
        paths: Sequence[Path],
        *,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> LocatePlan:
        """Look for the library's missing files there; see :meth:`Locator.search`."""
        with self._library.store() as store:
            return self._locator(store, cancelled).search(paths, on_progress, cancelled)

    def locate(
        self,
        plan: LocatePlan,
        *,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> Located:
        """Write where they are; see :meth:`Locator.locate`."""
        with self._library.store() as store:
            return self._locator(store, cancelled).locate(plan, on_progress, cancelled)

    def map_instead(self, plan: LocatePlan) -> None:
        """Look for the library's folder where it was found, on this computer only."""
        if plan.folders is not None:
            self._library.map_folders(Mounts((plan.folders,)))

    def removal(self, videos: Sequence[int]) -> RemovalPlan:
        """What would go with these videos; see :meth:`Removing.plan`."""
        with self._library.store() as store:
            return self._removing(store).plan(videos)

    def remove(self, plan: RemovalPlan) -> None:
        """Remove them; see :meth:`Removing.remove`."""
        with self._library.store() as store:
            self._removing(store).remove(plan)

    def _locator(self, store: Store, cancelled: Callable[[], bool]) -> Locator:
        from facereview.review.scanning.films import FilmFinder  # noqa: PLC0415
        from facereview.review.scanning.locate import Locator  # noqa: PLC0415

        library = self._library
        films = FilmFinder(store, library.crops(), library.mounts, cancelled)
        return Locator(store, films, library.mounts, kept_patterns(library.home))

    def _removing(self, store: Store) -> Removing:
        from facereview.review.library.removing import Removing  # noqa: PLC0415

        crops = self._library.home.crops(self._library.id)
        thumbnails = CropCache(crops.with_name("thumbnails"))
        return Removing(store, CropCache(crops), thumbnails, curator())
