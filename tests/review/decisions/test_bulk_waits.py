"""A decision on many faces: it waits for another program's lock, and can be cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import Cancelled
from facereview.records import RejectReason, Thresholds
from facereview.review.decisions.decide import PROMPT
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.journal import Journal
from facereview.review.decisions.unsaved import predicted
from facereview.review.desk import Desk, QueueKind
from facereview.store import store as limits
from facereview.store.store import Store
from support import make_faces, pack

Sql = psycopg.Connection[Any]


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_bulk_decision_is_not_refused_for_a_lock(
    store: Store, sql: Sql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, taken_back: bool
) -> None:
    monkeypatch.setattr(limits, "LOCK_SECONDS", 0.2)
    faces = make_faces(store, PROMPT + 20)
    bulk = Intent(Kind.REJECT, faces.seen(*range(len(faces.ids))), reason=RejectReason.STRANGER)
    journal = Journal(tmp_path / "journal", "library")
    with closing(Desk(store, journal, lambda: Thresholds(0.4, 0.55), "me")) as desk:
        with sql.transaction():
            last = faces.ids[-1]
            sql.execute("SELECT 1 FROM video_face_detections WHERE id = %s FOR UPDATE", [last])
            waits = desk.decide(bulk)
            assert (waits.saved, len(waits.changes)) == (False, len(faces.ids))
            if taken_back:
                undone = desk.undo()
                assert undone is not None
                assert len(undone.changes) == len(faces.ids)
        assert all(outcome.saved and not outcome.conflicts for outcome in desk.flush())
        pending = faces.ids if taken_back else []
        assert desk.queue(QueueKind.PENDING).tolist() == pending
        assert desk.unsaved() == 0


@contextmanager
def slow_faces(sql: Sql) -> Iterator[None]:
    """Every change of a face takes a minute, as that of very many would."""
    sql.execute(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN PERFORM pg_sleep(60); RETURN NEW; END$$"
    )
    sql.execute(
        "CREATE TRIGGER slow BEFORE UPDATE ON video_face_detections "
        "FOR EACH STATEMENT EXECUTE FUNCTION slow()"
    )
    yield
    sql.execute("DROP TRIGGER slow ON video_face_detections")
    sql.execute("DROP FUNCTION slow")


def until_it_sleeps(sql: Sql) -> None:
    """Wait until a statement of another connection is in the trigger."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
        "AND datname = current_database()"
    )
    while sql.execute(asked).fetchall() == [(0,)]:
        pass


@pytest.mark.parametrize("kind", [Kind.REJECT, Kind.UNDO])
def test_a_bulk_statement_that_runs_is_cancelled_and_leaves_nothing_half_written(
    store: Store, sql: Sql, tmp_path: Path, kind: Kind
) -> None:
    faces = make_faces(store, PROMPT + 1)
    bulk = Intent(Kind.REJECT, faces.seen(*range(len(faces.ids))), reason=RejectReason.STRANGER)
    undo = Intent(Kind.UNDO)
    journal = Journal(tmp_path / "journal", "library")
    with closing(Desk(store, journal, lambda: Thresholds(0.4, 0.55), "me")) as desk:
        if kind is Kind.UNDO:
            desk.decide(bulk)
        written = sql.execute("SELECT count(*) FROM facereview.batch").fetchall()
        with slow_faces(sql), ThreadPoolExecutor(1) as lane:
            intent, do = (undo, desk.undo) if kind is Kind.UNDO else (bulk, desk.decide)
            running = lane.submit(do, intent)
            until_it_sleeps(sql)
            desk.cancel(intent.token)
            with pytest.raises(Cancelled):
                running.result(20)
        assert sql.execute("SELECT count(*) FROM facereview.batch").fetchall() == written
        pending = [] if kind is Kind.UNDO else faces.ids
        assert desk.queue(QueueKind.PENDING).tolist() == pending
        assert (len(journal), desk.unsaved(), desk.journal.asides()) == (0, 0, [])
        assert desk.decide(Intent(Kind.SKIP, faces.seen(0))).saved is True


def test_a_bulk_decision_that_waits_is_cancelled_and_what_came_after_it_is_written(
    store: Store, sql: Sql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LOCK_SECONDS", 0.2)
    faces = make_faces(store, PROMPT + 1)
    bulk = Intent(Kind.REJECT, faces.seen(*range(len(faces.ids))), reason=RejectReason.STRANGER)
    journal = Journal(tmp_path / "journal", "library")
    with closing(Desk(store, journal, lambda: Thresholds(0.4, 0.55), "me")) as desk:
        with sql.transaction():
            sql.execute("LOCK TABLE video_face_detections IN EXCLUSIVE MODE")
            assert not desk.decide(bulk).saved
            assert desk.bulk() == {bulk.token: PROMPT + 1}
            (first,) = predicted(bulk).changes[:1]
            again = (Seen(first.face_id, first.video_id, first.after),)
            desk.decide(Intent(Kind.ASSIGN, again, faces.ann, replaces=True))
        desk.cancel(bulk.token)
        (given_up, written) = desk.flush()
        assert isinstance(given_up.why, Cancelled)
        assert (written.saved, written.conflicts) == (True, ())
        assert desk.queue(QueueKind.PENDING).tolist() == faces.ids[1:]
        assert (len(journal), desk.bulk()) == (0, {})


def test_what_is_written_by_then_is_not_said_to_be_cancelled(store: Store, tmp_path: Path) -> None:
    """Its answer was lost, and it waits to be sent again."""
    faces = make_faces(store, 2)
    intent = faces.accept(0, 1)
    journal = Journal(tmp_path / "journal", "library")
    journal.add(intent)
    History(store, "me", pack).apply(intent)
    with closing(Desk(store, journal, lambda: Thresholds(0.4, 0.55), "me")) as desk:
        desk.cancel(intent.token)
        (outcome,) = desk.flush()
        assert outcome.saved
        assert len(outcome.changes) == 2
