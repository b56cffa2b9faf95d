"""What the faces of a cluster say together, by the rules of the module."""

from __future__ import annotations

import numpy as np
import pytest

from facereview.records import Embedding
from facereview.review.clusters.evidence import Evidence
from facereview.store.creators import ReferenceMatrix
from support import direction, near, unit

ANN, BOB = 10, 20


def between(ann: float, bob: float, seed: int = 0) -> Embedding:
    """A face with these cosines to Ann and to Bob."""
    rest = near(5, 0.0, seed)
    left = np.sqrt(max(0.0, 1 - ann**2 - bob**2))
    mixed: Embedding = (ann * direction(0) + bob * direction(1) + left * rest).astype(np.float32)
    return mixed


def references(*given: tuple[int, Embedding]) -> ReferenceMatrix:
    """Creators and embeddings."""
    creators = np.asarray([creator for creator, _ in given], np.int32)
    vectors = np.asarray([vector for _, vector in given], np.float32).reshape(-1, 512)
    return ReferenceMatrix(np.arange(len(given)), creators, vectors)


BOTH = Evidence(references((BOB, direction(1)), (ANN, direction(0)), (ANN, direction(7))), 0.5)


def faces(*cosines: tuple[float, float]) -> Embedding:
    """Faces with these cosines to Ann and Bob."""
    return np.stack([between(*pair, seed=n) for n, pair in enumerate(cosines)])


def test_all_faces_together_suggest() -> None:
    given = faces((0.7, 0.1), (0.6, 0.2), (0.5, 0.3))
    found, said = BOTH.weigh(given, np.asarray([4, 4, 4]), {})
    assert found.clusters.tolist() == [4]
    assert (found.creators[0], found.rivals[0]) == (ANN, BOB)
    assert found.margins[0] == pytest.approx(0.4, abs=1e-5)
    assert not found.lookalikes[0]
    assert said.similarity.tolist() == pytest.approx([0.7, 0.6, 0.5], abs=1e-5)
    assert said.agrees.all()
    centre = unit(given.sum(axis=0))
    assert found.centres[0] == pytest.approx(centre, abs=1e-5)
    assert said.likeness == pytest.approx(given @ centre, abs=1e-5)


def test_below_the_threshold_it_is_a_new_person() -> None:
    found, said = BOTH.weigh(faces((0.5, 0.1), (0.48, 0.1)), np.asarray([-2, -2]), {})
    assert found.creators.tolist() == [0]
    assert np.isnan(found.margins[0])
    assert np.isnan(said.similarity).all()


def test_a_close_rival_and_disagreement_make_a_lookalike() -> None:
    close, _ = BOTH.weigh(faces((0.6, 0.55), (0.6, 0.55)), np.asarray([1, 1]), {})
    assert (close.creators[0], bool(close.lookalikes[0])) == (ANN, True)
    split, said = BOTH.weigh(
        faces((0.8, 0.1), (0.8, 0.1), (0.45, 0.6), (0.45, 0.6)), np.asarray([1, 1, 1, 1]), {}
    )
    assert split.margins[0] > 0.08
    assert split.lookalikes[0]
    assert said.agrees.tolist() == [True, True, False, False]


def test_who_is_denied_is_no_evidence() -> None:
    given = faces((0.8, 0.6), (0.8, 0.6), (0.1, 0.6))
    clusters = np.asarray([1, 1, 1])
    found, said = BOTH.weigh(given, clusters, {2: [ANN]})
    assert found.creators[0] == ANN
    assert said.similarity[:2].tolist() == pytest.approx([0.8, 0.8], abs=1e-5)
    assert np.isnan(said.similarity[2])
    assert said.agrees.tolist() == [True, True, False]
    found, _ = BOTH.weigh(given, clusters, {0: [ANN], 1: [ANN]})
    assert found.creators[0] == BOB
    found, _ = BOTH.weigh(given, clusters, {n: [ANN, BOB] for n in range(3)})
    assert found.creators[0] == 0


def test_single_faces_have_their_nearest_creator() -> None:
    given = faces((0.6, 0.3), (0.2, 0.3))
    found, said = BOTH.weigh(given, np.asarray([-1, -1]), {})
    assert len(found.clusters) == 0
    assert said.similarity.tolist() == pytest.approx([0.6, 0.3], abs=1e-5)
    assert said.agrees.tolist() == [True, False]
    _, said = BOTH.weigh(given, np.asarray([-1, -1]), {0: [ANN]})
    assert said.agrees.tolist() == [False, False]


def test_without_references_everybody_is_new() -> None:
    nobody = Evidence(references(), 0.5)
    found, said = nobody.weigh(faces((0.9, 0), (0.9, 0), (0, 0)), np.asarray([3, 3, -1]), {})
    assert found.creators.tolist() == [0]
    assert np.isnan(said.similarity).all()
    assert not nobody.near(found.centres, np.asarray([ANN])).any()


def test_only_near_centres_concern_a_creator() -> None:
    centres = faces((0.45, 0.0), (0.3, 0.9))
    assert BOTH.near(centres, np.asarray([ANN])).tolist() == [True, False]
    assert BOTH.near(centres, np.asarray([BOB, ANN])).tolist() == [True, True]
