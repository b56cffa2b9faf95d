"""The real window in a real X server, driven by real key presses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.store.store import Store
from support import Faces, make_faces

Sql = psycopg.Connection[Any]

pytestmark = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
)

PATIENCE = 60.0


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
    """A virtual screen and the window on it."""

    display: str
    environment: dict[str, str]
    window: str = ""

    def run(self, *words: str) -> str:
        """Run xdotool on this screen."""
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as a hand would."""
        for key in keys:
            self.run("key", "--clearmodifiers", key)

    def type(self, text: str) -> None:
        """Type a text."""
        self.run("type", "--delay", "30", text)


@pytest.fixture
def screen() -> Iterator[Screen]:
    reading, writing = os.pipe()
    # Without -noreset each xdotool that leaves makes the server start over, and a program that
    # comes just then finds no display.
    options = ["-screen", "0", "1600x1000x24", "-noreset", "-nolisten", "tcp"]
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), *options],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        display = f":{told.readline().strip()}"
    environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    yield Screen(display, environment)
    server.terminate()
    server.wait(10)


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 6)


@pytest.fixture
def window(screen: Screen, faces: Faces, library_url: str, home: Path) -> Iterator[Screen]:
    program = subprocess.Popen(
        [sys.executable, "-m", "facereview", "--database-url", library_url],
        env=screen.environment | {"FACEREVIEW_HOME": str(home)},
        stderr=subprocess.PIPE,
        text=True,
    )

    def shown() -> str:
        assert program.poll() is None, program.communicate()[1]
        return screen.run("search", "--onlyvisible", "--name", "^facereview").split("\n")[0]

    try:
        screen.window = until("a window named facereview", shown)
        screen.run("windowfocus", "--sync", screen.window)
        yield screen
    finally:
        program.terminate()
        _, said = program.communicate(timeout=20)
    assert "Traceback" not in said


def row(sql: Sql, face: int) -> tuple[Any, ...]:
    """Status and creator of a face."""
    found = sql.execute(
        "SELECT match_status, matched_creator_id, match_confidence FROM video_face_detections "
        "WHERE id = %s",
        (face,),
    ).fetchone()
    assert found
    return tuple(found)


def tags(sql: Sql) -> set[tuple[Any, ...]]:
    return set(sql.execute("SELECT video_id, creator_id FROM video_creators").fetchall())


def test_keys_to_rows_and_back(window: Screen, faces: Faces, sql: Sql) -> None:
    ann, bob = faces.ann.id, faces.bob.id
    one, two, three, four, _five, _six = faces.ids
    pending = ("pending", None, None)

    def stands(face: int, status: str, creator: int | None) -> None:
        until(f"face {face} {status}", lambda: row(sql, face)[:2] == (status, creator))

    def undone(face: int) -> None:
        window.press("ctrl+z")
        until(f"face {face} as it was", lambda: row(sql, face) == pending)

    until("Enter accepts", lambda: _pressed(window, sql, "Return", one))
    stands(one, "matched", ann)
    assert row(sql, one)[2] == pytest.approx(0.75, abs=1e-4)
    assert tags(sql) == {(faces.video, ann)}

    window.press("2")
    stands(two, "matched", bob)
    assert tags(sql) == {(faces.video, ann), (faces.video, bob)}

    window.press("x")
    stands(three, "rejected", None)
    assert row(sql, three)[2] is None

    window.press("n")
    until("the verdict", lambda: sql.execute("SELECT * FROM facereview.verdict").fetchall())
    assert row(sql, four) == pending
    assert sql.execute("SELECT * FROM facereview.verdict").fetchall() == [(four, ann)]

    window.press("m")
    window.type("bob")
    until("Bob assigned by hand", lambda: _chosen(window, sql, four))
    stands(four, "manual", bob)

    undone(four)
    window.press("ctrl+z")
    until("no verdict", lambda: not sql.execute("SELECT * FROM facereview.verdict").fetchall())
    undone(three)
    undone(two)
    assert tags(sql) == {(faces.video, ann)}
    undone(one)
    assert tags(sql) == set()
    assert [row(sql, face) for face in faces.ids] == [pending] * 6


def _pressed(window: Screen, sql: Sql, key: str, face: int) -> bool:
    """Press once the page listens: until the first face is shown a key has nothing to decide."""
    if row(sql, face)[0] == "pending":
        window.press(key)
        time.sleep(0.5)
    return bool(row(sql, face)[0] != "pending")


def _chosen(window: Screen, sql: Sql, face: int) -> bool:
    """Confirm the name once the list has found it."""
    if row(sql, face)[0] == "pending":
        window.press("Return")
        time.sleep(0.5)
    return bool(row(sql, face)[0] != "pending")
