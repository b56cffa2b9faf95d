"""Suggestions and appearances."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.records import SourceType
from facereview.store.search import Search
from facereview.store.store import Store
from support import Faces, detection, direction, make_faces, near, unit, video_info

Sql = psycopg.Connection[Any]


@pytest.fixture
def crowd(store: Store) -> list[int]:
    """Sixty creators with four references each, at random."""
    rng = np.random.default_rng(1)
    ids = []
    for number in range(60):
        creator = store.creators.find_or_add(f"Creator {number}")
        centre = rng.standard_normal(512)
        for _ in range(4):
            vector = unit((centre + 0.5 * rng.standard_normal(512)).astype(np.float32))
            store.creators.add_reference(creator.id, vector, SourceType.MANUAL, None, 0.5)
        ids.append(creator.id)
    return ids


def expected(store: Store, asked: np.ndarray, limit: int) -> list[int]:
    """Distinct creators by plain arithmetic."""
    matrix = store.creators.matrix()
    cosines = matrix.embeddings @ asked
    best: dict[int, float] = {}
    for creator, cosine in zip(matrix.creators.tolist(), cosines.tolist(), strict=True):
        best[creator] = max(best.get(creator, -1.0), cosine)
    return sorted(best, key=lambda c: -best[c])[:limit]


def test_suggestions_are_distinct_creators_in_order(store: Store, crowd: list[int]) -> None:
    asked = unit(np.random.default_rng(2).standard_normal(512).astype(np.float32))
    found = store.search.suggest(asked, limit=5)
    assert [s.creator.id for s in found] == expected(store, asked, 5)
    assert all(len(s.references) == 3 for s in found)
    for one, following in pairwise(found):
        assert one.margin == pytest.approx(one.similarity - following.similarity)
    assert found[-1].margin is not None


def test_the_graph_gives_as_many_distinct_creators(store: Store, crowd: list[int]) -> None:
    """One creator with hundreds of near references must not crowd out the others."""
    flood = store.creators.find_or_add("Flood")
    for seed in range(260):
        vector = near(0, 0.95, seed)
        store.creators.add_reference(flood.id, vector, SourceType.MANUAL, None, 0.5)
    through_graph = Search(store.session, exact_up_to=-1)
    found = through_graph.suggest(direction(0), limit=5)
    assert found[0].creator.name == "Flood"
    assert len(found) == 5


def test_denied_creators_are_left_out(store: Store, crowd: list[int]) -> None:
    asked = unit(np.random.default_rng(3).standard_normal(512).astype(np.float32))
    first, *rest = expected(store, asked, 4)
    assert [s.creator.id for s in store.search.suggest(asked, limit=3, denied=[first])] == rest
    through_graph = Search(store.session, exact_up_to=-1)
    assert [c for c, _ in through_graph.nearest(asked, 3, [first])] == rest


def test_no_references_no_suggestions(store: Store) -> None:
    assert store.search.suggest(direction(0), limit=5) == ()


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


def test_videos_of_a_creator_newest_first_decided_and_likely_apart(
    store: Store, faces: Faces, sql: Sql
) -> None:
    newer = store.videos.add(video_info("/videos/two.mp4"))
    likely = store.videos.add_face(newer, detection(near(0, 0.9, 50), at=3.0))
    store.videos.add_face(newer, detection(near(1, 0.9, 51), at=4.0))
    sql.execute("UPDATE videos SET created_at = now() + interval '1 day' WHERE id = %s", (newer,))
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'manual', matched_creator_id = %s "
        "WHERE id = ANY(%s)",
        (faces.ann.id, faces.ids[:2]),
    )
    only_decided = store.search.videos_of(faces.ann.id)
    assert [(v.path, [a.timestamp for a in faces]) for v, faces in only_decided] == [
        ("/videos/one.mp4", [10.0, 20.0])
    ]
    both = store.search.videos_of(faces.ann.id, threshold=0.6)
    assert [video.path for video, _ in both] == ["/videos/two.mp4", "/videos/one.mp4"]
    assert [(a.face_id, a.decided) for a in both[0][1]] == [(likely, False)]
    assert sorted(a.decided for a in both[1][1]) == [False, False, False, True, True]


def test_a_verdict_keeps_a_face_out_of_the_likely_ones(store: Store, faces: Faces) -> None:
    store.log.deny([(faces.ids[0], faces.ann.id)])
    found = store.search.videos_of(faces.ann.id, threshold=0.6)
    assert faces.ids[0] not in {a.face_id for _, faces in found for a in faces}
