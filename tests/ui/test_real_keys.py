"""Keys that once spread wrong names, pressed in the real window of a real X server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from clustered_library import Library
from real_window import Program, Rows, Screen, Sql, until, usable, virtual_screen

from facereview.store.store import Store
from facereview.ui.actions.table import BY_ID
from support import Faces, make_faces

pytestmark = pytest.mark.skipif(not usable(), reason="needs Xvfb and xdotool")

PENDING = ("pending", None)
STATE = (
    "SELECT id, name FROM creators",
    "SELECT id, match_status, CASE WHEN match_status <> 'pending' THEN matched_creator_id END "
    "FROM video_face_detections",
    "SELECT id, creator_id FROM creator_face_embeddings",
    "SELECT detection_id, cluster_id, fixed FROM facereview.membership",
    "SELECT id FROM facereview.cluster WHERE postponed_at IS NOT NULL",
    "SELECT detection_id, actor FROM facereview.skip",
    "SELECT id, creator_id FROM facereview.retired",
)


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


def state(sql: Sql) -> list[list[tuple[Any, ...]]]:
    """All that keys can change."""
    return [sorted(sql.execute(query).fetchall(), key=repr) for query in STATE]


def test_a_new_name_on_clusters_takes_two_enters_and_then_keys_are_keys(
    library: Library, program: Callable[[], Program], rows: Rows
) -> None:
    window = program()
    window.page("clusters")
    window.press("m")
    window.type("William Hernandez")
    window.press("Return")
    window.still()
    assert rows.kinds() == []
    assert {*rows.creators()} == {"Ann", "Bob"}
    window.press("Return")
    until("William", lambda: "William Hernandez" in rows.creators())
    william = rows.creators()["William Hernandez"]
    until("a decision", lambda: rows.kinds() == ["assign"])
    named = [face for people in library.people for face in people if rows.face(face) != PENDING]
    assert {rows.face(face) for face in named} == {("manual", william)}
    window.still()

    window.press("s")  # a letter, while the field kept the focus
    until("later", lambda: rows.kinds() == ["assign", "later"])
    window.press("Ctrl+z", "Ctrl+z")
    for face in named:
        rows.become(face, *PENDING)
    assert rows.kinds() == ["assign", "later", "undo", "undo"]


def test_escape_gives_the_keys_back_to_the_page(
    library: Library, program: Callable[[], Program], rows: Rows, sql: Sql
) -> None:
    window = program()
    window.page("clusters")
    before = state(sql)
    window.press("m")
    window.type("b")
    window.press("Escape", "Escape")
    window.still()
    window.press("s")
    until("later", lambda: rows.kinds() == ["later"])
    window.press("Ctrl+z")
    until("nothing put off", lambda: rows.kinds() == ["later", "undo"])
    assert state(sql) == before
    window.still()

    window.press("m", "Escape", "s")
    until("later again", lambda: rows.kinds() == ["later", "undo", "later"])
    assert [rows.face(face) for people in library.people for face in people] == [PENDING] * 18


def test_every_key_that_redoes_is_the_fields_own_while_a_text_is_typed(
    faces: Faces, program: Callable[[], Program], rows: Rows
) -> None:
    """Desktops differ in which keys they count among those of a line of text."""
    window = program()
    window.press("1")
    rows.become(faces.ids[0], "matched", faces.ann.id)
    window.press("Ctrl+z")
    rows.become(faces.ids[0], *PENDING)
    window.still()

    window.press("m")
    window.type("bob")
    window.press(*BY_ID["redo"].keys)
    window.still()
    assert rows.kinds() == ["accept", "undo"]
    window.press("Ctrl+z", BY_ID["redo"].keys[1])
    window.still()
    window.press("Return")
    rows.become(faces.ids[0], "manual", faces.bob.id)
    assert rows.kinds() == ["accept", "undo", "assign"]
    window.press("Ctrl+z")
    rows.become(faces.ids[0], *PENDING)

    for page in ("creators", "videos"):
        window.page(page)
        window.press("/")
        window.type("bob")
        window.press(*BY_ID["redo"].keys)
        window.still()
    assert rows.kinds() == ["accept", "undo", "assign", "undo"]
    window.press("Escape", "Escape", BY_ID["redo"].keys[1])
    rows.become(faces.ids[0], "manual", faces.bob.id)


def test_enter_confirms_a_decided_face_and_replacing_it_takes_two_presses(
    faces: Faces, program: Callable[[], Program], rows: Rows
) -> None:
    one, ann, bob = faces.ids[0], faces.ann.id, faces.bob.id
    window = program()
    window.press("2")
    rows.become(one, "matched", bob)
    window.still()
    window.press("Left")
    window.still()
    window.press("Return")
    until("confirmed", lambda: rows.kinds() == ["accept", "confirm"])
    assert rows.face(one) == ("matched", bob)
    window.still()

    window.press("Left")
    window.still()
    window.press("1")
    window.still()
    assert rows.face(one) == ("matched", bob)
    window.press("1")
    rows.become(one, "matched", ann)
    for status, creator in (("matched", bob), ("matched", bob), PENDING):
        window.press("Ctrl+z")
        window.still()
        rows.become(one, status, creator)


def test_several_faces_of_the_grid_are_rejected_from_the_menu_and_come_back_after_a_restart(
    faces: Faces, program: Callable[[], Program], rows: Rows
) -> None:
    window = program()
    window.act("grid")
    window.still()
    window.act("group")
    window.still()
    window.press("Down", "Down", "Return")  # by video
    window.still()
    window.press("Home", "Shift+Right", "Shift+Right")
    window.still()
    window.press("Menu")
    window.still()
    window.press("Down", "Down", "Down", "Down", "Return")  # a stranger
    until("rejections", lambda: rows.kinds() == ["reject"])
    rejected = [face for face in faces.ids if rows.face(face) != PENDING]
    assert len(rejected) == 3
    window.restart()
    window.act("undo")
    for face in rejected:
        rows.become(face, *PENDING)
    assert rows.kinds() == ["reject", "undo"]


def join(window: Program) -> None:
    window.page("clusters")
    window.press("Home", "Ctrl+Space", "Right")
    window.still()
    window.press("j")


def split(window: Program) -> None:
    window.page("clusters")
    window.press("Home", "Space", "Space", "k")


def later(window: Program) -> None:
    window.page("clusters")
    window.press("Home", "s")


def skip(window: Program) -> None:
    window.page("review")
    window.press("s")


def ann(window: Program) -> None:
    window.page("creators")
    window.act("find_creator")
    window.press("Ctrl+a")
    window.type("ann")
    window.press("Return")
    window.still()


def promote(window: Program) -> None:
    ann(window)
    window.press("g")
    window.still()
    window.press("t")
    window.still()
    window.press("t")  # what is doubtful wants a second press


def retire(window: Program) -> None:
    ann(window)
    window.press("F6", "r")


def rename(window: Program) -> None:
    ann(window)
    window.act("rename_creator")
    window.still()
    window.press("Ctrl+a")
    window.type("Annabel")
    window.press("Return")


ACTS = (skip, join, split, later, retire, promote, rename)


def test_ctrl_z_takes_everything_back_in_order_at_once_and_after_a_restart(
    library: Library, program: Callable[[], Program], sql: Sql
) -> None:
    library.accept(*library.people[0])  # by somebody else, whose history this is not
    window = program()
    window.page("clusters")
    states = [state(sql)]
    for act in ACTS:
        act(window)
        until(f"{act.__name__} is done", lambda: state(sql) != states[-1])
        window.still()
        states.append(state(sql))
        window.press("Ctrl+z")
        until(f"{act.__name__} is taken back", lambda: state(sql) == states[-2])
        window.still()
        window.press("Ctrl+Shift+z")
        until(f"{act.__name__} is done again", lambda: state(sql) == states[-1])
        window.still()
    window.restart()
    for act, before in zip(reversed(ACTS), reversed(states[:-1]), strict=True):
        window.press("Ctrl+z")
        until(f"{act.__name__} is taken back later", lambda: state(sql) == before)  # noqa: B023
        window.still()
