"""Removing videos: what goes with them is read from the catalogue, shown, and then gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import DatabaseError, Invalid, NotFound
from facereview.media.crops import CropCache
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.library.removing import Removing
from facereview.store.store import Store
from support import Faces, detection, make_faces, near, pack, video_info

Sql = psycopg.Connection[Any]

OTHERS = """
CREATE SCHEMA player;
CREATE TABLE player.list (id serial PRIMARY KEY, cover integer REFERENCES public.videos(id)
    ON DELETE SET NULL);
CREATE TABLE player.item (id serial PRIMARY KEY, video integer NOT NULL
    REFERENCES public.videos(id) ON DELETE CASCADE, part_of integer REFERENCES player.item(id)
    ON DELETE CASCADE);
CREATE TABLE player.mark (
    item integer NOT NULL REFERENCES player.item(id) ON DELETE CASCADE,
    face integer REFERENCES public.video_face_detections(id) ON DELETE CASCADE);
CREATE TABLE player.note (video integer, creator integer, FOREIGN KEY (video, creator)
    REFERENCES public.video_creators(video_id, creator_id) ON DELETE CASCADE);
CREATE TABLE player.kept (video integer REFERENCES public.videos(id));
"""


@pytest.fixture
def faces(store: Store, sql: Sql) -> Faces:
    """One video with two decided faces, another with one, and a player's tables about both."""
    made = make_faces(store)
    Decisions(store, "me").apply(made.accept(0, 1))
    other = store.videos.add(video_info("/videos/two.mp4"))
    store.videos.add_face(other, detection(near(1, 0.75, 9)))
    sql.execute(OTHERS)
    for video in (made.video, made.video, other):
        sql.execute("INSERT INTO player.item (video) VALUES (%s)", [video])
    sql.execute("INSERT INTO player.list (cover) VALUES (%s), (%s)", [made.video, other])
    sql.execute("INSERT INTO player.mark SELECT id, NULL FROM player.item")
    sql.execute("INSERT INTO player.mark SELECT 3, unnest(%s::int[])", [made.ids])
    sql.execute("INSERT INTO player.note VALUES (%s, %s)", [made.video, made.ann.id])
    return made


@pytest.fixture
def removing(store: Store, tmp_path: Path) -> Removing:
    return Removing(store, CropCache(tmp_path / "crops"), CropCache(tmp_path / "small"), "me")


def counts(sql: Sql) -> dict[str, int]:
    tables = (
        "videos", "video_face_detections", "video_creators", "player.list", "player.item",
        "player.mark", "player.note", "facereview.tag",
    )  # fmt: skip
    return {table: rows(sql, table) for table in tables}


def rows(sql: Sql, table: str) -> int:
    found = sql.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert found is not None
    return int(found[0])


def test_what_goes_is_what_was_listed(
    faces: Faces, removing: Removing, sql: Sql, tmp_path: Path
) -> None:
    crop = tmp_path / "crops" / f"{faces.ids[0] % 1000:03d}" / f"{faces.ids[0]}.jpg"
    crop.parent.mkdir(parents=True)
    crop.write_bytes(b"picture")
    plan = removing.plan([faces.video])
    assert (plan.faces, plan.decided, plan.names, plan.forbidding) == (5, 2, ("Ann",), "")
    assert dict(plan.others) == {
        "player.item": 2, "player.mark": 7, "player.note": 1, "public.video_creators": 1,
    }  # fmt: skip
    assert plan.unlinked == (("player.list", 1),)
    before = counts(sql)
    removing.remove(plan)
    after = counts(sql)
    gone = {table: before[table] - after[table] for table in before if before[table] > after[table]}
    assert gone == {
        "videos": 1, "video_face_detections": 5, "video_creators": 1, "facereview.tag": 1,
        "player.item": 2, "player.mark": 7, "player.note": 1,
    }  # fmt: skip
    assert sql.execute("SELECT count(cover) FROM player.list").fetchone() == (1,)
    assert not crop.exists()
    with pytest.raises(NotFound):
        removing.plan([faces.video])


def test_rows_are_counted_through_tables_that_refer_to_themselves(
    faces: Faces, removing: Removing, sql: Sql
) -> None:
    """Items in items, also in a circle, and videos that go with another one."""
    (item,) = sql.execute("SELECT max(id) FROM player.item").fetchone() or (0,)
    two = sql.execute("SELECT max(id) FROM videos").fetchone()
    for _ in range(3):
        sql.execute("INSERT INTO videos (file_path) SELECT count(*) FROM videos")
        sql.execute(
            "INSERT INTO player.item (video, part_of) SELECT %s, max(id) FROM player.item",
            [faces.video],
        )
    sql.execute("INSERT INTO player.mark SELECT max(id), NULL FROM player.item")
    sql.execute(
        "UPDATE player.item SET part_of = (SELECT max(id) FROM player.item) WHERE id = %s", [item]
    )
    sql.execute(
        "ALTER TABLE videos ADD part_of integer REFERENCES videos(id) ON DELETE CASCADE, "
        'ADD "like" integer REFERENCES videos(id) ON DELETE CASCADE'
    )
    sql.execute("UPDATE videos SET part_of = id - 1 WHERE id > %s", two)
    sql.execute('UPDATE videos SET part_of = NULL, "like" = id - 1 WHERE id = %s + 2', two)
    plan = removing.plan([two[0] if two else 0])
    assert dict(plan.others) == {"player.item": 4, "player.mark": 7, "public.videos": 3}
    before = counts(sql)
    removing.remove(plan)
    after = counts(sql)
    gone = {table: before[table] - after[table] for table in before if before[table] > after[table]}
    assert gone == {"videos": 4, "video_face_detections": 1, "player.item": 4, "player.mark": 7}


def test_it_is_logged_and_not_undone(
    faces: Faces, removing: Removing, store: Store, sql: Sql
) -> None:
    two = store.videos.at("/videos/two.mp4")
    assert two is not None
    removing.remove(removing.plan([two]))
    found = sql.execute(
        "SELECT kind, detail FROM facereview.batch ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert found is not None
    kind, detail = found
    assert (kind, detail["paths"], detail["faces"]) == ("video_removed", ["/videos/two.mp4"], 1)
    outcome = History(store, "me", pack).apply(Intent(Kind.UNDO))
    assert (
        outcome is not None and outcome.undone is Kind.ACCEPT
    )  # what was done before, on the video that is still there
    assert store.videos.at("/videos/two.mp4") is None
    assert faces.state(0).creator_id is None


def test_a_table_that_forbids_it_is_named(faces: Faces, removing: Removing, sql: Sql) -> None:
    early = removing.plan([faces.video])
    sql.execute("INSERT INTO player.kept VALUES (%s)", [faces.video])
    plan = removing.plan([faces.video])
    assert plan.forbidding == "player.kept"
    before = counts(sql)
    for tried in (plan, early):
        with pytest.raises(DatabaseError, match=r"player\.kept of another program still needs"):
            removing.remove(tried)
    assert counts(sql) == before
    assert sql.execute("SELECT count(*) FROM facereview.batch").fetchone() == (1,)


def test_what_changed_since_it_was_shown_is_shown_again(
    faces: Faces, removing: Removing, store: Store, sql: Sql
) -> None:
    plan, before = removing.plan([faces.video]), counts(sql)
    Decisions(store, "somebody else").apply(faces.accept(2))
    with pytest.raises(Invalid, match="look at it again"):
        removing.remove(plan)
    assert counts(sql) == before
