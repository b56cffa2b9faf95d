"""The check of the stress test finds what it is there to find: each fault made on purpose."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from facereview.records import Thresholds
from facereview.review.decisions.intents import Intent, Kind, Outcome
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk
from facereview.store.store import Store
from stress.invariants import Past, snapshot
from stress.keys import Answer, KeyLog
from support import Faces, make_faces

Sql = psycopg.Connection[tuple[object, ...]]


class Hand:
    """Presses keys and writes them down."""

    def __init__(self, desk: Desk, log: KeyLog) -> None:
        self._desk = desk
        self._log = log
        self._number = 0

    def decide(self, intent: Intent) -> Outcome | None:
        return self._press(intent, lambda: self._desk.decide(intent))

    def undo(self) -> Outcome | None:
        intent = Intent(Kind.UNDO)
        return self._press(intent, lambda: self._desk.undo(intent))

    def redo(self) -> Outcome | None:
        intent = Intent(Kind.REDO)
        return self._press(intent, lambda: self._desk.redo(intent))

    def _press(self, intent: Intent, how: Callable[[], Outcome | None]) -> Outcome | None:
        self._number += 1
        faces = [seen.face_id for seen in intent.faces]
        self._log.pressed(self._number, intent.kind.value, intent.token, faces)
        outcome = how()
        self._log.told(self._number, None if outcome is None else answer(outcome))
        return outcome


def answer(outcome: Outcome) -> Answer:
    return Answer(
        outcome.intent.token,
        outcome.saved,
        (*(c.face_id for c in outcome.changes), *outcome.beside.skipped),
        tuple(c.face_id for c in outcome.conflicts),
    )


def pressed(faces: Faces, hand: Hand) -> None:
    """One of each: a decision, an undo, a redo, a verdict, a skip, a conflict."""
    hand.decide(faces.accept(0))
    hand.undo()
    hand.redo()
    hand.decide(Intent(Kind.REJECT, faces.seen(1)))
    hand.decide(Intent(Kind.NOT_PERSON, faces.seen(2), faces.bob))
    hand.decide(Intent(Kind.SKIP, faces.seen(3)))
    late = faces.accept(4)
    hand.decide(Intent(Kind.ASSIGN, faces.seen(4), faces.bob))
    hand.decide(late)
    hand.decide(faces.accept(5))
    hand.undo()


@pytest.fixture
def past(library_url: str, store: Store, tmp_path: Path) -> Iterator[Past]:
    faces = make_faces(store, 8)
    keys, held = tmp_path / "keys", tmp_path / "journal.sqlite"
    past = Past(library_url, [keys], [held], snapshot(library_url))
    journal = Journal(held, store.library.id)
    pack = Thresholds(0.5, 0.7)
    log = KeyLog(keys)
    pressed(faces, Hand(Desk(store, journal, lambda: pack, "ann"), log))
    waiting = faces.accept(6)
    log.pressed(99, waiting.kind.value, waiting.token, [faces.ids[6]])
    journal.add(waiting)
    log.told(99, Answer(waiting.token, False, (faces.ids[6],), ()))
    with closing(journal):
        yield past


def test_all_is_well_where_nothing_was_done_to_it(past: Past) -> None:
    report = past.check(alone=False)
    assert report.sound, report.figures()
    assert report.sent == 11
    assert (report.written, report.waiting, report.told, report.conflicts) == (9, 1, 1, 1)


def last_batch(kind: str) -> str:
    return f"(SELECT max(id) FROM facereview.batch WHERE kind = '{kind}')"


LOST_ROW = (
    "UPDATE facereview.batch SET undone_by = NULL WHERE undone_by IS NOT NULL",
    f"DELETE FROM facereview.decision WHERE batch_id = {last_batch('reject')}",
    f"DELETE FROM facereview.batch WHERE id = {last_batch('reject')}",
    "UPDATE video_face_detections SET match_status = 'pending' WHERE match_status = 'rejected'",
)
"""A whole decision is gone, its face as if it had never been."""

DOUBLED_STEP = (
    "INSERT INTO facereview.decision (batch_id, detection_id, video_id, before_status, "
    "after_status) SELECT batch_id, detection_id, video_id, after_status, after_status "
    f"FROM facereview.decision WHERE batch_id = {last_batch('reject')}",
)
DOUBLED_BATCH = (
    "INSERT INTO facereview.batch (token, actor, kind) VALUES (gen_random_uuid(), 'ann', 'reject')",
    "INSERT INTO facereview.decision (batch_id, detection_id, video_id, before_status, "
    f"after_status) SELECT {last_batch('reject')}, detection_id, video_id, after_status, "
    "after_status FROM facereview.decision WHERE after_status = 'rejected'",
)
SECOND_UNDO = (
    "INSERT INTO facereview.batch (token, actor, kind, reverts) "
    f"SELECT gen_random_uuid(), 'ann', 'undo', {last_batch('assign')}",
)


@pytest.mark.parametrize(
    ("kind", "statements", "words"),
    [
        ("lost", LOST_ROW, "is no row"),
        ("doubled", DOUBLED_STEP, "2 times"),
        ("doubled", DOUBLED_BATCH, "asked for by no key"),
        ("doubled", SECOND_UNDO, "asked for by no key"),
        ("wrong", SECOND_UNDO, "took back"),
        (
            "wrong",
            ("UPDATE video_face_detections SET match_status = 'pending' WHERE id % 8 = 2",),
            "the log leads to",
        ),
        (
            "wrong",
            ("UPDATE facereview.decision SET before_status = 'manual' WHERE id = 3",),
            "the steps before it lead to",
        ),
        ("wrong", ("DELETE FROM video_creators",), "video_creators lacks"),
        ("wrong", ("DELETE FROM facereview.tag",), "facereview.tag lacks"),
        (
            "wrong",
            (
                "INSERT INTO video_creators SELECT v.id, c.id FROM videos v, creators c "
                "ON CONFLICT DO NOTHING",
                "UPDATE video_face_detections SET match_status = 'rejected' "
                "WHERE match_status = 'manual'",
            ),
            "which no face asks for",
        ),
        ("wrong", ("DELETE FROM facereview.verdict",), "the verdict"),
        ("wrong", ("DELETE FROM facereview.skip",), "the skip"),
        (
            "wrong",
            (
                f"UPDATE facereview.decision SET after_confidence = 0.5 "
                f"WHERE batch_id = {last_batch('undo')}",
            ),
            "brings face",
        ),
        (
            "wrong",
            (
                "INSERT INTO facereview.batch (token, actor, kind) "
                "VALUES (gen_random_uuid(), 'ann', 'accept')",
            ),
            "is empty",
        ),
        ("wrong", ("UPDATE facereview.batch SET undone_by = NULL",), "took back"),
    ],
)
def test_a_fault_in_the_library_is_found(
    past: Past, sql: Sql, kind: str, statements: tuple[str, ...], words: str
) -> None:
    for statement in statements:
        sql.execute(statement.encode())
    report = past.check(alone=False)
    assert any(words in fault for fault in getattr(report, kind)), report.figures()


def test_a_waiting_decision_that_is_dropped_is_lost(past: Past) -> None:
    with closing(sqlite3.connect(past.journals[0])) as journal:
        journal.execute("DELETE FROM intent")
        journal.commit()
    assert [fault for fault in past.check(alone=False).lost if "key 99" in fault]


def test_a_conflict_that_is_not_told_is_lost(past: Past) -> None:
    text = past.keys[0].read_text("utf-8")
    silent, told = re.subn(r'"conflicts": \[\d+\]', '"conflicts": []', text)
    assert told == 1
    past.keys[0].write_text(silent, "utf-8")
    assert [fault for fault in past.check(alone=False).lost if "nobody was told" in fault]


def test_what_was_refused_but_is_written_is_untrue(past: Past) -> None:
    with past.keys[0].open("a", encoding="utf-8") as keys:
        keys.write('{"refused": 1, "why": "out of reach"}\n')
    assert [fault for fault in past.check(alone=False).untrue if "was refused" in fault]


def test_an_undo_that_is_said_to_be_done_and_is_not_is_lost(past: Past) -> None:
    log = KeyLog(past.keys[0])
    log.pressed(100, "undo", "0" * 32, [])
    log.told(100, Answer("0" * 32, True, (1,), ()))
    assert [fault for fault in past.check(alone=False).lost if "is not there" in fault]


def test_who_decides_alone_is_in_conflict_with_nobody(past: Past) -> None:
    assert [fault for fault in past.check(alone=True).untrue if "nobody else" in fault]


def test_a_key_in_hand_when_its_process_was_killed_is_not_lost(past: Past) -> None:
    log = KeyLog(past.keys[0])
    log.pressed(100, "accept", "0" * 32, [1])
    KeyLog(past.keys[0])
    report = past.check(alone=False)
    assert report.sound, report.figures()
    assert report.cut_off == 1
