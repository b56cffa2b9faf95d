"""facereview cast."""

from __future__ import annotations

from typing import Any

import psycopg
from cli_support import Facereview

from facereview.review.decisions.decide import Decisions
from facereview.store.store import Store
from support import make_faces

Sql = psycopg.Connection[Any]


def test_the_cast_of_a_video_by_path_or_id(facereview: Facereview, store: Store) -> None:
    faces = make_faces(store)
    assert Decisions(store, "me").apply(faces.accept(0))
    found = facereview.json("cast", "/videos/one.mp4")
    assert found == facereview.json("cast", str(faces.video))
    decided = [row for row in found["rows"] if row["kind"] == "decided"]
    assert [(row["creator"], len(row["faces"])) for row in decided] == [("Ann", 1)]
    assert sum(len(row["faces"]) for row in found["rows"]) == 5
    assert "Ann" in facereview("cast", "/videos/one.mp4").stdout


def test_how_sure_a_row_is_stands_in_words_never_as_0_or_1(
    with_pack: Facereview, store: Store, sql: Sql
) -> None:
    faces = make_faces(store)
    with_pack("tracks")
    with_pack("config", "set", "error_rate", "1/100")
    sql.execute(
        "UPDATE facereview.track SET creator_id = %s, similarity = 0.7, risk = 3.0 / 513",
        [faces.ann.id],
    )
    shown = with_pack("cast", "/videos/one.mp4").stdout
    assert "sure: fewer than 1 in 170, 513 seen" in shown
    assert "sure and unchecked        5 faces of 1 person\n" in shown


def test_what_one_key_would_settle_is_what_it_settles(
    facereview: Facereview, store: Store, sql: Sql
) -> None:
    """Rows of one creator that meet in a frame are left to a person."""
    faces = make_faces(store)
    faces.match_by_machine(0, 1, 2)
    sql.execute(
        "UPDATE video_face_detections SET frame_timestamp = 7 WHERE id = ANY(%s)", [faces.ids[:2]]
    )
    shown = facereview("cast", "/videos/one.mp4").stdout
    assert "sure and unchecked        0 faces of 0 people\n" in shown


def test_a_video_that_is_not_there_is_named(facereview: Facereview, store: Store) -> None:
    result = facereview("cast", "/nowhere.mp4")
    assert result.exit_code == 1
    assert "The library has no video /nowhere.mp4" in result.stderr
