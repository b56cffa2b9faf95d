"""The Creators page with 10,000 creators, 50,000 references and 100,000 faces.

The real window, off screen, in a process of its own: opening the page, a search at every key,
and how long the event loop was held while the whole library is looked over.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from creators import people
from figures import Figure, emit, percentile
from synthetic import arguments, bench_library
from windowed import (
    INSIDE,
    LoopWatch,
    PaintWatch,
    application,
    measured_apart,
    opened,
    rest,
    wait,
)

TYPED = ("creator 04", "4711", "person 091", "archive")
STEPS = 30
PATIENCE = 120.0
"""Seconds in which the check of all references is waited for."""


def measured(url: str, home: Path) -> None:
    """In the measured process: open, type, move, print the raw numbers."""
    running = application()
    from facereview.ui.creators.list import CreatorsList  # noqa: PLC0415
    from facereview.ui.creators.page import CreatorsPage  # noqa: PLC0415
    from facereview.ui.shots import settle  # noqa: PLC0415

    watch, painted = LoopWatch(), PaintWatch(CreatorsList)
    found = opened(running, url, home, "settings")
    settle(found.lanes, found.window)
    page = found.window.findChild(CreatorsPage)
    assert page is not None
    watch.timer.start()
    start = time.perf_counter()
    found.window.show_page("creators")
    wait(running, lambda: painted.last > start)
    shown = painted.last - start
    surveyed: list[float] = []
    page.loader.health.connect(lambda _rows: surveyed.append(time.perf_counter() - start))
    rest(running, 2)  # what a curator looks at first is there, the survey runs on
    opening_gaps = watch.taken()
    keys = typed(running, page, painted)
    steps = walked(running, page)
    watch.timer.stop()
    with suppress(TimeoutError):
        wait(running, lambda: bool(surveyed), patience=PATIENCE)
    print(
        json.dumps(
            {
                "shown": shown,
                "surveyed": surveyed[0] if surveyed else None,
                "keys": keys,
                "steps": steps,
                "opening_gaps": opening_gaps,
                "gaps": watch.taken(),
            }
        )
    )
    found.close()


def typed(running: Any, page: Any, painted: PaintWatch) -> list[float]:
    """Seconds from a key in the search to the list painted anew with what was found."""
    from PySide6.QtTest import QTest  # noqa: PLC0415

    found: list[object] = []
    page.loader.found.connect(found.append)
    taken = []
    for text in TYPED:
        if page.view.header.search.text():
            page.view.header.search.clear()
            wait(running, lambda: found[-1:] == [None])
        for letter in text:
            found.clear()
            pressed = time.perf_counter()
            QTest.keyClicks(page.view.header.search, letter)
            wait(running, lambda: bool(found))
            repaint(running, page.view.list, painted)
            taken.append(painted.last - pressed)
            rest(running, 0.15)  # a hand rests longer than that between two keys
    page.view.header.search.clear()
    return taken


def repaint(running: Any, view: Any, painted: PaintWatch) -> None:
    """Return when the list was painted anew."""
    asked = time.perf_counter()
    view.viewport().update()
    wait(running, lambda: painted.last > asked)


def walked(running: Any, page: Any) -> list[float]:
    """Seconds from a creator at hand to its references shown."""
    taken: list[float] = []
    came: list[None] = []
    page.loader.references.connect(lambda _infos: came.append(None))
    for row in range(0, 2 * STEPS, 2):
        came.clear()
        start = time.perf_counter()
        page.view.list.setCurrentIndex(page.view.model.index(row + 1))
        wait(running, lambda: bool(came))
        taken.append(time.perf_counter() - start)
    return taken


def measure(url: str) -> list[Figure]:
    """All figures."""
    with tempfile.TemporaryDirectory() as home:
        [raw] = measured_apart(__file__, url, Path(home))
    return [
        Figure("creators page: first painted with its list", round(raw["shown"], 3), "s", 1),
        Figure("creators page: key to list painted, p95", percentile(raw["keys"], 95), "ms", 30),
        Figure("creators page: creator to its references, p95", percentile(raw["steps"], 95), "ms"),
        Figure(
            "creators page: all references checked, in the background",
            round(raw["surveyed"] or PATIENCE, 2),
            "s",
            note="" if raw["surveyed"] else "not done by then",
        ),
        Figure(
            "creators page: loop held while opening, p99",
            percentile(raw["opening_gaps"], 99),
            "ms",
            16,
        ),
        Figure(
            "creators page: loop held while opening, longest",
            percentile(raw["opening_gaps"], 100),
            "ms",
        ),
        Figure(
            "creators page: loop held while typing and moving, p99",
            percentile(raw["gaps"], 99),
            "ms",
            16,
        ),
        Figure(
            "creators page: loop held while typing and moving, longest",
            percentile(raw["gaps"], 100),
            "ms",
        ),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "")
        with bench_library(options.folder, options.faces, name="people", then=people) as library:
            emit(measure(library))
