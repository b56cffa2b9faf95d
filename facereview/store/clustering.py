"""All pending faces at once, for clustering them: read and written in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pgvector import Vector

from facereview.records import DIMENSION, Embedding
from facereview.store.session import Session, binary_row

_FACE: Final = {
    "id": "i4",
    "video": "i4",
    "timestamp": "f8",
    "quality": "f8",
    "cluster": "i8",
    "known": "i4",
    "fixed": "i4",
    "track": "i8",
}
_MEMBER = binary_row(**_FACE)
_OPEN: Final = {
    "id": "i4",
    "video": "i4",
    "timestamp": "f8",
    "cluster": "i8",
    "track": "i8",
    "suggested": "i4",
    "margin": "f8",
    "agrees": "i4",
    "named": "i4",
    "risk": "f8",
    "looked": "i4",
    "postponed": "i4",
}
_OPEN_FACE = binary_row(**_OPEN)
_VECTOR = binary_row(id="i4", embedding="vector")
_CENTRE = binary_row(id="i8", centre="vector")
_WRITTEN = 50_000
"""Faces in one statement."""
_SUGGESTED = 2_000
"""Clusters in one statement: each has a vector, which takes kilobytes as a parameter."""


@dataclass(frozen=True, slots=True)
class PendingFaces:
    """Every pending face, by id; all of shape (n,).

    ``clusters`` is -1 where a face is in none, ``known`` whether it was looked at, ``fixed``
    whether a curator put it where it is. ``quality`` is NaN where nobody knows it, ``tracks`` -1
    where a face is in none.
    """

    ids: NDArray[np.int32]
    videos: NDArray[np.int32]
    timestamps: NDArray[np.float64]
    quality: NDArray[np.float32]
    clusters: NDArray[np.int64]
    known: NDArray[np.bool_]
    fixed: NDArray[np.bool_]
    tracks: NDArray[np.int64]

    def only(self, wanted: NDArray[np.bool_]) -> PendingFaces:
        """Some of the faces."""
        return PendingFaces(*(getattr(self, name)[wanted] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class OpenFaces:
    """Every pending face with what is suggested for it, in no order; all of shape (n,).

    ``clusters`` and ``tracks`` are 0 where a face is in none, ``suggested`` the creator of its
    cluster and ``named`` that of its track with its ``risk``, 0 and NaN where there is none;
    ``margins`` is the cluster's lead over the next creator (NaN: there is no other), ``agrees``
    whether the face's own nearest creator is the suggested one, ``looked`` whether it was compared
    with the others, ``postponed`` whether a curator put its cluster off.
    """

    ids: NDArray[np.int32]
    videos: NDArray[np.int32]
    timestamps: NDArray[np.float64]
    clusters: NDArray[np.int64]
    tracks: NDArray[np.int64]
    suggested: NDArray[np.int32]
    margins: NDArray[np.float64]
    agrees: NDArray[np.bool_]
    named: NDArray[np.int32]
    risks: NDArray[np.float64]
    looked: NDArray[np.bool_]
    postponed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A pending face near another, that at ``place`` of those asked for, counted from 1."""

    place: int
    id: int
    similarity: float
    cluster: int
    video_id: int
    timestamp: float


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where faces belong; all of shape (n,).

    ``clusters`` is -1 for single faces, ``before`` where they were when they were read,
    ``similarity`` NaN where unknown.
    """

    ids: NDArray[np.int32]
    before: NDArray[np.int64]
    clusters: NDArray[np.int64]
    likeness: NDArray[np.float32]
    similarity: NDArray[np.float32]
    agrees: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is suggested for clusters, all of shape (k,) but ``centres`` (k, 512).

    ``creators`` and ``rivals`` are 0 and ``margins`` NaN where there is none.
    """

    clusters: NDArray[np.int64]
    creators: NDArray[np.int64]
    rivals: NDArray[np.int64]
    margins: NDArray[np.float32]
    lookalikes: NDArray[np.bool_]
    centres: Embedding


class Clustering:
    """Reading all pending faces, and writing where they belong."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take_turn(self) -> bool:
        """Whether this session may update the clusters now; then :meth:`end_turn` must follow."""
        return bool(self._session.value("take_turn"))

    def end_turn(self) -> None:
        """Let the next session update them."""
        self._session.value("end_turn")

    def pending(self) -> PendingFaces:
        """Every pending face, by id."""
        return self._members("pending_members")

    def waiting(self) -> PendingFaces:
        """The pending faces that nobody has looked at yet, by id."""
        return self._members("waiting_faces")

    def still_waiting(self, ids: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether each of these faces is there and pending, and nobody has looked at it yet."""
        rows = self._session.tuples("still_waiting", faces=ids.tolist())
        return np.isin(ids, np.asarray([row.id for row in rows], np.int32))

    def _members(self, query: str) -> PendingFaces:
        rows = self._session.block(query, _MEMBER)
        return _faces(rows[np.argsort(rows["id"], kind="stable")])

    def pending_vectors(
        self, ids: NDArray[np.int32], on_progress: Callable[[float], None] = lambda _: None
    ) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
        """The embeddings (n, 512) of these pending faces, ascending; and which were found.

        Written straight into their place, as there may be a gigabyte of them; float16 moves the
        cosine of two by some .00002.
        ``on_progress`` gets 0..1; what it raises stops the reading.
        """
        return self._vectors("pending_vectors", ids, on_progress)

    def members_of(
        self, clusters: Iterable[int], faces: Iterable[int] = (), *, singles: bool = False
    ) -> PendingFaces:
        """The pending faces of these clusters, these faces, and all ``singles`` if asked for."""
        rows = self._session.block(
            "faces_in_clusters",
            _MEMBER,
            clusters=list(clusters),
            faces=list(faces),
            singles=singles,
        )
        return _faces(rows)

    def vectors_of(self, face_ids: NDArray[np.int32]) -> NDArray[np.float16]:
        """The embeddings (n, 512) of these faces, ascending; zeros where one is gone."""
        vectors, _ = self._vectors("member_vectors", face_ids, faces=face_ids.tolist())
        return vectors

    def _vectors(
        self,
        query: str,
        ids: NDArray[np.int32],
        on_progress: Callable[[float], None] = lambda _: None,
        **asked: object,
    ) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
        vectors = np.zeros((len(ids), DIMENSION), np.float16)
        found = np.zeros(len(ids), bool)
        read = 0
        for rows in self._session.blocks(query, _VECTOR, **asked):
            places = np.searchsorted(ids, rows["id"])
            there = places < len(ids)
            there[there] = ids[places[there]] == rows["id"][there]
            vectors[places[there]] = rows["embedding"][there]
            found[places[there]] = True
            read += len(rows)
            on_progress(min(1.0, read / max(1, len(ids))))
        return vectors, found

    def nearest(self, embeddings: Embedding, limit: int) -> list[Neighbour]:
        """The ``limit`` pending faces nearest to each of these that were looked at before."""
        with self._session.transaction():
            self._session.tuples("search_width", width=2 * limit)
            self._session.tuples("graph_only")
            return self._session.rows(
                "nearest_pending",
                Neighbour,
                vectors=[Vector(vector) for vector in embeddings],
                nearest=limit,
            )

    def track_mates(self, tracks: Sequence[int]) -> list[Neighbour]:
        """The pending faces of these tracks that were looked at before, as if they were alike."""
        return self._session.rows("track_mates", Neighbour, tracks=list(tracks))

    def frames_of(
        self, clusters: Iterable[int], videos: Iterable[int]
    ) -> list[tuple[int, int, float]]:
        """(cluster, video, time) of each pending face of these clusters in these videos."""
        return self._session.tuples("cluster_frames", clusters=list(clusters), videos=list(videos))

    def counts(self) -> tuple[int, int, int]:
        """Pending faces that were looked at, their clusters, and how many are single."""
        row = self._session.one("cluster_counts")
        return row.faces, row.clusters, row.single

    def scope(self) -> tuple[int, int, int]:
        """Pending faces, those that were never looked at, and those that are single."""
        row = self._session.one("cluster_scope")
        return row.pending, row.waiting, row.single

    def centres(self) -> tuple[NDArray[np.int64], Embedding]:
        """Every cluster's id, shape (k,), and centre, shape (k, 512)."""
        rows = self._session.block("cluster_centres", _CENTRE)
        return rows["id"].astype(np.int64), rows["centre"].astype(np.float32)

    def centres_of(self, clusters: Sequence[int]) -> dict[int, Embedding]:
        """The centres of these clusters that have one, each of shape (512,)."""
        rows = self._session.block("centres_of", _CENTRE, clusters=list(clusters))
        return dict(zip(rows["id"].tolist(), rows["centre"].astype(np.float32), strict=True))

    def touched(self, after: int, open_then: Sequence[int]) -> set[int]:
        """Clusters of faces decided on after a batch, or by one that was under way then."""
        rows = self._session.tuples("touched_clusters", after=after, open=list(open_then))
        return {int(row.id) for row in rows}

    def apart(self) -> list[tuple[int, int, int | None]]:
        """(face, cluster, creator or None) of each face a curator took out of a cluster."""
        return self._session.tuples("apart")

    def mirrors(self) -> list[tuple[int, int]]:
        """Pairs of faces of one frame that may be one person."""
        return self._session.tuples("mirrors")

    def verdicts(self) -> list[tuple[int, int]]:
        """(face, creator) of each verdict "not this person" on a pending face."""
        return self._session.tuples("pending_verdicts")

    def write(self, belonging: Belonging) -> None:
        """Write where faces belong; those that a curator moved meanwhile stay there.

        A likeness or similarity that is another one by less than anybody sees is left as it is:
        every new face moves the centre of its cluster a little, for all who are in it.
        """
        for start in range(0, len(belonging.ids), _WRITTEN):
            part = slice(start, start + _WRITTEN)
            self._session.run(
                "set_members",
                faces=belonging.ids[part].tolist(),
                before=belonging.before[part].tolist(),
                clusters=belonging.clusters[part].tolist(),
                likeness=belonging.likeness[part].tolist(),
                similarities=belonging.similarity[part].tolist(),
                agrees=belonging.agrees[part].tolist(),
            )
        self._session.tell("clusters")

    def suggest(self, suggested: Suggested) -> None:
        """Write what is suggested for clusters that exist."""
        for start in range(0, len(suggested.clusters), _SUGGESTED):
            part = slice(start, start + _SUGGESTED)
            self._session.run(
                "set_suggested",
                clusters=suggested.clusters[part].tolist(),
                creators=suggested.creators[part].tolist(),
                rivals=suggested.rivals[part].tolist(),
                margins=suggested.margins[part].tolist(),
                lookalikes=suggested.lookalikes[part].tolist(),
                centres=[Vector(centre) for centre in suggested.centres[part]],
            )
        self._session.tell("clusters")

    def open_faces(self) -> OpenFaces:
        """Every pending face with what is suggested for it."""
        rows = self._session.block("open_faces", _OPEN_FACE)
        kinds = (OpenFaces.__annotations__[name] for name in OpenFaces.__slots__)
        return OpenFaces(
            *(
                rows[name].astype(bool if "bool" in kind else rows[name].dtype.newbyteorder("="))
                for name, kind in zip(_OPEN, kinds, strict=True)
            )
        )

    def set_chances(self, clusters: NDArray[np.int64], chances: NDArray[np.float64]) -> None:
        """Write how sure the suggestions of clusters are, NaN where nobody knows; both (k,)."""
        self._session.run("set_chances", clusters=clusters.tolist(), chances=chances.tolist())

    def different(self) -> list[tuple[int, int]]:
        """Pairs of faces that a curator said are two people."""
        return self._session.tuples("different")

    def suggestions(self) -> dict[int, tuple[int, int | None]]:
        """The suggested creator and the rival of each cluster that has a suggestion."""
        rows = self._session.tuples("suggestions")
        return {row.id: (row.creator_id, row.rival_id) for row in rows}


def _faces(rows: NDArray[Any]) -> PendingFaces:
    return PendingFaces(
        rows["id"].astype(np.int32),
        rows["video"].astype(np.int32),
        rows["timestamp"].astype(np.float64),
        rows["quality"].astype(np.float32),
        rows["cluster"].astype(np.int64),
        rows["known"].astype(bool),
        rows["fixed"].astype(bool),
        rows["track"].astype(np.int64),
    )
