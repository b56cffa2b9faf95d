from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest
from pytestqt.qtbot import QtBot

from facereview.errors import DatabaseUnreachable, ReviewError
from facereview.ui.jobs.lanes import Lanes, Rank, Ticket
from facereview.ui.jobs.loader import Loader, one_by_one


class Source:
    """Loads the name of each number; what is asked for waits while the gate is closed."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.without: set[int] = set()
        self.fault: ReviewError | None = None
        self.version = 1
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, wishes: Mapping[int, None], _ticket: Ticket) -> dict[int, str]:
        self.batches.append(list(wishes))
        said = self.version
        self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return {n: f"{n}.{said}" for n in wishes if n not in self.without}


class Names(Loader[int, None, str]):
    """A loader on the listing lane."""

    def __init__(self, lanes: Lanes, source: Source, *, retries: bool = False) -> None:
        super().__init__(lanes.listing, source, budget=4, batch=2, waiting=5, retries=retries)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def names(lanes: Lanes, source: Source) -> Names:
    return Names(lanes, source)


def ids(*numbers: int) -> dict[int, None]:
    return dict.fromkeys(numbers)


def test_the_newest_wishes_come_first_in_batches_and_the_oldest_are_dropped(
    names: Names, source: Source, qtbot: QtBot
) -> None:
    source.gate.clear()
    for number in range(1, 9):
        assert names.ask(number, None) is None
    source.gate.set()
    qtbot.waitUntil(lambda: not names.busy)
    assert source.batches == [[1], [8, 7], [6, 5], [4]]
    assert names.ask(4, None) == "4.1"


def test_what_is_wanted_now_comes_first_and_replaces_what_was_wanted_next(
    names: Names, source: Source, lanes: Lanes, qtbot: QtBot
) -> None:
    gate = threading.Event()
    lanes.listing.run(names, gate.wait)
    names.load(ids(1), ids(2, 3, 4))
    names.load(ids(9), ids(10, 11, 12))
    gate.set()
    qtbot.waitUntil(lambda: len(source.batches) == 4 and not names.busy)
    assert source.batches == [[1], [9], [10, 11], [12]]


def test_the_least_recently_used_is_dropped_and_what_is_pinned_is_not(
    names: Names, source: Source, qtbot: QtBot
) -> None:
    names.pin(ids(1, 2))
    qtbot.waitUntil(lambda: names.get(2) is not None)
    for number in range(3, 9):
        names.load(ids(number))
        qtbot.waitUntil(lambda number=number: names.get(number) is not None)  # type: ignore[misc]
        names.get(3)
    held = [number for number in range(1, 9) if names.get(number)]
    assert held == [1, 2, 3, 6, 7, 8]


def test_an_answer_from_before_a_change_is_not_taken(
    names: Names, source: Source, qtbot: QtBot
) -> None:
    source.gate.clear()
    names.load(ids(1))
    qtbot.waitUntil(lambda: source.batches == [[1]])
    names.mark_outdated()
    assert not names.awaits(1)
    source.version = 2
    with qtbot.waitSignal(names.arrived):
        names.load(ids(1))
        source.gate.set()
    assert names.current(1) == "1.2"


def test_an_outdated_value_is_shown_until_the_new_one_is_there(
    names: Names, source: Source, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(names.arrived):
        names.ask(1, None)
    source.version = 2
    names.mark_outdated([1])
    assert (names.get(1), names.current(1)) == ("1.1", None)
    with qtbot.waitSignal(names.arrived):
        assert names.ask(1, None) == "1.1"
    assert names.current(1) == "1.2"


def test_a_request_that_nobody_waits_for_never_runs(
    names: Names, source: Source, lanes: Lanes, qtbot: QtBot
) -> None:
    gate, after = threading.Event(), list[int]()
    lanes.listing.run(names, gate.wait)
    names.load(ids(1, 2))
    names.clear()
    lanes.listing.run(names, lambda: 1, after.append, rank=Rank.AHEAD)
    gate.set()
    qtbot.waitUntil(lambda: after == [1])
    assert source.batches == []


def test_what_is_lost_is_asked_for_again_only_once_that_is_forgotten(
    names: Names, source: Source, qtbot: QtBot
) -> None:
    source.without = {1}
    with qtbot.waitSignal(names.gone):
        names.ask(1, None)
    source.fault = DatabaseUnreachable("not there")
    with qtbot.waitSignal(names.failed):
        names.ask(2, None)
    for number in (1, 2):
        names.ask(number, None)
    assert not names.busy
    source.without, source.fault = set(), None
    assert names.forget_lost()
    assert not names.forget_lost()
    for number in (1, 2):
        names.ask(number, None)
    qtbot.waitUntil(lambda: bool(names.get(1) and names.get(2)))


def test_what_is_retried_waits_for_the_next_wish_after_a_fault(
    lanes: Lanes, source: Source, qtbot: QtBot
) -> None:
    names = Names(lanes, source, retries=True)
    source.fault = DatabaseUnreachable("not there")
    with qtbot.waitSignal(names.failed):
        names.load(ids(1), ids(2))
    assert not names.busy
    source.fault = None
    names.load(ids(1), ids(2))
    qtbot.waitUntil(lambda: bool(names.get(1) and names.get(2)))
    assert source.batches == [[1], [1], [2]]


def test_one_that_is_refused_leaves_the_others_of_its_batch(lanes: Lanes, qtbot: QtBot) -> None:
    def load(number: int) -> str | None:
        if number == 2:
            raise DatabaseUnreachable("not there")
        return str(number) if number < 4 else None

    each = Loader[int, int, str](lanes.listing, one_by_one(load), budget=9, batch=9)
    lost = list[int]()
    each.gone.connect(lost.append)
    each.load({n: n for n in (1, 2, 3, 4)})
    qtbot.waitUntil(lambda: not each.busy)
    assert ([n for n in range(5) if each.get(n)], lost) == ([1, 3], [2, 4])
