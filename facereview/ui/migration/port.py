"""What the migration's dialogue needs of the world below, as plain records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MigrationWish:
    """A file to bring in. ``policy`` is for values PostgreSQL refuses; ``check``: write nothing.

    ``mounts`` are OLD=NEW texts, ``dates`` TABLE.COLUMN=RULE texts.
    """

    file: Path
    policy: str = "stop"
    check: bool = True
    mounts: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """How far it is: a share of 1 and a sentence."""

    fraction: float
    sentence: str


@dataclass(frozen=True, slots=True)
class MigrationOutcome:
    """What came of it, with the report as lines and as a page.

    ``good``: nothing is left to see to; ``written``: the library is there now; ``lossy``: but
    not all of it. ``scannable``: videos may be among what is there.
    """

    headline: str
    good: bool
    written: bool
    lines: tuple[str, ...]
    page: str
    occupied: bool = False
    """The database holds another library: an empty one is needed."""
    lossy: bool = False
    scannable: bool = True


class Migrate(Protocol):
    """Check or migrate; on the work lane. Raises ReviewError."""

    def __call__(
        self,
        wish: MigrationWish,
        on_progress: Callable[[MigrationStep], None],
        cancelled: Callable[[], bool],
    ) -> MigrationOutcome:
        """Do it."""
