"""``facereview rematch``, and matching again after references changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import interruptible, print_json, progress_bar, say
from facereview.errors import Cancelled
from facereview.numbers import counted
from facereview.review.creators.reference_records import Changed, RematchReport, Shift
from facereview.review.evidence.calibration import Calibration
from facereview.review.evidence.certainty import Origin
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store

rematch_option = click.option(
    "--rematch/--no-rematch",
    default=True,
    show_default=True,
    help="Match pending faces again afterwards.",
)


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@common_options
def rematch(setup: Setup, *, dry_run: bool, as_json: bool) -> None:
    """Match all faces again that nobody decided.

    What the machine matched and nobody looked at since waits again where it would not be matched
    now. What a curator decided stays. Where enough was decided since the last time, the
    probabilities are fitted on it first.
    """
    with (
        opened(setup) as (library, store),
        interruptible() as cancelled,
        progress_bar("faces") as bar,
        store.trying() if dry_run else nullcontext(),
    ):
        fitted = _fitted(library, store, cancelled)
        report = library.rematcher(store).rematch(on_progress=bar, cancelled=cancelled)
    if dry_run:
        report = replace(report, batch=None)
    if as_json:
        print_json(_document(report, dry_run=dry_run) | {"fitted": fitted is not None})
    else:
        if fitted is not None:
            were = "would be" if dry_run else "were"
            say(f"Probabilities {were} fitted again, on {counted(fitted.units, 'track')}.")
        say(_total(report, dry_run=dry_run))
        for sentence in _sentences(report):
            say(sentence)
    if report.cancelled:
        raise Cancelled("Matching was interrupted: the faces not reached stay as they are.")


def _fitted(
    library: OpenLibrary, store: Store, cancelled: Callable[[], bool]
) -> Calibration | None:
    """The library's own calibration where it was fitted again just now."""
    fitter = library.fitter(store)
    known = fitter.fit(cancelled=cancelled) if fitter.due() else None
    return known.calibration if known and known.origin is Origin.LIBRARY else None


def _document(report: RematchReport, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "faces": report.looked,
        "matched": sum(shift.matched for shift in report.shifts),
        "taken_back": sum(shift.taken_back for shift in report.shifts),
        "batch": report.batch,
        "creators": [_creator(shift) for shift in report.shifts],
    }


def _creator(shift: Shift) -> dict[str, Any]:
    return {
        "id": shift.creator.id,
        "name": shift.creator.name,
        "matched": shift.matched,
        "taken_back": shift.taken_back,
        "suggested": shift.gained,
        "no_longer_suggested": shift.lost,
    }


def _total(report: RematchReport, *, dry_run: bool) -> str:
    matched = sum(shift.matched for shift in report.shifts)
    back = sum(shift.taken_back for shift in report.shifts)
    done = " (dry run: nothing was changed)" if dry_run else ""
    return f"{matched:,} more matched, {back:,} taken back to pending{done}."


def match_again(
    library: OpenLibrary,
    store: Store,
    changed: Changed,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Match again and print on stderr what changed, if anything did."""
    with progress_bar("faces") as bar:
        report = library.rematcher(store).rematch(changed, on_progress=bar, cancelled=cancelled)
    for sentence in _sentences(report):
        say(sentence, err=True)
    if report.cancelled:
        say("Matching was cancelled: the faces not reached keep their suggestions.", err=True)


def _sentences(report: RematchReport) -> Iterator[str]:
    for shift in report.shifts:
        name = shift.creator.name
        if shift.gained:
            yield f"{_pending(shift.gained)} now {_suggest(shift.gained)} {name}."
        if shift.lost:
            yield f"{_pending(shift.lost)} no longer {_suggest(shift.lost)} {name}."
        if shift.matched:
            matched = counted(shift.matched, "face was matched", "faces were matched")
            yield f"{matched} with {name} automatically."
        if shift.taken_back:
            waits = "waits" if shift.taken_back == 1 else "wait"
            yield f"{counted(shift.taken_back, 'face')} matched with {name} {waits} again."
    if report.batch is not None:
        yield f"`facereview undo --batch {report.batch}` undoes the automatic matches."


def _pending(count: int) -> str:
    return counted(count, "pending face")


def _suggest(count: int) -> str:
    return "suggests" if count == 1 else "suggest"
