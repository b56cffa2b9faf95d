"""Ways to settle faces by their embeddings: face by face, by tracks, and what is built on them.

Each gives every face of a library a creator and a score; ``evidence.py`` compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from calibration_units import nothing_decided
from known_videos import KnownVideo
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.evidence.assignment import assign
from facereview.review.evidence.gallery import Gallery
from facereview.review.evidence.records import Track
from facereview.review.evidence.tracks import link
from facereview.review.scanning.further import APART, FEW, POOR, STEPS
from facereview.store.creators import ReferenceMatrix

STRANGER = 0.3
"""Similarity at which the joint assignment takes a track as well for a stranger."""

COHORT, NEAREST, LEAST_COHORT = 0.35, 50, 100


@dataclass(frozen=True)
class Library:
    """Videos, further frames of the same, and references by creator (a person's number plus 1).

    ``everything`` are the faces of all videos, of which this may be a part.
    """

    videos: tuple[KnownVideo, ...]
    everything: Embedding
    dense: dict[str, KnownVideo]
    references: ReferenceMatrix

    @property
    def identity(self) -> NDArray[np.int64]:
        """Who each face is, as a creator, 0 where it is nobody who could be named."""
        who = np.concatenate([video.identity for video in self.videos]) + 1
        return np.where(np.isin(who, self.references.creators), who, 0)

    @property
    def embeddings(self) -> Embedding:
        """Of all faces."""
        return np.concatenate([video.faces.embeddings for video in self.videos])

    def part(self, videos: NDArray[np.int64], people: NDArray[np.int64]) -> Library:
        """Some of the videos, of whose people some are creators."""
        keep = np.isin(self.references.creators, people)
        known = self.references
        some = ReferenceMatrix(known.ids[keep], known.creators[keep], known.embeddings[keep])
        return replace(self, videos=tuple(self.videos[n] for n in videos), references=some)


@dataclass(frozen=True)
class Found:
    """Of each face the creator it is given and the score, -inf where it is given none."""

    creators: NDArray[np.int64]
    scores: NDArray[np.float64]


Rival = Callable[[Library, float], Found]
Score = Callable[[Library, Sequence[Track], Sequence[NDArray[np.intp]]], NDArray[np.float32]]


def best_reference(library: Library, vectors: Embedding) -> NDArray[np.float32]:
    """Cosine (n, m) of each row with the best reference of each creator."""
    known = library.references
    starts = np.flatnonzero(np.diff(known.creators, prepend=-1))
    scores: NDArray[np.float32] = np.maximum.reduceat(vectors @ known.embeddings.T, starts, axis=1)
    return scores


def alone(library: Library, _link: float) -> Found:
    """Each face alone with its best reference; of a frame's faces only one is a creator."""
    scores = best_reference(library, library.embeddings)
    creators = np.unique(library.references.creators)
    nearest, top = scores.argmax(axis=1), scores.max(axis=1).astype(np.float64)
    frames = np.concatenate(
        [video.faces.timestamps + 1e6 * n for n, video in enumerate(library.videos)]
    )
    best: dict[tuple[float, int], int] = {}
    for face in np.argsort(-top).tolist():
        if best.setdefault((float(frames[face]), int(nearest[face])), face) != face:
            top[face] = -np.inf
    return Found(creators[nearest].astype(np.int64), top)


def linked(library: Library, threshold: float) -> tuple[list[Track], list[NDArray[np.intp]]]:
    """The tracks of all videos, and the places of their faces."""
    tracks, places, before = [], [], 0
    for video in library.videos:
        for track in link(video.faces, threshold):
            tracks.append(track)
            places.append(before + np.searchsorted(video.faces.ids, track.faces))
        before += len(video.identity)
    return tracks, places


def highest(
    library: Library, _tracks: Sequence[Track], places: Sequence[NDArray[np.intp]]
) -> NDArray[np.float32]:
    """The best of the faces of a track."""
    scores = best_reference(library, library.embeddings)
    return np.stack([scores[rows].max(axis=0) for rows in places])


def average(
    library: Library, _tracks: Sequence[Track], places: Sequence[NDArray[np.intp]]
) -> NDArray[np.float32]:
    """The mean over the faces of a track."""
    scores = best_reference(library, library.embeddings)
    return np.stack([scores[rows].mean(axis=0) for rows in places])


def template_to_best(
    library: Library, tracks: Sequence[Track], _places: Sequence[NDArray[np.intp]]
) -> NDArray[np.float32]:
    """The template of a track with each creator's best reference."""
    return best_reference(library, np.stack([track.template.embedding for track in tracks]))


def template_to_template(
    library: Library, tracks: Sequence[Track], _places: Sequence[NDArray[np.intp]]
) -> NDArray[np.float32]:
    """The template of a track with each creator's."""
    gallery = Gallery(library.references, nothing_decided())
    return gallery.compare(np.stack([track.template.embedding for track in tracks]))


def normalised(score: Score) -> Score:
    """Adaptive symmetric score normalisation (Matejka et al., "Analysis of score normalization in
    multilingual speaker recognition", Interspeech 2017).

    The cohort are faces of the whole library that are like no creator; too few: as they are.
    """

    def scores(
        library: Library, tracks: Sequence[Track], places: Sequence[NDArray[np.intp]]
    ) -> NDArray[np.float32]:
        plain = score(library, tracks, places)
        every = library.everything
        nobody = every[best_reference(library, every).max(axis=1) < COHORT]
        if len(nobody) < LEAST_COHORT:
            return plain
        creators = Gallery(library.references, nothing_decided())
        sides = (
            np.sort(np.stack([t.template.embedding for t in tracks]) @ nobody.T)[:, -NEAREST:],
            np.sort(creators.compare(nobody).T)[:, -NEAREST:],
        )
        one, other = ((side.mean(1), side.std(1)) for side in sides)
        by_track = (plain - one[0][:, None]) / one[1][:, None]
        made: NDArray[np.float32] = (by_track + (plain - other[0]) / other[1]) / 2
        return made

    return scores


def by_tracks(score: Score, joint: bool = False) -> Rival:
    """All faces of a track as the track is scored; ``joint``: nobody twice in a frame."""

    def rival(library: Library, threshold: float) -> Found:
        tracks, places = linked(library, threshold)
        scores = score(library, tracks, places)
        creators = np.unique(library.references.creators)
        nearest = [int(creators[row.argmax()]) for row in scores]
        if joint:
            faces = np.asarray([[len(track.faces)] for track in tracks])
            given = assign(tracks, (scores - STRANGER) * faces, creators)
            nearest = [found.creator_id or 0 for found in given]
        found = Found(
            np.zeros(len(library.identity), np.int64), np.full(len(library.identity), -np.inf)
        )
        for rows, creator, row in zip(places, nearest, scores, strict=True):
            found.creators[rows] = creator
            found.scores[rows] = row[creators == creator].max(initial=-np.inf)
        return found

    return rival


def with_further_frames(rival: Rival, least: float, settled_from: float) -> Rival:
    """The same after further frames of tracks whose score is from ``least`` up to that."""

    def after(library: Library, threshold: float) -> Found:
        first = rival(library, threshold)
        tracks, places = linked(library, threshold)
        unsure = [
            track
            for track, rows in zip(tracks, places, strict=True)
            if least <= first.scores[rows[0]] < settled_from
            and (track.template.pictures < FEW or track.template.quality < POOR)
        ]
        wider = tuple(
            widened(video, library.dense.get(video.name), [t for t in unsure if own(t, video)])
            for video in library.videos
        )
        found = rival(replace(library, videos=wider), threshold)
        seen = np.concatenate(
            [np.isin(w.faces.ids, v.faces.ids) for w, v in zip(wider, library.videos, strict=True)]
        )
        return Found(found.creators[seen], found.scores[seen])

    return after


def own(track: Track, video: KnownVideo) -> bool:
    """Whether a track is of this video."""
    return track.video_id == video.faces.video_id


def widened(video: KnownVideo, dense: KnownVideo | None, tracks: Sequence[Track]) -> KnownVideo:
    """A video with the faces of further frames near these tracks, its own still in front."""
    if dense is None or not tracks:
        return video
    there = np.unique(dense.faces.timestamps)
    taken = np.unique(video.faces.timestamps).tolist()
    most = 2 * len(taken)
    for step in STEPS:
        for at in sorted({at for track in tracks for at in track.frames}):
            for wanted in (at + step, at - step):
                near = float(there[np.abs(there - wanted).argmin()])
                far = abs(near - wanted) >= APART or len(taken) == most
                if not far and min(abs(near - t) for t in taken) >= APART:
                    taken.append(near)
    rows = np.isin(dense.faces.timestamps, taken) & ~np.isin(
        dense.faces.timestamps, video.faces.timestamps
    )
    return joined(video, dense, np.flatnonzero(rows))


def joined(video: KnownVideo, dense: KnownVideo, rows: NDArray[np.intp]) -> KnownVideo:
    """A video and some faces of another look at it."""
    one, two = video.faces, dense.faces

    faces = replace(
        one,
        ids=np.concatenate([one.ids, two.ids[rows] + 50_000]).astype(np.int32),
        timestamps=np.concatenate([one.timestamps, two.timestamps[rows]]),
        embeddings=np.concatenate([one.embeddings, two.embeddings[rows]]),
        quality=np.concatenate([one.quality, two.quality[rows]]),
        boxes=np.concatenate([one.boxes, two.boxes[rows]]),
        creators=np.concatenate([one.creators, two.creators[rows]]),
        strangers=np.concatenate([one.strangers, two.strangers[rows]]),
    )
    return replace(
        video, faces=faces, identity=np.concatenate([video.identity, dense.identity[rows]])
    )
