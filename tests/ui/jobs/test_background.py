"""Long work: its progress, result and fault, cancelling it, and that no kind waits for another."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from facereview.errors import Cancelled, DatabaseUnreachable
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell, Throughput
from facereview.ui.jobs.lanes import Lane, Lanes


@pytest.fixture
def lane(qtbot: QtBot) -> Iterator[Lane]:
    made = Lane("test")
    yield made
    made.shutdown()


@pytest.fixture
def job(lane: Lane) -> BackgroundJob:
    return BackgroundJob(lane, "the test", lane)


def until_cancelled(tell: Tell, cancelled: Asked) -> None:
    tell("begun")
    while not cancelled():
        pass
    raise Cancelled


def test_a_result_arrives_on_the_gui_thread(job: BackgroundJob, qtbot: QtBot) -> None:
    at: list[object] = []
    job.done.connect(lambda result: at.extend([result, QThread.currentThread(), job.running]))
    job.start(lambda _tell, _cancelled: threading.get_ident())
    assert job.running
    qtbot.waitUntil(lambda: len(at) == 3)
    assert at[0] != threading.get_ident()
    assert at[1:] == [QThread.currentThread(), False]


def test_progress_is_told_while_it_runs_and_never_in_a_flood(
    job: BackgroundJob, qtbot: QtBot
) -> None:
    seen, gate = list[int](), threading.Event()
    job.progressed.connect(seen.append)

    def work(tell: Tell, _cancelled: Asked) -> None:
        for number in range(20_000):
            tell(number)
        gate.wait(30)

    job.start(work)
    qtbot.waitUntil(lambda: bool(seen) and seen[-1] == 19_999)
    assert len(seen) < 200
    with qtbot.waitSignal(job.done):
        gate.set()


def test_what_is_told_last_arrives_before_the_end(job: BackgroundJob, qtbot: QtBot) -> None:
    seen: list[object] = []
    job.progressed.connect(seen.append)
    job.done.connect(seen.append)

    def work(tell: Tell, _cancelled: Asked) -> str:
        tell(1)
        return "done"

    with qtbot.waitSignal(job.done):
        job.start(work)
    assert seen == [1, "done"]


def test_cancelling_is_neither_a_fault_nor_a_bug(job: BackgroundJob, qtbot: QtBot) -> None:
    ends: list[str] = []
    job.done.connect(lambda _result: ends.append("done"))
    job.failed.connect(lambda _error: ends.append("failed"))
    with qtbot.waitSignal(job.progressed):
        job.start(until_cancelled)
    with qtbot.captureExceptions() as caught, qtbot.waitSignal(job.stopped):
        job.cancel()
        assert job.stopping
    assert (ends, caught, job.running) == ([], [], False)


def test_cancelled_work_may_have_a_result(job: BackgroundJob, qtbot: QtBot) -> None:
    began = threading.Event()

    def work(_tell: Tell, cancelled: Asked) -> str:
        began.set()
        while not cancelled():
            pass
        return "half of it"

    job.start(work)
    assert began.wait(30)
    with qtbot.waitSignal(job.done) as ended:
        job.cancel()
    assert ended.args == ["half of it"]


def test_what_waits_for_its_turn_is_cancelled_at_once(
    lane: Lane, job: BackgroundJob, qtbot: QtBot
) -> None:
    gate, began = threading.Event(), threading.Event()

    def hold() -> None:
        began.set()
        gate.wait(30)

    lane.run(lane, hold)
    assert began.wait(30)
    ran: list[int] = []
    job.start(lambda _tell, _cancelled: ran.append(1))
    with qtbot.waitSignal(job.stopped, timeout=0):
        job.cancel()
    assert not job.running
    with qtbot.waitSignal(job.done):
        job.start(lambda _tell, _cancelled: None)
        gate.set()
    assert ran == []


def test_another_run_can_follow_one_that_is_stopping(job: BackgroundJob, qtbot: QtBot) -> None:
    ends: list[object] = []
    job.stopped.connect(lambda: ends.append("stopped"))
    job.done.connect(ends.append)
    gate, began = threading.Event(), threading.Event()

    def deaf(_tell: Tell, _cancelled: Asked) -> str:
        began.set()
        gate.wait(30)
        return "first"

    job.start(deaf)
    assert began.wait(30)
    job.cancel()
    job.start(lambda _tell, _cancelled: "second")
    gate.set()
    qtbot.waitUntil(lambda: not job.running)
    assert ends == ["second"]


def test_a_second_run_is_refused_while_one_goes_on(job: BackgroundJob, qtbot: QtBot) -> None:
    job.start(until_cancelled)
    with pytest.raises(ValueError, match="running already"):
        job.start(until_cancelled)
    with qtbot.waitSignal(job.stopped):
        job.cancel()


def test_a_fault_is_told_as_it_is(job: BackgroundJob, qtbot: QtBot) -> None:
    def work(_tell: Tell, _cancelled: Asked) -> None:
        raise DatabaseUnreachable("gone")

    with qtbot.waitSignal(job.failed) as ended:
        job.start(work)
    assert isinstance(ended.args[0], DatabaseUnreachable)


def test_no_kind_of_long_work_waits_for_another(lanes: Lanes, qtbot: QtBot) -> None:
    jobs = [BackgroundJob(lane, "", lanes) for lane in lanes.background]
    together = threading.Barrier(len(jobs), timeout=30)
    met: list[int] = []
    for job in jobs:
        job.done.connect(met.append)
        job.start(lambda _tell, _cancelled: together.wait())
    qtbot.waitUntil(lambda: len(met) == len(jobs), timeout=30_000)


def test_closing_stops_what_runs(qtbot: QtBot) -> None:
    lanes = Lanes()
    job = BackgroundJob(lanes.clustering, "", lanes)
    began = threading.Event()

    def work(tell: Tell, cancelled: Asked) -> None:
        began.set()
        until_cancelled(tell, cancelled)

    job.start(work)
    assert began.wait(30)
    lanes.shutdown()
    assert not lanes.clustering._thread.is_alive()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_said_before_it_can_be_known() -> None:
    clock = Clock()
    rate = Throughput(clock)
    assert rate.per_second() is None
    rate.note(0)
    clock.now += 2
    rate.note(50)
    assert rate.seconds_left(100) is None
    clock.now += 2
    assert rate.per_second() == pytest.approx(12.5)


def test_time_left_follows_the_rate() -> None:
    clock = Clock()
    rate = Throughput(clock)
    for done in range(11):
        rate.note(done)
        clock.now += 2
    clock.now -= 2
    assert rate.per_second() == pytest.approx(0.5)
    assert rate.seconds_left(30) == pytest.approx(40)
    assert rate.seconds_left(5) == 0


def test_only_the_last_minute_counts() -> None:
    """Videos that were passed over in a blink say nothing of those that are scanned."""
    clock = Clock()
    rate = Throughput(clock)
    rate.note(0)
    rate.note(10_000)
    for done in range(10_001, 10_101):
        clock.now += 10
        rate.note(done)
    assert rate.per_second() == pytest.approx(0.1, rel=0.2)


def test_a_job_that_hangs_slows_down() -> None:
    clock = Clock()
    rate = Throughput(clock)
    rate.note(0)
    clock.now += 10
    rate.note(10)
    clock.now += 90
    assert rate.per_second() == pytest.approx(0.1)
