"""Expected errors, each with one sentence: what happened, to which thing, what to do.

Everything below :class:`ReviewError` is expected and shown calmly; any other exception is a bug.
"""

from __future__ import annotations

from enum import StrEnum, auto


class Remedy(StrEnum):
    """What fixes an error. The command line names a command for it, the window what to click."""

    START_SERVER = auto()
    CORRECT_LOGIN = auto()
    MAKE_DATABASE = auto()
    """``thing`` is its name."""
    MAKE_USER = auto()
    """``thing`` is its name."""
    GRANT_RIGHTS = auto()
    """``thing`` is the user who lacks them."""
    LET_OWNER_GRANT = auto()
    """``thing`` is the owner of the tables, who alone may give rights."""
    LET_MAKE_DATABASES = auto()
    """``thing`` is the user who may not."""
    SET_UP = auto()
    """The owner of the database must prepare it."""
    LET_OWNER_OPEN = auto()
    """An older library; ``thing`` is its owner, who may bring it up to date."""
    LET_OWNER_REPAIR = auto()
    """``thing`` is the owner of a library that lacks something."""
    LET_OWNER_TUNE = auto()
    """``thing`` is the owner of tables on which only they may make indexes."""
    REPAIR = auto()
    """The library lacks something that can be created."""
    CHECK_DATABASE = auto()
    INSTALL_SERVER = auto()
    INSTALL_PGVECTOR = auto()
    """``thing`` is the server's major version."""
    UPDATE_PGVECTOR = auto()
    NAME_SERVER = auto()
    """The built-in server does not start; ``thing`` is its log."""
    MOVE_HOME = auto()
    """The built-in server cannot keep its data there."""
    EMPTY_DATABASE = auto()
    """The library must go into an empty one."""
    SETTLE_DEFECTS = auto()
    """Choose what happens to values that PostgreSQL refuses."""
    CHOOSE_DATES = auto()
    """Say by which rule numbers in date columns are read."""
    CHECK_FILE = auto()
    """The SQLite file may be damaged."""
    MAP_FOLDER = auto()
    """Say where a folder of the library is on this computer."""
    ENABLE_SCANNING = auto()
    FETCH_PACK = auto()
    """``thing`` is its name."""
    FETCH_AGAIN = auto()
    """``thing`` is the name of the pack that could not be fetched."""
    FETCH_ANY_PACK = auto()
    FETCH_FREE_PACK = auto()
    USE_PACK = auto()
    """``thing`` is the name of the pack that made the library."""
    LIST_MERGES = auto()
    LIST_REPLACED = auto()
    LIST_CREATORS = auto()


class ReviewError(Exception):
    """An expected error.

    ``str(error)`` is one sentence: the fact, with what to do where that is the same for all. Where
    it is not, ``remedy`` says what fixes it, and each front end words that itself.
    """

    def __init__(self, fact: str, remedy: Remedy | None = None, thing: str = "") -> None:
        super().__init__(fact)
        self.fact, self.remedy, self.thing = fact, remedy, thing

    def __str__(self) -> str:
        return self.fact if self.remedy is None else f"{self.fact}."

    def advised(self, advice: str) -> str:
        """The sentence with a front end's advice, "" where it has none."""
        return f"{self.fact}: {advice}." if advice else str(self)


class Cancelled(Exception):
    """The user cancelled; nothing has been changed. Not shown as an error."""


class DatabaseError(ReviewError):
    """The database refused or cannot serve the request."""


class DatabaseUnreachable(DatabaseError):
    """The database cannot be reached now; the same request may succeed later."""


class DatabaseBusy(DatabaseUnreachable):
    """The database could not do this now: a lock, a full disk, a time limit."""


class DatabaseRefused(DatabaseError):
    """A rule of the database itself, such as a trigger, refused the write."""


class SchemaError(DatabaseError):
    """The database is too old, lacks pgvector, or its tables do not fit the contract."""


class PackError(ReviewError):
    """A model pack is missing, damaged, of the wrong dimension, or could not be fetched."""


class PackMismatch(PackError):
    """The pack in use is not the one that made the library's embeddings."""


class MediaError(ReviewError):
    """A video or an image cannot be read."""


class ScanDisabled(ReviewError):
    """Scanning is turned off by ``enabled = false`` in ``face_recognition_config``."""


class MissingFile(MediaError):
    """A video or an image is not where it is said to be."""


class ReplacedFile(MediaError):
    """A video's file is another film than the one in which its faces were found."""


class SeveralFaces(ReviewError):
    """An image for a reference shows several faces and none was chosen."""


class NotFound(ReviewError):
    """A creator, detection, video or file that was asked for does not exist."""


class Invalid(ReviewError):
    """A value given by the user is out of range or malformed."""
