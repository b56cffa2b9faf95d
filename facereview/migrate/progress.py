"""Progress of a migration, and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from facereview.errors import Cancelled


class Stage(StrEnum):
    """What is being done."""

    WAITING = "waiting for another program to let go of the file"
    COPYING = "copying the file"
    LOOKING = "reading the tables"
    CHECKING = "checking the values"
    LOADING = "loading"
    INDEXING = "keys and indexes"
    PROVING = "verifying"
    COMMITTING = "committing"


# Microseconds that a row takes on one small machine: only their proportions matter.
_WEIGHT = {Stage.LOOKING: 1.0, Stage.CHECKING: 1.0, Stage.LOADING: 3.0}
_WEIGHT |= {Stage.INDEXING: 0.6, Stage.PROVING: 2.0}


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows done of a stage; ``fraction`` and ``seconds_left`` are of the whole, None if unknown."""

    stage: Stage
    done: int
    total: int
    fraction: float
    seconds_left: float | None

    @property
    def sentence(self) -> str:
        """The stage, its rows and the time left, for people."""
        rows = f" {self.done:,} of {self.total:,}" if self.total else ""
        if self.seconds_left is None:
            return f"{self.stage}{rows}"
        minutes, seconds = divmod(round(self.seconds_left), 60)
        return f"{self.stage}{rows}, {minutes}:{seconds:02} left"


class Meter:
    """Counts rows, reports progress, and checks for cancellation at every step."""

    def __init__(
        self, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> None:
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._lock = Lock()
        self._work = dict.fromkeys(_WEIGHT, 0.0)
        self._stage = Stage.COPYING
        self._done = self._total = 0
        self._finished = 0.0
        self._began = self._stage_began = time.monotonic()
        self.seconds: dict[str, float] = {}

    @property
    def stage(self) -> Stage:
        """What is being done now."""
        return self._stage

    def expect(self, rows: dict[Stage, int]) -> None:
        """How many rows each stage will go through."""
        self._work |= {stage: rows[stage] * _WEIGHT[stage] for stage in rows}

    def start(self, stage: Stage, total: int = 0) -> None:
        """Begin a stage."""
        now = time.monotonic()
        before = self.seconds.get(self._stage, 0.0)
        self.seconds[self._stage] = round(before + now - self._stage_began, 3)
        self._finished += self._work.get(self._stage, 0.0)
        self._stage, self._stage_began = stage, now
        self._done, self._total = 0, total
        self.add(0)

    def add(self, rows: int) -> None:
        """Count rows of the stage; may be called from several threads.

        Raises:
            Cancelled: the user cancelled.
        """
        with self._lock:
            self._done += rows
            if self._cancelled():
                raise Cancelled
            self._on_progress(self._progress())

    def _progress(self) -> Progress:
        share = min(1.0, self._done / self._total) if self._total else 0.0
        done = self._finished + self._work.get(self._stage, 0.0) * share
        everything = sum(self._work.values())
        fraction = min(1.0, done / everything) if everything else 0.0
        elapsed = time.monotonic() - self._began
        left = elapsed / fraction - elapsed if fraction > 0.02 else None
        return Progress(self._stage, self._done, self._total, fraction, left)
