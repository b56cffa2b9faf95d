"""Intervals of a share hold the truth although the faces of a track are alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from facereview.review.insight.intervals import Share, share
from support import unit

CREATORS, STRANGERS, DIMENSION = 16, 64, 32
DECIDED, OTHERS, FACES = 250, 1_000, 3


def library(seed: int) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int64]]:
    """Cosines of faces to their nearest creator, whether that is right, and their tracks.

    People share looks, those of a long tail are often there, and a track has a look of its own.
    """
    rng = np.random.default_rng(seed)
    count, tracks = CREATORS + STRANGERS, DECIDED + OTHERS
    groups = rng.standard_normal((count // 8, DIMENSION)).astype(np.float32)
    own = rng.standard_normal((count, DIMENSION)).astype(np.float32)
    people = unit(own + 0.7 * groups[rng.integers(0, len(groups), count)])
    often = 1 / np.arange(1, count + 1) ** 0.8
    who = rng.permutation(count)[rng.choice(count, tracks, p=often / often.sum())]
    looks = people[who] + 0.5 * unit(rng.standard_normal((tracks, DIMENSION)).astype(np.float32))
    sizes = rng.integers(1, 2 * FACES, tracks)
    track = np.repeat(np.arange(tracks), sizes)
    noise = unit(rng.standard_normal((len(track), DIMENSION)).astype(np.float32))
    cosines = unit(looks[track] + 0.6 * noise) @ people[:CREATORS].T
    return cosines.max(axis=1), cosines.argmax(axis=1) == who[track], track


@pytest.fixture(scope="module")
def libraries() -> list[tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int64]]]:
    return [library(seed) for seed in range(100)]


@pytest.mark.parametrize("threshold", [0.58, 0.64, 0.70])
def test_the_interval_holds_the_truth_in_nine_of_ten_libraries(
    libraries: list[tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int64]]],
    threshold: float,
) -> None:
    held, truths = 0, []
    for cosines, right, track in libraries:
        reached, decided = cosines >= threshold, track < DECIDED
        found = share(right[reached & decided], track[reached & decided])
        truths.append(float(right[reached & ~decided].mean()))
        held += found.low <= truths[-1] <= found.high
    assert held >= 90
    assert 0.8 < np.mean(truths) < 0.9999


def test_faces_of_one_track_are_worth_one() -> None:
    """The rule of three at 95 % of both sides: none wrong of n leaves at most about 3.7 / n."""
    none_wrong = np.ones(400, np.bool_)
    each = share(none_wrong, np.arange(400))
    assert (each.right, each.count, each.high) == (400, 400, 1.0)
    assert each.low == pytest.approx(1 - 3.69 / 400, abs=1e-3)
    of_four = share(none_wrong, np.arange(400) // 4)
    assert of_four.low == pytest.approx(1 - 3.69 / 100, abs=2e-3)
    assert share(none_wrong, np.zeros(400, int)).low < 0.03


def test_of_nothing_it_is_anything() -> None:
    assert share(np.zeros(0, np.bool_), np.zeros(0, np.int64)) == Share(0, 0, 0.0, 1.0)
    assert Share(0, 0, 0.0, 1.0).value is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=1, max_size=60))
def test_the_share_lies_in_its_interval(faces: list[tuple[bool, int]]) -> None:
    right, tracks = (np.asarray(values) for values in zip(*faces, strict=True))
    found = share(right, tracks)
    assert 0 <= found.low <= (found.value or 0) <= found.high <= 1
