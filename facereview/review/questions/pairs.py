"""Which two clusters are asked about, whether they are the same person.

Asked is about pairs whose answer "yes" lets one key settle both: not about two with a suggestion
each, which take one key each anyway. A pair is worth the faces of the smaller cluster times the
probability that both are one person, which grows with the mean cosine of the faces of one to those
of the other. That is below the clusters' threshold, or they would have been joined.

Faces that a question settles on average, of the first 10, 20 and 40, where half of the people have
two or three looks: eight libraries of 5,000 faces, and three of 20,000
(``tests/bench/questions.py``; the constants were set on six other libraries):

=========================================  =====  =====  =====  ======  ======  ======
order of the questions                     10     20     40     10      20      40
=========================================  =====  =====  =====  ======  ======  ======
this                                       16.2   10.0   6.2    101.0   56.7    32.7
by the smaller cluster, likely pairs only  14.8   8.9    5.7    93.3    54.2    30.4
likeness times the smaller cluster         9.9    6.3    3.8    84.1    47.4    27.3
by likeness                                9.6    8.5    5.7    15.5    12.6    13.9
by the smaller cluster, any pair           2.8    2.3    1.4    35.3    21.5    10.8
=========================================  =====  =====  =====  ======  ======  ======
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding

EVEN, SCALE = 0.03, 0.02
"""How far below the clusters' threshold two clusters are one person as often as not, and the cosine
that makes it e times as likely."""
LEAST = 0.02
"""Pairs less probably one person are not asked about."""


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """Clusters to be compared; arrays of shape (k,), ``centres`` (k, 512) of unit length.

    ``likeness`` is the mean cosine of a cluster's faces to its centre, ``suggested`` whether a
    creator is suggested for it.
    """

    ids: NDArray[np.int64]
    sizes: NDArray[np.int64]
    likeness: NDArray[np.float64]
    suggested: NDArray[np.bool_]
    centres: Embedding


@dataclass(frozen=True, slots=True)
class Pair:
    """Two clusters that may be one person, the larger first.

    ``likeness`` is the mean cosine of the faces of one to those of the other, ``chance`` the
    probability that they are one person, ``settles`` the faces that "yes" settles on top.
    """

    one: int
    other: int
    likeness: float
    chance: float
    settles: int

    @property
    def key(self) -> tuple[int, int]:
        """The same whichever is larger."""
        return min(self.one, self.other), max(self.one, self.other)


def chance_of_one(likeness: NDArray[np.floating], threshold: float) -> NDArray[np.float64]:
    """The probability that two clusters of this mean cosine are one person."""
    odds = (np.asarray(likeness, np.float64) - threshold + EVEN) / SCALE
    return 1 / (1 + np.exp(-np.clip(odds, -50, 50)))


def worth_asking(
    facts: ClusterFacts,
    threshold: float,
    told: Collection[tuple[int, int]],
    limit: int,
    *,
    least: float = LEAST,
) -> list[Pair]:
    """The pairs to ask about, the one expected to settle most first, at most ``limit``.

    ``threshold`` makes two faces one person (cosine). ``told`` are pairs, the lower id first, of
    which it is known that they are two people. Pairs less probable than ``least`` are left out.
    """
    one, other = np.triu_indices(len(facts.ids), 1)
    open_ones = ~(facts.suggested[one] & facts.suggested[other])
    one, other = one[open_ones], other[open_ones]
    among = facts.centres @ facts.centres.T
    likeness = among[one, other] * facts.likeness[one] * facts.likeness[other]
    chances = chance_of_one(likeness, threshold)
    settles = _settled(facts, one, other)
    order = np.lexsort((one, -likeness, -chances * settles))
    found: list[Pair] = []
    for place in order[chances[order] >= least]:
        ids = _larger_first(facts, int(one[place]), int(other[place]))
        pair = Pair(*ids, float(likeness[place]), float(chances[place]), int(settles[place]))
        if pair.key not in told:
            found.append(pair)
        if len(found) == limit:
            break
    return found


def _settled(
    facts: ClusterFacts, one: NDArray[np.intp], other: NDArray[np.intp]
) -> NDArray[np.int64]:
    """The faces of the one nobody is suggested for, of two such the fewer."""
    fewer = np.minimum(facts.sizes[one], facts.sizes[other])
    fewer = np.where(facts.suggested[one], facts.sizes[other], fewer)
    return np.where(facts.suggested[other], facts.sizes[one], fewer)


def _larger_first(facts: ClusterFacts, one: int, other: int) -> tuple[int, int]:
    """Their ids, the larger cluster first."""
    ids = int(facts.ids[one]), int(facts.ids[other])
    return ids if facts.sizes[one] >= facts.sizes[other] else (ids[1], ids[0])
