"""Filters of clusters give the rows of plain SQL."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import psycopg
import pytest

from facereview.filters import Between, ClusterFilter
from facereview.store.session import Database, parts
from facereview.store.store import Store

CLUSTERS = 60

PENDING = "coalesce(d.match_status, 'pending') = 'pending'"
FACES = (
    "(SELECT {} FROM facereview.membership m "
    "JOIN video_face_detections d ON d.id = m.detection_id JOIN videos v ON v.id = d.video_id "
    f"WHERE m.cluster_id = c.id AND {PENDING} AND {{}})"
)
SIZE = FACES.format("count(*)", "TRUE")
VIDEOS = FACES.format("count(DISTINCT d.video_id)", "TRUE")
SIMILARITY = FACES.format("avg(m.similarity::float8)", "TRUE")
CALLED = (
    "c.creator_id IN (SELECT o.id FROM creators o LEFT JOIN facereview.alias a "
    "ON a.creator_id = o.id WHERE strpos(lower(o.name), '{0}') > 0 "
    "OR strpos(lower(a.name), '{0}') > 0)"
)

INSIDE = "v.file_path LIKE '/films/a/%'"


def text(said: str) -> str:
    inside = f"strpos(lower(v.file_path || '|' || coalesce(v.title, '')), '{said}') > 0"
    return f"{CALLED.format(said)} OR EXISTS {FACES.format('', inside)}"


CASES: list[tuple[dict[str, Any], str]] = [
    ({"text": "ann_"}, text("ann_")),
    ({"text": "Bea"}, text("bea")),
    ({"creators": (1, 3)}, "c.creator_id IN (1, 3)"),
    ({"folder": "/films/a"}, f"EXISTS {FACES.format('', INSIDE)}"),
    ({"size": Between(2, 3)}, f"{SIZE} IN (2, 3)"),
    ({"in_videos": Between(2, None)}, f"{VIDEOS} >= 2"),
    (
        {"similarity": Between(0.3, 0.6)},
        f"c.creator_id IS NOT NULL AND {SIMILARITY} >= .3 AND {SIMILARITY} <= .6",
    ),
    (
        {"probability": Between(None, 0.5)},
        "c.creator_id IS NOT NULL AND c.chance <= .5",
    ),
]  # fmt: skip


def filled(sql: psycopg.Connection[Any]) -> None:
    """Clusters of which every condition holds for some and not for others."""
    lot = random.Random(18)
    for name in ("Ann_1", "annx", "Cleo"):
        sql.execute("INSERT INTO creators (name) VALUES (%s)", [name])
    sql.execute("INSERT INTO facereview.alias VALUES (3, 'Beatrice')")
    for number, folder in enumerate(("/films/a/", "/films/ab/", "/films/", "/ann_/", "/x/", "/y/")):
        title = [None, "about Bea", "annx", None, None, None][number]
        sql.execute(
            "INSERT INTO videos (file_path, title) VALUES (%s, %s)", [f"{folder}1.mp4", title]
        )
    for _ in range(CLUSTERS):
        sql.execute(
            "INSERT INTO facereview.cluster (creator_id, lookalike, chance) VALUES (%s, %s, %s)",
            [lot.choice([None, 1, 2, 3]), lot.random() < 0.3, lot.choice([None, lot.random()])],
        )
    for face in range(1, 4 * CLUSTERS):
        status = lot.choice([None, "pending", "pending", "manual"])
        sql.execute(
            "INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, "
            "bbox_y, bbox_width, bbox_height, match_status) VALUES "
            "(%s, 1, array_fill(0, ARRAY[512])::vector, 1, 1, 9, 9, %s)",
            [lot.choice([1, 2, 3, 4, 5, 5, 6, 6, 6]), status],
        )
        cluster = lot.choice([None, *(lot.randint(1, CLUSTERS) for _ in range(5))])
        sql.execute(
            "INSERT INTO facereview.membership (detection_id, cluster_id, similarity) "
            "VALUES (%s, %s, %s)",
            [face, cluster, lot.choice([None, round(lot.random(), 2)])],
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


def check(library: Library, wanted: ClusterFilter, *conditions: str) -> int:
    """A filter gives what plain SQL gives; how many they are."""
    store, sql = library
    every = " AND ".join(f"({condition})" for condition in (f"{SIZE} > 0", *conditions))
    expected = sql.execute(
        f"SELECT c.id, c.creator_id IS NULL, c.lookalike FROM facereview.cluster c WHERE {every}"
    ).fetchall()
    found = [(one.id, one.new, one.lookalike) for one in store.filtered_clusters.found(wanted)]
    assert sorted(found) == sorted(expected)
    return len(found)


@pytest.mark.parametrize(("given", "said"), CASES, ids=lambda value: str(value)[:40])
def test_each_filter_gives_the_rows_of_plain_sql(
    library: Library, given: dict[str, Any], said: str
) -> None:
    assert 0 < check(library, ClusterFilter(**given), said) < check(library, ClusterFilter())


@pytest.mark.parametrize("seed", range(20))
def test_a_random_combination_gives_the_rows_of_plain_sql(library: Library, seed: int) -> None:
    lot = random.Random(seed)
    chosen: dict[str, Any] = {}
    said: list[str] = []
    for given, condition in lot.sample(CASES, 4):
        if not set(given) & set(chosen) and len(said) < 2 + seed % 2:
            chosen |= given
            said.append(condition)
    check(library, ClusterFilter(**chosen), *said)


def test_a_filter_of_clusters_is_kept_as_it_is() -> None:
    said: dict[str, Any] = {}
    for given, _ in CASES:
        said |= given
    assert set(said) == {field.name for field in fields(ClusterFilter)}
    wanted = ClusterFilter(**said)
    assert ClusterFilter.from_json(wanted.to_json()) == wanted


def test_each_part_about_clusters_is_used() -> None:
    used = {f"clusters_of_{field.name}" for field in fields(ClusterFilter)}
    used |= {"clusters_ids", "clusters_sizes", "clusters_faces", "clusters_pending"}
    assert {name for name in parts() if name.startswith("clusters_")} <= used
