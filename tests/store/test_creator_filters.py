"""Filters of creators give the rows of plain SQL, in every order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

import psycopg
import pytest

from facereview.filters import Between, CreatorFilter, CreatorSort, Days
from facereview.store.session import Database, parts
from facereview.store.store import Store

CREATORS = 60

FACES = "(SELECT count({}) FROM video_face_detections d WHERE d.matched_creator_id = c.id AND {})"
NAMED = "d.match_status IN ('matched', 'manual')"
REFERENCES = "(SELECT count(*) FROM creator_face_embeddings r WHERE r.creator_id = c.id)"
ALL_FACES = FACES.format("*", NAMED)
VIDEOS = FACES.format("DISTINCT d.video_id", NAMED)
SUGGESTED = FACES.format("*", "coalesce(d.match_status, 'pending') = 'pending'")
UNCHECKED = FACES.format(
    "*", "d.match_status = 'matched' AND d.id IN (SELECT detection_id FROM facereview.automatic)"
)

CASES: list[tuple[dict[str, Any], str]] = [
    ({"references": Between(None, 0)}, f"{REFERENCES} = 0"),
    ({"references": Between(1, None)}, f"{REFERENCES} > 0"),
    ({"faces": Between(1, 3)}, f"{ALL_FACES} IN (1, 2, 3)"),
    ({"faces": Between(None, 0)}, f"{ALL_FACES} = 0"),
    ({"in_videos": Between(2, None)}, f"{VIDEOS} >= 2"),
    ({"suggested": Between(1, None)}, f"{SUGGESTED} > 0"),
    ({"unchecked": True}, f"{UNCHECKED} > 0"),
    (
        {"named_on": Days(date(2026, 4, 3), date(2026, 4, 5))},
        "EXISTS (SELECT FROM facereview.decision e JOIN facereview.batch b ON b.id = e.batch_id "
        "WHERE e.after_creator_id = c.id AND e.after_status IN ('matched', 'manual') "
        "AND b.created_at >= '2026-04-03' AND b.created_at < '2026-04-06')",
    ),
    (
        {"folder": "/films/a"},
        "EXISTS (SELECT FROM videos v WHERE v.file_path LIKE '/films/a/%' AND (EXISTS (SELECT FROM "
        f"video_face_detections d WHERE d.video_id = v.id AND {NAMED} "
        "AND d.matched_creator_id = c.id) OR EXISTS (SELECT FROM video_creators t "
        "WHERE t.video_id = v.id AND t.creator_id = c.id)))",
    ),
]  # fmt: skip

ORDERS = {
    CreatorSort.NAME: "lower(c.name), c.id",
    CreatorSort.FACES: f"{ALL_FACES} DESC, lower(c.name), c.id",
    CreatorSort.VIDEOS: f"{VIDEOS} DESC, lower(c.name), c.id",
    CreatorSort.REFERENCES: f"{REFERENCES}, lower(c.name), c.id",
    CreatorSort.SUGGESTED: f"{SUGGESTED} DESC, lower(c.name), c.id",
    CreatorSort.NEWEST: "c.created_at DESC, c.id DESC",
}


def filled(sql: psycopg.Connection[Any]) -> None:
    """Creators of whom every condition holds for some and not for others."""
    lot = random.Random(18)
    for number in range(1, CREATORS + 1):
        made = f"2026-01-{lot.randint(1, 28)}"
        name = f"{lot.choice('AbCd')} {number}"
        sql.execute("INSERT INTO creators (name, created_at) VALUES (%s, %s)", [name, made])
        for _ in range(lot.choice([0, 0, 1, 3])):
            sql.execute(
                "INSERT INTO creator_face_embeddings (creator_id, embedding, source_type) "
                "VALUES (%s, array_fill(0.1, ARRAY[512])::vector, 'manual')",
                [number],
            )
    for folder in ("/films/a/", "/films/a/b/", "/films/ab/", "/films/"):
        for number in range(3):
            sql.execute("INSERT INTO videos (file_path) VALUES (%s)", [f"{folder}{number}.mp4"])
    for day in range(1, 8):
        sql.execute(
            "INSERT INTO facereview.batch (token, actor, kind, created_at) "
            "VALUES (gen_random_uuid(), 'me', 'assign', %s)",
            [f"2026-04-{day:02} 23:59"],
        )
    for face in range(1, 200):
        add_face(sql, lot, face)
    for _ in range(15):
        sql.execute(
            "INSERT INTO video_creators VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [lot.randint(1, 12), lot.randint(1, CREATORS)],
        )


def add_face(sql: psycopg.Connection[Any], lot: random.Random, face: int) -> None:
    status = lot.choice([None, "pending", "matched", "manual", "rejected"])
    creator = None if status == "rejected" else lot.randint(1, CREATORS)
    sql.execute(
        "INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, bbox_y, "
        "bbox_width, bbox_height, matched_creator_id, match_status) VALUES "
        "(%s, 1, array_fill(0, ARRAY[512])::vector, 1, 1, 9, 9, %s, %s)",
        [lot.randint(1, 12), creator, status],
    )
    if lot.random() < 0.5:
        sql.execute("INSERT INTO facereview.automatic VALUES (%s, 1)", [face])
    if lot.random() < 0.5:
        sql.execute(
            "INSERT INTO facereview.decision (batch_id, detection_id, video_id, before_status, "
            "after_status, after_creator_id) VALUES (%s, %s, 1, 'pending', %s, %s)",
            [lot.randint(1, 7), face, status or "pending", creator],
        )


Library = tuple[Store, psycopg.Connection[Any]]


@pytest.fixture(scope="module")
def library(new_databases: Any) -> Iterator[Library]:
    """The library, and a connection to look at it with."""
    url = new_databases("template_library")
    database = Database(url)
    with Store.open(database) as store, psycopg.connect(url, autocommit=True) as sql:
        with sql.transaction():
            filled(sql)
        yield store, sql
    database.close()


def plain(sql: psycopg.Connection[Any], sort: CreatorSort, *conditions: str) -> list[int]:
    """What plain SQL gives."""
    every = " AND ".join(f"({condition})" for condition in ("TRUE", *conditions))
    text = f"SELECT c.id FROM creators c WHERE {every} ORDER BY {ORDERS[sort]}"
    return [row[0] for row in sql.execute(text).fetchall()]


@pytest.mark.parametrize(("given", "said"), CASES, ids=lambda value: str(value)[:40])
def test_each_filter_gives_the_rows_of_plain_sql(
    library: Library, given: dict[str, Any], said: str
) -> None:
    store, sql = library
    expected = plain(sql, CreatorSort.NAME, said)
    assert 0 < len(expected) < CREATORS
    assert store.filtered_creators.ids(CreatorFilter(**given), CreatorSort.NAME) == expected


@pytest.mark.parametrize("seed", range(20))
def test_a_random_combination_gives_the_rows_of_plain_sql(library: Library, seed: int) -> None:
    store, sql = library
    lot = random.Random(seed)
    chosen: dict[str, Any] = {}
    said: list[str] = []
    for given, condition in lot.sample(CASES, 4):
        if not set(given) & set(chosen) and len(said) < 2 + seed % 2:
            chosen |= given
            said.append(condition)
    sort = lot.choice(list(CreatorSort))
    expected = plain(sql, sort, *said)
    assert store.filtered_creators.ids(CreatorFilter(**chosen), sort) == expected


@pytest.mark.parametrize("sort", CreatorSort)
def test_each_order_is_that_of_plain_sql(library: Library, sort: CreatorSort) -> None:
    store, sql = library
    assert store.filtered_creators.ids(CreatorFilter(), sort) == plain(sql, sort)


def test_a_filter_of_creators_is_kept_as_it_is() -> None:
    said: dict[str, Any] = {"text": "ann"}
    for given, _ in CASES:
        said |= given
    assert set(said) == {field.name for field in fields(CreatorFilter)}
    wanted = CreatorFilter(**said)
    assert CreatorFilter.from_json(wanted.to_json()) == wanted


def test_each_part_about_creators_is_used() -> None:
    used = {f"creators_by_{sort}" for sort in CreatorSort}
    used |= {"creators_ids", "creators_named", "creators_suggested", "creators_videos"}
    used |= {f"creators_of_{field.name}" for field in fields(CreatorFilter)}
    assert {name for name in parts() if name.startswith("creators_")} <= used
