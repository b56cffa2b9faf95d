"""Vector search: which creators are nearest to a face, and where a creator appears."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import Vector

from facereview.records import Creator, Embedding, Reference, SourceType, Suggestion, Video
from facereview.store.session import Session, binary_row

EXACT_UP_TO = 120_000
"""References up to which every one is compared; beyond, the HNSW graph answers."""

ALIKE_STEP = 50_000
"""Faces compared between two looks at whether to go on: a tenth of a second."""

_ALIKE = binary_row(id="i4", similarity="f4", pending="i4")

_WIDTH = 200
_REFERENCES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Match:
    """The best creator for an embedding, as the shared contract asks for it."""

    creator_id: int
    name: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Appearance:
    """A face of a creator in a video; ``decided`` is False where it is only likely.

    ``unchecked``: only the machine has decided it.
    """

    face_id: int
    timestamp: float
    similarity: float | None
    decided: bool
    unchecked: bool


class Search:
    """Cosine search over references and faces."""

    def __init__(self, session: Session, exact_up_to: int = EXACT_UP_TO) -> None:
        self._session = session
        self._exact_up_to = exact_up_to

    def best_match(self, embedding: Embedding, threshold: float) -> Match | None:
        """The creator of the nearest reference above ``threshold``, or None."""
        return self._session.first(
            "best_match", Match, embedding=Vector(embedding), threshold=threshold
        )

    def suggest(
        self, embedding: Embedding, *, limit: int, denied: Sequence[int] = ()
    ) -> tuple[Suggestion, ...]:
        """The ``limit`` distinct creators nearest to an embedding of shape (512,), best first.

        The margin of each is its lead over the next, so one more creator than asked is looked at.
        """
        nearest = self.nearest(embedding, limit + 1, denied)
        shown = nearest[:limit]
        references = self._references([creator for creator, _ in shown], embedding)
        rest = [similarity for _, similarity in nearest[1:]] + [None]
        return tuple(
            Suggestion(
                creator=references[creator][0],
                similarity=similarity,
                margin=None if following is None else similarity - following,
                references=references[creator][1],
            )
            for (creator, similarity), following in zip(shown, rest, strict=False)
            if creator in references
        )

    def suggestion(self, embedding: Embedding, face_id: int, creator_id: int) -> Suggestion | None:
        """One creator for a face, however far; None where the creator has no references."""
        similarity = self.similarities([face_id], creator_id).get(face_id)
        found = self._references([creator_id], embedding).get(creator_id)
        if similarity is None or found is None:
            return None
        return Suggestion(found[0], similarity, None, found[1])

    def nearest(
        self, embedding: Embedding, limit: int, denied: Sequence[int] = ()
    ) -> list[tuple[int, float]]:
        """Creator id and similarity of the nearest distinct creators, best first."""
        if int(self._session.value("reference_estimate")) <= self._exact_up_to:
            return self.nearest_exact(embedding, limit, denied)
        return self.nearest_indexed(embedding, limit, denied)

    def nearest_exact(
        self, embedding: Embedding, limit: int, denied: Sequence[int] = ()
    ) -> list[tuple[int, float]]:
        """:meth:`nearest`, comparing every reference."""
        return self._session.tuples(
            "nearest_creators_exact",
            embedding=Vector(embedding),
            denied=list(denied),
            limit=limit,
        )

    def nearest_indexed(
        self, embedding: Embedding, limit: int, denied: Sequence[int] = ()
    ) -> list[tuple[int, float]]:
        """:meth:`nearest` through the HNSW graph.

        One creator may hold all the nearest references, so the search widens until enough
        distinct creators are found or the graph has given everything.
        """
        references, width = int(self._session.value("reference_count")), _WIDTH
        while True:
            with self._session.transaction():
                self._session.tuples("search_width", width=min(width, 1000))
                rows = self._session.tuples(
                    "nearest_creators_indexed",
                    embedding=Vector(embedding),
                    denied=list(denied),
                    nearest=width,
                    limit=limit,
                )
            if len(rows) >= limit or width >= references:
                return rows
            width *= 4

    def similarities(self, face_ids: Sequence[int], creator_id: int) -> dict[int, float]:
        """Cosines of faces to a creator's best reference; empty where the creator has none."""
        rows = self._session.tuples("similarities", faces=list(face_ids), creator=creator_id)
        return {row.id: row.similarity for row in rows}

    def middle(self, face_ids: Sequence[int]) -> Embedding | None:
        """The mean of the embeddings of faces, shape (512,); None where there are none."""
        found = self._session.value("middle", faces=list(face_ids))
        return None if found is None else np.asarray(found.to_numpy(), np.float32)

    def person_middle(self, creator_id: int, face_id: int) -> Embedding | None:
        """The mean of a creator's references and of one face, shape (512,)."""
        found = self._session.value("person_middle", creator=creator_id, face=face_id)
        return None if found is None else np.asarray(found.to_numpy(), np.float32)

    def alike(
        self, embedding: Embedding, step: int = ALIKE_STEP
    ) -> Iterator[tuple[int, int, NDArray[Any]]]:
        """Every face with its cosine to an embedding, ``step`` ids at a time, in no order.

        Triples of how many ids were gone through, how many there are, and records (``id``,
        ``similarity``, ``pending``); the cosine of what is like nothing is -2.
        """
        last = int(self._session.value("highest_face_id"))
        for after in range(0, last, step):
            upto = min(last, after + step)
            asked = {"embedding": Vector(embedding), "after": after, "upto": upto}
            yield upto, last, self._session.block("alike", _ALIKE, **asked)
            self._session.check_cancelled()

    def mean_similarities(
        self, face_ids: Sequence[int], creator_ids: Sequence[int]
    ) -> dict[int, float]:
        """The mean of :meth:`similarities` for each creator that has references."""
        rows = self._session.tuples(
            "mean_similarities", faces=list(face_ids), creators=list(creator_ids)
        )
        return {row.creator_id: row.similarity for row in rows}

    def denied(self, face_ids: Sequence[int]) -> dict[int, list[int]]:
        """Creators each face is known not to be."""
        found: dict[int, list[int]] = {}
        for row in self._session.tuples("denied", faces=list(face_ids)):
            found.setdefault(row.detection_id, []).append(row.creator_id)
        return found

    def _references(
        self, creators: Sequence[int], embedding: Embedding
    ) -> dict[int, tuple[Creator, tuple[Reference, ...]]]:
        rows = self._session.tuples(
            "nearest_references",
            creators=list(creators),
            embedding=Vector(embedding),
            limit=_REFERENCES_SHOWN,
        )
        found: dict[int, tuple[Creator, tuple[Reference, ...]]] = {}
        for row in rows:
            creator = Creator(row.creator_id, row.name, row.description, row.profile_picture_path)
            reference = Reference(
                row.reference_id,
                row.creator_id,
                SourceType(row.source_type),
                row.source_path,
                row.quality,
            )
            held = found.get(row.creator_id, (creator, ()))[1]
            found[row.creator_id] = (creator, (*held, reference))
        return found

    def videos_of(
        self, creator_id: int, *, threshold: float | None = None
    ) -> list[tuple[Video, tuple[Appearance, ...]]]:
        """All videos containing a creator, newest first, with times, as the shared contract asks.

        Decided faces come from the table; with a ``threshold``, pending faces at least that
        similar to any of the creator's references are added as likely.
        """
        with self._session.transaction():
            # iterative: an index scan that filters afterwards would return too few
            self._session.tuples("search_width", width=_WIDTH)
            rows = self._session.tuples(
                "videos_of", creator=creator_id, threshold=threshold, nearest=_WIDTH
            )
        found: dict[int, tuple[Video, list[Appearance]]] = {}
        for row in rows:
            video = Video(row.id, row.path, row.title)
            appearance = Appearance(
                row.face_id, row.timestamp, row.similarity, row.decided, row.unchecked
            )
            found.setdefault(row.id, (video, []))[1].append(appearance)
        return [(video, tuple(faces)) for video, faces in found.values()]
