"""The Creators page with 10,000 creators, 50,000 references and 100,000 faces.

The real window, off screen, in a process of its own: opening the page, a search at every key,
and how long the event loop was held while the whole library is looked over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from creators import people
from figures import Figure, emit, percentile
from synthetic import arguments, bench_library
from window import wait

TYPED = ("creator 04", "4711", "person 091", "archive")
STEPS = 30
PATIENCE = 120.0
"""Seconds in which the check of all references is waited for."""


class Watch:
    """Notes when the list was painted, and how long the loop was held."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer  # noqa: PLC0415

        from facereview.ui.creators_list import CreatorsList  # noqa: PLC0415

        self.painted = 0.0
        self.gaps: list[float] = []
        self._last = 0.0
        paint = CreatorsList.paintEvent

        def painted(view: Any, event: Any) -> None:
            paint(view, event)
            if view.model().rowCount():
                self.painted = time.perf_counter()

        CreatorsList.paintEvent = painted  # type: ignore[assignment, method-assign]
        self.timer = QTimer()
        self.timer.setInterval(0)
        self.timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = time.perf_counter()
        if self._last:
            self.gaps.append(now - self._last)
        self._last = now
        time.sleep(0.0005)  # a real loop sleeps too; without this the other threads starve


def measured(url: str, home: Path) -> None:
    """In the measured process: open, type, move, print the raw numbers."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from facereview import app  # noqa: PLC0415
    from facereview.review.opening import open_library  # noqa: PLC0415
    from facereview.settings import Home  # noqa: PLC0415
    from facereview.ui.creators_page import CreatorsPage  # noqa: PLC0415
    from facereview.ui.preferences import Preferences  # noqa: PLC0415
    from facereview.ui.shots import SIZE, settle  # noqa: PLC0415
    from facereview.ui.theme import Theme  # noqa: PLC0415

    application = app.application()
    watch, place = Watch(), Home(home)
    preferences = Preferences(place.preferences)
    opened = app.build(open_library(place, url), preferences, Theme(application))
    opened.window.resize(SIZE)
    opened.window.show_page("settings")
    opened.window.show()
    opened.window.start()
    settle(opened.lanes, opened.window)
    page = opened.window.findChild(CreatorsPage)
    assert page is not None
    watch.timer.start()
    start = time.perf_counter()
    opened.window.show_page("creators")
    wait(application, lambda: watch.painted > start)
    shown = watch.painted - start
    surveyed: list[float] = []
    page.loader.health.connect(lambda _rows: surveyed.append(time.perf_counter() - start))
    end = time.perf_counter() + 2  # what a curator looks at first is there, the survey runs on
    wait(application, lambda: time.perf_counter() > end)
    opening_gaps, watch.gaps = watch.gaps, []
    keys = typed(application, page, watch)
    steps = walked(application, page)
    watch.timer.stop()
    with suppress(TimeoutError):
        wait(application, lambda: bool(surveyed), patience=PATIENCE)
    print(
        json.dumps(
            {
                "shown": shown,
                "surveyed": surveyed[0] if surveyed else None,
                "keys": keys,
                "steps": steps,
                "opening_gaps": opening_gaps,
                "gaps": watch.gaps,
            }
        )
    )
    opened.close()


def typed(application: Any, page: Any, watch: Watch) -> list[float]:
    """Seconds from a key in the search to the list painted anew with what was found."""
    from PySide6.QtTest import QTest  # noqa: PLC0415

    found: list[object] = []
    page.loader.found.connect(found.append)
    taken = []
    for text in TYPED:
        if page.header.search.text():
            page.header.search.clear()
            wait(application, lambda: found[-1:] == [None])
        for letter in text:
            found.clear()
            pressed = time.perf_counter()
            QTest.keyClicks(page.header.search, letter)
            wait(application, lambda: bool(found))
            answered = time.perf_counter()
            page.list.viewport().update()
            wait(application, lambda answered=answered: watch.painted > answered)
            taken.append(watch.painted - pressed)
            rest = time.perf_counter() + 0.15  # a hand rests longer than that between two keys
            wait(application, lambda rest=rest: time.perf_counter() > rest)
    page.header.search.clear()
    return taken


def walked(application: Any, page: Any) -> list[float]:
    """Seconds from a creator at hand to its references shown."""
    taken: list[float] = []
    came: list[None] = []
    page.loader.references.connect(lambda _infos: came.append(None))
    for row in range(0, 2 * STEPS, 2):
        came.clear()
        start = time.perf_counter()
        page.list.setCurrentIndex(page.model.index(row + 1))
        wait(application, lambda: bool(came))
        taken.append(time.perf_counter() - start)
    return taken


def measure(url: str) -> list[Figure]:
    """Start the measured process twice: the first warms the disk's cache, the second counts."""
    with tempfile.TemporaryDirectory() as home:
        raw: dict[str, Any] = {}
        for _ in range(2):
            done = subprocess.run(
                [sys.executable, __file__, "--inside", url, home],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(done.stderr)
            raw = json.loads(done.stdout.splitlines()[-1])
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
    if sys.argv[1:2] == ["--inside"]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "")
        with bench_library(options.folder, options.faces, name="people", then=people) as library:
            emit(measure(library))
