"""The loop that takes jobs of the farm."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from facereview.errors import DatabaseUnreachable
from facereview.store.farm import worker
from facereview.store.farm.worker import JobLoop, Outcome
from facereview.store.store import Store

Sql = psycopg.Connection[Any]


def test_a_job_is_broken_off_when_the_database_is_lost_and_done_once_it_is_back(
    store: Store, administrator: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_AGAIN_SECONDS", 0.0)
    store.farm.add(store.farm.add_root("/films"), [("a.mp4",)])
    name = psycopg.conninfo.conninfo_to_dict(store.database.url)["dbname"]
    allow = SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    said: list[str] = []
    done: list[int] = []

    def do(parcel: int, stopping: Callable[[], bool]) -> Outcome:
        if said:
            done.append(parcel)
            return Outcome.DONE
        said.append("broken off")
        administrator.execute(allow.format(Identifier(str(name)), False))
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        deadline = time.monotonic() + 30
        while not stopping():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        administrator.execute(allow.format(Identifier(str(name)), True))
        return Outcome.BACK

    def all_done() -> bool:
        if not done:
            return False
        with psycopg.connect(store.database.url) as beside:
            left = beside.execute("SELECT count(*) FROM facereview.procrastinate_jobs").fetchone()
        return left == (0,)

    queue = store.farm.roots()[0].queue
    loop = JobLoop(
        store.database.url,
        do,
        lambda: [queue],
        stop=all_done,
        lost=lambda: said.append("lost"),
    )
    loop.run(lease=2.0)
    assert said[:2] == ["broken off", "lost"] and done
    with pytest.raises(DatabaseUnreachable):  # the connection from before
        store.farm.counts()
    assert store.farm.counts().waiting == 0
