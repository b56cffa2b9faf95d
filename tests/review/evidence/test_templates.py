"""Pooling: copies add nothing, quality weighs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facereview.records import DIMENSION, Embedding
from facereview.review.evidence.records import Template
from facereview.review.evidence.templates import pool


def faces(seed: int, count: int, spread: float) -> Embedding:
    """Pictures of one person: a direction and noise of this length, unit length."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((count, DIMENSION)) / np.sqrt(DIMENSION)
    vectors = np.eye(DIMENSION)[0] + spread * noise
    made: Embedding = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return made.astype(np.float32)


def pooled(vectors: Embedding, quality: list[float] | None = None) -> Template:
    """Pooled, faces of 80 pixels."""
    given_quality = np.asarray(quality or [0.9] * len(vectors), np.float32)
    return pool(vectors, given_quality, np.full(len(vectors), 80.0, np.float32))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 99),
    count=st.integers(1, 6),
    copies=st.lists(st.integers(1, 5), min_size=6, max_size=6),
    spread=st.sampled_from([0.1, 0.3, 0.5, 1.0]),
)
def test_copies_add_nothing(seed: int, count: int, copies: list[int], spread: float) -> None:
    vectors = faces(seed, count, spread)
    once = pooled(vectors)
    often = pooled(np.repeat(vectors, copies[:count], axis=0))
    assert often.pictures == pytest.approx(once.pictures, abs=0.05)
    assert float(often.embedding @ once.embedding) > 0.99


def test_different_pictures_count_and_are_nearer_to_the_person() -> None:
    vectors = faces(1, 5, 1.0)
    template = pooled(vectors)
    assert template.pictures == pytest.approx(5, abs=0.01)
    assert template.embedding[0] > vectors[:, 0].max() + 0.15
    assert np.linalg.norm(template.embedding) == pytest.approx(1, abs=1e-5)


def test_a_face_of_poor_quality_weighs_less() -> None:
    vectors = np.eye(DIMENSION, dtype=np.float32)[:2]
    template = pooled(vectors, [0.8, 0.2])
    assert template.embedding[0] == pytest.approx(4 * template.embedding[1])
    assert template.quality == pytest.approx(0.8)


def test_an_unknown_quality_is_neither_good_nor_bad() -> None:
    vectors = np.eye(DIMENSION, dtype=np.float32)[:3]
    template = pooled(vectors, [1.0, float("nan"), 0.0])
    assert template.embedding[0] > template.embedding[1] > template.embedding[2] > 0


def test_a_face_like_nothing_stays_so() -> None:
    template = pooled(np.zeros((1, DIMENSION), np.float32))
    assert not template.embedding.any()
    assert template.pictures == 1
