"""What a typed name offers, and what Enter does with it: plain functions on plain records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from facereview.records import Creator

if TYPE_CHECKING:
    from facereview.review.creators.names import NameIndex


class Found(Enum):
    """Why a row is there."""

    RECENT = auto()
    """Nothing is typed yet."""
    EQUAL = auto()
    BEGINS = auto()
    """A word begins with the text."""
    CREATE = auto()
    """Somebody new of this name."""
    LIKE = auto()
    """Perhaps meant; never preselected."""
    SAME = auto()
    """An answer to the question whether somebody known is meant."""


@dataclass(frozen=True, slots=True)
class Row:
    """A creator that can be taken, or (None) the row that creates one.

    ``alias`` is the other name by which the creator was found.
    """

    found: Found
    creator: Creator | None = None
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows for a typed text."""

    text: str
    name: str
    """What somebody new would be called."""
    rows: tuple[Row, ...] = ()
    preselected: int | None = None
    asking: bool = False
    """Whether it is asked if somebody known is meant."""

    @property
    def creating(self) -> int | None:
        """The row that creates somebody."""
        return next((n for n, row in enumerate(self.rows) if row.found is Found.CREATE), None)

    def row(self, at: int | None) -> Row | None:
        """The row at a place."""
        return None if at is None or not 0 <= at < len(self.rows) else self.rows[at]


class Does(Enum):
    """What a key does."""

    NOTHING = auto()
    GO = auto()
    """It goes to a row, which the next press takes."""
    TAKE = auto()
    CREATE = auto()
    ASK = auto()
    """It asks whether somebody known is meant."""


@dataclass(frozen=True, slots=True)
class Press:
    """What one key press does now."""

    does: Does
    row: int | None = None
    creator: Creator | None = None
    question: Answer | None = None


def enter(answer: Answer, at: int | None, names: NameIndex) -> Press:
    """What Enter does while row ``at`` is highlighted (None: no row is).

    Where nothing is highlighted it never takes anybody: it goes to a row, and says so.
    """
    row = answer.row(at)
    if row is None:
        there = answer.preselected if answer.preselected is not None else answer.creating
        going = there is not None and not answer.asking
        return Press(Does.GO, there) if going else Press(Does.NOTHING)
    if row.creator is not None:
        return Press(Does.TAKE, at, row.creator)
    return Press(Does.CREATE, at) if answer.asking else create(answer, names)


def create(answer: Answer, names: NameIndex) -> Press:
    """What Shift+Enter does: somebody new, once it was asked about those of nearly this name."""
    if answer.creating is None or answer.asking:
        return Press(Does.NOTHING)
    near = names.near(answer.name)
    if not near:
        return Press(Does.CREATE, answer.creating)
    rows = (*near, Row(Found.CREATE))
    return Press(Does.ASK, question=Answer(answer.text, answer.name, rows, asking=True))
