"""The program as a user has it: in a real X server, driven by real keys, and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psutil
import psycopg

from facereview.ui.actions.table import BY_ID

Sql = psycopg.Connection[Any]

TOOLS = ("Xvfb", "xdotool")
PATIENCE = 60.0
_CALM = 0.25
"""Seconds between two pictures that must be the same; a text cursor blinks more slowly."""
_IDLE = 0.05
"""Seconds that a program may work between them: it only looks whether there is something."""


def usable() -> bool:
    """Whether this machine has what the real window needs."""
    return all(shutil.which(tool) for tool in TOOLS)


def until(what: str, condition: Callable[[], Any]) -> Any:
    """Poll another process until something holds; what it is, if it never does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"never: {what}")


@dataclass
class Screen:
    """A virtual screen."""

    environment: dict[str, str]
    pixels: Path

    def run(self, *words: str) -> str:
        """Run xdotool on this screen."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def picture(self) -> bytes:
        """All that is to be seen."""
        return self.pixels.read_bytes()


@contextmanager
def virtual_screen(size: str = "1600x1000") -> Iterator[Screen]:
    """An X server of its own."""
    reading, writing = os.pipe()
    # Without -noreset each xdotool that leaves makes the server start over, and a program that
    # comes just then finds no display.
    options = ["-screen", "0", f"{size}x24", "-noreset", "-nolisten", "tcp"]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-fbdir", folder, *options],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                display = f":{told.readline().strip()}"
            environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
            yield Screen(environment, Path(folder) / "Xvfb_screen0")
        finally:
            server.terminate()
            server.wait(10)


class Program:
    """facereview on one library and one home, started as often as a test likes."""

    def __init__(self, screen: Screen, url: str, home: Path) -> None:
        self.screen = screen
        self._command = [sys.executable, "-m", "facereview", "--database-url", url]
        self.home = home
        self._environment = screen.environment | {"FACEREVIEW_HOME": str(home)}
        self._process: subprocess.Popen[str] | None = None
        self.window = ""

    def start(self) -> None:
        """Start it, and wait until its window stands still."""
        self._process = subprocess.Popen(
            self._command, env=self._environment, stderr=subprocess.PIPE, text=True
        )
        self.window = until("a window named facereview", self._shown)
        self.screen.run("windowfocus", "--sync", self.window)
        self.still()

    def focus(self) -> None:
        """Let keys go to this program, to its dialog if one is open; no window manager does so."""
        if self.screen.run("getwindowfocus") not in self._windows():
            self.screen.run("windowfocus", "--sync", self.window)

    def quit(self, *answer: str) -> None:
        """End it as a curator does, with Ctrl+Q, and the keys that answer what it asks then."""
        assert self._process is not None
        self.press(*BY_ID["quit"].keys)
        if answer:
            time.sleep(1)  # it asks only where a moment did not suffice to save
            self.still()
            self.press(*answer)
        _, said = self._process.communicate(timeout=PATIENCE)
        code, self._process = self._process.returncode, None
        assert (code, "Traceback" in said) == (0, False), said

    def restart(self) -> None:
        """End it and start it again on the same home."""
        self.still()  # a dialog that is still closing would take the key
        self.quit()
        self.start()

    def pause(self) -> None:
        """Let it stand still, as on a busy machine; keys wait for it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as a crash does, if it still runs."""
        if self._process is not None:
            self._process.kill()
            _, said = self._process.communicate(timeout=PATIENCE)
            self._process = None
            assert "Traceback" not in said, said

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as a hand would, each named as the window names it."""
        for key in keys:
            self.focus()
            self.screen.run("key", "--clearmodifiers", x_name(key))

    def act(self, action: str) -> None:
        """Press the first key of an action of the window's table."""
        self.press(BY_ID[action].keys[0])

    def page(self, name: str) -> None:
        """Go to a page by its key, and wait until it stands still."""
        self.act(f"page_{name}")
        self.still()

    def type(self, text: str) -> None:
        """Type a text, and wait until what it finds stands still."""
        self.focus()
        self.screen.run("type", "--delay", "30", text)
        self.still()

    def still(self) -> None:
        """Wait until nothing on the screen changes, and not for want of a processor."""
        before = self._look()

        def same() -> bool:
            nonlocal before
            time.sleep(_CALM)
            (worked, picture), (now, seen) = before, self._look()
            before = now, seen
            return picture == seen and now - worked < _IDLE and not self._waits_for_processor()

        until("a window that stands still", same)

    def _look(self) -> tuple[float, bytes]:
        """Seconds that the program has worked, and what is to be seen."""
        return sum(self._running().cpu_times()[:2]), self.screen.picture()

    def _waits_for_processor(self) -> bool:
        return self._running().status() == psutil.STATUS_RUNNING

    def _running(self) -> psutil.Process:
        assert self._process is not None
        return psutil.Process(self._process.pid)

    def _shown(self) -> str:
        process = self._process
        assert process is not None
        assert process.poll() is None, process.communicate()[1]
        return self._windows()[0]

    def _windows(self) -> list[str]:
        assert self._process is not None
        words = (
            "search",
            "--all",
            "--onlyvisible",
            "--pid",
            str(self._process.pid),
            "--name",
            "^facereview",
        )
        return self.screen.run(*words).split("\n")


_NAMES = {
    "Space": "space",
    "/": "slash",
    "?": "question",
    "Ctrl": "ctrl",
    "Shift": "shift",
    "PgUp": "Prior",
    "PgDown": "Next",
}


def x_name(key: str) -> str:
    """A key's name in X: there a capital letter is one typed with Shift."""
    parts = [_NAMES.get(part, part) for part in key.split("+")]
    return "+".join(part.lower() if len(part) == 1 else part for part in parts)


class Rows:
    """What stands in the library, as another program sees it."""

    def __init__(self, sql: Sql) -> None:
        self.sql = sql

    def face(self, face: int) -> tuple[Any, ...]:
        """Status and creator of a face."""
        (row,) = self._all(
            "SELECT match_status, matched_creator_id FROM video_face_detections WHERE id = %s", face
        )
        return row

    def confidence(self, face: int) -> float | None:
        """How alike a decided face was."""
        ((confidence,),) = self._all(
            "SELECT match_confidence FROM video_face_detections WHERE id = %s", face
        )
        return None if confidence is None else float(confidence)

    def tags(self) -> set[tuple[Any, ...]]:
        """Which creator is in which video."""
        return {*self._all("SELECT video_id, creator_id FROM video_creators")}

    def verdicts(self) -> set[tuple[Any, ...]]:
        """Which face is not which creator."""
        return {*self._all("SELECT detection_id, creator_id FROM facereview.verdict")}

    def creators(self) -> dict[str, int]:
        """The id of each creator by name."""
        return dict(self._all("SELECT name, id FROM creators"))

    def references(self, creator: int) -> list[int]:
        """The references of a creator that are in use."""
        rows = self._all(
            "SELECT id FROM creator_face_embeddings WHERE creator_id = %s ORDER BY id", creator
        )
        return [row[0] for row in rows]

    def clusters(self) -> dict[int, set[int]]:
        """The faces of each cluster, decided ones among them."""
        rows = self._all(
            "SELECT cluster_id, array_agg(detection_id) FROM facereview.membership "
            "WHERE cluster_id IS NOT NULL GROUP BY cluster_id"
        )
        return {cluster: set(faces) for cluster, faces in rows}

    def kinds(self) -> list[str]:
        """What was done, in order."""
        return [row[0] for row in self._all("SELECT kind FROM facereview.batch ORDER BY id")]

    def become(self, face: int, status: str, creator: int | None) -> None:
        """Wait until a face is this."""
        until(f"face {face} {status} {creator}", lambda: self.face(face) == (status, creator))

    def _all(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        return self.sql.execute(query, values or None).fetchall()
