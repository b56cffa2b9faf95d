"""What the history shows: entries, which of them are wanted, and what one of them did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from facereview.errors import ReviewError
from facereview.records import Creator, FaceState
from facereview.review.decisions.intents import Intent, Kind, Undoable


class Group(StrEnum):
    """Kinds of entries that are listed together."""

    NAMES = "names"
    REJECTIONS = "rejections"
    MACHINE = "machine"
    CLUSTERS = "clusters"
    REFERENCES = "references"
    CREATORS = "creators"
    SETTINGS = "settings"
    FILES = "files"
    SKIPS = "skips"
    REVERTS = "reverts"


KINDS: Mapping[Group, tuple[Kind, ...]] = {
    Group.NAMES: (Kind.ACCEPT, Kind.ASSIGN, Kind.CONFIRM),
    Group.REJECTIONS: (Kind.REJECT, Kind.NOT_PERSON),
    Group.MACHINE: (Kind.AUTOMATIC,),
    Group.CLUSTERS: (
        Kind.JOIN, Kind.MIRROR, Kind.SPLIT, Kind.LATER, Kind.EXCLUDE, Kind.DIFFERENT,
    ),
    Group.REFERENCES: (Kind.ADD, Kind.PROMOTE, Kind.RETIRE, Kind.RESTORE, Kind.MOVE),
    Group.CREATORS: (
        Kind.CREATE, Kind.RENAME, Kind.DESCRIBE, Kind.PICTURE, Kind.MERGE, Kind.DIVIDE,
        Kind.DELETE, Kind.ERASE,
    ),
    Group.SETTINGS: (Kind.SETTING,),
    Group.FILES: (Kind.SCAN, Kind.LOCATED, Kind.MIGRATE, Kind.VIDEO_REMOVED, Kind.REPLACED),
    Group.SKIPS: (Kind.SKIP,),
    Group.REVERTS: (Kind.UNDO, Kind.REDO),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of a curator by login name, of a group, about a creator, of days.

    ``named`` are all creators whose names or other names contain a text. ``first`` and ``last`` are
    days at this computer, both included.
    """

    actor: str | None = None
    group: Group | None = None
    creator: Creator | None = None
    named: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Curator:
    """Somebody in the log: the login name, and the one that others see."""

    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which entry a page begins."""

    when: datetime
    id: int


class Cannot(StrEnum):
    """Why an entry cannot be taken back."""

    UNDONE = "undone"
    """It was, or was done again since: the entry that did so can."""
    NOTED = "noted"
    """Acts of its kind cannot."""
    EMPTY = "empty"
    """Nothing of it is kept: the person whom it was about was erased."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Numbers and files of what is only noted."""

    videos: int = 0
    faces: int = 0
    matched: int = 0
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One batch of the log.

    ``kind`` may be an undo or a redo; ``about`` says what was done at bottom. ``stands``: it was
    not undone, or that was undone. ``faces`` it decided, in ``videos`` (None: in very many),
    ``shown`` are some of them. ``released``: matches of the machine that it took back itself.
    ``error_rate`` is by which the machine settled names. ``revert`` takes it back; where it is
    None, ``cannot`` says why not.
    """

    id: int
    token: str
    when: datetime
    actor: str
    who: str
    machine: bool
    kind: Kind
    about: Undoable
    noted: Noted
    stands: bool
    undone_by: str | None
    undone_at: datetime | None
    faces: int
    videos: int | None
    shown: tuple[int, ...]
    released: bool
    error_rate: float | None
    cannot: Cannot | None
    revert: Intent | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries, newest first; ``after`` is where to go on, None where that was all."""

    entries: tuple[Entry, ...]
    after: Place | None


@dataclass(frozen=True, slots=True)
class FaceLine:
    """A face of an entry before and after, with the names that creators have now.

    ``denied`` is whom it was said not to be; ``changed``: it is another now.
    """

    face_id: int
    before: FaceState
    before_name: str | None
    after: FaceState
    after_name: str | None
    denied: str | None
    changed: bool


class RowKind(StrEnum):
    """What a row beside the faces says."""

    CLUSTER = "cluster"
    """The cluster of a face, by number."""
    REFERENCE = "reference"
    """Whose a reference is, and whether it is in use."""
    NAME = "name"
    ALIAS = "alias"
    DESCRIPTION = "description"
    PICTURE = "picture"
    POSTPONED = "postponed"
    SKIPPED = "skipped"
    MIRROR = "mirror"
    DIFFERENT = "different"
    APART = "apart"
    MERGE = "merge"
    """Who is merged into whom, or split off whom."""
    ANSWER = "answer"
    """What becomes of the faces of a replaced file."""
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class RowLine:
    """Something beside the faces before and after, as plain texts; "": it was not there.

    ``face`` is the face that it is about, ``key`` the setting's.
    """

    kind: RowKind
    before: str
    after: str
    face: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What taking an entry back would do.

    ``faces`` come back and ``stays`` do not, since they were changed since; so were ``kept`` other
    rows. ``nothing``: all was changed, or a rule forbids it, which ``why`` says.
    """

    faces: int
    stays: tuple[int, ...]
    kept: int
    nothing: bool
    why: ReviewError | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry with the first of its faces and rows; so many ``more`` faces are not among them.

    ``preview`` is None where it cannot be taken back.
    """

    entry: Entry
    faces: tuple[FaceLine, ...]
    rows: tuple[RowLine, ...]
    more: int
    preview: UndoPreview | None
