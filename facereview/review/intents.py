"""What a curator asks for and what came of it: plain records between the window and the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import uuid4

from facereview.records import Creator, FaceState, RejectReason


class Kind(StrEnum):
    """What an intent does to its faces."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    REJECT = "reject"
    NOT_PERSON = "not_person"
    CONFIRM = "confirm"
    """What stands is right: the row stays, and the machine's mark goes."""
    UNDO = "undo"
    REDO = "redo"
    AUTOMATIC = "automatic"
    """The machine's; a curator never asks for it, but may undo it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A face as the curator saw it, with its similarity to the creator in question if known."""

    face_id: int
    video_id: int
    state: FaceState
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """One key's worth of work; ``token`` makes writing it twice impossible.

    ``new_name`` creates the creator in the same transaction (or finds it if the name exists).
    ``target`` is the token of the batch that an undo or redo is about; None means the curator's
    latest. ``replaces`` says that the curator was told of what stands, and asked to replace it:
    without it no decided face is changed.
    """

    kind: Kind
    faces: tuple[Seen, ...] = ()
    creator: Creator | None = None
    new_name: str | None = None
    reason: RejectReason | None = None
    target: str | None = None
    replaces: bool = False
    token: str = field(default_factory=lambda: uuid4().hex)


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
    """A face that somebody else changed meanwhile: it stands as ``now`` (None: it is gone)."""

    face_id: int
    now: FaceState | None
    creator_name: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an intent.

    ``saved`` is False while the intent waits in the journal; ``changes`` then says what will
    become of the faces. ``creator`` is the creator involved, with its id once it is known.
    ``undone`` is the kind that an undo or redo was about.
    """

    intent: Intent
    saved: bool
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    creator: Creator | None = None
    undone: Kind | None = None
