"""``facereview videos``: where creators appear, copies, and files that moved or were replaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import local_time, print_json, print_list, say
from facereview.cli.video_files import locate, remove
from facereview.numbers import counted
from facereview.review.creators.records import Moment
from facereview.review.scanning.replaced import Answer, Answered, ReplacedFilm

_LARGEST_ID = 2**63 - 1


@click.group(invoke_without_command=True)
@click.option("--creator", "name", metavar="NAME", help="Whose videos.")
@common_options
@click.pass_context
def videos(context: click.Context, setup: Setup, name: str | None, as_json: bool) -> None:
    """List the videos in which a creator appears, newest first, with decided and likely faces.

    `videos replaced` lists the files that are another film than before, `videos copies` those that
    are the same file. `videos locate` finds files that were moved, `videos remove` takes videos
    out of the library.
    """
    if context.invoked_subcommand is None and name is None:
        raise click.UsageError(
            "Give --creator NAME, or a command: copies, locate, remove, replaced."
        )
    if context.invoked_subcommand is not None and name is not None:
        raise click.UsageError(f"--creator is not for {context.invoked_subcommand}.")
    if name is not None:
        _of_creator(setup, name, as_json=as_json)


videos.add_command(locate)
videos.add_command(remove)


def _of_creator(setup: Setup, name: str, *, as_json: bool) -> None:
    with opened(setup) as (library, store):
        desk = library.creators_desk(store)
        creator = desk.naming.named(name)
        found = desk.appearances(creator.id)
    print_list(
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
        ],
        ("video", "decided at", "likely at"),
        [(a.video.path, _times(a.decided), _times(a.likely)) for a in found],
        f"{creator.name} appears in no video so far.",
        as_json=as_json,
    )


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


@videos.command("copies")
@common_options
def copies(setup: Setup, as_json: bool) -> None:
    """List videos that are the same file, byte for byte: copies and hard links."""
    with opened(setup) as (_library, store):
        found = store.films.copies()
    print_list(
        [{"paths": list(paths)} for paths in found],
        ("video", "the same as"),
        [(first, ", ".join(others)) for first, *others in found],
        "No scanned video is a copy of another.",
        as_json=as_json,
    )


@videos.command("replaced")
@click.argument("films", nargs=-1, type=click.IntRange(1, _LARGEST_ID), metavar="[NUMBER...]")
@click.option("--keep", "answer", flag_value="keep", help="Keep these faces aside.")
@click.option("--drop", "answer", flag_value="drop", help="Drop these faces.")
@click.option(
    "--match",
    "answer",
    flag_value="match",
    help="Pass their decisions on to the faces of the new film that they look like.",
)
@click.option("--all", "answered", is_flag=True, help="List also what was kept or matched.")
@common_options
def replaced(
    setup: Setup,
    *,
    films: tuple[int, ...],
    answer: str | None,
    answered: bool,
    as_json: bool,
) -> None:
    """List files that were replaced by another film, and settle the faces set aside.

    Faces that were decided in the earlier film are shown on no picture of the new one. They come
    back by themselves when a scan finds their film again. With a NUMBER and --keep, --drop or
    --match it is said what becomes of them; `facereview undo` takes that back.
    """
    if bool(films) != (answer is not None) or (films and answered):
        raise click.UsageError("Give numbers with --keep, --drop or --match, or none to list.")
    with opened(setup) as (library, store):
        files = library.replaced_files(store)
        if answer is None:
            _list_replaced(files.films(answered=answered), as_json=as_json)
            return
        done = [(film, files.answer(film, Answer(answer))) for film in films]
    _print_answered(done, Answer(answer), as_json=as_json)


def _list_replaced(films: Sequence[ReplacedFilm], *, as_json: bool) -> None:
    print_list(
        [_document(film) for film in films],
        ("number", "replaced on", "file", "faces", "creators", "answer"),
        [_line(film) for film in films],
        "No faces of a replaced file wait for an answer.",
        as_json=as_json,
    )


def _document(film: ReplacedFilm) -> dict[str, Any]:
    return {
        "number": film.id,
        "video": film.video,
        "path": film.path,
        "title": film.title,
        "replaced_at": film.replaced_at.isoformat(),
        "answer": film.answer,
        "creators": [{"name": name, "faces": count} for name, count in film.names],
        "faces": list(film.faces),
    }


def _line(film: ReplacedFilm) -> tuple[object, ...]:
    return (
        film.id,
        local_time(film.replaced_at),
        film.path,
        len(film.faces),
        ", ".join(f"{name} ({count})" for name, count in film.names) or None,
        film.answer,
    )


def _print_answered(done: Sequence[tuple[int, Answered]], answer: Answer, *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "number": film,
                    "answer": answer,
                    "faces": one.faces,
                    "passed_on": one.passed_on,
                    "batch": one.batch,
                }
                for film, one in done
            ]
        )
        return
    for film, one in done:
        what = {
            Answer.KEEP: "kept aside",
            Answer.DROP: "dropped",
            Answer.MATCH: f"set aside, {one.passed_on} passed on to the new film",
        }[answer]
        say(f"{film}: {counted(one.faces, 'face')} {what} (batch {one.batch}).")
