"""Keeping the tracks of a library up to date: after scans and decisions, or all of them at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from facereview.errors import Cancelled
from facereview.records import DIMENSION, Progress
from facereview.review.evidence.records import Track
from facereview.review.evidence.tracks import link
from facereview.review.evidence.video_faces import StoredTrack, read_linked, read_tracks
from facereview.store.store import Store
from facereview.store.tracks import LinkedTo, TrackRows

METHOD = "average linkage, pooled"
"""How faces are linked and pooled: tracks made otherwise are made again."""

BATCH_FACES, BATCH_VIDEOS = 2_000, 200
"""Faces and videos linked in one transaction: some tenths of a second, in which a decision on one
of these videos waits for its tracks."""

FOLLOWED_FACES = 10_000
"""Faces of videos decided on up to which they are followed at once: some seconds."""

_TURN_SECONDS = 0.2

FACES_A_SECOND = 4_000
"""Faces that are linked, judged and written in a second; see ``tests/bench/tracks.py``.

The time grows with the number of faces: 6.2 s of processor in Python for 100,000, 19.4 s for
300,000 and 67.8 s for 1,000,000 faces, an exponent of 1.04.
"""

Told = Callable[[Progress], None]
Asked = Callable[[], bool]


TAUGHT_FACES, NEAREST = 8, 30
"""Faces decided on whose nearest pending ones elsewhere are looked up, and how many of each: some
tenths of a second, beside the window."""


class TrackStep(StrEnum):
    """What an update of the tracks does."""

    WAITING = "waiting"
    """Another program does the same."""
    LINKING = "linking"


@dataclass(frozen=True, slots=True)
class TrackScope:
    """What the next update has to do. ``first``: nothing was linked so far."""

    faces: int
    videos: int
    first: bool

    @property
    def seconds(self) -> float:
        """About how long that takes."""
        return self.faces / FACES_A_SECOND


@dataclass(frozen=True, slots=True)
class TrackUpdate:
    """What an update did: ``changed`` tracks are new, or have other faces than before."""

    faces: int
    videos: int
    tracks: int
    changed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Relinked:
    """The tracks of some videos: which have other faces, and of which something else is said."""

    tracks: tuple[StoredTrack, ...]
    changed: frozenset[int]
    otherwise: frozenset[int] = frozenset()

    def shown_otherwise(self) -> tuple[int, ...]:
        """The faces of which something else is to be shown."""
        concerned = self.changed | self.otherwise
        return tuple(face for one in self.tracks if one.id in concerned for face in one.track.faces)


def relink(
    store: Store, video_ids: Iterable[int], threshold: float, *, again: bool = False
) -> Relinked:
    """Link the faces of these videos and write what is another track than before.

    Within a transaction, before it locks faces. A new track keeps the number of the old one it
    shares most faces with. ``again`` pools the others anew too: their faces have other places.
    """
    videos = sorted(set(video_ids))
    store.tracks.lock(videos)
    old = store.tracks.of_videos(videos)
    found: list[StoredTrack] = []
    before: dict[int, int] = {}
    for faces, tracks in read_linked(store, videos):
        linked = link(faces, threshold)
        before |= dict(zip(faces.ids.tolist(), tracks.tolist(), strict=True))
        found += _numbered(linked, before)
    present = Counter(before.values())
    whole = {track for track, (_, size) in old.items() if present[track] == size}
    return _write(store, found, before, _Old(frozenset(old), frozenset(whole), again))


@dataclass(frozen=True, slots=True)
class _Old:
    """The tracks before; those that lost no face since; whether none may stay as it is."""

    tracks: frozenset[int]
    whole: frozenset[int]
    again: bool


def _numbered(tracks: Sequence[Track], before: dict[int, int]) -> list[StoredTrack]:
    """Tracks with the number of the old track they share most faces with, each once; else 0."""
    shared = Counter(
        (before[face], place) for place, track in enumerate(tracks) for face in track.faces
    )
    numbers: dict[int, int] = {}
    given = {0}
    for (old, place), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if place not in numbers and old not in given:
            numbers[place] = old
            given.add(old)
    return [StoredTrack(numbers.get(place, 0), track) for place, track in enumerate(tracks)]


def _write(store: Store, found: list[StoredTrack], before: dict[int, int], old: _Old) -> Relinked:
    def stays(one: StoredTrack) -> bool:
        kept = one.id in old.whole and all(before[face] == one.id for face in one.track.faces)
        return kept and not old.again and sizes[one.id] == len(one.track.faces)

    sizes = Counter(before.values())
    same = [one for one in found if stays(one)]
    other = [one for one in found if not stays(one)]
    ids = store.tracks.write(_rows(other))
    other = [replace(one, id=int(track)) for one, track in zip(other, ids, strict=True)]
    put = [(f, one.id) for one in other for f in one.track.faces if before[f] != one.id]
    store.tracks.put(
        np.asarray([face for face, _ in put], np.int32),
        np.asarray([track for _, track in put], np.int64),
    )
    kept = {one.id for one in same} | {one.id for one in other}
    store.tracks.drop(sorted(old.tracks - kept))
    store.tracks.leave_out(sorted(old.tracks - old.whole), list(before))
    return Relinked((*same, *other), frozenset(one.id for one in other))


def _rows(stored: Sequence[StoredTrack]) -> TrackRows:
    templates = [one.track.template for one in stored]
    return TrackRows(
        np.asarray([one.id for one in stored], np.int64),
        np.asarray([one.track.video_id for one in stored], np.int32),
        np.asarray([len(one.track.faces) for one in stored], np.int32),
        np.asarray([t.pictures for t in templates], np.float32),
        np.asarray([t.face_size for t in templates], np.float32),
        np.asarray([t.quality for t in templates], np.float32),
        np.asarray([t.embedding for t in templates], np.float32).reshape(-1, DIMENSION),
    )


class TrackUpdater:
    """Links the faces of a library. Belongs to one lane, with a store of its own.

    Each batch of videos is a transaction: what is done stays done, and the next update goes on
    from there.
    """

    def __init__(
        self,
        store: Store,
        threshold: float,
        judge: Callable[[Sequence[int]], Collection[int]] | None = None,
    ) -> None:
        """``threshold`` is the mean cosine from which faces of one video are one person.

        ``judge`` writes what the evidence says of the tracks of videos, in the same transaction,
        and gives those of which it says something else; None: nothing is judged.
        """
        self._store = store
        self._threshold = threshold
        self._judges = judge is not None
        self._judge = judge or (lambda _videos: ())

    def scope(self, *, from_nothing: bool = False) -> TrackScope:
        """What the next update has to do."""
        known = self._known()
        reached = 0 if from_nothing or known is None else known.reached
        videos = {} if reached is None else self._store.tracks.all_videos(reached)
        if known is not None and not from_nothing:
            videos = self._stale(known) | videos
        return TrackScope(sum(videos.values()), len(videos), known is None)

    def from_nothing(
        self, *, on_progress: Told = lambda _: None, cancelled: Asked = lambda: False
    ) -> TrackUpdate:
        """Link all faces again; tracks that stay what they are keep their numbers.

        Raises:
            Cancelled: ``cancelled`` said so; the videos done so far are, and the next update
                goes on behind them.
        """
        with self._turn(on_progress, cancelled):
            return self._update(self._begun(), _Watch(on_progress, cancelled))

    def up_to_date(
        self, *, on_progress: Told = lambda _: None, cancelled: Asked = lambda: False
    ) -> TrackUpdate:
        """Link new faces, and again those of videos that something was said of since.

        Raises:
            Cancelled: as :meth:`from_nothing`.
        """
        with self._turn(on_progress, cancelled):
            return self._update(self._known() or self._begun(), _Watch(on_progress, cancelled))

    def videos(self, video_ids: Iterable[int]) -> Relinked:
        """Link the faces of a few videos, in a transaction of its own."""
        videos = list(video_ids)
        with self._store.deciding():
            linked = relink(self._store, videos, self._threshold)
            return replace(linked, otherwise=frozenset(self._judge(videos)))

    def follow(self) -> Relinked | None:
        """Link again the videos that something was said of since, whoever said it.

        What was named, or is no longer, teaches: the tracks most like it elsewhere are judged
        again, too. No face is settled by it. Nothing where no faces were linked so far; None, and
        nothing is done, where that are too many for once, see :meth:`up_to_date`.
        """
        known = self._known()
        if known is None:
            return Relinked((), frozenset())
        now = self._store.tracks.now(METHOD, self._threshold)
        touched = self._store.tracks.touched(known)
        if sum(touched.values()) > FOLLOWED_FACES:
            return None
        alike = self._alike(known)
        parts = [self.videos(batch) for batch in _batches(touched)]
        parts.append(self._judged([video for video in alike if video not in touched]))
        self._store.tracks.advance(now)
        return Relinked(
            tuple(one for part in parts for one in part.tracks),
            frozenset().union(*(part.changed for part in parts)),
            frozenset().union(*(part.otherwise for part in parts)),
        )

    def _alike(self, known: LinkedTo) -> list[int]:
        if not self._judges:
            return []
        return self._store.tracks.alike_elsewhere(
            known, self._threshold, faces=TAUGHT_FACES, nearest=NEAREST
        )

    def _judged(self, videos: Sequence[int]) -> Relinked:
        """Judge the tracks of videos as they are."""
        if not videos:
            return Relinked((), frozenset())
        with self._store.deciding():
            self._store.tracks.lock(videos)
            otherwise = frozenset(self._judge(videos))
        stored = read_tracks(self._store, videos) if otherwise else []
        return Relinked(tuple(stored), frozenset(), otherwise)

    def _known(self) -> LinkedTo | None:
        """What the tracks are up to date with, None where they were made in another way."""
        known = self._store.tracks.linked_to()
        same = known is not None and (known.method, known.threshold) == (METHOD, self._threshold)
        return known if same else None

    def _begun(self) -> LinkedTo:
        """All videos are to be linked from now on."""
        state = replace(self._store.tracks.now(METHOD, self._threshold), reached=0)
        self._store.tracks.set_linked_to(state)
        return state

    @contextmanager
    def _turn(self, on_progress: Told, cancelled: Asked) -> Iterator[None]:
        """One update at a time in a library, whoever asks for it."""
        while not self._store.tracks.take_turn():
            on_progress(Progress(0, 0, TrackStep.WAITING))
            if cancelled():
                raise Cancelled
            time.sleep(_TURN_SECONDS)
        try:
            yield
        finally:
            self._store.tracks.end_turn()

    def _stale(self, known: LinkedTo) -> dict[int, int]:
        return self._store.tracks.unlinked() | self._store.tracks.touched(known)

    def _update(self, state: LinkedTo, watch: _Watch) -> TrackUpdate:
        start = time.monotonic()
        if state.reached is not None:
            videos = self._store.tracks.all_videos(state.reached)
            watch.total = sum(videos.values())
            for batch in _batches(videos):
                state = replace(state, reached=batch[-1])
                self._link(batch, videos, watch, state=state)
        now = self._store.tracks.now(METHOD, self._threshold)
        videos = self._stale(state)
        watch.total += sum(videos.values())
        for batch in _batches(videos):
            self._link(batch, videos, watch)
        self._store.tracks.set_linked_to(now)
        return replace(watch.done, seconds=time.monotonic() - start)

    def _link(
        self,
        batch: list[int],
        faces: dict[int, int],
        watch: _Watch,
        *,
        state: LinkedTo | None = None,
    ) -> None:
        """Link some videos; with ``state``, all of a run over the whole library."""
        watch.check()
        with self._store.deciding():
            linked = relink(self._store, batch, self._threshold, again=state is not None)
            self._judge(batch)
            if state is not None:
                self._store.tracks.set_linked_to(state)
        watch.note(sum(faces[video] for video in batch), len(batch), linked)


class _Watch:
    """What an update did so far, who is told of it, and who may stop it."""

    def __init__(self, on_progress: Told, cancelled: Asked) -> None:
        self._on_progress = on_progress
        self._cancelled = cancelled
        self.total = 0
        self.done = TrackUpdate(0, 0, 0, 0, 0.0)

    def check(self) -> None:
        if self._cancelled():
            raise Cancelled("Stopped")
        self._on_progress(Progress(self.done.faces, self.total, TrackStep.LINKING))

    def note(self, faces: int, videos: int, linked: Relinked) -> None:
        done = self.done
        self.done = replace(
            done,
            faces=done.faces + faces,
            videos=done.videos + videos,
            tracks=done.tracks + len(linked.tracks),
            changed=done.changed + len(linked.changed),
        )


def _batches(videos: dict[int, int]) -> Iterator[list[int]]:
    """The videos in the order of their numbers, so many at a time that have not too many faces."""
    batch: list[int] = []
    faces = 0
    for video in sorted(videos):
        if batch and (faces + videos[video] > BATCH_FACES or len(batch) == BATCH_VIDEOS):
            yield batch
            batch, faces = [], 0
        batch.append(video)
        faces += videos[video]
    if batch:
        yield batch
