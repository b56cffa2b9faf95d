"""``facereview status``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_facts, print_json
from facereview.review.library.config import load_config
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store


@click.command()
@json_option
@shared_options
@with_setup
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
    config = load_config(store, library.thresholds)
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
