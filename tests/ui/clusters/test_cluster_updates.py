"""When faces are clustered: short work by itself, long work when asked, never after a cancel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from facereview.errors import Cancelled, DatabaseUnreachable
from facereview.records import Progress
from facereview.review.clusters.records import ClusterScope, ClusterStep, ClusterUpdate
from facereview.review.library.service import LibraryService
from facereview.ui.clusters.header import ProgressStrip
from facereview.ui.clusters.update import ClusterUpdates
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.window.preferences import Preferences

SHORT, LONG = ClusterScope(8_000, whole=True), ClusterScope(400_000, whole=True)
FIRST, FEW = ClusterScope(400_000, whole=True, first=True), ClusterScope(40, whole=False)
MANY, MOST = (
    ClusterScope(2_000, whole=False, new=2_000),
    ClusterScope(9_000, whole=False, new=9_000),
)
DONE = ClusterUpdate(9, 3, 1, 0.1, "as told", 3)


class Clustering(LibraryService):
    """Goes on until it is let, or cancelled."""

    def __init__(self, scope: ClusterScope) -> None:
        self.scope = scope
        self.runs = 0
        self.fault: Exception | None = None
        self.gate = threading.Event()
        self.tells = Progress(0, 0, ClusterStep.STARTING)

    def cluster_scope(self, *, from_nothing: bool = False) -> ClusterScope:
        return self.scope

    def update_clusters(
        self,
        *,
        from_nothing: bool,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ClusterUpdate:
        self.runs += 1
        on_progress(self.tells)
        while not self.gate.wait(0.01):
            if cancelled():
                raise Cancelled
        if self.fault is not None:
            raise self.fault
        return DONE


@pytest.fixture
def work() -> Iterator[Clustering]:
    made = Clustering(LONG)
    yield made
    made.gate.set()


@pytest.fixture
def updates(work: Clustering, lanes: Lanes) -> ClusterUpdates:
    return ClusterUpdates(work, lanes, lanes)


@pytest.fixture
def strip(updates: ClusterUpdates, qtbot: QtBot) -> ProgressStrip:
    made = ProgressStrip(updates)
    qtbot.addWidget(made)
    return made


def settled(updates: ClusterUpdates, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not updates.considering)


def test_a_long_one_is_offered_with_its_time_and_begins_when_asked(
    updates: ClusterUpdates, strip: ProgressStrip, work: Clustering, qtbot: QtBot
) -> None:
    updates.look()
    settled(updates, qtbot)
    assert (work.runs, updates.offer) == (0, LONG)
    assert not strip.isHidden() and not strip.start.isHidden() and strip.cancel.isHidden()
    assert strip.text.text().startswith("Clustering 400000 faces takes about 4 minutes")
    work.gate.set()
    with qtbot.waitSignal(updates.done):
        strip.start.click()
    assert (work.runs, updates.offer) == (1, None)
    assert strip.isHidden()


def test_a_long_one_does_not_follow_decisions_either(
    updates: ClusterUpdates, work: Clustering, qtbot: QtBot
) -> None:
    updates.soon()
    updates.hurry()
    qtbot.waitUntil(lambda: not updates.busy)
    assert (work.runs, updates.offer, updates.due) == (0, LONG, True)


def test_placing_many_new_faces_is_offered_too_where_it_takes_long(
    updates: ClusterUpdates, work: Clustering, qtbot: QtBot
) -> None:
    work.scope = MOST
    updates.soon()
    updates.hurry()
    qtbot.waitUntil(lambda: not updates.busy)
    assert (work.runs, updates.offer) == (0, MOST)


@pytest.mark.parametrize("scope", [SHORT, FEW, MANY])
def test_a_short_one_begins_by_itself(
    updates: ClusterUpdates, work: Clustering, qtbot: QtBot, scope: ClusterScope
) -> None:
    work.scope = scope
    work.gate.set()
    with qtbot.waitSignal(updates.done):
        updates.look()
    assert (work.runs, updates.offer) == (1, None)


def test_the_first_clusters_are_offered_on_the_page_and_not_twice(
    updates: ClusterUpdates, strip: ProgressStrip, work: Clustering, qtbot: QtBot
) -> None:
    work.scope = FIRST
    updates.look()
    settled(updates, qtbot)
    assert updates.offer == FIRST and strip.isHidden()


def test_what_it_does_is_said_from_the_beginning(
    updates: ClusterUpdates, strip: ProgressStrip, work: Clustering, qtbot: QtBot
) -> None:
    updates.run()
    assert not strip.isHidden() and strip.text.text() == "clustering: starting …"
    work.gate.set()
    qtbot.waitUntil(lambda: not updates.running)
    work.gate.clear()
    work.tells = Progress(100_000, 400_000, ClusterStep.COMPARING)
    updates.run()
    shown = "clustering 400000 faces · comparing each face with the others · 25 %"
    qtbot.waitUntil(lambda: strip.text.text() == shown)
    assert not strip.cancel.isHidden() and strip.start.isHidden()


@pytest.mark.parametrize("scope", [SHORT, MANY])
def test_cancelling_is_no_fault_and_it_stays_cancelled(
    updates: ClusterUpdates,
    strip: ProgressStrip,
    work: Clustering,
    qtbot: QtBot,
    scope: ClusterScope,
) -> None:
    work.scope = scope
    told: list[object] = []
    updates.failed.connect(told.append)
    updates.look()
    qtbot.waitUntil(lambda: work.runs == 1)
    with qtbot.captureExceptions() as bugs, qtbot.waitSignal(updates.ended_early):
        strip.cancel.click()
        qtbot.waitUntil(lambda: not updates.busy)
    assert (told, bugs, updates.offer) == ([], [], scope)
    for again in (updates.look, updates.soon):
        again()
        updates.hurry()
        qtbot.waitUntil(lambda: not updates.busy)
    assert work.runs == 1
    work.gate.set()
    with qtbot.waitSignal(updates.done):
        strip.start.click()
    with qtbot.waitSignal(updates.done):
        updates.look()
    assert work.runs == 3


def test_a_cancel_is_remembered_at_the_next_start(
    updates: ClusterUpdates, work: Clustering, lanes: Lanes, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "preferences.ini"
    kept = Preferences(file)
    updates.declined_changed.connect(partial(kept.set_clusters_on_request, "library"))
    work.scope = SHORT
    updates.look()
    qtbot.waitUntil(lambda: work.runs == 1)
    updates.cancel()
    qtbot.waitUntil(lambda: not updates.busy)
    next_time = ClusterUpdates(work, lanes, lanes)
    next_time.declined = Preferences(file).clusters_on_request("library")
    assert not Preferences(file).clusters_on_request("another library")
    next_time.look()
    settled(next_time, qtbot)
    assert (work.runs, next_time.offer) == (1, SHORT)


def test_a_fault_is_told_only_where_somebody_waits(
    updates: ClusterUpdates, work: Clustering, qtbot: QtBot
) -> None:
    told: list[object] = []
    updates.failed.connect(told.append)
    work.scope, work.fault = FEW, DatabaseUnreachable("gone")
    work.gate.set()
    updates.soon()
    updates.hurry()
    qtbot.waitUntil(lambda: work.runs == 1 and not updates.busy)
    assert told == []
    updates.look()
    qtbot.waitUntil(lambda: told == [work.fault])


def test_one_that_is_asked_for_while_another_runs_comes_after_it(
    updates: ClusterUpdates, work: Clustering, qtbot: QtBot
) -> None:
    updates.run()
    qtbot.waitUntil(lambda: work.runs == 1)
    updates.run()
    work.gate.set()
    qtbot.waitUntil(lambda: work.runs == 2 and not updates.running)
