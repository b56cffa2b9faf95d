"""Reading the cast of a video."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from facereview.faces import ZOO
from facereview.faces.catalogue import thresholds
from facereview.records import Thresholds
from facereview.review.cast.acts import plan
from facereview.review.cast.desk import CastDesk
from facereview.review.cast.records import CastSheet, RowKind
from facereview.review.decisions.decide import Decisions
from facereview.store.store import Store
from support import Faces, make_faces, pack

Sql = psycopg.Connection[Any]


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


def sheet(faces: Faces) -> CastSheet:
    found = CastDesk(faces.store, pack).sheet(faces.video)
    assert found is not None
    return found


def tracked(sql: Sql, faces: Faces, places: list[int]) -> int:
    """These faces in a track that was judged to be Ann."""
    row = sql.execute(
        "INSERT INTO facereview.track (video_id, faces, creator_id, rival_id, similarity, margin, "
        "risk) VALUES (%s, %s, %s, %s, 0.7, 0.3, 0.01) RETURNING id",
        [faces.video, len(places), faces.ann.id, faces.bob.id],
    ).fetchone()
    assert row is not None
    sql.execute(
        "INSERT INTO facereview.track_face SELECT unnest(%s::int[]), %s",
        [[faces.ids[place] for place in places], row[0]],
    )
    return int(row[0])


def test_a_video_that_is_gone_has_no_sheet(store: Store) -> None:
    assert CastDesk(store, pack).sheet(1) is None


def test_faces_without_tracks_are_rows_of_their_own(faces: Faces) -> None:
    found = sheet(faces)
    assert [len(row.faces) for row in found.rows] == [1] * 5
    assert (len(plan(found).faces), len(plan(found).people)) == (0, 0)


def test_by_thresholds_a_track_is_likely_whom_its_faces_suggest(faces: Faces, sql: Sql) -> None:
    tracked(sql, faces, [0, 1, 2])
    faces.store.log.suggest([(face, faces.ann.id, 0.5) for face in faces.ids[:2]])
    first = sheet(faces).rows[0]
    assert (first.kind, first.creator, first.agree, first.undecided) == (
        RowKind.LIKELY,
        faces.ann,
        2,
        3,
    )
    assert first.chance is None


def test_by_thresholds_who_suggests_another_or_is_known_to_be_another_does_not_go_along(
    faces: Faces, sql: Sql
) -> None:
    tracked(sql, faces, [0, 1, 2, 3])
    faces.store.log.suggest([(face, faces.ann.id, 0.5) for face in faces.ids[:2]])
    faces.store.log.suggest([(faces.ids[2], faces.bob.id, 0.6)])
    sql.execute("INSERT INTO facereview.verdict VALUES (%s, %s)", [faces.ids[3], faces.ann.id])
    found = [(row.kind, [face.id for face in row.faces]) for row in sheet(faces).rows]
    assert found[0] == (RowKind.LIKELY, faces.ids[:2])
    assert sorted(found[1:]) == [(RowKind.OPEN, [face]) for face in faces.ids[2:5]]


def test_by_error_rate_the_standing_of_the_track_counts(
    faces: Faces, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracked(sql, faces, [0, 1, 2])
    assert Decisions(faces.store, "me").apply(faces.accept(0))
    desk = CastDesk(faces.store, zoo)
    desk._settings.save("error_rate", "1/50")
    found = desk.sheet(faces.video)
    assert found is not None
    row = next(row for row in found.rows if row.creator == faces.ann)
    assert (row.kind, len(row.faces), row.undecided) == (RowKind.SURE, 3, 2)
    assert row.rival == faces.bob and row.rival_similarity == pytest.approx(0.4)
    assert (len(plan(found).faces), len(plan(found).people)) == (2, 1)


def test_a_face_unlike_its_track_is_not_settled_with_it(faces: Faces, sql: Sql) -> None:
    track = tracked(sql, faces, [0, 1, 2])
    sql.execute("UPDATE facereview.track SET unlike = %s WHERE id = %s", [faces.ids[2:3], track])
    found = CastDesk(faces.store, zoo).sheet(faces.video)
    assert found is not None
    assert (len(plan(found).faces), len(plan(found).people)) == (2, 1)
    assert [(row.kind, len(row.faces)) for row in found.rows] == [
        (RowKind.SURE, 2),
        *[(RowKind.OPEN, 1)] * 3,
    ]


def test_a_face_that_is_known_not_to_be_somebody_does_not_go_with_a_track_that_is(
    faces: Faces, sql: Sql
) -> None:
    """Also before the track was judged again."""
    tracked(sql, faces, [0, 1, 2])
    sql.execute("INSERT INTO facereview.verdict VALUES (%s, %s)", [faces.ids[0], faces.ann.id])
    found = CastDesk(faces.store, zoo).sheet(faces.video)
    assert found is not None
    assert [face.id for face in found.rows[0].faces] == faces.ids[1:3]


@pytest.mark.parametrize("of", [pack, lambda: thresholds(ZOO)])
def test_a_match_of_the_machine_with_whom_a_person_told_the_face_apart_from_is_doubtful(
    faces: Faces, of: Callable[[], Thresholds]
) -> None:
    """Also before it is taken back."""
    store = faces.store
    faces.match_by_machine(0, 1)
    store.clusters.tell_apart(faces.ids[:1], faces.ids[4:])
    assert Decisions(store, "me").apply(faces.accept(4))
    found = CastDesk(store, of).sheet(faces.video)
    assert found is not None
    assert [one.face.id for one in plan(found).faces] == faces.ids[1:2]
    [row] = [row for row in found.rows if row.kind is RowKind.OPEN and row.creator == faces.ann]
    assert [face.id for face in row.faces] == faces.ids[:1]
    order = CastDesk(store, of).order()
    assert (order.sure.tolist(), order.waiting.tolist()) == ([1], [4])


def zoo() -> Thresholds:
    return thresholds(ZOO)


def test_tags_of_others_company_and_frames_are_told(faces: Faces, sql: Sql) -> None:
    sql.execute("INSERT INTO videos (file_path) VALUES ('/two.mp4'), ('/three.mp4')")
    sql.execute(
        "INSERT INTO video_creators SELECT v.id, c.id FROM videos v, creators c "
        "WHERE v.file_path <> '/three.mp4' OR c.name = 'Bob'"
    )
    sql.execute(
        "DELETE FROM video_creators WHERE video_id = %s AND creator_id = %s",
        [faces.video, faces.bob.id],
    )
    sql.execute(
        "INSERT INTO facereview.scan (video_id, file_modified, frames_per_video, min_face_size, "
        "frames, faces) VALUES (%s, 1, 5, 64, 5, 5)",
        [faces.video],
    )
    sql.execute("INSERT INTO facereview.further_look VALUES (%s, 3)", [faces.video])
    found = sheet(faces)
    assert found.tagged == (faces.ann,)
    assert (found.frames, found.further) == (8, 3)
    (beside,) = CastDesk(faces.store, pack).company(found)
    assert (beside.creator, beside.together) == (faces.bob, 1)


def test_unknown_people_are_counted_in_other_videos(faces: Faces, sql: Sql) -> None:
    sql.execute("INSERT INTO facereview.cluster (id) VALUES (7)")
    sql.execute("INSERT INTO videos (file_path) VALUES ('/two.mp4')")
    sql.execute(
        "UPDATE video_face_detections SET video_id = (SELECT max(id) FROM videos) WHERE id = %s",
        [faces.ids[4]],
    )
    sql.execute(
        "INSERT INTO facereview.membership (detection_id, cluster_id) SELECT unnest(%s::int[]), 7",
        [[*faces.ids[:2], faces.ids[4]]],
    )
    row = next(row for row in sheet(faces).rows if len(row.faces) == 2)
    assert (row.kind, row.elsewhere) == (RowKind.OPEN, 1)


def second_video(sql: Sql, faces: Faces, *places: int) -> int:
    """Another video that has these faces."""
    row = sql.execute("INSERT INTO videos (file_path) VALUES ('/two.mp4') RETURNING id").fetchone()
    assert row is not None
    sql.execute(
        "UPDATE video_face_detections SET video_id = %s WHERE id = ANY(%s)",
        [row[0], [faces.ids[place] for place in places]],
    )
    return int(row[0])


@pytest.mark.parametrize("rate", [False, True])
def test_videos_are_ordered_by_what_their_sheet_settles(faces: Faces, sql: Sql, rate: bool) -> None:
    tracked(sql, faces, [0, 1])
    two = second_video(sql, faces, 2, 3, 4)
    faces.match_by_machine(2)
    desk = CastDesk(faces.store, zoo)
    desk._settings.save("error_rate", "1/50" if rate else "off")
    order = desk.order()
    first, second = (faces.video, two) if rate else (two, faces.video)
    assert order.videos.tolist() == [first, second]
    settled = {
        video: len(plan(found).faces) for video in (first, second) if (found := desk.sheet(video))
    }
    assert order.sure.tolist() == [settled[first], settled[second]] == ([2, 1] if rate else [1, 0])
    assert order.waiting.sum() == 5


def test_a_video_of_which_nothing_waits_leaves_the_order(faces: Faces, sql: Sql) -> None:
    second_video(sql, faces, 4)
    assert Decisions(faces.store, "me").apply(faces.accept(4))
    order = CastDesk(faces.store, pack).order()
    assert order.videos.tolist() == [faces.video]
