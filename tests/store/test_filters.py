"""Filters give the rows of plain SQL, page by page and all at once."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.filters import Between, CreatorRole, Days, FaceFilter, FaceKind, SortBy
from facereview.store.filters import faces as filtering
from facereview.store.filters.tuning import SORTED_BY
from facereview.store.session import Database, parts
from facereview.store.store import Store

FACES = 600

EVERYTHING = """
SELECT d.id FROM video_face_detections d
JOIN videos v ON v.id = d.video_id
LEFT JOIN facereview.scan sc ON sc.video_id = v.id
LEFT JOIN facereview.automatic au ON au.detection_id = d.id
LEFT JOIN creators c ON c.id = d.matched_creator_id
LEFT JOIN facereview.membership m ON m.detection_id = d.id
LEFT JOIN (SELECT DISTINCT ON (detection_id) detection_id, created_at::date AS day,
                  coalesce(detail->>'curator', actor) AS who
           FROM facereview.decision JOIN facereview.batch b ON b.id = batch_id
           ORDER BY detection_id, decision.id DESC) last ON last.detection_id = d.id
LEFT JOIN facereview.settled se
    ON se.detection_id = d.id AND se.creator_id = d.matched_creator_id
LEFT JOIN (SELECT f.detection_id, t.creator_id, t.risk
           FROM facereview.track_face f JOIN facereview.track t ON t.id = f.track_id
           WHERE t.judged_at IS NOT NULL AND f.detection_id <> ALL(coalesce(t.unlike, '{}'))
             AND (f.detection_id, t.creator_id) NOT IN
                 (SELECT detection_id, creator_id FROM facereview.verdict)) tr
    ON tr.detection_id = d.id
WHERE """

PENDING = "coalesce(d.match_status, 'pending') = 'pending'"
NAMED = "d.match_status IN ('matched', 'manual')"
SIMILARITY = (
    "CASE WHEN d.match_confidence = 'NaN' THEN NULL WHEN d.match_confidence IS NOT NULL "
    f"THEN d.match_confidence WHEN {PENDING} THEN m.similarity END"
)
RISK = (
    "(CASE WHEN d.match_status = 'rejected' THEN NULL WHEN tr.creator_id IS NULL THEN se.risk "
    "WHEN coalesce(d.matched_creator_id, tr.creator_id) = tr.creator_id "
    "THEN coalesce(tr.risk, se.risk) "
    "WHEN tr.risk IS NULL OR se.risk > 1 - tr.risk THEN se.risk ELSE 1 - tr.risk END)"
)
FRACTIONS = (
    "(SELECT bool_and(x BETWEEN 0 AND 1) "
    "FROM unnest(ARRAY[d.bbox_x, d.bbox_y, d.bbox_width, d.bbox_height]) x)"
)
SIZE = (
    f"CASE WHEN NOT {FRACTIONS} THEN least(d.bbox_width, d.bbox_height) "
    "ELSE CASE WHEN v.width IS NOT NULL AND v.height IS NOT NULL "
    "THEN least(d.bbox_width * v.width, d.bbox_height * v.height) END END"
)
TOLD = (
    "EXISTS (SELECT FROM facereview.different x JOIN video_face_detections o "
    "ON o.id = CASE d.id WHEN x.detection_id THEN x.other_id ELSE x.detection_id END "
    "WHERE d.id IN (x.detection_id, x.other_id) AND o.matched_creator_id = {} "
    "AND (o.match_status = 'manual' OR o.match_status = 'matched' "
    "AND o.id NOT IN (SELECT detection_id FROM facereview.automatic)))"
)
ROLES = (CreatorRole.DECIDED, CreatorRole.SUGGESTED, CreatorRole.DENIED)

CASES: list[tuple[dict[str, Any], str]] = [
    ({"kinds": (FaceKind.PENDING,)}, PENDING),
    ({"kinds": (FaceKind.AUTOMATIC,)}, "d.match_status = 'matched' AND au.batch_id IS NOT NULL"),
    (
        {"kinds": (FaceKind.DECIDED, FaceKind.REJECTED)},
        "d.match_status IN ('manual', 'rejected') "
        "OR d.match_status = 'matched' AND au.batch_id IS NULL",
    ),
    ({"creators": (1, 2), "roles": ROLES[:1]}, f"c.id IN (1, 2) AND {NAMED}"),
    ({"creators": (1, 3), "roles": ROLES[1:2]}, f"c.id IN (1, 3) AND {PENDING}"),
    (
        {"creators": (2,), "roles": ROLES[2:]},
        "d.id IN (SELECT detection_id FROM facereview.verdict WHERE creator_id = 2) OR "
        + TOLD.format(2),
    ),
    (
        {"creators": (1,), "roles": ROLES},
        f"c.id = 1 AND ({NAMED} OR {PENDING}) OR (d.id, 1) IN "
        f"(SELECT detection_id, creator_id FROM facereview.verdict) OR {TOLD.format(1)}",
    ),
    ({"videos": (2, 5, 7)}, "v.id IN (2, 5, 7)"),
    ({"folder": "/films/a"}, r"v.file_path ~ '^/films/a[/\\]'"),
    ({"folder": "C:\\films\\"}, r"v.file_path ~ '^C:\\films\\'"),
    ({"similarity": Between(0.3, 0.6)}, f"{SIMILARITY} >= .3 AND {SIMILARITY} <= .6"),
    ({"probability": Between(0.35, 0.75)}, f"1 - {RISK} >= .35 AND 1 - {RISK} <= .75"),
    ({"probability": Between(None, 0.5)}, f"1 - {RISK} <= .5"),
    ({"quality": Between(0.5, None)}, "d.quality_score >= .5 AND d.quality_score <> 'NaN'"),
    ({"size": Between(40, 120)}, f"{SIZE} >= 40 AND {SIZE} <= 120"),
    (
        {"scanned": Days(date(2026, 3, 2), date(2026, 3, 4))},
        "sc.scanned_at >= '2026-03-02' AND sc.scanned_at < '2026-03-05'",
    ),
    ({"unscanned": True}, "sc.video_id IS NULL"),
    (
        {"decided_on": Days(date(2026, 4, 3), date(2026, 4, 8))},
        f"last.day BETWEEN '2026-04-03' AND '2026-04-08' AND NOT {PENDING}",
    ),
    ({"decided_by": "Zoë"}, f"last.who = 'Zoë' AND NOT {PENDING}"),
    (
        {"by_machine": True},
        "d.match_status = 'matched' AND EXISTS (SELECT FROM facereview.decision l "
        "JOIN facereview.batch b ON b.id = l.batch_id WHERE l.detection_id = d.id "
        "AND b.kind = 'automatic' AND l.after_status = 'matched' "
        "AND l.after_creator_id = d.matched_creator_id)",
    ),
    ({"run": 3}, "3 IN (SELECT batch_id FROM facereview.decision WHERE detection_id = d.id)"),
    ({"missing": True}, "v.is_available IS FALSE"),
    (
        {"text": "ann_1"},
        "v.title ILIKE '%ann\\_1%' OR v.file_path ILIKE '%ann\\_1%' OR c.name ILIKE '%ann\\_1%' "
        "OR c.id IN (SELECT creator_id FROM facereview.alias WHERE name ILIKE '%ann\\_1%')",
    ),
    ({"text": "HOLI"}, "v.title = 'Holiday'"),
    (
        {"text": "BEA"},
        "position('bea' in lower(coalesce(v.title, '') || '|' || v.file_path || '|' "
        "|| coalesce(c.name, ''))) > 0 OR c.id IN (SELECT creator_id FROM facereview.alias "
        "WHERE lower(name) LIKE '%bea%')",
    ),
]  # fmt: skip


def filled(sql: psycopg.Connection[Any]) -> None:
    """A library in which every condition holds of some faces and not of others."""
    lot = random.Random(18)
    paths = ["/films/a/Ann_1.mp4", "/films/a/x/two.mp4", "/films/ab/annx1.mp4", "/films/b.mp4",
             "C:\\films\\five.mp4", "C:\\filmsx\\six.mp4", "/films/a", "/Bea/8.mp4"]  # fmt: skip
    titles = ["Holiday", None, "about bea", "100%", "five", None, "ann_1", "eight"]
    for name in ("Ann_1", "annx1", "Cleo"):
        sql.execute("INSERT INTO creators (name) VALUES (%s)", [name])
    sql.execute("INSERT INTO facereview.alias VALUES (3, 'Beatrice'), (2, 'somebody')")
    for number, (path, title) in enumerate(zip(paths, titles, strict=True), 1):
        width, height = (None, None) if number == 4 else (1280, 720)
        sql.execute(
            "INSERT INTO videos (file_path, title, width, height, is_available) "
            "VALUES (%s, %s, %s, %s, %s)",
            [path, title, width, height, (True, False, None)[number % 3]],
        )
        if number not in (3, 6):
            sql.execute(
                "INSERT INTO facereview.scan VALUES (%s, 1, 5, 64, 5, 9, NULL, %s)",
                [number, f"2026-03-0{number} 23:30"],
            )
    batches(sql, lot)
    tracks(sql, lot)
    for face in range(1, FACES + 1):
        add_face(sql, lot, face)
    sql.execute("ANALYZE")


def batches(sql: psycopg.Connection[Any], lot: random.Random) -> None:
    """Acts of several curators on several days."""
    for number in range(1, 13):
        kind = ("assign", "automatic", "reject")[number % 3]
        sql.execute(
            "INSERT INTO facereview.batch (token, actor, kind, created_at, detail) "
            "VALUES (gen_random_uuid(), %s, %s, %s, %s)",
            [
                lot.choice(["me", "zoe"]),
                kind,
                f"2026-04-{number:02} 12:00",
                lot.choice(["{}", '{"curator": "Zoë"}']),
            ],
        )


def tracks(sql: psycopg.Connection[Any], lot: random.Random) -> None:
    """Judged, not judged, of nobody, and with faces that do not go with them."""
    for number in range(1, 101):
        creator = lot.choice([1, 2, 3, None])
        risk = None if creator is None or lot.random() < 0.1 else lot.uniform(0.01, 0.99)
        judged = None if lot.random() < 0.1 else "2026-04-01"
        unlike = lot.choice([None, [number, number + 300]])
        sql.execute(
            "INSERT INTO facereview.track (video_id, faces, creator_id, risk, judged_at, unlike) "
            "VALUES (%s, 1, %s, %s, %s, %s)",
            [number % 8 + 1, creator, risk, judged, unlike],
        )
    sql.execute("INSERT INTO facereview.cluster DEFAULT VALUES")


def add_face(sql: psycopg.Connection[Any], lot: random.Random, face: int) -> None:
    """A face, and what is known of it beside its row."""
    status = lot.choice([None, "pending", "matched", "matched", "manual", "rejected"])
    creator = None if status == "rejected" else lot.choice([1, 2, 3, None])
    creator = creator or (1 if status in ("matched", "manual") else None)
    sure = lot.choice([None, float("nan"), round(lot.random(), 1)])
    box = [lot.uniform(0, 1) for _ in range(4)]
    if lot.random() < 0.7:
        box = [lot.uniform(0, 800), lot.uniform(0, 500), lot.uniform(0, 200), lot.uniform(0, 200)]
    sql.execute(
        "INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, bbox_y, "
        "bbox_width, bbox_height, quality_score, matched_creator_id, match_confidence, "
        "match_status) VALUES (%s, %s, array_fill(0, ARRAY[512])::vector, %s, %s, %s, %s, %s, %s, "
        "%s, %s)",
        [lot.randint(1, 8), lot.randint(0, 9), *box,
         lot.choice([None, float("nan"), round(lot.random(), 1)]), creator, sure, status],
    )  # fmt: skip
    for _ in range(lot.choice([0, 1, 2])):
        log(sql, lot, face, status, creator)
    beside(sql, lot, face, status, creator)


def log(
    sql: psycopg.Connection[Any],
    lot: random.Random,
    face: int,
    status: str | None,
    creator: int | None,
) -> None:
    """A line of the log about a face."""
    sql.execute(
        "INSERT INTO facereview.decision (batch_id, detection_id, video_id, before_status, "
        "after_status, after_creator_id) VALUES (%s, %s, 1, 'pending', %s, %s)",
        [lot.randint(1, 12), face, status or "pending", lot.choice([creator, 2])],
    )


def beside(
    sql: psycopg.Connection[Any],
    lot: random.Random,
    face: int,
    status: str | None,
    creator: int | None,
) -> None:
    """What other tables say of a face, each by chance."""
    if lot.random() < 0.7:
        sql.execute("INSERT INTO facereview.track_face VALUES (%s, %s)", [face, face % 100 + 1])
    if lot.random() < 0.4:
        sql.execute("INSERT INTO facereview.automatic VALUES (%s, 2)", [face])
    if lot.random() < 0.4 and creator is not None:
        sql.execute(
            "INSERT INTO facereview.settled VALUES (%s, 2, %s, %s, .01)",
            [face, lot.choice([creator, 2]), lot.uniform(0.01, 0.9)],
        )
    if lot.random() < 0.6:
        sql.execute(
            "INSERT INTO facereview.membership (detection_id, cluster_id, similarity) "
            "VALUES (%s, 1, %s)",
            [face, lot.choice([None, round(lot.random(), 1)])],
        )
    if lot.random() < 0.2:
        sql.execute("INSERT INTO facereview.verdict VALUES (%s, %s)", [face, lot.choice([1, 2, 3])])
    if lot.random() < 0.2 and face > 1:
        sql.execute("INSERT INTO facereview.different VALUES (%s, %s)", [face - 1, face])


@pytest.fixture(scope="module")
def library(new_databases: Any) -> Iterator[tuple[Store, psycopg.Connection[Any]]]:
    """The library, and a connection to look at it with."""
    url = new_databases("template_library")
    database = Database(url)
    with Store.open(database) as store, psycopg.connect(url, autocommit=True) as sql:
        with sql.transaction():
            filled(sql)
        yield store, sql
    database.close()


def plain(sql: psycopg.Connection[Any], *conditions: str) -> list[int]:
    """What plain SQL gives, in the order of videos."""
    every = " AND ".join(f"({condition})" for condition in conditions)
    order = " ORDER BY d.video_id, d.frame_timestamp, d.bbox_x, d.id"
    return [row[0] for row in sql.execute(EVERYTHING + every + order).fetchall()]


def check(library: tuple[Store, psycopg.Connection[Any]], wanted: FaceFilter, *said: str) -> int:
    """A filter gives these rows in every way there is of reading it; how many they are."""
    store, sql = library
    expected = plain(sql, *said)
    assert store.filtered.ids(wanted).tolist() == expected
    kinds = store.filtered.kinds(wanted)
    assert sum(kinds.of(kind) for kind in FaceKind) == len(expected)
    for kind in FaceKind:
        if not wanted.kinds:
            only = store.filtered.kinds(replace(wanted, kinds=(kind,)))
            assert kinds.of(kind) == sum(map(only.of, FaceKind)) == only.of(kind)
    every = np.arange(FACES, 0, -1, dtype=np.int32)
    assert sorted(store.filtered.among(wanted, every).tolist()) == sorted(expected)
    return len(expected)


@pytest.mark.parametrize(("given", "said"), CASES, ids=lambda value: str(value)[:40])
def test_each_filter_gives_the_rows_of_plain_sql(
    library: tuple[Store, psycopg.Connection[Any]], given: dict[str, Any], said: str
) -> None:
    assert 0 < check(library, FaceFilter(**given), said) < FACES


@pytest.mark.parametrize("many", [0.0, 2.0])
def test_few_and_many_decisions_give_the_rows_of_plain_sql(
    library: tuple[Store, psycopg.Connection[Any]], monkeypatch: pytest.MonkeyPatch, many: float
) -> None:
    monkeypatch.setattr(filtering, "_MANY_DECIDED", many)
    cases = [case for case in CASES if set(case[0]) & {"decided_on", "decided_by"}]
    assert [0 < check(library, FaceFilter(**given), said) < FACES for given, said in cases] == [
        True,
        True,
    ]


def test_no_filter_gives_every_face(library: tuple[Store, psycopg.Connection[Any]]) -> None:
    assert check(library, FaceFilter(), "TRUE") == FACES


@pytest.mark.parametrize("seed", range(20))
def test_a_random_combination_gives_the_rows_of_plain_sql(
    library: tuple[Store, psycopg.Connection[Any]], seed: int
) -> None:
    lot = random.Random(seed)
    chosen: dict[str, Any] = {}
    said: list[str] = []
    for given, condition in lot.sample(CASES, 8):
        if not set(given) & set(chosen) and len(said) < 2 + seed % 3:
            chosen |= given
            said.append(condition)
    check(library, FaceFilter(**chosen), *said)


@pytest.mark.parametrize("sort", [sort for sort in SortBy if sort is not SortBy.PAYOFF])
@pytest.mark.parametrize("wanted", [FaceFilter(), FaceFilter(folder="/films/a")])
def test_pages_follow_each_other_without_gap_or_repetition(
    library: tuple[Store, psycopg.Connection[Any]], sort: SortBy, wanted: FaceFilter
) -> None:
    store, _ = library
    found: list[int] = []
    page = store.filtered.page(wanted, sort, 7)
    found += page.faces.tolist()
    while page.after is not None:
        page = store.filtered.page(wanted, sort, 7, page.after)
        found += page.faces.tolist()
    assert found == store.filtered.ids(wanted, sort).tolist()
    assert sorted(found) == sorted(store.filtered.ids(wanted).tolist())


@pytest.mark.parametrize(
    ("best", "worst", "value"),
    [
        (SortBy.BEST_QUALITY, SortBy.WORST_QUALITY, "nullif(d.quality_score, 'NaN')"),
        (SortBy.MOST_SIMILAR, SortBy.LEAST_SIMILAR, SIMILARITY),
        (SortBy.SUREST, SortBy.LEAST_SURE, f"1 - {RISK}"),
    ],
)
def test_what_an_order_knows_nothing_of_comes_last(
    library: tuple[Store, psycopg.Connection[Any]], best: SortBy, worst: SortBy, value: str
) -> None:
    store, sql = library
    select = EVERYTHING.replace("SELECT d.id FROM", f"SELECT d.id, {value} FROM", 1) + "TRUE"
    values: dict[int, float | None] = dict(sql.execute(select).fetchall())
    for sort, sign in ((best, -1), (worst, 1)):
        given = [values[face] for face in store.filtered.ids(FaceFilter(), sort).tolist()]
        known = [sign * one for one in given if one is not None]
        assert 0 < len(known) < FACES
        assert given[len(known) :] == [None] * (FACES - len(known))
        assert known == sorted(known)


def test_a_filter_survives_being_kept() -> None:
    chosen: dict[str, Any] = {}
    for given, _ in CASES:
        chosen |= given
        assert FaceFilter.from_json(FaceFilter(**given).to_json()) == FaceFilter(**given)
    whole = FaceFilter(**chosen)
    assert {field.name for field in fields(FaceFilter)} == set(chosen)
    assert FaceFilter.from_json(whole.to_json()) == whole
    assert FaceFilter().to_json() == {}


def test_every_part_is_used() -> None:
    used = {"filtered_faces_given", "filtered_kinds", "join_automatic", "filtered_limit"}
    for given, _ in CASES:
        used |= set(filtering._parts(FaceFilter(**given), SortBy.NEWEST)[0])
    for sort in SortBy:
        used |= set(filtering._parts(FaceFilter(), sort)[0])
        used |= {f"{part}_{sort}" for part in ("keys", "after", "order")}
    used |= {"filtered_ids", "of_leading", "of_text_of_videos", "of_decision_of_many"}
    used |= {f"leading_{sort}" for sort in SORTED_BY} | {"last_rising", "last_falling"}
    used |= {f"within_{helped}" for helped in SORTED_BY.values()}
    others = re.compile(
        r"kind_\w+|history_\w+|videos_\w+|creators_\w+|clusters_\w+|\w+_(rising|falling|unknown)"
    )
    assert {name for name in parts() if not others.fullmatch(name)} <= used
    assert used - set(parts()) == {"keys_payoff", "after_payoff", "order_payoff"}
