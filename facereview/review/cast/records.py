"""What the cast sheet shows: plain records between the window and the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from facereview.records import DECIDED, Chance, Creator, Face, Status, Video


class RowKind(StrEnum):
    """What is to be done about a row."""

    DECIDED = "decided"
    """All of its faces carry a name that a person gave or checked."""
    SURE = "sure"
    """Its name is within the error rate, or reached the threshold of matching at once."""
    LIKELY = "likely"
    OPEN = "open"
    """Nobody known is likely, or the machine's match is doubtful by what is known now."""
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a face belongs: its track, and its cluster; None where it is in none.

    ``apart`` are the clusters that a curator took it out of, ``denied`` the creators that it is
    known not to be.
    """

    track: int | None
    cluster: int | None
    apart: frozenset[int] = frozenset()
    denied: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Said:
    """What the evidence says of a track: a creator, the next one, and how sure the first is.

    It is said of none of the faces that are ``unlike``: the track, or that creator.
    """

    creator_id: int | None
    rival_id: int | None = None
    similarity: float | None = None
    rival_similarity: float | None = None
    chance: Chance | None = None
    unlike: frozenset[int] = frozenset()


def waits(face: Face) -> bool:
    """Whether no person has decided a face; so it is where the creator was removed since."""
    nobody = face.state.status in DECIDED and face.state.creator_id is None
    return face.by_machine or nobody or face.state.status is Status.PENDING


@dataclass(frozen=True, slots=True)
class CastRow:
    """Faces of a video believed to be one person, in time order.

    ``best`` are the clearest of them, best first, one a frame. ``creator`` is who they are or may
    be, ``rival`` who comes next, with ``rival_similarity``, and ``both_at`` when a frame shows this
    row and the row of the rival. ``agree`` of the ``undecided`` faces suggest the
    creator themselves. ``elsewhere`` other videos have faces of the same cluster.
    """

    kind: RowKind
    faces: tuple[Face, ...]
    best: tuple[int, ...]
    creator: Creator | None = None
    rival: Creator | None = None
    rival_similarity: float | None = None
    both_at: float | None = None
    similarity: float | None = None
    chance: Chance | None = None
    agree: int = 0
    undecided: int = 0
    elsewhere: int = 0
    clusters: tuple[int, ...] = ()

    @property
    def key(self) -> int:
        """The id of its first face: it stays the same while rows are read again."""
        return min(face.id for face in self.faces)


@dataclass(frozen=True, slots=True)
class Company:
    """A creator who often is in videos with somebody of this cast: in ``together`` of them."""

    creator: Creator
    together: int


@dataclass(frozen=True, slots=True)
class CastSheet:
    """A whole video: its rows, those that one key settles first.

    ``frames`` were looked at, ``further`` of them because a first look left somebody unclear.
    ``tagged`` are the creators whom other programs tagged, ``mirrored`` the faces that a curator
    said may share a frame with others of their row. A decision on more faces than ``twice_above``
    is to be asked for twice.
    """

    video: Video
    rows: tuple[CastRow, ...]
    frames: int = 0
    further: int = 0
    tagged: tuple[Creator, ...] = field(default=())
    mirrored: frozenset[int] = frozenset()
    twice_above: int = 200


@dataclass(frozen=True, slots=True)
class CastOrder:
    """The videos with faces that wait, those first of which one key settles most.

    All of shape (n,): ``sure`` faces of a video are settled by that key, ``waiting`` ones no person
    has decided.
    """

    videos: NDArray[np.int32]
    sure: NDArray[np.int32]
    waiting: NDArray[np.int32]
