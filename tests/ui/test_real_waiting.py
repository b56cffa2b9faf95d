"""Keys pressed while the database hangs, and a crash while they wait, in the real window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from real_window import Program, Rows, Screen, Sql, usable, virtual_screen

from facereview.store.store import Store
from support import Faces, make_faces

pytestmark = pytest.mark.skipif(not usable(), reason="needs Xvfb and xdotool")

PENDING = ("pending", None)


@pytest.fixture
def screen() -> Iterator[Screen]:
    with virtual_screen() as screen:
        yield screen


@pytest.fixture
def program(screen: Screen, library_url: str, home: Path) -> Iterator[Callable[[], Program]]:
    """Start the program on what the library holds by then."""
    made: list[Program] = []

    def start() -> Program:
        made.append(Program(screen, library_url, home))
        made[-1].start()
        return made[-1]

    yield start
    for each in made:
        each.kill()


@pytest.fixture
def rows(sql: Sql) -> Rows:
    return Rows(sql)


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 12)


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program holds all faces, so that no decision can be written."""
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE video_face_detections IN EXCLUSIVE MODE")
        yield
        other.rollback()


def test_keys_pressed_while_the_database_hangs_outlive_the_window(
    faces: Faces, library_url: str, program: Callable[[], Program], rows: Rows
) -> None:
    window = program()
    with locked(library_url):
        window.press(*["Return"] * 8)
        window.quit("Return")
        assert [rows.face(face) for face in faces.ids] == [PENDING] * 12
    window.start()
    for face in faces.ids[:8]:
        rows.become(face, "matched", faces.ann.id)
    assert [rows.face(face) for face in faces.ids[8:]] == [PENDING] * 4
    assert rows.kinds() == ["accept"] * 8


def test_after_a_crash_what_waits_is_written_first_and_not_offered_again(
    faces: Faces, library_url: str, program: Callable[[], Program], rows: Rows
) -> None:
    window = program()
    with locked(library_url):
        window.press(*["x"] * 5)
        window.still()
        window.kill()
        window.start()
        assert [rows.face(face) for face in faces.ids] == [PENDING] * 12
    for face in faces.ids[:5]:
        rows.become(face, "rejected", None)
    window.still()
    window.press("2")  # goes to the sixth face, not to one that waited
    rows.become(faces.ids[5], "matched", faces.bob.id)
    assert [rows.face(face) for face in faces.ids[6:]] == [PENDING] * 6
    assert rows.kinds() == [*["reject"] * 5, "accept"]
