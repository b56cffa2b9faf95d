"""``facereview suggest``."""

from __future__ import annotations

from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, print_table, say
from facereview.errors import NotFound
from facereview.numbers import comparable
from facereview.records import Face, Suggestion
from facereview.review import views

_LARGEST_ID = 2**31 - 1
_USELESS = "this face has no usable embedding"


@click.command()
@click.argument("detection", type=click.IntRange(1, _LARGEST_ID), metavar="DETECTION_ID")
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True)
@json_option
@shared_options
@with_setup
def suggest(setup: Setup, detection: int, limit: int, as_json: bool) -> None:
    """List the creators most similar to a face, best first, by their best reference."""
    with opened(setup) as (_, store):
        face = store.faces.get([detection]).get(detection)
        if face is None:
            raise NotFound(f"There is no detection {detection}: `facereview export` lists all.")
        found = views.suggest(store, [detection], limit)[detection]
        usable = comparable(store.faces.vectors([detection])[detection])
    if as_json:
        print_json({**_document(face, found), "reason": None if usable else _USELESS})
    elif found:
        print_table(
            ("creator", "similarity", "margin", "best reference"),
            [(s.creator.name, _short(s.similarity), _short(s.margin), _best(s)) for s in found],
        )
    elif not usable:
        say(f"No suggestion: {_USELESS}.")
    else:
        say("No creator has a reference yet: `facereview enrol` makes one.")


def _document(face: Face, found: tuple[Suggestion, ...]) -> dict[str, Any]:
    return {
        "detection": face.id,
        "status": face.state.status.value,
        "creator": face.creator_name,
        "suggestions": [
            {
                "creator_id": s.creator.id,
                "creator": s.creator.name,
                "similarity": s.similarity,
                "margin": s.margin,
                "references": [
                    {
                        "id": r.id,
                        "source_type": r.source_type.value,
                        "source_path": r.source_path,
                        "quality": r.quality,
                    }
                    for r in s.references
                ],
            }
            for s in found
        ],
    }


def _short(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def _best(suggestion: Suggestion) -> str | None:
    return suggestion.references[0].source_path if suggestion.references else None
