"""The queue's own tables and functions: as procrastinate ships them, and in our schema."""

from __future__ import annotations

from importlib import resources
from typing import Any

import psycopg
import pytest
from test_library import BACKEND

from facereview.errors import SchemaError
from facereview.home import resource
from facereview.store.contract import contract, read_contract
from facereview.store.migrations import steps
from facereview.store.session import Database
from facereview.store.store import Store

Sql = psycopg.Connection[Any]


def test_the_text_is_that_of_the_installed_library() -> None:
    shipped = resources.files("procrastinate.sql").joinpath("schema.sql").read_text("utf-8")
    queue = contract().queue
    assert queue is not None and queue.text == shipped.rstrip("\n")
    step = next(step for step in steps() if step.name.endswith("_farm"))
    assert read_contract(step.sql).queue == queue


def test_nothing_of_it_is_in_public(new_database: Any) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute(BACKEND)
        sql.execute("CREATE EXTENSION IF NOT EXISTS vector")
        before = _objects(sql, "public")
        extensions = sql.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()
        database = Database(url)
        Store.open(database).close()
        database.close()
        assert _objects(sql, "public") - before <= _shared()
        assert sql.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall() == extensions
        own = _objects(sql, "facereview")
    queue = contract().queue
    assert queue is not None
    names = {*queue.tables, *queue.types, *(one.name for one in queue.functions)}
    assert {name.partition(".")[2] for name in names} <= own


def _shared() -> set[str]:
    """What ``schema.sql`` makes in ``public`` on purpose: tables, indexes and their parts."""
    named = {t.name.partition(".")[2] for t in contract().tables if t.shared}
    named |= {*contract().shared_indexes}
    return named | {f"{name}{end}" for name in named for end in ("_pkey", "_id_seq")} | _keys(named)


def _keys(named: set[str]) -> set[str]:
    return {f"_{name}" for name in named}


def _objects(sql: Sql, schema: str) -> set[str]:
    rows = sql.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %(s)s::regnamespace "
        "UNION SELECT proname FROM pg_proc WHERE pronamespace = %(s)s::regnamespace "
        "UNION SELECT typname FROM pg_type WHERE typnamespace = %(s)s::regnamespace",
        {"s": schema},
    )
    return {row[0] for row in rows}


def test_its_functions_work_whatever_the_search_path(sql: Sql, store: Store) -> None:
    store.farm.add(store.farm.add_root("/films"), [("a.mp4", "b.mp4"), ("c.mp4",)])
    sql.execute("SET search_path = pg_catalog")
    worker = sql.execute("SELECT facereview.procrastinate_register_worker_v1()").fetchone()
    assert worker is not None
    found = sql.execute(
        "SELECT id, args FROM facereview.procrastinate_fetch_job_v2(NULL, %s)", worker
    ).fetchone()
    assert found is not None
    parcel = store.farm.parcel(found[1]["parcel"])
    assert parcel is not None and parcel.paths == ("a.mp4", "b.mp4")
    sql.execute("SELECT facereview.procrastinate_finish_job_v1(%s, 'succeeded', TRUE)", found[:1])
    assert store.farm.counts().waiting == 1
    assert sql.execute("SELECT count(*) FROM facereview.procrastinate_events").fetchone() == (1,)


def test_a_queue_that_was_dropped_is_made_again(sql: Sql, store: Store) -> None:
    queue = contract().queue
    assert queue is not None
    sql.execute(f"DROP TABLE {', '.join(queue.tables)} CASCADE")
    with pytest.raises(SchemaError, match="a part of the queue of the farm"):
        store.structure.check()
    for one in queue.functions:
        sql.execute(f"DROP FUNCTION IF EXISTS {one.name} CASCADE")
    sql.execute(f"DROP TYPE {', '.join(queue.types)} CASCADE")
    assert [lack.what for lack in store.structure.repair()] == ["the queue of the farm"]
    store.structure.check()
    assert resource("schema.sql").read_text("utf-8").count("$procrastinate$") == 2
