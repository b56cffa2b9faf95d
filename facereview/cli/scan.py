"""``facereview scan`` and ``facereview cluster``: finding faces, and putting them together."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import interruptible, print_facts, print_json, progress_bar, say
from facereview.errors import Cancelled, MediaError
from facereview.files import replacing
from facereview.media.finding import kept_patterns
from facereview.numbers import counted
from facereview.records import SMALL_FACE
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.review.clusters.records import ClusterUpdate
    from facereview.review.scanning.further import FurtherPlan, FurtherReport
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
    "--workers",
    type=click.IntRange(1, 64),
    metavar="COUNT",
    help="Look at so many videos at once, in place of what suits the cores, the memory and the "
    "graphics card.",
)
@click.option(
    "--no-hardware", is_flag=True, help="Decode videos without the graphics card, this time."
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
@click.option(
    "--further",
    is_flag=True,
    help="Then look at further frames of the videos in which somebody stayed uncertain; without "
    "PATHS and --known, only that.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    metavar="FRAMES",
    help="With --further, at most so many frames; of no video more than it was scanned with.",
)
@common_options
def scan(
    setup: Setup,
    *,
    paths: tuple[Path, ...],
    again: bool,
    known: bool,
    min_size: int | None,
    workers: int | None,
    no_hardware: bool,
    patterns: tuple[str, ...],
    all_names: bool,
    further: bool,
    budget: int | None,
    as_json: bool,
) -> None:
    """Detect the faces in videos: files, and folders with everything in them.

    Hidden folders, and those in which systems and network drives keep waste, snapshots and
    previews, are left out; Settings in the window changes which.

    Can be interrupted at any time; the same command resumes.
    """
    if (paths and known) or not (paths or known or further):
        raise click.UsageError("Give either files and folders to scan, or --known.")
    if budget and not further:
        raise click.UsageError("--budget goes with --further.")
    report, more = None, None
    with opened(setup) as (library, store), interruptible() as cancelled:
        scanner = partial(library.scanner, store, min_size, workers, card=not no_hardware)
        if known:
            with progress_bar("videos") as bar:
                report = scanner().scan_known(on_progress=bar, cancelled=cancelled)
        elif paths:
            left_out = (*(() if all_names else kept_patterns(library.home)), *patterns)
            with progress_bar("videos") as bar:
                report = scanner().scan(
                    paths, again=again, left_out=left_out, on_progress=bar, cancelled=cancelled
                )
        if further and not (report and report.cancelled):
            look = library.further_look(store)
            plan = look.plan(budget)
            if not as_json:
                say(_planned(plan))
            with progress_bar("videos") as bar:
                more = look.look(plan, on_progress=bar, cancelled=cancelled)
    _print_scan(report, more, as_json=as_json)
    _raise_for(report, more)


def _planned(plan: FurtherPlan) -> str:
    frames, videos = counted(plan.frames, "further frame"), counted(len(plan.videos), "video")
    time = "" if plan.seconds is None else f", about {_duration(plan.seconds)}"
    return f"Looking at {frames} of {videos} with uncertain faces{time}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return counted(max(1, round(seconds)), "second")
    return counted(round(seconds / 60), "minute")


def _print_scan(report: ScanReport | None, more: FurtherReport | None, *, as_json: bool) -> None:
    if as_json:
        further = {} if more is None else {"further": _document(more)}
        print_json({**({} if report is None else _scan_document(report)), **further})
        return
    if report is not None:
        _print_facts(report)
        _say_more(report)
    if more is not None:
        _print_further(more)
    faults = [*(report.faults if report else ()), *(more.faults if more else ())]
    if len(faults) > 1:  # a single one is the command's error
        for _, reason in faults:
            say(reason)


def _scan_document(report: ScanReport) -> dict[str, Any]:
    small = [{"video": video, "faces": faces} for video, faces in report.small]
    replaced = [{"video": video, "faces": faces} for video, faces in report.replaced]
    lists = {"small": small, "replaced": replaced, "left_out": dict(report.left_out)}
    return {**_document(report), **lists}


def _document(report: ScanReport | FurtherReport) -> dict[str, Any]:
    faults = [{"video": video, "reason": reason} for video, reason in report.faults]
    return {**asdict(report), "faults": faults}


def _print_facts(report: ScanReport) -> None:
    print_facts(
        [
            ("videos scanned", report.videos - report.unread),
            ("videos at once", report.workers),
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


def _print_further(report: FurtherReport) -> None:
    print_facts(
        [
            ("videos looked at again", report.videos),
            ("further frames", report.frames),
            ("further faces", report.faces),
            ("matched", report.matched),
            ("suggested", report.suggested),
            ("uncertain faces settled", f"{report.settled} of {report.uncertain}"),
            *([("automatic batch", report.batch)] if report.batch else []),
        ]
    )


def _say_more(report: ScanReport) -> None:
    """What needs a look: small faces, files that were replaced."""
    if report.small:
        few = sum(count for _, count in report.small)
        say(
            f"{counted(few, 'face')} under the smallest size left out: `facereview scan --again "
            f"--min-size {SMALL_FACE}` takes them from these videos:"
        )
        for video, faces in report.small:
            say(f"  {video}: {faces}")
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


def _raise_for(report: ScanReport | None, more: FurtherReport | None) -> None:
    reports = [one for one in (report, more) if one is not None]
    faults = [fault for one in reports for fault in one.faults]
    for one in reports:
        if one.cancelled:
            raise Cancelled(
                f"The scan was cancelled after {counted(one.videos, 'video')}: what was found is "
                "kept, and the same command resumes."
            )
    if len(faults) == 1:
        raise MediaError(faults[0][1])
    if faults:
        raise MediaError(
            f"{len(faults)} files or folders could not be read, the first because: {faults[0][1]}"
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
            raise Cancelled(
                "Clustering was interrupted: new faces that were placed stay in clusters, and "
                "nothing else was changed."
            ) from stop
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
