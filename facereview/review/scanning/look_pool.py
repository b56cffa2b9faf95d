"""Several videos looked at at once, before it is their turn to be written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import LifoQueue
from typing import Self

from facereview.records import PackIdentity, PackInfo
from facereview.review.scanning.look_process import LookProcess
from facereview.review.scanning.looking import Look, Wanted
from facereview.review.scanning.workers import Workers


class LookPool:
    """Processes that look at videos, each started when it is first needed.

    A thread a process waits for it. ``room`` looks may be under way or done and not yet taken.
    """

    def __init__(
        self,
        pack: PackInfo,
        wanted: Wanted,
        workers: Workers,
        cancelled: Callable[[], bool],
        made: PackIdentity | None = None,
    ) -> None:
        """``made`` is what the pack must be still, see :class:`LookProcess`."""
        self.workers = workers.count
        self.room = 2 * workers.count + 2
        self._closing = False
        self._cancelled = cancelled
        self._threads = ThreadPoolExecutor(workers.count, "look")
        self._processes = [
            LookProcess(pack, wanted, workers.share, self._stopping, made)
            for _ in range(workers.count)
        ]
        self._idle: LifoQueue[LookProcess] = LifoQueue()
        for process in self._processes:
            self._idle.put(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.close()

    def begin(self, path: Path) -> Future[Look]:
        """Look at a video as soon as a process is free; raises in its result."""
        return self._threads.submit(self._look, path)

    def _look(self, path: Path) -> Look:
        process = self._idle.get()
        try:
            return process.look(path)
        finally:
            self._idle.put(process)

    def _stopping(self) -> bool:
        return self._closing or self._cancelled()
