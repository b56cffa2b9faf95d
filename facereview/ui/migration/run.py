"""Checks or migrates an old library for the window.

The migration is imported when it is first used: its libraries (Arrow, a parser of SQL) would add
a third to the time of every start and 66 MB to the memory of every window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from facereview.errors import Remedy
from facereview.migrate.progress import Progress
from facereview.mounts import Mounts
from facereview.review.library.opening import OpenLibrary
from facereview.ui.wording.advice import advice_for

if TYPE_CHECKING:
    from facereview.migrate.report import Report

_VIDEOS = "videos"


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


Migrate = Callable[
    [MigrationWish, Callable[[Progress], None], Callable[[], bool]], MigrationOutcome
]
"""Checks or migrates, tells how far it is, and asks whether to stop; may raise ReviewError."""


def migrate_into(
    library: OpenLibrary,
    wish: MigrationWish,
    on_progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> MigrationOutcome:
    """Check or migrate a file into an open library, and keep where its folders are.

    Raises:
        ReviewError: nothing was changed.
        Cancelled: ``cancelled`` said so; nothing was changed.
    """
    from facereview.migrate.load.defects import Policy  # noqa: PLC0415
    from facereview.migrate.migrate import Migration, Options  # noqa: PLC0415
    from facereview.migrate.plan.kinds import date_rules  # noqa: PLC0415

    mounts = Mounts.parsed(wish.mounts)
    options = Options(Policy(wish.policy), dry_run=wish.check, dates=date_rules(wish.dates))
    report = Migration(library.database.url, wish.file, options, on_progress, cancelled).run()
    outcome = _outcome(report)
    if outcome.written and mounts.pairs:
        library.map_folders(mounts)
    return outcome


def _outcome(report: Report) -> MigrationOutcome:
    from facereview.migrate.html import page  # noqa: PLC0415
    from facereview.migrate.report import Status, lines  # noqa: PLC0415

    return MigrationOutcome(
        _advised(report.headline, report.remedy),
        report.agrees,
        report.agrees and report.status in (Status.MIGRATED, Status.ALREADY),
        tuple(lines(report)),
        page(report),
        occupied=report.remedy is Remedy.EMPTY_DATABASE,
        lossy=bool(report.missing),
        scannable=_VIDEOS not in report.missing.emptied,
    )


def _advised(headline: str, remedy: Remedy | None) -> str:
    return headline if remedy is None else f"{headline.removesuffix('.')}; {advice_for(remedy)}."
