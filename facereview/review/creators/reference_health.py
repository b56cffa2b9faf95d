"""Which references are harmful: each is compared with all others (leave-one-out)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from facereview.errors import Cancelled
from facereview.records import Embedding
from facereview.review.creators.reference_records import Flag
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
    """Half of the cores: this runs in the background, and the window needs the others."""
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


TWIN = 0.95
"""Cosine from which two references say the same: a copy, or the same moment once more."""

_ROUNDS = 32


@dataclass(frozen=True, slots=True)
class Standing:
    """How a reference stands; ``own`` and ``other`` are cosines, None where there is nothing.

    ``other_creator`` is the nearest other creator's id, ``twin`` the better reference of its
    creator that it repeats, ``excess`` how much closer the other creator is.
    """

    own: float | None
    other: float | None
    other_creator: int | None
    flags: frozenset[Flag]
    twin: int | None
    excess: float


class Health:
    """Leave-one-out over one state of the references, each creator's lying together."""

    def __init__(
        self,
        matrix: ReferenceMatrix,
        threshold: float,
        before: Compared | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """``threshold`` is the cosine from which a face is taken for a creator's.

        ``before`` is what :attr:`compared` was in an earlier state of the references.
        """
        self._all = Comparison(matrix)
        self._threshold = threshold
        self.compared = before
        """What :meth:`everything` found, to spare the next one most of its work."""
        self._cancelled = cancelled
        self._gone = np.zeros(len(matrix.ids), bool)
        """Culprits found so far: what they say of others does not count."""

    def of(self, *creator_ids: int) -> dict[int, Standing]:
        """The references of these creators, by id."""
        self._gone[:] = False
        own = np.flatnonzero(np.isin(self._all.creators, creator_ids))
        if not len(own):
            return {}
        likeness = self._likeness(own)
        leaning = likeness.nearest[own][likeness.other[own] >= self._threshold]
        named = np.setdiff1d(self._all.creators[leaning], creator_ids)
        others = np.flatnonzero(np.isin(self._all.creators, named))
        self._look_at(others, likeness)
        found = self._judge(np.union1d(own, others), likeness)
        return {i: found[i] for i in self._all.ids[own].tolist()}

    def everything(self) -> dict[int, Standing]:
        """Every reference, by id.

        Raises:
            Cancelled: ``cancelled`` said so.
        """
        self._gone[:] = False
        rows = np.arange(len(self._all.ids))
        likeness, self.compared = self._all.everything(self.compared, self._cancelled)
        self._without_accomplices(rows, likeness)
        return self._judge(rows, likeness)

    # ----------------------------------------------------------------------------- contaminated

    def _judge(self, rows: NDArray[np.int64], likeness: Likeness) -> dict[int, Standing]:
        """All that is said of these references.

        A wrong picture makes good references of the person it shows look wrong as well: the
        strongest culprit of each pair of creators is taken out and the rest looked at again.
        """
        culprits: dict[int, tuple[float, float, int]] = {}
        for _ in range(_ROUNDS):
            accused = self._accused(rows, likeness)
            taken = self._strongest(accused, likeness)
            if not len(taken):
                break
            for row in taken.tolist():
                nearest = int(likeness.nearest[row])
                culprits[row] = (float(likeness.own[row]), float(likeness.other[row]), nearest)
            self._gone[taken] = True
            whole = np.isin(self._all.creators[rows], self._all.creators[accused])
            self._look_at(rows[whole], likeness)
        for row, (own, other, nearest) in culprits.items():
            likeness.own[row], likeness.other[row], likeness.nearest[row] = own, other, nearest
        return {int(self._all.ids[row]): self._standing(row, likeness) for row in rows.tolist()}

    def _accused(self, rows: NDArray[np.int64], likeness: Likeness) -> NDArray[np.int64]:
        near = likeness.other[rows] >= self._threshold
        return rows[near & (self._excess(rows, likeness) > 0) & ~self._gone[rows]]

    def _excess(self, rows: NDArray[np.int64], likeness: Likeness) -> NDArray[np.float32]:
        """How much closer another creator is; who stands alone is measured by the threshold."""
        own = likeness.own[rows]
        excess: NDArray[np.float32] = likeness.other[rows] - np.where(
            own == -np.inf, np.float32(self._threshold), own
        )
        return excess

    def _strongest(self, accused: NDArray[np.int64], likeness: Likeness) -> NDArray[np.int64]:
        """Of the accused of each pair of creators the one with the greatest excess."""
        order = accused[np.argsort(-self._excess(accused, likeness), kind="stable")]
        sides = np.sort(
            np.stack([self._all.creators[order], self._all.creators[likeness.nearest[order]]]),
            axis=0,
        )
        _, first = np.unique(sides, axis=1, return_index=True)
        return order[np.sort(first)]

    def _look_at(self, rows: NDArray[np.int64], likeness: Likeness) -> None:
        found = self._likeness(rows[~self._gone[rows]])
        for part in ("own", "other", "nearest"):
            getattr(likeness, part)[rows] = getattr(found, part)[rows]

    # --------------------------------------------------------------------------------- likeness

    def _likeness(self, rows: NDArray[np.int64]) -> Likeness:
        found = self._all.of(rows, gone=self._gone, cancelled=self._cancelled)
        self._without_accomplices(rows, found)
        return found

    def _without_accomplices(self, rows: NDArray[np.int64], found: Likeness) -> None:
        """Wrong pictures of the same person do not support each other.

        Unless they are half or more of a creator's: then nothing says which half is wrong.
        """
        leaning = rows[found.other[rows] >= self._threshold]
        if not len(leaning):
            return
        whose = self._all.creators[found.nearest[leaning]]
        keys, groups, sizes = np.unique(
            np.stack([self._all.creators[leaning], whose]),
            axis=1,
            return_inverse=True,
            return_counts=True,
        )
        groups = groups.ravel()
        held = (self._all.ends - self._all.firsts)[np.searchsorted(self._all.creators, keys[0])]
        for group in np.flatnonzero((sizes > 1) & (2 * sizes < held)).tolist():
            self._support(leaning[groups == group], found)

    def _support(self, group: NDArray[np.int64], found: Likeness) -> None:
        """The best cosine of each of a group to its creator's references outside of the group."""
        own = np.arange(self._all.firsts[group[0]], self._all.ends[group[0]])
        rest = own[~np.isin(own, group) & ~self._gone[own]]
        cosines = self._all.vectors[group] @ self._all.vectors[rest].T
        found.own[group] = cosines.max(axis=1, initial=-np.inf)

    # ------------------------------------------------------------------------------------ flags

    def _standing(self, row: int, likeness: Likeness) -> Standing:
        own, other = float(likeness.own[row]), float(likeness.other[row])
        twin = self._twin(row) if own >= TWIN else None
        flags = set()
        if self._gone[row]:
            flags.add(Flag.CONTAMINATED)
        elif -np.inf < own < self._threshold:
            flags.add(Flag.LONELY)
        if twin is not None:
            flags.add(Flag.REDUNDANT)
        return Standing(
            None if own == -np.inf else own,
            None if other == -np.inf else other,
            None if other == -np.inf else int(self._all.creators[likeness.nearest[row]]),
            frozenset(flags),
            twin,
            float(self._excess(np.asarray([row]), likeness)[0]),
        )

    def _twin(self, row: int) -> int | None:
        """The oldest reference of the same creator that is the same picture, if not this one."""
        first = int(self._all.firsts[row])
        alike = self._all.vectors[first:row] @ self._all.vectors[row] >= TWIN
        return int(self._all.ids[first + int(alike.argmax())]) if alike.any() else None


def with_more(
    matrix: ReferenceMatrix, creator_id: int, embeddings: Embedding
) -> tuple[ReferenceMatrix, list[int]]:
    """The matrix with references of a creator added, shape (n, 512), and their ids in it."""
    first = int(matrix.ids.max(initial=0)) + 1
    new = np.arange(first, first + len(embeddings), dtype=matrix.ids.dtype)
    place = int(np.searchsorted(matrix.creators, creator_id, "right"))
    added = ReferenceMatrix(
        np.insert(matrix.ids, place, new),
        np.insert(matrix.creators, place, np.full(len(new), creator_id)),
        np.concatenate([matrix.embeddings[:place], embeddings, matrix.embeddings[place:]]),
    )
    return added, new.tolist()


def ranked(standings: dict[int, Standing]) -> Iterable[tuple[int, Flag]]:
    """References that need care, each under its gravest flag, worst first.

    Contaminated by the excess, lonely with the least likeness first, and redundant.
    """

    def order(item: tuple[int, Flag]) -> tuple[int, float, int]:
        reference, flag = item
        said = standings[reference]
        if flag is Flag.CONTAMINATED:
            return 0, -said.excess, reference
        own = said.own or 0.0
        return (1, own, reference) if flag is Flag.LONELY else (2, -own, reference)

    return sorted(((i, _gravest(said)) for i, said in standings.items() if said.flags), key=order)


def _gravest(said: Standing) -> Flag:
    return next(flag for flag in Flag if flag in said.flags)
