"""Creators with their counts, aliases, and similarity to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import errors

from facereview.errors import DatabaseRefused
from facereview.records import DIMENSION, Creator, Embedding, Person
from facereview.store.session import Session, binary_row

_CENTRE = binary_row(creator="i4", embedding="vector")
_DECIDED = binary_row(id="i4", reference="i4", embedding="vector")
_REFERENCE = binary_row(id="i4", creator="i4", embedding="vector")


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
        rows = np.concatenate(list(self._session.blocks("creator_centres", _CENTRE)))
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
        return np.concatenate(
            list(self._session.blocks("decided_likeness", _DECIDED, creator=creator_id))
        )

    def references(self, creator_id: int) -> NDArray[Any]:
        """References of one creator: id, creator, embedding."""
        return np.concatenate(
            list(self._session.blocks("creator_vectors", _REFERENCE, creator=creator_id))
        )


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
