"""Records of evidence: tracks of a video, what is said of them, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding


@dataclass(frozen=True, slots=True)
class VideoFaces:
    """All faces of one video but those that are none; arrays of one length, in time order.

    ``embeddings`` (n, 512) unit length; ``quality`` (n,) 0..1, NaN where unknown; ``boxes`` (n, 4)
    x, y, width, height in pixels of the frame; ``creators`` (n,) whom a person decided each to be,
    0 where nobody did; ``strangers`` (n,) whether a person rejected it as one. ``denied`` are the
    creators a face is known not to be, by its position. ``mirrors`` are pairs of positions that
    may be one person although they share a frame. ``cuts`` are times with another scene on each
    side; None where nobody knows. ``joined`` (n,): faces with one number are one person, as a
    curator said, 0: nobody did; ``apart`` are pairs of positions that a curator parted.
    """

    video_id: int
    ids: NDArray[np.int32]
    timestamps: NDArray[np.float64]
    embeddings: Embedding
    quality: NDArray[np.float32]
    boxes: NDArray[np.float32]
    creators: NDArray[np.int32]
    strangers: NDArray[np.bool_]
    denied: dict[int, frozenset[int]]
    mirrors: frozenset[tuple[int, int]] = frozenset()
    cuts: NDArray[np.float64] | None = None
    joined: NDArray[np.int64] | None = None
    apart: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Template:
    """A track's pooled embedding: unit length, shape (512,); zeros where it is like nothing.

    ``pictures`` is how many different pictures it is worth (1 for near-copies of one),
    ``face_size`` the median of the faces' shorter sides in pixels, ``quality`` their best, 0..1.
    """

    embedding: Embedding
    pictures: float
    face_size: float
    quality: float


@dataclass(frozen=True, slots=True)
class Track:
    """Faces of one video believed to be one person, as detection ids, in time order."""

    video_id: int
    faces: tuple[int, ...]
    frames: tuple[float, ...]
    """The time of each face: two tracks that share one are two people, unless mirrored."""
    template: Template
    creator_id: int | None = None
    """Whom a person decided some of its faces to be."""
    denied: frozenset[int] = frozenset()
    """Creators that none of its faces can be."""
    stranger: bool = False
    """A person rejected some of its faces as a stranger."""
    mirrored: frozenset[int] = frozenset()
    """Faces of other tracks that may be the same person although they share a frame."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the evidence says of a track.

    ``creator_id`` is the one it is most like (None: nobody is left), ``similarity`` the score of
    its template, ``margin`` its lead over ``rival_id``'s (None: there is no other). ``risk`` is the
    probability that the name is wrong, never below what the calibration carries; None where there
    is no calibration. ``settled``: the risk is within the error rate, and nobody else of its
    frames is more likely that creator.
    """

    creator_id: int | None
    similarity: float
    rival_id: int | None
    margin: float | None
    risk: float | None
    settled: bool
