"""What is in the library: ``facereview status``, ``suggest`` and ``export``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import ID, Setup, common_options
from facereview.cli.output import (
    certainty,
    decimals,
    print_facts,
    print_json,
    print_table,
    progress_bar,
    say,
)
from facereview.errors import NotFound
from facereview.numbers import comparable, counted
from facereview.records import Face, FaceTrack, Suggestion
from facereview.review import views
from facereview.review.export import harmless, is_device, lines, printable, write
from facereview.review.library.opening import OpenLibrary
from facereview.review.questions.ordering import what_remains
from facereview.store.store import Store

_USELESS = "this face has no usable embedding"


@click.command()
@common_options
def status(setup: Setup, as_json: bool) -> None:
    """Count faces by status, creators, videos and references; name the packs.

    keys_left is about how many keys settle the pending faces: one for each cluster, and one for
    each single face that is probably somebody known. names_unseen are automatic matches, names
    given together by one key, and those that keys will give so; names_wrong of them are expected
    to be wrong, names_wrong_spread is the standard deviation of that.
    """
    with opened(setup) as (library, store):
        facts = _facts(library, store)
    if as_json:
        print_json(facts)
    else:
        print_facts([(name.replace("_", " "), value) for name, value in facts.items()])


def _facts(library: OpenLibrary, store: Store) -> dict[str, Any]:
    counts, recorded = store.library.counts(), store.library.pack()
    settings = library.settings(store)
    config, sure = settings.config(), settings.certainty()
    tracks, linked = store.tracks.counts()
    left = what_remains(store, config.confirm_twice_above)
    return {
        "database": library.database.place,
        "faces": counts.faces,
        **asdict(counts),
        "tracks": tracks,
        "faces_in_tracks": linked,
        "keys_left": left.keys,
        "names_unseen": left.names,
        "names_wrong": round(left.wrong, 2),
        "names_wrong_spread": round(left.spread, 2),
        "pack": library.pack.name if library.pack else None,
        "pack_installed": bool(library.pack and library.pack.installed),
        "pack_of_library": recorded.name if recorded else None,
        "mode": sure.mode.value,
        "error_rate": sure.error_rate,
        "automatic": config.automatic,
        "calibration": sure.known.origin.value if sure.known else None,
        "calibration_tracks": sure.known.calibration.units if sure.known else None,
        "match_threshold": config.match_threshold,
        "auto_tag_threshold": config.auto_tag_threshold,
    }


# ------------------------------------------------------------------------------------- suggestions


@dataclass(frozen=True, slots=True)
class _Found:
    """A face with the creators suggested for it."""

    face: Face
    track: FaceTrack | None
    suggestions: tuple[Suggestion, ...]
    usable: bool


@click.command()
@click.argument("detection", type=ID, metavar="DETECTION_ID")
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True)
@common_options
def suggest(setup: Setup, detection: int, limit: int, as_json: bool) -> None:
    """List the creators most similar to a face, best first, by their best reference.

    Where the library goes by an error rate, the creator whom the face's track names comes first,
    with how sure that is.
    """
    with opened(setup) as (library, store):
        face = store.faces.get([detection]).get(detection)
        if face is None:
            raise NotFound(f"There is no detection {detection}: `facereview export` lists all.")
        sure = library.settings(store).certainty()
        found = _Found(
            face,
            store.tracks.facts([detection]).get(detection),
            views.suggest(store, [detection], sure, limit)[detection],
            comparable(store.faces.vectors([detection])[detection]),
        )
    if as_json:
        print_json(_suggested(found))
        return
    _print_suggestions(found)
    if found.track is not None:
        say(_track_of(found.track))


def _print_suggestions(found: _Found) -> None:
    if found.suggestions:
        print_table(
            ("creator", "certainty", "similarity", "margin", "best reference"),
            [
                (
                    s.creator.name,
                    certainty(s.chance) if place == 0 else None,
                    decimals(s.similarity, 3),
                    decimals(s.margin, 3),
                    s.references[0].source_path if s.references else None,
                )
                for place, s in enumerate(found.suggestions)
            ],
        )
    elif not found.usable:
        say(f"No suggestion: {_USELESS}.")
    else:
        say("No creator has a reference yet: `facereview enrol` makes one.")


def _track_of(track: FaceTrack) -> str:
    faces = counted(track.faces, "face")
    return f"Its track: {faces}, from {track.begins:.1f} to {track.ends:.1f} seconds."


def _suggested(found: _Found) -> dict[str, Any]:
    face, track = found.face, found.track
    return {
        "detection": face.id,
        "status": face.state.status.value,
        "creator": face.creator_name,
        "track": track and {key: getattr(track, key) for key in ("id", "faces", "begins", "ends")},
        "suggestions": [_described(one) for one in found.suggestions],
        "reason": None if found.usable else _USELESS,
    }


def _described(one: Suggestion) -> dict[str, Any]:
    return {
        "creator_id": one.creator.id,
        "creator": one.creator.name,
        "certainty": one.chance and one.chance.word.value,
        "risk": one.chance and one.chance.risk,
        "similarity": one.similarity,
        "margin": one.margin,
        "references": [
            {
                "id": r.id,
                "source_type": r.source_type.value,
                "source_path": r.source_path,
                "quality": r.quality,
            }
            for r in one.references
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
    """Write every face to FILE as CSV, with the nearest creator, even below the threshold.

    Where the library goes by an error rate, that is the creator whom the face's track names, with
    the risk that the name is wrong.
    """
    with opened(setup) as (library, store), progress_bar("faces") as bar:
        rows = lines(store, library.settings(store).certainty(), bar)
        shown = printable if is_device(file) else harmless
        written = write(file, rows if exact else map(shown, rows))
    if as_json:
        print_json({"file": str(file), "faces": written})
    else:
        say(f"{counted(written, 'face')} written to {file}.", err=not file.is_file())
