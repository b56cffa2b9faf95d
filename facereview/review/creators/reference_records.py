"""What is said of references and of pictures that may become some: plain records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from facereview.media.crops import FaceCrop
from facereview.records import Box, Creator, Embedding, Face, Pixels, Reference

if TYPE_CHECKING:
    from datetime import datetime


class Flag(StrEnum):
    """What may be wrong with a reference."""

    CONTAMINATED = "contaminated"
    """It is closer to another creator than to its own: probably a picture of somebody else."""
    LONELY = "lonely"
    """None of its creator's other references looks like it."""
    REDUNDANT = "redundant"
    """Almost the same as a better reference of its creator: it adds nothing."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Which act brought a reference in; ``decided_by`` gave the face it was promoted from."""

    actor: str
    added_at: datetime
    detection_id: int | None
    picture: bool
    decided_by: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """A creator at a similarity (cosine)."""

    creator: Creator
    similarity: float


@dataclass(frozen=True, slots=True)
class ReferenceInfo:
    """A reference, live or retired, compared with all others but itself.

    ``own`` is the cosine to the best other live reference of its creator (None: there is none),
    ``other`` the nearest other creator, ``twin`` the reference it repeats.
    """

    reference: Reference
    creator: Creator
    own: float | None = None
    other: Near | None = None
    twin: int | None = None
    flags: frozenset[Flag] = frozenset()
    created_at: datetime | None = None
    origin: Origin | None = None
    retired_by: str | None = None
    retired_at: datetime | None = None

    @property
    def retired(self) -> bool:
        """Kept, not used."""
        return self.retired_at is not None


@dataclass(frozen=True, slots=True)
class HealthRow:
    """A reference to look at; ``alone`` pending faces suggest its creator for it alone."""

    info: ReferenceInfo
    flag: Flag
    alone: int = 0


@dataclass(frozen=True, slots=True)
class Changed:
    """What to match pending faces again for.

    ``added`` are references that came (new, restored, moved here), ``creators`` those that lost
    one (retired, moved away, erased).
    """

    added: tuple[int, ...] = ()
    creators: tuple[int, ...] = ()

    def __add__(self, other: Changed) -> Changed:
        """Both together."""
        return Changed(self.added + other.added, self.creators + other.creators)


@dataclass(frozen=True, slots=True)
class SuggestedFace:
    """A decided face worth promoting: ``covers`` decided faces are closest to it."""

    face: Face
    quality: float
    covers: int


@dataclass(frozen=True, slots=True)
class SuggestedReferences:
    """Faces worth promoting, best first.

    ``unchecked`` faces were not looked at: only the machine has matched them.
    """

    faces: tuple[SuggestedFace, ...] = ()
    unchecked: int = 0


@dataclass(frozen=True, slots=True)
class Promoted:
    """References made of decided faces; ``skipped`` faces are references already.

    ``unchecked`` faces were left out: only the machine has matched them; so were ``doubtful``
    ones, by face with all that speaks against each.
    """

    references: tuple[int, ...]
    skipped: tuple[int, ...]
    changed: Changed
    unchecked: tuple[int, ...] = ()
    doubtful: tuple[tuple[int, tuple[Caution, ...]], ...] = ()


# ------------------------------------------------------------------------- pictures from outside


class Doubt(StrEnum):
    """Why a face of a picture may make a bad reference; the curator may store it in spite."""

    UNSURE = "unsure"
    """The detector is not sure that it is a face at all."""
    SMALL = "small"
    BLURRED = "blurred"
    TURNED = "turned"
    DARK = "dark"
    BRIGHT = "bright"
    KNOWN = "known"
    OTHER = "other"
    UNLIKE = "unlike"
    """None of the creator's own references looks like it."""
    CONFUSES = "confuses"
    """With it another reference would need care that does not now."""


LIKENESS = frozenset({Doubt.KNOWN, Doubt.OTHER, Doubt.UNLIKE, Doubt.CONFUSES})
"""Doubts that depend on the references there are, not on the picture alone."""

Point = tuple[Doubt, int]
"""A doubt, and the id of the creator it names (0: none)."""


@dataclass(frozen=True, slots=True)
class Caution:
    """A doubt with its numbers.

    ``value`` against ``limit``: the detector's score for UNSURE, pixels for SMALL, parts of the
    quality in 0..1 for BLURRED, TURNED, DARK and BRIGHT, a cosine for the others: KNOWN
    (``reference_id`` of ``creator``, ``retired`` or not; None: another picture at hand), OTHER
    (``value`` to ``creator``, ``limit`` to the creator at hand, None where that one has no
    reference yet), UNLIKE (to the creator at hand) and CONFUSES (to ``reference_id`` of
    ``creator``).
    """

    doubt: Doubt
    value: float
    limit: float | None = None
    creator: Creator | None = None
    reference_id: int | None = None
    retired: bool = False

    @property
    def point(self) -> Point:
        """What a curator confirms: the same doubt, about the same creator."""
        return self.doubt, self.creator.id if self.creator else 0


@dataclass(frozen=True, slots=True)
class IntakeFace:
    """A face of a picture: ``box`` in pixels of the picture, ``crop`` a square for the eye."""

    box: Box
    crop: FaceCrop
    quality: float
    embedding: Embedding
    cautions: tuple[Caution, ...]
    first: bool = False
    """The creator has nothing yet that it could be compared with."""


@dataclass(frozen=True, slots=True)
class Intake:
    """A picture looked at, nothing stored: its faces from left to right, or why it has none.

    ``path`` is None for a pasted picture; ``preview`` is bounded, ``scale`` its size over that
    of the picture. ``fault`` is an error no curator can override.
    """

    path: Path | None
    name: str
    faces: tuple[IntakeFace, ...] = ()
    preview: Pixels | None = None
    scale: float = 1.0
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class StoredReferences:
    """References made of pictures, and what pending faces are to be matched again for.

    ``refused`` are all doubts of a face of which one was not confirmed: nothing was stored.
    """

    creator: Creator
    references: tuple[int, ...]
    changed: Changed
    refused: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """What matching again changed for one creator, in pending faces."""

    creator: Creator
    gained: int
    """Pending faces that suggest this creator now and did not before."""
    lost: int
    matched: int
    """Faces the machine matched at once."""
    taken_back: int = 0
    """Faces it had matched, and nobody looked at since, that wait again."""


@dataclass(frozen=True, slots=True)
class CloseCall:
    """A face whose suggestion changed and is least clear; ``margin`` is the lead over ``rival``."""

    face_id: int
    creator: Creator
    similarity: float
    rival: Creator | None
    margin: float | None


@dataclass(frozen=True, slots=True)
class RematchReport:
    """What matching again came to; ``batch`` undoes the automatic matches as one.

    ``named`` are the faces that were matched, ``released`` those whose match was taken back; one
    that was matched with somebody else is in both.
    """

    looked: int
    shifts: tuple[Shift, ...] = ()
    closest: tuple[CloseCall, ...] = ()
    batch: str | None = None
    cancelled: bool = False
    named: tuple[int, ...] = ()
    released: tuple[int, ...] = ()
