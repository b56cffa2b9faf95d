"""``facereview export``."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import click

from facereview.atomic import replacing
from facereview.cli.access import opened
from facereview.cli.output import print_json, progress_bar
from facereview.cli.setup import Setup, json_option, shared_options, with_setup
from facereview.records import Progress
from facereview.review.export import HEADER, Line, lines

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What begins a formula, see OWASP, "CSV injection"."""


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--exact",
    is_flag=True,
    help="Write texts as they are, for programs. Else an apostrophe goes before one that a "
    "spreadsheet would take for a formula.",
)
@json_option
@shared_options
@with_setup
def export(setup: Setup, file: Path, exact: bool, as_json: bool) -> None:
    """Write every face to FILE as CSV, with the nearest creator even below the threshold."""
    with opened(setup) as (_, store), progress_bar("faces") as bar:
        total = store.library.counts().faces

        def count(done: int) -> None:
            bar(Progress(done, max(done, total), ""))

        rows = lines(store, count)
        written = write(file, rows if exact else map(harmless, rows))
    if as_json:
        print_json({"file": str(file), "faces": written})
    else:
        click.echo(f"{written} faces written to {file}.", err=not file.is_file())


def harmless(row: Line) -> Line:
    """A line none of whose texts is a formula to a spreadsheet; numbers stay numbers."""
    return tuple(
        f"'{cell}" if cell.startswith(_FORMULA) and not _number(cell) else cell for cell in row
    )


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def write(file: Path, rows: Iterable[Line]) -> int:
    """Write all rows, or leave ``file`` as it was; the number of rows.

    Raises:
        OSError: it cannot be written.
    """
    if file.exists() and not file.is_file():  # a pipe or a device cannot be replaced
        with file.open("w", encoding="utf-8", newline="") as out:
            return _write_rows(out, rows)
    with replacing(file) as part, part.open("w", encoding="utf-8", newline="") as out:
        return _write_rows(out, rows)


def _write_rows(out: TextIO, rows: Iterable[Line]) -> int:
    plain = csv.writer(out, lineterminator="\n")
    # a carriage return alone ends a line for readers, yet the writer would leave it bare
    quoted = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(HEADER)
    written = 0
    for row in rows:
        (quoted if "\r" in "".join(row) else plain).writerow(row)
        written += 1
    return written
