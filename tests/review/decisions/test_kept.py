"""What was pressed is kept, whatever the database, the journal's disk or the program does."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Container
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import DatabaseError, DatabaseRefused, DatabaseUnreachable
from facereview.records import FaceState, RejectReason, Status
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Outcome, Seen
from facereview.review.decisions.journal import Journal
from facereview.review.decisions.journal_file import JournalFault
from facereview.review.desk import Desk, QueueKind
from facereview.store import store as limits
from facereview.store.store import Store
from support import Faces, Sent, desk_at, face_held, pack

Sql = psycopg.Connection[Any]


def reject(faces: Faces, number: int) -> Intent:
    return Intent(Kind.REJECT, faces.seen(number), reason=RejectReason.STRANGER)


def kept(journal: Path) -> int:
    with closing(Journal(journal, "library")) as held:
        return len(held)


def statuses(faces: Faces, *numbers: int) -> list[str]:
    return [faces.state(number).status.value for number in numbers]


REFUSE = """
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN IF NEW.id = {0} THEN RAISE EXCEPTION 'no faces on Sundays'; END IF; RETURN NEW; END$$;
CREATE TRIGGER t BEFORE UPDATE ON video_face_detections
FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()
"""


@pytest.fixture
def refused(faces: Faces, sql: Sql) -> str:
    """A rule of the owner's stands against the first face."""
    sql.execute(REFUSE.format(faces.ids[0]))
    return "no faces on Sundays"


# ------------------------------------------------------------------------------------- item 1


def test_a_decision_waits_where_another_program_holds_the_face(
    desk: Desk, faces: Faces, sql: Sql, sent: Sent
) -> None:
    second = faces.accept(1)
    with face_held(sql, faces.ids[0]):
        assert not desk.decide(faces.accept(0)).saved
        limit = {"lock": f"{limits.LOCK_SECONDS}s", "statement": f"{limits.STATEMENT_SECONDS}s"}
        assert ("limit_waiting", limit) in sent
        sent.clear()
        assert not desk.decide(second).saved  # in order, and at once: nothing was asked for it
        assert sent == []
        assert desk.unsaved() == 2
        with pytest.raises(DatabaseUnreachable, match="lock timeout"):
            desk.flush()
    assert [o.saved for o in desk.flush()] == [True, True]
    assert statuses(faces, 0, 1) == ["matched", "matched"]


def test_a_silent_server_is_given_up(
    desk: Desk, faces: Faces, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = faces.accept(0)
    with store.session.connection() as connection:
        silent = connection.info.backend_pid
    os.kill(silent, signal.SIGSTOP)
    try:
        with monkeypatch.context() as patch:  # a busy server that is not silent has longer
            patch.setattr(limits, "ANSWER_SECONDS", 0.5)
            assert not desk.decide(intent).saved
        assert desk.flush()[0].saved  # by another connection
    finally:
        os.kill(silent, signal.SIGCONT)
    assert statuses(faces, 0) == ["matched"]


def test_an_interrupt_ends_every_wait(store: Store, faces: Faces, sql: Sql) -> None:
    with sql.transaction():
        sql.execute("LOCK TABLE video_face_detections IN ACCESS EXCLUSIVE MODE")
        store.database.interrupt()
        with pytest.raises(DatabaseUnreachable):  # though the table is still locked
            store.faces.get(faces.ids)


def test_what_is_kept_ahead_is_written_once(desk: Desk, faces: Faces, journal: Path) -> None:
    intent = faces.accept(0)
    desk.journal.add(intent)
    assert kept(journal) == 1
    assert desk.decide(intent).saved
    desk.journal.add(intent)  # the lane of the journal came second
    assert kept(journal) == 0


# ------------------------------------------------------------------------------------- item 2


def test_what_waits_from_last_time_is_shown_and_counted(
    store: Store, faces: Faces, journal: Path
) -> None:
    with closing(Journal(journal, "library")) as held:
        held.add(faces.accept(0))
        held.add(reject(faces, 1))
        held.add(Intent(Kind.SKIP, faces.seen(2)))
    before = store.library.counts()
    with closing(desk_at(store, journal)) as desk:
        assert desk.unsaved() == 3
        assert desk.queue(QueueKind.PENDING).tolist() == faces.ids[2:]
        assert desk.queue(QueueKind.DECIDED).tolist() == [faces.ids[0]]
        assert desk.queue(QueueKind.REJECTED).tolist() == [faces.ids[1]]
        assert desk.skipped() == (faces.ids[2],)
        assert desk.counts().pending == before.pending - 2
        assert desk.decided_today() == 2
        view = desk.views(faces.ids[:1])[faces.ids[0]]
        assert (view.face.state.status, view.face.creator_name) == (Status.MATCHED, "Ann")
        desk.flush()
        assert desk.counts().pending == before.pending - 2
        assert desk.decided_today() == 2
        assert desk.skipped() == (faces.ids[2],)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_newer_decision_supersedes_the_one_that_waits(
    store: Store, faces: Faces, journal: Path, restarted: bool
) -> None:
    with closing(Journal(journal, "library")) as held:
        held.add(Intent(Kind.ASSIGN, faces.seen(0), new_name="Katie"))
        held.add(faces.accept(1))
    with closing(desk_at(store, journal)) as desk:
        shown = desk.views(faces.ids[:1])[faces.ids[0]].face
        assert shown.creator_name == "Katie"
        seen = (Seen(shown.id, shown.video_id, shown.state),)
        desk.decide(Intent(Kind.REJECT, seen, reason=RejectReason.STRANGER, replaces=True))
        desk.decide(reject(faces, 1))  # offered as pending by the program of before
        if not restarted:
            assert not any(outcome.conflicts for outcome in desk.flush())
    if restarted:
        with closing(desk_at(store, journal)) as desk:
            assert not desk.flush(0)[0].conflicts
        with closing(desk_at(store, journal)) as desk:
            assert not any(outcome.conflicts for outcome in desk.flush())
    assert statuses(faces, 0, 1) == ["rejected", "rejected"]


def test_what_somebody_else_decided_is_not_superseded(
    store: Store, faces: Faces, journal: Path, sql: Sql
) -> None:
    with closing(Journal(journal, "library")) as held:
        held.add(faces.accept(0))
        held.add(reject(faces, 0))
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'manual', matched_creator_id = %s "
        "WHERE id = %s",
        (faces.bob.id, faces.ids[0]),
    )
    with closing(desk_at(store, journal)) as desk:
        assert all(outcome.conflicts for outcome in desk.flush())
    assert faces.state(0) == FaceState(Status.MANUAL, faces.bob.id)


def test_what_is_known_to_be_written_is_told_though_the_rest_must_wait(
    store: Store, faces: Faces, journal: Path, sql: Sql
) -> None:
    with closing(Journal(journal, "library")) as held:
        held.add(faces.accept(0))
        held.add(faces.accept(1))
    with closing(desk_at(store, journal)) as desk, sql.transaction():
        sql.execute("SELECT 1 FROM video_face_detections WHERE id = %s FOR UPDATE", [faces.ids[1]])
        assert [o.changes[0].face_id for o in desk.flush()] == faces.ids[:1]
        assert desk.unsaved() == 1


# ------------------------------------------------------------------------------------- item 5


def test_what_the_database_refuses_is_set_aside_and_the_rest_goes_on(
    store: Store, faces: Faces, journal: Path, sql: Sql, refused: str
) -> None:
    with closing(Journal(journal, "library")) as held:
        held.add(faces.accept(0))
        held.add(faces.accept(1))
    with closing(desk_at(store, journal)) as desk:
        first, second = desk.flush()
        assert (first.saved, second.saved) == (False, True)
        assert refused in str(first.why)
        assert desk.unsaved() == 0
    with closing(desk_at(store, journal)) as desk:
        (aside,) = desk.journal.asides()
        assert refused in str(aside.reason)
        assert aside.intent == first.intent
        desk.retry(aside.token)
        assert not desk.flush()[0].saved
        sql.execute("DROP TRIGGER t ON video_face_detections")
        desk.retry(aside.token)
        assert desk.flush()[0].saved
        assert desk.journal.asides() == []
    assert statuses(faces, 0, 1) == ["matched", "matched"]


def test_what_the_database_refuses_at_once_is_told_and_set_aside(
    desk: Desk, faces: Faces, refused: str
) -> None:
    with pytest.raises(DatabaseRefused, match=refused):
        desk.decide(faces.accept(0))
    assert desk.unsaved() == 0
    (aside,) = desk.journal.asides()
    desk.journal.drop(aside.token)
    assert desk.journal.asides() == []
    assert desk.decide(faces.accept(1)).saved


def test_a_newer_decision_takes_its_faces_from_what_was_set_aside(
    desk: Desk, faces: Faces, sql: Sql, refused: str
) -> None:
    both = Intent(Kind.ACCEPT, faces.seen(0) + faces.seen(1), faces.ann)
    with pytest.raises(DatabaseRefused, match=refused):
        desk.decide(both)
    desk.decide(reject(faces, 1))
    (aside,) = desk.journal.asides()
    assert aside.intent == replace(both, faces=faces.seen(0))
    sql.execute("DROP TRIGGER t ON video_face_detections")
    desk.decide(reject(faces, 0))
    assert desk.journal.asides() == []


def test_a_column_that_facereview_does_not_fill_is_no_outage(
    desk: Desk, faces: Faces, sql: Sql
) -> None:
    sql.execute("ALTER TABLE video_creators ADD COLUMN who text NOT NULL")
    with pytest.raises(DatabaseError, match="who"):
        desk.decide(faces.accept(0))
    assert "who" in str(desk.journal.asides()[0].reason)
    assert desk.decide(reject(faces, 1)).saved


def test_an_entry_that_cannot_be_read_is_set_aside(
    store: Store, faces: Faces, journal: Path
) -> None:
    with closing(Journal(journal, "library")) as held:
        held.add(faces.accept(0))
        held.add(faces.accept(1))
    with closing(sqlite3.connect(journal)) as raw:
        raw.execute("UPDATE intent SET payload = '{' WHERE seq = 1")
        raw.commit()
    with closing(desk_at(store, journal)) as desk:
        assert [o.saved for o in desk.flush()] == [True]
        (aside,) = desk.journal.asides()
        assert "cannot be read" in str(aside.reason)
        assert aside.intent is None
        desk.retry(aside.token)
        assert desk.unsaved() == 0
        desk.journal.drop(aside.token)
        assert desk.journal.asides() == []


def test_a_journal_of_an_earlier_version_is_read(store: Store, faces: Faces, journal: Path) -> None:
    with closing(Journal(journal, "library")) as held:
        held.add(faces.accept(0))
    with closing(sqlite3.connect(journal)) as raw:
        raw.execute("ALTER TABLE intent DROP COLUMN aside")
        raw.execute("ALTER TABLE intent DROP COLUMN kept_at")
        raw.commit()
    with closing(desk_at(store, journal)) as desk:
        assert desk.journal.asides() == []
        assert desk.flush()[0].saved


# ------------------------------------------------------------------------------------- item 6


def fill_up(held: Journal) -> None:
    """From now on the disk of the journal is full."""
    connection = held._disk._connection
    assert connection is not None
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    names = "x" * 20000
    with pytest.raises(sqlite3.OperationalError, match="full"):
        connection.execute(
            "INSERT INTO intent (library, token, payload) VALUES ('-', '-', ?)", (names,)
        )


def test_what_cannot_be_dropped_is_said_to_be_there(
    store: Store, faces: Faces, journal: Path, refused: str
) -> None:
    held = Journal(journal, "library")
    with closing(Desk(store, held, pack, "me")) as desk:
        with pytest.raises(DatabaseRefused):
            desk.decide(faces.accept(0))
        [aside] = desk.journal.asides()
        connection = held._disk._connection
        assert connection is not None
        connection.execute("PRAGMA query_only = ON")
        with pytest.raises(JournalFault, match="free some space"):
            desk.journal.drop(aside.token)
        assert desk.journal.asides() == [aside]
        connection.execute("PRAGMA query_only = OFF")
        desk.journal.drop(aside.token)
        assert desk.journal.asides() == []


def big(faces: Faces, number: int) -> Intent:
    """A decision that needs more room than is left."""
    return Intent(Kind.ASSIGN, faces.seen(number) * 60, new_name="Katie")


def test_with_a_full_disk_decisions_go_straight_to_the_database(
    store: Store, faces: Faces, journal: Path
) -> None:
    held = Journal(journal, "library")
    fill_up(held)
    with closing(Desk(store, held, pack, "me")) as desk:
        with pytest.raises(JournalFault, match="kept"):
            desk.journal.add(big(faces, 0))
        assert desk.decide(big(faces, 0)).saved
        assert desk.unsaved() == 0
        undone = desk.undo()
        assert undone and undone.saved
    assert statuses(faces, 0) == ["pending"]


def test_what_waited_is_told_once_where_nothing_more_can_be_kept(
    store: Store, faces: Faces, desk: Desk, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, later = reject(faces, 0), [reject(faces, number) for number in (1, 2, 3)]
    with monkeypatch.context() as away:
        away.setattr(desk._history, "apply", unreachable)
        assert not desk.decide(waiting).saved
    with monkeypatch.context() as full:
        full.setattr(desk.journal, "add", cannot_keep)
        for intent in later:
            assert desk.decide(intent).saved
    assert [outcome.intent.token for outcome in desk.flush()] == [waiting.token]


def test_what_waits_follows_on_though_the_journal_cannot_note_it(
    store: Store, faces: Faces, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Intent(Kind.ASSIGN, faces.seen(0), new_name="Katie")
    with monkeypatch.context() as away:
        away.setattr(desk._history, "apply", unreachable)
        seen = desk.decide(first).changes[0].after
        again = Seen(faces.ids[0], faces.video, seen)
        desk.decide(Intent(Kind.REJECT, (again,), reason=RejectReason.STRANGER, replaces=True))
    with monkeypatch.context() as full:
        full.setattr(desk.journal, "settle", lambda token, now, expected: False)
        assert [outcome.conflicts for outcome in desk.flush()] == [(), ()]
    assert statuses(faces, 0) == ["rejected"]


def unreachable(intent: Intent, cancelled: Container[str]) -> Outcome:
    raise DatabaseUnreachable("The database is away.")


def cannot_keep(intent: Intent) -> None:
    raise JournalFault("The disk is full.")


def test_with_a_full_disk_and_no_database_nothing_is_claimed_to_be_kept(
    store: Store, faces: Faces, journal: Path, sql: Sql
) -> None:
    held, intent = Journal(journal, "library"), big(faces, 0)
    fill_up(held)
    with closing(Desk(store, held, pack, "me")) as desk, sql.transaction():
        sql.execute("LOCK TABLE video_face_detections IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(DatabaseError, match="may not be written, and is not kept"):
            desk.decide(intent)
        assert desk.unsaved() == 0


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_decide(
    store: Store, faces: Faces, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    held = Journal(tmp_path / "file" / "journal", "library")
    with closing(Desk(store, held, pack, "me")) as desk:
        assert desk.decide(faces.accept(0)).saved


# ------------------------------------------------------------------------------------- item 7


def lose_the_next_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next act is committed, but the connection breaks before its answer."""
    apply = desk._history.apply

    def lost(intent: Intent, cancelled: Container[str]) -> Outcome | None:
        apply(intent, cancelled)
        monkeypatch.setattr(desk._history, "apply", apply)
        raise DatabaseUnreachable("The server closed the connection.")

    monkeypatch.setattr(desk._history, "apply", lost)


def test_an_undo_whose_answer_was_lost_takes_back_no_other_decision(
    desk: Desk, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.decide(faces.accept(0))
    desk.decide(faces.accept(1))
    assert desk.undoable() is not None
    lose_the_next_answer(desk, monkeypatch)
    undone = desk.undo()
    assert undone
    assert not undone.saved
    assert desk.unsaved() == 1
    with pytest.raises(DatabaseUnreachable):
        desk.undo()  # nobody knows now what the one before is
    assert [o.changes[0].face_id for o in desk.flush()] == [faces.ids[1]]
    assert statuses(faces, 0, 1) == ["matched", "pending"]


def test_a_redo_whose_answer_was_lost_is_done_once(
    desk: Desk, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.decide(faces.accept(0))
    desk.decide(faces.accept(1))
    desk.undo()
    desk.undo()
    lose_the_next_answer(desk, monkeypatch)
    redone = desk.redo()
    assert redone
    assert not redone.saved
    with pytest.raises(DatabaseUnreachable):
        desk.redo()
    assert len(desk.flush()) == 1
    assert statuses(faces, 0, 1) == ["matched", "pending"]


def test_an_undo_of_what_is_saved_waits_for_the_database_and_survives_a_restart(
    desk: Desk, faces: Faces, sql: Sql, store: Store, journal: Path
) -> None:
    desk.decide(faces.accept(0))
    desk.decide(faces.accept(1))
    assert desk.undoable() is not None
    with sql.transaction():
        sql.execute("SELECT 1 FROM video_face_detections WHERE id = %s FOR UPDATE", [faces.ids[1]])
        undone = desk.undo()
        assert undone
        assert not undone.saved
        assert undone.about is not None
        assert undone.about.creator == faces.ann
    with closing(desk_at(store, journal)) as later:
        assert later.unsaved() == 1
        later.flush()
    assert statuses(faces, 0, 1) == ["matched", "pending"]


def test_undo_and_redo_of_what_waits_lead_back_and_forth(
    desk: Desk, faces: Faces, sql: Sql
) -> None:
    with sql.transaction():
        sql.execute("SELECT 1 FROM video_face_detections WHERE id = %s FOR UPDATE", [faces.ids[0]])
        desk.decide(faces.accept(0))
        desk.decide(faces.accept(1))
        for _ in range(2):
            assert desk.undo()
        redone = desk.redo()
        assert redone
        assert [c.face_id for c in redone.changes] == [faces.ids[0]]
        assert redone.changes[0].after.status is Status.MATCHED
        assert desk.queue(QueueKind.PENDING).tolist() == faces.ids[1:]
        assert desk.redo()
        undone = desk.undo()
        assert undone
        assert [c.face_id for c in undone.changes] == [faces.ids[1]]
    assert all(outcome.saved for outcome in desk.flush())
    assert statuses(faces, 0, 1) == ["matched", "pending"]


# ------------------------------------------------------------------------------------- item 10


def test_an_undo_that_finds_nothing_leaves_nothing_behind(
    desk: Desk, faces: Faces, journal: Path, sql: Sql
) -> None:
    assert desk.undo() is None
    assert desk.redo() is None
    assert sql.execute("SELECT count(*) FROM facereview.batch").fetchone() == (0,)
    assert kept(journal) == 0


def test_an_undo_in_conflict_leaves_the_act_before_to_be_undone(
    desk: Desk, faces: Faces, sql: Sql
) -> None:
    desk.decide(faces.accept(1))
    desk.decide(Intent(Kind.ACCEPT, faces.seen(0) + faces.seen(2), faces.ann))
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'rejected', matched_creator_id = NULL "
        "WHERE id = %s",
        (faces.ids[0],),
    )
    undone = desk.undo()
    assert undone
    assert [c.face_id for c in undone.changes] == [faces.ids[2]]
    assert [c.face_id for c in undone.conflicts] == [faces.ids[0]]
    batches = sql.execute("SELECT count(*) FROM facereview.batch").fetchone()
    assert batches == (3,)
    again = desk.undo()
    assert again
    assert [c.face_id for c in again.changes] == [faces.ids[1]]


def test_a_conflict_is_told_though_the_first_answer_was_lost(
    store: Store, faces: Faces, desk: Desk
) -> None:
    both = faces.accept(0, 1)
    History(store, "another", pack).apply(reject(faces, 1))
    first, again = desk.decide(both), History(store, "me", pack).apply(both)
    assert again and [c.face_id for c in again.conflicts] == [faces.ids[1]]
    assert again.conflicts == first.conflicts
    undo = Intent(Kind.UNDO, target=desk.decide(faces.accept(2, 3)).intent.token)
    History(store, "another", pack).apply(replace(reject(faces, 2), replaces=True))
    said = [History(store, "me", pack).apply(undo) for _ in range(2)]
    assert said[0] and said[1]
    assert [c.face_id for c in said[0].conflicts] == [faces.ids[2]]
    assert said[1].conflicts == said[0].conflicts
