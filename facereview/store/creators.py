"""Creators and their references."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from pgvector import Vector

from facereview.errors import Invalid
from facereview.numbers import comparable, finite
from facereview.records import (
    Creator,
    Embedding,
    Reference,
    SourceType,
)
from facereview.store.session import Session, binary_row

_REFERENCE = binary_row(id="i4", creator="i4", embedding="vector")


@dataclass(frozen=True, slots=True)
class ReferenceMatrix:
    """All references in memory: ids and creators of shape (n,), embeddings of shape (n, 512)."""

    ids: np.ndarray
    creators: np.ndarray
    embeddings: Embedding


class Creators:
    """Creators and the embeddings they are known by."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[Creator]:
        """Every creator, by name."""
        return self._session.rows("creator_names", Creator)

    def get(self, creator_id: int) -> Creator | None:
        """One creator by id."""
        found = self._session.rows("creator", Creator, creator=creator_id)
        return found[0] if found else None

    def named(self, name: str) -> Creator | None:
        """The creator of exactly this name."""
        found = self._session.rows("creator_named", Creator, name=name)
        return found[0] if found else None

    def spelt(self, name: str) -> Creator | None:
        """The creator of this name, also where it is stored in another Unicode form or spacing."""
        found = self.named(name)
        if found is None:
            found = next(iter(self._session.rows("creators_spelt", Creator, name=name)), None)
        return found

    def standing(self, creator_id: int) -> Creator | None:
        """The creator of this id, or the one it was merged into since."""
        found = self._session.rows("creator_standing", Creator, creator=creator_id)
        return found[0] if found else None

    def several(self, ids: Iterable[int]) -> dict[int, Creator]:
        """Creators by id; those that are gone are absent."""
        wanted = list(ids)
        found = self._session.rows("creators_by_id", Creator, creators=wanted) if wanted else []
        return {creator.id: creator for creator in found}

    def add(self, name: str) -> Creator | None:
        """A new creator; None where the name is taken."""
        added = self._session.rows("add_creator", Creator, name=name)
        return added[0] if added else None

    def find_or_add(self, name: str) -> Creator:
        """The creator of this name, made if there is none; safe against others who make it.

        ``name`` is composed and its spaces are single ones: one that is stored otherwise counts.
        """
        found = self.spelt(name)
        if found is not None:
            return found
        added = self._session.rows("add_creator", Creator, name=name)
        found = added[0] if added else self.named(name)
        if found is None:  # made by another and removed again between the two statements
            return self.find_or_add(name)
        return found

    def names_stamp(self) -> str:
        """Differs once a name or an alias is another one."""
        return str(self._session.value("names_stamp"))

    def names_used(self, actor: str, count: int) -> tuple[int, ...]:
        """Ids of the creators that a curator named faces as, the last named first."""
        rows = self._session.tuples("names_used", actor=actor, count=count)
        return tuple(row.creator_id for row in rows)

    def add_reference(
        self,
        creator_id: int,
        embedding: Embedding,
        source_type: SourceType,
        source_path: str | None,
        quality: float | None,
    ) -> int:
        """Store a reference; its id.

        Raises:
            Invalid: the embedding is all zeros or not finite.
        """
        if not comparable(embedding):
            raise Invalid(
                "This face has no usable embedding, so nothing can be compared with it: choose "
                "another picture."
            )
        made = self._session.value(
            "add_reference",
            creator=creator_id,
            embedding=Vector(embedding),
            source_type=source_type.value,
            source_path=source_path,
            quality=finite(quality),
        )
        self._session.tell("creators")
        return int(made)

    def references(self, creator_id: int) -> list[Reference]:
        """A creator's references, oldest first."""
        rows = self._session.tuples("references_of", creator=creator_id)
        return [
            Reference(r.id, r.creator_id, SourceType(r.source_type), r.source_path, r.quality)
            for r in rows
        ]

    def has_reference_from(self, creator_id: int, source_path: str) -> bool:
        """Whether this creator already has a reference from this source."""
        return bool(
            self._session.tuples("reference_from", creator=creator_id, source_path=source_path)
        )

    def revision(self) -> tuple[int, int, str]:
        """Differs after a reference was added, removed, or given to another creator."""
        row = self._session.one("reference_revision")
        return row.n, row.highest, row.whose

    def matrix(self) -> ReferenceMatrix:
        """All references at once, each creator's together, for matching many faces; 2 KB each."""
        rows = np.concatenate(list(self._session.blocks("reference_vectors", _REFERENCE)))
        return ReferenceMatrix(
            rows["id"].astype(np.int32),
            rows["creator"].astype(np.int32),
            rows["embedding"].astype(np.float32),
        )
