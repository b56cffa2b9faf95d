"""Writing what a scan found in a video: its faces, automatic matches, and crops."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import uuid4

from facereview.errors import MediaError
from facereview.media.crops import CropCache, FaceCrop
from facereview.records import Config, Detection, FaceState, Status, VideoInfo
from facereview.review.creators.checks import KnownReferences
from facereview.review.decisions.decide import stored
from facereview.review.evidence.matching import Verdicts, match
from facereview.review.scanning.films import FileNow, FilmFinder
from facereview.store.films import CarriedFace, FilmPictures
from facereview.store.log import Step
from facereview.store.store import Store
from facereview.store.videos import KeptFace, ScanRow

MACHINE = "facereview"
"""The actor under which automatic matching is logged."""

_SAME_FACE = 0.5
_SAME_TIME = 0.02


@dataclass(frozen=True, slots=True)
class ScannedVideo:
    """The result of scanning a video: detections in time order, each with a crop."""

    detections: list[Detection]
    crops: list[FaceCrop]
    pictures: FilmPictures
    """Of the frames that were looked at."""
    fault: MediaError | None = None
    """Why the film broke off after these frames."""
    small: int = 0
    """Faces left out for their size."""


@dataclass(frozen=True, slots=True)
class NewFaces:
    """How many faces a video has; of these, how many were matched at once, or suggested.

    ``carried`` decided faces were found again in this encode of its film.
    """

    faces: int
    matched: int
    suggested: int
    carried: int


class FaceWriter:
    """Writes what one scan finds, its automatic matches as one batch."""

    def __init__(self, store: Store, crops: CropCache, config: Config, films: FilmFinder) -> None:
        self._store = store
        self._crops = crops
        self._config = config
        self._films = films
        self._token = uuid4().hex
        self._batch: int | None = None
        self._known = KnownReferences()

    @property
    def batch(self) -> str | None:
        """What undoes the run's automatic matches; None as long as there are none."""
        return self._token if self._batch is not None else None

    def write(
        self,
        info: VideoInfo,
        file: FileNow,
        scanned: ScannedVideo,
        carried: Sequence[CarriedFace] = (),
    ) -> NewFaces:
        """Replace the undecided faces of an earlier scan, in one transaction.

        Faces that somebody decided stay, and are not added a second time. Where the file is
        another one by now, those that are ``carried`` stay, and the others are set aside.
        """
        config = self._config
        with self._store.deciding():
            replaced = self._films.replaced(file)
            aside = self._films.set_aside(replaced, carried) if replaced else 0
            video = self._store.videos.add(info)
            self._films.return_faces(video, file)
            removed, kept = self._store.videos.clear_undecided(video)
            size = info.width, info.height
            new = [i for i, d in enumerate(scanned.detections) if not _stands(d, kept, size)]
            found = [scanned.detections[i] for i in new]
            ids = [self._store.videos.add_face(video, detection) for detection in found]
            verdicts = match(found, self._known.live(self._store), config)
            self._write_matches(video, ids, verdicts)
            self._films.record(video, file, scanned.pictures)
            row = ScanRow(video, file.modified, config.frames_per_video, config.min_face_size)
            row = replace(row, frames=len(scanned.pictures.times), faces=len(ids))
            fault = None if scanned.fault is None else str(scanned.fault)
            self._store.videos.record_scan(replace(row, fault=fault))
        self._films.note_aside(file, aside)
        with suppress(MediaError):  # a full disk: crops are made again from the video when needed
            self._crops.remove(removed)
            for face, place in zip(ids, new, strict=True):
                self._crops.put(face, scanned.crops[place])
        matched, suggested = len(verdicts.matched), len(verdicts.suggested)
        return NewFaces(len(ids), matched, suggested, len(carried) if replaced else 0)

    def _write_matches(self, video: int, ids: list[int], verdicts: Verdicts) -> None:
        log = self._store.log
        log.suggest([(ids[i], n.creator_id, n.similarity) for i, n in verdicts.suggested.items()])
        if not verdicts.matched:
            return
        if self._batch is None:
            self._batch = log.add_batch(self._token, MACHINE, "automatic")
        batch = self._batch
        if batch is None:
            raise RuntimeError(self._token)
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


def _stands(detection: Detection, kept: Sequence[KeptFace], size: tuple[int, int]) -> bool:
    """Whether this face is one that the library already holds and keeps.

    ``size`` is the frame's width and height: boxes kept as fractions of it are compared in pixels.
    """
    found = detection.box.in_frame(*size)
    near = (f.box for f in kept if abs(f.timestamp - detection.timestamp) <= _SAME_TIME)
    known = (box.in_frame(*size) for box in near)
    return found is not None and any(box and box.overlap(found) >= _SAME_FACE for box in known)
