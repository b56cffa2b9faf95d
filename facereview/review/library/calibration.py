"""The calibration of one library, for the window and the commands: when it is fitted again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from facereview.errors import Cancelled
from facereview.records import Progress
from facereview.review.evidence.certainty import Mode
from facereview.review.evidence.fitting import recorded

if TYPE_CHECKING:
    from facereview.review.library.opening import OpenLibrary
    from facereview.store.store import Store

_BATCH = 50


class LibraryCalibration:
    """Methods belong to the lane of linking; each takes a store of its own."""

    def __init__(self, library: OpenLibrary) -> None:
        self._library = library

    def refit(
        self, *, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> bool:
        """Fit again where enough was decided or undone since; whether that was so.

        Raises:
            Cancelled: ``cancelled`` said so; a fit that was done stays.
        """
        with self._library.store() as store:
            fitter = self._library.fitter(store)
            if not fitter.due():
                return False
            fitter.fit(on_progress, cancelled)
            self._judge_settled(store, on_progress, cancelled)
            return True

    def _judge_settled(
        self,
        store: Store,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Judge anew what was settled and not checked; nothing is taken back.

        Faces whose risk is above the rate that they were settled at now are those that a check of
        the machine's matches shows first.
        """
        from facereview.review.evidence.library_judging import LibraryJudge  # noqa: PLC0415
        from facereview.review.evidence.teaching import Teaching  # noqa: PLC0415

        certainty = self._library.settings(store).certainty()
        if certainty.mode is not Mode.ERROR_RATE or certainty.known is None:
            return
        calibration = recorded(store, certainty.known).id
        judge = LibraryJudge(store, certainty, Teaching())
        videos = store.calibrations.settled_videos()
        for first in range(0, len(videos), _BATCH):
            if cancelled():
                raise Cancelled("Stopped")
            on_progress(Progress(first, len(videos), ""))
            batch = videos[first : first + _BATCH]
            with store.transaction():
                store.tracks.lock(batch)
                store.tracks.judge(judge.judge(batch).rows(), calibration)
