"""A merge of two creators of 5,000 faces each and its undo, while another process decides faces
of both: nothing lost, nothing swapped.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from facereview.review.creators.merges import Merging
from facereview.review.decisions.history import History
from facereview.store.store import Store
from support import pack

Sql = psycopg.Connection[Any]
Rows = dict[int, tuple[str, int | None]]

FACES = 5_000
VIDEOS = 200
MEANWHILE = 60
"""Decisions of the other curator before, between and after."""


def fill(store: Store, sql: Sql) -> tuple[int, int]:
    """Two creators, each decided for 5,000 faces of 200 videos that they share by half."""
    keep, drop = (store.creators.find_or_add(name).id for name in ("Keep", "Drop"))
    sql.execute("DROP INDEX idx_video_faces_embedding")  # making it is most of the time
    sql.execute(
        "INSERT INTO videos (file_path) SELECT '/videos/' || i FROM generate_series(1, %s) i",
        (VIDEOS,),
    )
    for creator, shift in ((keep, 0), (drop, VIDEOS // 2)):
        sql.execute(
            "INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, "
            "bbox_y, bbox_width, bbox_height, matched_creator_id, match_confidence, match_status) "
            "SELECT 1 + (i + %s) %% (%s / 2) + %s, i, ('[1' || repeat(',0', 511) || ']')::vector, "
            "1, 1, 99, 99, %s, 0.5, 'matched' FROM generate_series(1, %s) i",
            (shift, VIDEOS, shift // 2, creator, FACES),
        )
    sql.execute(
        "INSERT INTO video_creators SELECT DISTINCT video_id, matched_creator_id "
        "FROM video_face_detections"
    )
    sql.execute("INSERT INTO facereview.tag SELECT * FROM video_creators")
    return keep, drop


@contextmanager
def another_curator(url: str, keep: int, drop: int) -> Iterator[subprocess.Popen[str]]:
    """The other process, stopped at the end."""
    script = Path(__file__).with_name("another_curator.py")
    with subprocess.Popen(
        [sys.executable, str(script), url, str(keep), str(drop)],
        env=os.environ | {"PYTHONPATH": str(script.parents[2])},  # of what the tests share
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.communicate(timeout=60)
    assert process.returncode == 0


def wait_for(process: subprocess.Popen[str], decisions: int) -> None:
    assert process.stdout
    for _ in range(decisions):
        assert process.stdout.readline() == "decided\n"


def states(sql: Sql) -> Rows:
    return {
        face: (status, creator)
        for face, status, creator in sql.execute(
            "SELECT id, match_status, matched_creator_id FROM video_face_detections"
        )
    }


def log(sql: Sql) -> list[tuple[Any, ...]]:
    return sql.execute(
        "SELECT s.detection_id, s.before_status, s.before_creator_id, s.after_status, "
        "s.after_creator_id, b.kind <> 'undo' AND NOT EXISTS (SELECT FROM facereview.decision u "
        "WHERE u.batch_id = b.undone_by AND u.detection_id = s.detection_id) "
        "AND (s.denied IS NULL OR s.before_creator_id IS DISTINCT FROM s.after_creator_id), s.id "
        "FROM facereview.decision s JOIN facereview.batch b ON b.id = s.batch_id ORDER BY s.id"
    ).fetchall()


def expected(first: Rows, sql: Sql) -> Rows:
    """Every face as it was at first, or as the last decision that stands says."""
    said = dict(first)
    for face, _, _, status, creator, stands, _ in log(sql):
        if stands:
            said[face] = (status, creator)
    return said


def assert_log_is_unbroken(first: Rows, sql: Sql, both: set[int]) -> None:
    """Each decision begins where the one before it ended, the two creators being one at times."""

    def same(one: tuple[str, int | None], two: tuple[str, int | None]) -> bool:
        return one[0] == two[0] and (one[1] == two[1] or {one[1], two[1]} <= both)

    held = dict(first)
    for face, before, before_creator, status, creator, _, _ in log(sql):
        assert same(held[face], (before, before_creator)), face
        held[face] = (status, creator)
    final = states(sql)
    assert all(same(held[face], final[face]) for face in first)


def assert_tags_fit(sql: Sql) -> None:
    """Exactly the videos with a decided face carry the tag."""
    wanted = sql.execute(
        "SELECT DISTINCT video_id, matched_creator_id FROM video_face_detections "
        "WHERE match_status IN ('matched', 'manual') ORDER BY 1, 2"
    ).fetchall()
    assert sql.execute("SELECT * FROM video_creators ORDER BY 1, 2").fetchall() == wanted


def test_nothing_is_lost_and_nothing_swapped(store: Store, sql: Sql, library_url: str) -> None:
    keep, drop = fill(store, sql)
    first = states(sql)
    merging = Merging(store, "me")
    with another_curator(library_url, keep, drop) as other:
        wait_for(other, MEANWHILE)
        merged = merging.merge(keep, drop)
        wait_for(other, MEANWHILE)
        so_far = log(sql)
        wait_for(other, MEANWHILE)
        undone = History(store, "me", pack).undo_change(merged.change_id)
        wait_for(other, MEANWHILE)
    said = expected(first, sql)
    now = states(sql)
    assert now.keys() == first.keys()
    assert {face: now[face] for face in now if now[face] != said[face]} == {}
    assert [row[:5] for row in log(sql)[: len(so_far)]] == [row[:5] for row in so_far]
    assert_log_is_unbroken(first, sql, {keep, drop})
    assert_tags_fit(sql)
    assert merged.faces > FACES - 4 * MEANWHILE
    assert undone.faces > FACES - 12 * MEANWHILE
    touched = {row[0] for row in log(sql)}
    assert sum(now[face] == ("matched", keep) for face in first if face not in touched) + sum(
        now[face] == ("matched", drop) for face in first if face not in touched
    ) == len(first) - len(touched)
