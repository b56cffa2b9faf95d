"""``facereview migrate``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from facereview.cli.advice import advice_for
from facereview.cli.options import Setup, common_options
from facereview.cli.output import interruptible, percent_bar, print_json, say
from facereview.errors import Cancelled, Invalid, ReviewError
from facereview.files import check_replaceable, shown
from facereview.migrate.html import write_html
from facereview.migrate.load.defects import Policy
from facereview.migrate.migrate import Migration, Options
from facereview.migrate.plan.dates import RULES
from facereview.migrate.plan.kinds import NUMBER, TEXT, date_rules
from facereview.migrate.progress import Progress, Stage
from facereview.migrate.report import Report, lines
from facereview.mounts import Mounts
from facereview.review.library.libraries import address

_PATH = click.Path(dir_okay=False, path_type=Path)
_POLICIES = click.Choice([policy.value for policy in Policy])


def _mounts(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Mounts:
    try:
        return Mounts.parsed(values)
    except Invalid as fault:
        raise click.BadParameter(str(fault)) from fault


def _rules(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    try:
        return date_rules(values)
    except Invalid as fault:
        raise click.BadParameter(str(fault)) from fault


@click.command()
@click.argument("file", type=_PATH)
@click.option(
    "--on-defect",
    "policy",
    type=_POLICIES,
    default=Policy.STOP.value,
    show_default=True,
    help="What to do about values that PostgreSQL refuses: stop, make them NULL, or move their "
    "rows to the schema facereview_quarantine.",
)
@click.option("--dry-run", is_flag=True, help="Do all of it but the commit.")
@click.option(
    "--dates",
    "rules",
    multiple=True,
    metavar="TABLE.COLUMN=RULE",
    callback=_rules,
    help="How to read the numbers of a date column that can be read in several ways: "
    f"{', '.join(RULES)}; {TEXT} and {NUMBER} keep them as they are.",
)
@click.option("--no-proof", is_flag=True, help="Do not read everything back to verify it.")
@click.option(
    "--map",
    "mounts",
    multiple=True,
    metavar="OLD=NEW",
    callback=_mounts,
    help="The library's folder OLD is NEW on this computer; remembered.",
)
@click.option("--report", "page", type=_PATH, help="Write the report to this HTML file.")
@common_options
def migrate(
    setup: Setup,
    *,
    file: Path,
    policy: str,
    dry_run: bool,
    rules: Mapping[str, str],
    no_proof: bool,
    mounts: Mounts,
    page: Path | None,
    as_json: bool,
) -> None:
    """Import the SQLite library FILE into PostgreSQL: completely and verified, or not at all.

    FILE itself is only read, and may be in use. The exit code is 0 if everything is there and
    agrees, 3 if rows, values or definitions that you allowed to be lost are missing, else 1.
    """
    setup.home.create()
    if page is not None:
        check_replaceable(page)
    url = address(setup.home, setup.url)
    options = Options(Policy(policy), dry_run=dry_run, prove=not no_proof, dates=rules)
    report = _migrated(url, file, options)
    if report.agrees and mounts.pairs and not dry_run:
        mounts.joined(Mounts.load(setup.home)).save(setup.home)
    _print(report, as_json=as_json)
    if page is not None:
        _write(report, page)
    if report.exit_code:
        raise click.exceptions.Exit(report.exit_code)


def _migrated(url: str, file: Path, options: Options) -> Report:
    """The report, with a bar meanwhile; an interruption says what it left behind."""
    stage = Stage.COPYING
    with interruptible() as cancelled, percent_bar() as bar:

        def show(progress: Progress) -> None:
            nonlocal stage
            stage = progress.stage
            bar(progress.fraction, progress.sentence)

        try:
            return Migration(url, file, options, show, cancelled).run()
        except Cancelled as stop:
            raise ReviewError("The migration was cancelled: nothing was changed.") from stop
        except KeyboardInterrupt as stop:
            if stage is Stage.COMMITTING:
                raise ReviewError(
                    "The migration was interrupted while it was committed: the library is there "
                    "as a whole or not at all; migrate again to see."
                ) from stop
            raise ReviewError("The migration was interrupted: nothing was changed.") from stop


def _write(report: Report, page: Path) -> None:
    try:
        write_html(report, page)
    except OSError as fault:
        raise ReviewError(
            f"The report {shown(page)} cannot be written ({fault.strerror}): free space on its "
            "drive or change its permissions; what is said above is done all the same."
        ) from fault


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        print_json(report.as_dict())
        return
    for line in lines(report):
        say(line)
    headline = report.headline
    if report.remedy is not None:
        headline = f"{headline.removesuffix('.')}; {advice_for(report.remedy)}."
    say(headline)
