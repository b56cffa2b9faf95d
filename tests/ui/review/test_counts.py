from __future__ import annotations

from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot
from review_support import CREATORS, NotedDesk

from facereview.records import FaceState, Status
from facereview.review.decisions.intents import Change, Intent, Kind, Outcome
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.review import queue
from facereview.ui.review.queue import Tally

PENDING, MATCHED = FaceState(Status.PENDING), FaceState(Status.MATCHED, 1, 0.8)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(queue, "time", SimpleNamespace(monotonic=clock))
    return clock


@pytest.fixture
def tally(desk: NotedDesk, lanes: Lanes, qtbot: QtBot) -> Tally:
    made = Tally(desk, lanes.database)
    with qtbot.waitSignal(made.loaded):
        made.load()
    return made


def outcome(kind: Kind, before: FaceState, after: FaceState, count: int = 1) -> Outcome:
    return Outcome(Intent(kind), True, tuple(Change(n, 1, before, after) for n in range(count)))


def test_counts_move_with_decisions_and_back_with_undo(tally: Tally) -> None:
    tally.count(outcome(Kind.ACCEPT, PENDING, MATCHED, 3), 0)
    assert (tally.pending, tally.decided, tally.rejected, tally.today) == (17, 3, 0, 3)
    tally.count(outcome(Kind.REJECT, MATCHED, FaceState(Status.REJECTED)), 1)
    # a match of the machine was not counted as decided before
    assert (tally.pending, tally.decided, tally.rejected) == (17, 3, 1)
    tally.count(outcome(Kind.UNDO, MATCHED, PENDING, 2), 0)
    assert (tally.pending, tally.decided, tally.today) == (19, 1, 2)


def test_what_only_the_machine_matched_is_not_decided_until_it_is_checked(
    tally: Tally, desk: NotedDesk, qtbot: QtBot
) -> None:
    for number in (1, 2, 3):
        desk.match(number, CREATORS[1])
    with qtbot.waitSignal(tally.loaded):
        tally.load()
    assert (tally.pending, tally.decided, tally.automatic) == (17, 0, 3)
    tally.count(outcome(Kind.ACCEPT, MATCHED, MATCHED), 1)
    assert (tally.pending, tally.decided, tally.automatic) == (17, 1, 2)


def test_a_verdict_settles_nothing(tally: Tally) -> None:
    tally.count(outcome(Kind.NOT_PERSON, PENDING, PENDING), 0)
    assert (tally.pending, tally.today) == (20, 0)


def test_figures_asked_for_before_a_decision_do_not_overwrite_it(
    tally: Tally, desk: NotedDesk, lanes: Lanes, qtbot: QtBot
) -> None:
    tally.load()
    tally.count(outcome(Kind.ACCEPT, PENDING, MATCHED), 0)
    after: list[int] = []
    lanes.database.run(tally, lambda: 1, after.append)
    qtbot.waitUntil(lambda: bool(after))
    assert tally.pending == 19


def test_the_pace_is_known_after_some_decisions_and_breaks_do_not_count(
    tally: Tally, clock: Clock
) -> None:
    assert tally.seconds_left(100) is None
    for step in range(12):
        clock.now += 2.0 if step != 6 else 3600.0
        tally.count(outcome(Kind.ACCEPT, PENDING, MATCHED), 0)
    assert tally.seconds_left(100) == pytest.approx(100 * (10 * 2 + 120) / 11)
