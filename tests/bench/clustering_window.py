"""Clustering from the window: memory before and after it, cancelling each step, and closing.

usage: clustering_window.py [--faces N] [--folder DIR]
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from figures import Figure, emit, percentile
from synthetic import arguments, bench_library
from windowed import INSIDE, LoopWatch, application, measured_apart, opened, rest, wait

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from facereview.app import Opened

PATIENCE = 900.0
CANCEL, WORD, CLOSE = 2.0, 1.0, 5.0


def measured(url: str, home: Path) -> None:
    """In the measured process: print the numbers."""
    running = application()
    found = opened(running, url, home, "clusters")
    updates = found.pages.clusters.controller.updates
    wait(running, lambda: updates.offer is not None, PATIENCE)
    rest(running, 2)
    raw: dict[str, Any] = {"before": _megabytes()}
    raw["word"] = _first_word(running, found)
    updates.cancel()
    wait(running, lambda: not updates.busy, PATIENCE)
    raw["cancelled"] = {step: _cancelled(running, found, step) for step in _steps()}
    raw |= _whole(running, found)
    rest(running, 5)
    raw["after"] = _megabytes()
    raw["closed"] = _closed(running, found)
    print(json.dumps(raw))


def _steps() -> list[str]:
    from facereview.review.clusters.records import ClusterStep  # noqa: PLC0415

    left_out = (ClusterStep.WAITING, ClusterStep.COUNTING)
    return [step.value for step in ClusterStep if step not in left_out]


def _megabytes() -> float:
    """What the window holds itself."""
    return float(psutil.Process().memory_info().rss / 2**20)


def _first_word(running: QApplication, found: Opened) -> float:
    page, start = found.pages.clusters, time.perf_counter()
    page.controller.updates.run()
    wait(running, lambda: page.strip.isVisible() and bool(page.strip.text.text()), PATIENCE)
    return time.perf_counter() - start


def _cancelled(running: QApplication, found: Opened, step: str) -> float:
    """Seconds from Cancel, in the middle of a step as far as it has one, to its end."""
    updates = found.pages.clusters.controller.updates
    updates.run(from_nothing=True)
    wait(
        running,
        lambda: updates.progress is not None and updates.progress.label == step,
        PATIENCE,
    )
    rest(running, 0.5)
    start = time.perf_counter()
    updates.cancel()
    wait(running, lambda: not updates.running, PATIENCE)
    taken = time.perf_counter() - start
    wait(running, lambda: not updates.busy, PATIENCE)
    return taken


def _whole(running: QApplication, found: Opened) -> dict[str, Any]:
    """Seconds of the whole, and how the window did meanwhile."""
    updates, watch = found.pages.clusters.controller.updates, LoopWatch()
    start = time.perf_counter()
    updates.run(from_nothing=True)
    watch.timer.start()
    rest(running, 5)
    during = _megabytes()
    wait(running, lambda: not updates.running, PATIENCE)
    seconds = time.perf_counter() - start
    watch.timer.stop()
    return {"whole": seconds, "during": during, "held": percentile(watch.taken(), 99)}


def _closed(running: QApplication, found: Opened) -> float:
    """Seconds from closing, with a clustering under way, to the end of all of it."""
    updates = found.pages.clusters.controller.updates
    updates.run(from_nothing=True)
    wait(running, lambda: updates.progress is not None, PATIENCE)
    rest(running, 3)
    start = time.perf_counter()
    found.window.close()
    wait(running, lambda: not found.window.isVisible(), PATIENCE)
    found.close()
    return time.perf_counter() - start


def figures(raw: dict[str, Any], faces: int) -> list[Figure]:
    """The numbers beside their budgets."""
    slowest = max(raw["cancelled"], key=lambda step: raw["cancelled"][step])
    of = f"{faces:,} faces"
    return [
        Figure(f"clustering {of} from the window", round(raw["whole"], 1), "s"),
        Figure(f"window before clustering {of}", round(raw["before"]), "MB"),
        Figure(f"window while clustering {of}", round(raw["during"]), "MB"),
        Figure(f"window after clustering {of}", round(raw["after"]), "MB"),
        Figure("event loop held meanwhile, p99", raw["held"], "ms", 16.0),
        Figure("first word of what it does", round(raw["word"], 3), "s", WORD),
        Figure(
            "cancelling, the slowest step",
            round(raw["cancelled"][slowest], 2),
            "s",
            CANCEL,
            ", ".join(f"{step} {seconds:.2f}" for step, seconds in raw["cancelled"].items()),
        ),
        Figure("closing with a clustering under way", round(raw["closed"], 2), "s", CLOSE),
    ]


def measure(url: str, faces: int) -> list[Figure]:
    """All figures of a library."""
    with tempfile.TemporaryDirectory() as home:
        [raw] = measured_apart(__file__, url, Path(home), warm=False)
    return figures(raw, faces)


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "")
        with bench_library(options.folder, options.faces) as library:
            emit(measure(library, options.faces))
