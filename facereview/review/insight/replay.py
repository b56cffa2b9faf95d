"""Replaying decisions: what the references and the evidence say of faces that people decided.

Nothing of a face's own video has a part in it: neither a reference that was made there, nor what
people named there, nor what they said of the face. Tracks are as they are linked now; where a
decision parted one, that is not undone.

A library's own calibration was fitted on these decisions too: a few numbers, of a hundred tracks or
more. On 20 synthetic libraries with 120, 300 and 900 noisy decided tracks, settled at 1 in 20, no
name was wrong by a replay, .0000 to .0006 by one in which a fifth each was judged by a fit on the
others, and .0003 to .0013 of all other tracks were: too little to be seen beside the bounds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from facereview.errors import Cancelled
from facereview.numbers import comparable
from facereview.records import Embedding, Progress
from facereview.review.evidence.certainty import Certainty, Mode
from facereview.review.evidence.gallery import MOST_PIECES, Gallery
from facereview.review.evidence.judging import judge
from facereview.review.evidence.library_judging import fits
from facereview.review.evidence.records import Track
from facereview.review.evidence.teaching import OF_EACH_VIDEO, decided_of
from facereview.review.evidence.templates import pool
from facereview.review.evidence.video_faces import read_tracks
from facereview.review.insight.thresholds import (
    ONLY_DENIED,
    RIGHT,
    UNKNOWN,
    WRONG,
    Decisions,
    Guesses,
    Replay,
)
from facereview.store.creators import ReferenceMatrix
from facereview.store.insight import SaidFaces
from facereview.store.store import Store

_VIDEOS = 100
_ROWS = 256
"""Faces compared at a time: with 50,000 references 50 MB of cosines."""
_ANY = 1 - 1e-9
"""An error rate by which every name is settled that nothing but its risk speaks against."""

Denied = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class _Part:
    """What was replayed of some videos."""

    decisions: Decisions
    by_face: Guesses
    by_track: Guesses


def replay(
    store: Store,
    certainty: Certainty,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Replay:
    """Compare every face that people decided with what is known without its video.

    Raises:
        Cancelled: ``cancelled`` became true.
    """
    videos = sorted(store.calibrations.decided_videos(2**31 - 1))
    replayer = _Replayer(store, certainty)
    parts = [replayer.part([])]
    for first in range(0, len(videos), _VIDEOS):
        if cancelled():
            raise Cancelled("Stopped")
        on_progress(Progress(first, len(videos), ""))
        parts.append(replayer.part(videos[first : first + _VIDEOS]))
    on_progress(Progress(len(videos), len(videos), ""))
    calibrated = certainty.calibration is not None
    return Replay(
        _joined(Decisions, [part.decisions for part in parts]),
        _joined(Guesses, [part.by_face for part in parts]),
        _joined(Guesses, [part.by_track for part in parts]) if calibrated else None,
        {creator.id: creator.name for creator in store.creators.all()},
    )


_Arrays = TypeVar("_Arrays", Decisions, Guesses)


def _joined(kind: type[_Arrays], parts: Sequence[_Arrays]) -> _Arrays:
    names = kind.__slots__
    return kind(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class _Replayer:
    """Compares the faces of some videos after the other. Belongs to one lane."""

    def __init__(self, store: Store, certainty: Certainty) -> None:
        self._store = store
        self._certainty = replace(certainty, mode=Mode.ERROR_RATE, error_rate=_ANY)
        self._references = store.creators.matrix()
        self._made_in = _made_in(self._references, store.insight.reference_videos())
        named = decided_of(store.evidence.named(MOST_PIECES, OF_EACH_VIDEO))
        self._gallery = Gallery(self._references, named, self._made_in)
        self._tracks = 0

    def part(self, video_ids: Sequence[int]) -> _Part:
        """What is said of the decided faces of these videos."""
        said = self._store.insight.said_of(video_ids)
        denied = self._store.search.denied(said.ids.tolist())
        tracks, owners = self._tracks_of(video_ids, said)
        of_tracks, risks, settled = self._standings(tracks, said)
        names = of_tracks[owners]
        near, of_track = self._compared(said, names)
        first, unknown = _first_of_frames(said, near), np.full(len(said.ids), np.nan)
        by_face = _judged(near, unknown, first, said, denied)
        sure = settled[owners] & self._fit(tracks, owners, said, names)
        by_track = _judged(of_track, risks[owners], sure, said, denied)
        numbers = self._tracks + owners
        self._tracks += len(tracks)
        return _Part(Decisions(said.ids, said.videos, numbers, said.creators), by_face, by_track)

    # ------------------------------------------------------------------------------------ tracks

    def _tracks_of(
        self, video_ids: Sequence[int], said: SaidFaces
    ) -> tuple[list[Track], NDArray[np.int64]]:
        """All tracks of the videos as if nobody had said anything, and that of each decided face.

        A face that is in none, such as one that is no face, is a track of its own.
        """
        tracks = [_undecided(one.track) for one in read_tracks(self._store, video_ids)]
        owner = {face: place for place, track in enumerate(tracks) for face in track.faces}
        for place, face in enumerate(said.ids.tolist()):
            if face not in owner:
                owner[face] = len(tracks)
                tracks.append(_alone(said, place))
        return tracks, np.asarray([owner[face] for face in said.ids.tolist()], np.int64)

    def _standings(
        self, tracks: Sequence[Track], said: SaidFaces
    ) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.bool_]]:
        """Whom each track is taken for (0: nobody), the risk (NaN), whether it may be settled."""
        if self._certainty.calibration is None or not tracks:
            none = len(tracks)
            return np.zeros(none, np.int32), np.full(none, np.nan), np.zeros(none, np.bool_)
        templates = np.stack([track.template.embedding for track in tracks])
        videos = np.asarray([track.video_id for track in tracks], np.int32)
        scores = self._scores(templates, videos, said)
        found = judge(tracks, scores, self._gallery.creators, self._certainty)
        return (
            np.asarray([one.creator_id or 0 for one in found], np.int32),
            np.asarray([np.nan if one.risk is None else one.risk for one in found]),
            np.asarray([one.settled for one in found], np.bool_),
        )

    def _scores(
        self, vectors: Embedding, videos: NDArray[np.int32], said: SaidFaces
    ) -> NDArray[np.float32]:
        """Similarities (k, m) to creators as known without the video of each; -inf: not at all."""
        scores = self._gallery.compare(vectors)
        creators = self._gallery.creators
        columns = {int(creator): column for column, creator in enumerate(creators)}
        for video in np.unique(videos).tolist():
            rows = np.flatnonzero(videos == video)
            for creator in self._taught_by(video, said) & columns.keys():
                rest = self._gallery.without(creator, video)
                apart = -np.inf if rest is None else vectors[rows] @ rest
                scores[rows, columns[creator]] = apart
        return scores

    def _taught_by(self, video: int, said: SaidFaces) -> set[int]:
        """Creators of whom something is known by this video."""
        named = set(said.creators[said.videos == video].tolist())
        return named | set(self._references.creators[self._made_in == video].tolist())

    def _fit(
        self,
        tracks: Sequence[Track],
        owners: NDArray[np.int64],
        said: SaidFaces,
        names: NDArray[np.int32],
    ) -> NDArray[np.bool_]:
        """Whether each face goes with its track where that is settled."""
        found = np.zeros(len(said.ids), np.bool_)
        rows = np.flatnonzero(names)
        if not len(rows):
            return found
        vectors = said.embeddings[rows]
        templates = np.stack([tracks[owner].template.embedding for owner in owners[rows]])
        columns = np.searchsorted(self._gallery.creators, names[rows])
        scores = self._scores(vectors, said.videos[rows], said)
        found[rows] = fits(vectors, templates, scores, columns)
        return found

    # ------------------------------------------------------------------------------------- faces

    def _compared(self, said: SaidFaces, names: NDArray[np.int32]) -> tuple[_Near, _Near]:
        """The best reference of all, and that of whom the track is taken for."""
        near, own = _Near.nobody(len(said.ids)), _Near.nobody(len(said.ids))
        own.creators[:] = names
        known = self._references
        if not len(known.ids):
            return near, own
        there = [comparable(embedding) for embedding in said.embeddings]
        starts = np.searchsorted(known.creators, known.creators, side="left")
        ends = np.searchsorted(known.creators, known.creators, side="right")
        bounds = {int(c): slice(a, b) for c, a, b in zip(known.creators, starts, ends, strict=True)}
        for first in range(0, len(said.ids), _ROWS):
            rows = slice(first, first + _ROWS)
            cosines = said.embeddings[rows] @ known.embeddings.T
            cosines[said.videos[rows, None] == self._made_in] = -np.inf
            for row, line in enumerate(cosines, first):
                if there[row]:
                    near.keep(row, known, line, slice(None))
                    own.keep(row, known, line, bounds.get(int(names[row]), slice(0)))
        near.creators[:] = np.where(near.references, near.creators, 0)
        return near, own


@dataclass(frozen=True, slots=True)
class _Near:
    """Creators of faces with the most similar reference; 0, -1 and 0 where there is none."""

    creators: NDArray[np.int32]
    similarities: NDArray[np.float32]
    references: NDArray[np.int64]

    @classmethod
    def nobody(cls, count: int) -> _Near:
        """Nothing known yet."""
        return cls(
            np.zeros(count, np.int32), np.full(count, -1, np.float32), np.zeros(count, np.int64)
        )

    def keep(
        self, row: int, known: ReferenceMatrix, cosines: NDArray[np.float32], among: slice
    ) -> None:
        """The best of some references of a face with these cosines to all."""
        if not len(cosines[among]):
            return
        best = (among.start or 0) + int(cosines[among].argmax())
        if cosines[best] > -np.inf:
            self.creators[row] = known.creators[best]
            self.similarities[row] = cosines[best]
            self.references[row] = known.ids[best]


def _made_in(references: ReferenceMatrix, videos: Mapping[int, int]) -> NDArray[np.int32]:
    """The video in which each reference was made, -1 where in none."""
    return np.asarray([videos.get(int(one), -1) for one in references.ids], np.int32)


def _undecided(track: Track) -> Track:
    return replace(track, creator_id=None, denied=frozenset(), stranger=False)


def _alone(said: SaidFaces, place: int) -> Track:
    unknown = np.full(1, np.nan, np.float32)
    return Track(
        int(said.videos[place]),
        (int(said.ids[place]),),
        (float(said.timestamps[place]),),
        pool(said.embeddings[place : place + 1], unknown, unknown),
    )


def _first_of_frames(said: SaidFaces, near: _Near) -> NDArray[np.bool_]:
    """Whether each face is the one of its frame that is most like its nearest creator."""
    order = np.lexsort((said.ids, -near.similarities))
    seen: dict[tuple[int, float, int], int] = defaultdict(int)
    found = np.zeros(len(said.ids), np.bool_)
    for place in order.tolist():
        key = int(said.videos[place]), float(said.timestamps[place]), int(near.creators[place])
        found[place] = key not in seen
        seen[key] += 1
    return found


def _judged(
    near: _Near,
    risks: NDArray[np.float64],
    open_to: NDArray[np.bool_],
    said: SaidFaces,
    denied: Denied,
) -> Guesses:
    """The guesses with what people say of them."""
    verdicts = np.where(near.creators == said.creators, RIGHT, WRONG).astype(np.int8)
    for place in np.flatnonzero(said.creators == ONLY_DENIED).tolist():
        wrong = int(near.creators[place]) in denied.get(int(said.ids[place]), ())
        verdicts[place] = WRONG if wrong else UNKNOWN
    return Guesses(near.creators, near.similarities, near.references, risks, verdicts, open_to)
