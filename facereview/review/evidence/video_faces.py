"""Reading faces and tracks of videos: what linking and judging work on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.evidence.records import Template, Track, VideoFaces
from facereview.review.evidence.tracks import contradict, track_of
from facereview.store.films import FilmPictures
from facereview.store.store import Store
from facereview.store.tracks import LinkFaces, TrackRows


@dataclass(frozen=True, slots=True)
class StoredTrack:
    """A track with its number; ``id`` is 0 for a face that was never linked: a track of its own."""

    id: int
    track: Track


def read_faces(store: Store, video_ids: Sequence[int]) -> list[VideoFaces]:
    """The faces of each of these videos that has some, with what people said of them."""
    return [faces for faces, _ in read_linked(store, video_ids)]


def read_linked(
    store: Store, video_ids: Sequence[int]
) -> list[tuple[VideoFaces, NDArray[np.int64]]]:
    """The same with the track of each face, shape (n,), 0 where it is in none."""
    rows = store.tracks.faces(video_ids)
    starts = np.flatnonzero(np.diff(rows.videos, prepend=-1))
    parts = [slice(*ends) for ends in pairwise([*starts.tolist(), len(rows.ids)])]
    denied: dict[int, set[int]] = defaultdict(set)
    for face, creator in rows.denied:
        denied[face].add(creator)
    embeddings = _unit(rows.embeddings)
    return [(_of_video(rows, part, embeddings[part], denied), rows.tracks[part]) for part in parts]


@dataclass(frozen=True, slots=True)
class LinkedVideo:
    """The faces of a video and its tracks as they are stored, with what people say of them now.

    ``places`` are the positions of each track's faces. A face that is in no track is one of its
    own, and so is each of a track that cannot be one person by what people say now: they said it
    since, or by another program. Tracks are in no order.
    """

    faces: VideoFaces
    tracks: tuple[StoredTrack, ...]
    places: tuple[NDArray[np.intp], ...]


def read_videos(store: Store, video_ids: Sequence[int]) -> list[LinkedVideo]:
    """Faces and tracks of these videos, as far as they have some."""
    templates = {
        int(track): _template(rows, place)
        for rows in store.tracks.templates(video_ids)
        for place, track in enumerate(rows.ids)
    }
    found = []
    for faces, tracks in read_linked(store, video_ids):
        groups = list(_groups(faces, tracks))
        stored = (
            StoredTrack(track, track_of(faces, places, templates.get(track)))
            for track, places in groups
        )
        found.append(LinkedVideo(faces, tuple(stored), tuple(places for _, places in groups)))
    return found


def read_tracks(store: Store, video_ids: Sequence[int]) -> list[StoredTrack]:
    """The tracks of these videos, see :class:`LinkedVideo`."""
    return [track for video in read_videos(store, video_ids) for track in video.tracks]


def _groups(faces: VideoFaces, tracks: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    order = np.argsort(tracks, kind="stable")
    linked = order[np.searchsorted(tracks[order], 1) :]
    bounds = np.flatnonzero(np.diff(tracks[linked])) + 1
    alone = np.flatnonzero(tracks == 0).tolist()
    for places in np.split(linked, bounds):
        if contradict(faces, places):
            alone += places.tolist()
        elif len(places):
            yield int(tracks[places[0]]), places
    for place in alone:
        yield 0, np.asarray([place])


def _template(rows: TrackRows, place: int) -> Template:
    return Template(
        rows.embeddings[place],
        float(rows.pictures[place]),
        float(rows.face_sizes[place]),
        float(rows.quality[place]),
    )


def _of_video(
    rows: LinkFaces, part: slice, embeddings: Embedding, denied: dict[int, set[int]]
) -> VideoFaces:
    ids, video = rows.ids[part], int(rows.videos[part.start])
    places = {face: place for place, face in enumerate(ids.tolist())}
    pictures = rows.pictures.get(video)
    return VideoFaces(
        video,
        ids,
        rows.timestamps[part],
        embeddings,
        rows.quality[part],
        rows.boxes[part],
        rows.creators[part],
        rows.strangers[part],
        {places[face]: frozenset(denied[face]) for face in places if face in denied},
        _pairs(rows.mirrors, places),
        None if pictures is None else cuts_of(pictures),
        rows.joined[part],
        _pairs(rows.apart, places),
    )


def _pairs(pairs: Sequence[tuple[int, int]], places: dict[int, int]) -> frozenset[tuple[int, int]]:
    return frozenset((places[a], places[b]) for a, b in pairs if a in places and b in places)


def _unit(embeddings: Embedding) -> Embedding:
    """Each row of length 1, as another program may have left it out; zeros stay zeros."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return (embeddings / np.where(lengths > 0, lengths, 1)).astype(np.float32)


SAME_SCENE = 0.8
"""Correlation of two small pictures from which they show one scene.

A cut that is missed may link two people in one place, one too many only leaves the place out of
account. On 88 pairs of frames across a cut and 1,591 within a scene, up to a second apart, of the
shared made videos:

| from | cuts missed | scenes parted |
|---|---|---|
| .5 | 16 % | 4 % |
| .6 | 7 % | 8 % |
| .7 | 2 % | 12 % |
| .8 | 0 % | 24 % |

Of 94 pairs of six real videos of one scene each, .8 parts some of one (a camera that is moved).
"""


def cuts_of(pictures: FilmPictures) -> NDArray[np.float64]:
    """The middles between neighbouring pictures that do not show one scene."""
    greys = pictures.greys.reshape(len(pictures.greys), -1).astype(np.float64)
    greys -= greys.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(greys, axis=1)
    alike = (greys[1:] * greys[:-1]).sum(axis=1) >= SAME_SCENE * lengths[1:] * lengths[:-1]
    times = np.asarray(pictures.times, np.float64)
    middles: NDArray[np.float64] = ((times[1:] + times[:-1]) / 2)[~alike]
    return middles
