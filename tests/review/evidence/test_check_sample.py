"""How many matches may be wrong after a sample: exactly what counting every case gives."""

from __future__ import annotations

from itertools import combinations

import pytest

from facereview.review.evidence.check_sample import CheckSample, SampleStage, most_wrong


def counted(population: int, drawn: int, wrong: int) -> int:
    """The bound by drawing every sample there is."""
    fits = []
    for bad in range(population + 1):
        samples = [
            sum(i < bad for i in chosen) for chosen in combinations(range(population), drawn)
        ]
        few = sum(found <= wrong for found in samples)
        possible = wrong <= bad <= population - (drawn - wrong)
        if possible and few > 0.05 * len(samples):
            fits.append(bad)
    return max(fits)


@pytest.mark.parametrize("population", [1, 2, 5, 9, 12])
def test_the_bound_is_that_of_drawing_every_sample(population: int) -> None:
    for drawn in range(population + 1):
        for wrong in range(drawn + 1):
            assert most_wrong(population, drawn, wrong) == counted(population, drawn, wrong)


def test_thirty_clean_of_412_are_at_most_37_wrong() -> None:
    assert most_wrong(412, 30, 0) == 37


def test_a_wrong_one_is_counted_by_the_bound() -> None:
    assert most_wrong(412, 30, 1) == 59
    assert [most_wrong(412, 30, n) for n in range(5)] == sorted(
        {most_wrong(412, 30, n) for n in range(5)}
    )


def test_looking_at_all_leaves_nothing_open() -> None:
    assert most_wrong(50, 50, 0) == 0
    assert most_wrong(50, 50, 3) == 3


def test_more_wrong_than_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="31"):
        most_wrong(412, 30, 31)


def sample(*, right: int = 0, wrong: int = 0, waiting: int = 0, beside: int = 0) -> CheckSample:
    return CheckSample(1, 1, 412, 30, right, wrong, waiting, beside, 0)


@pytest.mark.parametrize(
    ("known", "stage", "at_most"),
    [
        (sample(waiting=30), SampleStage.OPEN, 37),
        (sample(right=12, waiting=18), SampleStage.OPEN, 37),
        (sample(right=30), SampleStage.CLEAN, 37),
        (sample(right=29, wrong=1), SampleStage.FAILED, 59),
        (sample(right=30, beside=1), SampleStage.FAILED, 37),
        (sample(right=30, beside=50), SampleStage.FAILED, 50),
        (sample(right=20, waiting=9), SampleStage.VOID, most_wrong(412, 30, 10)),
        # those that nobody looked at may be wrong, too
        (sample(right=20, wrong=1, waiting=9), SampleStage.FAILED, most_wrong(412, 30, 10)),
    ],
)
def test_what_a_sample_means(known: CheckSample, stage: SampleStage, at_most: int) -> None:
    assert (known.stage, known.at_most) == (stage, at_most)
