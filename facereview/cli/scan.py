"""``facereview scan`` and ``facereview cluster``: finding faces, and putting them together."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import interruptible, print_facts, print_json, progress_bar, say
from facereview.errors import Cancelled, MediaError, ReviewError
from facereview.files import replacing
from facereview.media.finding import kept_patterns
from facereview.numbers import counted
from facereview.records import SMALL_FACE
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.review.clusters.records import ClusterUpdate
    from facereview.review.scanning.scan import ScanReport

_SIZES = {
    "1": 1,
    "2": 2,
    "3 to 5": 5,
    "6 to 10": 10,
    "11 to 20": 20,
    "21 to 50": 50,
    "51 to 100": 100,
    "101 to 1000": 1000,
    "1001 or more": math.inf,
}
"""Largest size of the clusters that are counted together."""


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--again", is_flag=True, help="Also videos that were scanned before; decided faces stay."
)
@click.option("--known", is_flag=True, help="Scan the videos that are already in the library.")
@click.option(
    "--min-size",
    type=click.IntRange(1, 2000),
    help="Smallest side of a face in pixels, this time in place of min_face_size.",
)
@click.option(
    "--leave-out",
    "patterns",
    multiple=True,
    metavar="NAME",
    help="Also leave out folders and files of this name; * and ? stand for any. May be repeated.",
)
@click.option(
    "--leave-out-nothing", "all_names", is_flag=True, help="Also hidden and system folders."
)
@common_options
def scan(
    setup: Setup,
    *,
    paths: tuple[Path, ...],
    again: bool,
    known: bool,
    min_size: int | None,
    patterns: tuple[str, ...],
    all_names: bool,
    as_json: bool,
) -> None:
    """Detect the faces in videos: files, and folders with everything in them.

    Hidden folders, and those in which systems and network drives keep waste, snapshots and
    previews, are left out; Settings in the window changes which.

    Can be interrupted at any time; the same command resumes.
    """
    if bool(paths) == known:
        raise click.UsageError("Give either files and folders to scan, or --known.")
    with (
        opened(setup) as (library, store),
        interruptible() as cancelled,
        progress_bar("videos") as bar,
    ):
        scanner = library.scanner(store, min_size)
        if known:
            report = scanner.scan_known(on_progress=bar, cancelled=cancelled)
        else:
            left_out = (*(() if all_names else kept_patterns(library.home)), *patterns)
            report = scanner.scan(
                paths, again=again, left_out=left_out, on_progress=bar, cancelled=cancelled
            )
    _print_scan(report, as_json=as_json)
    _raise_for(report)


def _print_scan(report: ScanReport, *, as_json: bool) -> None:
    if as_json:
        faults = [{"video": video, "reason": reason} for video, reason in report.faults]
        replaced = [{"video": video, "faces": faces} for video, faces in report.replaced]
        small = [{"video": video, "faces": faces} for video, faces in report.small]
        lists = {
            "small": small,
            "faults": faults,
            "replaced": replaced,
            "left_out": dict(report.left_out),
        }
        print_json({**asdict(report), **lists})
        return
    print_facts(
        [
            ("videos scanned", report.videos - report.unread),
            ("unchanged", report.unchanged),
            *([("moved", report.moved)] if report.moved else []),
            *([("faces carried over", report.carried)] if report.carried else []),
            ("unreadable", len(report.faults)),
            ("frames", report.frames),
            ("faces", report.faces),
            ("matched", report.matched),
            ("suggested", report.suggested),
            *([("automatic batch", report.batch)] if report.batch else []),
            *([("left out", _left_out(report))] if report.left_out else []),
        ]
    )
    _say_more(report)


def _say_more(report: ScanReport) -> None:
    """What needs a look: small faces, faults, files that were replaced."""
    if report.small:
        few = sum(count for _, count in report.small)
        say(
            f"{counted(few, 'face')} under the smallest size left out: `facereview scan --again "
            f"--min-size {SMALL_FACE}` takes them from these videos:"
        )
        for video, faces in report.small:
            say(f"  {video}: {faces}")
    if len(report.faults) > 1:  # a single one is the command's error
        for _, reason in report.faults:
            say(reason)
    for video, faces in report.replaced:
        say(
            f"{video} is another film than before: {counted(faces, 'decided face')} set aside; "
            "`facereview videos replaced` lists them.",
            err=True,
        )


def _left_out(report: ScanReport) -> str:
    """How many files and folders were left out, and by which names."""
    names = ", ".join(name for name, _ in report.left_out)
    return f"{sum(count for _, count in report.left_out)} ({names})"


def _raise_for(report: ScanReport) -> None:
    if report.cancelled:
        raise ReviewError(
            f"The scan was cancelled after {counted(report.videos, 'video')}: what was found is "
            "kept, and the same command resumes."
        )
    if len(report.faults) == 1:
        raise MediaError(report.faults[0][1])
    if report.faults:
        raise MediaError(
            f"{len(report.faults)} files or folders could not be read, the first because: "
            f"{report.faults[0][1]}"
        )


@click.command()
@click.option(
    "--from-nothing", is_flag=True, help="Cluster all faces again, not only what has changed."
)
@click.option(
    "--export",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write each pending face's id and cluster to this CSV file; single faces have none.",
)
@common_options
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
            _write_clusters(export, store)
    _print_clusters(done, sizes, as_json=as_json)


def _histogram(sizes: Iterable[int]) -> dict[str, int]:
    """Number of clusters by size."""
    found = Counter(next(name for name, most in _SIZES.items() if size <= most) for size in sizes)
    return {name: found[name] for name in _SIZES if found[name]}


def _write_clusters(file: Path, store: Store) -> None:
    """Write every pending face with its cluster, atomically."""
    with replacing(file) as part, part.open("w", encoding="utf-8", newline="") as out:
        plain = csv.writer(out, lineterminator="\n")
        plain.writerow(("detection", "cluster"))
        faces = store.clustering.pending()
        for face, number in zip(faces.ids.tolist(), faces.clusters.tolist(), strict=True):
            plain.writerow((face, "" if number < 0 else number))


def _print_clusters(done: ClusterUpdate, sizes: dict[str, int], *, as_json: bool) -> None:
    facts = {
        "faces": done.faces,
        "clusters": done.clusters,
        "single": done.single,
        "changed": done.changed,
        "seconds": round(done.seconds, 3),
    }
    if as_json:
        print_json({**facts, "method": done.method, "sizes": sizes})
        return
    counts = ((f"clusters of {faces}", count) for faces, count in sizes.items())
    print_facts([*facts.items(), *counts, ("method", done.method)])
