"""``facereview scan``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from facereview.cli.interrupts import interruptible
from facereview.cli.opening import opened
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_facts, print_json, progress_bar
from facereview.errors import MediaError, ReviewError
from facereview.numbers import counted
from facereview.review.scanning.scan import ScanReport


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--again", is_flag=True, help="Also videos that were scanned before; decided faces stay."
)
@click.option("--known", is_flag=True, help="Scan the videos that are already in the library.")
@json_option
@shared_options
@with_setup
def scan(setup: Setup, *, paths: tuple[Path, ...], again: bool, known: bool, as_json: bool) -> None:
    """Detect the faces in videos: files, and folders with everything in them.

    Can be interrupted at any time; the same command resumes.
    """
    if bool(paths) == known:
        raise click.UsageError("Give either files and folders to scan, or --known.")
    with (
        opened(setup) as (library, store),
        interruptible() as cancelled,
        progress_bar("videos") as bar,
    ):
        scanner = library.scanner(store)
        if known:
            report = scanner.scan_known(on_progress=bar, cancelled=cancelled)
        else:
            report = scanner.scan(paths, again=again, on_progress=bar, cancelled=cancelled)
    _print(report, as_json=as_json)
    _raise_for(report)


def _print(report: ScanReport, *, as_json: bool) -> None:
    if as_json:
        faults = [{"video": video, "reason": reason} for video, reason in report.faults]
        print_json({**asdict(report), "faults": faults})
        return
    print_facts(
        [
            ("videos scanned", report.videos - len(report.faults)),
            ("unchanged", report.unchanged),
            ("unreadable", len(report.faults)),
            ("frames", report.frames),
            ("faces", report.faces),
            ("matched", report.matched),
            ("suggested", report.suggested),
            *([("automatic batch", report.batch)] if report.batch else []),
        ]
    )


def _raise_for(report: ScanReport) -> None:
    if report.cancelled:
        raise ReviewError(
            f"The scan was cancelled after {counted(report.videos, 'video')}: what was found is "
            "kept, and the same command resumes."
        )
    if len(report.faults) == 1:
        raise MediaError(report.faults[0][1])
    if report.faults:
        raise MediaError(
            f"{len(report.faults)} videos could not be read, the first because: "
            f"{report.faults[0][1]}"
        )
