"""The guard of every decision: whether the face is still as it was seen."""

from __future__ import annotations

from collections.abc import Iterable

from facereview.errors import Invalid
from facereview.records import DECIDED, FaceState, Status
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.store.log import LockedFace


def unlike(faces: Iterable[Seen], locked: dict[int, LockedFace]) -> bool:
    """Whether any face is not as it was seen, perhaps only since its creator was merged."""
    return any(
        seen.face_id in locked and seen.state != locked[seen.face_id].state for seen in faces
    )


def still(seen: FaceState, now: LockedFace) -> bool:
    """Whether a face is as the curator saw it, or has only been matched automatically since.

    An automatic match never overrides a curator.
    """
    return alike(now.state, seen) or (seen.status is Status.PENDING and now.automatic is not None)


def alike(now: FaceState, then: FaceState) -> bool:
    """Equal to a curator: the suggestion of a pending face may have changed."""
    return now == then or (now.status is then.status is Status.PENDING)


def settled(state: FaceState) -> bool:
    """Whether this face is decided: matched, assigned or rejected, by hand or automatically."""
    nobody = state.status in DECIDED and state.creator_id is None  # its creator was deleted
    return state.status is not Status.PENDING and not nobody


def checked_since(intent: Intent, now: LockedFace, new: FaceState) -> bool:
    """Whether somebody checked a match of the machine that the cast sheet would change."""
    decided = settled(now.state) and now.automatic is None
    return intent.cast and not intent.replaces and decided and new != now.state


def check_asked(intent: Intent, seen: FaceState, new: FaceState) -> None:
    """Check that the intent asks for this change of a face.

    Raises:
        Invalid: it replaces a decision, or confirms none, without having been asked for.
    """
    if intent.kind is Kind.CONFIRM and not settled(seen):
        raise Invalid("A face that is not decided cannot be confirmed: say who it is.")
    asked = intent.replaces or intent.cast  # there only what the machine matched can be changed
    if settled(seen) and new != seen and not asked:
        raise Invalid(
            "This would replace an existing decision, so nothing was changed: decide the face "
            "on its own."
        )
