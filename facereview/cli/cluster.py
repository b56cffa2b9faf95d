"""``facereview cluster``."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from facereview.cli.interrupts import interruptible
from facereview.cli.opening import opened
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_facts, print_json, progress_bar
from facereview.errors import Cancelled, ReviewError
from facereview.files import replacing
from facereview.review.clusters.records import ClusterUpdate
from facereview.store.store import Store

_STEPS = ((1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 1000), (1001, None))
"""Sizes of clusters that are counted together."""


@click.command()
@click.option(
    "--from-nothing", is_flag=True, help="Cluster all faces again, not only what has changed."
)
@click.option(
    "--export",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write each pending face's id and cluster to this CSV file; single faces have none.",
)
@json_option
@shared_options
@with_setup
def cluster(setup: Setup, from_nothing: bool, export: Path | None, as_json: bool) -> None:
    """Cluster the pending faces by person, for the Clusters page."""
    with (
        opened(setup) as (library, store),
        interruptible() as cancelled,
        progress_bar("faces") as bar,
    ):
        updater = library.cluster_updater(store)
        work = updater.from_nothing if from_nothing else updater.up_to_date
        try:
            done = work(on_progress=bar, cancelled=cancelled)
        except Cancelled as stop:
            raise ReviewError("Clustering was cancelled: the clusters are unchanged.") from stop
        sizes = _histogram(row.size for row in store.clusters.wall() if row.id is not None)
        if export is not None:
            _write(export, store)
    _print(done, sizes, as_json=as_json)


def _histogram(sizes: Iterable[int]) -> dict[str, int]:
    """Number of clusters by size."""
    found: Counter[str] = Counter()
    for size in sizes:
        found[next(_label(a, b) for a, b in _STEPS if b is None or size <= b)] += 1
    return {_label(a, b): found[_label(a, b)] for a, b in _STEPS if found[_label(a, b)]}


def _label(low: int, high: int | None) -> str:
    if high is None:
        return f"{low} or more"
    return str(low) if low == high else f"{low} to {high}"


def _write(file: Path, store: Store) -> None:
    """Write every pending face with its cluster, atomically."""
    with replacing(file) as part, part.open("w", encoding="utf-8", newline="") as out:
        plain = csv.writer(out, lineterminator="\n")
        plain.writerow(("detection", "cluster"))
        faces = store.clustering.pending()
        for face, number in zip(faces.ids.tolist(), faces.clusters.tolist(), strict=True):
            plain.writerow((face, "" if number < 0 else number))


def _print(done: ClusterUpdate, sizes: dict[str, int], *, as_json: bool) -> None:
    facts = {
        "faces": done.faces,
        "clusters": done.clusters,
        "single": done.single,
        "changed": done.changed,
        "seconds": round(done.seconds, 3),
        "method": done.method,
    }
    if as_json:
        print_json({**facts, "sizes": sizes})
        return
    print_facts(
        [
            *((name, value) for name, value in facts.items() if name != "method"),
            *((f"clusters of {faces}", count) for faces, count in sizes.items()),
            ("method", done.method),
        ]
    )
