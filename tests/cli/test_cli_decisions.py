"""Decisions that wait are listed, written and dropped without a window; others are undone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg
import pytest
from cli_support import Facereview, sentence

from facereview.home import curator
from facereview.records import FaceState, RejectReason, Status
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.decisions.journal import Journal
from facereview.store.log import Step
from facereview.store.session import Database
from facereview.store.store import Store
from support import Faces, make_faces, pack

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
    History(faces.store, "another", pack).apply(faces.accept(0, creator=faces.bob))
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


# ------------------------------------------------------------------------------------- automatic


def match_by_machine(faces: Faces, *places: int) -> str:
    """What a scan does with sure faces."""
    token, log = "0f" * 16, faces.store.log
    with faces.store.transaction():
        batch = log.add_batch(token, "facereview", "automatic")
        assert batch is not None
        matched = FaceState(Status.MATCHED, faces.ann.id, 0.75)
        log.write(
            batch,
            [Step(faces.ids[p], faces.video, FaceState(Status.PENDING), matched) for p in places],
        )
        log.mark_automatic([(faces.ids[p], batch) for p in places])
    return token


def test_automatic_batches_are_listed_and_undone(facereview: Facereview, faces: Faces) -> None:
    assert facereview.json("automatic") == []
    token = match_by_machine(faces, 0, 1, 2)
    listed = facereview.json("automatic")
    assert [(b["token"].replace("-", ""), b["faces"]) for b in listed] == [(token, 3)]
    assert listed[0]["token"] in facereview("automatic").stdout
    assert Decisions(faces.store, "me").apply(Intent(Kind.REJECT, faces.seen(2), replaces=True))
    undone = facereview.json("undo", "--batch", listed[0]["token"])
    assert (undone["undone"], undone["kept"]) == (2, 1)
    assert [faces.state(p).status for p in range(3)] == ["pending", "pending", "rejected"]
    assert "undone before" in facereview.fails("undo", "--batch", token)


def test_the_history_of_a_lost_home_is_listed_and_can_be_taken_back(
    facereview: Facereview, faces: Faces, database: Database
) -> None:
    lost = Decisions(Store(database, "a home that is lost", lambda: "Alice"), curator())
    lost.apply(faces.accept(0, 1))
    here = Store(database, "here", lambda: "Alice")
    assert History(here, curator(), pack).apply(Intent(Kind.UNDO)) is None  # Ctrl+Z
    other = Decisions(faces.store, "somebody else")
    other.apply(faces.accept(2))
    (act,) = facereview.json("undo", "--list")
    told = {name: act[name] for name in ("who", "here", "kind", "creator", "faces")}
    assert told == {"who": "Alice", "here": False, "kind": "accept", "creator": "Ann", "faces": 2}
    assert len(facereview.json("undo", "--list", "--curator", "somebody else")) == 1
    undone = facereview.json("undo", "--batch", act["token"])
    assert (undone["undone"], undone["kept"]) == (2, 0)
    assert facereview.json("undo", "--list") == []
    here.close()


def test_undo_of_an_unknown_batch(facereview: Facereview) -> None:
    assert facereview.fails("undo", "--batch", "00" * 16).startswith("There is no batch")
