"""All that the Review page shows for a face, read in a few queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from facereview.numbers import comparable
from facereview.records import Embedding, Face, FaceView, Suggestion
from facereview.store.store import Store

SUGGESTIONS = 9
_SAME_FRAME = 1e-3


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest creator of a face, with its similarity (cosine)."""

    creator_id: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Opinion:
    """A face's own nearest creator, at any similarity, and the creators ruled out for it."""

    nearest: Nearest | None
    denied: frozenset[int]


def load_views(store: Store, face_ids: Sequence[int], alike: float = 1.0) -> dict[int, FaceView]:
    """The views of these faces; faces that are gone are absent.

    From the cosine ``alike`` on, two creators count as looking alike.
    """
    faces = store.faces.get(face_ids)
    videos_of = sorted({face.video_id for face in faces.values()})
    videos = store.videos.get(videos_of)
    mates = store.faces.of_videos(videos_of)
    vectors = store.faces.vectors(list(faces))
    usable = {face: comparable(vector) for face, vector in vectors.items()}
    suggestions = mark_lookalikes(store, _suggest(store, vectors, SUGGESTIONS), alike)
    return {
        face.id: FaceView(
            face,
            videos[face.video_id],
            frame_mates(face, mates[face.video_id]),
            suggestions.get(face.id, ()),
            usable.get(face.id, True),
        )
        for face in faces.values()
        if face.video_id in videos
    }


def suggest(
    store: Store, face_ids: Sequence[int], limit: int = SUGGESTIONS
) -> dict[int, tuple[Suggestion, ...]]:
    """Suggestions by face id, verdicts "not this person" honoured.

    A face whose embedding is zero has none.
    """
    return _suggest(store, store.faces.vectors(face_ids), limit)


def _suggest(
    store: Store, vectors: Mapping[int, Embedding], limit: int
) -> dict[int, tuple[Suggestion, ...]]:
    denied = store.search.denied(list(vectors))
    return {
        face: store.search.suggest(vector, limit=limit, denied=denied.get(face, ()))
        if comparable(vector)
        else ()
        for face, vector in vectors.items()
    }


def opinions(store: Store, face_ids: Sequence[int]) -> dict[int, Opinion]:
    """The opinion on each of these faces; faces that are gone are absent."""
    denied = store.search.denied(face_ids)
    found = {}
    for face, vector in store.faces.vectors(face_ids).items():
        usable = comparable(vector)
        first = store.search.nearest(vector, 1, denied.get(face, ())) if usable else []
        nearest = Nearest(*first[0]) if first else None
        found[face] = Opinion(nearest, frozenset(denied.get(face, ())))
    return found


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
