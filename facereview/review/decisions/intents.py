"""Intents and outcomes: plain records between the window and the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import uuid4

from facereview.errors import Cancelled, ReviewError
from facereview.records import Creator, FaceState, RejectReason
from facereview.review.creators.records import Unmerged
from facereview.review.creators.reference_records import Changed


class Kind(StrEnum):
    """Actions of a curator, or automatic ones; each but the last five can be undone."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    REJECT = "reject"
    NOT_PERSON = "not_person"
    CONFIRM = "confirm"
    """The decision is right: the row stays, and the automatic mark is removed."""
    UNDO = "undo"
    REDO = "redo"
    AUTOMATIC = "automatic"
    """Automatic matches; a curator never asks for them, but may undo them."""
    SKIP = "skip"
    """Faces come back at the end of this curator's queue."""

    JOIN = "join"
    MIRROR = "mirror"
    """Clusters joined although a frame shows faces of both."""
    SPLIT = "split"
    """Faces made a cluster of their own."""
    LATER = "later"
    EXCLUDE = "exclude"
    """Faces taken out of a cluster for good."""
    DIFFERENT = "different"
    """Two clusters said to be two people."""

    ADD = "add"
    """References made of pictures."""
    PROMOTE = "promote"
    """References made of decided faces."""
    RETIRE = "retire"
    RESTORE = "restore"
    MOVE = "move"

    CREATE = "create"
    RENAME = "rename"
    DESCRIBE = "describe"
    """A creator's other names or description."""
    PICTURE = "picture"
    MERGE = "merge"
    DIVIDE = "divide"
    """Decided faces made another creator's."""
    REPLACED = "replaced"
    """Faces of a film whose file was replaced: kept, dropped, or matched to the new film."""
    SETTING = "setting"

    VIDEO_REMOVED = "video_removed"
    """Videos taken out of the library with their faces."""
    LOCATED = "located"
    """Videos whose files were moved, found again."""
    SCAN = "scan"
    MIGRATE = "migrate"
    DELETE = "delete"
    """A creator deleted; its faces wait again."""
    ERASE = "erase"
    """A person erased, of whom nothing is kept."""


NOTED = (Kind.VIDEO_REMOVED, Kind.LOCATED, Kind.SCAN, Kind.MIGRATE, Kind.DELETE, Kind.ERASE)
"""What was done and cannot be undone; ``next_redo`` in queries.sql passes over them too."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A face as the curator saw it, with its similarity to the creator in question if known.

    ``creator`` is whom the key for a whole cast sheet gives it to, which may name several: never
    somebody whom the face is known not to be.
    """

    face_id: int
    video_id: int
    state: FaceState
    similarity: float | None = None
    creator: Creator | None = None


@dataclass(frozen=True, slots=True)
class BySample:
    """The random sample by which faces are confirmed that nobody looked at.

    ``drawn`` of ``population`` faces were all right, so ``at_most`` of them are wrong.
    """

    id: int
    drawn: int
    population: int
    at_most: int


@dataclass(frozen=True, slots=True)
class Intent:
    """What one key asks for; ``token`` makes writing it twice impossible.

    ``new_name`` creates the creator in the same transaction (or finds it if the name exists).
    ``target`` is the token of the batch that an undo or redo is about; None means the curator's
    latest. ``replaces`` says that the curator was shown the decision and asked to replace it:
    without it no decided face is changed. ``sample`` is why faces are confirmed that nobody looked
    at: it is written only if all that were drawn for it are right. ``cast`` is asked for on the
    cast sheet of a video: a name is given once in a frame, a face that carries it is confirmed, and
    the machine's matches may be changed, but none that somebody has checked since.
    """

    kind: Kind
    faces: tuple[Seen, ...] = ()
    creator: Creator | None = None
    new_name: str | None = None
    reason: RejectReason | None = None
    target: str | None = None
    replaces: bool = False
    sample: BySample | None = None
    cast: bool = False
    token: str = field(default_factory=lambda: uuid4().hex)

    def creators(self) -> tuple[Creator, ...]:
        """Everybody whom it names by id, each once."""
        named = (self.creator, *(seen.creator for seen in self.faces))
        return tuple({creator.id: creator for creator in named if creator is not None}.values())


@dataclass(frozen=True, slots=True)
class Change:
    """One face before and after; ``creator_name`` belongs to the state after."""

    face_id: int
    video_id: int
    before: FaceState
    after: FaceState
    creator_name: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A face that somebody else changed meanwhile: its state is ``now`` (None: it is gone).

    ``in_frame`` is another face of its frame that carries the name which it was to get.
    """

    face_id: int
    now: FaceState | None
    creator_name: str | None = None
    in_frame: int | None = None


@dataclass(frozen=True, slots=True)
class Undoable:
    """A description of an action: what Ctrl+Z would undo, or what an undo or redo was about.

    ``number`` counts what the act is about: faces, references or clusters. ``names`` are those
    that creators had then, where the act is about them; ``sample`` is by which it was confirmed.
    ``people`` is how many creators the faces were given to, where they are several; ``settings``
    are keys of settings with their values before and after, None for the default. ``rows``: it
    was done to rows of a cast sheet.
    """

    kind: Kind
    creator: Creator | None
    number: int = 1
    reason: RejectReason | None = None
    names: tuple[str, ...] = ()
    sample: BySample | None = None
    people: int = 0
    settings: tuple[Sequence[Any], ...] = ()
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """What an action, an undo or a redo changed besides faces, by id.

    ``references`` are those for which pending faces must be matched again. ``kept`` rows were
    changed by somebody else since and stay unchanged.
    """

    clusters: tuple[int, ...] = ()
    creators: tuple[int, ...] = ()
    references: Changed = field(default_factory=Changed)
    skipped: tuple[int, ...] = ()
    unskipped: tuple[int, ...] = ()
    unmerged: Unmerged | None = None
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an intent.

    ``saved`` is False while the intent waits in the journal; ``changes`` then says what will
    become of the faces. ``creator`` is the creator involved, with its id once it is known.
    ``undone`` is the kind of act that an undo or redo was about, ``about`` the act in words.
    """

    intent: Intent
    saved: bool
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    creator: Creator | None = None
    undone: Kind | None = None
    about: Undoable | None = None
    beside: Beside = field(default_factory=Beside)
    overtaken: bool = False
    """Nothing was undone or redone: all of it was changed since; ``why`` says more."""
    why: ReviewError | Cancelled | None = None
    later: bool = False
    """It is about what is in the database, and waits until that can be reached."""
