"""The guard of every decision: whether the face is still as it was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facereview.records import FaceState, Status
from facereview.review.intents import Seen
from facereview.store.changes import Merges
from facereview.store.log import Batch, LockedFace, Step


@dataclass(frozen=True, slots=True)
class Reverts:
    """The batch that is taken back; ``forward`` where this is a redo."""

    batch: Batch
    merges: Merges
    forward: bool

    def untouched(self, step: Step, now: LockedFace) -> bool:
        """Whether nobody changed the face since; for the machine's batch, nor confirmed it."""
        if self.batch.kind == "automatic" and now.automatic != self.batch.id:
            return False
        return alike(now.state, self.merges.state(step.after))


def unlike(faces: Iterable[Seen], locked: dict[int, LockedFace]) -> bool:
    """Whether any face is not as it was seen, perhaps only since its creator was merged."""
    return any(
        seen.face_id in locked and seen.state != locked[seen.face_id].state for seen in faces
    )


def still(seen: FaceState, now: LockedFace) -> bool:
    """Whether a face is as the curator saw it, or only the machine has been at it since.

    The machine has nothing to say against somebody who looked.
    """
    return alike(now.state, seen) or (seen.status is Status.PENDING and now.automatic is not None)


def alike(now: FaceState, then: FaceState) -> bool:
    """The same to a curator: what is suggested for a pending face may change meanwhile."""
    return now == then or (now.status is then.status is Status.PENDING)
