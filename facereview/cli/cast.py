"""``facereview cast``: who is in a video, a row a person."""

from __future__ import annotations

from typing import Any

import click

from facereview.cli.opening import opened, video_of
from facereview.cli.options import Setup, common_options
from facereview.cli.output import certainty, decimals, print_facts, print_json, print_table, say
from facereview.errors import NotFound
from facereview.numbers import counted
from facereview.records import Video
from facereview.review.cast.acts import plan
from facereview.review.cast.records import CastRow, CastSheet, Company


@click.command()
@click.argument("video", metavar="VIDEO")
@common_options
def cast(setup: Setup, video: str, as_json: bool) -> None:
    """Show who is in a VIDEO, given by its path or its number: a row a person.

    Rows that one key would settle come first.
    """
    with opened(setup) as (library, store):
        desk = library.cast_desk(store)
        sheet = desk.sheet(video_of(library, store, video))
        company = desk.company(sheet) if sheet else ()
    if sheet is None:
        raise NotFound(f"The video {video} was removed meanwhile.")
    if as_json:
        print_json(_document(sheet, company))
    else:
        _print(sheet, company)


def _print(sheet: CastSheet, company: tuple[Company, ...]) -> None:
    sure = plan(sheet)
    people = counted(len(sure.people), "person", "people")
    settles = f"{counted(len(sure.faces), 'face')} of {people}"
    together = ", ".join(f"{one.creator.name} ({one.together})" for one in company)
    print_facts(
        [
            ("video", _name(sheet.video)),
            ("frames looked at", f"{sheet.frames}, {sheet.further} of them further ones"),
            ("tagged by other programs", ", ".join(c.name for c in sheet.tagged) or "nobody"),
            ("usually together with", together or "nobody"),
            ("sure and unchecked", settles),
        ]
    )
    if not sheet.rows:
        say("No face was found in it.")
        return
    print_table(
        ("person", "is", "faces", "undecided", "similarity", "certainty", "or"),
        [_line(row, number) for number, row in enumerate(sheet.rows, 1)],
    )


def _line(row: CastRow, number: int) -> tuple[object, ...]:
    return (
        row.creator.name if row.creator else f"Person {number}",
        row.kind.value,
        len(row.faces),
        row.undecided,
        decimals(row.similarity),
        certainty(row.chance),
        row.rival.name if row.rival else None,
    )


def _name(video: Video) -> str:
    return video.title or video.path


def _document(sheet: CastSheet, company: tuple[Company, ...]) -> dict[str, Any]:
    return {
        "video": {"id": sheet.video.id, "path": sheet.video.path, "title": sheet.video.title},
        "frames": sheet.frames,
        "further_frames": sheet.further,
        "tagged_by_others": [{"id": c.id, "name": c.name} for c in sheet.tagged],
        "together_with": [
            {"id": one.creator.id, "name": one.creator.name, "videos": one.together}
            for one in company
        ],
        "rows": [_row(row) for row in sheet.rows],
    }


def _row(row: CastRow) -> dict[str, Any]:
    chance = row.chance
    return {
        "kind": row.kind.value,
        "creator_id": row.creator.id if row.creator else None,
        "creator": row.creator.name if row.creator else None,
        "faces": [
            {"id": f.id, "timestamp": f.timestamp, "status": f.state.status.value}
            for f in row.faces
        ],
        "undecided": row.undecided,
        "agree": row.agree,
        "similarity": row.similarity,
        "risk": chance.risk if chance else None,
        "rival": row.rival.name if row.rival else None,
        "rival_similarity": row.rival_similarity,
        "both_in_frame_at": row.both_at,
        "other_videos": row.elsewhere,
    }
