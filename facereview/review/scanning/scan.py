"""Scanning videos for faces: sample frames, detect, and write the result of each video."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from facereview.errors import Cancelled, DatabaseRefused, MediaError, NotFound, Remedy, ScanDisabled
from facereview.faces.engine import InsightEngine
from facereview.files import shown
from facereview.home import curator
from facereview.media.crops import CropCache
from facereview.media.finding import LEFT_OUT, VideoFinder
from facereview.media.process import VideoProcess
from facereview.mounts import NOWHERE, Mounts
from facereview.records import Config, Progress
from facereview.review.decisions.intents import Kind
from facereview.review.evidence.certainty import Certainty
from facereview.review.library.packs import claim_pack
from facereview.review.scanning.ahead import Ahead, NextVideo
from facereview.review.scanning.face_writer import FaceWriter, NewFaces
from facereview.review.scanning.films import FileNow, FilmFinder, Holds
from facereview.review.scanning.look_pool import LookPool
from facereview.review.scanning.look_process import Share
from facereview.review.scanning.looking import Look, ScannedVideo, Wanted, blamed, look, look_at
from facereview.review.scanning.same_film import OldFilm, SameFilm, compare
from facereview.review.scanning.workers import Workers
from facereview.store.store import Store
from facereview.store.videos import ScanRow


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did.

    Of the ``videos`` that were looked at, ``unread`` gave nothing. ``faults`` are (path, sentence)
    of files and folders that could not be read; ``left_out`` are (pattern, count) of those whose
    names say that they hold no videos of the user.
    ``small`` are (path, faces) of videos with faces of :data:`SMALL_FACE` pixels or more that are
    under the size that counts.
    ``workers`` videos were looked at at once.
    ``moved`` files were found under another path; ``carried`` decided faces were found again in
    another encode of their film. ``replaced`` are (path, faces) of files that are
    another film than before, with how many decided faces were set aside.
    """

    videos: int = 0
    unread: int = 0
    unchanged: int = 0
    frames: int = 0
    faces: int = 0
    matched: int = 0
    suggested: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    cancelled: bool = False
    batch: str | None = None
    faults: tuple[tuple[str, str], ...] = ()
    moved: int = 0
    carried: int = 0
    small: tuple[tuple[str, int], ...] = ()
    replaced: tuple[tuple[str, int], ...] = ()
    workers: int = 1


@dataclass(frozen=True, slots=True)
class _Run:
    """One run: what writes its faces, and whether known videos are scanned ``again``."""

    films: FilmFinder
    writer: FaceWriter
    reader: VideoProcess
    ahead: Ahead
    again: bool
    cancelled: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class SomeVideos:
    """Scans some videos at a time, and does for all of them at once what follows from it.

    ``scan`` gets their files here and their names in the library; a file that is not there is noted
    in the report only. ``follow`` gets the numbers of the videos, see :meth:`.FaceWriter.follow`.
    """

    scan: Callable[[Sequence[tuple[Path, str]]], ScanReport]
    follow: Callable[[Sequence[int]], None]


class Scanner:
    """Scans videos into one library. Belongs to one lane, with a store of its own."""

    def __init__(
        self,
        store: Store,
        engine: InsightEngine,
        crops: CropCache,
        config: Config,
        *,
        mounts: Mounts = NOWHERE,
        certainty: Certainty | None = None,
        workers: Workers | None = None,
    ) -> None:
        """``certainty`` None: faces are matched by the thresholds of ``config``.

        ``workers`` None: one video at a time is looked at, in this process.
        """
        self._workers = workers
        self._wanted = Wanted(config.frames_per_video, config.min_face_size)
        self._mounts = mounts
        self._certainty = certainty
        self._store = store
        self._engine = engine
        self._crops = crops
        self._config = config

    def scan(
        self,
        paths: Sequence[Path],
        *,
        again: bool = False,
        left_out: Sequence[str] = LEFT_OUT,
        on_progress: Callable[[Progress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ScanReport:
        """Scan files and folders; videos scanned before with the same settings are passed over.

        Each video is one transaction, so a scan can be stopped at any point and resumed.
        What is not there or cannot be read, videos and folders, is noted with its reason and does
        not stop the others. ``left_out`` are names of what is left out in folders.

        Raises:
            ScanDisabled: ``enabled`` is false.
            PackMismatch: another pack made the library's embeddings.
        """
        must_be_enabled(self._config)
        finder = VideoFinder(left_out)
        videos: list[tuple[Path, str | None]] = []
        for path in finder.find(paths):  # minutes on a slow drive
            if cancelled():
                return replace(_of_search(finder), cancelled=True)
            videos.append((path, None))
        found = _of_search(finder)
        return self._all(videos, again, cancelled, on_progress, found)

    def scan_known(
        self,
        *,
        on_progress: Callable[[Progress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ScanReport:
        """Scan the videos that the library lists and that were never scanned, or not read then.

        A video that is not on this computer is noted in the report only.

        Raises:
            ScanDisabled: ``enabled`` is false.
            NotFound: none of them is on this computer.
            PackMismatch: another pack made the library's embeddings.
        """
        must_be_enabled(self._config)
        videos = [(self._mounts.local(name), name) for name in self._store.videos.unscanned()]
        if videos and not any(path.exists() for path, _ in videos):
            raise NotFound(
                "None of the videos still to be scanned is on this computer, such as "
                f"{videos[0][0]}",
                Remedy.MAP_FOLDER,
                str(videos[0][1]),
            )
        return self._all(videos, False, cancelled, on_progress, ScanReport())

    def _all(
        self,
        videos: Sequence[tuple[Path, str | None]],
        again: bool,
        cancelled: Callable[[], bool],
        on_progress: Callable[[Progress], None],
        report: ScanReport,
    ) -> ScanReport:
        """Scan files, each with the name the library has for it, if that is known."""
        report = replace(report, workers=self._at_once(len(videos)))
        with self._run(report.workers, again, cancelled) as run:
            report = self._each(videos, run, on_progress, report)
        report = _with_films(report, run.films)
        self._note(report)
        return report

    @contextmanager
    def some_at_a_time(self, cancelled: Callable[[], bool]) -> Iterator[SomeVideos]:
        """What scans some videos at a time; its processes go on from one call to the next.

        Raises:
            ScanDisabled: ``enabled`` is false.
            PackMismatch: another pack made the library's embeddings.
        """
        must_be_enabled(self._config)
        at_once = self._at_once()
        done: list[ScanReport] = []
        with self._run(at_once, False, cancelled, later=True) as run:

            def scan(videos: Sequence[tuple[Path, str]]) -> ScanReport:
                run.films.forget_what_was_done()
                report = self._each(videos, run, lambda _: None, ScanReport(workers=at_once))
                done.append(_with_films(report, run.films))
                return done[-1]

            try:
                yield SomeVideos(scan, run.writer.follow)
            finally:
                self._note(*done)

    @contextmanager
    def _run(
        self, at_once: int, again: bool, cancelled: Callable[[], bool], *, later: bool = False
    ) -> Iterator[_Run]:
        claim_pack(self._store, self._engine)
        films = FilmFinder(self._store, self._crops, self._mounts, cancelled)
        config, certainty = self._config, self._certainty
        writer = FaceWriter(self._store, self._crops, config, films, certainty, later=later)
        pool = self._pool(at_once, cancelled)
        share = self._workers.share if self._workers else Share()
        decoder = replace(share, threads=0).decoder(self._engine.batch, cancelled)
        with decoder as reader, pool or nullcontext():
            ahead = Ahead(self._store, self._mounts, config, pool, cancelled)
            yield _Run(films, writer, reader, ahead, again, cancelled)

    def _note(self, *reports: ScanReport) -> None:
        """Tell the log what a scan did."""
        about = _in_all(reports)
        if about["videos"]:
            self._store.log.note(curator(), Kind.SCAN.value, about)

    def _at_once(self, videos: int | None = None) -> int:
        """How many videos are looked at at once, of so many."""
        count = self._workers.count if self._workers else 1
        return count if videos is None else max(1, min(count, videos))

    def _pool(self, at_once: int, cancelled: Callable[[], bool]) -> LookPool | None:
        """What looks at videos in other processes; None where this one looks at them."""
        if self._workers is None or (at_once < 2 and not self._workers.apart):
            return None
        workers, engine = replace(self._workers, count=at_once), self._engine
        return LookPool(engine.pack, self._wanted, workers, cancelled, engine.identity())

    def _each(
        self,
        videos: Sequence[tuple[Path, str | None]],
        run: _Run,
        on_progress: Callable[[Progress], None],
        report: ScanReport,
    ) -> ScanReport:
        for place, video in enumerate(run.ahead.in_order(videos, again=run.again)):
            if run.cancelled():
                return replace(report, cancelled=True)
            on_progress(Progress(place, len(videos), video.path.name, report.workers))
            report = self._one(video, run, report)
        on_progress(Progress(len(videos), len(videos), "", report.workers))
        return report

    def _one(self, video: NextVideo, run: _Run, report: ScanReport) -> ScanReport:
        path = video.path
        if video.gone or video.name is None:
            return _with_fault(report, path, _gone(path) if video.gone else str(video.fault))
        if video.fault is not None:
            return self._unreadable(video.name, path, video.fault, report)
        try:
            done = self._looked_at(video, run)
        except Cancelled:
            return replace(report, cancelled=True)
        except (MediaError, OSError, DatabaseRefused) as fault:
            return self._unreadable(video.name, path, fault, report)
        if done is None:
            report = replace(report, unchanged=report.unchanged + 1)
            return _broken_off(report, path, video.known.fault if video.known else None)
        scanned, new = done
        if scanned.small:
            report = replace(report, small=(*report.small, (shown(path), scanned.small)))
        report = _broken_off(report, path, scanned.fault)
        return _with_faces(report, new, len(scanned.pictures.times), run.writer.batch)

    def _looked_at(self, video: NextVideo, run: _Run) -> tuple[ScannedVideo, NewFaces] | None:
        """What a file shows, written; None where it was scanned before."""
        video = run.ahead.as_it_is(video)
        file = video.file
        if file is None:
            return None
        holds = run.films.place(file)
        if not run.again and self._passed_over(file.name, holds, run.ahead):
            return None
        same = self._same_film(file, run.reader) if holds is Holds.CHANGED else None
        with blamed(file.path):
            found = self._look(video, file, run, same)
        file.must_stand()
        if found.scanned.fault is not None and run.films.was_read(file):
            raise found.scanned.fault
        info = replace(found.info, path=file.name)
        carried = same.faces if same else ()
        return found.scanned, run.writer.write(info, file, found.scanned, carried)

    def _passed_over(self, name: str, holds: Holds, ahead: Ahead) -> bool:
        known = self._store.films.of_path(name)
        return holds is not Holds.CHANGED and known is not None and ahead.scanned_alike(known)

    def _same_film(self, file: FileNow, reader: VideoProcess) -> SameFilm | None:
        """What follows from the film that a path had before, None where it is another."""
        known = self._store.films.of_path(file.name)
        faces = self._store.films.faces(known.id) if known else []
        if known is None or not any(face.decided for face in faces):
            return None
        video = self._store.videos.get([known.id])[known.id]
        film = OldFilm(video, self._store.films.pictures(known.id), tuple(faces))
        with blamed(file.path):
            return compare(film, file.path, reader, self._engine)

    def _look(self, video: NextVideo, file: FileNow, run: _Run, same: SameFilm | None) -> Look:
        """The faces of a file, in the frames that were looked at before where it is the same."""
        wanted = self._wanted
        if same is not None:
            times = same.times
            scanned = look_at(file.path, times, wanted.min_size, run.reader, self._engine)
            return Look(same.info, scanned)
        if video.begun is not None:
            return run.ahead.done(video.begun)
        return look(file.path, wanted, run.reader, self._engine)

    def _unreadable(
        self, name: str, path: Path, fault: Exception, report: ScanReport
    ) -> ScanReport:
        """Note why a video gave nothing; what is known of it and its faces stays."""
        said = reason(path, fault)
        with self._store.transaction():
            video = self._store.videos.add_unread(name, path.stem)
            self._store.videos.set_available(video, False)
            known = self._store.films.of_path(name)
            read = (known.file_modified if known else None) or 0.0
            row = ScanRow(video, read, self._config.frames_per_video, self._config.min_face_size)
            self._store.videos.record_scan(replace(row, fault=said))
        return _with_fault(report, path, said)


def must_be_enabled(config: Config) -> None:
    """Raises ScanDisabled where this library is not to be scanned."""
    if not config.enabled:
        raise ScanDisabled("Scanning is turned off in this library", Remedy.ENABLE_SCANNING)


def _in_all(reports: Sequence[ScanReport]) -> dict[str, int | bool]:
    return {
        "videos": sum(report.videos for report in reports),
        "unread": sum(report.unread for report in reports),
        "faces": sum(report.faces for report in reports),
        "matched": sum(report.matched for report in reports),
        "cancelled": any(report.cancelled for report in reports),
    }


def _with_films(report: ScanReport, films: FilmFinder) -> ScanReport:
    """What became of the films whose files moved or were replaced."""
    replaced = tuple((shown(path), faces) for path, faces in films.aside)
    return replace(report, moved=films.moved, replaced=replaced)


def _of_search(finder: VideoFinder) -> ScanReport:
    return ScanReport(faults=tuple(finder.faults), left_out=tuple(finder.left_out.items()))


def _with_fault(report: ScanReport, path: Path, reason: str) -> ScanReport:
    """A video that gave nothing."""
    faults = (*report.faults, (shown(path), reason))
    return replace(report, videos=report.videos + 1, unread=report.unread + 1, faults=faults)


def _broken_off(report: ScanReport, path: Path, reason: MediaError | str | None) -> ScanReport:
    """Say why a film ends early, beside what it gave."""
    if reason is None:
        return report
    return replace(report, faults=(*report.faults, (shown(path), str(reason))))


def _with_faces(report: ScanReport, new: NewFaces, frames: int, batch: str | None) -> ScanReport:
    return replace(
        report,
        videos=report.videos + 1,
        frames=report.frames + frames,
        carried=report.carried + new.carried,
        faces=report.faces + new.faces,
        matched=report.matched + new.matched,
        suggested=report.suggested + new.suggested,
        batch=batch,
    )


def _gone(path: Path) -> str:
    return f"The video {shown(path)} is not there: reconnect its drive or put the file back."


def reason(path: Path, fault: Exception) -> str:
    """Why a video gave nothing, in one sentence."""
    if not isinstance(fault, OSError):
        return str(fault)
    said = fault.strerror or str(fault)
    return f"{path} cannot be read ({said}): check that it is there and may be opened."
