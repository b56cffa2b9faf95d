"""``facereview automatic`` and ``facereview undo``."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, print_table, say
from facereview.cli.rematch import match_again
from facereview.errors import NotFound
from facereview.numbers import counted
from facereview.review.creators.reference_records import Changed
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.desk import curator


@click.command()
@json_option
@shared_options
@with_setup
def automatic(setup: Setup, as_json: bool) -> None:
    """List runs of automatic matching with unchecked faces, newest first."""
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
        print_table(("batch", "when", "unchecked faces"), rows)
    else:
        say("All faces that were matched automatically have been checked.")


@click.command()
@click.option("--batch", type=UUID, metavar="TOKEN", help="As `automatic` and `scan` print it.")
@click.option(
    "--list",
    "wanted",
    is_flag=True,
    help="List what can be undone, from all workstations, the latest first.",
)
@click.option("--curator", "actor", metavar="LOGIN", help="Whose acts to list; else your own.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="List at most so many."
)
@json_option
@shared_options
@with_setup
def undo(
    setup: Setup,
    *,
    batch: UUID | None,
    wanted: bool,
    actor: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Undo one batch as a whole: a run of automatic matching, or a decision.

    Faces that were changed or confirmed since stay as they are. Ctrl+Z in the window undoes what
    was done at this workstation; --list also shows what was done elsewhere, or with a data folder
    that was lost.
    """
    if wanted == (batch is not None):
        raise click.UsageError("Give either --batch TOKEN or --list.")
    if batch is None:
        _list(setup, actor or curator(), limit, as_json=as_json)
    else:
        _take_back(setup, batch, as_json=as_json)


def _list(setup: Setup, actor: str, limit: int, *, as_json: bool) -> None:
    with opened(setup) as (_, store):
        acts = store.log.standing(actor, limit)
    if as_json:
        print_json([{**asdict(act), "created_at": act.created_at.isoformat()} for act in acts])
    elif acts:
        rows = [
            (
                act.token,
                f"{act.created_at.astimezone():%Y-%m-%d %H:%M}",
                act.who,
                "here" if act.here else "elsewhere",
                act.kind,
                act.creator,
                act.faces,
            )
            for act in acts
        ]
        print_table(("batch", "when", "curator", "where", "act", "creator", "faces"), rows)
    else:
        say(f"Nothing that {actor} did can be undone.")


def _take_back(setup: Setup, batch: UUID, *, as_json: bool) -> None:
    with opened(setup) as (library, store):
        outcome = History(store, curator()).apply(Intent(Kind.UNDO, target=batch.hex))
        if outcome is not None and outcome.beside.references != Changed():
            match_again(library, store, outcome.beside.references)
    if outcome is None:
        raise NotFound(
            f"There is no batch {batch} to undo, or it was undone before: `facereview automatic` "
            "and `facereview undo --list` list those that can be."
        )
    taken_back, kept = len(outcome.changes), len(outcome.conflicts)
    if as_json:
        print_json({"batch": str(batch), "undone": taken_back, "kept": kept})
    else:
        stays = "kept as it is" if kept == 1 else "kept as they are"
        say(f"{counted(taken_back, 'face')} undone, {kept} changed since and {stays}.")
