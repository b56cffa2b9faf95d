"""Writing what a scan found in a video: its faces, automatic matches, and crops."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from facereview.errors import MediaError
from facereview.media.crops import CropCache
from facereview.media.fingerprint import agrees
from facereview.records import Config, Detection, FaceState, Status, Video, VideoInfo
from facereview.review.creators.checks import KnownReferences
from facereview.review.decisions.decide import stored
from facereview.review.evidence.certainty import Certainty, Mode
from facereview.review.evidence.matching import Verdicts, match
from facereview.review.evidence.rematch_run import RematchRun
from facereview.review.evidence.teaching import Teaching
from facereview.review.evidence.track_rematch import TrackRematch
from facereview.review.evidence.track_update import relink
from facereview.review.scanning.films import FileNow, FilmFinder
from facereview.review.scanning.looking import ScannedVideo
from facereview.store.films import CarriedFace
from facereview.store.log import Step
from facereview.store.store import Store
from facereview.store.videos import KeptFace, ScanRow

_SAME_FACE = 0.5
_SAME_TIME = 0.02


@dataclass(frozen=True, slots=True)
class NewFaces:
    """How many faces a video has; of these, how many were matched at once, or suggested.

    ``carried`` decided faces were found again in this encode of its film.
    """

    faces: int
    matched: int
    suggested: int
    carried: int


@dataclass(frozen=True, slots=True)
class _Put:
    """The faces that were written: ids, and their places among what was scanned."""

    ids: list[int]
    places: list[int]


class FaceWriter:
    """Writes what one scan finds, its automatic matches as one batch."""

    def __init__(
        self,
        store: Store,
        crops: CropCache,
        config: Config,
        films: FilmFinder,
        certainty: Certainty | None = None,
        *,
        later: bool = False,
    ) -> None:
        """``certainty`` None: faces are matched by the thresholds of ``config``.

        ``later``: what :meth:`follow` does waits until that is called.
        """
        self._later = later
        self._store = store
        self._crops = crops
        self._config = config
        self._films = films
        self._run = RematchRun(store)
        self._known = KnownReferences()
        self._tracks: TrackRematch | None = None
        if certainty is not None and certainty.mode is Mode.ERROR_RATE:
            self._tracks = TrackRematch(store, certainty, Teaching(), automatic=config.automatic)

    @property
    def batch(self) -> str | None:
        """What undoes the run's automatic matches; None as long as there are none."""
        return self._run.batch.token

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
        with self._run.batch.whole(), self._store.deciding():
            self._store.tracks.lock_path(info.path)
            replaced = self._films.replaced(file)
            aside = self._films.set_aside(replaced, carried) if replaced else 0
            video = self._store.videos.add(info)
            self._films.return_faces(video, file)
            removed, kept = self._store.videos.clear_undecided(video)
            put = self._put(video, (info.width, info.height), scanned, kept)
            self._films.record(video, file, scanned.pictures)
            row = ScanRow(video, file.modified, config.frames_per_video, config.min_face_size)
            row = replace(row, frames=len(scanned.pictures.times), faces=len(put.ids))
            fault = None if scanned.fault is None else str(scanned.fault)
            self._store.videos.record_scan(replace(row, fault=fault))
            if not self._later:
                relink(self._store, [video], config.link_threshold, again=True)
            new = self._matched(video, scanned, put)
        self._films.note_aside(file, aside)
        with suppress(MediaError):  # a full disk: crops are made again from the video when needed
            self._crops.remove(removed)
        self._keep_crops(scanned, put)
        return replace(new, carried=len(carried) if replaced else 0)

    def follow(self, video_ids: Sequence[int]) -> None:
        """Link the faces of scanned videos into tracks, and settle these where they count.

        All in one transaction; done again, it changes nothing.
        """
        with self._run.batch.whole(), self._store.deciding():
            relink(self._store, video_ids, self._config.link_threshold, again=True)
            if self._tracks is not None:
                self._tracks.settle(video_ids, self._run)

    def add(
        self, video: Video, file: FileNow, scanned: ScannedVideo, frames: int
    ) -> NewFaces | None:
        """Add the faces of further frames of a video, in one transaction; all others stay.

        So many ``frames`` count as looked at. None where the video is gone, or holds another film
        by now.
        """
        with self._run.batch.whole(), self._store.deciding():
            self._store.tracks.lock([video.id])
            here = self._store.videos.held(video.id)
            known = self._store.films.of_path(file.name)
            if here is None or known is None or known.id != video.id:
                return None
            if known.content is None or not agrees(known.content, file.content):
                return None
            put = self._put(video.id, (video.width or 0, video.height or 0), scanned, here)
            self._store.films.add_pictures(video.id, scanned.pictures)
            self._store.videos.add_further_look(video.id, frames)
            relink(self._store, [video.id], self._config.link_threshold)
            new = self._matched(video.id, scanned, put)
        self._keep_crops(scanned, put)
        return new

    def _put(
        self, video: int, size: tuple[int, int], scanned: ScannedVideo, kept: Sequence[KeptFace]
    ) -> _Put:
        """Write the faces that are not among those ``kept``."""
        new = [i for i, d in enumerate(scanned.detections) if not _stands(d, kept, size)]
        found = [scanned.detections[i] for i in new]
        ids = self._store.videos.add_faces(video, found)
        return _Put(ids, new)

    def _matched(self, video: int, scanned: ScannedVideo, put: _Put) -> NewFaces:
        """Match what was written, and where tracks count all that is still to be settled there."""
        if self._tracks is None:
            found = [scanned.detections[place] for place in put.places]
            verdicts = match(found, self._known.live(self._store), self._config)
            verdicts = self._without_rivals(put.ids, verdicts)
            self._write_matches(video, put.ids, verdicts)
            return NewFaces(len(put.ids), len(verdicts.matched), len(verdicts.suggested), 0)
        if self._later:
            return NewFaces(len(put.ids), 0, 0, 0)
        matched, suggesting = self._run.matched, self._run.suggesting
        self._tracks.settle([video], self._run)
        matched, suggesting = self._run.matched - matched, self._run.suggesting - suggesting
        return NewFaces(len(put.ids), matched, suggesting, 0)

    def _keep_crops(self, scanned: ScannedVideo, put: _Put) -> None:
        with suppress(MediaError):
            for face, place in zip(put.ids, put.places, strict=True):
                self._crops.put_bytes(face, scanned.crops[place])

    def _without_rivals(self, ids: list[int], verdicts: Verdicts) -> Verdicts:
        """Only suggest whom a kept face of the same frame is already, or is more likely."""
        found = [(ids[i], n.creator_id, n.similarity) for i, n in verdicts.matched.items()]
        rivals = self._store.references.rivals(found) if found else set()
        left = {i: n for i, n in verdicts.matched.items() if ids[i] in rivals}
        matched = {i: n for i, n in verdicts.matched.items() if i not in left}
        return Verdicts(matched, verdicts.suggested | left)

    def _write_matches(self, video: int, ids: list[int], verdicts: Verdicts) -> None:
        suggested = verdicts.suggested.items()
        self._store.log.suggest([(ids[i], n.creator_id, n.similarity) for i, n in suggested])
        pending = FaceState(Status.PENDING)
        self._run.batch.match(
            [
                Step(
                    ids[i],
                    video,
                    pending,
                    FaceState(Status.MATCHED, nearest.creator_id, stored(nearest.similarity)),
                )
                for i, nearest in verdicts.matched.items()
            ]
        )


def _stands(detection: Detection, kept: Sequence[KeptFace], size: tuple[int, int]) -> bool:
    """Whether this face is one that the library already holds and keeps.

    ``size`` is the frame's width and height: boxes kept as fractions of it are compared in pixels.
    """
    found = detection.box.in_frame(*size)
    near = (f.box for f in kept if abs(f.timestamp - detection.timestamp) <= _SAME_TIME)
    known = (box.in_frame(*size) for box in near)
    return found is not None and any(box and box.overlap(found) >= _SAME_FACE for box in known)
