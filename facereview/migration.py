"""Joins the migration to the window's dialogue."""

from __future__ import annotations

from collections.abc import Callable

from facereview.legacy.defects import Policy
from facereview.legacy.html_report import page
from facereview.legacy.migrate import Migration, Options
from facereview.legacy.progress import Progress
from facereview.legacy.report import Status
from facereview.legacy.text_report import lines
from facereview.mounts import Mounts
from facereview.review.opening import OpenLibrary
from facereview.ui.migrate_port import MigrationOutcome, MigrationStep, MigrationWish


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
    mounts = Mounts.parsed(wish.mounts)

    def told(progress: Progress) -> None:
        on_progress(MigrationStep(progress.fraction, progress.sentence))

    options = Options(Policy(wish.policy), dry_run=wish.check)
    report = Migration(library.database.url, wish.file, options, told, cancelled).run()
    written = report.agrees and report.status in (Status.MIGRATED, Status.ALREADY)
    if written and mounts.pairs:
        library.map_folders(mounts)
    return MigrationOutcome(
        report.headline, report.agrees, written, tuple(lines(report)), page(report)
    )
