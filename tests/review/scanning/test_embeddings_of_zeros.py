"""Faces and references whose embedding is like nothing: the cosine to them is NaN."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import psycopg
import pytest
from clustered_library import Library

from facereview.errors import Invalid
from facereview.numbers import comparable, finite, json_text
from facereview.records import Config, Detection, FaceState, SourceType, Status
from facereview.review.creators.desk import worst_first
from facereview.review.creators.reference_records import Changed
from facereview.review.decisions.decide import Decisions, stored
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.evidence.matching import match
from facereview.review.evidence.rematch import Rematcher
from facereview.review.export import lines
from facereview.review.views import load_views, opinions
from facereview.store.store import Store
from support import BY_THRESHOLDS, Faces, detection, direction, make_faces, near

Sql = psycopg.Connection[Any]
ZEROS = np.zeros(512, np.float32)


@pytest.fixture
def faces(store: Store, sql: Sql) -> Faces:
    """Two faces like Ann, then one of zeros; Zed has but a reference of zeros, Ann one beside."""
    made = make_faces(store, 2)
    made.ids.append(store.videos.add_face(made.video, detection(ZEROS, at=90.0)))
    zed = store.creators.find_or_add("Zed")
    for creator in (zed, made.ann):
        zeros(sql, creator.id)
    return made


def zeros(sql: Sql, creator: int) -> int:
    row = sql.execute(
        "INSERT INTO creator_face_embeddings (creator_id, embedding, source_type) "
        "VALUES (%s, array_fill(0, ARRAY[512])::vector, 'manual') RETURNING id",
        (creator,),
    ).fetchone()
    assert row
    return int(row[0])


def nans(sql: Sql) -> int:
    """How many numbers of faces and the log are NaN."""
    row = sql.execute(
        "SELECT (SELECT count(*) FROM video_face_detections "
        "        WHERE match_confidence = 'NaN' OR quality_score = 'NaN')"
        " + (SELECT count(*) FROM creator_face_embeddings WHERE quality_score = 'NaN')"
        " + (SELECT count(*) FROM facereview.membership WHERE similarity = 'NaN'"
        "    OR likeness = 'NaN') + (SELECT count(*) FROM facereview.decision"
        "    WHERE before_confidence = 'NaN' OR after_confidence = 'NaN')"
    ).fetchone()
    assert row
    return int(row[0])


def test_such_a_face_suggests_nobody_and_such_a_reference_is_suggested_to_nobody(
    store: Store, faces: Faces
) -> None:
    views = load_views(store, faces.ids, BY_THRESHOLDS)
    assert [view.comparable for view in views.values()] == [True, True, False]
    assert views[faces.ids[2]].suggestions == ()
    assert [s.creator.name for s in views[faces.ids[0]].suggestions] == ["Ann", "Bob"]
    assert opinions(store, faces.ids, BY_THRESHOLDS)[faces.ids[2]].nearest is None


def test_every_search_leaves_them_out(store: Store, faces: Faces) -> None:
    for vector, expected in ((near(0, 0.75), [faces.ann.id, faces.bob.id]), (ZEROS, [])):
        for search in (store.search.nearest_exact, store.search.nearest_indexed):
            found = search(vector, 5)
            assert [creator for creator, _ in found] == expected
            assert all(math.isfinite(value) for _, value in found)
    assert store.search.best_match(ZEROS, 0.1) is None
    assert store.search.suggest(ZEROS, limit=5) == ()
    assert set(store.search.similarities(faces.ids, faces.ann.id)) == set(faces.ids[:2])
    zed = store.creators.named("Zed")
    assert zed is not None
    assert store.search.similarities(faces.ids, zed.id) == {}
    assert store.search.mean_similarities(faces.ids, [zed.id, faces.ann.id]).keys() == {
        faces.ann.id
    }
    appears = [
        f.face_id for _, found in store.search.videos_of(zed.id, threshold=0.0) for f in found
    ]
    assert appears == []
    assert store.people.alike([(zed.id, faces.ann.id)], 0.0) == set()
    assert store.people.pairs([(zed.id, faces.ann.id)]) == []


def test_naming_such_a_face_stores_no_number_for_it(faces: Faces, sql: Sql) -> None:
    decisions = Decisions(faces.store, "me")
    decisions.apply(Intent(Kind.ASSIGN, faces.seen(2, similarity=None), faces.ann))
    assert faces.state(2) == FaceState(Status.MANUAL, faces.ann.id, None)
    decisions.apply(Intent(Kind.ACCEPT, faces.seen(0, similarity=math.nan), faces.ann))
    assert faces.state(0).confidence is None
    assert worst_first(faces.store, faces.ann.id)[0][1] is None
    assert nans(sql) == 0


def test_what_was_stored_as_nan_before_reads_as_missing_and_can_be_decided(
    faces: Faces, sql: Sql
) -> None:
    sql.execute(
        "UPDATE video_face_detections SET match_confidence = 'NaN', quality_score = 'NaN', "
        "matched_creator_id = %s, match_status = 'manual' WHERE id = %s",
        (faces.bob.id, faces.ids[2]),
    )
    assert faces.state(2).confidence is None
    assert faces.store.faces.get(faces.ids)[faces.ids[2]].quality is None
    decisions = Decisions(faces.store, "me")
    confirmed = decisions.apply(Intent(Kind.CONFIRM, faces.seen(2), faces.bob))
    assert confirmed and not confirmed.conflicts
    outcome = decisions.apply(Intent(Kind.REJECT, faces.seen(2), replaces=True))
    assert outcome and not outcome.conflicts
    sql.execute("UPDATE video_face_detections SET quality_score = NULL")
    assert nans(sql) == 0
    undone = decisions.apply(Intent(Kind.UNDO))
    assert undone and not undone.conflicts
    assert nans(sql) == 0


@pytest.mark.parametrize("threshold", [0.0, 0.5])
def test_no_threshold_matches_them(faces: Faces, sql: Sql, threshold: float) -> None:
    sql.execute(
        "UPDATE video_face_detections SET match_confidence = 'NaN' WHERE id = %s",
        (faces.ids[2],),
    )
    rematcher = Rematcher(faces.store, Config(threshold, threshold))
    made = zeros(sql, faces.bob.id)
    rematcher.rematch(Changed(added=(made,)))
    assert [faces.state(place).status for place in range(3)] == [Status.PENDING] * 3
    rematcher.rematch()
    assert [faces.state(place).status for place in range(3)] == [
        Status.MATCHED,
        Status.MATCHED,
        Status.PENDING,
    ]
    assert faces.state(2).creator_id is None


@pytest.mark.parametrize("embedding", [ZEROS, np.full(512, np.nan, np.float32)])
def test_a_scan_matches_and_suggests_nobody_for_them(faces: Faces, embedding: Any) -> None:
    seen = [Detection(1.0, detection(direction(0)).box, 0.8, embedding), detection(direction(0))]
    said = match(seen, faces.store.creators.matrix(), Config(0.0, 0.0))
    assert set(said.matched) | set(said.suggested) == {1}


def test_no_reference_is_made_of_them(faces: Faces) -> None:
    for embedding in (ZEROS, np.full(512, np.inf, np.float32)):
        with pytest.raises(Invalid, match="no usable embedding"):
            faces.store.creators.add_reference(
                faces.ann.id, embedding, SourceType.MANUAL, None, 0.5
            )


def test_an_export_leaves_their_numbers_empty(faces: Faces, sql: Sql) -> None:
    sql.execute(
        "UPDATE video_face_detections SET match_confidence = 'NaN', frame_timestamp = 'NaN' "
        "WHERE id = %s",
        (faces.ids[2],),
    )
    exported = list(lines(faces.store, BY_THRESHOLDS))
    assert (exported[2][2], exported[2][9:]) == ("", ("",) * 6)
    assert not any("nan" in text or "inf" in text for row in exported for text in row)


def test_in_clusters_they_are_single(store: Store, sql: Sql) -> None:
    library = Library(store)
    video = store.videos.add_face
    first = store.faces.get([library.people[0][0]])[library.people[0][0]]
    made = [video(first.video_id, detection(ZEROS, at=900.0 + n)) for n in range(3)]
    for update in (library.updater.from_nothing, library.updater.up_to_date):
        update()
        rows = sql.execute(
            "SELECT cluster_id, similarity, agrees FROM facereview.membership "
            "WHERE detection_id = ANY(%s)",
            (made,),
        ).fetchall()
        assert rows == [(None, None, False)] * len(made)
        made.append(video(first.video_id, detection(ZEROS, at=950.0)))
    cluster = library.cluster_of(library.people[0][0])
    sql.execute(
        "UPDATE facereview.membership SET cluster_id = %s WHERE detection_id = %s",
        (cluster, made[0]),
    )
    library.updater.from_nothing()
    assert library.cluster_of(library.people[0][0]) == cluster
    row = sql.execute(
        "SELECT cluster_id FROM facereview.membership WHERE detection_id = %s", (made[0],)
    ).fetchone()
    assert row == (None,)
    assert nans(sql) == 0


def test_numbers_that_are_none() -> None:
    assert [finite(v) for v in (0.5, None, math.nan, math.inf)] == [0.5, None, None, None]
    assert [stored(v) for v in (0.5, None, math.nan, -math.inf)] == [0.5, None, None, None]
    assert [comparable(v) for v in (direction(1), ZEROS, np.full(512, np.nan, np.float32))] == [
        True,
        False,
        False,
    ]
    document = {"a": [math.nan, 1.5, {"b": math.inf}], "c": (float("-inf"), "NaN", 2, True)}
    told = json.loads(json_text(document), parse_constant=pytest.fail)
    assert told == {"a": [None, 1.5, {"b": None}], "c": [None, "NaN", 2, True]}
