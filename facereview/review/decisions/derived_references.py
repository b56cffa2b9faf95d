"""What was made of a naming, and goes with it: references promoted from its faces."""

from __future__ import annotations

from collections.abc import Sequence

from facereview.records import DECIDED, FaceState
from facereview.review.creators.reference_records import Changed
from facereview.store.log import Step
from facereview.store.row_changes import RowChange, Subject
from facereview.store.store import Store

LIVE, RETIRED, WITHDRAWN = "live", "retired", "withdrawn"
"""Where a reference is: in use, kept without using it, or gone with the act that made it."""


def withdraw_derived(store: Store, steps: Sequence[Step]) -> list[RowChange]:
    """Withdraw the references that were made of faces for the creators whom these steps take away.

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
    store.references.restore(retired)  # to where references are withdrawn from
    store.row_changes.withdraw(found)
    after = store.row_changes.read(Subject.REFERENCE, found)
    return [RowChange(Subject.REFERENCE, before[key], after[key]) for key in before]


def named(state: FaceState) -> int | None:
    """The creator whom somebody, or the machine, decided a face to be."""
    return state.creator_id if state.status in DECIDED else None


def concerned(changes: Sequence[RowChange]) -> Changed:
    """What pending faces are to be matched again for after references changed."""
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
    """Whom a reference in use belongs to."""
    if isinstance(row, dict) and row["place"] == LIVE:
        return int(row["creator_id"])
    return None
