"""Calibration: the probability that the nearest creator of a track is wrong.

A logistic model of what is known of a track: the similarity of its template to that creator
(piecewise linear), the lead over the next creator, how many pictures the template is worth, and
the size of its faces. More similarity or a larger lead never raises the risk. It is fitted by
penalised maximum likelihood, on people of whom none is judged below; by
``tests/bench/calibration.py --rivals``, means of five seeds of 20,000 synthetic faces, and of 20
halves of the people of 513 real pictures and tracks with the zoo:

===================================  ==================  ==========  ==================  ==========
method                               Brier, synthetic    log loss    Brier, real         log loss
===================================  ==================  ==========  ==================  ==========
base rate                            .2544               .7021       .2374               .668
isotonic on the cosine               .0073               .0240       .0114               .0536
logistic on the cosine               .0081               .0269       .0113               .0526
logistic on all, straight            .0003               .0017       .0116               .0534
boosted trees, monotone              .0005               .0028       .0148               .0671
**this one**                         .0001               .0011       .0112               .0520
this one, corrected by isotonic      .0001               .0009       .0126               .0608
===================================  ==================  ==========  ==================  ==========

scikit-learn has the rivals, but none with these constraints that also starts from an earlier fit:
it would add 51 MB, and at its first use 1.4 s to the 1.2 s that scipy, which is there anyway, takes
on a busy machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

RATES = (1 / 20, 1 / 50, 1 / 100, 1 / 200, 1 / 500, 1 / 1000, 1 / 2000, 1 / 5000, 1 / 10_000)
"""The error rates that are offered, as far as a calibration carries them."""

_SEEN = 3.0
"""The rule of three: where none of n independent units was wrong, 3/n bounds the risk at 95 %
(Hanley and Lippman-Hand, JAMA 249, 1983)."""

_BESIDE_KNOTS = 5
"""Coefficients but for one at each knot: 1, the first piece, margin, pictures, size."""
_PIECES = 4
"""Pieces of the line in which the log-odds rise with the similarity."""
_SIZE = 128.0
"""The side of a face, in pixels, of which nothing is added or taken."""
_SIZES = (-2.0, 1.0)
"""Powers of two of that side between which size is looked at."""
_PICTURES = 3.0
"""Powers of two up to which further pictures are looked at."""

_INTERCEPT_SPREAD, _SLOPE_SPREAD, _MARGIN_SPREAD, _OTHER_SPREAD = 20.0, 300.0, 10.0, 3.0
"""Standard deviations of the coefficients before anything is seen, for log-odds a unit of cosine,
or a power of two: they only keep a fit of units that part without error from growing endlessly."""
_BETWEEN_LIBRARIES = 1.0
"""Standard deviation, in log-odds, by which base rates of strangers differ between libraries. Log
loss after 1,000 decided tracks, with strangers rejected among them and without: .0029 and .0028 at
0, .0028 and .0029 at 1, .0028 and .0034 at 2, .0029 and .0053 at 4."""


@dataclass(frozen=True, slots=True)
class Units:
    """Tracks of which is known whether their nearest creator is right; arrays of one length.

    ``similarity`` is the cosine of the template to that creator, ``margin`` its lead over the next
    one (NaN: there is no other), ``pictures`` how many different pictures the template is worth,
    ``face_size`` in pixels (NaN: unknown), ``creators`` how many it was compared with, ``weight``
    what each counts, 1 for a track that is independent of the others, and ``people`` who they are,
    by any number.
    """

    similarity: Floats
    margin: Floats
    pictures: Floats
    face_size: Floats
    creators: Floats
    right: NDArray[np.bool_]
    weight: Floats
    people: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.similarity)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How sure a name is, by similarity, margin, pictures and face size.

    ``coefficients`` (p,) of the log-odds that the name is right, ``knots`` (k,) the similarities at
    which their slope changes, ``precision`` (p, p) how well the units determine the coefficients.
    ``units`` tracks of ``people`` people were seen, compared with up to ``crowd`` creators.
    """

    coefficients: tuple[float, ...]
    knots: tuple[float, ...]
    units: int
    people: int
    precision: tuple[tuple[float, ...], ...] = field(repr=False)
    crowd: float = 1.0

    def risk(
        self,
        similarity: ArrayLike,
        margin: ArrayLike,
        pictures: ArrayLike,
        face_size: ArrayLike,
        creators: ArrayLike,
    ) -> Floats:
        """The probability that each name is wrong, shape (n,), never beyond what was seen.

        Takes numbers or arrays of shape (n,); a margin of NaN is that over nobody, a face size of
        NaN is unknown, ``creators`` is how many the template was compared with.
        """
        odds = self.log_odds(similarity, margin, pictures, face_size, creators)
        wrong: Floats = np.clip(_share(-odds), self.floor, 1 - self.floor)
        return wrong

    def log_odds(
        self,
        similarity: ArrayLike,
        margin: ArrayLike,
        pictures: ArrayLike,
        face_size: ArrayLike,
        creators: ArrayLike,
    ) -> Floats:
        """The log-odds that each name is right, of the same, also beyond what was seen."""
        known = _features(similarity, margin, pictures, face_size, self.knots)
        odds: Floats = known @ np.asarray(self.coefficients) - self.more_than_seen(creators)
        return odds

    def more_than_seen(self, creators: ArrayLike) -> Floats:
        """What more creators than were seen take from the log-odds; fewer add nothing.

        Of twice as many creators twice as many are like a stranger. With the zoo, from 5 of them
        to 35 the odds of a wrong name rose by 7.6 at a cosine of .364 and by 6.6 at .353.
        """
        more: Floats = np.log(np.fmax(np.asarray(creators, float) / self.crowd, 1))
        return more

    @property
    def floor(self) -> float:
        """The least risk that so many units carry."""
        return _SEEN / max(self.units, 2 * _SEEN)

    @property
    def rates(self) -> tuple[float, ...]:
        """The error rates that it carries, the least strict one first."""
        return tuple(rate for rate in RATES if rate >= self.floor)

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "coefficients": list(self.coefficients),
            "knots": list(self.knots),
            "units": self.units,
            "people": self.people,
            "precision": [list(row) for row in self.precision],
            "crowd": self.crowd,
        }

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Calibration:
        """From what :meth:`to_json` gave.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        if len(held["coefficients"]) != len(held["knots"]) + _BESIDE_KNOTS:
            raise ValueError("coefficients of something else")
        return cls(
            tuple(float(value) for value in held["coefficients"]),
            tuple(float(value) for value in held["knots"]),
            int(held["units"]),
            int(held["people"]),
            tuple(tuple(float(value) for value in row) for row in held["precision"]),
            float(held["crowd"]),
        )


def among(odds: Floats) -> Floats:
    """The probability of each creator where a track is one of them or a stranger, shape (k, b).

    ``odds`` (k, b) are the log-odds of each against a stranger. A calibration need not have seen
    two creators who are alike, or one who was entered twice: the lead of one over the other may
    count for nothing in it.
    """
    most = odds.max(axis=1, keepdims=True, initial=0.0)
    shares = np.exp(odds - most)
    found: Floats = shares / (np.exp(-most) + shares.sum(axis=1, keepdims=True))
    return found


def fit(units: Units, prior: Calibration | None = None) -> Calibration:
    """The most likely calibration of these units, after what an earlier one has seen.

    The units of ``prior`` count as if they were here again, by their normal approximation, but for
    the base rate of strangers, which another library need not share.

    Raises:
        ValueError: there are no units.
    """
    knots = prior.knots if prior else _knots(units)
    known = _features(units.similarity, units.margin, units.pictures, units.face_size, knots)
    crowd = float(units.creators.max())
    mean, precision = _before(prior, crowd, known.shape[1])
    found = _most_likely(units, known, mean, precision, len(knots))
    share = _share(known @ found)
    precision = precision + (known.T * (units.weight * share * (1 - share))) @ known
    seen, people = int(units.weight.sum()), len(np.unique(units.people))
    return Calibration(
        tuple(found.tolist()),
        knots,
        seen + (prior.units if prior else 0),
        people + (prior.people if prior else 0),
        tuple(map(tuple, precision.tolist())),
        crowd,
    )


def _most_likely(
    units: Units, known: Floats, mean: Floats, precision: Floats, knots: int
) -> Floats:
    """The coefficients (p,) most likely by features (n, p) and by what was seen before."""
    from scipy.optimize import minimize  # noqa: PLC0415 - it loads long

    sign = np.where(units.right, 1.0, -1.0)

    def cost(coefficients: Floats) -> tuple[float, Floats]:
        odds = sign * (known @ coefficients)
        away = coefficients - mean
        pull = precision @ away
        loss = units.weight @ np.logaddexp(0, -odds) + 0.5 * away @ pull
        return float(loss), pull - known.T @ (units.weight * sign * _share(-odds))

    free, rising = (None, None), (0.0, None)
    bounds = [free, *[rising] * (knots + 2), free, free]
    found: Floats = minimize(cost, mean, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def _before(prior: Calibration | None, crowd: float, count: int) -> tuple[Floats, Floats]:
    """Mean and precision of the coefficients, among so many creators, before units are seen."""
    if prior is None:
        spread = np.full(count, _SLOPE_SPREAD)
        spread[0], spread[-3], spread[-2:] = _INTERCEPT_SPREAD, _MARGIN_SPREAD, _OTHER_SPREAD
        return np.zeros(count), np.diag(spread**-2)
    covariance = np.linalg.inv(np.asarray(prior.precision))
    covariance[0, 0] += _BETWEEN_LIBRARIES**2
    mean = np.asarray(prior.coefficients)
    mean[0] -= prior.more_than_seen(crowd)
    return mean, np.linalg.inv(covariance)


def _knots(units: Units) -> tuple[float, ...]:
    low, high = np.quantile(units.similarity, (0.02, 0.98))
    return tuple(np.linspace(low, high, _PIECES + 1)[1:-1].round(3).tolist())


def _features(
    similarity: ArrayLike,
    margin: ArrayLike,
    pictures: ArrayLike,
    face_size: ArrayLike,
    knots: tuple[float, ...],
) -> Floats:
    """What the log-odds are linear in, shape (n, p): 1, the pieces of similarity, and the rest."""
    cosine, lead, worth, side = np.broadcast_arrays(
        *(
            np.atleast_1d(np.asarray(given, float))
            for given in (similarity, margin, pictures, face_size)
        )
    )
    cosine = np.clip(np.nan_to_num(cosine, nan=-1.0), -1, 1)
    edges = (-np.inf, *knots, np.inf)
    pieces = [
        np.clip(cosine, low, high) - (low if np.isfinite(low) else high)
        for low, high in pairwise(edges)
    ]
    # a creator who is unlike, and none at all, are no rivals: the lead is over 0
    lead = np.clip(np.nan_to_num(lead, nan=np.inf), 0, np.maximum(cosine, 0))
    many = np.clip(np.log2(np.fmax(worth, 1)), 0, _PICTURES)
    with np.errstate(divide="ignore", invalid="ignore"):
        large = np.clip(np.nan_to_num(np.log2(side / _SIZE), nan=0.0), *_SIZES)
    return np.column_stack([np.ones_like(cosine), *pieces, lead, many, large])


def _share(odds: Floats) -> Floats:
    """The probability of log-odds."""
    return 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
