"""Which faces a key decides at once, and which need a second press."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from facereview.records import DECIDED, Creator, Face, FaceState, RejectReason, Status
from facereview.review.decisions.guard import settled
from facereview.review.decisions.intents import Kind
from facereview.review.views import Opinion

ENTER = "accept"
"""The action that also says once more what was typed in the name field."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a key asks for; ``again`` is the action whose second press includes what was left."""

    again: str
    kind: Kind
    creator: Creator | None = None
    new_name: str | None = None
    reason: RejectReason | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What becomes of the faces: the one at hand and the ticked ones.

    ``taken`` at once; ``elsewhere`` those that suggest somebody else, and ``standing`` those whose
    decision would be replaced, only with a second press; ``already`` are as they are wished to be.
    """

    taken: tuple[Face, ...] = ()
    elsewhere: tuple[Face, ...] = ()
    standing: tuple[Face, ...] = ()
    already: tuple[Face, ...] = ()

    @property
    def left(self) -> tuple[Face, ...]:
        """What only a second press includes."""
        return (*self.elsewhere, *self.standing)


def scope_of(
    wish: Wish,
    faces: Sequence[Face],
    opinion: Callable[[int], Opinion | None],
    threshold: float,
) -> Scope:
    """Sort the faces, the current one first, which the curator looks at."""
    parts: dict[str, list[Face]] = {"taken": [], "elsewhere": [], "standing": [], "already": []}
    for place, face in enumerate(faces):
        if settled(face.state):
            part = _of_settled(wish, face.state)
        elif wish.kind in (Kind.ACCEPT, Kind.ASSIGN) and place > 0:
            agrees = _agrees(opinion(face.id), wish.creator, threshold)
            part = "taken" if agrees else "elsewhere"
        else:
            part = "taken"
        parts[part].append(face)
    return Scope(*(tuple(part) for part in parts.values()))


def stands_alike(one: FaceState, other: FaceState) -> bool:
    """Whether two decided faces were decided for the same, by whomever."""
    if Status.REJECTED in (one.status, other.status):
        return one.status is other.status
    return settled(one) and settled(other) and one.creator_id == other.creator_id


def _of_settled(wish: Wish, state: FaceState) -> str:
    named = state.status in DECIDED
    same = named and wish.creator is not None and state.creator_id == wish.creator.id
    if wish.kind is Kind.NOT_PERSON:
        return "standing" if same else "taken"
    if wish.kind is Kind.REJECT:
        return "standing" if named else "taken"
    return "already" if same else "standing"


def _agrees(opinion: Opinion | None, creator: Creator | None, threshold: float) -> bool:
    """Whether the face has no other suggestion, and the creator is not ruled out."""
    if opinion is None:
        return False
    if creator is not None and creator.id in opinion.denied:
        return False
    if opinion.named is not None:
        return creator is not None and opinion.named == creator.id
    nearest = opinion.nearest
    if nearest is None or nearest.similarity < threshold:
        return True
    return creator is not None and nearest.creator_id == creator.id
