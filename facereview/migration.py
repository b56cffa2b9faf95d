"""Joins the migration to the window's dialogue.

What migrates is imported when it is wanted: few ever do, and its libraries (Arrow, a parser of
SQL) would add a third to the time of every start and 66 MB to every window.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from facereview.errors import Remedy
from facereview.mounts import Mounts
from facereview.review.library.opening import OpenLibrary
from facereview.ui.migration.port import MigrationOutcome, MigrationStep, MigrationWish
from facereview.ui.wording.advice import advice_for

if TYPE_CHECKING:
    from facereview.migrate.progress import Progress

_VIDEOS = "videos"


def migrate_into(
    library: OpenLibrary,
    wish: MigrationWish,
    on_progress: Callable[[MigrationStep], None],
    cancelled: Callable[[], bool],
) -> MigrationOutcome:
    """Check or migrate a file into an open library, and keep where its folders are.

    Raises:
        ReviewError: nothing was changed.
    """
    from facereview.migrate.load.defects import Policy  # noqa: PLC0415
    from facereview.migrate.migrate import Migration, Options  # noqa: PLC0415
    from facereview.migrate.plan.date_readings import parsed  # noqa: PLC0415
    from facereview.migrate.report.html import page  # noqa: PLC0415
    from facereview.migrate.report.report import Status  # noqa: PLC0415
    from facereview.migrate.report.text import lines  # noqa: PLC0415

    mounts = Mounts.parsed(wish.mounts)

    def told(progress: Progress) -> None:
        on_progress(MigrationStep(progress.fraction, progress.sentence))

    options = Options(Policy(wish.policy), dry_run=wish.check, dates=parsed(wish.dates))
    report = Migration(library.database.url, wish.file, options, told, cancelled).run()
    written = report.agrees and report.status in (Status.MIGRATED, Status.ALREADY)
    if written and mounts.pairs:
        library.map_folders(mounts)
    headline = report.headline
    if report.remedy is not None:
        headline = f"{headline.removesuffix('.')}; {advice_for(report.remedy)}."
    return MigrationOutcome(
        headline,
        report.agrees,
        written,
        tuple(lines(report)),
        page(report),
        occupied=report.remedy is Remedy.EMPTY_DATABASE,
        lossy=bool(report.missing),
        scannable=_VIDEOS not in report.missing.emptied,
    )
