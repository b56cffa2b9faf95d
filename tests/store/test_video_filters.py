"""Filters of videos give the rows of plain SQL, in every order, page by page."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

import psycopg
import pytest

from facereview.filters import (
    Between,
    CreatorRole,
    Days,
    VideoFilter,
    VideoKind,
    VideoOrder,
    VideoSort,
)
from facereview.store.session import Database, parts
from facereview.store.store import Store

VIDEOS = 240

EVERYTHING = """
SELECT v.id FROM videos v
LEFT JOIN facereview.scan sc ON sc.video_id = v.id
LEFT JOIN (SELECT video_id, count(*) AS n,
                  count(*) FILTER (WHERE coalesce(match_status, 'pending') = 'pending') AS waiting
           FROM video_face_detections GROUP BY video_id) f ON f.video_id = v.id
WHERE """
FACES = "SELECT FROM video_face_detections d WHERE d.video_id = v.id"
NAMED = "d.match_status IN ('matched', 'manual')"
PENDING = "coalesce(d.match_status, 'pending') = 'pending'"
TAG = "EXISTS (SELECT FROM video_creators t WHERE t.video_id = v.id AND t.creator_id IN ({}))"
CALLED = (
    "SELECT c.id FROM creators c LEFT JOIN facereview.alias a ON a.creator_id = c.id "
    "WHERE strpos(lower(c.name), '{0}') > 0 OR strpos(lower(a.name), '{0}') > 0"
)


def text(said: str) -> str:
    called = CALLED.format(said)
    return (
        f"strpos(lower(v.file_path || '|' || coalesce(v.title, '')), '{said}') > 0 "
        f"OR EXISTS ({FACES} AND {NAMED} AND d.matched_creator_id IN ({called})) "
        f"OR {TAG.format(called)}"
    )


CASES: list[tuple[dict[str, Any], str]] = [
    ({"show": VideoKind.PENDING}, f"EXISTS ({FACES} AND {PENDING})"),
    ({"show": VideoKind.FAULT}, "sc.fault IS NOT NULL"),
    ({"show": VideoKind.UNSCANNED}, "sc.video_id IS NULL"),
    ({"show": VideoKind.TAGGED}, TAG.format("1, 2, 3")),
    ({"text": "Ann_1"}, text("ann_1")),
    ({"text": "beA"}, text("bea")),
    ({"text": "%"}, text("%")),
    (
        {"creators": (1, 2), "roles": (CreatorRole.DECIDED,)},
        f"EXISTS ({FACES} AND {NAMED} AND d.matched_creator_id IN (1, 2)) "
        f"OR {TAG.format('1, 2')}",
    ),
    (
        {"creators": (3,), "roles": (CreatorRole.SUGGESTED,)},
        f"EXISTS ({FACES} AND {PENDING} AND d.matched_creator_id = 3)",
    ),
    (
        {"creators": (2,), "roles": (CreatorRole.DENIED,)},
        f"EXISTS ({FACES} AND d.id IN "
        "(SELECT detection_id FROM facereview.verdict WHERE creator_id = 2))",
    ),
    (
        {"creators": (1,)},
        f"EXISTS ({FACES} AND d.matched_creator_id = 1 AND ({NAMED} OR {PENDING})) "
        f"OR {TAG.format('1')}",
    ),
    ({"folder": "/films/a/"}, r"v.file_path ~ '^/films/a[/\\]'"),
    ({"folder": "C:\\films"}, r"v.file_path ~ '^C:\\films\\'"),
    ({"minutes": Between(10, 40)}, "v.duration_seconds >= 600 AND v.duration_seconds <= 2400"),
    ({"minutes": Between(None, 5)}, "v.duration_seconds <= 300"),
    (
        {"scanned": Days(date(2026, 3, 2), date(2026, 3, 4))},
        "sc.scanned_at >= '2026-03-02' AND sc.scanned_at < '2026-03-05'",
    ),
    ({"missing": True}, "v.is_available IS FALSE"),
]  # fmt: skip

VALUES = {
    VideoSort.CLOSEST: "v.file_path",
    VideoSort.PATH: "v.file_path",
    VideoSort.TITLE: r"lower(coalesce(v.title, regexp_replace(v.file_path, '.*[/\\]', '')))",
    VideoSort.LENGTH: "CASE WHEN v.duration_seconds <> 'NaN' THEN v.duration_seconds END",
    VideoSort.SIZE: "v.file_size_bytes",
    VideoSort.CODEC: "lower(v.codec)",
    VideoSort.FACES: "coalesce(f.n, 0)",
    VideoSort.PENDING: "coalesce(f.waiting, 0)",
    VideoSort.SCANNED: "sc.scanned_at",
}


def filled(sql: psycopg.Connection[Any]) -> None:
    """A library in which every condition holds of some videos and not of others."""
    lot = random.Random(18)
    for name in ("Ann_1", "annx1", "Cleo"):
        sql.execute("INSERT INTO creators (name) VALUES (%s)", [name])
    sql.execute("INSERT INTO facereview.alias VALUES (3, 'Beatrice'), (2, 'somebody')")
    folders = ["/films/a/", "/films/a/x/", "/films/ab/", "/films/", "C:\\films\\", "C:\\filmsx\\"]
    for number in range(1, VIDEOS + 1):
        name = lot.choice(["Ann_1", "annx1", "bea", "100%", "Six"])
        sql.execute(
            "INSERT INTO videos (file_path, title, duration_seconds, codec, file_size_bytes, "
            "is_available) VALUES (%s, %s, %s, %s, %s, %s)",
            [
                f"{lot.choice(folders)}{name} {number}.mp4",
                lot.choice([None, "Holiday", "about Bea", "100%", "ann_1", "annx1"]),
                lot.choice([None, float("nan"), lot.uniform(1, 4000), 300.0]),
                lot.choice([None, "h264", "HEVC"]),
                lot.choice([None, lot.randint(1, 10**10), 5]),
                lot.choice([True, False, None]),
            ],
        )
        if lot.random() < 0.7:
            fault = lot.choice([None, None, "It breaks off."])
            day = f"2026-03-0{lot.randint(1, 6)} 23:30"
            sql.execute(
                "INSERT INTO facereview.scan VALUES (%s, 1, 5, 64, 5, 9, %s, %s)",
                [number, fault, day],
            )
        if lot.random() < 0.3:
            tagged = lot.choice([1, 2, 3])
            sql.execute("INSERT INTO video_creators VALUES (%s, %s)", [number, tagged])
        for _ in range(lot.choice([0, 0, 1, 2, 5])):
            add_face(sql, lot, number)
    sql.execute("ANALYZE")


def add_face(sql: psycopg.Connection[Any], lot: random.Random, video: int) -> None:
    status = lot.choice([None, "pending", "matched", "manual", "rejected", "rejected"])
    creator = None if status == "rejected" else lot.choice([1, 2, 3])
    row = sql.execute(
        "INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, bbox_y, "
        "bbox_width, bbox_height, matched_creator_id, match_status) VALUES "
        "(%s, 1, array_fill(0, ARRAY[512])::vector, 1, 1, 9, 9, %s, %s) RETURNING id",
        [video, creator, status],
    ).fetchone()
    assert row is not None
    if lot.random() < 0.3:
        no = lot.choice([1, 2, 3])
        sql.execute("INSERT INTO facereview.verdict VALUES (%s, %s)", [row[0], no])


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


def plain(sql: psycopg.Connection[Any], order: VideoOrder, *conditions: str) -> list[int]:
    """What plain SQL gives; what has no value comes last."""
    every = " AND ".join(f"({condition})" for condition in ("TRUE", *conditions))
    value, turned = VALUES[order.by], "DESC" if order.falling else "ASC"
    text = f"{EVERYTHING}{every} ORDER BY {value} IS NULL, {value} {turned}, v.id"
    return [row[0] for row in sql.execute(text).fetchall()]


def paged(store: Store, wanted: VideoFilter, order: VideoOrder, size: int) -> list[int]:
    """All of them, a page after the other."""
    page = store.filtered_videos.page(wanted, order, size)
    found: list[int] = page.videos.tolist()
    while page.after is not None:
        page = store.filtered_videos.page(wanted, order, size, page.after)
        found += page.videos.tolist()
    return found


PATHS = VideoOrder(VideoSort.PATH)


@pytest.mark.parametrize(("given", "said"), CASES, ids=lambda value: str(value)[:40])
def test_each_filter_gives_the_rows_of_plain_sql(
    library: Library, given: dict[str, Any], said: str
) -> None:
    store, sql = library
    expected = plain(sql, PATHS, said)
    assert 0 < len(expected) < VIDEOS
    assert paged(store, VideoFilter(**given), PATHS, 1000) == expected
    assert store.filtered_videos.count(VideoFilter(**given)) == len(expected)


@pytest.mark.parametrize("seed", range(20))
def test_a_random_combination_gives_the_rows_of_plain_sql(library: Library, seed: int) -> None:
    store, sql = library
    lot = random.Random(seed)
    chosen: dict[str, Any] = {}
    said: list[str] = []
    for given, condition in lot.sample(CASES, 8):
        if not set(given) & set(chosen) and len(said) < 2 + seed % 3:
            chosen |= given
            said.append(condition)
    sorts = [sort for sort in VideoSort if sort is not VideoSort.CLOSEST]
    order = VideoOrder(lot.choice(sorts), lot.random() < 0.5)
    assert paged(store, VideoFilter(**chosen), order, 5) == plain(sql, order, *said)


@pytest.mark.parametrize("falling", [False, True])
@pytest.mark.parametrize("sort", VideoSort)
def test_pages_follow_each_other_without_gap_or_repetition(
    library: Library, sort: VideoSort, falling: bool
) -> None:
    store, sql = library
    order = VideoOrder(sort, falling)
    assert paged(store, VideoFilter(), order, 7) == plain(sql, order)


def test_what_is_called_as_searched_for_comes_first(library: Library) -> None:
    store, sql = library
    found = paged(store, VideoFilter(text="ANN_1"), VideoOrder(), 7)
    rows = dict(sql.execute("SELECT id, title FROM videos").fetchall())
    files = dict(sql.execute(r"SELECT id, regexp_replace(file_path, '.*[/\\]', '') FROM videos"))
    ranks = [
        0 if rows[i] == "ann_1" else 1 if files[i].lower().startswith("ann_1") else 2 for i in found
    ]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}
    assert sorted(found) == sorted(paged(store, VideoFilter(text="ann_1"), PATHS, 7))
    file = next(iter(files.values()))
    exact = paged(store, VideoFilter(text=file.removesuffix(".mp4")), VideoOrder(), 7)
    assert files[exact[0]] == file


def test_a_text_with_a_null_character_is_searched_for_without_it(library: Library) -> None:
    store, _ = library
    odd = VideoFilter(text="bea\0")
    expected = paged(store, VideoFilter(text="bea"), VideoOrder(), 50)
    assert paged(store, odd, VideoOrder(), 50) == expected


def test_a_filter_of_videos_is_kept_as_it_is() -> None:
    said: dict[str, Any] = {}
    for given, _ in CASES:
        said |= given
    assert set(said) == {field.name for field in fields(VideoFilter)}
    wanted = VideoFilter(**said)
    assert VideoFilter.from_json(wanted.to_json()) == wanted


def test_each_part_about_videos_is_used() -> None:
    kinds = {f"videos_of_{kind}" for kind in VideoKind} - {"videos_of_all"}
    used = {f"videos_by_{sort}" for sort in VideoSort} | kinds
    used |= {f"videos_role_{role}" for role in CreatorRole} | {"videos_page", "videos_count"}
    used |= {f"videos_of_{field.name}" for field in fields(VideoFilter)}
    made = {name for name in parts() if re.match("videos_", name)}
    assert made <= used
