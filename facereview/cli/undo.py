"""``facereview automatic`` and ``facereview undo``."""

from __future__ import annotations

from uuid import UUID

import click

from facereview.cli.access import opened
from facereview.cli.output import print_json, print_table, say
from facereview.cli.rematched import match_again
from facereview.cli.setup import Setup, json_option, shared_options, with_setup
from facereview.errors import NotFound
from facereview.review.creators.reference_records import Changed
from facereview.review.desk import curator
from facereview.review.history import History
from facereview.review.intents import Intent, Kind


@click.command()
@json_option
@shared_options
@with_setup
def automatic(setup: Setup, as_json: bool) -> None:
    """List runs of automatic matching that hold faces nobody looked at, newest first."""
    with opened(setup) as (_, store):
        batches = store.log.machine_batches()
    if as_json:
        print_json(
            [
                {"token": b.token, "created_at": b.created_at.isoformat(), "faces": b.faces}
                for b in batches
            ]
        )
    elif batches:
        rows = [(b.token, f"{b.created_at.astimezone():%Y-%m-%d %H:%M}", b.faces) for b in batches]
        print_table(("batch", "when", "faces not looked at"), rows)
    else:
        say("No face was matched automatically that nobody looked at since.")


@click.command()
@click.option(
    "--batch", type=UUID, required=True, metavar="TOKEN", help="As `automatic` and `scan` name it."
)
@json_option
@shared_options
@with_setup
def undo(setup: Setup, batch: UUID, as_json: bool) -> None:
    """Take back one batch as a whole: a run of automatic matching, or a decision.

    Faces that somebody changed or confirmed since stay as they are.
    """
    with opened(setup) as (library, store):
        outcome = History(store, curator()).apply(Intent(Kind.UNDO, target=batch.hex))
        if outcome is not None and outcome.beside.references != Changed():
            match_again(library, store, outcome.beside.references)
    if outcome is None:
        raise NotFound(
            f"There is no batch {batch} to undo, or it was undone before: `facereview automatic` "
            "lists those that can be."
        )
    taken_back, kept = len(outcome.changes), len(outcome.conflicts)
    if as_json:
        print_json({"batch": str(batch), "undone": taken_back, "kept": kept})
    else:
        say(f"{taken_back} faces taken back, {kept} changed since and kept as they are.")
