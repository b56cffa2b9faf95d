"""Calibration: monotone, never beyond the data, never 0 or 1, the same again from JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from facereview.faces import BUFFALO_L, ZOO
from facereview.review.evidence.calibration import Calibration, Units, fit
from facereview.review.evidence.shipped import shipped

Floats = NDArray[np.float64]


def made_units(count: int, seed: int = 0, *, strangers: float = 0.5, apart: float = 0.3) -> Units:
    """Tracks of which the right ones are ``apart`` more similar than strangers."""
    rng = np.random.default_rng(seed)
    right = rng.random(count) >= strangers
    similarity = np.clip(rng.normal(0.25, 0.08, count) + apart * right, -1, 1)
    margin: Floats = np.abs(rng.normal(0.04, 0.02, count)) + 0.5 * apart * right
    return Units(
        similarity,
        margin,
        rng.integers(1, 7, count).astype(float),
        rng.uniform(30, 200, count),
        np.full(count, 20.0),
        right,
        np.ones(count),
        rng.integers(0, max(1, count // 5), count),
    )


def zoo() -> Calibration:
    found = shipped(ZOO)
    assert found is not None
    return found


def risk_of(calibration: Calibration, units: Units) -> Floats:
    return calibration.risk(
        units.similarity, units.margin, units.pictures, units.face_size, units.creators
    )


numbers = st.floats(-1, 1, allow_nan=False)


@pytest.mark.parametrize("made", [zoo(), fit(made_units(400)), fit(made_units(60, 3), zoo())])
@given(low=numbers, high=numbers, margin=st.floats(0, 1), pictures=st.floats(0, 90))
@settings(max_examples=60, deadline=None)
def test_more_similarity_or_margin_never_raises_the_risk(
    made: Calibration, low: float, high: float, margin: float, pictures: float
) -> None:
    low, high = sorted((low, high))
    less, more = made.risk([low, high], margin, pictures, 80.0, 20)
    assert more <= less
    near, far = made.risk(high, [margin / 2, margin], pictures, 80.0, 20)
    assert far <= near


@given(
    st.floats(),
    st.floats(),
    st.floats(),
    st.floats(),
    st.integers(1, 3000),
    st.integers(0, 10**6),
)
@settings(max_examples=100, deadline=None)
def test_a_risk_is_never_0_nor_1_nor_beyond_the_data(
    similarity: float, margin: float, pictures: float, size: float, units: int, creators: int
) -> None:
    shape = zoo()
    made = Calibration(shape.coefficients, shape.knots, units, 1, shape.precision)
    (risk,) = made.risk(similarity, margin, pictures, size, creators)
    assert min(3 / units, 0.5) <= risk <= max(1 - 3 / units, 0.5)
    assert 0 < risk < 1


def test_units_that_part_without_an_error_still_leave_a_risk() -> None:
    units = made_units(600, strangers=0.4, apart=0.9)
    risk = risk_of(fit(units), units)
    assert risk.min() == pytest.approx(3 / 600)
    assert risk.max() == pytest.approx(1 - 3 / 600)


def test_it_carries_the_error_rates_that_its_units_allow() -> None:
    shape = zoo()
    rates = {
        units: Calibration(shape.coefficients, shape.knots, units, 1, shape.precision).rates
        for units in (1, 59, 60, 299, 300, 3000)
    }
    assert [min(found, default=None) for found in rates.values()] == [
        None, None, 1 / 20, 1 / 50, 1 / 100, 1 / 1000,
    ]  # fmt: skip
    assert rates[300] == (1 / 20, 1 / 50, 1 / 100)


def test_json_brings_back_the_same() -> None:
    made = fit(made_units(300))
    assert Calibration.from_json(json.loads(json.dumps(made.to_json()))) == made


@pytest.mark.parametrize(
    "held",
    [
        {},
        {"coefficients": 3},
        {"coefficients": ["x"]},
        zoo().to_json() | {"knots": [0.3]},
        zoo().to_json() | {"units": None},
    ],
)
def test_other_json_is_refused(held: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Calibration.from_json(held)


def test_what_it_says_comes_true_on_other_tracks() -> None:
    made, others = fit(made_units(4000)), made_units(4000, 1)
    risk = risk_of(made, others)
    for part in np.array_split(np.argsort(risk), 8):
        assert risk[part].mean() == pytest.approx((~others.right[part]).mean(), abs=0.04)


def test_a_lighter_unit_counts_less() -> None:
    units = made_units(400)
    half = replace(units, weight=units.weight / 2)
    assert fit(half).units == 200
    assert fit(half).floor == pytest.approx(2 * fit(units).floor)


def test_a_few_units_move_an_earlier_calibration_little_and_many_take_over() -> None:
    """The base rate of strangers, which another library need not share, moves first."""
    base = fit(made_units(400))
    crowded = [made_units(count, 5, strangers=0.9) for count in (10, 4000)]
    few, many = (fit(units, base) for units in crowded)
    probe = (0.42, 0.08, 2.0, 100.0, 20)
    before, after_few, after_many = (made.risk(*probe)[0] for made in (base, few, many))
    alone = fit(crowded[1]).risk(*probe)[0]
    assert before < after_few < after_many
    assert after_many == pytest.approx(alone, abs=0.05)
    assert (few.units, many.units) == (410, 4400)


def test_only_the_zoo_was_measured() -> None:
    assert shipped(BUFFALO_L) is None
    assert shipped("") is None
    made = zoo()
    assert made.rates[-1] == 1 / 100
    strange, known = made.risk([0.30, 0.75], [0.05, 0.4], 4, 110, 500)
    assert known <= 1 / 100
    assert strange > 0.9


def test_among_more_creators_a_stranger_is_more_easily_like_one() -> None:
    few, more, most = zoo().risk(0.45, 0.1, 3, 110, [5, 50, 500])
    assert few < more < most
    assert most / (1 - most) == pytest.approx(10 * more / (1 - more))
