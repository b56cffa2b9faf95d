"""Videos put into the farm, and a worker that works them off."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import NotFound, PackMismatch, SchemaError
from facereview.faces.catalogue import thresholds
from facereview.mounts import Mounts
from facereview.records import Progress
from facereview.review.farm import watching
from facereview.review.farm.adding import FarmFiller
from facereview.review.farm.of_library import filler_of, worker_of
from facereview.review.farm.watching import FarmWatch
from facereview.review.library.config import Settings
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store

Sql = psycopg.Connection[Any]


def add(library: OpenLibrary, store: Store, *paths: Path, most: int = 2) -> Any:
    return filler_of(library, store, most).add(list(paths))


def work(library: OpenLibrary, **options: Any) -> Any:
    return worker_of(library, 1).work(until_empty=True, **options)


def test_what_is_added_is_scanned_once_and_a_job_done_twice_changes_nothing(
    library: OpenLibrary, films: Path, sql: Sql
) -> None:
    with library.store() as store:
        added = add(library, store, films)
        assert (added.videos, added.jobs, added.waiting, added.unchanged) == (5, 3, 0, 0)
        again = add(library, store, films, films / "0.mp4")
        assert (again.videos, again.jobs, again.waiting) == (0, 0, 5)
        assert store.farm.counts().videos == 5
        worked = work(library)
        assert (worked.jobs, worked.videos, worked.faults) == (3, 5, ())
        assert worked.faces == worked.frames == 10
        found = sql.execute("SELECT count(*), count(DISTINCT video_id) FROM video_face_detections")
        assert found.fetchone() == (10, 5)
        for table in ("procrastinate_jobs", "procrastinate_events", "procrastinate_workers"):
            assert sql.execute(f"SELECT count(*) FROM facereview.{table}").fetchone() == (0,)
        assert sql.execute("SELECT count(*) FROM facereview.farm_video").fetchone() == (0,)
        linked = sql.execute("SELECT count(*) FROM facereview.track_face").fetchone()
        assert linked == (10,)
        third = add(library, store, films)
        assert (third.videos, third.unchanged) == (0, 5)
        row = store.farm.workers()[0]
        assert (row.jobs, row.videos, row.faces, row.parcel) == (3, 5, 10, None)
        assert row.ended_at is not None and row.process == os.getpid()
        before = _rows(sql)
        root = store.farm.roots()[0]
        assert root.folder == str(films) and 0 < len(root.witnesses) <= 5
        store.farm.add(root.id, [("0.mp4", "1.mp4", "2.mp4", "more/3.mp4", "more/4.mp4")])
        worked = work(library)
        assert (worked.jobs, worked.videos, worked.faces) == (1, 0, 0)
        assert _rows(sql) == before
        assert store.farm.counts().videos == 0


def test_a_worker_that_is_stopped_gives_its_job_back(
    library: OpenLibrary, films: Path, sql: Sql
) -> None:
    def scanned() -> int:
        row = sql.execute("SELECT count(*) FROM facereview.scan").fetchone()
        return row[0] if row else 0

    with library.store() as store:
        add(library, store, films, most=5)
        worked = work(library, cancelled=lambda: scanned() > 0)
        assert (worked.jobs, worked.videos) == (0, 0)
        counts = store.farm.counts()
        assert (counts.waiting, counts.doing, counts.videos) == (1, 0, 5)
        assert 1 <= scanned() < 5
        assert store.farm.workers()[0].parcel is None
        assert sql.execute("SELECT count(*) FROM facereview.procrastinate_workers").fetchone() == (
            0,
        )


def test_a_paused_farm_gives_no_jobs_and_a_folder_that_comes_back_does(
    store: Store, tmp_path: Path
) -> None:
    here, away = tmp_path / "here", tmp_path / "away"
    here.mkdir()
    (here / "a.mp4").write_bytes(b"12")
    numbers = [store.farm.add_root(str(folder)) for folder in (here, away)]
    for number in numbers:
        store.farm.add_witnesses(number, {"a.mp4": 2, "b.mp4": 0})
        store.farm.add(number, [("a.mp4",)])
    worker = store.farm.begin_worker("this", 1)
    told: list[NotFound] = []
    watch = FarmWatch(lambda: Store(store.database), Mounts(), "this", told.append)
    with watch.going_on(worker):
        assert watch.queues() == [f"facereview root {numbers[0]}"]
        assert [fault.thing for fault in told] == [str(away / "a.mp4")]
        store.farm.pause()
        until(lambda: watch.queues() == [])
        away.mkdir()
        (away / "b.mp4").write_bytes(b"any")
        store.farm.pause(paused=False)
        until(lambda: len(watch.queues()) == 2)
        (away / "b.mp4").unlink()
        with pytest.raises(NotFound):
            watch.must_be_here(numbers[1])
        assert len(watch.queues()) == 1
        assert store.farm.cancel() == 2
        watch.until_empty = True
        until(lambda: watch.ended)
    assert [fault.path for fault in store.farm.faults()] == [None]


def until(true: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_known_videos_are_scanned_where_their_folder_is_mapped(
    library: OpenLibrary, films: Path, sql: Sql
) -> None:
    with library.store() as store:
        for name in ("0.mp4", "more/3.mp4"):
            sql.execute("INSERT INTO videos (file_path) VALUES (%s)", (f"/library/{name}",))
        added = filler_of(library, store, 2).add_known()  # the folder is not on this computer
        assert (added.videos, added.jobs) == (2, 1)
        again = filler_of(library, store, 2).add_known()
        assert (again.videos, again.waiting) == (0, 2)
        assert [root.folder for root in store.farm.roots()] == ["/library"]
        library.mounts = Mounts((("/library", str(films)),))
        named = add(library, store, films / "0.mp4", films / "1.mp4")
        assert (named.videos, named.waiting) == (1, 1)
        assert work(library).videos == 3
        found = sql.execute("SELECT file_path FROM videos ORDER BY 1").fetchall()
        assert found == [("/library/0.mp4",), ("/library/1.mp4",), ("/library/more/3.mp4",)]


def test_adding_can_be_stopped_and_goes_on(store: Store, tmp_path: Path) -> None:
    for place in range(300):
        (tmp_path / f"{place:03}.mp4").touch()
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 120

    told: list[Progress] = []
    config = Settings(store, lambda: thresholds("zoo")).config()
    part = FarmFiller(store, config).add([tmp_path], on_progress=told.append, cancelled=cancelled)
    assert (part.videos, part.jobs, part.cancelled) == (120, 3, True)
    assert [(p.done, p.total) for p in told] == [(0, 0), (100, 0), (120, 120)]
    rest = FarmFiller(store, config).add([tmp_path])
    assert (rest.videos, rest.waiting, rest.cancelled) == (180, 120, False)
    witnesses = store.farm.roots()[0].witnesses
    assert 10 <= len(witnesses) <= 20 and min(witnesses) == "000.mp4"


def test_a_folder_whose_videos_were_all_encoded_again_is_known_once_they_are_added(
    store: Store, tmp_path: Path
) -> None:
    def known() -> bool:
        watch = FarmWatch(lambda: Store(store.database), Mounts(), "this", refused.append)
        with suppress(NotFound), watch.going_on(store.farm.begin_worker("this", 1)):
            return bool(watch.queues())
        return False

    config, refused = Settings(store, lambda: thresholds("zoo")).config(), list[NotFound]()
    for place in range(50):
        (tmp_path / f"{place:02}.mp4").write_bytes(b"old")
    FarmFiller(store, config).add([tmp_path])
    assert known()
    for place in range(50):
        (tmp_path / f"{place:02}.mp4").write_bytes(b"encoded again")
    assert not known()
    away = Mounts(((str(tmp_path), str(tmp_path / "away")),))
    before = store.farm.roots()
    store.videos.add_unread(str(tmp_path / "new.mp4"), "new")
    FarmFiller(store, config, mounts=away).add_known()  # the folder is not on this computer
    assert before[0].witnesses.items() <= store.farm.roots()[0].witnesses.items()
    added = FarmFiller(store, config).add([tmp_path])
    assert (added.videos, added.waiting) == (0, 50)
    assert known()
    assert set(store.farm.roots()[0].witnesses.values()) == {len(b"encoded again")}


def _rows(sql: Sql) -> dict[str, list[Any]]:
    """What a scan wrote."""
    tables = "video_face_detections facereview.scan facereview.fingerprint facereview.track_face"
    return {
        table: sql.execute(f"SELECT t::text FROM {table} t ORDER BY 1").fetchall()
        for table in tables.split()
    }


def test_what_this_computer_cannot_do_is_its_own_fault(
    library: OpenLibrary, films: Path, sql: Sql, tmp_path: Path, zoo_pack: Path
) -> None:
    with library.store() as store:
        add(library, store, films)
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "0.mp4").write_bytes(b"another file of that name")
        library.mounts = Mounts(((str(films), str(elsewhere)),))
        with pytest.raises(NotFound, match=r"The videos of .*films are not on this computer"):
            work(library)
        library.mounts = Mounts()
        identity = store.library.pack() or library.engine().identity()
        store.library.record_pack(replace(identity, name="other", probe=-identity.probe))
        with pytest.raises(PackMismatch):
            work(library)
        sql.execute("UPDATE facereview.meta SET value = '900' WHERE key = 'version'")
        with pytest.raises(SchemaError, match="newer facereview"):
            work(library)
        counts = store.farm.counts()
        assert (counts.waiting, counts.doing, counts.videos) == (3, 0, 5)
        assert sql.execute("SELECT count(*) FROM facereview.scan").fetchone() == (0,)
        faults = store.farm.faults()
        assert [fault.path for fault in faults] == [None, None]
        assert "were made by the pack other" in faults[0].reason


def test_a_video_that_gives_nothing_is_its_own_fault(
    library: OpenLibrary, films: Path, sql: Sql
) -> None:
    with library.store() as store:
        (films / "broken.mp4").write_bytes(b"no film")
        add(library, store, films)
        (films / "1.mp4").unlink()
        worked = work(library)
        assert (worked.jobs, worked.videos, worked.refused) == (3, 4, ())
        assert {path for path, _ in worked.faults} == {
            str(films / name) for name in ("1.mp4", "broken.mp4")
        }
        assert {fault.path for fault in store.farm.faults()} == {path for path, _ in worked.faults}
        assert store.farm.counts().videos == 0


def test_a_job_that_is_cancelled_while_its_folder_is_away_is_gone(
    library: OpenLibrary, films: Path, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    must_be_here = FarmWatch.must_be_here

    def interrupted(watch: FarmWatch, root: int) -> None:
        films.rename(films.with_name("away"))
        with library.store() as other:
            other.farm.cancel()
        must_be_here(watch, root)

    (films / "broken.mp4").write_bytes(b"no film")
    monkeypatch.setattr(FarmWatch, "must_be_here", interrupted)
    # a look before the job is given up would note that the folder is away
    monkeypatch.setattr(watching, "LOOK_SECONDS", 2.0)
    with library.store() as store:
        add(library, store, films, most=6)
        assert work(library).faults == ()
        assert sql.execute("SELECT status FROM facereview.procrastinate_jobs").fetchall() == []
        assert store.farm.faults() == []


def test_jobs_of_dead_workers_wait_again(store: Store, sql: Sql) -> None:
    store.farm.add(store.farm.add_root("/films"), [(f"{place}.mp4",) for place in range(4)])
    for silent in ("10 s", "31 s"):
        sql.execute(
            "INSERT INTO facereview.procrastinate_workers (last_heartbeat) "
            "VALUES (now() - %s::interval)",
            (silent,),
        )
    for worker in (1, 2, 2):
        sql.execute("SELECT facereview.procrastinate_fetch_job_v2(NULL, %s)", (worker,))
    sql.execute(
        "UPDATE facereview.procrastinate_jobs SET worker_id = NULL WHERE id = "
        "(SELECT max(id) FROM facereview.procrastinate_jobs WHERE worker_id = 2)"
    )  # as it is once the dead one is forgotten
    assert (store.farm.counts().waiting, store.farm.counts().doing) == (1, 3)
    assert store.farm.recover() == 2
    assert (store.farm.counts().waiting, store.farm.counts().doing) == (3, 1)
    assert store.farm.recover() == 0


def test_a_job_that_failed_while_it_was_cancelled_lets_others_be_added(
    store: Store, sql: Sql
) -> None:
    root = store.farm.add_root("/films")
    store.farm.add(root, [("a.mp4",)])
    worker = "INSERT INTO facereview.procrastinate_workers DEFAULT VALUES RETURNING id"
    fetch = "SELECT id FROM facereview.procrastinate_fetch_job_v2(NULL, %s)"
    job = sql.execute(fetch, sql.execute(worker).fetchone()).fetchone()
    store.farm.cancel()
    again = "SELECT facereview.procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)"
    sql.execute(again, job)
    failed = sql.execute("SELECT status, abort_requested FROM facereview.procrastinate_jobs")
    assert failed.fetchall() == [("failed", True)]
    assert store.farm.revive() == 1
    store.farm.add(root, [("a.mp4",)])
    assert store.farm.counts().waiting == 2
