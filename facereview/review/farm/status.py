"""How far the farm is: its machines, its rate, what is left, and what could not be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from facereview.store.farm.queue import ALIVE_SECONDS, FarmFault, FarmWorkerRow
from facereview.store.store import Store

NEWEST = 20
"""Faults of videos that are listed."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One process that works for the farm, or did.

    It looked at ``videos``, so far at ``a_minute`` of them. ``silent`` are the seconds since it was
    heard of. ``fault`` is why it gives its jobs back, None: nothing is wrong with it.
    """

    name: str
    process: int | None
    videos: int
    a_minute: float
    silent: float
    ended: bool = False
    fault: str | None = None

    @property
    def works(self) -> bool:
        """Whether it can be counted on."""
        return not self.ended and self.fault is None and self.silent < ALIVE_SECONDS


@dataclass(frozen=True, slots=True)
class FarmStatus:
    """The farm since it was last empty: of the videos ``added``, ``left`` are not done.

    ``jobs`` wait or are being done; ``given_up`` ones failed again and again, and wait until videos
    are added again. ``faults`` are (path, sentence) of the videos that gave nothing, the newest
    first, ``faulty`` of them in all.
    """

    began: datetime
    paused: bool
    added: int
    left: int
    jobs: int
    machines: tuple[Machine, ...] = ()
    given_up: int = 0
    faulty: int = 0
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def over(self) -> bool:
        """Whether nothing waits and nobody works on anything."""
        return not self.jobs

    @property
    def done(self) -> int:
        """Videos that were looked at."""
        return self.added - self.left

    @property
    def working(self) -> int:
        """How many machines can be counted on."""
        return sum(machine.works for machine in self.machines)

    @property
    def a_minute(self) -> float:
        """Videos a minute, of all machines together."""
        return sum(machine.a_minute for machine in self.machines if machine.works)

    @property
    def seconds_left(self) -> float | None:
        """Until all is done at this rate; None where nobody works, or nothing is left."""
        if self.over or self.paused or not self.a_minute:
            return None
        return 60 * self.left / self.a_minute


_LOOKED_AT = 200
"""Faults that are read: those of videos, and of computers."""

ENDED_SECONDS = 600.0
"""Seconds after which a process that says nothing counts as ended."""

REMEMBERED = 3600.0
"""Seconds for which a farm that is done is shown."""


class FarmDesk:
    """What the window and the command line ask of the farm."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def status(self) -> FarmStatus | None:
        """How far it is; None: there is none, or what there was has been done for long."""
        farm = self._store.farm
        run = farm.run()
        if run is None:
            return None
        counts, workers = farm.counts(), farm.workers()
        jobs = counts.waiting + counts.doing
        if not jobs and all(worker.silent > REMEMBERED for worker in workers):
            return None
        faults = farm.faults(_LOOKED_AT, run.began)
        videos = [(fault.path, fault.reason) for fault in faults if fault.path is not None]
        return FarmStatus(
            began=run.began,
            paused=farm.paused(),
            added=run.added,
            left=counts.videos,
            jobs=jobs,
            machines=_machines(
                [worker for worker in workers if worker.seen_at >= run.began], faults
            ),
            given_up=counts.failed,
            faulty=farm.faulty(run.began),
            faults=tuple(videos[:NEWEST]),
        )

    def pause(self) -> None:
        """Have the machines give back what they are at, and take nothing."""
        self._store.farm.pause()

    def resume(self) -> None:
        """Have them go on."""
        self._store.farm.pause(paused=False)

    def cancel(self) -> int:
        """Take out of the queue what is not done; how many videos that were."""
        return self._store.farm.cancel()


def _machines(workers: Sequence[FarmWorkerRow], faults: Sequence[FarmFault]) -> tuple[Machine, ...]:
    """Each process, and the computers that only told what is wrong with them.

    Processes that ended are left out where the computer has others.
    """
    latest = {fault.machine: fault for fault in reversed(faults) if fault.path is None}
    every = [_machine(worker, latest.get(worker.machine)) for worker in workers]
    present = {machine.name for machine in every if not machine.ended}
    found = [machine for machine in every if not machine.ended or machine.name not in present]
    known = {machine.name for machine in found}
    others = [fault for name, fault in latest.items() if name not in known]
    return (*found, *(_refusing(fault) for fault in others))


def _machine(worker: FarmWorkerRow, fault: FarmFault | None) -> Machine:
    pace = 60 * worker.videos / worker.seconds if worker.seconds else 0.0
    wrong = fault is not None and fault.at >= worker.started_at and not worker.parcel
    return Machine(
        worker.machine,
        worker.process,
        worker.videos,
        pace,
        worker.silent,
        worker.ended_at is not None or worker.silent > ENDED_SECONDS,
        fault.reason if fault and wrong else None,
    )


def _refusing(fault: FarmFault) -> Machine:
    """A computer that began no work."""
    silent = (datetime.now(UTC) - fault.at).total_seconds()
    return Machine(fault.machine, None, 0, 0.0, silent, ended=True, fault=fault.reason)
