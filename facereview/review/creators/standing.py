"""Creators that are there, and changes of them that stand."""

from __future__ import annotations

from facereview.errors import NotFound, Remedy
from facereview.records import Creator
from facereview.store.changes import ChangeRow
from facereview.store.row_changes import RowChange, Subject
from facereview.store.store import Store


def existing(store: Store, creator_id: int) -> Creator:
    """A creator.

    Raises:
        NotFound: there is none of this id any longer.
    """
    creator = store.creators.get(creator_id)
    if creator is None:
        raise gone()
    return creator


def not_standing(change_id: int) -> NotFound:
    """There is no such change, or not any longer."""
    return NotFound(
        f"There is no change {change_id} to undo, or it was undone before", Remedy.LIST_MERGES
    )


def as_change(change: ChangeRow) -> RowChange:
    """A merge or split that stands from now on."""
    row = {
        "id": change.change_id,
        "kind": change.kind,
        "creator_id": change.creator_id,
        "other_id": change.other_id,
    }
    return RowChange(Subject.CHANGE, None, row)


def gone() -> NotFound:
    """There is no such creator any longer."""
    return NotFound(
        "This creator no longer exists: somebody removed or merged it; choose another one."
    )
