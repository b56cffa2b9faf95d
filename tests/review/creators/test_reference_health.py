"""References compared again after some changed: the same as comparing all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facereview.errors import Cancelled
from facereview.review.creators.reference_health import Compared, Comparison, Health, Likeness
from facereview.store.creators import ReferenceMatrix

Held = dict[int, int]
"""Creators by reference."""

held = st.dictionaries(st.integers(1, 30), st.integers(1, 5), max_size=30)


VECTORS = np.random.default_rng(0).standard_normal((256, 512)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)


def state(creators: Held) -> ReferenceMatrix:
    """References whose embeddings follow from their ids, each creator's lying together."""
    order = sorted(creators, key=lambda i: (creators[i], i))
    matrix = VECTORS[np.asarray(order, np.int64)]
    whose = np.asarray([creators[i] for i in order], np.int64)
    return ReferenceMatrix(np.asarray(order, np.int64), whose, matrix)


def compared(creators: Held, before: Compared | None = None) -> tuple[Likeness, Compared]:
    return Comparison(state(creators)).everything(before)


def alike(one: Likeness, other: Likeness) -> None:
    np.testing.assert_allclose(one.own, other.own, atol=1e-5)
    np.testing.assert_allclose(one.other, other.other, atol=1e-5)
    somebody = one.other > -np.inf
    assert one.nearest[somebody].tolist() == other.nearest[somebody].tolist()


@settings(deadline=None)
@given(held, held)
def test_going_on_is_like_beginning_anew(first: Held, then: Held) -> None:
    _, known = compared(first)
    alike(compared(then, known)[0], compared(then)[0])


@settings(deadline=None)
@given(held, st.sets(st.integers(1, 30), max_size=3), st.sets(st.integers(31, 40), max_size=3))
def test_a_few_came_and_a_few_went(first: Held, gone: set[int], added: set[int]) -> None:
    first |= {i: 6 + i % 7 for i in range(50, 90)}
    then = {i: c for i, c in first.items() if i not in gone} | {i: 1 + i % 5 for i in added}
    found, known = compared(then, compared(first)[1])
    alike(found, compared(then)[0])
    alike(compared(first, known)[0], compared(first)[0])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows that are compared with all references, in order."""
    found: list[int] = []
    compare = Comparison._compare

    def noted(self: Comparison, rows: np.ndarray, *rest: object) -> None:
        found.extend(rows.tolist())
        compare(self, rows, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Comparison, "_compare", noted)
    return found


def test_only_what_changed_is_compared(asked: list[int]) -> None:
    first = {i: i // 3 for i in range(90)}
    _, known = compared(first)
    asked.clear()
    compared(first, known)
    assert asked == []
    compared(first | {200: 5}, known)
    assert len(asked) == 4  # the new one and its creator's three


def test_the_references_of_a_creator_are_compared_once(asked: list[int]) -> None:
    held = {i: i // 3 for i in range(90)}
    found = Health(state(held), 0.9).of(5)
    assert list(found) == asked == [15, 16, 17]


def test_it_can_be_stopped() -> None:
    with pytest.raises(Cancelled):
        Comparison(state({1: 1, 2: 2})).everything(None, lambda: True)
