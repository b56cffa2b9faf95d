"""Scanning videos for faces: sample, detect, match, store; one transaction per video."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from facereview.errors import MediaError, NotFound, ScanDisabled
from facereview.faces.engine import Engine
from facereview.media.ahead import ahead
from facereview.media.crops import CropCache, face_crop
from facereview.media.files import shown
from facereview.media.frames import VideoReader
from facereview.media.probe import find_videos, probe
from facereview.media.sampling import sample
from facereview.mounts import NOWHERE, Mounts
from facereview.records import (
    Box,
    Config,
    Detection,
    FaceState,
    Pixels,
    Progress,
    Status,
    VideoInfo,
)
from facereview.review.decisions import stored
from facereview.review.matching import Verdicts, match
from facereview.review.packs import claim_pack
from facereview.review.paths import stored_path
from facereview.store.creators import ReferenceMatrix
from facereview.store.log import Step
from facereview.store.store import Store
from facereview.store.videos import KeptFace, ScanRow

MACHINE = "facereview"
"""The actor under which automatic matching is logged."""

_SAME_FACE = 0.5
_SAME_TIME = 0.02


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did. ``faults`` are (path, sentence) of videos that could not be read."""

    videos: int = 0
    unchanged: int = 0
    frames: int = 0
    faces: int = 0
    matched: int = 0
    suggested: int = 0
    cancelled: bool = False
    batch: str | None = None
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class _Run:
    """The state of one run: its batch of automatic matches, made with the first of them."""

    config: Config
    again: bool
    token: str = field(default_factory=lambda: uuid4().hex)
    batch: int | None = None
    references: ReferenceMatrix | None = None
    revision: tuple[int, int, str] | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a video shows: detections in time order, each with a crop for the eye."""

    frames: int
    detections: list[Detection]
    crops: list[Pixels]


class Scanner:
    """Scans videos into one library. Belongs to the work lane, with a store of its own."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
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
        on_progress: Callable[[Progress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ScanReport:
        """Scan files and folders; videos scanned before with the same settings are passed over.

        Each video is one transaction, so a scan can be stopped at any point and taken up again.
        A video that cannot be read is noted with its reason and does not stop the others.

        Raises:
            ScanDisabled: ``enabled`` is false.
            NotFound: a path does not exist.
            PackMismatch: another pack made the library's embeddings.
        """
        self._must_be_enabled()
        for path in paths:
            if not path.exists():
                raise NotFound(f"There is no file or folder {path}: check the path.")
        videos = [(path, None) for path in find_videos(paths)]
        return self._all(videos, _Run(self._config, again), on_progress, cancelled)

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
                f"No video still to be scanned is on this computer, such as {videos[0][0]}: "
                "connect their drive, or say where their folder is with "
                "`facereview migrate FILE.db --map OLD=NEW`."
            )
        return self._all(videos, _Run(self._config, again=False), on_progress, cancelled)

    def _must_be_enabled(self) -> None:
        if not self._config.enabled:
            raise ScanDisabled(
                "Scanning is switched off in this library: set `enabled` to true on the "
                "Settings page."
            )

    def _all(
        self,
        videos: Sequence[tuple[Path, str | None]],
        run: _Run,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ScanReport:
        """Scan files, each with the name the library has for it, if that is known."""
        claim_pack(self._store, self._engine)
        report = ScanReport()
        for place, (video, name) in enumerate(videos):
            if cancelled():
                return replace(report, cancelled=True)
            on_progress(Progress(place, len(videos), video.name))
            if name is not None and not video.exists():
                report = _with_fault(report, video, _gone(video))
                continue
            report = self._one(video, name, run, report, cancelled)
        on_progress(Progress(len(videos), len(videos), ""))
        return report

    def _one(
        self,
        path: Path,
        name: str | None,
        run: _Run,
        report: ScanReport,
        cancelled: Callable[[], bool],
    ) -> ScanReport:
        try:
            name = name or self._mounts.stored(stored_path(path))
        except MediaError as fault:
            return _with_fault(report, path, str(fault))
        try:
            modified = path.stat().st_mtime
            if self._unchanged(name, path, modified, run):
                return replace(report, unchanged=report.unchanged + 1)
            info = probe(path)
            seen = self._look(path, cancelled)
            if seen is None:
                return replace(report, cancelled=True)
        except (MediaError, OSError) as fault:
            return self._unreadable(name, path, fault, report)
        return self._keep(replace(info, path=name), modified, seen, run, report)

    def _unchanged(self, name: str, path: Path, modified: float, run: _Run) -> bool:
        known = self._store.videos.known(name)
        return (
            not run.again
            and known is not None
            and known.fault is None
            and known.file_modified == modified
            and known.size_bytes == path.stat().st_size
            and known.frames_per_video == run.config.frames_per_video
            and known.min_face_size == run.config.min_face_size
        )

    def _look(self, path: Path, cancelled: Callable[[], bool]) -> _Seen | None:
        seen = _Seen(0, [], [])
        frames, count = 0, self._config.frames_per_video
        for frame in ahead(lambda: VideoReader(path), lambda reader: sample(reader, count)):
            if cancelled():
                return None
            frames += 1
            for face in self._engine.detect(frame.pixels, min_size=self._config.min_face_size):
                seen.detections.append(
                    Detection(frame.timestamp, face.box, face.quality, face.embedding)
                )
                seen.crops.append(face_crop(frame.pixels, face.box))
        return replace(seen, frames=frames)

    def _unreadable(
        self, name: str, path: Path, fault: Exception, report: ScanReport
    ) -> ScanReport:
        """Note why a video gave nothing; what is known of it and its faces stays."""
        reason = str(fault) if isinstance(fault, MediaError) else _os_fault(path, fault)
        with self._store.transaction():
            video = self._store.videos.add_unread(name, path.stem)
            self._store.videos.set_available(video, False)
            row = ScanRow(video, 0.0, self._config.frames_per_video, self._config.min_face_size)
            self._store.videos.record_scan(replace(row, fault=reason))
        return _with_fault(report, path, reason)

    def _keep(
        self, info: VideoInfo, modified: float, seen: _Seen, run: _Run, report: ScanReport
    ) -> ScanReport:
        with self._store.deciding():
            self._store.videos.follow_move(info, lambda path: self._mounts.local(path).exists())
            video = self._store.videos.add(info)
            removed, kept = self._store.videos.clear_undecided(video)
            new = [i for i, d in enumerate(seen.detections) if not _stands(d, kept)]
            found = [seen.detections[i] for i in new]
            ids = [self._store.videos.add_face(video, detection) for detection in found]
            verdicts = match(found, self._references(run), run.config)
            self._write_matches(video, ids, verdicts, run)
            row = ScanRow(video, modified, run.config.frames_per_video, run.config.min_face_size)
            self._store.videos.record_scan(replace(row, frames=seen.frames, faces=len(ids)))
        with suppress(MediaError):  # a full disk: crops are made again from the video when needed
            self._crops.remove(removed)
            for face, place in zip(ids, new, strict=True):
                self._crops.put(face, seen.crops[place])
        return replace(
            report,
            videos=report.videos + 1,
            frames=report.frames + seen.frames,
            faces=report.faces + len(ids),
            matched=report.matched + len(verdicts.matched),
            suggested=report.suggested + len(verdicts.suggested),
            batch=run.token if run.batch else None,
        )

    def _references(self, run: _Run) -> ReferenceMatrix:
        """All references, read again only when somebody changed them."""
        revision = self._store.creators.revision()
        if run.references is None or revision != run.revision:
            run.references, run.revision = self._store.creators.matrix(), revision
        return run.references

    def _write_matches(self, video: int, ids: list[int], verdicts: Verdicts, run: _Run) -> None:
        log = self._store.log
        log.suggest([(ids[i], n.creator_id, n.similarity) for i, n in verdicts.suggested.items()])
        if not verdicts.matched:
            return
        if run.batch is None:
            run.batch = log.add_batch(run.token, MACHINE, "automatic")
        batch = run.batch
        if batch is None:
            raise RuntimeError(run.token)
        pending = FaceState(Status.PENDING)
        log.write(
            batch,
            [
                Step(
                    ids[i],
                    video,
                    pending,
                    FaceState(Status.MATCHED, nearest.creator_id, stored(nearest.similarity)),
                )
                for i, nearest in verdicts.matched.items()
            ],
        )
        log.mark_automatic([(ids[i], batch) for i in verdicts.matched])
        tags = sorted({(video, n.creator_id) for n in verdicts.matched.values()})
        log.lock_tags(tags)
        log.add_tags(tags)


def _stands(detection: Detection, kept: Sequence[KeptFace]) -> bool:
    """Whether this face is one that the library already holds and keeps."""
    return any(
        abs(face.timestamp - detection.timestamp) <= _SAME_TIME
        and _overlap(face.box, detection.box) >= _SAME_FACE
        for face in kept
    )


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes in the same unit."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (a.width * a.height + b.width * b.height - width * height)


def _with_fault(report: ScanReport, path: Path, reason: str) -> ScanReport:
    faults = (*report.faults, (shown(path), reason))
    return replace(report, videos=report.videos + 1, faults=faults)


def _gone(path: Path) -> str:
    return f"The video {shown(path)} is not there: reconnect its drive or put the file back."


def _os_fault(path: Path, fault: Exception) -> str:
    said = getattr(fault, "strerror", None) or str(fault)
    return f"{path} cannot be read ({said}): check that it is there and may be opened."
