"""Judging the tracks of a library as they are stored, and what that means for each of their faces.

A face is settled with its track, unless it is quite unlike it: a detection that was linked by its
place must not ride along. By the zoo pack on the shared made videos at 20 and 100 frames, linked
at a cosine of .40; the others are faces of other people whose mean cosine to those of a track is
at least .30, so that the place would link them:

=================================================  =================  ===================
a face is left pending where                       its own track      another person's
                                                   (of 1,268 faces)   (of 206 faces)
=================================================  =================  ===================
its cosine to the track's template is below .50    0                  131
another creator leads by more than .05             0                  196
**one of the two**                                 0                  200
another creator leads                              4                  199
its cosine to the creator's template is below .30  10                 137
=================================================  =================  ===================
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facereview.records import DIMENSION, Embedding, Sureness
from facereview.review.evidence.certainty import Certainty
from facereview.review.evidence.chances import OTHERS_LEAD
from facereview.review.evidence.fitting import recorded
from facereview.review.evidence.gallery import Gallery
from facereview.review.evidence.judging import judge
from facereview.review.evidence.prior import Prior
from facereview.review.evidence.records import Standing, Track
from facereview.review.evidence.teaching import Teaching
from facereview.review.evidence.video_faces import LinkedVideo, StoredTrack, read_videos
from facereview.store.creators import ReferenceMatrix
from facereview.store.store import Store
from facereview.store.tracks import StandingRows

LIKE_ITS_TRACK = 0.50
"""Cosine of a face to its track's template from which it is settled with it."""


@dataclass(frozen=True, slots=True)
class JudgedFace:
    """A face that nobody but the machine decided: what it carries, and what the evidence says.

    ``carries`` and ``confidence`` are its suggestion, or the creator whom the machine matched it
    with where it is ``automatic``. ``creator_id`` is whom its track is like, None where that is
    open; ``similarity`` its own cosine to that creator's best reference, None where there is none.
    ``settles``: the machine may give it that name. ``fits`` is false where its track names somebody
    and it is quite unlike it, or more like somebody else.
    """

    id: int
    video_id: int
    timestamp: float
    carries: int | None
    confidence: float | None
    automatic: bool
    creator_id: int | None
    similarity: float | None
    standing: Standing
    settles: bool
    fits: bool


_MOST = float(np.nextafter(np.float32(1), np.float32(0)))
"""The highest risk that four bytes hold: a risk is a probability below 1."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Tracks of some videos with their standings, and their faces that are still to be settled."""

    tracks: tuple[StoredTrack, ...]
    standings: tuple[Standing, ...]
    faces: tuple[JudgedFace, ...]

    def rows(self) -> StandingRows:
        """The standings as they are stored: of tracks that have a number."""
        kept = [
            (one.id, standing)
            for one, standing in zip(self.tracks, self.standings, strict=True)
            if one.id
        ]
        said = [standing for _, standing in kept]
        nothing = float("nan")
        unlike = {face.id for face in self.faces if not face.fits}
        faces = {one.id: one.track.faces for one in self.tracks}
        return StandingRows(
            np.asarray([track for track, _ in kept], np.int64),
            np.asarray([s.creator_id or 0 for s in said], np.int32),
            np.asarray([s.rival_id or 0 for s in said], np.int32),
            np.asarray([s.similarity for s in said], np.float32),
            np.asarray([nothing if s.margin is None else s.margin for s in said], np.float32),
            np.asarray(
                [nothing if s.risk is None else min(s.risk, _MOST) for s in said], np.float32
            ),
            tuple(sorted(unlike.intersection(faces[track])) for track, _ in kept),
        )


def _stored(risk: float | None) -> float:
    """A risk as it is stored, NaN for none."""
    return float("nan") if risk is None else min(risk, _MOST)


class LibraryJudge:
    """Judges the tracks of videos by what the library teaches now. Belongs to one lane."""

    def __init__(self, store: Store, certainty: Certainty, teaching: Teaching) -> None:
        self._store = store
        self._certainty = certainty
        self._teaching = teaching
        self._prior = Prior(store)

    def judge(self, video_ids: Sequence[int]) -> Judged:
        """What the evidence says of all tracks of these videos."""
        to_settle = self._store.evidence.to_settle(video_ids)
        taken_back = self._store.references.undone(to_settle["id"].tolist())
        gallery = self._teaching.gallery(self._store)
        videos = read_videos(self._store, video_ids)
        tracks = tuple(track for video in videos for track in video.tracks)
        given = [one.track for one in tracks]
        standings = judge(
            given,
            _scores(gallery, tracks),
            gallery.creators,
            self._certainty,
            taken_back,
            prior=self._prior.log_odds(given, gallery.creators),
        )
        carried = {int(row["id"]): row for row in to_settle}
        said = iter(standings)
        faces = [
            face
            for video in videos
            for face in self._faces(video, [next(said) for _ in video.tracks], carried)
        ]
        unlike = _unlike(faces, gallery)
        similarities = _similarities(faces, self._teaching.references)
        found = (_judged(face, similarities, unlike) for face in faces)
        return Judged(tracks, tuple(standings), tuple(found))

    def keep(self, video_ids: Sequence[int]) -> set[int]:
        """Write what the evidence says of these videos' tracks, in a transaction that locked them.

        Faces are left as they are: see :class:`.rematch.Rematcher`. Returns the tracks of which
        it says something else than before.
        """
        known = self._certainty.known
        if known is not None:
            known = recorded(self._store, known)
            self._certainty = replace(self._certainty, known=known)
        return self._store.tracks.judge(self.judge(video_ids).rows(), known.id if known else None)

    def _faces(
        self, video: LinkedVideo, standings: Sequence[Standing], carried: dict[int, Any]
    ) -> Iterator[_Face]:
        """The faces of a video that are still to be settled."""
        ids, times = video.faces.ids.tolist(), video.faces.timestamps.tolist()
        for one, places, standing in zip(video.tracks, video.places, standings, strict=True):
            named = self._named(one, standing)
            for place in places.tolist():
                row = carried.get(ids[place])
                if row is not None:
                    vector = video.faces.embeddings[place]
                    yield _Face(ids[place], one.track, times[place], row, named, vector, standing)

    def _named(self, one: StoredTrack, standing: Standing) -> int | None:
        """Whom the pending faces of a track suggest: a creator that is not open, or was decided."""
        if one.track.creator_id is not None:
            return one.track.creator_id
        likely = self._certainty.sureness(standing.risk) is not Sureness.OPEN
        return standing.creator_id if likely else None


@dataclass(frozen=True, slots=True)
class _Face:
    """A face before its own similarity is known."""

    id: int
    track: Track
    timestamp: float
    carried: Any
    named: int | None
    embedding: Embedding
    standing: Standing


def _scores(gallery: Gallery, tracks: Sequence[StoredTrack]) -> NDArray[np.float32]:
    """Similarities of tracks to creators; what people decided of a track has no part in its own.

    The same to the last bit whatever is judged together: products of four bytes differ by it with
    the shape of the arrays, and an undo would leave that trace.
    """
    templates = [one.track.template.embedding for one in tracks]
    vectors = np.asarray(templates, np.float64).reshape(len(tracks), DIMENSION)
    scores = (vectors @ gallery.of(gallery.creators).T.astype(np.float64)).astype(np.float32)
    places = {int(creator): place for place, creator in enumerate(gallery.creators)}
    decided = [
        (row, creator, one.track.video_id)
        for row, one in enumerate(tracks)
        if (creator := one.track.creator_id) is not None and creator in places
    ]
    for row, creator, video in decided:
        (apart,) = gallery.apart_from(
            templates[row][None], np.asarray([creator]), np.asarray([video])
        )
        scores[row, places[creator]] = apart
    return scores


_ROWS = 1024
"""Faces compared at a time: with 10,000 creators 40 MB of similarities."""


def fitting_faces(
    vectors: Embedding, templates: Embedding, names: NDArray[np.integer], gallery: Gallery
) -> NDArray[np.bool_]:
    """Whether each face is enough like its track and its creator to go with it, shape (n,).

    ``templates`` (n, 512) are those of their tracks, ``names`` (n,) creators of the gallery.
    """
    found = np.zeros(len(vectors), np.bool_)
    columns = np.searchsorted(gallery.creators, names)
    for first in range(0, len(vectors), _ROWS):
        rows = slice(first, first + _ROWS)
        scores = gallery.compare(vectors[rows])
        found[rows] = fits(vectors[rows], templates[rows], scores, columns[rows])
    return found


def fits(
    vectors: Embedding,
    templates: Embedding,
    scores: NDArray[np.float32],
    columns: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """The same of faces with these ``scores`` (n, m), which are changed, by column of the name."""
    rows = np.arange(len(scores)), columns
    own = scores[rows].copy()
    scores[rows] = -np.inf
    leads = scores.max(axis=1, initial=-np.inf) - own
    alike = (vectors * templates).sum(axis=1) >= LIKE_ITS_TRACK
    found: NDArray[np.bool_] = alike & (leads <= OTHERS_LEAD)
    return found


def _unlike(faces: Sequence[_Face], gallery: Gallery) -> set[int]:
    """Those of the faces whose track names somebody that do not fit."""
    known = set(gallery.creators.tolist())
    named = [face for face in faces if face.named in known]
    if not named:
        return set()
    fit = fitting_faces(
        np.stack([face.embedding for face in named]),
        np.stack([face.track.template.embedding for face in named]),
        np.asarray([face.named for face in named], np.int32),
        gallery,
    )
    return {face.id for face, fits in zip(named, fit.tolist(), strict=True) if not fits}


def _similarities(faces: Sequence[_Face], references: ReferenceMatrix) -> dict[int, float]:
    """The cosine of each face to the best reference of whom it suggests, as far as there is one."""
    similarities: dict[int, float] = {}
    suggesting: dict[int, list[_Face]] = defaultdict(list)
    for face in faces:
        if face.named is not None:
            suggesting[face.named].append(face)
    for creator, those in suggesting.items():
        own = references.embeddings[references.creators == creator]
        if len(own):
            vectors = np.stack([face.embedding for face in those]).astype(np.float64)
            best = (vectors @ own.T.astype(np.float64)).max(axis=1)
            similarities |= {f.id: float(s) for f, s in zip(those, best, strict=True)}
    return similarities


def _judged(face: _Face, similarities: dict[int, float], unlike: set[int]) -> JudgedFace:
    confidence = float(face.carried["confidence"])
    return JudgedFace(
        face.id,
        face.track.video_id,
        face.timestamp,
        int(face.carried["creator"]) or None,
        confidence if confidence >= -1 else None,
        bool(face.carried["automatic"]),
        face.named,
        similarities.get(face.id),
        face.standing,
        face.standing.settled and face.id not in unlike,
        face.id not in unlike,
    )
