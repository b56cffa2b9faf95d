"""``facereview demo``."""

from __future__ import annotations

from pathlib import Path

import click

from facereview.cli.options import Setup, with_setup
from facereview.cli.output import progress_bar, say
from facereview.cli.window import open_window, require_display
from facereview.demo.library import DemoLibrary


@click.command()
@click.option(
    "--shots",
    type=click.Path(file_okay=False, path_type=Path),
    help="Without a display: render every page into PNG files in this folder.",
)
@with_setup
def demo(setup: Setup, shots: Path | None) -> None:
    """Make a small library with real faces, and open it.

    It has its own folder and server; a database given by --database-url is not touched.
    """
    if shots is None:
        require_display()
    library = DemoLibrary.below(setup.home.create())
    say(f"The demo library is in {library.home.root}.", err=True)
    with progress_bar("videos") as bar:
        library.make_videos(bar)
    with progress_bar("bytes") as bar:
        library.get_pack(setup.home, bar)
    with progress_bar("videos") as bar:
        library.fill(bar)
    open_window(library.home, None, shots)
