from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from facereview.review.clusters.members import MemberVectors
from facereview.store.clustering import Clustering
from facereview.store.store import Store
from support import make_faces


def test_embeddings_are_read_once_and_no_more_are_kept_than_may_be(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = np.asarray(make_faces(store, 8).ids, np.int32)
    stored = store.faces.vectors(ids.tolist())
    asked: list[list[int]] = []
    vectors_of = Clustering.vectors_of

    def reading(clustering: Clustering, face_ids: NDArray[np.int32]) -> NDArray[np.float16]:
        asked.append(face_ids.tolist())
        return vectors_of(clustering, face_ids)

    monkeypatch.setattr(Clustering, "vectors_of", reading)
    vectors = MemberVectors(store, most=6)
    for places in ([0, 1, 2], [5], [1, 2, 3, 5], [0, 6, 7], [0, 7], range(8)):
        wanted = ids[list(places)]
        found = vectors.of(wanted)
        expected = np.stack([stored[int(face)] for face in wanted])
        np.testing.assert_allclose(found, expected, atol=1e-3)
    now = [[int(np.flatnonzero(ids == face)[0]) for face in some] for some in asked]
    assert now == [[0, 1, 2], [5], [3], [0, 6, 7], [*range(8)]]


@pytest.mark.parametrize("most", [0, 10])
def test_a_face_that_is_gone_is_like_nothing(store: Store, most: int) -> None:
    [face] = make_faces(store, 1).ids
    found = MemberVectors(store, most).of(np.asarray([face, face + 1], np.int32))
    assert found[0].any()
    assert not found[1].any()
