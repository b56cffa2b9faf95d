"""The real window in a real X server, driven by real key presses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clustered_library import Library
from real_window import Program, Rows, Screen, Sql, until, usable, virtual_screen

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
    return make_faces(store, 6)


@pytest.fixture
def library(store: Store) -> Library:
    """Three people in clusters, two of them known."""
    made = Library(store)
    made.updater.from_nothing()
    return made


def test_keys_to_rows_and_back(faces: Faces, program: Callable[[], Program], rows: Rows) -> None:
    ann, bob, video = faces.ann.id, faces.bob.id, faces.video
    one, two, three, four, _five, _six = faces.ids
    window = program()

    window.press("Return")
    rows.become(one, "matched", ann)
    assert rows.confidence(one) == pytest.approx(0.75, abs=1e-4)
    assert rows.tags() == {(video, ann)}

    window.press("2")
    rows.become(two, "matched", bob)
    assert rows.tags() == {(video, ann), (video, bob)}

    window.press("x")
    rows.become(three, "rejected", None)
    assert rows.confidence(three) is None

    window.press("n")
    until("the verdict", rows.verdicts)
    assert rows.face(four) == PENDING
    assert rows.verdicts() == {(four, ann)}

    window.press("m")
    window.type("bob")
    window.press("Return")
    rows.become(four, "manual", bob)

    window.press("Ctrl+z")
    rows.become(four, *PENDING)
    window.press("Ctrl+z")
    until("no verdict", lambda: not rows.verdicts())
    for face in (three, two):
        window.press("Ctrl+z")
        rows.become(face, *PENDING)
    assert rows.tags() == {(video, ann)}
    window.press("Ctrl+z")
    rows.become(one, *PENDING)
    assert rows.tags() == set()
    assert [rows.face(face) for face in faces.ids] == [PENDING] * 6


def test_undo_and_redo_after_a_restart(
    faces: Faces, program: Callable[[], Program], rows: Rows
) -> None:
    one, two, *_ = faces.ids
    window = program()
    window.press("Return")
    rows.become(one, "matched", faces.ann.id)
    window.press("x")
    rows.become(two, "rejected", None)
    window.restart()
    window.press("Ctrl+z")
    rows.become(two, *PENDING)
    window.press("Ctrl+z")
    rows.become(one, *PENDING)
    window.restart()
    window.press("Ctrl+Shift+z")
    rows.become(one, "matched", faces.ann.id)
    assert rows.face(two) == PENDING


def test_a_cluster_named_by_keys_and_taken_back_after_a_restart(
    library: Library, program: Callable[[], Program], rows: Rows
) -> None:
    before = rows.clusters()
    assert {frozenset(faces) for faces in before.values()} >= {*map(frozenset, library.people)}
    window = program()
    window.page("clusters")
    window.press("m")
    window.type("bob")
    window.press("Return")
    until("a decision", rows.kinds)
    named = [face for people in library.people for face in people if rows.face(face) != PENDING]
    assert set(named) in before.values()
    assert {rows.face(face) for face in named} == {("manual", library.bob.id)}
    window.restart()
    window.page("clusters")
    window.press("Ctrl+z")
    for face in named:
        rows.become(face, *PENDING)
    assert rows.kinds() == ["assign", "undo"]


def test_a_creator_made_by_keys_is_there_after_a_restart(
    library: Library, program: Callable[[], Program], rows: Rows
) -> None:
    window = program()
    window.page("creators")
    window.act("new_creator")
    window.still()
    window.type("Cid")
    window.press("Return", "Return")
    until("Cid", lambda: "Cid" in rows.creators())
    window.restart()
    window.page("creators")
    window.act("find_creator")
    window.type("ann")
    window.press("Return")
    window.still()
    window.act("rename_creator")
    window.still()
    window.press("Ctrl+a")
    window.type("Anna")
    window.press("Return", "Return")
    until("Anna", lambda: "Anna" in rows.creators())
    assert {*rows.creators()} == {"Anna", "Bob", "Cid"}
    assert len(rows.references(library.ann.id)) == 1
