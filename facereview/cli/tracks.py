"""``facereview tracks``: linking the faces of each video that are of one person."""

from __future__ import annotations

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import interruptible, print_facts, print_json, progress_bar
from facereview.errors import Cancelled


@click.command()
@click.option(
    "--from-nothing", is_flag=True, help="Link all faces again, not only what has changed."
)
@common_options
def tracks(setup: Setup, *, from_nothing: bool, as_json: bool) -> None:
    """Link the faces of each video that are believed to be one person.

    What was linked is followed from then on by scans and decisions. Can be interrupted at any
    time; the same command goes on, without --from-nothing too.
    """
    with (
        opened(setup) as (library, store),
        interruptible() as cancelled,
        progress_bar("faces") as bar,
    ):
        updater = library.track_updater(store)
        work = updater.from_nothing if from_nothing else updater.up_to_date
        try:
            done = work(on_progress=bar, cancelled=cancelled)
        except Cancelled as stop:
            raise Cancelled(
                "Linking was interrupted: the videos that were linked stay so, and `facereview "
                "tracks` goes on."
            ) from stop
        there, linked = store.tracks.counts()
    facts = {
        "videos": done.videos,
        "faces": done.faces,
        "changed": done.changed,
        "tracks_of_library": there,
        "faces_in_tracks": linked,
        "seconds": round(done.seconds, 3),
    }
    if as_json:
        print_json(facts)
    else:
        print_facts([(name.replace("_", " "), value) for name, value in facts.items()])
