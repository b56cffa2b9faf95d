"""Scanning: against decoding and the model alone, and with several videos at once.

*Against its parts*: the processor time of a whole scan, that of the database with it, over that of
decoding and of the model for the very same frames. Processor time, since a machine that does other
work as well says little by a clock; both are given. The process that decodes starts once in a scan,
which is given apart. And by how much a scan is longer than by thresholds, without tracks, where an
error rate counts: linking the faces, judging their tracks and settling them.

*Several at once*: as it was, one video at a time with all cores for the model, and processes times
threads, for real. For 4, 8 and 16 workers, which need as many cores, the looks are simulated: each
takes as long as it did with 8 workers of 2 threads on 16 cores, 84 frames a second in all, and
gives what a real one gave; finding, writing, matching and keeping crops are real. That says how
many workers one writer keeps up with, not how fast 16 cores are: ``scan_device.py`` does.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

import psutil
import psycopg
from figures import Figure, emit
from synthetic import arguments

from facereview.faces import ZOO
from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.faces.runtime import default_threads
from facereview.media.crops import CropCache
from facereview.media.fingerprint import content_of
from facereview.media.frames import VideoReader
from facereview.media.images import load_image
from facereview.media.process import VideoProcess
from facereview.media.sampling import sample
from facereview.records import Config, PackInfo, SourceType
from facereview.review.evidence.certainty import in_force
from facereview.review.evidence.fitting import calibrated
from facereview.review.evidence.track_update import relink
from facereview.review.scanning.face_writer import FaceWriter
from facereview.review.scanning.look_process import Share
from facereview.review.scanning.looking import Look, Wanted, look
from facereview.review.scanning.scan import Scanner, ScanReport
from facereview.review.scanning.workers import Workers, choose
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

SHARED = Path(__file__).resolve().parents[3] / "shared"
PACK = SHARED / "models" / "opencv_zoo"
CONFIG = Config(0.4, 0.55, frames_per_video=20)

FRAME = 8 / 84
"""Seconds that one of 8 workers took for a frame on 16 cores."""

VIDEOS = 20
"""Videos a worker in a simulated scan."""


@dataclass
class Use:
    """What this process, those below it and ``others`` used: seconds of the processor, bytes."""

    others: Sequence[int] = ()
    seconds: dict[int, float] = field(default_factory=dict)
    peak: int = 0
    """Of this process and those below it."""
    start: float = 0.0

    def look(self) -> None:
        """Add up what all of them have used by now."""
        held = 0
        for process in (own := psutil.Process(), *own.children(recursive=True)):
            held += self._note(process)
        for pid in self.others:
            if psutil.pid_exists(pid):
                self._note(psutil.Process(pid))
        self.peak = max(self.peak, held)

    def _note(self, process: psutil.Process) -> int:
        try:
            times = process.cpu_times()
            self.seconds[process.pid] = times.user + times.system
            return int(process.memory_info().rss)
        except psutil.NoSuchProcess:  # what it used until the last look counts
            return 0

    @property
    def spent(self) -> float:
        """Seconds of the processor since the start."""
        return sum(self.seconds.values()) - self.start


@contextmanager
def watched(others: Sequence[int] = ()) -> Iterator[Use]:
    """What is used inside."""
    use, ended = Use(others), threading.Event()
    use.look()
    use.start = use.spent

    def watch() -> None:
        while not ended.wait(0.1):
            use.look()
        use.start += time.thread_time()  # looking through all processes is no part of it

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield use
    finally:
        ended.set()
        thread.join()
        use.look()


def backends(url: str) -> list[int]:
    """The processes of the server that work for a database now."""
    asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    with psycopg.connect(url) as connection:
        own = connection.info.backend_pid
        return [pid for (pid,) in connection.execute(asked).fetchall() if pid != own]


# ------------------------------------------------------------------------- against its own parts


class Clock:
    """Adds up what is spent inside of it: seconds, and seconds of the processor."""

    def __init__(self) -> None:
        self.seconds = self.processor = 0.0

    def __enter__(self) -> None:
        self._start, self._used = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._start
        self.processor += time.process_time() - self._used


@dataclass(frozen=True)
class Bare:
    """Seconds by the clock and of the processor for the frames of some videos."""

    decoding: float
    decoding_processor: float
    model: float
    model_processor: float
    frames: int


def bare(engine: InsightEngine, videos: list[Path]) -> Bare:
    """Decoding and the model for the frames that a scan looks at, one after the other."""
    decoding, model, frames = Clock(), Clock(), 0
    for video in videos:
        with decoding:
            reader = VideoReader(video)
            coming = sample(reader, CONFIG.frames_per_video)
        with reader:
            while True:
                with decoding:
                    frame = next(coming, None)
                if frame is None:
                    break
                with model:
                    engine.detect(frame.pixels, min_size=CONFIG.min_face_size)
                frames += 1
    return Bare(decoding.seconds, decoding.processor, model.seconds, model.processor, frames)


def starting(video: Path) -> float:
    """Seconds of the processor for starting the process that decodes."""
    with watched() as use, VideoProcess() as reader:
        list(reader.look(video, 1)[1])
    return use.spent


@dataclass(frozen=True)
class Whole:
    """A scan: its report, its seconds, what it used, and its seconds for matching and linking."""

    report: ScanReport
    seconds: float
    use: Use
    matching: float = 0.0

    @property
    def a_frame(self) -> float:
        """Milliseconds of the processor."""
        return 1000 * self.use.spent / self.report.frames


def scanned(
    url: str,
    engine: InsightEngine,
    paths: list[Path],
    workers: Workers | None = None,
    *,
    by_tracks: bool = False,
) -> Whole:
    """A scan into an empty library.

    ``by_tracks`` links its faces before they are matched and goes by an error rate, else each is
    matched by itself.
    """
    database, matching, linking = Database(url), [0.0], [0.0]
    with tempfile.TemporaryDirectory() as folder, Store.open(database) as store:
        enrol(store, engine)
        certainty = in_force(None, (), calibrated(store, ZOO)) if by_tracks else None
        crops = CropCache(Path(folder))
        scanner = Scanner(store, engine, crops, CONFIG, certainty=certainty, workers=workers)
        with (
            patch.object(FaceWriter, "_matched", clocked(FaceWriter._matched, matching)),
            patch("facereview.review.scanning.face_writer.relink", clocked(relink, linking)),
            watched(backends(url)) as use,
        ):
            start = time.perf_counter()
            report = scanner.scan(paths)
            taken = time.perf_counter() - start
    database.close()
    if report.faults:
        raise RuntimeError(report.faults)
    return Whole(report, taken, use, matching[0] + linking[0] * by_tracks)


def clocked(work: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    """The same, its seconds added up."""

    def timed(*given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return work(*given, **named)
        finally:
            spent[0] += time.perf_counter() - start

    return timed


def enrol(store: Store, engine: InsightEngine) -> None:
    """One reference of each person of the made videos."""
    for person in sorted((SHARED / "data" / "people").iterdir()):
        for path in sorted(person.iterdir()):
            found = engine.detect(load_image(path))
            if found:
                creator = store.creators.find_or_add(person.name)
                best = max(found, key=lambda face: face.quality)
                store.creators.add_reference(
                    creator.id, best.embedding, SourceType.MANUAL, str(path), best.quality
                )
                break


def against_parts(base: str, videos: list[Path], what: str) -> list[Figure]:
    """A scan over decoding and the model, and what tracks add to it."""
    engine = InsightEngine(at(PACK))
    engine.identity()
    before = scanned(emptied(base), engine, videos)
    whole = scanned(emptied(base), engine, videos, by_tracks=True)
    parts, start = bare(engine, videos), starting(videos[0])
    both = parts.decoding_processor + parts.model_processor
    clock = whole.seconds / (parts.decoding + parts.model)
    used = whole.use.spent
    tracks = (whole.matching - before.matching) / whole.seconds
    return [
        Figure(f"{what}: scan of {len(videos)} videos, {parts.frames} frames", used, "s"),
        Figure(f"{what}: decoding the same frames", parts.decoding_processor, "s"),
        Figure(f"{what}: the model on them", parts.model_processor, "s"),
        Figure(f"{what}: starting the process that decodes", start, "s"),
        Figure(
            f"{what}: scan without that start against decoding and model, processor time",
            (used - start) / both,
            "ratio",
            1.15,
            f"with it {used / both:.3f}; by the clock {clock:.3f} of the two one after the other",
        ),
        Figure(
            f"{what}: linking and settling beyond matching by thresholds, of the scan",
            tracks,
            "ratio",
            0.05,
            f"{whole.report.matched} faces settled",
        ),
    ]


def emptied(base: str) -> str:
    """The URL of an empty database."""
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench_scan WITH (FORCE)")
        connection.execute("CREATE DATABASE bench_scan TEMPLATE template0")
    return psycopg.conninfo.make_conninfo(base, dbname="bench_scan")


# ----------------------------------------------------------------------------- several at once


class Simulated:
    """Looks that take their time and give what one real look gave."""

    def __init__(
        self, seen: Look, _: PackInfo, wanted: Wanted, workers: Workers, *_rest: object
    ) -> None:
        self.workers = workers.count
        self.room = 2 * workers.count + 2
        self._seen = seen
        self._seconds = FRAME * wanted.frames
        self._threads = ThreadPoolExecutor(workers.count)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)

    def begin(self, path: Path) -> Future[Look]:
        """A look that has its result after its time."""
        return self._threads.submit(self._look, path)

    def _look(self, path: Path) -> Look:
        time.sleep(self._seconds)
        info = replace(self._seen.info, path=str(path), content=content_of(path))
        return replace(self._seen, info=info)


def figures(what: str, done: Whole) -> list[Figure]:
    """The figures of one scan."""
    report = done.report
    note = f"{report.videos} videos, {report.frames} frames, {report.faces} faces"
    return [
        Figure(f"{what}: frames a second", report.frames / done.seconds, "1/s", None, note),
        Figure(f"{what}: processor a frame", done.a_frame, "ms"),
        Figure(f"{what}: cores used", done.use.spent / done.seconds, ""),
        Figure(f"{what}: memory of all processes, peak", done.use.peak / 1e6, "MB"),
    ]


def real(base: str, paths: list[Path]) -> list[Figure]:
    """As it was, processes times threads, and as facereview chooses here."""
    cores = default_threads()
    whole, narrow = InsightEngine(at(PACK)), InsightEngine(at(PACK), threads=1)
    chosen = choose(whole.providers)
    before = scanned(emptied(base), whole, paths)
    found = figures(f"as it was, {cores} threads", before)
    found += figures("one process of 1 thread", scanned(emptied(base), narrow, paths))
    for count, threads in ((1, 2), (2, 1), (2, 2)):
        workers = Workers(count, Share(threads, providers=whole.providers), apart=True)
        done = scanned(emptied(base), whole, paths, workers)
        found += figures(f"{count} workers of {threads} threads", done)
    done = scanned(emptied(base), whole, paths, chosen)
    what = f"as chosen here, {chosen.count} of {chosen.share.threads} threads"
    more = done.a_frame / before.a_frame
    against = Figure(f"{what}: processor against as it was", more, "ratio", 1.0)
    return [*found, *figures(what, done), against]


def simulated(base: str, engine: InsightEngine, video: Path, count: int) -> list[Figure]:
    """So many workers that look as fast as on 16 cores."""
    with VideoProcess() as reader:
        seen = look(video, Wanted(20, 64), reader, engine)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number:04}.mp4" for number in range(VIDEOS * count)]
        for number, path in enumerate(paths):
            shutil.copy(video, path)
            with path.open("ab") as file:  # another film of its own
                file.write(number.to_bytes(4, "big"))

        def pool(*given: Any) -> Simulated:
            return Simulated(seen, *given)

        workers = Workers(count, Share(1, providers=engine.providers))
        with patch("facereview.review.scanning.scan.LookPool", pool):
            done = scanned(emptied(base), engine, paths, workers)
    found = figures(f"{count} workers, simulated", done)
    due = found[0].value / (count / FRAME)
    lost = Figure(f"{count} workers, simulated: share of what they can give", due, "ratio")
    return [*found, lost]


def measure(base: str) -> list[Figure]:
    """All of them."""
    engine = InsightEngine(at(PACK))
    engine.identity()
    made = sorted((SHARED / "data" / "madevideos").glob("*.mp4"))
    others = sorted((SHARED / "data" / "videos").glob("*.mp4"))
    found = against_parts(base, made, "made videos") + against_parts(base, others, "real videos")
    found += real(base, made)
    for count in (4, 8, 16):
        found += simulated(base, engine, made[0], count)
    return [replace(one, value=round(one.value, 3)) for one in found]


if __name__ == "__main__":
    options = arguments(__doc__ or "")
    emit(measure(EmbeddedServer(options.folder / "server").start()))
