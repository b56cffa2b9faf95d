"""All references compared with each other, each as if it were not there (leave-one-out)."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from facereview.errors import Cancelled
from facereview.records import Embedding
from facereview.store.creators import ReferenceMatrix

_BLOCK = 512
"""References compared at a time: 100 MB of similarities at 50,000."""
_MANY = 3
"""Where more than a third is to be compared anew, everything is."""


@dataclass(slots=True)
class Likeness:
    """Of every reference, by place: cosine to its own, to others, and the nearest other one.

    All of shape (n,); -inf where there is nothing to compare with, or it was not asked for.
    """

    own: NDArray[np.float32]
    other: NDArray[np.float32]
    nearest: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison of all found, to go on from once some references are others.

    ``ids`` ascend; ``nearest`` are ids too, -1 where there is nobody. All of shape (n,).
    """

    ids: NDArray[np.int64]
    creators: NDArray[np.int64]
    own: NDArray[np.float32]
    other: NDArray[np.float32]
    nearest: NDArray[np.int64]


class Comparison:
    """One state of the references, each creator's lying together."""

    def __init__(self, matrix: ReferenceMatrix) -> None:
        self.ids, self.creators = matrix.ids, matrix.creators
        self.vectors = _without_zeros(matrix.embeddings)
        self.firsts = np.searchsorted(self.creators, self.creators, "left")
        self.ends = np.searchsorted(self.creators, self.creators, "right")

    def nothing(self) -> Likeness:
        """Nothing compared yet."""
        count = len(self.ids)
        lowest = np.full(count, -np.inf, np.float32)
        return Likeness(lowest, lowest.copy(), np.zeros(count, np.int64))

    def of(
        self,
        rows: NDArray[np.int64],
        *,
        gone: NDArray[np.bool_] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Likeness:
        """These references compared with all; what those ``gone`` (n,) say does not count.

        Raises:
            Cancelled: ``cancelled`` said so.
        """
        found = self.nothing()
        self._compare(rows, found, gone, cancelled)
        return found

    def everything(
        self, before: Compared | None, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[Likeness, Compared]:
        """Every reference, with what to go on from the next time.

        From the state ``before`` on only those are compared whose creator, or whose nearest,
        changed; the others only with the new ones.

        Raises:
            Cancelled: ``cancelled`` said so.
        """
        found, stale, added = self._taken_over(before)
        with threadpool_limits(_half_the_cores(), user_api="blas"):
            self._compare(np.flatnonzero(stale), found, None, cancelled)
            self._compare_with(np.flatnonzero(added), np.flatnonzero(~stale), found)
        order = np.argsort(self.ids, kind="stable")
        nearest = np.where(found.other > -np.inf, self.ids[found.nearest], -1)[order]
        known = (self.ids[order], self.creators[order], found.own[order], found.other[order])
        return found, Compared(*known, nearest)

    def _taken_over(
        self, before: Compared | None
    ) -> tuple[Likeness, NDArray[np.bool_], NDArray[np.bool_]]:
        """What still holds; which references it does not hold for, and which are new."""
        found, everybody = self.nothing(), np.ones(len(self.ids), bool)
        if before is None or not len(before.ids) or not len(self.ids):
            return found, everybody, everybody
        at = _places(before.ids, self.ids)
        kept = (at >= 0) & (before.creators[at] == self.creators)
        stayed = np.isin(before.ids, self.ids[kept])
        touched = np.union1d(self.creators[~kept], before.creators[~stayed])
        nearest = _places(self.ids[np.argsort(self.ids)], before.nearest[at])
        lost = np.isin(before.nearest[at], before.ids[~stayed])
        stale = ~kept | np.isin(self.creators, touched) | lost
        if _MANY * int(stale.sum()) > len(self.ids):
            return found, everybody, everybody
        fresh = ~stale
        found.own[fresh] = before.own[at[fresh]]
        found.other[fresh] = before.other[at[fresh]]
        found.nearest[fresh] = np.argsort(self.ids)[nearest[fresh]]
        return found, stale, ~kept

    def _compare(
        self,
        rows: NDArray[np.int64],
        found: Likeness,
        gone: NDArray[np.bool_] | None,
        cancelled: Callable[[], bool],
    ) -> None:
        for first in range(0, len(rows), _BLOCK):
            if cancelled():
                raise Cancelled
            some = rows[first : first + _BLOCK]
            cosines = self.vectors[some] @ self.vectors.T
            if gone is not None:
                cosines[:, gone] = -np.inf
            for place, row in enumerate(some.tolist()):
                own = cosines[place, self.firsts[row] : self.ends[row]]
                own[row - self.firsts[row]] = -np.inf
                found.own[row] = own.max()
                own[:] = -np.inf
            found.nearest[some] = cosines.argmax(axis=1)
            found.other[some] = cosines[np.arange(len(some)), found.nearest[some]]

    def _compare_with(
        self, added: NDArray[np.int64], rows: NDArray[np.int64], found: Likeness
    ) -> None:
        """Whether one of the ``added``, all of other creators, is nearer to ``rows``."""
        if not len(added):
            return
        for some in np.array_split(rows, len(rows) // _BLOCK + 1):
            cosines = self.vectors[some] @ self.vectors[added].T
            best = cosines.argmax(axis=1)
            value = cosines[np.arange(len(some)), best]
            nearer = value > found.other[some]
            found.other[some[nearer]] = value[nearer]
            found.nearest[some[nearer]] = added[best[nearer]]


def _half_the_cores() -> int:
    """It takes long and nobody waits for it: the keys pressed meanwhile need a core as well."""
    return max(1, (os.cpu_count() or 1) // 2)


def _places(ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each wanted id stands among ascending ``ids``, -1 where it does not."""
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[at] == wanted, at, -1)


def _without_zeros(embeddings: Embedding) -> Embedding:
    """Only the values that are used: packs of fewer than 512 fill up with zeros."""
    used = np.flatnonzero(embeddings.any(axis=0))
    last = int(used[-1]) + 1 if len(used) else 1
    return np.ascontiguousarray(embeddings[:, :last])
