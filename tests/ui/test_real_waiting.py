"""Keys pressed while the database hangs, and a crash while they wait, in the real window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from real_window import Program, Rows, Screen, Sql, until, usable, virtual_screen

from facereview.review.decisions.journal import entries
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


def test_after_a_crash_a_second_key_and_keys_after_an_undo_are_written_in_order(
    faces: Faces, library_url: str, program: Callable[[], Program], rows: Rows
) -> None:
    """The first decision on the face was still under way when the program was killed."""
    window = program()
    window.press("x")
    rows.become(faces.ids[0], "rejected", None)
    journal = window.home / "journal.sqlite"
    with locked(library_url):
        window.press("n", "1")  # not Ann but Bob, the second face
        until("both are kept", lambda: len(entries(journal)) == 2)
        window.press("Ctrl+Z", "x")
        until("all is kept", lambda: len(entries(journal)) == 4)
        window.kill()
        assert [rows.face(face) for face in faces.ids[1:]] == [PENDING] * 11
    kept = [entry.intent for entry in entries(journal)]
    not_ann, accept, undo, reject = (intent for intent in kept if intent is not None)
    assert undo.target == accept.token
    assert [i.faces[0].face_id for i in (not_ann, accept, reject)] == [faces.ids[1]] * 3
    window.start()
    rows.become(faces.ids[1], "rejected", None)
    window.still()
    assert rows.kinds() == ["reject", "not_person", "accept", "undo", "reject"]
    assert rows.verdicts() == {(faces.ids[1], faces.ann.id)}
    assert entries(journal) == []
    assert [rows.face(face) for face in faces.ids[2:]] == [PENDING] * 10


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
