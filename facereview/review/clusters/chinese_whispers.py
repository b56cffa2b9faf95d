"""Weighted Chinese Whispers under constraints, on whole arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Labels = NDArray[np.int64]
"""Which cluster each face is in, shape (n,); a face alone has a label of its own."""

_BATCHES = 8
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Rules:
    """Constraints that no vote overrides.

    ``frames`` (n,): two faces of one frame are never together; ``apart`` (m, 2): nor are these
    pairs; ``frozen`` (n,): these faces stay where they are; ``alone`` (n,): those of
    them that no other face may join.
    """

    frames: NDArray[np.int64]
    apart: NDArray[np.int64]
    frozen: NDArray[np.bool_]
    alone: NDArray[np.bool_]

    def crowded(self) -> NDArray[np.intp]:
        """Faces that share their frame with another face."""
        _, places, sizes = np.unique(self.frames, return_inverse=True, return_counts=True)
        return np.flatnonzero(sizes[places] > 1)

    def obeyed(self, labels: Labels, strength: NDArray[np.floating]) -> Labels:
        """The labels, with each face that breaks a rule moved to a label of its own.

        Of faces that exclude each other the one of most ``strength`` (n,) stays, of equals the
        first; a frozen face always stays.
        """
        count = len(labels)
        ranked = np.lexsort((np.arange(count), -strength, ~self.frozen))
        _, first = np.unique(
            self.frames[ranked] * (int(labels.max()) + 1) + labels[ranked], return_index=True
        )
        out = np.ones(count, bool)
        out[ranked[first]] = False
        rank = np.argsort(ranked)
        met = self.apart[labels[self.apart[:, 0]] == labels[self.apart[:, 1]]]
        weaker = np.where(rank[met[:, 0]] > rank[met[:, 1]], met[:, 0], met[:, 1])
        out[weaker] = True
        out &= ~self.frozen
        fresh = labels.copy()
        fresh[out] = int(labels.max()) + 1 + np.arange(out.sum())
        return fresh


@dataclass(frozen=True, slots=True)
class _Votes:
    """For each face of a batch and each label near it, how strongly its neighbours hold it."""

    faces: NDArray[np.intp]
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
    held = labels[votes.faces] == votes.labels
    ranked = np.lexsort((votes.labels, ~held, -votes.strength, votes.faces))
    faces, first = np.unique(votes.faces[ranked], return_index=True)
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
    taken = rules.frames[crowded] * span + labels[crowded]
    asked = rules.frames[votes.faces] * span + votes.labels
    barred = np.isin(asked, taken)
    if len(rules.apart):
        one, other = rules.apart.T
        shunned = np.concatenate([one * span + labels[other], other * span + labels[one]])
        barred |= np.isin(votes.faces * span + votes.labels, shunned)
    keep = ~barred | (labels[votes.faces] == votes.labels)
    return _Votes(votes.faces[keep], votes.labels[keep], votes.strength[keep])


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
    _, first = np.unique(rules.frames[faces] * span + targets, return_index=True)
    faces, targets = faces[first], targets[first]
    held = labels[faces].copy()
    labels[faces] = targets
    met = rules.apart[labels[rules.apart[:, 0]] == labels[rules.apart[:, 1]]].ravel()
    back = np.isin(faces, met)
    labels[faces[back]] = held[back]
