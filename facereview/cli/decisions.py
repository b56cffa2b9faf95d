"""Decisions, made and waiting: ``facereview automatic``, ``undo`` and ``journal``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from typing import Any
from uuid import UUID

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options, with_setup
from facereview.cli.output import local_time, print_json, print_list, print_table, say, tell
from facereview.cli.rematch import match_again
from facereview.errors import DatabaseError, Invalid, NotFound, ReviewError
from facereview.home import curator
from facereview.numbers import counted
from facereview.records import FaceState
from facereview.review.creators.reference_records import Changed
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Outcome
from facereview.review.decisions.journal import Journal, Kept, entries
from facereview.review.decisions.journal_file import JournalFault
from facereview.review.desk import Desk
from facereview.review.history.desk import HistoryDesk
from facereview.review.history.records import Cannot

_COLUMNS = ("entry", "when", "library", "act", "creator", "faces", "state")


@click.command()
@common_options
def automatic(setup: Setup, as_json: bool) -> None:
    """List runs of automatic matching with unchecked faces, newest first."""
    with opened(setup) as (_, store):
        batches = store.log.machine_batches()
    print_list(
        [
            {"token": b.token, "created_at": b.created_at.isoformat(), "faces": b.faces}
            for b in batches
        ],
        ("batch", "when", "unchecked faces"),
        [(b.token, local_time(b.created_at), b.faces) for b in batches],
        "No automatic match waits to be checked.",
        as_json=as_json,
    )


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
@common_options
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
    print_list(
        [{**asdict(act), "created_at": act.created_at.isoformat()} for act in acts],
        ("batch", "when", "curator", "where", "act", "creator", "faces"),
        [
            (
                act.token,
                local_time(act.created_at),
                act.who,
                "here" if act.here else "elsewhere",
                act.kind,
                act.creator,
                act.faces,
            )
            for act in acts
        ],
        f"Nothing that {actor} did can be undone.",
        as_json=as_json,
    )


def _aimed(desk: HistoryDesk, batch: UUID) -> Intent:
    """What undoes a batch.

    Raises:
        Invalid: acts of its kind cannot be undone.
    """
    usual = Intent(Kind.UNDO, target=batch.hex)
    try:
        entry = desk.entry(batch.hex)
    except NotFound:
        return usual
    if entry.cannot is Cannot.NOTED:
        raise Invalid(f"{batch} cannot be undone: the history only tells that it was done.")
    return entry.revert or usual


def _take_back(setup: Setup, batch: UUID, *, as_json: bool) -> None:
    with opened(setup) as (library, store):
        history = History(store, curator(), lambda: library.thresholds)
        outcome = history.apply(_aimed(HistoryDesk(store, lambda: library.thresholds), batch))
        if outcome is not None and outcome.beside.references != Changed():
            match_again(library, store, outcome.beside.references)
    if outcome is None:
        raise NotFound(
            f"There is no batch {batch} to undo, or it was undone before: `facereview automatic` "
            "and `facereview undo --list` list those that can be."
        )
    taken_back, kept = len(outcome.changes), len(outcome.conflicts)
    stays = "kept as it is" if kept == 1 else "kept as they are"
    tell(
        f"{counted(taken_back, 'face')} undone, {kept} changed since and {stays}.",
        {"batch": str(batch), "undone": taken_back, "kept": kept},
        as_json=as_json,
    )


# ----------------------------------------------------------------------------------------- journal


@click.group()
def journal() -> None:
    """Decisions made on this computer that are not in the database yet.

    The window writes them as soon as it can; these commands are for when no window can be opened.
    """


@journal.command("list")
@common_options
def list_kept(setup: Setup, as_json: bool) -> None:
    """List waiting decisions of all libraries; no database is needed."""
    found = entries(setup.home.journal)
    print_list(
        [_document(kept) for kept in found],
        _COLUMNS,
        map(_row, found),
        "Nothing is waiting: all decisions made here are in their databases.",
        as_json=as_json,
    )


@journal.command()
@click.option("--refused", is_flag=True, help="Also decisions that the database refused before.")
@common_options
def write(setup: Setup, refused: bool, as_json: bool) -> None:
    """Write the waiting decisions of this library, in order, as the window does."""
    with opened(setup) as (library, store), closing(library.desk(store)) as desk:
        if refused:
            for aside in desk.journal.asides():
                desk.retry(aside.token)
        outcomes, fault = _written(desk)
        told = _counted(outcomes, desk.unsaved())
    if as_json:
        print_json(told)
    else:
        say(
            f"{counted(told['written'], 'decision')} written, {told['refused']} refused, "
            f"{told['waiting']} still waiting."
        )
        if told["overtaken"]:
            say(
                f"In {told['overtaken']} of them faces had been changed meanwhile: those faces "
                "stay as they are."
            )
        for reason in dict.fromkeys(told["reasons"]):
            say(reason, err=True)
    if fault is not None:
        raise fault
    if told["refused"]:
        raise click.exceptions.Exit(1)


@journal.command()
@click.argument("entry", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
@with_setup
def drop(setup: Setup, entry: Sequence[str], yes: bool) -> None:
    """Drop entries by the names that `list` shows; the faces stay as they are in the database."""
    known = {kept.token: kept for kept in entries(setup.home.journal)}
    for token in entry:
        if token not in known:
            raise NotFound(f"There is no entry {token}: `facereview journal list` names them.")
    chosen = [known[token] for token in entry]
    if not yes:
        print_table(_COLUMNS, map(_row, chosen))
        click.confirm(f"Drop {counted(len(chosen), 'decision')} for good?", abort=True, err=True)
    for kept in chosen:
        with closing(Journal(setup.home.journal, kept.library)) as held:
            held.give_up(kept.token, _before(kept.intent), {})
    if any(kept.token in entry for kept in entries(setup.home.journal)):
        raise JournalFault(f"{setup.home.journal} cannot be written: free some space there.")
    say(f"{counted(len(chosen), 'decision')} dropped.")


def _before(intent: Intent | None) -> dict[int, FaceState]:
    return {seen.face_id: seen.state for seen in intent.faces} if intent else {}


def _written(desk: Desk) -> tuple[list[Outcome], ReviewError | None]:
    """The outcomes, and the error that kept the rest waiting."""
    outcomes: list[Outcome] = []
    try:
        while found := desk.flush():
            outcomes += found
    except DatabaseError as fault:
        return outcomes, fault
    return outcomes, None


def _counted(outcomes: Sequence[Outcome], waiting: int) -> dict[str, Any]:
    refused = [outcome for outcome in outcomes if not outcome.saved]
    return {
        "written": len(outcomes) - len(refused),
        "overtaken": sum(bool(outcome.conflicts) for outcome in outcomes),
        "refused": len(refused),
        "reasons": [str(outcome.why) for outcome in refused],
        "waiting": waiting,
    }


def _document(kept: Kept) -> dict[str, Any]:
    intent = kept.intent
    return {
        "entry": kept.token,
        "library": kept.library,
        "kept_at": kept.kept_at.isoformat() if kept.kept_at else None,
        "act": intent.kind.value if intent else None,
        "creator": _creator(intent),
        "faces": [seen.face_id for seen in intent.faces] if intent else [],
        "refused": kept.reason,
    }


def _row(kept: Kept) -> tuple[object, ...]:
    intent = kept.intent
    return (
        kept.token,
        local_time(kept.kept_at) if kept.kept_at else None,
        kept.library,
        intent.kind.value if intent else "cannot be read",
        _creator(intent),
        len(intent.faces) if intent else None,
        "waiting" if kept.reason is None else f"refused: {kept.reason}",
    )


def _creator(intent: Intent | None) -> str | None:
    if intent is None:
        return None
    return intent.creator.name if intent.creator else intent.new_name
