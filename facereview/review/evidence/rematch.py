"""Matching again what nobody but the machine decided, by the mode in force. Belongs to one lane."""

from __future__ import annotations

from collections.abc import Callable

from facereview.records import Config, Progress
from facereview.review.creators.reference_records import Changed, RematchReport
from facereview.review.evidence.certainty import Certainty, Mode
from facereview.review.evidence.face_rematch import FaceRematch
from facereview.review.evidence.rematch_run import RematchRun
from facereview.review.evidence.teaching import Teaching
from facereview.review.evidence.track_rematch import TrackRematch
from facereview.store.store import Store


class Rematcher:
    """Matches the faces of one library again: each by thresholds, or by tracks at an error rate."""

    def __init__(self, store: Store, config: Config, certainty: Certainty | None = None) -> None:
        """None: by the thresholds of ``config``."""
        self._store = store
        self._by: FaceRematch | TrackRematch = FaceRematch(store, config)
        if certainty is not None and certainty.mode is Mode.ERROR_RATE:
            self._by = TrackRematch(store, certainty, Teaching(), automatic=config.automatic)

    def rematch(
        self,
        changed: Changed | None = None,
        *,
        on_progress: Callable[[Progress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> RematchReport:
        """Write suggestions and automatic matches that changed; None looks at every face.

        Verdicts "not this person" hold, and what a curator took back from the machine it does
        not match again. May be stopped at any point: what is written is whole, and its matches
        are one batch. In :meth:`.Store.trying` it is a dry run: its report is exact, and decisions
        on the faces concerned wait for it.
        """
        run = RematchRun(self._store)
        self._by.rematch(changed, run, on_progress, cancelled)
        return run.report()
