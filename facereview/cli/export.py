"""``facereview export``."""

from __future__ import annotations

from pathlib import Path

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, progress_bar, say
from facereview.numbers import counted
from facereview.records import Progress
from facereview.review.export import harmless, is_device, lines, printable, write


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--exact",
    is_flag=True,
    help="Write texts unchanged, for programs. By default an apostrophe precedes texts that a "
    "spreadsheet would read as a formula.",
)
@json_option
@shared_options
@with_setup
def export(setup: Setup, file: Path, exact: bool, as_json: bool) -> None:
    """Write every face to FILE as CSV, with the nearest creator, even below the threshold."""
    with opened(setup) as (_, store), progress_bar("faces") as bar:
        total = store.library.counts().faces

        def count(done: int) -> None:
            bar(Progress(done, max(done, total), ""))

        rows = lines(store, count)
        shown = printable if is_device(file) else harmless
        written = write(file, rows if exact else map(shown, rows))
    if as_json:
        print_json({"file": str(file), "faces": written})
    else:
        say(f"{counted(written, 'face')} written to {file}.", err=not file.is_file())
