"""References made from decided faces: withdrawn when the decision is undone or replaced."""

from __future__ import annotations

from collections.abc import Sequence

from facereview.records import DECIDED, FaceState
from facereview.review.creators.reference_records import Changed
from facereview.store.log import Step
from facereview.store.row_changes import RowChange, Subject
from facereview.store.store import Store

LIVE, RETIRED, WITHDRAWN = "live", "retired", "withdrawn"
"""Where a reference is: in use, retired, or withdrawn with the action that made it."""


def withdraw_derived(store: Store, steps: Sequence[Step]) -> list[RowChange]:
    """Withdraw the references made from faces for creators whom these steps remove.

    Returns what this changed, to be logged with the steps.
    """
    lost = [
        (step.face_id, creator)
        for step in steps
        if (creator := named(step.before)) is not None and creator != named(step.after)
    ]
    found = store.row_changes.derived(lost) if lost else []
    if not found:
        return []
    before = store.row_changes.read(Subject.REFERENCE, found)
    retired = [int(row["id"]) for row in before.values() if row["place"] == RETIRED]
    store.references.restore(retired)  # only references in use can be withdrawn
    store.row_changes.withdraw(found)
    after = store.row_changes.read(Subject.REFERENCE, found)
    return [RowChange(Subject.REFERENCE, before[key], after[key]) for key in before]


def named(state: FaceState) -> int | None:
    """The creator of a decided face, by hand or automatic."""
    return state.creator_id if state.status in DECIDED else None


def concerned(changes: Sequence[RowChange]) -> Changed:
    """The references and creators for which pending faces must be matched again."""
    added: list[int] = []
    losers: set[int] = set()
    for change in changes:
        if change.subject is not Subject.REFERENCE:
            continue
        was, now = _in_use(change.before), _in_use(change.after)
        if now is not None and now != was:
            added.append(int(change.row["id"]))
        if was is not None and was != now:
            losers.add(was)
    return Changed(tuple(added), tuple(sorted(losers)))


def _in_use(row: object) -> int | None:
    """The creator of a reference in use."""
    if isinstance(row, dict) and row["place"] == LIVE:
        return int(row["creator_id"])
    return None
