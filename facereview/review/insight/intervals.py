"""How sure a share is that was counted on faces of which many are the same track.

In how many of 100 synthetic libraries with about 2,000 decided faces an interval of 95 % holds the
share among all other videos, at the worst of six thresholds with .90 to 1.00 right, where each face
is named by itself and where a track is named as one, and how wide it is on the mean
(``tests/bench/intervals.py``):

===========================================  =====  ======  ======  ======
method                                       faces  wide    tracks  wide
===========================================  =====  ======  ======  ======
Wilson, each face by itself                  71     .0204   67      .0233
Clopper-Pearson, each face by itself         76     .0211   67      .0241
Clopper-Pearson, as many as tracks           98     .0402   94      .0458
bootstrap of tracks                          24     .0310   19      .0412
bootstrap of people                          24     .0423   19      .0562
Korn-Graubard, design effect of the tracks   97     .0373   95      .0487
**Korn-Graubard, tracks that agree** (this)  99     .0430   96      .0487
Korn-Graubard, people that agree             100    .195    100     .205
===========================================  =====  ======  ======  ======

Where nothing wrong was seen a bootstrap says that nothing is. The design effect is known from the
few tracks that are wrong, if there are any; that of tracks which agree needs none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """``right`` of ``count``, and the 95 % interval of the share that it stands for.

    Of nothing it is anything.
    """

    right: int
    count: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share as counted; None of nothing."""
        return self.right / self.count if self.count else None


def share(right: NDArray[np.bool_], groups: NDArray[np.integer]) -> Share:
    """The share of what is right, shape (n,), where those of one group are right together.

    ``groups`` (n,) are numbers from 0 on, not much more of them than faces: they are counted.
    """
    count = len(right)
    if not count:
        return Share(0, 0, 0.0, 1.0)
    low, high = korn_graubard(right, groups)
    return Share(int(right.sum()), count, low, high)


def korn_graubard(right: NDArray[np.bool_], groups: NDArray[np.integer]) -> tuple[float, float]:
    """The interval of Clopper and Pearson for as many independent ones as these are worth.

    Korn and Graubard, Survey Methodology 24 (1998), where the members of a group agree entirely:
    (sum m)^2 / sum m^2 of groups of m.
    """
    # scipy.stats takes half a second to import, which only the page of thresholds pays
    from scipy.special import betaincinv  # noqa: PLC0415

    sizes = np.bincount(groups).astype(np.float64)
    worth = float(sizes.sum()) ** 2 / float((sizes**2).sum())
    yes = float(right.mean()) * worth
    tail = (1 - CONFIDENCE) / 2
    low = betaincinv(yes, worth - yes + 1, tail) if yes > 0 else 0.0
    high = betaincinv(yes + 1, worth - yes, 1 - tail) if yes < worth else 1.0
    return float(low), float(high)
