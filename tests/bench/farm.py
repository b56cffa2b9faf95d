"""A farm whose processes are killed again and again, what it costs beside a scan, and its queue.

    python tests/bench/farm.py [--videos 200] [--kills 10] [--rounds 5] [--queue 2000000]

The videos are small: two seconds of a face or two, made on first use and kept under ``--folder``;
jobs of five videos. Two ``farm work`` are each killed with SIGKILL at random moments and started
again at once; then each video must have been written exactly once, and the faces must be those of a
plain scan. The processor time of one ``farm work`` is set against that of a plain scan and of
clustering, which a farm does at its end: alternating, each into an empty library, with its start
and the server's part. Last, ``--queue`` invented paths are put into a queue whose state is read.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from figures import Figure, emit, medians, percentile, timed
from scan import SHARED, enrol

from facereview.faces import packs
from facereview.faces.engine import InsightEngine
from facereview.home import Home
from facereview.media.images import load_image
from facereview.media.make import Film, Shot, View, make_video
from facereview.records import Pixels
from facereview.review.farm.status import FarmDesk
from facereview.review.library.opening import open_library
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

PACK = SHARED / "models" / "opencv_zoo"

FRAMES = 4
"""Frames of each video that are looked at."""

JOB = 5
"""Videos in one job."""

WORKERS = 2
"""Processes that are killed."""

EARLY = 0.1
"""Share of the processes that are killed while they start."""

RECOVERED = 60.0
"""Seconds after which the job of a dead process must be another's, while one lives."""

OVERHEAD = 1.05
"""Processor time of a farm against a plain scan."""

PATIENCE = 3600.0


def small_videos(folder: Path, count: int) -> list[Path]:
    """Films of two seconds, no two alike, made where they are not there."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:04}.mp4" for number in range(count)]
    pictures = sorted(path for path in (SHARED / "data" / "people").rglob("*") if path.is_file())
    for number, path in enumerate(paths):
        if path.exists():
            continue
        chance = random.Random(number)
        shots = tuple(
            _shot(load_image(picture, max_side=640), chance)
            for picture in chance.sample(pictures, chance.choice((1, 1, 2)))
        )
        part = path.with_suffix(".part.mp4")
        make_video(Film(shots, 480, 360, rate=10), part)
        part.replace(path)
    return paths


def _shot(picture: Pixels, chance: random.Random) -> Shot:
    """A slow move over a picture that keeps its middle in view."""
    height, width = picture.shape[:2]
    widest = min(width, height * 4 / 3)

    def view() -> View:
        return View(
            width / 2 + chance.uniform(-0.04, 0.04) * width,
            height / 2 + chance.uniform(-0.04, 0.04) * height,
            widest * chance.uniform(0.85, 1.0),
        )

    return Shot(picture, view(), view(), 2.0, light=chance.uniform(0.8, 1.2))


# ----------------------------------------------------------------------------------- one library


@dataclass(frozen=True)
class Bench:
    """A server, a home with the pack, and the folder of the videos."""

    base: str
    home: Path
    videos: Path

    def library(self, name: str, template: str = "template0") -> str:
        """The URL of a new database."""
        with psycopg.connect(self.base, autocommit=True) as sql:
            sql.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            sql.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return psycopg.conninfo.make_conninfo(self.base, dbname=name)

    def prepare(self) -> None:
        """The library that every run begins with: a reference of each person, no videos."""
        engine = InsightEngine(packs.at(PACK))
        packs.use(Home(self.home).create(), str(PACK))
        url = self.library("bench_farm")
        library = open_library(Home(self.home), url)
        with library.store() as store:
            enrol(store, engine)
            library.settings(store).save("frames_per_video", str(FRAMES))
        library.close()

    def start(self, url: str, *words: str) -> subprocess.Popen[bytes]:
        """The command line, as another process."""
        return subprocess.Popen(
            [sys.executable, "-m", "facereview", *words],
            env=os.environ | {"FACEREVIEW_HOME": str(self.home), "DATABASE_URL": url},
            stdout=subprocess.DEVNULL,
        )

    def run(self, url: str, *words: str) -> float:
        """The processor time of a command and of all that it started, in seconds."""
        _, status, used = os.wait4(self.start(url, *words).pid, 0)
        if status:
            raise RuntimeError(f"{words} ended with {status}")
        return used.ru_utime + used.ru_stime


def server_seconds(base: str) -> float:
    """The processor time that the server has used so far."""
    with psycopg.connect(base) as sql:
        server = psutil.Process(sql.info.backend_pid).parent()
        assert server is not None
        times = server.cpu_times()
        spent = times.user + times.system + times.children_user + times.children_system
        for child in server.children():
            own = child.cpu_times()
            spent += own.user + own.system
    return spent


# ------------------------------------------------------------------------------------- the kills

AUDIT = """
CREATE SCHEMA bench;
CREATE TABLE bench.written (video_id INTEGER);
CREATE FUNCTION bench.note() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO bench.written VALUES (NEW.video_id); RETURN NEW; END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE ON facereview.scan
    FOR EACH ROW EXECUTE FUNCTION bench.note();
"""
"""Counts how often a scan of each video was committed."""

FACES = """
SELECT v.file_path, d.frame_timestamp, d.bbox_x, d.bbox_y, d.bbox_width, d.bbox_height
FROM video_face_detections d JOIN videos v ON v.id = d.video_id ORDER BY 1, 2, 3, 4"""

HELD = """
SELECT parcel_id FROM facereview.farm_worker WHERE process = %s AND parcel_id IS NOT NULL"""

STUCK = """
SELECT FROM facereview.procrastinate_jobs j
WHERE (j.args ->> 'parcel')::bigint = %(parcel)s AND j.status = 'doing' AND NOT EXISTS (
    SELECT FROM facereview.farm_worker w
    WHERE w.parcel_id = %(parcel)s AND w.process <> %(process)s AND w.ended_at IS NULL)"""


@dataclass
class Victim:
    """A process of the farm that is killed so often."""

    process: subprocess.Popen[bytes]
    kills: int
    due: float | None
    """When; None: some time after it holds a job."""


@dataclass
class Lease:
    """A job that a killed process held."""

    parcel: int
    process: int
    since: float
    seconds: float | None = None


class Killing:
    """Kills processes at random until each had its share, and waits for the end of the work."""

    def __init__(self, bench: Bench, url: str, kills: int, within: float, seed: int = 1) -> None:
        self._bench, self._url, self._within = bench, url, within
        self._chance = random.Random(seed)
        self._sql = psycopg.connect(url, autocommit=True)
        self.leases: list[Lease] = []
        self.kills = 0
        self._victims = [self._victim(kills) for _ in range(WORKERS)]

    def run(self) -> None:
        """Until no video waits."""
        end = time.monotonic() + PATIENCE
        while any(victim.process.poll() is None for victim in self._victims):
            if time.monotonic() > end:
                raise TimeoutError("the farm does not come to its end")
            for place, victim in enumerate(self._victims):
                if victim.kills and self._is_due(victim):
                    self._victims[place] = self._kill(victim)
            self._look()
            time.sleep(0.1)
        self._look()
        self._sql.close()
        codes = [victim.process.returncode for victim in self._victims]
        if any(codes):
            raise RuntimeError(f"farm work ended with {codes}")

    def _victim(self, kills: int) -> Victim:
        process = self._bench.start(self._url, "farm", "work", "--until-empty")
        early = self._chance.random() < EARLY
        return Victim(process, kills, time.monotonic() + self._wait() if early else None)

    def _wait(self) -> float:
        return self._chance.uniform(0.0, self._within)

    def _is_due(self, victim: Victim) -> bool:
        if victim.due is None and self._held(victim) is not None:
            victim.due = time.monotonic() + self._wait()
        return victim.due is not None and time.monotonic() >= victim.due

    def _held(self, victim: Victim) -> int | None:
        found = self._sql.execute(HELD, [victim.process.pid]).fetchone()
        return None if found is None else int(found[0])

    def _kill(self, victim: Victim) -> Victim:
        if victim.process.poll() is not None:  # it found nothing left to do
            return Victim(victim.process, 0, None)
        victim.process.kill()
        victim.process.wait()
        self.kills += 1
        held = self._held(victim)
        if held is not None:
            self.leases.append(Lease(held, victim.process.pid, time.monotonic()))
        return self._victim(victim.kills - 1)

    def _look(self) -> None:
        for lease in self.leases:
            if lease.seconds is None:
                asked = {"parcel": lease.parcel, "process": lease.process}
                if self._sql.execute(STUCK, asked).fetchone() is None:
                    lease.seconds = time.monotonic() - lease.since


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a query gives."""
    with psycopg.connect(url) as sql:
        return sql.execute(query).fetchall()


def killed(bench: Bench, videos: int, kills: int, within: float) -> list[Figure]:
    """The farm under kills, against a plain scan."""
    plain = bench.library("bench_farm_plain", "bench_farm")
    bench.run(plain, "scan", str(bench.videos))
    url = bench.library("bench_farm_killed", "bench_farm")
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute(AUDIT)
    bench.run(url, "farm", "add", str(bench.videos), "--job-videos", str(JOB))
    start = time.perf_counter()
    killing = Killing(bench, url, kills, within)
    killing.run()
    taken = time.perf_counter() - start
    written = rows(url, "SELECT count(*) FROM bench.written GROUP BY video_id")
    found, wanted = rows(url, FACES), rows(plain, FACES)
    leases = [lease.seconds for lease in killing.leases]
    late = [lease for lease in leases if lease is None or lease > RECOVERED]
    slowest = max((lease for lease in leases if lease is not None), default=0.0)
    note = f"{WORKERS} processes, jobs of {JOB}, {len(wanted)} faces, {taken:.0f} s"
    return [
        Figure("kills", killing.kills, "", None, note),
        Figure("videos not scanned", videos - len(written), "", 0),
        Figure("videos scanned more than once", sum(count > 1 for (count,) in written), "", 0),
        Figure("faces lost", len(set(wanted) - set(found)), "", 0),
        Figure("faces doubled", len(found) - len(set(found)), "", 0),
        Figure("faces that a plain scan has not", len(set(found) - set(wanted)), "", 0),
        Figure("jobs held by a killed process", len(leases), ""),
        Figure("of them not recovered within 60 s", len(late), "", 0),
        Figure("slowest recovery of a job", round(slowest, 1), "s", RECOVERED),
    ]


# ---------------------------------------------------------------------------------- what it costs


def costs(bench: Bench) -> list[Figure]:
    """Processor time of a plain scan, of working the same off, and of one against the other."""
    url = bench.library("bench_farm_cost", "bench_farm")
    before = server_seconds(bench.base)
    scanning = bench.run(url, "scan", str(bench.videos))
    scanning_there = server_seconds(bench.base) - before
    clustering = bench.run(url, "cluster") - bench.run(url, "cluster")  # without its start
    url = bench.library("bench_farm_cost", "bench_farm")
    adding = bench.run(url, "farm", "add", str(bench.videos), "--job-videos", str(JOB))
    before = server_seconds(bench.base)
    working = bench.run(url, "farm", "work", "--until-empty")
    working_there = server_seconds(bench.base) - before
    plain, farm = scanning + scanning_there + max(0.0, clustering), working + working_there
    return [
        Figure("plain scan and clustering, processor", round(plain, 1), "s"),
        Figure("of it the server's", round(scanning_there, 1), "s"),
        Figure("of it clustering", round(clustering, 1), "s"),
        Figure("farm work, processor", round(farm, 1), "s"),
        Figure("of it the server's", round(working_there, 1), "s"),
        Figure("farm add, processor", round(adding, 1), "s", None, "its start included"),
        Figure("farm work against plain scan", round(farm / plain, 3), "ratio", OVERHEAD),
    ]


# ----------------------------------------------------------------------------- a queue of millions


def queue(bench: Bench, videos: int) -> list[Figure]:
    """Putting so many videos into the queue by jobs of 50, and reading how far it is."""
    database = Database(bench.library("bench_farm_queue"))
    with Store.open(database) as store:
        root = store.farm.add_root("/library")
        paths = [f"{n % 1000:03}/{n:07}.mp4" for n in range(videos)]
        start = time.perf_counter()
        for first in range(0, videos, 1000):
            batch = paths[first : first + 1000]
            with store.transaction():
                store.farm.lock()
                store.farm.waiting(root, batch)
                store.farm.add(root, [batch[at : at + 50] for at in range(0, len(batch), 50)])
        taken = time.perf_counter() - start
        desk = FarmDesk(store)
        desk.status()
        reads = timed([desk.status] * 50)
    size = rows(database.url, "SELECT pg_database_size(current_database())")[0][0]
    database.close()
    what = f"{videos:,} videos in the queue"
    read = f"{percentile(reads, 0)} ms at best, {percentile(reads, 95)} ms at p95"
    return [
        Figure(f"{what}: put in", round(taken, 1), "s", None, f"{videos / taken:,.0f} a second"),
        Figure(f"{what}: size of the database", round(size / 1e6), "MB"),
        Figure(f"{what}: reading how far it is, median", percentile(reads, 50), "ms", 50, read),
    ]


def measure(options: argparse.Namespace) -> list[Figure]:
    """All of them."""
    base = EmbeddedServer(options.folder / "server").start()
    folder = options.folder / f"small_videos_{options.videos}"
    small_videos(folder, options.videos)
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(base, Path(home), folder)
        bench.prepare()
        found = (
            killed(bench, options.videos, options.kills, options.within) if options.kills else []
        )
        if options.rounds:
            found += medians([costs(bench) for _ in range(options.rounds)])
        if options.queue:
            found += queue(bench, options.queue)
    return found


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The options; 0 leaves a part out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument(
        "--within",
        type=float,
        default=6.0,
        help="seconds at most from its first job to the end of a process; more on a slow machine",
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queue", type=int, default=2_000_000)
    temporary = Path(tempfile.gettempdir())
    parser.add_argument("--folder", type=Path, default=temporary / "facereview-bench")
    return parser.parse_args(words)


if __name__ == "__main__":
    emit(measure(arguments()))
