"""References beyond adding and reading: retiring, moving, their origin, and whom they concern."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facereview.numbers import finite
from facereview.records import DIMENSION, Embedding
from facereview.store.creators import ReferenceMatrix
from facereview.store.session import Session, binary_row

_PENDING = binary_row(
    id="i4", video="i4", timestamp="f4", creator="i4", confidence="f4", embedding="vector"
)
_SAMPLED = binary_row(id="i4", video="i4", timestamp="f4", embedding="vector")
_DECIDED = binary_row(id="i4", quality="f4", embedding="vector")


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """All that is known of a reference beside its embedding; ``actor`` is who added it."""

    id: int
    creator_id: int
    name: str
    source_type: str
    source_path: str | None
    quality: float | None
    created_at: datetime | None
    retired_by: str | None
    retired_at: datetime | None
    actor: str | None
    added_at: datetime | None
    detection_id: int | None
    picture: bool
    decided_by: str | None
    decided_at: datetime | None


class References:
    """References with their history."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, creator_id: int) -> list[ReferenceRow]:
        """A creator's references, live ones first."""
        return self._rows([], creator_id)

    def get(self, ids: Sequence[int]) -> dict[int, ReferenceRow]:
        """References by id, live or retired; those that are gone are absent."""
        return {row.id: row for row in self._rows(ids, None)}

    def _rows(self, ids: Sequence[int], creator_id: int | None) -> list[ReferenceRow]:
        wanted = [int(i) for i in ids]
        return self._session.rows(
            "reference_details", ReferenceRow, references=wanted, creator=creator_id
        )

    def retired(self) -> ReferenceMatrix:
        """All retired references."""
        rows = self._session.tuples("retired_vectors")
        vectors = [row.embedding.to_numpy() for row in rows]
        return ReferenceMatrix(
            np.asarray([row.id for row in rows], np.int32),
            np.asarray([row.creator_id for row in rows], np.int32),
            np.asarray(vectors, np.float32).reshape(len(rows), DIMENSION),
        )

    # ---------------------------------------------------------------------------------- writing

    def retire(self, ids: Sequence[int], actor: str) -> list[tuple[int, int]]:
        """Take references out of use; (id, creator) of those that were in use."""
        return self._session.tuples("retire_references", references=list(ids), actor=actor)

    def restore(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        """Take references into use again under their ids; (id, creator) of those retired."""
        return self._session.tuples("restore_references", references=list(ids)) if ids else []

    def lock(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        """(id, creator) of live references, locked until the transaction ends."""
        return self._session.tuples("lock_references", references=list(ids))

    def move(self, ids: Sequence[int], creator_id: int) -> None:
        """Give references to another creator."""
        self._session.run("move_references", references=list(ids), creator=creator_id)

    def set_source(self, reference: int, path: str) -> None:
        """Say where the picture of a reference lies."""
        self._session.run("set_reference_source", reference=reference, source_path=path)

    def add_origin(
        self, reference: int, actor: str, *, detection: int | None = None, picture: bool
    ) -> None:
        """Remember who brought a reference in, and from which face."""
        self._session.run(
            "add_origin", reference=reference, actor=actor, detection=detection, picture=picture
        )

    def promoted(self, face_ids: Sequence[int]) -> set[int]:
        """Those of the faces that a reference, live or retired, was made from."""
        rows = self._session.tuples("promoted_faces", faces=list(face_ids))
        return {row.detection_id for row in rows}

    # -------------------------------------------------------------------------- faces concerned

    def decided(self, creator_id: int, limit: int) -> NDArray[Any]:
        """Faces of a creator that a person decided, clearest first: id, quality, embedding."""
        return self._session.block("decided_vectors", _DECIDED, creator=creator_id, limit=limit)

    def unchecked(self, creator_id: int) -> int:
        """How many faces of a creator were matched automatically and not checked."""
        return int(self._session.value("unchecked_of", creator=creator_id))

    def pending(
        self, faces: Sequence[int] | None = None, creators: Sequence[int] | None = None
    ) -> Iterator[NDArray[Any]]:
        """Pending faces a block at a time, of these ids or that suggest these creators.

        Records of id, video, timestamp, creator (0: no suggestion), confidence, embedding.
        """
        return self._session.blocks(
            "pending_matches",
            _PENDING,
            faces=None if faces is None else [int(i) for i in faces],
            creators=None if creators is None else list(creators),
        )

    def sampled_pending(self, limit: int) -> Iterator[NDArray[Any]]:
        """At most so many pending faces: records of id, video, timestamp, embedding."""
        return self._session.blocks("sampled_pending", _SAMPLED, limit=limit)

    def automatic(self, creators: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Faces that only the machine matched with these creators; records as of pending ones."""
        return self._session.blocks("automatic_matches", _PENDING, creators=list(creators))

    def suggesting(self, creators: Sequence[int]) -> set[int]:
        """Pending faces that suggest one of these creators."""
        return set(self._session.ids("pending_suggesting", creators=list(creators)))

    def closer(self, references: Sequence[int], floor: float) -> set[int]:
        """Pending faces at least as close to one of these references as to what they carry."""
        found = self._session.ids("pending_closer", references=list(references), floor=floor)
        return set(found)

    def undone(self, face_ids: Sequence[int]) -> set[tuple[int, int]]:
        """(face, creator) pairs of automatic matches that a curator undid and did not redo.

        Of a creator who was merged into another, with that one.
        """
        rows = self._session.tuples("machine_undone", faces=list(face_ids))
        merged = self._session.tuples("merged_creators") if rows else []
        kept = {row.dropped: row.kept for row in merged}
        return {(face, kept.get(creator, creator)) for face, creator in rows}

    def rivals(self, found: Sequence[tuple[int, int, float]]) -> set[int]:
        """Of (face, creator, similarity): faces whose frame has a likelier face of the creator."""
        return set(self._session.ids("frame_rivals", **_columns(found)))

    def resuggest(self, found: Sequence[tuple[int, int | None, float | None]]) -> None:
        """Write another suggestion, or none, on faces that are locked."""
        self._session.run("resuggest", **_columns(found))


def _columns(found: Sequence[tuple[int, int | None, float | None]]) -> dict[str, list[Any]]:
    return {
        "faces": [f for f, _, _ in found],
        "creators": [c for _, c, _ in found],
        "confidences": [finite(s) for _, _, s in found],
    }


def matrix_of(embeddings: NDArray[Any]) -> Embedding:
    """Embeddings out of network byte order, shape (n, 512)."""
    return np.ascontiguousarray(embeddings, dtype=np.float32)
