"""Clustering in a process of its own: the same clusters, and ended at any moment."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict

import psutil
import pytest
from clustered_library import Library

from facereview import own_process
from facereview.errors import Cancelled, DatabaseUnreachable, ReviewError
from facereview.records import Progress
from facereview.review.clusters.apart import update_apart
from facereview.review.clusters.records import ClusterStep, ClusterTask
from facereview.store.session import Database
from facereview.store.store import Store
from support import at_load

STEPS = [step for step in ClusterStep if step not in (ClusterStep.WAITING, ClusterStep.COUNTING)]


@pytest.fixture
def library(store: Store) -> Library:
    return Library(store)


@pytest.fixture
def task(database: Database) -> ClusterTask:
    return ClusterTask(database.url, database.window, 0.5, 0.5, from_nothing=True)


class Follower:
    """Hears the steps, and asks to stop once one of them is reached."""

    def __init__(self, stop: ClusterStep | None = None) -> None:
        self.stop = stop
        self.steps: list[str] = []
        self.since = 0.0

    def told(self, progress: Progress) -> None:
        self.steps.append(progress.label)
        if progress.label == self.stop and not self.since:
            self.since = time.monotonic()

    def cancelled(self) -> bool:
        return self.since > 0


def children() -> list[psutil.Process]:
    """The processes of this program that cluster, of which none may be left."""
    return [child for child in psutil.Process().children() if _clusters(child)]


def _clusters(process: psutil.Process) -> bool:
    try:
        return "facereview.review.clusters.apart" in process.cmdline()
    except psutil.NoSuchProcess:  # it ended meanwhile
        return False


def test_it_does_what_is_done_here(library: Library, task: ClusterTask) -> None:
    here = library.updater.from_nothing()
    wall = library.desk.wall()
    follower = Follower()
    apart = update_apart(task, follower.told, follower.cancelled)
    assert (apart.faces, apart.clusters, apart.single) == (here.faces, here.clusters, here.single)
    again = library.desk.wall()
    assert again.clusters == wall.clusters and again.waiting == 0
    assert list(dict.fromkeys(follower.steps)) == [*STEPS, ClusterStep.COUNTING]
    assert children() == []


@pytest.mark.parametrize("step", STEPS)
def test_it_stops_within_two_seconds_in_every_step_and_changes_nothing(
    library: Library, task: ClusterTask, step: ClusterStep, database: Database
) -> None:
    library.updater.from_nothing()
    library.add(0, 0.85, 0, at=300.0)
    before = library.desk.wall()
    follower = Follower(step)
    with Store(database) as other, other.transaction():
        other.clusters.lock()  # so few faces would all be written before it is asked to stop
        with pytest.raises(Cancelled):
            update_apart(task, follower.told, follower.cancelled)
        assert time.monotonic() - follower.since < at_load(2)
    assert library.desk.wall() == before and before.waiting == 1
    assert children() == []
    library.updater.up_to_date()  # and nothing is held that another update has to wait for
    assert library.desk.wall().waiting == 0


def test_it_gives_up_its_wait_for_another_update(
    library: Library, task: ClusterTask, database: Database
) -> None:
    follower = Follower(ClusterStep.WAITING)
    with Store(database) as other:
        assert other.clustering.take_turn()
        with pytest.raises(Cancelled):
            update_apart(task, follower.told, follower.cancelled)
        other.clustering.end_turn()
    assert time.monotonic() - follower.since < at_load(2)


def test_a_statement_under_way_is_given_up_on_the_server_too(
    library: Library, task: ClusterTask, database: Database
) -> None:
    library.updater.from_nothing()
    follower = Follower(ClusterStep.WRITING)
    with Store(database) as other, other.transaction():
        other.clusters.lock()  # a curator changes clusters: writing waits for that
        with pytest.raises(Cancelled):
            update_apart(task, follower.told, follower.cancelled)
        assert time.monotonic() - follower.since < at_load(2)
        with Store(database) as third:
            assert third.clustering.take_turn()  # which the process held until its end
            third.clustering.end_turn()


def test_a_fault_of_the_database_arrives_as_it_is(task: ClusterTask) -> None:
    gone = ClusterTask("postgresql://nobody@127.0.0.1:1/none", "", 0.5, 0.5, from_nothing=True)
    with pytest.raises(DatabaseUnreachable, match=r"127\.0\.0\.1"):
        update_apart(gone, lambda _: None, lambda: False)


def test_a_bug_in_it_is_told_with_its_traceback(library: Library, database: Database) -> None:
    wrong = ClusterTask(database.url, "", "no number", 0.5, from_nothing=True)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="Traceback"):
        update_apart(wrong, lambda _: None, lambda: False)


def test_a_process_that_the_system_ends_is_a_plain_sentence(
    library: Library, task: ClusterTask, database: Database
) -> None:
    def kill(progress: Progress) -> None:
        if progress.label == ClusterStep.COMPARING:
            for child in children():
                os.kill(child.pid, signal.SIGKILL)

    with Store(database) as other, other.transaction():
        other.clusters.lock()  # so few faces would all be written before it is ended
        with pytest.raises(ReviewError, match="want of memory"):
            update_apart(task, kill, lambda: False)


def test_it_ends_with_the_program(task: ClusterTask, database: Database) -> None:
    process = own_process.start("facereview.review.clusters.apart")
    assert process.stdin is not None
    assert process.stdout is not None
    with Store(database) as other, process.stdout:
        assert other.clustering.take_turn()  # for which it would wait
        process.stdin.write(json.dumps(asdict(task)).encode() + b"\n")
        process.stdin.flush()
        assert ClusterStep.WAITING.encode() in process.stdout.readline()
        process.stdin.close()  # as it is when the program is killed
        assert process.wait(30) == 0
        other.clustering.end_turn()
