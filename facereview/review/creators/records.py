"""What the Creators page shows of people: plain records between the window and the rules.

Those about references and pictures stand in :mod:`facereview.review.creators.reference_records`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facereview.records import Chance, Creator, Face, Person, Reference, Video

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """What a creator is called and what is said of it, as a curator writes it."""

    name: str
    aliases: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Two creators whose references are close, so that one is easily taken for the other.

    ``similarity`` is the cosine of the centres of their references, ``closest`` that of the two
    references nearest to each other.
    """

    first: Creator
    second: Creator
    similarity: float
    closest: float


@dataclass(frozen=True, slots=True)
class PersonView:
    """All that stands at the head of a creator's own page."""

    person: Person
    created_at: datetime | None
    retired: int
    """References kept but not used."""
    denied: int
    """Faces known not to be this person."""
    lookalikes: tuple[Lookalike, ...]
    """``first`` is this creator; closest first."""
    changes: tuple[PastChange, ...]
    """Merges and splits of this creator that can be undone, newest first."""


@dataclass(frozen=True, slots=True)
class FaceOf:
    """A decided face of a creator; ``similarity`` is the cosine to the best reference.

    A reference promoted from this very face does not count; None where there is no other.
    ``chance`` is how sure a match of the machine is that nobody has checked, where the library goes
    by an error rate.
    """

    face: Face
    video: Video
    similarity: float | None
    chance: Chance | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A face of a creator at a time of a video, in seconds.

    ``unchecked``: only the machine has decided it.
    """

    face_id: int
    timestamp: float
    similarity: float | None
    unchecked: bool = False


@dataclass(frozen=True, slots=True)
class AppearsIn:
    """A video in which a creator appears, decided and likely faces apart, each in time order."""

    video: Video
    decided: tuple[Moment, ...]
    likely: tuple[Moment, ...]

    @property
    def unchecked(self) -> int:
        """How many of the decided faces nobody has checked."""
        return sum(moment.unchecked for moment in self.decided)


# --------------------------------------------------------------------------- merging and splitting


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two creators of a merge, with what belongs to it."""

    creator: Creator
    references: tuple[Reference, ...]
    retired: int
    faces: int
    videos: int
    tags: int
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do, and what speaks against it.

    ``denied`` are decided faces of one creator that somebody said are not the other;
    ``together`` pairs of faces, one of each creator, in one frame: at most 50 of each are named,
    ``denied_count`` and ``together_count`` say how many there are. ``similarity`` is the cosine
    of the two centres, ``closest`` that of the two nearest references (None without references).
    """

    keep: Side
    drop: Side
    shared_videos: int
    denied: tuple[int, ...]
    denied_count: int
    together: tuple[tuple[int, int], ...]
    together_count: int
    similarity: float | None
    closest: float | None

    @property
    def conflicts(self) -> int:
        """How many things speak against the merge."""
        return self.denied_count + self.together_count


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge moved to ``creator``; ``change_id`` undoes it."""

    change_id: int
    creator: Creator
    dropped: Creator
    references: int
    faces: int
    videos: int


@dataclass(frozen=True, slots=True)
class Split:
    """What became of faces told apart from a creator; ``change_id`` undoes it.

    ``conflicts`` are faces that were no longer the creator's and stay as they are.
    """

    change_id: int
    source: Creator
    creator: Creator
    faces: int
    references: int
    conflicts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unmerged:
    """What undoing a merge or a split moved back to ``restored``.

    ``stayed`` faces were decided again since and stay as they are.
    """

    change_id: int
    restored: Creator
    other: Creator
    references: int
    faces: int
    stayed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PastChange:
    """A merge or a split that stands: ``dropped`` was merged into ``creator``, or split off it."""

    change_id: int
    kind: str
    """``merge`` or ``split``."""
    creator: Creator
    dropped: Creator
    references: int
    faces: int
    actor: str
    created_at: datetime


# ----------------------------------------------------------------------------- deleting and erasing


@dataclass(frozen=True, slots=True)
class Loss:
    """What would be lost with a creator.

    ``others_tags`` are tags of videos that facereview did not make: they name the creator and
    go with it.
    """

    creator: Creator
    references: int
    retired: int
    decided: int
    videos: int
    likely: int
    tags: int
    others_tags: int
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErasePlan:
    """Everything of a person that an erasure removes, and what it cannot reach.

    ``decided`` of ``loss`` are the faces whose rows go, with their embeddings; ``files`` the
    pictures on disk that go; ``log_rows`` the rows of the decisions' log that forget whose they
    were; ``waiting`` unsaved decisions naming the person. ``own_files`` are the curator's own
    pictures, which are left alone. ``elsewhere`` references of other creators were made of the
    person's faces and go too.
    """

    loss: Loss
    files: int
    log_rows: int
    changes: int
    waiting: int
    own_files: tuple[str, ...]
    elsewhere: int


@dataclass(frozen=True, slots=True)
class Remnant:
    """Something of an erased person that is still there: ``where`` and how much of it."""

    where: str
    count: int


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure removed; ``remnants`` is what a second look found (empty: all is gone).

    ``looked_at`` names every place that was looked at again; ``losers`` are the creators, by id,
    who lost references made of the person's faces: pending faces are to be matched with them anew.
    """

    plan: ErasePlan
    looked_at: tuple[str, ...]
    remnants: tuple[Remnant, ...]
    losers: tuple[int, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the second look found nothing."""
        return not self.remnants
