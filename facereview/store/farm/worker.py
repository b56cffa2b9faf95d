"""The loop that takes jobs of the farm, one at a time, by procrastinate.

A job is leased: while it is done its worker says every few seconds that it is alive, and others let
the jobs of one that no longer says so wait again. procrastinate's loop runs on the thread that
calls :meth:`JobLoop.run`, a job on another, so that nothing a job does delays that.

The event loop is one with a selector on every system, since psycopg does not work with the one that
Windows prefers; signals are the caller's, since Windows has no handlers of an event loop. It
was run on Linux only.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from enum import Enum, auto
from typing import Any

import procrastinate
import psycopg
from procrastinate import exceptions, jobs, manager, retry, worker
from procrastinate.job_context import JobContext

from facereview.store.farm.queue import ALIVE_SECONDS, TASK
from facereview.store.session import SETTINGS

log = logging.getLogger(__name__)

_HEARTBEATS = 6
"""How often a worker says that it is alive in the time of a lease."""

_WAKE_SECONDS = 0.1
"""How often it is asked whether to stop."""

_POLL_SECONDS = 2.0
"""How often jobs are looked for that no notice told of: those that were given back."""

_AGAIN_SECONDS = 5.0
"""Seconds until a database that is gone is asked again."""

_TRIES = 10
"""After so many a job that fails is given up."""


class Outcome(Enum):
    """What became of a job."""

    DONE = auto()
    BACK = auto()
    """It waits again, for any worker."""


class _GivenBack(Exception):
    """A job that waits again."""


class JobLoop:
    """Takes jobs from one database, one at a time, and does them."""

    def __init__(
        self,
        url: str,
        do: Callable[[int, Callable[[], bool]], Outcome],
        queues: Callable[[], Sequence[str]],
        *,
        stop: Callable[[], bool],
        lost: Callable[[], object] = lambda: None,
    ) -> None:
        """``do`` gets the number of a parcel, and what tells it to stop.

        ``queues`` gives those from which to take a job now. ``stop`` ends the loop, and ``do``.
        ``lost`` is called when the database does not answer, and is asked again until it does.
        """
        self._url = url
        self._do = do
        self._queues = queues
        self._stop = stop
        self._lost = lost

    def run(self, lease: float = ALIVE_SECONDS) -> None:
        """Take jobs until ``stop`` says so; a worker silent for so many seconds counts as dead."""
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            while not self._stop():
                try:
                    runner.run(self._work(lease))
                except (exceptions.ConnectorException, psycopg.Error) as fault:
                    log.warning("The queue cannot be reached", exc_info=fault)
                if not self._stop():
                    self._lost()
                    self._pause()

    def _pause(self) -> None:
        until = time.monotonic() + _AGAIN_SECONDS
        while time.monotonic() < until and not self._stop():
            time.sleep(_WAKE_SECONDS)

    async def _work(self, lease: float) -> None:
        """Be one worker of the queue until it is stopped or the database is lost."""
        connector = procrastinate.PsycopgConnector(
            conninfo=self._url,
            kwargs=SETTINGS,
            configure=_find_the_queue,
            min_size=1,
            max_size=2,
            name="farm",
        )
        app = procrastinate.App(connector=connector)
        app.job_manager = _Jobs(connector, self._queues)
        async with app.open_async():
            taking = _Worker(
                app,
                name="facereview",
                delete_jobs=jobs.DeleteJobCondition.SUCCESSFUL,
                install_signal_handlers=False,
                fetch_job_polling_interval=_POLL_SECONDS,
                update_heartbeat_interval=lease / _HEARTBEATS,
                stalled_worker_timeout=lease,
            )
            app.task(name=TASK, pass_context=True, retry=_Again())(self._job_of(taking))
            running = asyncio.create_task(taking.run())  # type: ignore[no-untyped-call]
            while not running.done():
                await asyncio.wait([running], timeout=_WAKE_SECONDS)
                if self._stop():
                    taking.stop()
            running.result()

    def _job_of(self, taking: _Worker) -> Callable[[JobContext, int], None]:
        """What does one job, on a thread of its own."""

        def one(context: JobContext, parcel: int) -> None:
            def stopping() -> bool:
                return context.should_abort() or taking.stopping or self._stop()

            if self._do(parcel, stopping) is Outcome.BACK:
                raise _GivenBack

        return one


class _Worker(worker.Worker):
    """Stops itself when the database is lost, and with it the job, whose lease ends then."""

    stopping = False

    async def _periodic_deferrer(self) -> None:
        """Never end: as soon as it ends, as without periodic tasks, failures are not noticed."""
        await asyncio.Event().wait()

    def stop(self) -> None:
        """Also tell the job."""
        self.stopping = True
        super().stop()  # type: ignore[no-untyped-call]


class _Jobs(manager.JobManager):
    """The jobs of those queues from which this worker takes some now."""

    def __init__(
        self, connector: procrastinate.PsycopgConnector, wanted: Callable[[], Sequence[str]]
    ) -> None:
        super().__init__(connector)
        self._wanted = wanted

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> jobs.Job | None:  # noqa: ARG002 - those wanted now
        """The next job, none where no queue is wanted."""
        wanted = list(self._wanted())
        return await super().fetch_job(wanted, worker_id) if wanted else None


class _Again(retry.BaseRetryStrategy):
    """Lets a job wait again: one given back at once, one that failed after a while."""

    def get_retry_decision(
        self, *, exception: BaseException, job: jobs.Job
    ) -> retry.RetryDecision | None:
        if isinstance(exception, _GivenBack):
            return retry.RetryDecision()
        if job.attempts >= _TRIES:
            return None
        return retry.RetryDecision(retry_in={"seconds": 2 ** min(job.attempts, 8)})


async def _find_the_queue(connection: psycopg.AsyncConnection[Any]) -> None:
    """Let procrastinate find its tables, which it names without a schema."""
    await connection.execute("SELECT set_config('search_path', 'facereview, pg_temp', false)")
    with suppress(psycopg.Error):
        await connection.commit()
