"""What is in the library: ``facereview status``, ``suggest`` and ``export``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import ID, Setup, common_options
from facereview.cli.output import decimals, print_facts, print_json, print_table, progress_bar, say
from facereview.errors import NotFound
from facereview.numbers import comparable, counted
from facereview.records import Face, Suggestion
from facereview.review import views
from facereview.review.export import harmless, is_device, lines, printable, write
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store

_USELESS = "this face has no usable embedding"


@click.command()
@common_options
def status(setup: Setup, as_json: bool) -> None:
    """Count faces by status, creators, videos and references; name the packs."""
    with opened(setup) as (library, store):
        facts = _facts(library, store)
    if as_json:
        print_json(facts)
    else:
        print_facts([(name.replace("_", " "), value) for name, value in facts.items()])


def _facts(library: OpenLibrary, store: Store) -> dict[str, Any]:
    counts, recorded = store.library.counts(), store.library.pack()
    config = library.settings(store).config()
    return {
        "database": library.database.place,
        "faces": counts.faces,
        **asdict(counts),
        "pack": library.pack.name if library.pack else None,
        "pack_installed": bool(library.pack and library.pack.installed),
        "pack_of_library": recorded.name if recorded else None,
        "match_threshold": config.match_threshold,
        "auto_tag_threshold": config.auto_tag_threshold,
    }


# ------------------------------------------------------------------------------------- suggestions


@click.command()
@click.argument("detection", type=ID, metavar="DETECTION_ID")
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True)
@common_options
def suggest(setup: Setup, detection: int, limit: int, as_json: bool) -> None:
    """List the creators most similar to a face, best first, by their best reference."""
    with opened(setup) as (_, store):
        face = store.faces.get([detection]).get(detection)
        if face is None:
            raise NotFound(f"There is no detection {detection}: `facereview export` lists all.")
        found = views.suggest(store, [detection], limit)[detection]
        usable = comparable(store.faces.vectors([detection])[detection])
    if as_json:
        print_json({**_suggested(face, found), "reason": None if usable else _USELESS})
    elif found:
        print_table(
            ("creator", "similarity", "margin", "best reference"),
            [
                (
                    s.creator.name,
                    decimals(s.similarity, 3),
                    decimals(s.margin, 3),
                    s.references[0].source_path if s.references else None,
                )
                for s in found
            ],
        )
    elif not usable:
        say(f"No suggestion: {_USELESS}.")
    else:
        say("No creator has a reference yet: `facereview enrol` makes one.")


def _suggested(face: Face, found: tuple[Suggestion, ...]) -> dict[str, Any]:
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


# ------------------------------------------------------------------------------------------ export


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--exact",
    is_flag=True,
    help="Write texts unchanged, for programs. By default an apostrophe precedes texts that a "
    "spreadsheet would read as a formula.",
)
@common_options
def export(setup: Setup, file: Path, exact: bool, as_json: bool) -> None:
    """Write every face to FILE as CSV, with the nearest creator, even below the threshold."""
    with opened(setup) as (_, store), progress_bar("faces") as bar:
        rows = lines(store, bar)
        shown = printable if is_device(file) else harmless
        written = write(file, rows if exact else map(shown, rows))
    if as_json:
        print_json({"file": str(file), "faces": written})
    else:
        say(f"{counted(written, 'face')} written to {file}.", err=not file.is_file())
