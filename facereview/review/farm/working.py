"""Working for the farm on one computer: its jobs are taken, and their videos scanned."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from facereview.errors import (
    Cancelled,
    DatabaseError,
    NotFound,
    PackError,
    ReviewError,
    ScanDisabled,
    SchemaError,
)
from facereview.files import shown
from facereview.mounts import Mounts
from facereview.review.farm.records import FarmWorked
from facereview.review.farm.roots import joined
from facereview.review.farm.watching import FarmWatch
from facereview.review.scanning.scan import Scanner, ScanReport, SomeVideos
from facereview.store.farm.queue import ALIVE_SECONDS, FarmWork, Parcel
from facereview.store.farm.worker import JobLoop, Outcome
from facereview.store.store import Store

log = logging.getLogger(__name__)

_FOLLOWED = 50
"""Videos that are linked and settled in one transaction."""

Asked = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker is made of.

    ``scanner`` makes one with the settings in force then, on a store of its lane; ``settings``
    tells whether they are others than before. ``fits`` raises PackMismatch where the pack here is
    not the library's. ``cluster`` brings the clusters up to date, until what it is given says to
    stop; raises Cancelled then.
    """

    open_store: Callable[[], Store]
    scanner: Callable[[Store], Scanner]
    settings: Callable[[Store], object]
    fits: Callable[[Store], object]
    cluster: Callable[[Store, Asked], object]
    mounts: Mounts


class FarmWorker:
    """Does the jobs one after the other, on a thread of their own.

    What is the computer's own fault (another pack, an older program, a folder that is not here)
    gives the job back to the others, and is noted as this computer's.
    """

    def __init__(self, parts: Parts, machine: str | None = None) -> None:
        """``machine`` is what this computer is called."""
        self._parts = parts
        self._machine = machine or socket.gethostname()
        self._worked = FarmWorked()
        self._fault: ReviewError | None = None
        self._processes = ExitStack()
        self._some: SomeVideos | None = None
        self._settings: object = None
        self._stopping: Asked = lambda: False
        self._behind = self._job_waits = False
        self._clustering: Future[None] | None = None

    def work(
        self,
        *,
        until_empty: bool = False,
        lease: float = ALIVE_SECONDS,
        refused: Callable[[NotFound], object] = lambda _: None,
        lost: Callable[[], object] = lambda: None,
        cancelled: Asked = lambda: False,
    ) -> FarmWorked:
        """Take jobs until ``cancelled``, or where ``until_empty`` until none is left.

        Whenever there is none, the clusters are brought up to date. A worker that says nothing
        for ``lease`` seconds counts as dead; the same on all computers.

        A job that is broken off is given back. ``refused`` is called for each folder with jobs that
        is not here, from another thread; ``lost`` when the database does not answer, and is asked
        again until it does.

        Raises:
            PackError, SchemaError, ScanDisabled, NotFound: this computer cannot do jobs; noted.
            DatabaseError: the database cannot be reached at first.
        """
        with self._parts.open_store() as store:
            parts = self._parts
            watch = FarmWatch(parts.open_store, parts.mounts, self._machine, refused)
            watch.until_empty, watch.lease = until_empty, lease
            with self._noted(store):
                self._must_fit(store)
                worker = store.farm.begin_worker(self._machine, os.getpid())
                try:
                    with watch.going_on(worker):
                        self._loop(store, watch, worker, lost, cancelled)
                finally:
                    store.farm.end_worker(worker)
        return replace(self._worked, refused=tuple(map(str, watch.refused)))

    @contextmanager
    def _noted(self, store: Store) -> Iterator[None]:
        """Note what this computer cannot do anything with as its fault."""
        try:
            yield
            if self._fault is not None:
                raise self._fault
        except (PackError, ScanDisabled) as fault:
            store.farm.add_faults(self._machine, [(None, str(fault))])
            raise

    def _must_fit(self, store: Store) -> None:
        """Raises SchemaError, where a newer program made the library, or PackError."""
        store.library.current()
        self._parts.fits(store)

    def _loop(
        self,
        store: Store,
        watch: FarmWatch,
        worker: int,
        lost: Callable[[], object],
        cancelled: Asked,
    ) -> None:
        def broken_off() -> bool:
            return self._fault is not None or cancelled()

        def stop() -> bool:
            return watch.ended or broken_off()

        def do(number: int, stopping: Asked) -> Outcome:
            self._job_waits = True
            job = lane.submit(self._job, store, watch, worker, number, stopping)
            return job.result()

        with ThreadPoolExecutor(1, "farm job") as lane:
            watch.idle = lambda: self._idle(lane, store, broken_off)
            try:
                loop = JobLoop(store.database.url, do, watch.queues, stop=stop, lost=lost)
                loop.run(watch.lease)
            finally:
                lane.submit(self._end_processes).result()

    def _idle(self, lane: ThreadPoolExecutor, store: Store, stop: Asked) -> bool:
        """Let the clusters be brought up to date; whether they are, after what was done here."""
        if self._clustering is not None and not self._clustering.done():
            return False
        if self._behind:
            self._clustering = lane.submit(self._cluster, store, stop)
        return not self._behind

    # ------------------------------------------------------------------------------- on the lane

    def _job(
        self, store: Store, watch: FarmWatch, worker: int, number: int, stopping: Asked
    ) -> Outcome:
        self._job_waits = False
        parcel = store.farm.parcel(number)
        if parcel is None:  # done by one who could not say so, or cancelled
            store.farm.remove(number)
            return Outcome.DONE
        self._stopping = lambda: stopping() or watch.paused
        start = time.monotonic()
        store.farm.note(worker, number)
        try:
            self._must_fit(store)
            report = self._scanned(store, parcel)
            if report.faults:
                watch.must_be_here(parcel.root)
        except (PackError, SchemaError, ScanDisabled) as fault:
            self._fault = fault
            return self._back(store, worker, number)
        except NotFound:
            return self._back(store, worker, number)
        if report.cancelled:
            self._end_processes()
            if store.farm.parcel(number) is not None:
                return self._back(store, worker, number)
        self._note(store, worker, parcel, report, time.monotonic() - start)
        return Outcome.DONE

    def _back(self, store: Store, worker: int, number: int) -> Outcome:
        """Give a job back, unless it was cancelled."""
        store.farm.note(worker, None)
        return Outcome.DONE if store.farm.parcel(number) is None else Outcome.BACK

    def _scanned(self, store: Store, parcel: Parcel) -> ScanReport:
        """Scan the videos of a parcel, and do for all at once what follows."""
        some = self._going_on(store)
        names = [joined(parcel.folder, path) for path in parcel.paths]
        report = some.scan([(self._parts.mounts.local(name), name) for name in names])
        videos = [] if report.cancelled else store.farm.videos(names)
        for place in range(0, len(videos), _FOLLOWED):
            some.follow(videos[place : place + _FOLLOWED])
        return report

    def _going_on(self, store: Store) -> SomeVideos:
        """What scans, begun anew where the settings are others by now."""
        settings = self._parts.settings(store)
        if self._some is not None and settings != self._settings:
            self._end_processes()
        if self._some is None:
            scanner = self._parts.scanner(store)
            self._some = self._processes.enter_context(scanner.some_at_a_time(self._is_stopping))
            self._settings = settings
        return self._some

    def _cluster(self, store: Store, stop: Asked) -> None:
        """Bring the clusters up to date; a job goes before it."""
        try:
            self._parts.cluster(store, lambda: self._job_waits or stop())
        except Cancelled:
            return
        except DatabaseError as fault:
            log.warning("The clusters are not up to date: %s", fault)
        self._behind = False

    def _is_stopping(self) -> bool:
        """What the job at hand is told, asked by what goes on from one job to the next."""
        return self._stopping()

    def _end_processes(self) -> None:
        self._some = None
        self._processes.close()

    def _note(
        self, store: Store, worker: int, parcel: Parcel, report: ScanReport, seconds: float
    ) -> None:
        """Note in one transaction what was done: nothing of it waits any more."""
        names = [joined(parcel.folder, path) for path in parcel.paths]
        here = {shown(self._parts.mounts.local(name)): name for name in names}
        faults = {here[path]: reason for path, reason in report.faults if path in here}
        read = report.videos - report.unread
        work = FarmWork(1, read, report.frames, report.faces, seconds)
        with store.transaction():
            store.farm.remove(parcel.id)
            store.farm.remove_faults([name for name in names if name not in faults])
            store.farm.add_faults(self._machine, list(faults.items()))
            store.farm.note(worker, None, work)
        self._behind = self._behind or read > 0
        done = self._worked
        self._worked = replace(
            done,
            jobs=done.jobs + 1,
            videos=done.videos + read,
            frames=done.frames + report.frames,
            faces=done.faces + report.faces,
            faults=(*done.faults, *faults.items()),
        )
