"""Checking many matches by a random sample: how many may be wrong after what was found in it."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from enum import StrEnum
from math import comb

from facereview.store.checks import SampleRow

SAMPLE = 30
"""So many are drawn: clean, they say that at most about one match in ten is wrong."""
_SURE = 20
"""What is stated holds in 19 of 20 samples: with a probability of 95 %."""


def most_wrong(population: int, drawn: int, wrong: int) -> int:
    """How many of a population are wrong at most, where ``wrong`` of ``drawn`` ones are.

    The exact one-sided upper 95 % bound for sampling without replacement: the largest number of
    wrong ones with which so few would be drawn with a probability above 5 %, by the
    hypergeometric distribution in whole numbers (Buonaccorsi, The American Statistician 41, 1987).
    ``scipy.stats.hypergeom`` agrees, but its import alone takes longer than a page.

    Raises:
        ValueError: more are drawn than there are, or more are wrong than drawn.
    """
    if not 0 <= wrong <= drawn <= population:
        raise ValueError((population, drawn, wrong))
    ways = comb(population, drawn)
    low, high = wrong, population - (drawn - wrong)
    while low < high:
        bad = (low + high + 1) // 2
        few = sum(comb(bad, i) * comb(population - bad, drawn - i) for i in range(wrong + 1))
        if few * _SURE > ways:
            low = bad
        else:
            high = bad - 1
    return low


class SampleStage(StrEnum):
    """How far the check by a sample is."""

    OPEN = "open"
    """Drawn ones wait to be looked at, and none was found wrong."""
    CLEAN = "clean"
    """All that were drawn are right."""
    FAILED = "failed"
    """One of the population is wrong: each of the others has to be looked at."""
    VOID = "void"
    """Drawn ones are gone, or pending again with nobody having said why: it says nothing."""


@dataclass(frozen=True, slots=True)
class CheckSample(SampleRow):
    """A sample of a creator's automatic matches, and what it means."""

    @classmethod
    def of(cls, row: SampleRow | None) -> CheckSample | None:
        """What a row of the database means."""
        return None if row is None else cls(*astuple(row))

    @property
    def stage(self) -> SampleStage:
        """What this sample means now."""
        if self.wrong or self.wrong_beside:
            return SampleStage.FAILED
        if self.right + self.waiting < self.drawn:
            return SampleStage.VOID
        return SampleStage.OPEN if self.waiting else SampleStage.CLEAN

    @property
    def at_most(self) -> int:
        """How many of the population are wrong at most; drawn ones not looked at count as wrong.

        While it is open: what it will say if all that wait are right.
        """
        unknown = 0 if self.stage is SampleStage.OPEN else self.drawn - self.right - self.wrong
        bound = most_wrong(self.population, self.drawn, self.wrong + unknown)
        return max(bound, self.wrong + self.wrong_beside)
