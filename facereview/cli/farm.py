"""``facereview farm``: several computers scan one library."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from facereview.cli import farm_status
from facereview.cli.advice import told
from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import interruptible, print_facts, print_json, progress_bar, say
from facereview.errors import Cancelled, MediaError
from facereview.media.finding import kept_patterns
from facereview.mounts import Mounts
from facereview.numbers import counted
from facereview.review.farm.records import FarmAdded, FarmWorked

_map = click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="OLD=NEW",
    help="The library's folder OLD is NEW on this computer, which keeps that. May be repeated.",
)


@click.group()
def farm() -> None:
    """Let several computers scan one library: one puts videos into a queue, all work it off."""


for _driving in (farm_status.status, farm_status.pause, farm_status.resume, farm_status.cancel):
    farm.add_command(_driving)


@farm.command("add")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--known", is_flag=True, help="Add the library's videos that were not scanned yet.")
@_map
@click.option(
    "--leave-out",
    "patterns",
    multiple=True,
    metavar="NAME",
    help="Also leave out folders and files of this name; * and ? stand for any. May be repeated.",
)
@click.option(
    "--leave-out-nothing", "all_names", is_flag=True, help="Also hidden and system folders."
)
@click.option(
    "--job-videos",
    "most",
    type=click.IntRange(1, 10_000),
    metavar="COUNT",
    help="Videos of one job, in place of 50 or what takes ten minutes.",
)
@common_options
def add(
    setup: Setup,
    *,
    paths: tuple[Path, ...],
    known: bool,
    pairs: tuple[str, ...],
    patterns: tuple[str, ...],
    all_names: bool,
    most: int | None,
    as_json: bool,
) -> None:
    """Add videos to what the farm scans: files, and folders with everything in them.

    A video that waits already, or is as it was when it was scanned, is not added again. Can be
    interrupted at any time; the same command goes on.
    """
    from facereview.review.farm.of_library import filler_of  # noqa: PLC0415 - loads models' libraries

    if bool(paths) == known:
        raise click.UsageError("Give either files and folders to add, or --known.")
    with (
        opened(setup) as (library, store),
        interruptible() as cancelled,
        progress_bar("videos") as bar,
    ):
        if pairs:
            library.map_folders(Mounts.parsed(pairs))
        filler = filler_of(library, store, most)
        if known:
            added = filler.add_known(on_progress=bar, cancelled=cancelled)
        else:
            left_out = (*(() if all_names else kept_patterns(library.home)), *patterns)
            added = filler.add(paths, left_out=left_out, on_progress=bar, cancelled=cancelled)
    _print_added(added, as_json=as_json)
    _raise_for(added)


@farm.command("work")
@_map
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    metavar="COUNT",
    help="Look at so many videos at once, in place of what suits the cores, the memory and the "
    "graphics card.",
)
@click.option("--until-empty", is_flag=True, help="End when no job is left.")
@click.option(
    "--lease",
    type=click.FloatRange(2, 50),
    default=30,
    metavar="SECONDS",
    help="After so long without a sign of life (30 s) a worker's job waits again; on all computers "
    "the same.",
)
@common_options
def work(
    setup: Setup,
    *,
    pairs: tuple[str, ...],
    workers: int | None,
    until_empty: bool,
    lease: float,
    as_json: bool,
) -> None:
    """Scan what the farm has to do, on this computer, until Ctrl-C; then the job is given back.

    The library's folders must be on this computer, under their own names or as --map says, and the
    library's model pack.
    """
    from facereview.review.farm.of_library import worker_of  # noqa: PLC0415 - as above

    with opened(setup) as (library, _), interruptible() as cancelled:
        if pairs:
            library.map_folders(Mounts.parsed(pairs))
        worked = worker_of(library, workers).work(
            until_empty=until_empty,
            lease=lease,
            refused=lambda fault: say(told(fault), err=True),
            lost=lambda: say("The database does not answer: it is asked again.", err=True),
            cancelled=cancelled,
        )
        stopped = cancelled()
    _print_worked(worked, as_json=as_json)
    if stopped:
        raise Cancelled(
            f"The worker was stopped after {counted(worked.videos, 'video')}: what it was at was "
            "given back."
        )
    if worked.faults:
        raise MediaError(worked.faults[0][1])
    if worked.refused:
        raise MediaError(worked.refused[0])


def _print_worked(worked: FarmWorked, *, as_json: bool) -> None:
    if as_json:
        faults = [{"video": video, "reason": reason} for video, reason in worked.faults]
        print_json({**asdict(worked), "faults": faults})
        return
    print_facts(
        [
            ("jobs", worked.jobs),
            ("videos scanned", worked.videos),
            ("frames", worked.frames),
            ("faces", worked.faces),
            *([("unreadable", len(worked.faults))] if worked.faults else []),
        ]
    )
    for _, reason in worked.faults[1:]:
        say(reason)


def _print_added(added: FarmAdded, *, as_json: bool) -> None:
    if as_json:
        faults = [{"path": path, "reason": reason} for path, reason in added.faults]
        print_json({**asdict(added), "faults": faults, "left_out": dict(added.left_out)})
        return
    left_out = sum(count for _, count in added.left_out)
    print_facts(
        [
            ("videos added", added.videos),
            ("jobs", added.jobs),
            ("waiting already", added.waiting),
            ("unchanged", added.unchanged),
            *([("jobs tried again", added.revived)] if added.revived else []),
            *([("left out", left_out)] if left_out else []),
        ]
    )
    for _, reason in added.faults[1:]:
        say(reason)


def _raise_for(added: FarmAdded) -> None:
    if added.cancelled:
        raise Cancelled(
            f"Adding was interrupted after {counted(added.videos, 'video')}: they wait, and the "
            "same command goes on."
        )
    if added.faults:
        raise MediaError(added.faults[0][1])
