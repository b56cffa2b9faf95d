"""Telling a curator of decisions that did not stand, until they were looked at."""

from __future__ import annotations

from collections.abc import Sequence

from facereview.records import DECIDED, FaceState, Status
from facereview.review.decisions.intents import Conflict, Intent, Kind
from facereview.store.conflicts import Said
from facereview.store.store import Store

_TOLD = (Kind.ACCEPT, Kind.ASSIGN, Kind.REJECT, Kind.NOT_PERSON, Kind.CONFIRM)


def note(store: Store, actor: str, intent: Intent, conflicts: Sequence[Conflict]) -> None:
    """Keep those conflicts in which somebody else decided otherwise, in the caller's transaction.

    Whoever decided the same, or is the curator of this very workstation, overrules nobody.
    """
    if intent.kind not in _TOLD:
        return
    faces = [c.face_id for c in conflicts if c.now is not None and _otherwise(intent, c.now)]
    if not faces:
        return
    mine = {last.id for last in store.log.decided_by(faces, actor) if last.mine}
    creator = intent.creator
    said = Said(
        intent.token,
        intent.kind.value,
        creator.id if creator else None,
        creator.name if creator else intent.new_name,
        intent.reason.value if intent.reason else None,
    )
    store.conflicts.add(actor, said, [face for face in faces if face not in mine])


def _otherwise(intent: Intent, now: FaceState) -> bool:
    wanted = intent.creator.id if intent.creator else None
    is_wanted = now.status in DECIDED and now.creator_id == wanted
    if intent.kind is Kind.NOT_PERSON:
        return is_wanted
    if wanted is None and intent.new_name is None:
        return now.status is not Status.REJECTED
    return not is_wanted
