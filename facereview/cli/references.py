"""``facereview references``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, print_table, say
from facereview.cli.rematch import match_again, rematch_option
from facereview.errors import NotFound
from facereview.numbers import counted
from facereview.review.creators.reference_records import Changed, HealthRow, Origin

_LARGEST_ID = 2**31 - 1

_ids = click.argument(
    "ids", nargs=-1, required=True, type=click.IntRange(1, _LARGEST_ID), metavar="REFERENCE_ID..."
)


@click.group()
def references() -> None:
    """Check references; retire bad ones, or restore them."""


@references.command("check")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_option
@shared_options
@with_setup
def check(setup: Setup, limit: int, as_json: bool) -> None:
    """List the references that need attention, worst first, each compared with all others.

    contaminated: closer to another creator than to its own. lonely: none of its creator's other
    references looks like it. redundant: almost the same as another one.
    """
    with opened(setup) as (library, store):
        rows = library.health(store).references(limit)
    if as_json:
        print_json([_document(row) for row in rows])
    elif rows:
        columns = ("id", "creator", "flag", "own", "nearest other", "added", "source")
        print_table(columns, [_line(row) for row in rows])
    else:
        say("No reference needs attention.")


@references.command("retire")
@_ids
@rematch_option
@json_option
@shared_options
@with_setup
def retire(setup: Setup, ids: Sequence[int], rematch: bool, as_json: bool) -> None:
    """Stop using references, but keep them; `references restore` brings them back."""
    _change(setup, ids, retiring=True, rematch=rematch, as_json=as_json)


@references.command("restore")
@_ids
@rematch_option
@json_option
@shared_options
@with_setup
def restore(setup: Setup, ids: Sequence[int], rematch: bool, as_json: bool) -> None:
    """Use retired references again."""
    _change(setup, ids, retiring=False, rematch=rematch, as_json=as_json)


def _change(
    setup: Setup, ids: Sequence[int], *, retiring: bool, rematch: bool, as_json: bool
) -> None:
    with opened(setup) as (library, store):
        there = store.references.get(ids)
        for reference in ids:
            if reference not in there:
                raise NotFound(
                    f"There is no reference {reference}: `facereview references check` lists "
                    "those that need attention."
                )
        meant = [i for i, row in there.items() if (row.retired_at is None) == retiring]
        desk = library.references_desk(store)
        changed = desk.retire(meant) if retiring else desk.restore(meant)
        if rematch and changed != Changed():
            match_again(library, store, changed)
    if as_json:
        print_json({"retired" if retiring else "restored": sorted(meant)})
    else:
        done = "retired" if retiring else "restored"
        before = counted(len(set(ids)) - len(meant), "was already", "were already")
        say(f"{counted(len(meant), 'reference')} {done}, {before}.")


def _document(row: HealthRow) -> dict[str, Any]:
    info = row.info
    return {
        "id": info.reference.id,
        "creator_id": info.creator.id,
        "creator": info.creator.name,
        "flag": row.flag.value,
        "flags": sorted(flag.value for flag in info.flags),
        "own": info.own,
        "other": info.other.creator.name if info.other else None,
        "other_similarity": info.other.similarity if info.other else None,
        "twin": info.twin,
        "led_astray": row.alone,
        "quality": info.reference.quality,
        "source_type": info.reference.source_type.value,
        "source_path": info.reference.source_path,
        "created_at": info.created_at.isoformat() if info.created_at else None,
        "origin": _origin(info.origin),
    }


def _origin(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    return {
        "actor": origin.actor,
        "added_at": origin.added_at.isoformat(),
        "detection": origin.detection_id,
        "decided_by": origin.decided_by,
        "decided_at": origin.decided_at.isoformat() if origin.decided_at else None,
    }


def _line(row: HealthRow) -> tuple[object, ...]:
    info, other = row.info, row.info.other
    return (
        info.reference.id,
        info.creator.name,
        row.flag.value if info.twin is None else f"{row.flag.value}, repeats {info.twin}",
        None if info.own is None else f"{info.own:.2f}",
        None if other is None else f"{other.creator.name} {other.similarity:.2f}",
        None if info.created_at is None else f"{info.created_at:%Y-%m-%d}",
        info.reference.source_path,
    )
