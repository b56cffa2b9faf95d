from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QThread
from shiboken6 import delete

from facereview.errors import DatabaseUnreachable
from facereview.ui.jobs.lanes import Lane, Rank, Ticket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    made = Lane("test")
    yield made
    made.shutdown()


@pytest.fixture
def owner(qtbot: QtBot) -> QObject:
    return QObject()


def test_a_job_runs_beside_and_its_answer_arrives_on_the_gui_thread(
    lane: Lane, owner: QObject, qtbot: QtBot
) -> None:
    threads: list[object] = []

    def answered(worker: int) -> None:
        threads.extend([worker, QThread.currentThread()])

    lane.run(owner, threading.get_ident, answered)
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] != threading.get_ident()
    assert threads[1] is QThread.currentThread()


def test_answers_keep_the_order_of_asking(lane: Lane, owner: QObject, qtbot: QtBot) -> None:
    answers: list[int] = []
    for number in range(50):
        lane.run(owner, partial(int, number), answers.append)
    qtbot.waitUntil(lambda: len(answers) == 50)
    assert answers == list(range(50))


def test_urgent_jobs_overtake_what_is_fetched_ahead(
    lane: Lane, owner: QObject, qtbot: QtBot
) -> None:
    gate, answers = threading.Event(), list[str]()
    lane.run(owner, gate.wait)
    lane.run(owner, lambda: "ahead", answers.append, rank=Rank.AHEAD)
    lane.run(owner, lambda: "normal", answers.append)
    lane.run(owner, lambda: "urgent", answers.append, rank=Rank.URGENT)
    gate.set()
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert answers == ["urgent", "normal", "ahead"]


def test_an_answer_for_a_deleted_owner_is_dropped(lane: Lane, owner: QObject, qtbot: QtBot) -> None:
    gate, answers, after = threading.Event(), list[object](), list[object]()
    lane.run(owner, gate.wait, answers.append)
    delete(owner)
    gate.set()
    other = QObject()
    lane.run(other, lambda: 1, after.append)
    qtbot.waitUntil(lambda: bool(after))
    assert answers == []


def test_a_cancelled_job_never_runs_nor_answers(lane: Lane, owner: QObject, qtbot: QtBot) -> None:
    gate, ran, after = threading.Event(), list[int](), list[object]()
    lane.run(owner, gate.wait)
    ticket = lane.run(owner, lambda: ran.append(1), after.append)
    ticket.cancel()
    gate.set()
    lane.run(owner, lambda: "after", after.append)
    qtbot.waitUntil(lambda: bool(after))
    assert (ran, after) == ([], ["after"])


def test_a_running_job_sees_its_ticket_cancelled(lane: Lane, owner: QObject, qtbot: QtBot) -> None:
    ticket, began, seen = Ticket(), threading.Event(), list[object]()

    def job() -> None:
        began.set()
        while not ticket.cancelled:
            pass
        seen.append("stopped")

    lane.run(owner, job, seen.append, ticket=ticket)
    assert began.wait(5)
    ticket.cancel()
    qtbot.waitUntil(lambda: bool(seen))
    lane.run(owner, lambda: "after", seen.append)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["stopped", "after"]


def test_a_fault_of_the_world_goes_to_on_error(lane: Lane, owner: QObject, qtbot: QtBot) -> None:
    faults: list[Exception] = []

    def job() -> None:
        raise DatabaseUnreachable("gone")

    lane.run(owner, job, on_error=faults.append)
    qtbot.waitUntil(lambda: bool(faults))
    assert isinstance(faults[0], DatabaseUnreachable)


def test_a_bug_reaches_the_exception_hook_too(lane: Lane, owner: QObject, qtbot: QtBot) -> None:
    faults: list[Exception] = []
    with qtbot.captureExceptions() as caught:
        lane.run(owner, partial(dict[str, int]().__getitem__, "missing"), on_error=faults.append)
        qtbot.waitUntil(lambda: bool(faults))
    assert [kind for kind, *_ in caught] == [KeyError]


def test_parts_told_by_a_job_arrive_in_order(lane: Lane, owner: QObject, qtbot: QtBot) -> None:
    parts: list[int] = []

    def job() -> int:
        for number in range(3):
            lane.tell(owner, parts.append, number)
        return 3

    lane.run(owner, job, parts.append)
    qtbot.waitUntil(lambda: len(parts) == 4)
    assert parts == [0, 1, 2, 3]


def test_shutdown_finishes_urgent_jobs_and_drops_the_rest(lane: Lane, owner: QObject) -> None:
    gate, done = threading.Event(), list[str]()
    lane.run(owner, gate.wait)
    lane.run(owner, lambda: done.append("thumbnail"), rank=Rank.AHEAD)
    lane.run(owner, lambda: done.append("decision"), rank=Rank.URGENT)
    gate.set()
    lane.shutdown()
    lane.run(owner, lambda: done.append("late"))
    assert done == ["decision"]


def test_what_a_job_was_asked_with_is_let_go_on_the_gui_thread(lane: Lane, qtbot: QtBot) -> None:
    """A part of the window that only its callback holds would else be deleted beside it."""
    threads: list[int] = []

    class Part:
        def __del__(self) -> None:
            threads.append(threading.get_ident())

        def do(self, _value: object = None) -> None: ...

        def fail(self) -> None:
            raise DatabaseUnreachable("gone")

    for _ in range(100):
        owner, part = QObject(), Part()
        lane.run(owner, part.fail, part.do, part.do)
        lane.run(owner, partial(part.do, 1), part.do, part.do).cancel()
        lane.run(owner, partial(lane.tell, owner, part.do, 1), part.do)
        del part
    qtbot.waitUntil(lambda: len(threads) == 100)
    assert set(threads) == {threading.get_ident()}
