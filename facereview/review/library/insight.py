"""What the Insight page reads of a library."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from facereview.records import Progress
from facereview.review.insight.behind import Behind, faces_behind
from facereview.review.insight.creators import CreatorsInsight, CreatorsSurvey
from facereview.review.insight.desk import ThresholdDesk
from facereview.review.insight.progress import LibraryProgress, library_progress

if TYPE_CHECKING:
    from facereview.review.library.opening import OpenLibrary


class LibraryInsight:
    """Methods may run on several lanes, :meth:`creators` on one; each takes a store of its own."""

    def __init__(self, library: OpenLibrary) -> None:
        self._library = library
        self._survey = CreatorsSurvey()
        self.thresholds = ThresholdDesk(library)

    def progress(self) -> LibraryProgress:
        """How far the library is; see :func:`.insight.progress.library_progress`."""
        with self._library.store() as store:
            return library_progress(store)

    def creators(
        self,
        *,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
        counted: Callable[[CreatorsInsight], None],
    ) -> CreatorsInsight:
        """How well each creator is known; see :class:`.insight.creators.CreatorsSurvey`."""
        with self._library.store() as store:
            return self._survey.look(store, on_progress, cancelled, counted=counted)

    def faces_behind(self, figure: Behind) -> NDArray[np.int32]:
        """The faces that a figure counts; see :func:`.insight.behind.faces_behind`."""
        with self._library.store() as store:
            return faces_behind(store, figure)
