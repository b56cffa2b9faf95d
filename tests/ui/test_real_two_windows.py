"""Two programs on one library, driven by real keys in a real X server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_window import Program, Rows, Sql, until, usable, virtual_screen

from facereview.store.store import Store
from support import Faces, make_faces

pytestmark = pytest.mark.skipif(not usable(), reason="needs Xvfb and xdotool")

SOON = 2.0
"""Within so many seconds a window follows the others."""


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 6)


@pytest.fixture
def programs(faces: Faces, library_url: str, tmp_path: Path) -> Iterator[tuple[Program, Program]]:
    """Alice's and Bob's, each with a home of its own."""
    with virtual_screen() as screen:
        made = [Program(screen, library_url, tmp_path / name) for name in ("alice", "bob")]
        try:
            for one in made:
                one.start()
            yield made[0], made[1]
        finally:
            for one in made:
                one.kill()


@pytest.fixture
def rows(sql: Sql) -> Rows:
    return Rows(sql)


def follow(window: Program) -> None:
    """Wait until a window follows what was done elsewhere, and on a busy machine until it could."""
    time.sleep(SOON)
    window.still()


def test_enter_acts_on_the_face_that_is_seen_though_a_colleague_decided_it(
    programs: tuple[Program, Program], faces: Faces, rows: Rows
) -> None:
    alice, bob = programs
    one, two, three = faces.ids[:3]
    ann = faces.ann.id
    bob.press("Return")
    rows.become(one, "matched", ann)
    follow(alice)
    alice.press("Return")  # the first face is still at hand: it confirms what Bob said
    until("confirmed", lambda: rows.kinds() == ["accept", "confirm"])
    bob.press("x")
    rows.become(two, "rejected", None)
    follow(alice)
    alice.press("Return")
    until("confirmed", lambda: rows.kinds() == ["accept", "confirm", "reject", "confirm"])
    assert rows.face(two) == ("rejected", None)
    alice.press("Return")
    rows.become(three, "matched", ann)
    follow(bob)
    bob.press("Ctrl+z")  # his own last act, not hers
    rows.become(two, "pending", None)
    assert rows.face(three) == ("matched", ann)
    assert rows.face(one) == ("matched", ann)


def test_what_did_not_stand_leads_to_its_face_also_after_a_restart(
    programs: tuple[Program, Program], faces: Faces, rows: Rows, sql: Sql
) -> None:
    alice, bob = programs
    one, two = faces.ids[:2]

    def told() -> list[int]:
        found = sql.execute(
            "SELECT detection_id FROM facereview.conflict WHERE looked_at IS NULL ORDER BY 1"
        )
        return [row[0] for row in found]

    alice.pause()
    bob.press("x", "x")
    for face in (one, two):
        rows.become(face, "rejected", None)
    alice.press("Return", "Return")
    alice.go_on()
    until("two conflicts", lambda: told() == [one, two])
    assert rows.kinds() == ["reject", "reject"]
    alice.still()
    alice.press("o")
    alice.still()
    alice.press("Return")
    until("one looked at", lambda: told() == [two])
    alice.still()
    alice.press("2", "2")  # replaces what Bob said of the face that the list leads to
    rows.become(one, "matched", faces.bob.id)
    alice.restart()
    assert told() == [two]
    alice.press("o")
    alice.still()
    alice.press("Return")
    until("both looked at", lambda: told() == [])
    alice.still()
    alice.press("2", "2")
    rows.become(two, "matched", faces.bob.id)
