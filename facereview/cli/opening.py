"""The library that a command works on: opened, and matched again after references changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import click

from facereview.cli.options import Setup
from facereview.cli.output import progress_bar, say
from facereview.numbers import counted
from facereview.review.creators.reference_records import Changed, RematchReport
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.store.store import Store

rematch_option = click.option(
    "--rematch/--no-rematch",
    default=True,
    show_default=True,
    help="Match pending faces again afterwards.",
)


@contextmanager
def opened(setup: Setup) -> Iterator[tuple[OpenLibrary, Store]]:
    """The library and a store on it, both closed afterwards.

    Raises:
        DatabaseError: with the reason and what mends it.
    """
    with closing(open_library(setup.home, setup.url)) as library, library.store() as store:
        yield library, store


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
    if report.batch is not None:
        yield f"`facereview undo --batch {report.batch}` undoes the automatic matches."
    if report.cancelled:
        yield "Matching was cancelled: the faces not reached keep their suggestions."


def _pending(count: int) -> str:
    return counted(count, "pending face")


def _suggest(count: int) -> str:
    return "suggests" if count == 1 else "suggest"
