"""``facereview journal``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import click

from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, print_table, say
from facereview.errors import DatabaseError, NotFound, ReviewError
from facereview.numbers import counted
from facereview.records import FaceState
from facereview.review.decisions.intents import Intent, Outcome
from facereview.review.decisions.journal import Journal, Kept, entries
from facereview.review.decisions.journal_file import JournalFault
from facereview.review.desk import Desk
from facereview.review.library.opening import open_library

_COLUMNS = ("entry", "when", "library", "act", "creator", "faces", "state")


@click.group()
def journal() -> None:
    """Decisions made on this computer that are not in the database yet.

    The window writes them as soon as it can; these commands are for when no window can be opened.
    """


@journal.command("list")
@json_option
@shared_options
@with_setup
def list_kept(setup: Setup, as_json: bool) -> None:
    """List waiting decisions of all libraries; no database is needed."""
    found = entries(setup.home.journal)
    if as_json:
        print_json([_told(kept) for kept in found])
    elif found:
        print_table(_COLUMNS, map(_row, found))
    else:
        say("Nothing is waiting: all decisions made here are in their databases.")


@journal.command()
@click.option("--refused", is_flag=True, help="Also decisions that the database refused before.")
@json_option
@shared_options
@with_setup
def write(setup: Setup, refused: bool, as_json: bool) -> None:
    """Write the waiting decisions of this library, in order, as the window does."""
    library = open_library(setup.home, setup.url)
    try:
        with closing(library.desk(library.store())) as desk:
            if refused:
                for aside in desk.journal.asides():
                    desk.retry(aside.token)
            outcomes, fault = _written(desk)
            told = _counted(outcomes, desk.unsaved())
    finally:
        library.close()
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
@shared_options
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


def _told(kept: Kept) -> dict[str, Any]:
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
        f"{kept.kept_at.astimezone():%Y-%m-%d %H:%M}" if kept.kept_at else None,
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
