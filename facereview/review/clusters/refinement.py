"""Correcting clusters by the means of their faces: expelling, merging, restoring, adopting.

Votes of neighbours see a few faces at a time; a mean sees the whole cluster. Merging is average
linkage under constraints.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from facereview.records import Embedding
from facereview.review.clusters.chinese_whispers import Labels, Rules

BLOCK = 1024
_PASSES = 30
_LEAD = 0.1
_ONE_PERSON = 0.7
"""Similarity of two clusters corrected for the blur of their faces: look-alikes are below."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """Faces in an ``order`` (n,) of the rows of their ``embeddings``, which are not copied for it.

    Labels and rules count faces in this order.
    """

    embeddings: Embedding
    order: NDArray[np.intp]

    def only(self, places: NDArray[np.bool_]) -> Ordered:
        """These faces, in the same order."""
        return Ordered(self.embeddings, self.order[places])

    def rows(self, places: NDArray[np.intp]) -> Embedding:
        """The embeddings of the faces at these places."""
        return self.embeddings[self.order[places]]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters by number: where each face is (n,), sums of their embeddings (g, d), sizes (g,)."""

    member: NDArray[np.intp]
    sums: NDArray[np.float32]
    sizes: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Two clusters each, the first the smaller number, and their mean cosine."""

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    likeness: NDArray[np.float32]


def merge(
    faces: Ordered,
    labels: Labels,
    rules: Rules,
    threshold: float,
    *,
    on_round: Callable[[], None] = lambda: None,
) -> Labels:
    """Join clusters while the mean cosine over all pairs between them is above ``threshold``.

    Two clusters join when each is the other's best: for average linkage that gives what joining the
    best pair of all one by one would (reciprocal nearest neighbours: Murtagh 1983), in a few passes
    over all clusters at once. What ``on_round`` raises stops it.
    """
    clusters = gather(faces, labels)
    pairs = _alike(clusters, np.arange(len(clusters.sizes)), threshold)
    for _ in range(_PASSES):
        on_round()
        one, other = _mutual(_permitted(pairs, clusters, rules, threshold), len(clusters.sizes))
        if len(one) == 0:
            break
        target = np.arange(len(clusters.sizes))
        target[other] = one
        joined = target[clusters.member].astype(np.int64)
        grown = np.isin(joined, one)
        joined = rules.obeyed(joined, _typical(faces, joined, grown, rules))
        clusters, was = _updated(faces, clusters, joined, grown)
        pairs = _paired_again(pairs, clusters, was, np.isin(was, one) | (was < 0), threshold)
    return clusters.member.astype(np.int64)


def gather(faces: Ordered, labels: Labels) -> Clusters:
    """The clusters of labels (n,)."""
    _, member, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    ranked = np.argsort(member, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    ones = np.ones(len(labels), np.float32)
    shape = (len(sizes), len(faces.embeddings))
    holds = csr_array((ones, faces.order[ranked], starts), shape=shape)
    return Clusters(member, holds @ faces.embeddings, sizes.astype(np.float32))


def _updated(
    faces: Ordered, clusters: Clusters, labels: Labels, grown: NDArray[np.bool_]
) -> tuple[Clusters, NDArray[np.intp]]:
    """The clusters of new labels, summing only those that have ``grown`` (n,) again.

    Also the number each cluster had, -1 for a new one.
    """
    names, member, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    was = np.where(names < len(clusters.sizes), names, -1)
    sums = clusters.sums[was]
    sums[np.unique(member[grown])] = gather(faces.only(grown), labels[grown]).sums
    return Clusters(member, sums, sizes.astype(np.float32)), was


def _typical(
    faces: Ordered, labels: Labels, grown: NDArray[np.bool_], rules: Rules
) -> NDArray[np.float32]:
    """Similarity to its cluster of each face that has ``grown`` and shares its frame, else 0."""
    likeness = np.zeros(len(labels), np.float32)
    shares = np.zeros(len(labels), bool)
    shares[rules.crowded()] = True
    clusters = gather(faces.only(grown), labels[grown])
    asked = np.flatnonzero(shares[grown])
    places = np.flatnonzero(grown)[asked]
    for some in np.array_split(np.arange(len(asked)), len(asked) // BLOCK + 1):
        centres = clusters.sums[clusters.member[asked[some]]]
        likeness[places[some]] = np.einsum("ij,ij->i", faces.rows(places[some]), centres)
    return np.round(likeness, 4)


def _alike(clusters: Clusters, rows: NDArray[np.intp], threshold: float) -> _Pairs:
    """Pairs above the threshold between the clusters of ``rows`` and all."""
    means = clusters.sums / clusters.sizes[:, None]
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
    clusters: Clusters,
    was: NDArray[np.intp],
    changed: NDArray[np.bool_],
    threshold: float,
) -> _Pairs:
    """The pairs of clusters that stayed as they were, and those of the ``changed`` ones again."""
    now = np.full(int(max(pairs.other.max(), was.max())) + 1, -1)
    kept = np.flatnonzero(~changed)
    now[was[kept]] = kept
    one, other = now[pairs.one], now[pairs.other]
    stay = (one >= 0) & (other >= 0)
    fresh = _alike(clusters, np.flatnonzero(changed), threshold)
    return _Pairs(
        np.concatenate([one[stay], fresh.one]),
        np.concatenate([other[stay], fresh.other]),
        np.concatenate([pairs.likeness[stay], fresh.likeness]),
    )


def _permitted(pairs: _Pairs, clusters: Clusters, rules: Rules, threshold: float) -> _Pairs:
    """The pairs that may join: few common frames, no faces set apart, not both fixed.

    A cross-fade, a mirror or a poster shows one person twice in a frame; two people in one video
    often share frames. So the more alike two clusters are, the larger the share of the smaller
    one that may stand in frames of the other: the mean cosine less the threshold.
    """
    count = len(clusters.sizes)
    held = np.bincount(clusters.member, weights=rules.frozen, minlength=count) > 0
    keep = ~(held[pairs.one] & held[pairs.other])
    alone = np.bincount(clusters.member, weights=rules.alone, minlength=count) > 0
    keep &= ~(alone[pairs.one] | alone[pairs.other])
    seen = _frames_of(clusters, rules)
    common = seen[pairs.one].multiply(seen[pairs.other]).sum(axis=1)
    smaller = np.minimum(clusters.sizes[pairs.one], clusters.sizes[pairs.other])
    keep &= common <= (pairs.likeness - threshold) * smaller
    ends = np.sort(clusters.member[rules.apart], axis=1)
    keep &= ~np.isin(pairs.one * count + pairs.other, ends[:, 0] * count + ends[:, 1])
    return _Pairs(pairs.one[keep], pairs.other[keep], pairs.likeness[keep])


def _frames_of(clusters: Clusters, rules: Rules) -> csr_array:
    """Which crowded frames each cluster is in, shape (g, frames)."""
    crowded = rules.crowded()
    names, frames = np.unique(rules.frames[crowded], return_inverse=True)
    ones = np.ones(len(crowded), np.float32)
    shape = (len(clusters.sizes), max(1, len(names)))
    return csr_array((ones, (clusters.member[crowded], frames)), shape=shape)


def _mutual(pairs: _Pairs, count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of which each is the other's best."""
    ends = np.concatenate([pairs.one, pairs.other])
    across = np.concatenate([pairs.other, pairs.one])
    ranked = np.lexsort((across, -np.tile(pairs.likeness, 2), ends))
    clusters, first = np.unique(ends[ranked], return_index=True)
    best = np.full(count, -1)
    best[clusters] = across[ranked[first]]
    mutual = np.flatnonzero((best >= 0) & (best[best] == np.arange(count)))
    one = mutual[mutual < best[mutual]]
    return one, best[one]


def expel(faces: Ordered, labels: Labels, rules: Rules, threshold: float) -> Labels:
    """Leave faces alone whose mean cosine to the others of their cluster is below ``threshold``.

    A large cluster outvotes a few look-alikes of somebody else with the few of its faces that come
    near them; its mean does not.
    """
    clusters = gather(faces, labels)
    sizes = clusters.sizes[clusters.member]
    member = np.flatnonzero((sizes > 1) & ~rules.frozen)
    out = np.zeros(len(labels), bool)
    for some in np.array_split(member, len(member) // BLOCK + 1):
        whole = np.einsum("ij,ij->i", faces.rows(some), clusters.sums[clusters.member[some]])
        out[some] = np.round((whole - 1) / (sizes[some] - 1), 5) < threshold
    left = labels.copy()
    left[out] = int(labels.max()) + 1 + np.arange(out.sum())
    return left


def restore(
    faces: Ordered, labels: Labels, rules: Rules, origin: Labels, out: NDArray[np.bool_]
) -> Labels:
    """Bring clusters of expelled faces back that differ from the others only by their quality.

    What blurs faces lowers their cosines among themselves as well: the mean cosine between two
    clusters over the root of the product of those within them is what it would be without
    (correction for attenuation: Spearman 1904). ``origin`` (n,) is where the faces were before
    those in ``out`` (n,) were expelled, ``labels`` where they are since.
    """
    clusters = gather(faces, labels)
    lost, home = _lost(clusters, origin, out)
    between = np.einsum("ij,ij->i", clusters.sums[lost], clusters.sums[home])
    between /= clusters.sizes[lost] * clusters.sizes[home]
    within = _within(clusters)
    alike = between > _ONE_PERSON * np.sqrt(within[lost] * within[home])
    target = np.arange(len(clusters.sizes))
    target[lost[alike]] = home[alike]
    moved = target[clusters.member] != clusters.member
    return rules.obeyed(target[clusters.member], np.where(moved, 0.0, 1.0))


def _lost(
    clusters: Clusters, origin: Labels, out: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Clusters of expelled faces only, and the cluster that most of their old one is in."""
    count = len(clusters.sizes)
    stayed = np.bincount(clusters.member[~out], minlength=count)
    home = np.full(int(origin.max()) + 1, -1)
    ranked = np.flatnonzero(~out)[np.argsort(stayed[clusters.member[~out]], kind="stable")]
    home[origin[ranked]] = clusters.member[ranked]
    first = np.unique(clusters.member, return_index=True)[1]
    lost = np.flatnonzero((stayed == 0) & (clusters.sizes > 1) & (home[origin[first]] >= 0))
    return lost, home[origin[first[lost]]]


def _within(clusters: Clusters) -> NDArray[np.float32]:
    """Mean cosine over the pairs of each cluster, 0 where there are none; shape (g,)."""
    pairs = np.maximum(1, clusters.sizes * (clusters.sizes - 1))
    squares = np.einsum("ij,ij->i", clusters.sums, clusters.sums)
    within: NDArray[np.float32] = np.maximum(0, squares - clusters.sizes) / pairs
    return within


def adopt(
    faces: Ordered, labels: Labels, rules: Rules, threshold: float, out: NDArray[np.bool_]
) -> Labels:
    """Give a single face to the cluster whose centre it is like, where no other comes near.

    A face of low quality drifts away from everybody, so no other face may be above the
    threshold; the mean of a cluster has lost what its faces have by chance, so its cosine, centre
    of unit length, still is. It must lead the next cluster's by .1; that alone is enough for those
    ``out`` (n,), who are above the threshold to some face.
    """
    clusters = gather(faces, labels)
    several = np.flatnonzero(clusters.sizes > 1)
    single = np.flatnonzero((clusters.sizes[clusters.member] == 1) & ~rules.frozen)
    if len(several) == 0 or len(single) == 0:
        return labels
    centres = clusters.sums[several]
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    adopted = clusters.member.astype(np.int64)
    strength = np.full(len(labels), 2.0)
    for some in np.array_split(single, len(single) // BLOCK + 1):
        best, likeness, lead = _nearest(faces.rows(some), centres)
        sure = ((likeness > threshold) | out[some]) & (lead > _LEAD)
        adopted[some[sure]] = several[best[sure]]
        strength[some] = likeness
    return rules.obeyed(adopted, strength)


def _nearest(
    faces: Embedding, centres: Embedding
) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float32]]:
    """The best centre of each face, its cosine, and its lead over the next."""
    cosines = np.round(faces @ centres.T, 5)
    best, rows = cosines.argmax(axis=1), np.arange(len(faces))
    likeness = cosines[rows, best].copy()
    cosines[rows, best] = -1.0
    return best, likeness, likeness - cosines.max(axis=1)
