"""``facereview videos locate`` and ``remove``: files that moved, and videos that are to go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from facereview.cli.opening import opened, video_of
from facereview.cli.options import Setup, common_options
from facereview.cli.output import (
    interruptible,
    print_facts,
    print_json,
    print_table,
    progress_bar,
    say,
)
from facereview.errors import Cancelled, MediaError, NotFound
from facereview.files import shown
from facereview.numbers import counted
from facereview.review.library.files import LibraryFiles

if TYPE_CHECKING:
    from facereview.review.library.removing import RemovalPlan
    from facereview.review.scanning.locate import Located, LocatePlan

_ROWS = 20
"""Rows printed of one kind; the others are counted."""


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--dry-run", is_flag=True, help="Say what was found; change nothing.")
@click.option(
    "--map",
    "mapped",
    is_flag=True,
    help="Where all lies as it did: map the folder on this computer, and leave the library as it "
    "is for the others.",
)
@common_options
def locate(
    setup: Setup, *, paths: tuple[Path, ...], dry_run: bool, mapped: bool, as_json: bool
) -> None:
    """Find videos that were moved or renamed, in PATH: a file, or a folder with all below it.

    Every video whose file is not where the library has it is looked for by size and content; one
    that was never scanned by size and name. Faces and decisions stay with their video. What is
    found nowhere stays in the library.
    """
    with (
        opened(setup) as (library, _store),
        interruptible() as cancelled,
        progress_bar("files") as bar,
    ):
        files = LibraryFiles(library)
        plan = files.search(paths, on_progress=bar, cancelled=cancelled)
        done = None
        if mapped and plan.folders is None:
            raise NotFound(
                "What was found does not lie as it did in the library's folder, so no folder can "
                "be mapped: locate it without --map."
            )
        if mapped and not dry_run:
            files.map_instead(plan)
        elif not dry_run:
            done = files.locate(plan, on_progress=bar, cancelled=cancelled)
    if as_json:
        print_json(_document(plan, done))
    else:
        _print_plan(plan, dry_run=dry_run)
        _print_done(plan, done, mapped=mapped and not dry_run)
    _end(plan, done)


def _document(plan: LocatePlan, done: Located | None) -> dict[str, Any]:
    return {
        "files": plan.files,
        "found": [
            {
                "video": film.video,
                "before": film.before,
                "path": film.file.name,
                "by": "name" if film.by_name else "content",
                "twins": [shown(path) for path in film.twins],
            }
            for film in plan.found
        ],
        "unclear": [
            {"path": path, "files": [shown(file) for file in files]} for path, files in plan.unclear
        ],
        "gone": [{"video": video, "path": path} for video, path in plan.gone],
        "copies": [{"path": path, "file": shown(file)} for path, file in plan.listed],
        "decided_of_gone": plan.decided,
        "map": "=".join(plan.folders) if plan.folders else None,
        "located": done.videos if done else 0,
        "changed": list(done.changed) if done else [],
        "faults": [
            {"path": path, "reason": reason}
            for path, reason in (*plan.faults, *(done.faults if done else ()))
        ],
    }


def _print_plan(plan: LocatePlan, *, dry_run: bool) -> None:
    print_facts(
        [
            ("files looked at", f"{plan.files:,}"),
            ("found", f"{len(plan.found):,}"),
            ("of them by size and name only", sum(film.by_name for film in plan.found)),
            ("found twice", f"{len(plan.twice):,}"),
            ("cannot be told apart", f"{len(plan.unclear):,}"),
            ("gone", f"{len(plan.gone):,} with {counted(plan.decided, 'decided face')}"),
        ]
    )
    if dry_run and plan.found:
        print_table(
            ("video", "is now"),
            [(film.before, film.file.name) for film in plan.found[:_ROWS]],
        )
        _more(len(plan.found))
    for film in plan.twice[:_ROWS]:
        same = ", ".join(shown(path) for path in film.twins[:3])
        say(f"{film.before}: {shown(film.file.path)} is taken; the same is {same}.")
    for path, files in plan.unclear[:_ROWS]:
        several = ", ".join(shown(file) for file in files[:3])
        say(f"{path} may be any of {several}: name one of them.")
    copies = dict(plan.listed)
    for _, path in plan.gone[:_ROWS]:
        copy = f"; the library also has its copy {shown(copies[path])}" if path in copies else ""
        say(f"{path} is gone{copy}.")
    _more(len(plan.gone))


def _more(count: int) -> None:
    if count > _ROWS:
        say(f"... and {count - _ROWS:,} more.")


def _print_done(plan: LocatePlan, done: Located | None, *, mapped: bool) -> None:
    if plan.folders is not None and not mapped:
        say(
            f"All that was found lies in {plan.folders[1]} as it did in {plan.folders[0]}: where "
            "only this computer sees it there, use --map instead."
        )
    if mapped and plan.folders is not None:
        say(f"{plan.folders[0]} is {plan.folders[1]} on this computer from now on.")
    if not (plan.found or plan.gone or plan.unclear):
        say("No video of the library is missing: every file is where it was.")
    if done is not None and done.videos:
        say(f"{counted(done.videos, 'video has', 'videos have')} the path of the file found.")
    for path in done.changed if done else ():
        say(f"{path} changed meanwhile and stays as it is.")
    for path, faces in done.replaced if done else ():
        say(
            f"{path} was another film before: its {counted(faces, 'decided face')} wait until "
            "that is found."
        )


def _end(plan: LocatePlan, done: Located | None) -> None:
    """Raise what the exit code says."""
    if done is not None and done.cancelled:
        left = len(plan.found) - done.videos
        raise Cancelled(f"Interrupted: {counted(left, 'video is', 'videos are')} still to be done.")
    faults = (*plan.faults, *(done.faults if done else ()))
    for _, reason in faults[1:]:
        say(reason, err=True)
    if faults:
        raise MediaError(faults[0][1])
    if not plan.found and (plan.gone or plan.unclear):
        raise NotFound("No missing video of the library was found there: name another folder.")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="VIDEO...")
@click.option("--preview", is_flag=True, help="Show what would go with it, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
@common_options
def remove(
    setup: Setup, *, names: tuple[str, ...], preview: bool, yes: bool, as_json: bool
) -> None:
    """Remove videos from the library, by path or number; this cannot be undone.

    Their faces go with them, and the rows of other programs that depend on them: these are listed
    first. The files stay where they are.
    """
    with opened(setup) as (library, store):
        files = LibraryFiles(library)
        plan = files.removal([video_of(library, store, name) for name in names])
        if not as_json or not (preview or yes):
            _print_removal(plan, err=not preview)
        if not preview:
            if not yes:
                which = counted(len(plan.videos), "video")
                click.confirm(f"Remove {which} for good?", abort=True, err=True)
            files.remove(plan)
    document = {
        "videos": [{"id": video.id, "path": video.path} for video in plan.videos],
        "faces": plan.faces,
        "decided": plan.decided,
        "creators": list(plan.names),
        "others": [{"table": table, "rows": rows} for table, rows in plan.others],
        "unlinked": [{"table": table, "rows": rows} for table, rows in plan.unlinked],
        "forbidden_by": plan.forbidding or None,
        "removed": not preview,
    }
    if as_json:
        print_json(document)
    elif not preview:
        say(f"{counted(len(plan.videos), 'video is', 'videos are')} removed.")


def _print_removal(plan: RemovalPlan, *, err: bool) -> None:
    for video in plan.videos[:_ROWS]:
        say(video.path, err=err)
    if len(plan.videos) > _ROWS:
        say(f"... and {len(plan.videos) - _ROWS:,} more.", err=err)
    of = f" ({', '.join(plan.names[:5])}{', ...' if len(plan.names) > 5 else ''})"
    say(
        f"{counted(plan.faces, 'face')} go, {plan.decided:,} of them decided"
        f"{of if plan.names else ''}.",
        err=err,
    )
    for table, rows in plan.others:
        say(f"{table}: {_rows(rows)} of another program go too.", err=err)
    for table, rows in plan.unlinked:
        say(f"{table}: {_rows(rows)} lose the link.", err=err)
    if plan.forbidding:
        say(f"{plan.forbidding} forbids it: remove the video there first.", err=err)
    say("The files stay where they are. This cannot be undone.", err=err)


def _rows(rows: int | None) -> str:
    return "rows that you may not count" if rows is None else counted(rows, "row")
