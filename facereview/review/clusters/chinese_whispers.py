"""Weighted Chinese Whispers under constraints, on whole arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Labels = NDArray[np.int64]
"""Which cluster each face is in, shape (n,); a face alone has a label of its own."""

Number = TypeVar("Number", bound=np.generic)

_BATCHES = 8
_ROUNDS = 30


def expanded(
    starts: NDArray[np.intp], values: NDArray[Number], rows: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[Number]]:
    """All values of some rows of a ragged array, with the place in ``rows`` of each.

    The values of row i lie from ``starts[i]`` to ``starts[i + 1]``.
    """
    number = starts[rows + 1] - starts[rows]
    places = np.repeat(np.arange(len(rows)), number)
    within = np.arange(len(places)) - (np.cumsum(number) - number)[places]
    return places, values[starts[rows][places] + within]


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames that units share with others: those of unit i lie from ``starts[i]`` on.

    ``starts`` (n + 1,); ``frames`` are numbers from 0.
    """

    starts: NDArray[np.intp]
    frames: NDArray[np.int64]

    @classmethod
    def shared(cls, units: NDArray[np.int64], frames: NDArray[np.int64], count: int) -> Frames:
        """From the unit and the frame of each face; frames of one unit only are left out."""
        _, frames = np.unique(frames, return_inverse=True)
        span = int(frames.max(initial=0)) + 1
        units, frames = np.divmod(np.unique(units * span + frames), span)
        crowded = np.bincount(frames, minlength=1)[frames] > 1
        number = np.bincount(units[crowded], minlength=count)
        return cls(np.concatenate([[0], np.cumsum(number)]), frames[crowded])

    def of(self, units: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Every shared frame of some units, and the place in ``units`` that it belongs to."""
        return expanded(self.starts, self.frames, units)


@dataclass(frozen=True, slots=True)
class Rules:
    """Constraints that no vote overrides, for n units.

    ``frames``: two units of one frame are never together; ``apart`` (m, 2): nor are these pairs;
    ``frozen`` (n,): these stay where they are; ``alone`` (n,): those of them that no other may
    join.
    """

    frames: Frames
    apart: NDArray[np.int64]
    frozen: NDArray[np.bool_]
    alone: NDArray[np.bool_]

    def crowded(self) -> NDArray[np.intp]:
        """Units that share a frame with another."""
        return np.flatnonzero(np.diff(self.frames.starts))

    def in_conflict(self, labels: Labels, among: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Units ``among`` (n,) some that exclude another of them with the same label."""
        met = self._met(labels, among).ravel()
        units: NDArray[np.intp] = np.union1d(self._contested(labels, among)[0], met)
        return units

    def obeyed(
        self, labels: Labels, strength: NDArray[np.floating], among: NDArray[np.bool_] | None = None
    ) -> Labels:
        """The labels, with each unit that breaks a rule moved to a label of its own.

        Of units that exclude each other the one of most ``strength`` (n,) stays, of equals the
        first; a frozen one always stays. Only units ``among`` (n,) some are looked at, if given.
        """
        among = np.ones(len(labels), bool) if among is None else among
        units, cells = self._contested(labels, among)
        met = self._met(labels, among)
        concerned = np.union1d(units, met.ravel())
        ranked = concerned[np.lexsort((-strength[concerned], ~self.frozen[concerned]))]
        rank = np.zeros(len(labels), np.intp)
        rank[ranked] = np.arange(len(ranked))
        out = np.zeros(len(labels), bool)
        out[self._crowded_out(units, cells, rank)] = True
        out[np.where(rank[met[:, 0]] > rank[met[:, 1]], met[:, 0], met[:, 1])] = True
        out &= ~self.frozen
        fresh = labels.copy()
        fresh[out] = int(labels.max()) + 1 + np.arange(out.sum())
        return fresh

    def _met(self, labels: Labels, among: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The pairs apart that have the same label."""
        one, other = self.apart.T
        met: NDArray[np.bool_] = (labels[one] == labels[other]) & among[one] & among[other]
        return self.apart[met]

    def _contested(
        self, labels: Labels, among: NDArray[np.bool_]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Each unit and each of its frames in which another has the same label, as a number."""
        crowded = self.crowded()
        crowded = crowded[among[crowded]]
        places, frames = self.frames.of(crowded)
        _, cells, sizes = np.unique(
            frames * (int(labels.max()) + 1) + labels[crowded[places]],
            return_inverse=True,
            return_counts=True,
        )
        met = sizes[cells] > 1
        return crowded[places[met]], cells[met]

    def _crowded_out(
        self, units: NDArray[np.intp], cells: NDArray[np.intp], rank: NDArray[np.intp]
    ) -> list[int]:
        """Units of which a stronger one with the same label is in one of their frames."""
        contested: dict[int, list[int]] = {}
        for unit, cell in zip(units.tolist(), cells.tolist(), strict=True):
            contested.setdefault(unit, []).append(cell)
        taken: set[int] = set()
        out = []
        for unit in sorted(contested, key=lambda unit: int(rank[unit])):
            if self.frozen[unit] or taken.isdisjoint(contested[unit]):
                taken.update(contested[unit])
            else:
                out.append(unit)
        return out


@dataclass(frozen=True, slots=True)
class _Votes:
    """For each unit of a batch and each label near it, how strongly its neighbours hold it."""

    units: NDArray[np.intp]
    labels: Labels
    strength: NDArray[np.float64]


def whisper(
    graph: csr_array,
    labels: Labels,
    rules: Rules,
    on_round: Callable[[], None] = lambda: None,
) -> Labels:
    """Let every face take the label its neighbours hold most, until hardly any face moves.

    ``graph`` (n, n) holds the weight of each neighbour's vote. ``labels`` is where to start
    from and must obey ``rules``; so does the result. A face moves only where the rules let it;
    the faces of a batch move at once, the batches one after the other, drawn again each round.
    What ``on_round`` raises stops it.
    """
    rng = np.random.default_rng(0)
    free = np.flatnonzero(~rules.frozen & (np.diff(graph.indptr) > 0))
    crowded = rules.crowded()
    labels = labels.copy()
    for _ in range(_ROUNDS):
        on_round()
        before = labels.copy()
        for batch in np.array_split(rng.permutation(free), _BATCHES):
            _step(graph, labels, rules, crowded, np.sort(batch))
        moved = before != labels
        if moved.sum() <= len(labels) // 10_000:
            break
        free = np.flatnonzero(~rules.frozen & ((graph @ moved.astype(np.float32)) > 0))
    return labels


def _step(
    graph: csr_array,
    labels: Labels,
    rules: Rules,
    crowded: NDArray[np.intp],
    batch: NDArray[np.intp],
) -> None:
    """Move the faces of one batch, in place."""
    votes = _allowed(_count(graph, labels, batch), labels, rules, crowded)
    # strongest vote first; of equals the label held now, then the smallest: never at random
    held = labels[votes.units] == votes.labels
    ranked = np.lexsort((votes.labels, ~held, -votes.strength, votes.units))
    faces, first = np.unique(votes.units[ranked], return_index=True)
    best = ranked[first]
    moving = labels[faces] != votes.labels[best]
    _move(labels, rules, faces[moving], votes.labels[best[moving]], votes.strength[best[moving]])


def _count(graph: csr_array, labels: Labels, batch: NDArray[np.intp]) -> _Votes:
    count = len(labels)
    names, compact = np.unique(labels, return_inverse=True)
    ones = np.ones(count, np.float32)
    holds = csr_array((ones, compact, np.arange(count + 1)), shape=(count, len(names)))
    votes = graph[batch] @ holds
    faces = np.repeat(batch, np.diff(votes.indptr))
    strength = np.round(votes.data.astype(np.float64), 5)  # sums in any order are equal
    return _Votes(faces, names[votes.indices], strength)


def _allowed(votes: _Votes, labels: Labels, rules: Rules, crowded: NDArray[np.intp]) -> _Votes:
    """The votes that the constraints allow."""
    span = int(labels.max()) + 1
    held, frames = rules.frames.of(crowded)
    taken = frames * span + labels[crowded[held]]
    asking, frames = rules.frames.of(votes.units)
    barred = np.zeros(len(votes.units), bool)
    barred[asking[np.isin(frames * span + votes.labels[asking], taken)]] = True
    if len(rules.apart):
        one, other = rules.apart.T
        shunned = np.concatenate([one * span + labels[other], other * span + labels[one]])
        barred |= np.isin(votes.units * span + votes.labels, shunned)
    keep = ~barred | (labels[votes.units] == votes.labels)
    return _Votes(votes.units[keep], votes.labels[keep], votes.strength[keep])


def _move(
    labels: Labels,
    rules: Rules,
    faces: NDArray[np.intp],
    targets: Labels,
    strength: NDArray[np.float64],
) -> None:
    """Move faces; of two that exclude each other and want the same label only the stronger."""
    ranked = np.lexsort((faces, -strength))
    faces, targets = faces[ranked], targets[ranked]
    span = int(labels.max()) + 1
    asking, frames = rules.frames.of(faces)
    _, first, cell = np.unique(
        frames * span + targets[asking], return_index=True, return_inverse=True
    )
    wins = np.ones(len(faces), bool)
    wins[asking[asking != asking[first[cell]]]] = False
    faces, targets = faces[wins], targets[wins]
    held = labels[faces].copy()
    labels[faces] = targets
    met = rules.apart[labels[rules.apart[:, 0]] == labels[rules.apart[:, 1]]].ravel()
    back = np.isin(faces, met)
    labels[faces[back]] = held[back]
