"""Scanning videos for faces: sample frames, detect, and write the result of each video."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from facereview.errors import Cancelled, DatabaseRefused, MediaError, NotFound, Remedy, ScanDisabled
from facereview.faces.engine import InsightEngine
from facereview.files import shown, stored_path
from facereview.media.crops import CropCache, cut_face
from facereview.media.finding import LEFT_OUT, VideoFinder
from facereview.media.fingerprint import agrees, content_of
from facereview.media.images import grey_square
from facereview.media.process import VideoProcess
from facereview.mounts import NOWHERE, Mounts
from facereview.records import (
    SMALL_FACE,
    Box,
    Config,
    Detection,
    Progress,
    VideoInfo,
)
from facereview.review.library.packs import claim_pack
from facereview.review.scanning.face_writer import FaceWriter, NewFaces, ScannedVideo
from facereview.review.scanning.films import FileNow, FilmFinder, Holds
from facereview.review.scanning.same_film import OldFilm, SameFilm, compare
from facereview.store.films import GREY_SIDE, FilmPictures, KnownFile
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


@dataclass(frozen=True, slots=True)
class _Run:
    """One run: what writes its faces, and whether known videos are scanned ``again``."""

    films: FilmFinder
    writer: FaceWriter
    reader: VideoProcess
    again: bool
    cancelled: Callable[[], bool]


class Scanner:
    """Scans videos into one library. Belongs to one lane, with a store of its own."""

    def __init__(
        self,
        store: Store,
        engine: InsightEngine,
        crops: CropCache,
        config: Config,
        mounts: Mounts = NOWHERE,
    ) -> None:
        self._mounts = mounts
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
        self._must_be_enabled()
        finder = VideoFinder(left_out)
        videos: list[tuple[Path, str | None]] = []
        for path in finder.find(paths):  # minutes on a slow drive
            if cancelled():
                return replace(_of_search(finder), cancelled=True)
            videos.append((path, None))
        found = _of_search(finder)
        return self._all(videos, self._run(again, cancelled), on_progress, found)

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
        self._must_be_enabled()
        videos = [(self._mounts.local(name), name) for name in self._store.videos.unscanned()]
        if videos and not any(path.exists() for path, _ in videos):
            raise NotFound(
                "None of the videos still to be scanned is on this computer, such as "
                f"{videos[0][0]}",
                Remedy.MAP_FOLDER,
                str(videos[0][1]),
            )
        return self._all(videos, self._run(False, cancelled), on_progress, ScanReport())

    def _must_be_enabled(self) -> None:
        if not self._config.enabled:
            raise ScanDisabled("Scanning is turned off in this library", Remedy.ENABLE_SCANNING)

    def _run(self, again: bool, cancelled: Callable[[], bool]) -> _Run:
        films = FilmFinder(self._store, self._crops, self._mounts, cancelled)
        writer = FaceWriter(self._store, self._crops, self._config, films)
        return _Run(films, writer, VideoProcess(cancelled), again, cancelled)

    def _all(
        self,
        videos: Sequence[tuple[Path, str | None]],
        run: _Run,
        on_progress: Callable[[Progress], None],
        report: ScanReport,
    ) -> ScanReport:
        """Scan files, each with the name the library has for it, if that is known."""
        claim_pack(self._store, self._engine)
        with run.reader:
            report = self._each(videos, run, on_progress, report)
        replaced = tuple((shown(path), faces) for path, faces in run.films.aside)
        return replace(report, moved=run.films.moved, replaced=replaced)

    def _each(
        self,
        videos: Sequence[tuple[Path, str | None]],
        run: _Run,
        on_progress: Callable[[Progress], None],
        report: ScanReport,
    ) -> ScanReport:
        for place, (video, name) in enumerate(videos):
            if run.cancelled():
                return replace(report, cancelled=True)
            on_progress(Progress(place, len(videos), video.name))
            if name is not None and not video.exists():
                report = _with_fault(report, video, _gone(video))
                continue
            report = self._one(video, name, run, report)
        on_progress(Progress(len(videos), len(videos), ""))
        return report

    def _one(self, path: Path, name: str | None, run: _Run, report: ScanReport) -> ScanReport:
        try:
            name = name or self._mounts.stored(stored_path(path))
        except MediaError as fault:
            return _with_fault(report, path, str(fault))
        try:
            known = None if run.again else self._unchanged(name, path)
            done = None if known else self._looked_at(name, path, run)
        except Cancelled:
            return replace(report, cancelled=True)
        except (MediaError, OSError, DatabaseRefused) as fault:
            return self._unreadable(name, path, fault, report)
        if done is None:
            report = replace(report, unchanged=report.unchanged + 1)
            return _broken_off(report, path, known.fault if known else None)
        scanned, new = done
        if scanned.small:
            report = replace(report, small=(*report.small, (shown(path), scanned.small)))
        report = _broken_off(report, path, scanned.fault)
        return _with_faces(report, new, len(scanned.pictures.times), run.writer.batch)

    def _looked_at(self, name: str, path: Path, run: _Run) -> tuple[ScannedVideo, NewFaces] | None:
        """What a file shows, written; None where it was scanned before."""
        file = FileNow.read(name, path)
        holds = run.films.place(file)
        if not run.again and self._passed_over(name, holds):
            return None
        same = self._same_film(file, run.reader) if holds is Holds.CHANGED else None
        info, scanned = self._look(file, run.reader, same)
        if scanned.fault is not None and self._was_read(file):
            raise scanned.fault
        carried = same.faces if same else ()
        return scanned, run.writer.write(replace(info, path=name), file, scanned, carried)

    def _unchanged(self, name: str, path: Path) -> KnownFile | None:
        """What is known of a file that is as it was when it was last read, in a scan like this."""
        known, status = self._store.films.of_path(name), path.stat()
        if known is None or not known.read or not self._sizes_alike(known):
            return None
        times = known.file_modified, known.file_changed
        return known if times == (status.st_mtime, status.st_ctime) else None

    def _was_read(self, file: FileNow) -> bool:
        """Whether the faces here are of this whole film, as far as is known: a fault loses none."""
        known = self._store.films.of_path(file.name)
        if known is None or known.frames is None or (known.fault is not None and known.read):
            return False
        return known.content is not None and agrees(known.content, file.content)

    def _scanned_alike(self, known: KnownFile) -> bool:
        """Whether the last scan of a video was like this one."""
        return known.fault is None and self._sizes_alike(known)

    def _sizes_alike(self, known: KnownFile) -> bool:
        """Whether as many frames were looked at, for faces as small as now or smaller."""
        if known.min_face_size is None or known.min_face_size > self._config.min_face_size:
            return False
        return known.frames_per_video == self._config.frames_per_video

    def _passed_over(self, name: str, holds: Holds) -> bool:
        known = self._store.films.of_path(name)
        return holds is not Holds.CHANGED and known is not None and self._scanned_alike(known)

    def _same_film(self, file: FileNow, reader: VideoProcess) -> SameFilm | None:
        """What follows from the film that a path had before, None where it is another."""
        known = self._store.films.of_path(file.name)
        faces = self._store.films.faces(known.id) if known else []
        if known is None or not any(face.decided for face in faces):
            return None
        video = self._store.videos.get([known.id])[known.id]
        film = OldFilm(video, self._store.films.pictures(known.id), tuple(faces))
        return compare(film, file.path, reader, self._engine)

    def _look(
        self, file: FileNow, reader: VideoProcess, same: SameFilm | None
    ) -> tuple[VideoInfo, ScannedVideo]:
        """The faces of a file, in the frames that were looked at before where it is the same.

        Where it breaks off, what was decoded counts.
        """
        detections, crops, times, greys = [], [], [], []
        small: list[Box] = []
        if same is None:
            info, frames = reader.look(file.path, self._config.frames_per_video)
        else:
            info, frames = same.info, reader.frames_at(file.path, same.times)
        fault: MediaError | None = None
        try:
            for frame in frames:
                times.append(frame.timestamp)
                greys.append(grey_square(frame.pixels, GREY_SIDE))
                least = self._config.min_face_size
                for face in self._engine.detect(
                    frame.pixels, min_size=least, on_small=small.append
                ):
                    detections.append(
                        Detection(frame.timestamp, face.box, face.quality, face.embedding)
                    )
                    crops.append(cut_face(frame.pixels, face.box))
        except MediaError as broken:
            fault = broken
        if fault is not None and not times:
            raise fault
        _check_unchanged(file)
        pictures = FilmPictures(tuple(times), np.array(greys, np.uint8))
        return info, ScannedVideo(detections, crops, pictures, fault, _worth_a_look(small))

    def _unreadable(
        self, name: str, path: Path, fault: Exception, report: ScanReport
    ) -> ScanReport:
        """Note why a video gave nothing; what is known of it and its faces stays."""
        reason = _os_fault(path, fault) if isinstance(fault, OSError) else str(fault)
        with self._store.transaction():
            video = self._store.videos.add_unread(name, path.stem)
            self._store.videos.set_available(video, False)
            known = self._store.films.of_path(name)
            read = (known.file_modified if known else None) or 0.0
            row = ScanRow(video, read, self._config.frames_per_video, self._config.min_face_size)
            self._store.videos.record_scan(replace(row, fault=reason))
        return _with_fault(report, path, reason)


def _worth_a_look(boxes: Sequence[Box]) -> int:
    return sum(min(box.width, box.height) >= SMALL_FACE for box in boxes)


def _check_unchanged(file: FileNow) -> None:
    if content_of(file.path) != file.content:
        raise MediaError(
            f"The video {shown(file.path)} changed while it was scanned: scan it again."
        )


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


def _os_fault(path: Path, fault: Exception) -> str:
    said = getattr(fault, "strerror", None) or str(fault)
    return f"{path} cannot be read ({said}): check that it is there and may be opened."
