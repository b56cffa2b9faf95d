"""``facereview journal``: what waits is listed, written and dropped without a window."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg
import pytest
from cli_support import Facereview, sentence

from facereview.records import RejectReason, Status
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.decisions.journal import Journal
from facereview.store.store import Store
from support import Faces, make_faces

Sql = psycopg.Connection[Any]


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


@pytest.fixture
def waiting(facereview: Facereview, faces: Faces) -> list[Intent]:
    """Two decisions of a window that was killed."""
    kept = [
        faces.accept(0),
        Intent(Kind.REJECT, faces.seen(1, 2), reason=RejectReason.STRANGER),
    ]
    journal = facereview.home / "journal.sqlite"
    with closing(Journal(journal, faces.store.library.id)) as held:
        for intent in kept:
            held.add(intent)
    return kept


def statuses(faces: Faces) -> list[Status]:
    return [faces.state(number).status for number in range(3)]


def test_nothing_waits(facereview: Facereview) -> None:
    assert facereview.json("journal", "list") == []
    assert facereview("journal", "list").stdout.startswith("Nothing is waiting")
    assert not (facereview.home / "journal.sqlite").exists()


def test_what_waits_is_listed_though_the_database_is_away(
    on: Callable[[str | None], Facereview], waiting: list[Intent], faces: Faces
) -> None:
    away = on("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2")
    listed = away.json("journal", "list")
    assert [kept["entry"] for kept in listed] == [intent.token for intent in waiting]
    assert [kept["act"] for kept in listed] == ["accept", "reject"]
    assert [kept["creator"] for kept in listed] == ["Ann", None]
    assert [kept["faces"] for kept in listed] == [faces.ids[:1], faces.ids[1:3]]
    assert all(kept["refused"] is None for kept in listed)
    assert waiting[0].token in away("journal", "list").stdout
    assert away.fails("journal", "write")


def test_what_waits_is_written(facereview: Facereview, waiting: list[Intent], faces: Faces) -> None:
    told = facereview.json("journal", "write")
    assert (told["written"], told["refused"], told["waiting"], told["overtaken"]) == (2, 0, 0, 0)
    assert statuses(faces) == [Status.MATCHED, Status.REJECTED, Status.REJECTED]
    assert facereview.json("journal", "list") == []


def test_what_does_not_stand_is_said_once(
    facereview: Facereview, waiting: list[Intent], faces: Faces
) -> None:
    History(faces.store, "another").apply(faces.accept(0, creator=faces.bob))
    told = facereview.json("journal", "write")
    assert (told["written"], told["overtaken"], told["waiting"]) == (2, 1, 0)
    assert facereview.json("journal", "list") == []
    assert faces.state(0).creator_id == faces.bob.id


REFUSE = """
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN IF NEW.id = {0} THEN RAISE EXCEPTION 'no faces on Sundays'; END IF; RETURN NEW; END$$;
CREATE TRIGGER t BEFORE UPDATE ON video_face_detections
FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()
"""


def test_what_the_database_refuses_is_said_and_can_be_tried_again(
    facereview: Facereview, waiting: list[Intent], faces: Faces, sql: Sql
) -> None:
    sql.execute(REFUSE.format(faces.ids[0]))
    result = facereview("journal", "write")
    assert result.exit_code == 1
    assert result.stdout == "1 decision written, 1 refused, 0 still waiting.\n"
    assert "no faces on Sundays" in result.stderr
    (left,) = facereview.json("journal", "list")
    assert "no faces on Sundays" in left["refused"]
    assert facereview.json("journal", "write")["written"] == 0
    sql.execute("DROP TRIGGER t ON video_face_detections")
    assert facereview.json("journal", "write", "--refused")["written"] == 1
    assert statuses(faces) == [Status.MATCHED, Status.REJECTED, Status.REJECTED]


def test_what_is_dropped_is_asked_for_first(
    facereview: Facereview, waiting: list[Intent], faces: Faces
) -> None:
    token = waiting[0].token
    kept = facereview("journal", "drop", token, answer="n\n")
    assert kept.exit_code == 1
    assert "Ann" in kept.stdout
    assert len(facereview.json("journal", "list")) == 2
    dropped = facereview("journal", "drop", token, answer="y\n")
    assert dropped.exit_code == 0
    assert "Drop 1 decision for good?" in dropped.stderr
    assert dropped.stdout.endswith("\n1 decision dropped.\n")
    assert [left["entry"] for left in facereview.json("journal", "list")] == [waiting[1].token]
    assert facereview.json("journal", "write")["written"] == 1
    assert statuses(faces) == [Status.PENDING, Status.REJECTED, Status.REJECTED]


def test_an_unknown_entry_is_named(facereview: Facereview, waiting: list[Intent]) -> None:
    refused = facereview("journal", "drop", "--yes", waiting[0].token, "abc")
    assert refused.exit_code == 1
    assert "There is no entry abc" in sentence(refused.stderr)
    assert len(facereview.json("journal", "list")) == 2
