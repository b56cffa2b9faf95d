"""Past decisions replayed: what the machine would have settled by other thresholds or another rate.

What people said of a face is compared with what the evidence says of it without anything of its
own video, so that nothing confirms itself. All of that is computed once, see :mod:`.replay`; by
which threshold or error rate it is looked at is a comparison of arrays.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.review.evidence.certainty import LIKELY
from facereview.review.insight.intervals import Share, share

NOBODY_KNOWN, ONLY_DENIED = 0, -1
"""Instead of a creator: a stranger or no face; and where is only known who it is not."""

RIGHT, WRONG, UNKNOWN = 1, 0, -1

BINS = 50
"""Bars of the histogram between a cosine of 0 and 1."""

_ROUNDING = 1e-6
"""The database keeps risks in four bytes."""


@dataclass(frozen=True, slots=True)
class ByThresholds:
    """Faces are suggested and matched from these cosines."""

    suggest: float
    match: float


@dataclass(frozen=True, slots=True)
class ByRate:
    """Tracks are settled where the risk that the name is wrong is at most this."""

    rate: float


Rule = ByThresholds | ByRate


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people said of faces that stands; arrays of one length.

    ``creators`` are ids, :data:`NOBODY_KNOWN` or :data:`ONLY_DENIED`; ``tracks`` are numbers that
    the faces of one track share.
    """

    faces: NDArray[np.int32]
    videos: NDArray[np.int32]
    tracks: NDArray[np.int64]
    creators: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Guesses:
    """Whom a rule takes each of these faces for; arrays of the same length.

    ``creators`` is 0 for nobody, ``similarities`` is the cosine to that creator's best reference
    (-1: there is none), which is ``references``, 0 for none. ``risks`` are those of tracks, NaN by
    thresholds. ``verdicts`` are :data:`RIGHT`, :data:`WRONG` or :data:`UNKNOWN`; ``open_to`` says
    that the machine may settle the face: nobody else of its frame is more like that creator, and
    it goes with its track.
    """

    creators: NDArray[np.int32]
    similarities: NDArray[np.float32]
    references: NDArray[np.int64]
    risks: NDArray[np.float64]
    verdicts: NDArray[np.int8]
    open_to: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class NamedError:
    """A face that would have been settled wrongly.

    ``truth`` is who it is, None where people said that it is nobody known, or only that it is not
    ``taken_for``; ``reference`` is the one of that creator that it is most like, None where there
    is none. ``risk`` is None by thresholds.
    """

    face: int
    video: int
    truth: str | None
    stranger: bool
    taken_for: str
    similarity: float | None
    reference: int | None
    risk: float | None


@dataclass(frozen=True, slots=True)
class Histogram:
    """Decisions by the cosine to the nearest creator, who was right or not; ``edges`` (b + 1,)."""

    edges: NDArray[np.float64]
    right: NDArray[np.int64]
    wrong: NDArray[np.int64]

    def rows(self) -> list[tuple[float, int, int]]:
        """Of each bar where it begins, and both counts."""
        starts = self.edges[:-1].round(4).tolist()
        return list(zip(starts, self.right.tolist(), self.wrong.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule would have done with the decisions; places in the arrays of a :class:`Replay`.

    ``settled`` would have got a name without asking, ``wrong`` of them another one than people
    gave, the surest first; ``suggested`` would have had a first suggestion, settled ones included.
    ``precision`` is the share of right names among the settled, ``suggestion`` that among the
    suggested. Faces whose name nobody can judge are in none.
    """

    rule: Rule
    decisions: int
    settled: NDArray[np.intp]
    wrong: NDArray[np.intp]
    suggested: NDArray[np.intp]
    precision: Share
    suggestion: Share


@dataclass(frozen=True, slots=True)
class Replay:
    """The decisions with what both rules say of them; ``by_track`` None without a calibration.

    ``names`` are those of all creators.
    """

    decisions: Decisions
    by_face: Guesses
    by_track: Guesses | None
    names: Mapping[int, str]

    def at(self, rule: Rule) -> Outcome:
        """What would have been settled; 100,000 decisions take some milliseconds.

        Raises:
            ValueError: an error rate, and there is no calibration.
        """
        guesses = self.guesses(rule)
        known = guesses.verdicts != UNKNOWN
        named = known & (guesses.creators != 0)
        if isinstance(rule, ByThresholds):
            reached = guesses.similarities >= np.float64(rule.match)
            suggested = named & (guesses.similarities >= np.float64(rule.suggest))
        else:
            reached = guesses.risks <= rule.rate * (1 + _ROUNDING)
            suggested = named & (guesses.risks <= max(LIKELY, rule.rate))
        settled = np.flatnonzero(named & reached & guesses.open_to)
        return Outcome(
            rule,
            int(known.sum()),
            settled,
            self._wrong(guesses, settled),
            np.flatnonzero(suggested),
            self._share(guesses, settled),
            self._share(guesses, np.flatnonzero(suggested)),
        )

    def guesses(self, rule: Rule) -> Guesses:
        """Whom a rule takes the faces for.

        Raises:
            ValueError: an error rate, and there is no calibration.
        """
        if isinstance(rule, ByThresholds):
            return self.by_face
        if self.by_track is None:
            raise ValueError("no calibration")
        return self.by_track

    def errors(self, outcome: Outcome, most: int | None = None) -> list[NamedError]:
        """The faces that would have been settled wrongly, the surest first, so many of them."""
        guesses = self.guesses(outcome.rule)
        return [self._error(guesses, place) for place in outcome.wrong[:most].tolist()]

    def histogram(self) -> Histogram:
        """The decisions by the cosine to the nearest creator; those below 0 are in the first."""
        guesses = self.by_face
        edges = np.linspace(0.0, 1.0, BINS + 1)
        places = np.clip((guesses.similarities * BINS).astype(np.intp), 0, BINS - 1)
        there = guesses.creators != 0
        right, wrong = (
            np.bincount(places[there & (guesses.verdicts == said)], minlength=BINS)
            for said in (RIGHT, WRONG)
        )
        return Histogram(edges, right, wrong)

    def faces(self, places: NDArray[np.intp]) -> list[int]:
        """The ids of faces."""
        found: list[int] = self.decisions.faces[places].tolist()
        return found

    def suggested_worst_first(self, outcome: Outcome) -> NDArray[np.intp]:
        """The faces that would have had a suggestion, by place: those with a wrong one first."""
        wrong = self.guesses(outcome.rule).verdicts[outcome.suggested] == WRONG
        return np.concatenate([outcome.suggested[wrong], outcome.suggested[~wrong]])

    def between(self, low: float, high: float, verdict: int) -> NDArray[np.intp]:
        """The faces of some bars of the histogram, by place: ``low`` included, ``high`` not."""
        guesses = self.by_face
        above = guesses.similarities >= np.float64(low) if low > 0 else guesses.creators != 0
        below = guesses.similarities < np.float64(high) if high < 1 else guesses.creators != 0
        return np.flatnonzero(above & below & (guesses.verdicts == verdict))

    # ------------------------------------------------------------------------------------- parts

    def _wrong(self, guesses: Guesses, settled: NDArray[np.intp]) -> NDArray[np.intp]:
        wrong = settled[guesses.verdicts[settled] == WRONG]
        order = np.lexsort((-guesses.similarities[wrong], np.nan_to_num(guesses.risks[wrong])))
        ordered: NDArray[np.intp] = wrong[order]
        return ordered

    def _share(self, guesses: Guesses, places: NDArray[np.intp]) -> Share:
        return share(guesses.verdicts[places] == RIGHT, self.decisions.tracks[places])

    def _error(self, guesses: Guesses, place: int) -> NamedError:
        truth, risk = int(self.decisions.creators[place]), float(guesses.risks[place])
        taken_for, similarity = int(guesses.creators[place]), float(guesses.similarities[place])
        return NamedError(
            int(self.decisions.faces[place]),
            int(self.decisions.videos[place]),
            self.names.get(truth),
            truth == NOBODY_KNOWN,
            self.names.get(taken_for, ""),
            similarity if similarity > -1 else None,
            int(guesses.references[place]) or None,
            None if np.isnan(risk) else risk,
        )


def histogram_as_csv(histogram: Histogram) -> bytes:
    """A table with the columns similarity, right and wrong, in UTF-8."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(("similarity", "right", "wrong"))
    table.writerows(histogram.rows())
    return text.getvalue().encode()
