"""Keys after Ctrl+Z while the database hangs: on disk at once, on what was shown, in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, Press, status

from facereview.records import Status
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.journal import entries
from facereview.ui.jobs.messages import Message
from facereview.ui.review.page import ReviewPage

Sql = psycopg.Connection[Any]
Key = Qt.Key


@contextmanager
def locked(url: str) -> Iterator[Sql]:
    """Another program holds all faces: they can be neither written nor read."""
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE video_face_detections IN ACCESS EXCLUSIVE MODE")
        yield other
        other.rollback()


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "review-journal"


def kinds(desk: NotedDesk) -> list[str]:
    rows = desk.sql.execute("SELECT kind FROM facereview.batch ORDER BY id").fetchall()
    return [kind for (kind,) in rows]


def saved(page: ReviewPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.controller.decider.waiting == 0)


def test_a_key_after_an_undo_is_kept_while_the_database_hangs(
    page: ReviewPage, desk: NotedDesk, journal: Path, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    saved(page, qtbot)
    (first,) = desk.kept
    with locked(desk.database.url):
        press(Key.Key_Z, ctrl=True)
        press(Key.Key_X, Key.Key_Return)
        qtbot.waitUntil(lambda: len(desk.kept) == 4)
        kept = [entry.intent for entry in entries(journal)]
    undo, reject, accept = (intent for intent in kept if intent is not None)
    assert (undo.kind, undo.target) == (Kind.UNDO, first.token)
    assert (reject.kind, [seen.face_id for seen in reject.faces]) == (Kind.REJECT, [1])
    assert reject.faces[0].state.status is Status.PENDING
    assert (accept.kind, [seen.face_id for seen in accept.faces]) == (Kind.ACCEPT, [2])
    saved(page, qtbot)
    assert entries(journal) == []
    assert kinds(desk) == ["accept", "undo", "reject", "accept"]
    assert (status(desk, 1), status(desk, 2)) == (Status.REJECTED, Status.MATCHED)
    assert page.controller.current == 3


def test_undos_and_redos_in_a_row_are_kept_with_what_follows(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_X, Key.Key_X, Key.Key_S)
    saved(page, qtbot)
    with locked(desk.database.url):
        press(*[Key.Key_Z] * 3, ctrl=True)
        press(Key.Key_Z, ctrl=True, shift=True)
        press(Key.Key_Return)
        qtbot.waitUntil(lambda: len(desk.kept) == 8)
    undone, redone = desk.kept[3:6], desk.kept[6]
    assert [i.target for i in undone] == [i.token for i in reversed(desk.kept[:3])]
    assert redone.target == undone[2].token
    accept = desk.kept[7]
    assert [seen.face_id for seen in accept.faces] == [2]
    saved(page, qtbot)
    assert [status(desk, n) for n in (1, 2, 3)] == [
        Status.REJECTED,
        Status.MATCHED,
        Status.PENDING,
    ]
    assert desk.put_off() == []
    press(Key.Key_Z, ctrl=True)
    saved(page, qtbot)
    assert status(desk, 2) is Status.PENDING


def test_what_is_pressed_under_a_lock_and_taken_back_under_it_is_kept(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    with locked(desk.database.url):
        press(Key.Key_Return)
        press(Key.Key_Z, ctrl=True)
        press(Key.Key_X)
        qtbot.waitUntil(lambda: len(desk.kept) == 3)
        assert [seen.face_id for seen in desk.kept[2].faces] == [1]
        assert page.controller.tally.pending == 20
    saved(page, qtbot)
    assert kinds(desk) == ["accept", "undo", "reject"]
    assert status(desk, 1) is Status.REJECTED
    assert page.controller.tally.pending == 19


def test_a_key_on_what_an_undo_could_not_bring_back_is_told_and_changes_nothing(
    page: ReviewPage,
    desk: NotedDesk,
    press: Press,
    qtbot: QtBot,
    said: list[Message],
) -> None:
    """A colleague rejected the face meanwhile: that stands."""
    press(Key.Key_Return)
    saved(page, qtbot)
    with locked(desk.database.url) as other:
        press(Key.Key_Z, ctrl=True)
        press(Key.Key_1)
        qtbot.waitUntil(lambda: len(desk.kept) == 3)
        other.execute(
            "UPDATE video_face_detections SET match_status = 'rejected', "
            "matched_creator_id = NULL, match_confidence = NULL WHERE id = 1"
        )
        other.commit()
    saved(page, qtbot)
    assert status(desk, 1) is Status.REJECTED
    assert kinds(desk) == ["accept"]
    texts = [message.text for message in said]
    assert any("Nothing was undone" in text for text in texts)
    assert any("Their decision stands" in text for text in texts)


def test_a_key_after_an_undo_that_nobody_can_tell_ahead_does_nothing_and_says_so(
    page: ReviewPage,
    desk: NotedDesk,
    press: Press,
    qtbot: QtBot,
    said: list[Message],
) -> None:
    """Not this person: the suggestions that come back are to be read first."""
    press(Key.Key_N)
    saved(page, qtbot)
    qtbot.waitUntil(lambda: not page.controller.views.awaits(1))
    with locked(desk.database.url):
        press(Key.Key_Z, ctrl=True)
        press(Key.Key_Return)
        qtbot.waitUntil(lambda: any("did nothing" in message.text for message in said))
        assert not page.controller.line.waits
        assert [intent.kind for intent in desk.kept] == [Kind.NOT_PERSON, Kind.UNDO]
    saved(page, qtbot)
    assert desk.denied(1) == set()
    assert status(desk, 1) is Status.PENDING
