"""Joining groups that are one person after all: average linkage under constraints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from facereview.records import Embedding
from facereview.review.clusters.whispers import Labels, Rules

_BLOCK = 1024
_PASSES = 30


@dataclass(frozen=True, slots=True)
class _Groups:
    """Groups by number: where each face is (n,), sums of their embeddings (g, d), sizes (g,)."""

    member: NDArray[np.intp]
    sums: NDArray[np.float32]
    sizes: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Two groups each, the first the smaller number, and their mean cosine."""

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    likeness: NDArray[np.float32]


def merge(
    embeddings: Embedding,
    order: NDArray[np.intp],
    labels: Labels,
    rules: Rules,
    threshold: float,
) -> Labels:
    """Join groups while the mean cosine over all pairs between them is above ``threshold``.

    ``labels`` and ``rules`` count faces as in ``order``. Two groups join when each is the other's
    best: for average linkage that gives what joining the best pair of all one by one would
    (reciprocal nearest neighbours: Murtagh 1983), in a few passes over all groups at once.
    """
    for _ in range(_PASSES):
        groups = _gather(embeddings, order, labels)
        pairs = _permitted(_alike(groups, threshold), groups, rules, threshold)
        one, other = _mutual(pairs, len(groups.sizes))
        if len(one) == 0:
            break
        target = np.arange(len(groups.sizes))
        target[other] = one
        labels = target[groups.member]
        labels = rules.obeyed(labels, _typical(embeddings, order, labels, rules))
    return labels


def _typical(
    embeddings: Embedding, order: NDArray[np.intp], labels: Labels, rules: Rules
) -> NDArray[np.float32]:
    """How like its group each face is that shares its frame, 0 for the others; shape (n,)."""
    groups, places = _gather(embeddings, order, labels), rules.crowded()
    likeness = np.zeros(len(labels), np.float32)
    for some in np.array_split(places, len(places) // _BLOCK + 1):
        centres = groups.sums[groups.member[some]]
        likeness[some] = np.einsum("ij,ij->i", embeddings[order[some]], centres)
    return np.round(likeness, 4)


def _gather(embeddings: Embedding, order: NDArray[np.intp], labels: Labels) -> _Groups:
    _, member, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    ranked = np.argsort(member, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    ones = np.ones(len(labels), np.float32)
    shape = (len(sizes), len(embeddings))
    holds = csr_array((ones, order[ranked], starts), shape=shape)
    return _Groups(member, holds @ embeddings, sizes.astype(np.float32))


def _alike(groups: _Groups, threshold: float) -> _Pairs:
    means = groups.sums / groups.sizes[:, None]
    ones, others, likeness = [], [], []
    for start in range(0, len(means), _BLOCK):
        cosines = np.round(means[start : start + _BLOCK] @ means[start:].T, 5)
        row, column = np.nonzero(np.triu(cosines > threshold, 1))
        ones.append(row + start)
        others.append(column + start)
        likeness.append(cosines[row, column])
    return _Pairs(np.concatenate(ones), np.concatenate(others), np.concatenate(likeness))


def _permitted(pairs: _Pairs, groups: _Groups, rules: Rules, threshold: float) -> _Pairs:
    """The pairs that may join: hardly a common frame, nobody apart, not both held fast.

    A cross-fade, a mirror or a poster shows one person twice in a frame; two people who are in
    one video meet often. So the more alike two groups are, the larger the share of the smaller
    one that may stand in frames of the other: the mean cosine less the threshold.
    """
    count = len(groups.sizes)
    held = np.bincount(groups.member, weights=rules.frozen, minlength=count) > 0
    keep = ~(held[pairs.one] & held[pairs.other])
    seen = _frames_of(groups, rules)
    common = seen[pairs.one].multiply(seen[pairs.other]).sum(axis=1)
    smaller = np.minimum(groups.sizes[pairs.one], groups.sizes[pairs.other])
    keep &= common <= (pairs.likeness - threshold) * smaller
    ends = np.sort(groups.member[rules.apart], axis=1)
    keep &= ~np.isin(pairs.one * count + pairs.other, ends[:, 0] * count + ends[:, 1])
    return _Pairs(pairs.one[keep], pairs.other[keep], pairs.likeness[keep])


def _frames_of(groups: _Groups, rules: Rules) -> csr_array:
    """Which crowded frames each group is in, shape (g, frames)."""
    crowded = rules.crowded()
    names, frames = np.unique(rules.frames[crowded], return_inverse=True)
    ones = np.ones(len(crowded), np.float32)
    shape = (len(groups.sizes), max(1, len(names)))
    return csr_array((ones, (groups.member[crowded], frames)), shape=shape)


def _mutual(pairs: _Pairs, count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of which each is the other's best."""
    ends = np.concatenate([pairs.one, pairs.other])
    across = np.concatenate([pairs.other, pairs.one])
    ranked = np.lexsort((across, -np.tile(pairs.likeness, 2), ends))
    groups, first = np.unique(ends[ranked], return_index=True)
    best = np.full(count, -1)
    best[groups] = across[ranked[first]]
    mutual = np.flatnonzero((best >= 0) & (best[best] == np.arange(count)))
    one = mutual[mutual < best[mutual]]
    return one, best[one]
