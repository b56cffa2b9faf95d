"""Joining groups that are one person after all: average linkage under constraints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from facereview.records import Embedding
from facereview.review.clusters.whispers import Labels, Rules

BLOCK = 1024
_PASSES = 30


@dataclass(frozen=True, slots=True)
class Groups:
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
    groups = gather(embeddings, order, labels)
    pairs = _alike(groups, np.arange(len(groups.sizes)), threshold)
    for _ in range(_PASSES):
        one, other = _mutual(_permitted(pairs, groups, rules, threshold), len(groups.sizes))
        if len(one) == 0:
            break
        target = np.arange(len(groups.sizes))
        target[other] = one
        joined = target[groups.member].astype(np.int64)
        grown = np.isin(joined, one)
        joined = rules.obeyed(joined, _typical(embeddings, order, joined, grown, rules))
        groups, was = _regrouped(embeddings, order, groups, joined, grown)
        pairs = _paired_again(pairs, groups, was, np.isin(was, one) | (was < 0), threshold)
    return groups.member.astype(np.int64)


def gather(embeddings: Embedding, order: NDArray[np.intp], labels: Labels) -> Groups:
    """The groups of labels (n,) that count faces as in ``order``."""
    _, member, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    ranked = np.argsort(member, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    ones = np.ones(len(labels), np.float32)
    shape = (len(sizes), len(embeddings))
    holds = csr_array((ones, order[ranked], starts), shape=shape)
    return Groups(member, holds @ embeddings, sizes.astype(np.float32))


def _regrouped(
    embeddings: Embedding,
    order: NDArray[np.intp],
    groups: Groups,
    labels: Labels,
    grown: NDArray[np.bool_],
) -> tuple[Groups, NDArray[np.intp]]:
    """The groups of new labels, summing only those that have ``grown`` (n,) anew.

    With them what number each group had, -1 for a new one.
    """
    names, member, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    was = np.where(names < len(groups.sizes), names, -1)
    sums = groups.sums[was]
    sums[np.unique(member[grown])] = gather(embeddings, order[grown], labels[grown]).sums
    return Groups(member, sums, sizes.astype(np.float32)), was


def _typical(
    embeddings: Embedding,
    order: NDArray[np.intp],
    labels: Labels,
    grown: NDArray[np.bool_],
    rules: Rules,
) -> NDArray[np.float32]:
    """How like its group each face is that has ``grown`` and shares its frame, else 0; (n,)."""
    likeness = np.zeros(len(labels), np.float32)
    shares = np.zeros(len(labels), bool)
    shares[rules.crowded()] = True
    groups = gather(embeddings, order[grown], labels[grown])
    asked = np.flatnonzero(shares[grown])
    places = np.flatnonzero(grown)[asked]
    for some in np.array_split(np.arange(len(asked)), len(asked) // BLOCK + 1):
        centres = groups.sums[groups.member[asked[some]]]
        likeness[places[some]] = np.einsum("ij,ij->i", embeddings[order[places[some]]], centres)
    return np.round(likeness, 4)


def _alike(groups: Groups, rows: NDArray[np.intp], threshold: float) -> _Pairs:
    """Pairs above the threshold between the groups of ``rows`` and all."""
    means = groups.sums / groups.sizes[:, None]
    place = np.full(len(means), len(means))
    place[rows] = np.arange(len(rows))
    ones, others, likeness = [], [], []
    for start in range(0, len(rows), BLOCK):
        some = rows[start : start + BLOCK]
        cosines = np.round(means[some] @ means.T, 5)
        row, column = np.nonzero(cosines > threshold)
        once = place[column] > row + start
        row, column = row[once], column[once]
        ones.append(np.minimum(some[row], column))
        others.append(np.maximum(some[row], column))
        likeness.append(cosines[row, column])
    return _Pairs(np.concatenate(ones), np.concatenate(others), np.concatenate(likeness))


def _paired_again(
    pairs: _Pairs,
    groups: Groups,
    was: NDArray[np.intp],
    changed: NDArray[np.bool_],
    threshold: float,
) -> _Pairs:
    """The pairs of groups that stayed as they were, and those of the ``changed`` ones anew."""
    now = np.full(int(max(pairs.other.max(), was.max())) + 1, -1)
    kept = np.flatnonzero(~changed)
    now[was[kept]] = kept
    one, other = now[pairs.one], now[pairs.other]
    stay = (one >= 0) & (other >= 0)
    fresh = _alike(groups, np.flatnonzero(changed), threshold)
    return _Pairs(
        np.concatenate([one[stay], fresh.one]),
        np.concatenate([other[stay], fresh.other]),
        np.concatenate([pairs.likeness[stay], fresh.likeness]),
    )


def _permitted(pairs: _Pairs, groups: Groups, rules: Rules, threshold: float) -> _Pairs:
    """The pairs that may join: hardly a common frame, nobody apart, not both held fast.

    A cross-fade, a mirror or a poster shows one person twice in a frame; two people who are in
    one video meet often. So the more alike two groups are, the larger the share of the smaller
    one that may stand in frames of the other: the mean cosine less the threshold.
    """
    count = len(groups.sizes)
    held = np.bincount(groups.member, weights=rules.frozen, minlength=count) > 0
    keep = ~(held[pairs.one] & held[pairs.other])
    alone = np.bincount(groups.member, weights=rules.alone, minlength=count) > 0
    keep &= ~(alone[pairs.one] | alone[pairs.other])
    seen = _frames_of(groups, rules)
    common = seen[pairs.one].multiply(seen[pairs.other]).sum(axis=1)
    smaller = np.minimum(groups.sizes[pairs.one], groups.sizes[pairs.other])
    keep &= common <= (pairs.likeness - threshold) * smaller
    ends = np.sort(groups.member[rules.apart], axis=1)
    keep &= ~np.isin(pairs.one * count + pairs.other, ends[:, 0] * count + ends[:, 1])
    return _Pairs(pairs.one[keep], pairs.other[keep], pairs.likeness[keep])


def _frames_of(groups: Groups, rules: Rules) -> csr_array:
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
