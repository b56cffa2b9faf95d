"""What the farm has to do, who works on it, and what went wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from facereview.store.session import Session

TASK = "facereview.scan"
"""The name of the jobs in the queue."""

ALIVE_SECONDS = 30
"""Seconds without a heartbeat after which a worker counts as dead, and its job waits again."""

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class FarmRoot:
    """A folder of the library below which the farm finds videos.

    ``witnesses`` are some videos below it by their path there, with their sizes in bytes, 0 where
    that is not known: a computer on which none of them is has the folder elsewhere, or not at all.
    """

    id: int
    folder: str
    witnesses: Mapping[str, int]

    @property
    def queue(self) -> str:
        """The name of its queue."""
        return queue_of(self.id)


@dataclass(frozen=True, slots=True)
class Parcel:
    """The videos of one job: their paths below the ``folder`` of a root."""

    id: int
    root: int
    folder: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A video that was scanned, and the times of its file then (seconds since 1970)."""

    path: str
    modified: float
    changed: float


@dataclass(frozen=True, slots=True)
class UnscannedVideo:
    """A video of the library that was not scanned; its size in bytes where that is known."""

    path: str
    bytes: int | None


@dataclass(frozen=True, slots=True)
class FarmCounts:
    """Jobs that wait, are being done, and were given up; and the videos of all of them."""

    waiting: int
    doing: int
    failed: int
    videos: int


@dataclass(frozen=True, slots=True)
class FarmRun:
    """Since when the farm has work without a break, and how many videos were added since then."""

    began: datetime
    added: int


@dataclass(frozen=True, slots=True)
class FarmWorkerRow:
    """One run of a worker and what it did so far; ``seconds`` are those spent on jobs.

    ``parcel`` is the one that it works on; ``silent`` are the seconds since it was heard of, by the
    clock of the database.
    """

    id: int
    machine: str
    process: int
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    parcel: int | None
    jobs: int
    videos: int
    frames: int
    faces: int
    seconds: float
    silent: float


@dataclass(frozen=True, slots=True)
class FarmFault:
    """What went wrong with the video at ``path``, or where that is None with the computer."""

    at: datetime
    machine: str
    path: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class FarmWork:
    """What a worker did since it said so last."""

    jobs: int = 0
    videos: int = 0
    frames: int = 0
    faces: int = 0
    seconds: float = 0.0


class Farm:
    """The queue and what belongs to it. Single steps; :mod:`facereview.review.farm` joins them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # ------------------------------------------------------------------------------------- adding

    def lock(self) -> None:
        """Let nobody else add videos until this transaction ends."""
        self._session.tuples("lock_farm")

    def roots(self, *, waiting: bool = False) -> list[FarmRoot]:
        """All folders, by name; ``waiting``: those with jobs that wait or are being done."""
        return [
            FarmRoot(row.id, row.folder, dict(row.witnesses))
            for row in self._session.tuples("farm_roots", waiting=waiting)
        ]

    def pace(self) -> float | None:
        """Seconds that a worker took for a frame, over all that was done of late."""
        found = self._session.value("farm_pace")
        return None if found is None else float(found)

    def add_root(self, folder: str) -> int:
        """The number of a folder, which is added where it is not known."""
        return int(self._session.value("add_farm_root", folder=folder))

    def add_witnesses(
        self, root: int, witnesses: Mapping[str, int], *, instead: bool = False
    ) -> None:
        """Remember these videos, with their sizes, by which the folder is known again.

        ``instead`` of those that were remembered.
        """
        known = json.dumps(dict(witnesses))
        self._session.run("add_farm_witnesses", root=root, witnesses=known, instead=instead)

    def waiting(self, root: int, paths: Sequence[str]) -> set[str]:
        """Those of these videos that wait already."""
        rows = self._session.tuples("farm_waiting", root=root, paths=list(paths))
        return {row.path for row in rows}

    def scanned(self, paths: Sequence[str], frames: int, size: int) -> list[ScannedFile]:
        """Of these videos of the library those that were scanned with this sampling plan.

        ``frames`` looked at a video, for faces of ``size`` pixels or smaller.
        """
        return self._session.rows(
            "farm_scanned", ScannedFile, paths=list(paths), frames=frames, size=size
        )

    def unscanned(self, after: str, limit: int) -> list[UnscannedVideo]:
        """The next videos of the library, in path order, that were not scanned, or not read."""
        return self._session.rows("farm_unscanned", UnscannedVideo, after=after, limit=limit)

    def unscanned_bounds(self) -> tuple[int, str, str]:
        """How many they are, and the first and the last of their paths by bytes."""
        row = self._session.one("farm_unscanned_bounds")
        return int(row.videos), str(row.first or ""), str(row.last or "")

    def add(self, root: int, parcels: Sequence[Sequence[str]]) -> None:
        """Let these videos wait, the job of each parcel in the queue of the folder."""
        sizes = [len(parcel) for parcel in parcels]
        self._session.run("count_farm_videos", videos=sum(sizes))
        rows = self._session.tuples(
            "add_farm_parcels", root=root, sizes=sizes, queue=queue_of(root), task=TASK
        )
        self._session.run(
            "add_farm_videos",
            root=root,
            paths=[path for parcel in parcels for path in parcel],
            parcels=[row.id for row, size in zip(rows, sizes, strict=True) for _ in range(size)],
        )

    def revive(self) -> int:
        """Let jobs wait again that were given up; how many."""
        return self._session.run("revive_farm_jobs", task=TASK)

    # ------------------------------------------------------------------------------------ working

    def parcel(self, number: int) -> Parcel | None:
        """What a job is about; None where that was done, or cancelled."""
        row = self._session.one("farm_parcel", parcel=number)
        return None if row is None else Parcel(number, row.root, row.folder, tuple(row.paths))

    def videos(self, paths: Sequence[str]) -> list[int]:
        """The numbers of those of these videos that the library lists."""
        return self._session.ids("farm_videos", paths=list(paths))

    def remove(self, number: int) -> None:
        """Remove a parcel that is done, with its videos."""
        self._session.run("remove_farm_videos", parcel=number)
        self._session.run("remove_farm_parcel", parcel=number)

    def begin_worker(self, machine: str, process: int) -> int:
        """Note that a worker begins; its number. Those not seen for a day are forgotten."""
        self._session.run("forget_farm_workers")
        return int(self._session.value("begin_farm_worker", machine=machine, process=process))

    def note(self, worker: int, parcel: int | None, work: FarmWork = FarmWork()) -> None:
        """Note which parcel a worker is at, and what it did since it said so last."""
        self._session.run(
            "note_farm_worker",
            worker=worker,
            parcel=parcel,
            jobs=work.jobs,
            videos=work.videos,
            frames=work.frames,
            faces=work.faces,
            seconds=work.seconds,
        )

    def see_worker(self, worker: int) -> None:
        """Note that a worker is alive."""
        self._session.run("see_farm_worker", worker=worker)

    def recover(self, seconds: float = ALIVE_SECONDS) -> int:
        """Let the jobs of workers wait again that were not heard of for so long; how many."""
        with self._session.transaction():
            if not self._session.value("try_lock_recovery"):
                return 0
            return len(self._session.tuples("recover_farm_jobs", task=TASK, seconds=seconds))

    def end_worker(self, worker: int) -> None:
        """Note that a worker ends."""
        self._session.run("end_farm_worker", worker=worker)

    def add_faults(self, machine: str, faults: Sequence[tuple[str | None, str]]) -> None:
        """Note what went wrong: pairs of a path, None for the computer itself, and a sentence."""
        self._session.run(
            "add_farm_faults",
            machine=machine,
            paths=[path for path, _ in faults],
            reasons=[reason for _, reason in faults],
        )

    def remove_faults(self, paths: Sequence[str]) -> None:
        """Forget what went wrong with these videos: they were read."""
        self._session.run("remove_farm_faults", paths=list(paths))

    # ------------------------------------------------------------------------ seeing and driving

    def run(self) -> FarmRun | None:
        """The work at hand, or the last; None: there was none."""
        return self._session.first("farm_run", FarmRun)

    def counts(self) -> FarmCounts:
        """How much there is to do."""
        found = self._session.first("farm_counts", FarmCounts)
        return found or FarmCounts(0, 0, 0, 0)

    def paused(self) -> bool:
        """Whether workers take no jobs."""
        return bool(self._session.value("farm_paused"))

    def pause(self, *, paused: bool = True) -> None:
        """Let workers take no jobs, and give back what they work on; or let them go on."""
        self._session.run("set_meta", key="farm", value=json.dumps({"paused": paused}))

    def cancel(self) -> int:
        """Let nothing wait, and whoever works on a job stop; how many videos waited."""
        with self._session.transaction():
            self.lock()
            left = self.counts().videos
            self._session.run("count_farm_videos", videos=-left)
            self._session.run("cancel_farm_todo", task=TASK)
            self._session.run("cancel_farm_doing", task=TASK)
            self._session.run("cancel_farm_parcels")
        return left

    def workers(self, seconds: float = _DAY) -> list[FarmWorkerRow]:
        """The workers seen within so many seconds, also those that ended, by computer."""
        return self._session.rows("farm_workers", FarmWorkerRow, seconds=seconds)

    def faults(self, limit: int = 1000, since: datetime | None = None) -> list[FarmFault]:
        """What went wrong, the last first."""
        return self._session.rows("farm_faults", FarmFault, limit=limit, since=since)

    def faulty(self, since: datetime) -> int:
        """How many videos gave nothing."""
        return int(self._session.value("farm_faulty", since=since))


def queue_of(root: int) -> str:
    """The name of the queue of a folder: a computer takes jobs of the folders it has."""
    return f"facereview root {root}"
