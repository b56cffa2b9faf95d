"""``facereview videos``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from facereview.cli.creators import desk_of
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, print_table, say
from facereview.review.creators.records import Moment


@click.command()
@click.option("--creator", "name", required=True, metavar="NAME", help="Whose videos.")
@json_option
@shared_options
@with_setup
def videos(setup: Setup, name: str, as_json: bool) -> None:
    """List the videos in which a creator appears, newest first, with decided and likely faces."""
    with desk_of(setup) as desk:
        creator = desk.naming.named(name)
        found = desk.appearances(creator.id)
    if as_json:
        print_json(
            [
                {
                    "id": a.video.id,
                    "path": a.video.path,
                    "title": a.video.title,
                    "duration": a.video.duration,
                    "decided": _moments(a.decided),
                    "likely": _moments(a.likely),
                }
                for a in found
            ]
        )
    elif found:
        print_table(
            ("video", "decided at", "likely at"),
            [(a.video.path, _times(a.decided), _times(a.likely)) for a in found],
        )
    else:
        say(f"{creator.name} appears in no video so far.")


def _moments(moments: Sequence[Moment]) -> list[dict[str, Any]]:
    return [
        {"face": m.face_id, "timestamp": m.timestamp, "similarity": m.similarity} for m in moments
    ]


def _times(moments: Sequence[Moment]) -> str | None:
    return ", ".join(dict.fromkeys(_clock(m.timestamp) for m in moments)) or None


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
