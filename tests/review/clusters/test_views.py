"""What is not ticked at first, and what comes first on the wall."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pytest

from facereview.records import Creator
from facereview.review.clusters.records import Cluster, ClusterSuggestion, Order
from facereview.review.clusters.views import doubtful, in_order, payoff

LIKE = [0.8, 0.82, 0.79, 0.81, 0.8]


def doubts(
    likeness: list[float],
    *,
    disagrees: Collection[int] = (),
    denied: Collection[int] = (),
    frames: list[int] | None = None,
) -> set[int]:
    """The places of the doubtful faces."""
    count = range(len(likeness))
    found = doubtful(
        np.asarray(likeness),
        np.asarray([n in disagrees for n in count], bool),
        np.asarray([n in denied for n in count], bool),
        np.asarray(frames if frames is not None else list(count), np.int64),
        0.4,
    )
    return set(np.flatnonzero(found).tolist())


def test_faces_that_hold_together_are_ticked() -> None:
    assert doubts(LIKE) == set()
    assert doubts([]) == set()
    assert doubts([1.0]) == set()


def test_a_blurred_face_is_ticked_and_a_stranger_is_not() -> None:
    assert doubts([*LIKE, 0.5]) == set()
    assert doubts([*LIKE, 0.35]) == {5}


def test_far_and_nearer_to_somebody_else_is_doubtful() -> None:
    assert doubts([*LIKE, 0.5], disagrees={5}) == {5}
    assert doubts(LIKE, disagrees={0}) == set()


def test_a_denied_face_is_doubtful() -> None:
    assert doubts(LIKE, denied={3}) == {3}


def test_of_two_faces_of_a_frame_the_better_is_ticked() -> None:
    assert doubts(LIKE, frames=[1, 2, 3, 1, 4]) == {0}
    assert doubts(LIKE, frames=[1, 1, 1, 1, 1]) == {0, 2, 3, 4}


def cluster(number: int, size: int, margin: float | None = None, **more: Any) -> Cluster:
    """A cluster; with a suggestion where a margin is given."""
    suggestion = None
    if margin is not None:
        suggestion = ClusterSuggestion(Creator(1, "Ann"), 0.7, margin, size)
    return Cluster(number, size, 1, suggestion, 0.8, 0.7, **more)


def test_payoff_weighs_size_by_certainty() -> None:
    assert payoff(cluster(1, 30, 0.25)) == pytest.approx(30)
    assert payoff(cluster(1, 30, 0.1)) == pytest.approx(15)
    assert payoff(cluster(1, 30)) < payoff(cluster(1, 30, 0.1))


def test_orders() -> None:
    sure, unsure = cluster(1, 10, 0.3), cluster(2, 15, 0.05, lookalike=True)
    closer, new = cluster(3, 5, 0.01, lookalike=True), cluster(4, 20)
    later = cluster(5, 90, 0.3, postponed=True)
    wall = [later, new, closer, unsure, sure]
    orders = set(Order) - {Order.CHECK, Order.SAME}  # which show no clusters
    shown = {order: [c.id for c in in_order(wall, order)] for order in orders}
    assert shown == {
        Order.PAYOFF: [1, 4, 2, 3, 5],
        Order.SIZE: [4, 2, 1, 3, 5],
        Order.NEW: [4],
        Order.LOOKALIKE: [3, 2],
    }
