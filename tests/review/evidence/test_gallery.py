"""The gallery: what decided faces add to the references of a creator, and what they cannot do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facereview.records import DIMENSION, Embedding
from facereview.review.evidence.gallery import Decided, Gallery
from facereview.store.creators import ReferenceMatrix
from support import unit

ANN, BOB = 3, 8


def looks(axis: int, count: int, spread: float = 0.8, seed: int = 1) -> Embedding:
    """Pictures of one person, by the axis; more ``spread``, less like each other."""
    rng = np.random.default_rng((seed, axis))
    noise = rng.standard_normal((count, DIMENSION)).astype(np.float32) / np.sqrt(DIMENSION)
    return unit(np.eye(DIMENSION, dtype=np.float32)[axis] + spread * noise)


def references(**of: Embedding) -> ReferenceMatrix:
    """References of Ann and Bob."""
    creators = [{"ann": ANN, "bob": BOB}[name] for name, rows in of.items() for _ in rows]
    vectors = np.concatenate([np.zeros((0, DIMENSION), np.float32), *of.values()])
    return ReferenceMatrix(np.arange(len(creators)), np.asarray(creators, np.int32), vectors)


def decided(*faces: tuple[int, int, Embedding], bulk: bool = False) -> Decided:
    """Decided faces: creator, video, embedding."""
    return Decided(
        np.asarray([creator for creator, _, _ in faces], np.int32),
        np.asarray([video for _, video, _ in faces], np.int32),
        np.asarray([vector for _, _, vector in faces], np.float32).reshape(-1, DIMENSION),
        np.full(len(faces), 0.9, np.float32),
        np.full(len(faces), bulk),
    )


def similarity(gallery: Gallery, vector: Embedding, creator: int) -> float:
    """Of one template to one creator."""
    place = gallery.creators.tolist().index(creator)
    return float(gallery.compare(vector[None])[0, place])


def test_each_creator_has_a_column() -> None:
    gallery = Gallery(references(bob=looks(1, 2)), decided((ANN, 1, looks(0, 1)[0])))
    scores = gallery.compare(np.concatenate([looks(0, 2, seed=5), looks(1, 1, seed=5)]))
    assert gallery.creators.tolist() == [ANN, BOB]
    assert scores.argmax(axis=1).tolist() == [0, 0, 1]


def test_nothing_known_is_no_column() -> None:
    gallery = Gallery(references(), decided())
    assert gallery.compare(looks(0, 3)).shape == (3, 0)


def test_naming_a_face_teaches() -> None:
    other_look = unit(looks(0, 1)[0] + 1.2 * looks(50, 1)[0])
    before = Gallery(references(ann=looks(0, 1)), decided())
    after = Gallery(references(ann=looks(0, 1)), decided((ANN, 1, other_look)))
    later = unit(other_look + 0.5 * looks(60, 1)[0])
    assert similarity(after, later, ANN) > similarity(before, later, ANN) + 0.1


def test_withdrawing_what_was_taught_leaves_no_trace() -> None:
    known, taught = references(ann=looks(0, 2), bob=looks(1, 2)), decided((ANN, 1, looks(0, 3)[2]))
    gallery = Gallery(known, taught)
    gallery.replace(ANN, looks(0, 2), decided())
    np.testing.assert_array_equal(
        gallery.compare(looks(0, 4)), Gallery(known, decided()).compare(looks(0, 4))
    )


def test_a_creator_without_evidence_leaves() -> None:
    gallery = Gallery(references(ann=looks(0, 1), bob=looks(1, 1)), decided())
    gallery.replace(ANN, looks(0, 0), decided())
    assert gallery.creators.tolist() == [BOB]
    gallery.replace(ANN, looks(0, 1), decided())
    assert gallery.creators.tolist() == [ANN, BOB]


@settings(max_examples=25, deadline=None)
@given(copies=st.integers(1, 30), seed=st.integers(0, 20))
def test_many_faces_of_one_video_are_one_piece(copies: int, seed: int) -> None:
    known = references(ann=looks(0, 2))
    face = looks(0, 1, seed=seed)[0]
    once = Gallery(known, decided((ANN, 1, face))).compare(looks(0, 5))
    often = Gallery(known, decided(*[(ANN, 1, face)] * copies)).compare(looks(0, 5))
    np.testing.assert_allclose(once, often, atol=1e-3)


def test_a_wrong_confirmation_does_not_recruit() -> None:
    """A stranger confirmed as Ann, once, and later seen in other videos."""
    stranger, others = looks(7, 1, spread=0.3)[0], looks(7, 5, spread=0.3, seed=2)
    assert float((others @ stranger).min()) > 0.8
    gallery = Gallery(references(ann=looks(0, 1)), decided((ANN, 1, stranger)))
    assert gallery.compare(others).max() < 0.35


def test_decided_faces_never_outweigh_the_references_by_far() -> None:
    """Forty wrong ones that agree with each other leave Ann what she is."""
    wrong = [(ANN, video, face) for video, face in enumerate(looks(7, 40, spread=1.0))]
    gallery = Gallery(references(ann=looks(0, 3)), decided(*wrong))
    assert similarity(gallery, looks(0, 1, seed=9)[0], ANN) > 0.3


def test_confirmed_in_bulk_counts_less_than_looked_at() -> None:
    other_look = unit(looks(0, 1)[0] + looks(50, 1)[0])
    known = references(ann=looks(0, 2))
    bulk = Gallery(known, decided((ANN, 1, other_look), bulk=True))
    alone = Gallery(known, decided((ANN, 1, other_look)))
    none = Gallery(known, decided())
    values = [similarity(gallery, other_look, ANN) for gallery in (none, bulk, alone)]
    assert values == sorted(values)
    assert values[1] - values[0] < 0.8 * (values[2] - values[0])


def test_a_creator_known_by_bulk_alone_is_known() -> None:
    gallery = Gallery(references(), decided((ANN, 1, looks(0, 1)[0]), bulk=True))
    assert similarity(gallery, looks(0, 1)[0], ANN) == pytest.approx(1, abs=1e-5)


def test_apart_from_its_own_video_a_face_says_nothing_of_itself() -> None:
    face = looks(0, 1)[0]
    gallery = Gallery(
        references(bob=looks(1, 1)), decided((ANN, 1, face), (BOB, 2, looks(1, 1)[0]))
    )
    found = gallery.apart_from(
        np.stack([face, face, looks(1, 1)[0], face]),
        np.asarray([ANN, ANN, BOB, 99], np.int32),
        np.asarray([1, 5, 2, 1], np.int32),
    )
    assert np.isnan(found[[0, 3]]).all()
    np.testing.assert_allclose(found[1:3], [1, 1], atol=1e-5)
