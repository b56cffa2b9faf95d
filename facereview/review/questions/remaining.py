"""What is left to do: keys to press, and how many wrong names are expected after them.

Of the names that are sure or likely in 20 synthetic libraries of 2,000 faces each, so noisy that
some are wrong, 22 were wrong of 33 expected by a calibration of eight other such libraries, and
with more noise 64 of 70. The number lay within two standard deviations in all of the first 20
libraries, and in 17 of the others: somebody unknown who looks like a creator is wrong in several
tracks at once, which is not in the deviation. By a calibration of libraries in which fewer people
are known, more are expected than are wrong (``tests/bench/question_order.py``).

The questions of four libraries needed 4 to 35 % more keys than said: names that are typed, and
faces that are unticked, are not counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.review.clusters.records import PILE
from facereview.review.evidence.certainty import LIKELY
from facereview.review.questions.payoff import Questions, right
from facereview.store.clustering import OpenFaces
from facereview.store.insight import UnseenNames


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left, and what is expected of it.

    After about ``keys`` keys, ``wrong`` names are expected to be wrong with that ``variance``,
    among ``names`` that nobody looked at one by one: those the machine matched, those named
    together by one key, and the ``coming`` ones that the keys name so. Only names whose risk is
    known count.
    """

    keys: int
    wrong: float
    variance: float
    names: int
    coming: int

    @property
    def spread(self) -> float:
        """The standard deviation of the number of wrong names."""
        return math.sqrt(self.variance)


def keys_left(faces: OpenFaces, asked: Questions, twice_above: int) -> int:
    """About how many keys settle the pending faces.

    One for each cluster, Enter or X, two for one of more than ``twice_above`` faces; one for each
    single face that is probably somebody known, on Review; one for each pile of the other single
    faces, X. Faces that were not compared with the others yet: one for each of their tracks, a row
    of the cast sheet, or for the face where it is in none. Names that are typed, faces that are
    unticked and names that are wrong come on top.
    """
    size = asked.faces[asked.of]
    clustered = asked.clusters > 0
    clusters = int(clustered.sum()) + int((clustered & (asked.faces > twice_above)).sum())
    single = faces.looked & (faces.clusters == 0)
    likely = single & (np.where(faces.named != 0, faces.risks <= LIKELY, faces.agrees))
    piles = math.ceil(int((single & ~likely).sum()) / PILE)
    waiting = round(float((1 / size[~faces.looked & (faces.clusters == 0)]).sum()))
    return clusters + int(likely.sum()) + piles + waiting


def wrong_expected(tracks: NDArray[np.int64], risks: NDArray[np.floating]) -> tuple[float, float]:
    """The expected number of wrong names and its variance, from a row for each name, (n,).

    The faces of one track are wrong together, those of different tracks independently: the sum is
    Poisson binomial with weights.
    """
    if not len(tracks):
        return 0.0, 0.0
    of = np.unique(tracks, return_inverse=True)[1]
    expected, counts = np.bincount(of, risks), np.bincount(of)
    share = expected / counts
    return float(expected.sum()), float((counts**2 * share * (1 - share)).sum())


@dataclass(frozen=True, slots=True)
class UncertainNames:
    """Names that nobody looks at one by one, given or ``coming``; all of shape (n,)."""

    ids: NDArray[np.int32]
    tracks: NDArray[np.int64]
    risks: NDArray[np.float64]
    coming: NDArray[np.bool_]

    @property
    def least_sure_first(self) -> NDArray[np.int32]:
        """Their faces."""
        return self.ids[np.argsort(-self.risks, kind="stable")]


def uncertain_names(faces: OpenFaces, unseen: UnseenNames) -> UncertainNames:
    """The names that were given, and those that one key for each cluster will give."""
    risks = 1 - right(faces)
    coming = (faces.suggested != 0) & ~np.isnan(risks)
    tracks = np.where(faces.tracks != 0, faces.tracks, -faces.ids.astype(np.int64))
    return UncertainNames(
        np.concatenate([unseen.ids, faces.ids[coming]]),
        np.concatenate([unseen.tracks, tracks[coming]]),
        np.concatenate([unseen.risks, risks[coming]]),
        np.repeat([False, True], [len(unseen.ids), int(coming.sum())]),
    )


def remaining(
    faces: OpenFaces, asked: Questions, unseen: UnseenNames, twice_above: int
) -> Remaining:
    """What is left of these pending faces, and is expected of all names that nobody looks at."""
    names = uncertain_names(faces, unseen)
    wrong, variance = wrong_expected(names.tracks, names.risks)
    keys = keys_left(faces, asked, twice_above)
    return Remaining(keys, wrong, variance, len(names.ids), int(names.coming.sum()))
