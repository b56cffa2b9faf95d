"""All that the Review page shows for a face, read in a few queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from facereview.numbers import comparable
from facereview.records import Embedding, Face, FaceTrack, FaceView, Suggestion, Video
from facereview.review.evidence.certainty import Certainty
from facereview.review.evidence.chances import (
    OTHERS_LEAD,
    Alone,
    face_size,
    named_by,
    with_chances,
)
from facereview.review.evidence.matching import rank
from facereview.store.store import Store

SUGGESTIONS = 9
_SAME_FRAME = 1e-3

_MANY = 32
"""Faces from which on all references are read once and compared here: asking for one face reads
them as well."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest creator of a face, with its similarity (cosine)."""

    creator_id: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Opinion:
    """A face's own nearest creator, at any similarity, and the creators ruled out for it.

    ``named`` is whom its track names, where the library goes by an error rate and that is not open.
    """

    nearest: Nearest | None
    denied: frozenset[int]
    named: int | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """What is known of some faces, by their ids; the videos by their own."""

    faces: dict[int, Face]
    videos: dict[int, Video]
    vectors: dict[int, Embedding]
    tracks: dict[int, FaceTrack]
    denied: dict[int, list[int]]
    creators: int
    """How many there are."""

    def alone(self, face_id: int, first: Suggestion) -> Alone:
        """What is known of a face by itself whose nearest creator is ``first``."""
        face = self.faces[face_id]
        video = self.videos.get(face.video_id)
        size = face_size(face.box, video.width, video.height) if video else None
        return Alone(first.creator.id, first.similarity, first.margin, size, self.creators)


def _read(store: Store, face_ids: Sequence[int]) -> _Read:
    faces = store.faces.get(face_ids)
    ids = list(faces)
    videos = store.videos.get(sorted({face.video_id for face in faces.values()}))
    tracks, denied = store.tracks.facts(ids), store.search.denied(ids)
    vectors, creators = store.faces.vectors(ids), store.creators.count()
    return _Read(faces, videos, vectors, tracks, denied, creators)


def load_views(
    store: Store, face_ids: Sequence[int], certainty: Certainty, alike: float = 1.0
) -> dict[int, FaceView]:
    """The views of these faces; faces that are gone are absent.

    From the cosine ``alike`` on, two creators count as looking alike.
    """
    read = _read(store, face_ids)
    mates = store.faces.of_videos(list(read.videos))
    found = _suggest(store, read, SUGGESTIONS, certainty)
    suggestions = mark_lookalikes(store, found, alike)
    return {
        face.id: FaceView(
            face,
            read.videos[face.video_id],
            frame_mates(face, mates[face.video_id]),
            suggestions.get(face.id, ()),
            face.id not in read.vectors or comparable(read.vectors[face.id]),
            read.tracks.get(face.id),
        )
        for face in read.faces.values()
        if face.video_id in read.videos
    }


def suggest(
    store: Store, face_ids: Sequence[int], certainty: Certainty, limit: int = SUGGESTIONS
) -> dict[int, tuple[Suggestion, ...]]:
    """Suggestions by face id in the mode in force, verdicts "not this person" honoured.

    A face whose embedding is zero has none.
    """
    return _suggest(store, _read(store, face_ids), limit, certainty)


def _suggest(
    store: Store, read: _Read, limit: int, certainty: Certainty
) -> dict[int, tuple[Suggestion, ...]]:
    found: dict[int, tuple[Suggestion, ...]] = {}
    for face, vector in read.vectors.items():
        if not comparable(vector):
            found[face] = ()
            continue
        denied, track = read.denied.get(face, []), read.tracks.get(face)
        nearest = store.search.suggest(vector, limit=limit, denied=denied)
        named = named_by(track, denied, certainty)
        if named is not None and all(one.creator.id != named for one in nearest):
            far = store.search.suggestion(vector, face, named)
            nearest = (far, *nearest[: limit - 1]) if far else nearest
        found[face] = with_chances(nearest, track, named, partial(read.alone, face), certainty)
    return found


def opinions(store: Store, face_ids: Sequence[int], certainty: Certainty) -> dict[int, Opinion]:
    """The opinion on each of these faces; faces that are gone are absent."""
    denied, tracks = store.search.denied(face_ids), store.tracks.facts(face_ids)
    vectors = store.faces.vectors(face_ids)
    usable = {face: vector for face, vector in vectors.items() if comparable(vector)}
    first = _nearest(store, usable, denied)
    found = {}
    for face in vectors:
        ruled_out, nearest = denied.get(face, []), first.get(face)
        named = named_by(tracks.get(face), ruled_out, certainty) if face in usable else None
        if named is not None and not _goes(store, face, nearest, named):
            named = None
        found[face] = Opinion(nearest, frozenset(ruled_out), named)
    return found


def _nearest(
    store: Store, vectors: Mapping[int, Embedding], denied: Mapping[int, Sequence[int]]
) -> dict[int, Nearest]:
    """The nearest creator of each face that has one, by whichever way is faster for so many."""
    ruled_out = [denied.get(face, ()) for face in vectors]
    if len(vectors) < _MANY:
        asked = zip(vectors.values(), ruled_out, strict=True)
        rows = [store.search.nearest(vector, 1, others) for vector, others in asked]
        near = [Nearest(*row[0]) if row else None for row in rows]
    else:
        ranked = rank(np.stack([*vectors.values()]), store.creators.matrix(), ruled_out)
        near = [Nearest(one.creator_id, one.similarity) if one else None for one in ranked]
    return {face: one for face, one in zip(vectors, near, strict=True) if one is not None}


def _goes(store: Store, face: int, nearest: Nearest | None, named: int) -> bool:
    """Whether a face is not much more like somebody else than like whom its track names."""
    if nearest is None or nearest.creator_id == named:
        return True
    own = store.search.similarities([face], named).get(face, -1.0)
    return nearest.similarity - own <= OTHERS_LEAD


def mark_lookalikes(
    store: Store, suggestions: dict[int, tuple[Suggestion, ...]], alike: float
) -> dict[int, tuple[Suggestion, ...]]:
    """The suggestions, each face's first one marked where the second creator looks like it."""
    first_two = {face: found[:2] for face, found in suggestions.items() if len(found) > 1}
    close = store.people.alike([(a.creator.id, b.creator.id) for a, b in first_two.values()], alike)
    marked = {
        face: (replace(a, lookalike=b.creator), *suggestions[face][1:])
        for face, (a, b) in first_two.items()
        if (a.creator.id, b.creator.id) in close
    }
    return suggestions | marked


def frame_mates(face: Face, of_video: Sequence[Face]) -> tuple[Face, ...]:
    """The faces of the same frame, left to right."""
    same = (f for f in of_video if abs(f.timestamp - face.timestamp) < _SAME_FRAME)
    return tuple(sorted(same, key=lambda f: (f.box.x, f.id)))


def same_person(
    face_id: int, vectors: Sequence[tuple[int, float, Embedding]], threshold: float
) -> tuple[int, ...]:
    """Of a video's pending faces (id, time, embedding), those that look like the same person.

    At most one per frame, the most similar; the face itself comes first.
    """
    own = next(((t, v) for i, t, v in vectors if i == face_id), None)
    if own is None:
        return (face_id,)
    at, embedding = own
    best: dict[float, tuple[float, int]] = {}
    for other, time, vector in vectors:
        similarity = float(np.dot(embedding, vector))
        if time == at or not similarity >= threshold or not comparable(vector):
            continue
        best[time] = max(best.get(time, (-1.0, 0)), (similarity, other))
    return (face_id, *(other for _, (_, other) in sorted(best.items())))
