"""Faces group by group, and what a grid says of each."""

from __future__ import annotations

import random

import numpy as np
import psycopg
import pytest

from facereview.filters import GroupBy
from facereview.records import Status
from facereview.review.evidence.chances import named_by
from facereview.review.filters.groups import Groups, grid_faces, grouped
from facereview.store.store import Store
from support import by_rate, make_faces


def state(library_url: str, face: int, status: Status, creator: int | None, like: float) -> None:
    """Another program says this of a face."""
    with psycopg.connect(library_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE video_face_detections SET match_status = %s, matched_creator_id = %s, "
            "match_confidence = %s WHERE id = %s",
            (status.value, creator, like, face),
        )


@pytest.mark.parametrize("by", list(GroupBy))
def test_all_faces_are_there_once_in_each_group_in_the_order_given(
    store: Store, by: GroupBy
) -> None:
    ids = np.asarray(make_faces(store, 9).ids, np.int32)[::-1]
    found, groups = grouped(store, by, ids)
    assert sorted(found.tolist()) == sorted(ids.tolist())
    assert groups.by is by
    keys = groups.of(found)
    assert len(np.flatnonzero(np.diff(keys))) == len(np.unique(keys)) - 1
    for key in np.unique(keys):
        assert found[keys == key].tolist() == ids[groups.of(ids) == key].tolist()
    nothing, none = grouped(store, by, np.empty(0, np.int32))
    assert len(nothing) == 0
    assert len(none.of(nothing)) == 0


def test_creators_come_by_name_and_nobody_last(store: Store, library_url: str) -> None:
    faces = make_faces(store, 6)
    ids, ann, bob = faces.ids, faces.ann, store.creators.find_or_add("bob")
    state(library_url, ids[0], Status.PENDING, bob.id, 0.7)
    state(library_url, ids[1], Status.MANUAL, ann.id, 0.9)
    state(library_url, ids[3], Status.MANUAL, bob.id, 0.8)
    state(library_url, ids[4], Status.REJECTED, None, 0.0)
    found, groups = grouped(store, GroupBy.CREATOR, np.asarray(ids, np.int32))
    assert found.tolist() == [ids[1], ids[0], ids[3], ids[2], ids[4], ids[5]]
    assert groups.of(found).tolist() == [ann.id, bob.id, bob.id, -1, -1, -1]
    assert groups.names == {ann.id: ann.name, bob.id: "bob"}
    likely = store.filtered.groups.likely(ids, risk=0.25)
    assert (likely[ids[0]].creator, likely[ids[0]].probability) == (bob, None)
    assert likely[ids[0]].similarity == pytest.approx(0.7)
    assert ids[2] not in likely


def test_clusters_come_by_size_and_say_whom_they_suggest(store: Store, library_url: str) -> None:
    faces = make_faces(store, 6)
    ids = faces.ids
    with psycopg.connect(library_url, autocommit=True) as connection:
        small, large = (
            connection.execute(
                "INSERT INTO facereview.cluster (creator_id) VALUES (%s) RETURNING id", (creator,)
            ).fetchone()[0]  # type: ignore[index]
            for creator in (faces.ann.id, None)
        )
        for face, cluster in ((0, small), (1, large), (2, large), (4, None)):
            connection.execute(
                "INSERT INTO facereview.membership (detection_id, cluster_id, similarity) "
                "VALUES (%s, %s, .6) ON CONFLICT (detection_id) DO UPDATE "
                "SET cluster_id = excluded.cluster_id, similarity = .6",
                (ids[face], cluster),
            )
    found, groups = grouped(store, GroupBy.CLUSTER, np.asarray(ids, np.int32))
    assert found.tolist()[:3] == [ids[1], ids[2], ids[0]]
    assert groups.of(found)[-1] == -1
    assert groups.names == {small: faces.ann.name}
    assert store.filtered.groups.likely([ids[0]], risk=0.25)[ids[0]].creator == faces.ann


def test_a_face_that_came_later_belongs_to_no_group() -> None:
    groups = Groups(GroupBy.VIDEO, np.asarray([2, 5], np.int32), np.asarray([7, 8], np.int32))
    assert groups.of(np.asarray([5, 3, 2, 9], np.int32)).tolist() == [8, -1, 7, -1]


def test_a_tile_and_its_group_name_whom_enter_names(store: Store, library_url: str) -> None:
    lot, made = random.Random(5), make_faces(store, 60)
    people = [made.ann.id, made.bob.id, store.creators.find_or_add("Cleo").id]
    with psycopg.connect(library_url, autocommit=True) as sql:
        for number in range(20):
            faces = made.ids[3 * number : 3 * number + 3]
            sql.execute(
                "WITH made AS (INSERT INTO facereview.track "
                "(video_id, faces, creator_id, risk, judged_at) "
                "VALUES (%s, 3, %s, %s, now()) RETURNING id) "
                "INSERT INTO facereview.track_face (detection_id, track_id) "
                "SELECT unnest(%s::int[]), id FROM made",
                [made.video, lot.choice([*people, None]), lot.choice([0.01, 0.2, 0.4]), faces],
            )
            for face in faces:
                status = lot.choice([Status.PENDING, Status.PENDING, Status.MANUAL])
                creator = lot.choice(people if status is Status.MANUAL else [*people, None])
                state(library_url, face, status, creator, 0.7)
                if lot.random() < 0.3:
                    sql.execute(
                        "INSERT INTO facereview.verdict (detection_id, creator_id) VALUES (%s, %s)",
                        [face, lot.choice(people)],
                    )
    rate = by_rate()
    shown = grid_faces(store, store.faces.get(made.ids), rate.mode)
    _, groups = grouped(store, GroupBy.CREATOR, np.asarray(made.ids, np.int32), rate.mode)
    tracks, denied = store.tracks.facts(made.ids), store.search.denied(made.ids)
    seen = 0
    for face, tile in shown.items():
        [key] = groups.of(np.asarray([face], np.int32)).tolist()
        assert key == (tile.likely.creator.id if tile.likely else -1)
        named = named_by(tracks.get(face), denied.get(face, []), rate)
        if tile.face.state.status is Status.PENDING and named is not None:
            assert key == named
            seen += 1
        elif tile.face.state.status is not Status.PENDING:
            assert key == tile.face.state.creator_id
    assert seen > 10
