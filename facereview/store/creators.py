"""Creators: names, aliases, references, counts, and how alike they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import Vector
from psycopg import errors

from facereview.errors import DatabaseRefused, Invalid
from facereview.numbers import comparable, finite
from facereview.records import DIMENSION, Creator, Embedding, Person, Reference, SourceType
from facereview.store.session import Session, binary_row

_REFERENCE = binary_row(id="i4", creator="i4", embedding="vector")
_CENTRE = binary_row(creator="i4", embedding="vector")
_DECIDED = binary_row(id="i4", reference="i4", embedding="vector")


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
        return self._session.first("creator", Creator, creator=creator_id)

    def named(self, name: str) -> Creator | None:
        """The creator of exactly this name."""
        return self._session.first("creator_named", Creator, name=name)

    def spelt(self, name: str) -> Creator | None:
        """The creator of this name, also where it is stored in another Unicode form or spacing."""
        found = self.named(name)
        return found or self._session.first("creators_spelt", Creator, name=name)

    def standing(self, creator_id: int) -> Creator | None:
        """The creator of this id, or the one it was merged into since."""
        return self._session.first("creator_standing", Creator, creator=creator_id)

    def several(self, ids: Iterable[int]) -> dict[int, Creator]:
        """Creators by id; those that are gone are absent."""
        wanted = list(ids)
        found = self._session.rows("creators_by_id", Creator, creators=wanted) if wanted else []
        return {creator.id: creator for creator in found}

    def add(self, name: str) -> Creator | None:
        """A new creator; None where the name is taken."""
        return self._session.first("add_creator", Creator, name=name)

    def find_or_add(self, name: str) -> Creator:
        """The creator of this name, made if there is none; safe against others who make it.

        ``name`` is composed and its spaces are single ones: one that is stored otherwise counts.
        """
        found = self.spelt(name) or self.add(name) or self.named(name)
        # None: made by another and removed again between the last two statements
        return self.find_or_add(name) if found is None else found

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

    def count(self) -> int:
        """How many creators there are."""
        return int(self._session.value("creator_count"))

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
        rows = self._session.block("reference_vectors", _REFERENCE)
        return ReferenceMatrix(
            rows["id"].astype(np.int32),
            rows["creator"].astype(np.int32),
            rows["embedding"].astype(np.float32),
        )


@dataclass(frozen=True, slots=True)
class MoreOfPerson:
    """What only a creator's own page shows."""

    created_at: datetime | None
    retired: int
    denied: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two creators by id, with the cosine of their centres and of their nearest references."""

    first: int
    second: int
    similarity: float
    closest: float


class People:
    """Reading and naming creators."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[Person]:
        """Every creator with its counts, by name."""
        return [_person(row) for row in self._session.tuples("people", creator=None)]

    def get(self, creator_id: int) -> Person | None:
        """One creator with its counts."""
        row = self._session.one("people", creator=creator_id)
        return None if row is None else _person(row)

    def more(self, creator_id: int) -> MoreOfPerson:
        """The rest of what is known of a creator that exists."""
        return self._session.rows("person_more", MoreOfPerson, creator=creator_id)[0]

    def aliases(self) -> dict[int, tuple[str, ...]]:
        """Other names by creator."""
        found: dict[int, tuple[str, ...]] = {}
        for row in self._session.tuples("aliases"):
            found[row.creator_id] = (*found.get(row.creator_id, ()), row.name)
        return found

    def add_alias(self, creator_id: int, name: str) -> None:
        """Add an alias."""
        self._session.run("add_alias", creator=creator_id, name=name)

    def remove_alias(self, creator_id: int, name: str) -> None:
        """Remove an alias."""
        self._session.run("remove_alias", creator=creator_id, name=name)

    def rename(self, creator_id: int, name: str) -> bool:
        """Give a creator another name; False where another creator has it, or this one is gone."""
        try:
            with self._session.transaction():
                return bool(self._session.tuples("rename_creator", creator=creator_id, name=name))
        except DatabaseRefused as fault:
            if isinstance(fault.__cause__, errors.UniqueViolation):  # taken meanwhile
                return False
            raise

    def describe(self, creator_id: int, description: str | None) -> bool:
        """Set the description; False where the creator is gone."""
        return bool(
            self._session.tuples("describe_creator", creator=creator_id, description=description)
        )

    def set_picture(self, creator_id: int, path: str | None) -> bool:
        """Set the profile picture; False where the creator is gone."""
        return bool(self._session.tuples("set_profile_picture", creator=creator_id, path=path))

    def log_rename(self, actor: str, creator_id: int, before: str, after: str) -> None:
        """Remember under which name a creator was known."""
        self._session.run("log_rename", actor=actor, creator=creator_id, before=before, after=after)

    # ------------------------------------------------------------------------------- likeness

    def centres(self) -> tuple[NDArray[np.int32], Embedding]:
        """Creator ids of shape (n,) and the mean of their references, (n, 512), unit length."""
        rows = self._session.block("creator_centres", _CENTRE)
        centres = np.ascontiguousarray(rows["embedding"], np.float32).reshape(-1, DIMENSION)
        lengths = np.linalg.norm(centres, axis=1, keepdims=True)
        return rows["creator"].astype(np.int32), centres / np.maximum(lengths, 1e-12)

    def centre(self, creator_id: int) -> Embedding | None:
        """The mean of a creator's references, shape (512,), unit length; None without any."""
        vectors = np.ascontiguousarray(self.references(creator_id)["embedding"], np.float32)
        if not len(vectors):
            return None
        mean: Embedding = vectors.mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)

    def pairs(self, pairs: Sequence[tuple[int, int]]) -> list[Pair]:
        """How alike pairs of creators are; those without references on both sides are absent."""
        return self._session.rows(
            "creator_pairs", Pair, firsts=[a for a, _ in pairs], seconds=[b for _, b in pairs]
        )

    def alike(self, pairs: Sequence[tuple[int, int]], threshold: float) -> set[tuple[int, int]]:
        """Those of the pairs whose centres have at least this cosine."""
        rows = self._session.tuples(
            "creators_alike",
            firsts=[a for a, _ in pairs],
            seconds=[b for _, b in pairs],
            threshold=threshold,
        )
        return {(row.first, row.second) for row in rows}

    def decided(self, creator_id: int) -> NDArray[Any]:
        """Decided faces of a creator: id, reference made of it (0: none), embedding."""
        return self._session.block("decided_likeness", _DECIDED, creator=creator_id)

    def references(self, creator_id: int) -> NDArray[Any]:
        """References of one creator: id, creator, embedding."""
        return self._session.block("creator_vectors", _REFERENCE, creator=creator_id)


def _person(row: Any) -> Person:
    return Person(
        Creator(row.id, row.name, row.description, row.profile_picture_path),
        row.references,
        row.decided,
        row.videos,
        row.likely,
        tuple(row.aliases or ()),
        row.best_reference,
        row.best_face,
        row.unchecked,
    )
