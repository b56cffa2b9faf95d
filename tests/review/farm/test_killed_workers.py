"""Workers of the farm that are killed at their work: nothing is lost, and nothing done twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.review.farm.of_library import filler_of
from facereview.review.farm.status import FarmDesk
from facereview.review.library.opening import OpenLibrary

Sql = psycopg.Connection[Any]
Worker = subprocess.Popen[bytes]

FILMS = 5
RECOVERED = 60.0
"""Seconds within which the job of a dead worker must be another's."""

AUDIT = """
CREATE TABLE facereview_test_written (video_id INTEGER);
CREATE FUNCTION facereview_test_note() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO facereview_test_written VALUES (NEW.video_id); RETURN NEW; END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE ON facereview.scan
    FOR EACH ROW EXECUTE FUNCTION facereview_test_note();
"""
"""Counts how often a scan of each video was committed."""


@pytest.fixture
def work(library: OpenLibrary) -> Iterator[Callable[[], Worker]]:
    """Starts a worker; what still runs at the end is ended."""
    started: list[Worker] = []
    environment = os.environ | {
        "FACEREVIEW_HOME": str(library.home.root),
        "DATABASE_URL": library.database.url,
    }

    def start() -> Worker:
        script = str(Path(__file__).with_name("hurried.py"))
        worker = subprocess.Popen(
            [sys.executable, script],
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def held(sql: Sql, worker: Worker) -> bool:
    """Whether a worker is at a job."""
    found = sql.execute(
        "SELECT FROM facereview.farm_worker WHERE process = %s AND parcel_id IS NOT NULL",
        [worker.pid],
    )
    return found.fetchone() is not None


def kill_at_work(sql: Sql, workers: Sequence[Worker]) -> None:
    """End workers as soon as each of them is at a job of its own, which it cannot finish."""
    with sql.transaction():
        sql.execute("LOCK TABLE facereview.scan IN SHARE MODE")
        while not all(held(sql, worker) for worker in workers):
            assert all(worker.poll() is None for worker in workers)
            time.sleep(0.01)
        for worker in workers:
            worker.kill()
            worker.wait()
        doing = "SELECT count(*) FROM facereview.procrastinate_jobs WHERE status = 'doing'"
        assert sql.execute(doing).fetchone() == (len(workers),)


def test_two_workers_killed_at_their_work(
    library: OpenLibrary, films: Path, sql: Sql, work: Callable[[], Worker]
) -> None:
    with library.store() as store:
        added = filler_of(library, store, 2).add([films])
        assert (added.videos, added.jobs) == (FILMS, 3)
        sql.execute(AUDIT)
        kill_at_work(sql, (work(), work()))
        dead = time.monotonic()
        assert work().wait() == 0
        assert time.monotonic() - dead < RECOVERED
        status = FarmDesk(store).status()
        assert status is not None
        assert (status.done, status.left, status.over) == (FILMS, 0, True)
    written = sql.execute("SELECT count(*) FROM facereview_test_written GROUP BY video_id")
    assert [count for (count,) in written] == [1] * FILMS
    faces = sql.execute(
        "SELECT video_id, frame_timestamp, bbox_x, bbox_y FROM video_face_detections"
    ).fetchall()
    assert len(faces) == len(set(faces)) == 2 * FILMS
