"""Further frames of videos in which the first look left somebody uncertain.

A scan looks at ``frames_per_video`` frames. Where the faces of a track are few, poor or alike and
name nobody, other frames of that part of the video are looked at, within a budget. Their faces
are added to those that are there, and matched as by a scan.

What more pictures are worth (``tests/bench/further.py``): 17 people of the shared pictures, each
with one reference, other pictures of them scaled so that the face has this side, with noise of 8
to 10 grey values; share of tracks settled at 1 wrong in 100 by the zoo's calibration, none wrong:

==========  =====  =====  =====  =====
pictures        1      2      3      5
==========  =====  =====  =====  =====
40 pixels    .843   .951   .941  1.000
30 pixels    .608   .686   .814  1.000
24 pixels    .490   .657   .637   .907
==========  =====  =====  =====  =====

(5 pictures: of the 9 people who have so many.) The frames of a shot differ less. On the made
videos, where each shot is one still, 5 further frames beside 60 left 56 of 57 faces settled as
before, and scaled to 30 % with noise 13 beside 60 left it at 43 of 56.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest
from pathlib import Path

from facereview.errors import Cancelled, DatabaseRefused, MediaError
from facereview.faces.engine import InsightEngine
from facereview.files import shown
from facereview.home import curator
from facereview.media.crops import CropCache
from facereview.media.fingerprint import agrees
from facereview.media.frames import Frame
from facereview.media.process import VideoProcess
from facereview.mounts import NOWHERE, Mounts
from facereview.records import DECIDED, Config, Progress, Video
from facereview.review.decisions.intents import Kind
from facereview.review.evidence.certainty import Certainty
from facereview.review.library.packs import claim_pack
from facereview.review.scanning.face_writer import FaceWriter
from facereview.review.scanning.films import FileNow, FilmFinder
from facereview.review.scanning.looking import blamed, faces_in
from facereview.review.scanning.scan import must_be_enabled, reason
from facereview.store.store import Store
from facereview.store.videos import UncertainTrack

FEW, POOR = 3.0, 0.75
"""Pictures that a track is worth, and quality of its best face, under which more are looked for.

On the shared made videos 5 % of the faces have a lower quality.
"""

HOPELESS = 0.95
"""Risk above which a track is taken for a stranger, of whom other frames say no more.

On the shared made videos at 3, 5 and 10 frames, as they are and scaled to 30 % with noise, all 17
tracks of strangers were above it, and of 20 tracks of creators that were not settled 5, whose
similarity was .20 or less.
"""

STEPS = (2.0, 4.0, 1.0, 8.0)
"""Seconds from a face at which another frame of it is looked for, the best first.

At 1, 2, 4 and 8 s from a frame of the shared made videos the same person was found (cosine .4 or
more) in 86, 75, 59 and 40 %, and looked different (under .85) in 13, 28, 40 and 40 %; in the real
ones, where people move, found in 93, 86, 89 and 80 % (few at 4 and 8), different in 60 and 57 % at
1 and 2 s.
"""

APART = 0.5
"""Least seconds between two frames that are looked at: nearer ones are mostly near-copies."""

_SAME_TIME = 0.02
"""Seconds by which the time of a face and of its frame may differ, for they are rounded."""


@dataclass(frozen=True, slots=True)
class PlannedVideo:
    """The seconds at which a video is to be looked at, and the uncertain faces it has."""

    video: Video
    times: tuple[float, ...]
    faces: tuple[int, ...]
    min_face_size: int


@dataclass(frozen=True, slots=True)
class FurtherPlan:
    """What a further look will do; ``seconds`` is about how long it takes, None: nobody knows."""

    videos: tuple[PlannedVideo, ...]
    seconds: float | None

    @property
    def frames(self) -> int:
        """How many frames will be looked at."""
        return sum(len(planned.times) for planned in self.videos)


@dataclass(frozen=True, slots=True)
class FurtherReport:
    """What a further look did.

    ``faces`` are new, and ``settled`` of those that were ``uncertain`` have a name now.
    ``faults`` are (path, sentence) of the videos that were left out.
    """

    videos: int = 0
    frames: int = 0
    faces: int = 0
    matched: int = 0
    suggested: int = 0
    uncertain: int = 0
    settled: int = 0
    faults: tuple[tuple[str, str], ...] = ()
    cancelled: bool = False
    batch: str | None = None


class FurtherLook:
    """Looks at further frames of one library. Belongs to one lane, with a store of its own."""

    def __init__(
        self,
        store: Store,
        engine: Callable[[], InsightEngine],
        crops: CropCache,
        config: Config,
        *,
        mounts: Mounts = NOWHERE,
        certainty: Certainty | None = None,
    ) -> None:
        """``engine`` gives the models, once frames are looked at.

        ``certainty`` None: faces are matched by the thresholds of ``config``.
        """
        self._certainty = certainty
        self._store = store
        self._engine = engine
        self._crops = crops
        self._config = config
        self._mounts = mounts

    def plan(self, budget: int | None = None) -> FurtherPlan:
        """What to look at: what is nearest to being settled first, ``budget`` frames at most.

        Of no video more further frames are looked at than frames at first, all looks together.
        """
        tracks: dict[int, list[UncertainTrack]] = defaultdict(list)
        for track in self._store.videos.uncertain_tracks(HOPELESS, FEW, POOR):
            tracks[track.video_id].append(track)
        videos = self._store.videos.get(list(tracks))
        planned = []
        for number, uncertain in tracks.items():
            left = uncertain[0].left if budget is None else min(uncertain[0].left, budget)
            times = tuple(sorted(islice(self._times(videos[number], uncertain), left)))
            if not times:
                continue
            budget = None if budget is None else budget - len(times)
            faces = tuple(chain.from_iterable(track.faces for track in uncertain))
            size = uncertain[0].min_face_size
            planned.append(PlannedVideo(videos[number], times, faces, size))
        plan = FurtherPlan(tuple(planned), None)
        pace = self._store.videos.pace() if planned else None
        return plan if pace is None else replace(plan, seconds=pace * plan.frames)

    def _times(self, video: Video, tracks: Sequence[UncertainTrack]) -> Iterator[float]:
        """Where to look for these tracks, one after the other."""
        looked, length = self._looked(video), video.duration or 0.0
        chosen: list[float] = []
        turns = zip_longest(*(further_times(track.times, looked, length) for track in tracks))
        for seconds in chain.from_iterable(turns):
            if seconds is not None and all(abs(seconds - other) >= APART for other in chosen):
                chosen.append(seconds)
                yield seconds

    def look(
        self,
        plan: FurtherPlan,
        *,
        on_progress: Callable[[Progress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> FurtherReport:
        """Look at what is planned. Each video is one transaction; stopping loses at most one.

        What changed since its scan, is missing or cannot be read is noted and left as it is.

        Raises:
            ScanDisabled: ``enabled`` is false.
            PackMismatch: another pack made the library's embeddings.
        """
        must_be_enabled(self._config)
        if not plan.videos:
            return FurtherReport()
        claim_pack(self._store, self._engine())
        films = FilmFinder(self._store, self._crops, self._mounts, cancelled)
        writer = FaceWriter(self._store, self._crops, self._config, films, self._certainty)
        report = FurtherReport()
        with VideoProcess(cancelled) as reader:
            for place, planned in enumerate(plan.videos):
                path = self._mounts.local(planned.video.path)
                on_progress(Progress(place, len(plan.videos), path.name))
                try:
                    report = self._one(planned, path, writer, reader, report)
                except Cancelled:
                    report = replace(report, cancelled=True)
                    break
                except (MediaError, OSError, DatabaseRefused) as fault:
                    told = (shown(path), reason(path, fault))
                    report = replace(report, faults=(*report.faults, told))
            else:
                on_progress(Progress(len(plan.videos), len(plan.videos), ""))
        self._note(report)
        return replace(self._with_settled(report, plan), batch=writer.batch)

    def _note(self, report: FurtherReport) -> None:
        if report.videos:
            about = {
                "videos": report.videos,
                "faces": report.faces,
                "matched": report.matched,
                "frames": report.frames,
                "cancelled": report.cancelled,
            }
            self._store.log.note(curator(), Kind.SCAN.value, about)

    def _one(
        self,
        planned: PlannedVideo,
        path: Path,
        writer: FaceWriter,
        reader: VideoProcess,
        report: FurtherReport,
    ) -> FurtherReport:
        file = FileNow.read(planned.video.path, path)
        known = self._store.films.of_path(file.name)
        if known is None or known.content is None or not agrees(known.content, file.content):
            raise _changed(path)
        frames = _unseen(reader.frames_at(path, planned.times), self._looked(planned.video))
        with blamed(path):
            scanned = faces_in(frames, self._engine(), planned.min_face_size)
        if scanned.fault is not None:
            raise scanned.fault
        file.must_stand()
        new = writer.add(planned.video, file, scanned, len(planned.times))
        if new is None:
            raise _changed(path)
        return replace(
            report,
            videos=report.videos + 1,
            frames=report.frames + len(scanned.pictures.times),
            faces=report.faces + new.faces,
            matched=report.matched + new.matched,
            suggested=report.suggested + new.suggested,
        )

    def _looked(self, video: Video) -> tuple[float, ...]:
        pictures = self._store.films.pictures(video.id)
        return pictures.times if pictures else ()

    def _with_settled(self, report: FurtherReport, plan: FurtherPlan) -> FurtherReport:
        asked = [face for planned in plan.videos for face in planned.faces]
        now = self._store.faces.get(asked).values()
        settled = sum(face.state.status in DECIDED for face in now)
        return replace(report, uncertain=len(asked), settled=settled)


def _unseen(frames: Iterator[Frame], looked: Sequence[float]) -> Iterator[Frame]:
    """The frames that were not looked at yet: one may stay on screen for long."""
    seen = list(looked)
    for frame in frames:
        if all(abs(frame.timestamp - other) > _SAME_TIME for other in seen):
            seen.append(frame.timestamp)
            yield frame


def _changed(path: Path) -> MediaError:
    return MediaError(f"The video {shown(path)} changed since it was scanned: scan it again.")


def further_times(
    faces: Sequence[float], looked: Sequence[float], duration: float
) -> Iterator[float]:
    """Seconds at which to look for more of a track, the best first.

    ``faces`` are the times of its faces, ``looked`` those of all frames that were looked at. Half
    of the way to a frame without it, or to an end of the video, is gone, since it ends somewhere
    between.
    """
    own = sorted(set(faces))
    others = sorted(t for t in looked if all(abs(t - face) > _SAME_TIME for face in own))
    taken = [*own, *others]
    for step in STEPS:
        for face in own:
            for way in (1, -1):
                reach = _reach(face, way, own, [0.0, *others, duration])
                seconds = face + way * min(step, reach)
                if all(abs(seconds - other) >= APART for other in taken):
                    taken.append(seconds)
                    yield seconds


def _reach(face: float, way: int, own: Sequence[float], others: Sequence[float]) -> float:
    """Seconds from a face in one direction within which its track probably is."""
    ahead = min((way * (t - face) for t in own if way * (t - face) > 0), default=float("inf"))
    without = min((way * (t - face) for t in others if way * (t - face) > 0), default=0.0)
    return min(ahead, without / 2)
