"""What waited and can never be written is told for what it is, and holds nothing else up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import NotFound
from facereview.review.decisions.history import History
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk
from facereview.store.store import Store
from support import Faces, desk_at, pack

Sql = psycopg.Connection[Any]


@pytest.fixture
def desk(store: Store, faces: Faces, journal: Path) -> Iterator[Desk]:
    """A desk at which two decisions wait from last time, the first on somebody removed since."""
    with closing(Journal(journal, "library")) as held:
        held.add(faces.accept(0))
        held.add(faces.accept(1, creator=faces.bob))
    with closing(desk_at(store, journal)) as desk:
        yield desk


def test_what_did_not_stand_is_told_though_the_program_is_killed_before(
    desk: Desk, faces: Faces, journal: Path
) -> None:
    History(faces.store, "another", pack).apply(faces.accept(0))  # the same, so on no list
    (told, _) = desk.flush()
    assert [conflict.face_id for conflict in told.conflicts] == faces.ids[:1]
    with closing(desk_at(faces.store, journal)) as after_a_kill:
        (again,) = after_a_kill.flush()
        assert again.intent.token == told.intent.token
        assert again.conflicts
        assert after_a_kill.flush() == []  # told by now
    with closing(desk_at(faces.store, journal)) as later:
        assert later.unsaved() == 0


def test_a_creator_who_is_gone_is_no_conflict_with_another_curator(
    desk: Desk, faces: Faces, sql: Sql, journal: Path
) -> None:
    sql.execute("DELETE FROM creators WHERE id = %s", [faces.ann.id])
    refused, written = desk.flush()
    assert not refused.saved
    assert refused.conflicts == ()
    assert isinstance(refused.why, NotFound)
    assert f"{faces.ann.name} no longer exists" in str(refused.why)
    assert written.saved
    assert faces.state(1).creator_id == faces.bob.id
    assert desk.unsaved() == 0
    assert desk.journal.asides() == []  # a name that was erased is not kept here either
