"""The real application, off screen and in a process of its own, with a watch on its event loop."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from facereview.app import Opened

INSIDE = "--inside"


def measured_apart(
    script: str, url: str, home: Path, runs: int = 1, *, warm: bool = True
) -> list[dict[str, Any]]:
    """What ``script --inside URL HOME`` prints last, after one run that warms the disk's cache.

    Modules are kept compiled, as they are wherever the program is installed.

    Raises:
        RuntimeError: when it ends with a fault.
    """
    raw: list[dict[str, Any]] = []
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(warm + runs):
        done = subprocess.run(
            [sys.executable, script, INSIDE, url, str(home)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        raw.append(json.loads(done.stdout.splitlines()[-1]))
    return raw[warm:]


def linked_and_clustered(url: str, home: Path) -> None:
    """Link and cluster the faces, as where somebody works: else the window begins with it."""
    from facereview.home import Home  # noqa: PLC0415
    from facereview.review.library.opening import open_library  # noqa: PLC0415

    library = open_library(Home(home), url)
    with library.store() as store:
        library.track_updater(store).from_nothing()
        library.cluster_updater(store).from_nothing()
    library.close()


def application() -> QApplication:
    """The application; to be called before anything else of Qt."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    gc.disable()  # as the command does, until the window is built
    from facereview import app  # noqa: PLC0415 - the process that only starts others does without

    return app.application()


def opened(running: QApplication, url: str, home: Path, page: str = "review") -> Opened:
    """The window on a library, shown on one of its pages."""
    from facereview import app  # noqa: PLC0415
    from facereview.home import Home  # noqa: PLC0415
    from facereview.review.library.opening import open_library  # noqa: PLC0415
    from facereview.ui.shots import SIZE  # noqa: PLC0415
    from facereview.ui.widgets.theme import Theme  # noqa: PLC0415
    from facereview.ui.window.preferences import Preferences  # noqa: PLC0415

    place = Home(home)
    preferences = Preferences(place.preferences)
    found = app.build(open_library(place, url), preferences, Theme(running))
    found.window.resize(SIZE)
    if page != "review":
        found.window.show_page(page)
    found.window.show()
    return found


def wait(running: QApplication, condition: Callable[[], Any], patience: float = 30.0) -> None:
    """Run the event loop until something holds.

    Raises:
        TimeoutError: when it does not within ``patience`` seconds.
    """
    end = time.perf_counter() + patience
    while not condition():
        running.processEvents()
        if time.perf_counter() > end:
            raise TimeoutError
        time.sleep(0.0002)


def rest(running: QApplication, seconds: float) -> None:
    """Let the window be for a while."""
    end = time.perf_counter() + seconds
    wait(running, lambda: time.perf_counter() > end, patience=seconds + 30)


def on_paint(view: type[Any], note: Callable[[Any], None]) -> None:
    """Let every painting of a kind of view be followed by ``note(view)``."""
    paint = view.paintEvent

    def painted(self: Any, event: Any) -> None:
        paint(self, event)
        note(self)

    view.paintEvent = painted


class LoopWatch:
    """Notes for how long the event loop was held, in seconds each time."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer  # noqa: PLC0415

        self._gaps: list[float] = []
        self._last = 0.0
        self.timer = QTimer()
        self.timer.setInterval(0)
        self.timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = time.perf_counter()
        if self._last:
            self._gaps.append(now - self._last)
        self._last = now
        time.sleep(0.0005)  # a real loop sleeps too; without this the other threads starve

    def taken(self) -> list[float]:
        """Those since the last call."""
        gaps, self._gaps = self._gaps, []
        return gaps


class PaintWatch:
    """When a view with something in its model was last painted, by ``time.perf_counter``."""

    def __init__(self, view: type[Any]) -> None:
        self.last = 0.0
        on_paint(view, self._note)

    def _note(self, view: Any) -> None:
        if view.model().rowCount():
            self.last = time.perf_counter()
