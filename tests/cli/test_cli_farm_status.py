"""``facereview farm status``, ``pause``, ``resume`` and ``cancel``."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from cli_support import Facereview

from facereview.store.farm.queue import FarmWork
from facereview.store.store import Store

Sql = psycopg.Connection[Any]

GONE = "The folder /videos is not on this computer."


def finished(store: Store, sql: Sql, parcel: int) -> None:
    """A worker did this job."""
    sql.execute(
        "DELETE FROM facereview.procrastinate_jobs WHERE args ->> 'parcel' = %s", [str(parcel)]
    )
    store.farm.remove(parcel)


@pytest.fixture
def farm(store: Store, sql: Sql) -> list[int]:
    """Twelve videos in three jobs, one of them done: by attic; barn is silent, cellar refuses."""
    root = store.farm.add_root("/videos")
    store.farm.add(root, [[f"{n}.mp4" for n in part] for part in (range(5), range(5, 10))])
    store.farm.add(root, [["10.mp4", "11.mp4"]])
    parcels = [row[0] for row in sql.execute("SELECT id FROM facereview.farm_parcel ORDER BY id")]
    attic = store.farm.begin_worker("attic", 11)
    barn = store.farm.begin_worker("barn", 12)
    store.farm.note(attic, parcels[1], FarmWork(1, 5, 50, 9, 30.0))
    store.farm.note(barn, parcels[2])
    sql.execute(
        "UPDATE facereview.farm_worker SET seen_at = now() - INTERVAL '41 seconds' "
        "WHERE machine = 'barn'"
    )
    sql.execute(
        "UPDATE facereview.meta SET value = value || jsonb_build_object("
        "'began', now() - INTERVAL '1 hour') WHERE key = 'farm_run'"
    )
    store.farm.end_worker(store.farm.begin_worker("attic", 10))
    finished(store, sql, parcels[0])
    store.farm.add_faults("cellar", [(None, GONE)])
    store.farm.add_faults("attic", [("/videos/0.mp4", "/videos/0.mp4 cannot be decoded.")])
    return parcels


def test_without_a_farm_there_is_none(facereview: Facereview, store: Store) -> None:
    assert facereview.json("farm", "status") is None
    assert "facereview farm add" in facereview("farm", "status").stdout


def test_the_state_for_programs(facereview: Facereview, farm: list[int]) -> None:
    said = facereview.json("farm", "status")
    assert (said["videos"], said["done"], said["left"], said["jobs"]) == (12, 5, 7, 2)
    assert (said["paused"], said["given_up"], said["machines_at_work"]) == (False, 0, 1)
    assert (said["videos_a_minute"], said["seconds_left"]) == (10.0, 42)
    machines = {(m["name"], m["process"]): m for m in said["machines"]}
    assert machines["attic", 11]["state"] == "at work"
    assert ("attic", 10) not in machines  # it ended, and its computer has another
    assert machines["barn", 12]["state"] == "not heard of for 41 seconds"
    assert machines["cellar", None]["fault"] == GONE
    assert said["faulty"] == 1
    assert said["faults"] == [
        {"video": "/videos/0.mp4", "reason": "/videos/0.mp4 cannot be decoded."}
    ]


def test_the_state_for_people(facereview: Facereview, farm: list[int]) -> None:
    said = facereview("farm", "status").stdout
    for words in ("5 of 12", "about 1 minute", "not heard of for 41 seconds", GONE):
        assert words in said
    assert "/videos/0.mp4 cannot be decoded." in said


def test_a_machine_that_refuses_jobs_says_why_until_it_has_one(
    facereview: Facereview, store: Store, farm: list[int]
) -> None:
    worker = store.farm.begin_worker("cellar", 13)
    store.farm.add_faults("cellar", [(None, "Another pack is in use here.")])

    def state() -> str:
        machines = facereview.json("farm", "status")["machines"]
        return str(next(m["state"] for m in machines if m["process"] == 13))

    assert state() == "Another pack is in use here."
    store.farm.note(worker, farm[1])
    assert state() == "at work"


def test_a_process_that_says_nothing_for_long_counts_as_ended(
    facereview: Facereview, sql: Sql, farm: list[int]
) -> None:
    sql.execute("UPDATE facereview.farm_worker SET seen_at = now() - INTERVAL '11 minutes'")
    machines = facereview.json("farm", "status")["machines"]
    assert {m["state"] for m in machines if m["fault"] is None} == {"ended"}


def test_a_paused_farm_has_no_time_left_and_goes_on(
    facereview: Facereview, store: Store, farm: list[int]
) -> None:
    assert facereview.json("farm", "pause") == {"paused": True}
    assert store.farm.paused()
    said = facereview.json("farm", "status")
    assert (said["paused"], said["seconds_left"]) == (True, None)
    assert facereview.json("farm", "resume") == {"paused": False}
    assert not store.farm.paused()


def test_what_is_cancelled_is_left_out_of_the_count(
    facereview: Facereview, store: Store, farm: list[int]
) -> None:
    assert facereview.json("farm", "cancel") == {"cancelled": 7}
    said = facereview.json("farm", "status")
    assert (said["videos"], said["done"], said["left"], said["jobs"]) == (5, 5, 0, 0)
    assert "7 videos" not in facereview("farm", "cancel").stdout


def test_a_new_count_begins_once_nothing_waits(
    facereview: Facereview, store: Store, sql: Sql, farm: list[int]
) -> None:
    for parcel in farm[1:]:
        finished(store, sql, parcel)
    assert facereview.json("farm", "status")["done"] == 12
    root = store.farm.add_root("/videos")
    store.farm.add(root, [["12.mp4"]])
    said = facereview.json("farm", "status")
    assert (said["videos"], said["done"], said["left"]) == (1, 0, 1)


def test_a_farm_that_is_done_for_long_is_no_news(
    facereview: Facereview, store: Store, sql: Sql, farm: list[int]
) -> None:
    for parcel in farm[1:]:
        finished(store, sql, parcel)
    sql.execute("UPDATE facereview.farm_worker SET seen_at = now() - INTERVAL '2 hours'")
    assert facereview.json("farm", "status") is None
