"""Merging clusters: average linkage under constraints, over all clusters at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from facereview.review.clusters.chinese_whispers import Labels, Rules, expanded
from facereview.review.clusters.neighbours import NEIGHBOURS, Vectors, search
from facereview.review.clusters.refinement import BLOCK, Clusters, gather
from facereview.review.clusters.units import Ordered

_SEARCHES = 4
_PASSES = 200
_SLACK = 0.001
_SMALL = 100


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Two clusters each, the first the smaller number: mean cosine, and whether they may join."""

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    likeness: NDArray[np.float32]
    allowed: NDArray[np.bool_]

    def only(self, places: NDArray[np.bool_]) -> _Pairs:
        """Some of them."""
        return _Pairs(*(getattr(self, part)[places] for part in self.__slots__))

    def with_these(self, others: _Pairs) -> _Pairs:
        """These and others."""
        parts = ((getattr(self, part), getattr(others, part)) for part in self.__slots__)
        return _Pairs(*(np.concatenate(both) for both in parts))

    def best(self, sizes: NDArray[np.float32]) -> NDArray[np.intp]:
        """Which cluster each joins now (g,), itself where none; ``sizes`` (g,) are in faces.

        Its best of those that it may join, if it is that one's best as well or less than a
        hundredth of its size.
        """
        may = self.only(self.allowed)
        ends = np.concatenate([may.one, may.other])
        across = np.concatenate([may.other, may.one])
        ranked = np.lexsort((across, -np.tile(may.likeness, 2), ends))
        clusters, first = np.unique(ends[ranked], return_index=True)
        best = np.arange(len(sizes))
        best[clusters] = across[ranked[first]]
        each = np.arange(len(sizes))
        mutual = (best[best] == each) & (best != each)
        small = ~mutual & (_SMALL * sizes <= sizes[best]) & (best != each)
        small &= ~small[best]
        target = np.where((mutual & (best < each)) | small, best, each)
        joins: NDArray[np.intp] = target[target]
        return joins


def merge(
    units: Ordered,
    labels: Labels,
    rules: Rules,
    threshold: float,
    *,
    on_round: Callable[[], None] = lambda: None,
) -> Labels:
    """Join clusters while the mean cosine over all pairs between them is above ``threshold``.

    Two clusters join when each is the other's best: for average linkage that gives what joining the
    best pair of all one by one would (reciprocal nearest neighbours: Murtagh 1983), in a few passes
    over all clusters at once. So do those that are too small to move the mean of their best. The
    mean cosine of two joined clusters to a third is never above the higher of both, so that only
    who was alike to one of them is compared with the whole. Once nothing joins, all are looked for
    again. What ``on_round`` raises stops it.
    """
    for _ in range(_SEARCHES):
        clusters = gather(units, labels)
        pairs = _alike(clusters, rules, units.sizes, threshold, on_round)
        passes = 0
        while passes < _PASSES:
            on_round()
            target = pairs.best(clusters.sizes)
            if (target == np.arange(len(target))).all():
                break
            clusters, grown = _joined(units, clusters, rules, target)
            stays, changes = _carried(pairs, target, grown)
            changes = _compared(changes, clusters, rules, units.sizes, threshold)
            pairs, passes = stays.with_these(changes), passes + 1
        labels = clusters.member.astype(np.int64)
        if passes == 0:
            break
    return labels


def _joined(
    units: Ordered, clusters: Clusters, rules: Rules, target: NDArray[np.intp]
) -> tuple[Clusters, NDArray[np.bool_]]:
    """The clusters after each joined its ``target`` (g,), and which have grown (g,).

    They keep their numbers, and their arrays are changed. Units that must leave get numbers beyond:
    they are left out until all clusters are looked at again.
    """
    count = len(target)
    other = np.flatnonzero(target != np.arange(count))
    one = target[other]
    np.add.at(clusters.sums, one, clusters.sums[other])
    np.add.at(clusters.sizes, one, clusters.sizes[other])
    grown = np.zeros(count, bool)
    grown[one] = True
    member = clusters.member.copy()
    there = member < count
    member[there] = target[member[there]]
    among = np.zeros(len(member), bool)
    among[there] = grown[member[there]]
    met = rules.in_conflict(member, among)
    strength, conflict = np.zeros(len(member), np.float32), np.zeros(len(member), bool)
    conflict[met] = True
    sizes, sums = units.sizes, units.sums  # each is a copy
    for some in np.array_split(met, len(met) // BLOCK + 1):
        whole = np.einsum("ij,ij->i", units.rows(some), clusters.sums[member[some]])
        strength[some] = np.round(whole * sizes[some], 4)
    obeyed = rules.obeyed(member, strength, conflict)
    out = np.flatnonzero(obeyed != member)
    np.subtract.at(clusters.sums, member[out], units.rows(out) * sums[out, None])
    np.subtract.at(clusters.sizes, member[out], sizes[out])
    return replace(clusters, member=obeyed), grown


def _alike(
    clusters: Clusters,
    rules: Rules,
    sizes: NDArray[np.float32],
    threshold: float,
    on_round: Callable[[], None],
) -> _Pairs:
    """Pairs above the threshold among the 20 nearest of each cluster by direction."""
    length = np.linalg.norm(clusters.sums, axis=1)
    directions = np.empty(clusters.sums.shape, np.float16)
    for some in _blocks(len(length)):
        directions[some] = clusters.sums[some] / np.maximum(length[some], 1e-6)[:, None]
    mine = Vectors(directions, np.arange(len(length)))
    limit = min(NEIGHBOURS + 1, len(length))
    found, places = search(mine, mine, limit, threshold, on_progress=lambda _: on_round())
    clarity = length / clusters.sizes
    found *= clarity[:, None] * clarity[places]
    one, column = np.nonzero((found > threshold - _SLACK) & (places >= 0))
    return _compared(_once(one, places[one, column]), clusters, rules, sizes, threshold)


def _blocks(count: int) -> Iterator[NDArray[np.intp]]:
    for start in range(0, count, BLOCK):
        yield np.arange(start, min(start + BLOCK, count))


def _once(one: NDArray[np.integer], other: NDArray[np.integer]) -> _Pairs:
    """Each pair of two clusters once, not compared yet."""
    ends = np.stack([np.minimum(one, other), np.maximum(one, other)]).astype(np.int64)
    keys = np.unique(ends[0] << 32 | ends[1])
    keys = keys[keys >> 32 != keys & 0xFFFFFFFF]
    low, high = (keys >> 32).astype(np.intp), (keys & 0xFFFFFFFF).astype(np.intp)
    return _Pairs(low, high, np.zeros(len(low), np.float32), np.zeros(len(low), bool))


def _compared(
    pairs: _Pairs,
    clusters: Clusters,
    rules: Rules,
    sizes: NDArray[np.float32],
    threshold: float,
) -> _Pairs:
    """Those of the pairs that are above the threshold, and which of them may join."""
    likeness = np.empty(len(pairs.one), np.float32)
    for some in _blocks(len(likeness)):
        one, other = pairs.one[some], pairs.other[some]
        whole = np.einsum("ij,ij->i", clusters.sums[one], clusters.sums[other])
        likeness[some] = np.round(whole / (clusters.sizes[one] * clusters.sizes[other]), 5)
    alike = replace(pairs, likeness=likeness).only(likeness > threshold)
    return replace(alike, allowed=_permitted(alike, clusters, rules, sizes, threshold))


def _carried(
    pairs: _Pairs, target: NDArray[np.intp], grown: NDArray[np.bool_]
) -> tuple[_Pairs, _Pairs]:
    """The pairs after each cluster joined its ``target`` (g,): of those that stayed, and others.

    ``grown`` (g,) says which clusters are not as they were.
    """
    one, other = target[pairs.one], target[pairs.other]
    again = grown[one] | grown[other]
    return pairs.only(~again), _once(one[again], other[again])


def _permitted(
    pairs: _Pairs,
    clusters: Clusters,
    rules: Rules,
    sizes: NDArray[np.float32],
    threshold: float,
) -> NDArray[np.bool_]:
    """Which pairs may join: few common frames, no faces set apart, not both fixed.

    A cross-fade, a mirror or a poster shows one person twice in a frame; two people in one video
    often share frames. So the more alike two clusters are, the larger the share of the smaller
    one that may stand in frames of the other: the mean cosine less the threshold.
    """
    count = len(clusters.sizes)
    held = np.bincount(clusters.member, weights=rules.frozen, minlength=count) > 0
    keep = ~(held[pairs.one] & held[pairs.other])
    alone = np.bincount(clusters.member, weights=rules.alone, minlength=count) > 0
    keep &= ~(alone[pairs.one] | alone[pairs.other])
    smaller = np.minimum(clusters.sizes[pairs.one], clusters.sizes[pairs.other])
    keep &= _in_the_way(pairs, clusters, rules, sizes) <= (pairs.likeness - threshold) * smaller
    ends = np.sort(clusters.member[rules.apart], axis=1)
    span = int(clusters.member.max()) + 1
    keep &= ~np.isin(pairs.one * span + pairs.other, ends[:, 0] * span + ends[:, 1])
    return keep


def _in_the_way(
    pairs: _Pairs, clusters: Clusters, rules: Rules, sizes: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Faces that two clusters have in units which share a frame with the other; the fewer of both.

    Shape (p,): so many must leave for the pair to become one.
    """
    crowded, asked = rules.crowded(), np.zeros(int(clusters.member.max()) + 1, bool)
    asked[pairs.one] = asked[pairs.other] = True
    crowded = crowded[asked[clusters.member[crowded]]]
    crowded = crowded[np.argsort(clusters.member[crowded], kind="stable")]
    starts = np.searchsorted(clusters.member[crowded], np.arange(len(clusters.sizes) + 1))
    held, frames = rules.frames.of(crowded)
    count = len(clusters.sizes)
    taken = frames * count + clusters.member[crowded[held]]
    found = []
    for one, other in ((pairs.one, pairs.other), (pairs.other, pairs.one)):
        pair, units = expanded(starts, crowded, one)
        asking, frames = rules.frames.of(units)
        met = np.zeros(len(units), bool)
        met[asking[np.isin(frames * count + other[pair[asking]], taken)]] = True
        found.append(np.bincount(pair[met], weights=sizes[units[met]], minlength=len(one)))
    return np.minimum(*found)
