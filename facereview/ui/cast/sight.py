"""What stands on the screen of a cast sheet: keys decide nothing else.

Keys can come before the window has painted what those before them led to, or what another curator
changed. Whatever paints writes here what it has painted, and a key that decides compares it.
"""

from __future__ import annotations

from facereview.records import Creator
from facereview.review.cast.acts import SheetPlan
from facereview.review.cast.records import CastRow

Settling = tuple[tuple[int, Creator | None], ...]
"""Faces and whom they are given to."""


class Sight:
    """What was painted last of the video that is open."""

    def __init__(self) -> None:
        self._rows: dict[int, CastRow] = {}
        self._digits: dict[int, Creator] = {}
        self.settling: Settling = ()
        """What the line above the keys says that the key for the whole sheet settles."""

    def leave(self) -> None:
        """Another video: nothing of it is on the screen yet."""
        self._rows.clear()
        self._digits.clear()
        self.settling = ()

    def painted_row(self, row: CastRow) -> None:
        self._rows[row.key] = row

    def painted_digit(self, number: int, creator: Creator) -> None:
        self._digits[number] = creator

    def no_digits(self) -> None:
        """The digits mean others: none of that is painted yet."""
        self._digits.clear()

    def shows(self, row: CastRow) -> bool:
        """Whether this row was painted with these faces, in this state and under this name."""
        painted = self._rows.get(row.key)
        return painted is not None and same(painted, row)

    def labels(self, number: int, creator: Creator) -> bool:
        """Whether this name was painted beside this digit."""
        painted = self._digits.get(number)
        return painted is not None and painted == creator


def same(one: CastRow, other: CastRow) -> bool:
    """Whether two readings of a row have the same faces, in the same state and under one name."""
    return (
        one.creator == other.creator
        and one.kind is other.kind
        and [(f.id, f.state) for f in one.faces] == [(f.id, f.state) for f in other.faces]
    )


def settling(plan: SheetPlan) -> Settling:
    """What a plan settles."""
    return tuple((one.face.id, one.row.creator) for one in plan.faces)
