"""Correcting clusters by the means of their faces: expelling, restoring, adopting.

Votes of neighbours see a few faces at a time; a mean sees the whole cluster.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.clusters.chinese_whispers import Labels, Rules
from facereview.review.clusters.neighbours import Vectors, search
from facereview.review.clusters.units import Ordered, summed

BLOCK = 1024
_LEAD = 0.1
_ONE_PERSON = 0.7
"""Similarity of two clusters corrected for the blur of their faces: look-alikes are below."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters by number: where each face is (n,), sums of their embeddings (g, d), sizes (g,)."""

    member: NDArray[np.intp]
    sums: NDArray[np.float32]
    sizes: NDArray[np.float32]


def gather(units: Ordered, labels: Labels) -> Clusters:
    """The clusters of labels (n,)."""
    names, member = np.unique(labels, return_inverse=True)
    ranked = np.argsort(member, kind="stable")
    weights = units.sums[ranked, None]
    sums = summed(lambda some: units.rows(ranked[some]) * weights[some], member[ranked], len(names))
    return Clusters(member, sums, _faces_in(member, units))


def _faces_in(member: NDArray[np.intp], units: Ordered) -> NDArray[np.float32]:
    return np.bincount(member, weights=units.sizes).astype(np.float32)


def expel(units: Ordered, labels: Labels, rules: Rules, threshold: float) -> Labels:
    """Leave faces alone whose mean cosine to the others of their cluster is below ``threshold``.

    A large cluster outvotes a few look-alikes of somebody else with the few of its faces that come
    near them; its mean does not.
    """
    clusters = gather(units, labels)
    sizes, sums = units.sizes, units.sums
    others = clusters.sizes[clusters.member] - sizes
    member = np.flatnonzero((others > 0) & ~rules.frozen)
    out = np.zeros(len(labels), bool)
    for some in np.array_split(member, len(member) // BLOCK + 1):
        whole = np.einsum("ij,ij->i", units.rows(some), clusters.sums[clusters.member[some]])
        mean = sums[some] * (whole - sums[some]) / (sizes[some] * others[some])
        out[some] = np.round(mean, 5) < threshold
    left = labels.copy()
    left[out] = int(labels.max()) + 1 + np.arange(out.sum())
    return left


def restore(
    units: Ordered, labels: Labels, rules: Rules, origin: Labels, out: NDArray[np.bool_]
) -> Labels:
    """Bring clusters of expelled faces back that differ from the others only by their quality.

    What blurs faces lowers their cosines among themselves as well: the mean cosine between two
    clusters over the root of the product of those within them is what it would be without
    (correction for attenuation: Spearman 1904). ``origin`` (n,) is where the faces were before
    those in ``out`` (n,) were expelled, ``labels`` where they are since.
    """
    clusters = gather(units, labels)
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
    units: Ordered, labels: Labels, rules: Rules, threshold: float, out: NDArray[np.bool_]
) -> Labels:
    """Give a single face to the cluster whose centre it is like, where no other comes near.

    A face of low quality drifts away from everybody, so no other face may be above the
    threshold; the mean of a cluster has lost what its faces have by chance, so its cosine, centre
    of unit length, still is. It must lead the next cluster's by .1; that alone is enough for those
    ``out`` (n,), who are above the threshold to some face.
    """
    clusters = gather(units, labels)
    several = np.flatnonzero(clusters.sizes > 1)
    single = np.flatnonzero((clusters.sizes[clusters.member] == 1) & ~rules.frozen)
    if len(several) == 0 or len(single) == 0:
        return labels
    best, likeness, lead = _nearest(units, single, clusters.sums[several])
    sure = ((likeness > threshold) | out[single]) & (lead > _LEAD)
    adopted = clusters.member.astype(np.int64)
    adopted[single[sure]] = several[best[sure]]
    strength = np.full(len(labels), 2.0)
    strength[single] = likeness
    return rules.obeyed(adopted, strength)


def _nearest(
    units: Ordered, places: NDArray[np.intp], centres: Embedding
) -> tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.float32]]:
    """The best centre of each of these units, its cosine, and its lead over the next.

    ``centres`` are made unit length.
    """
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    base = Vectors(centres, np.arange(len(centres)))
    asked = Vectors(units.units.embeddings, units.order[places])
    found, at = search(base, asked, min(2, len(centres)), -1.0)
    found, rows = np.round(found, 5), np.arange(len(places))
    best = np.argmax(found, axis=1)
    likeness, chosen = found[rows, best].copy(), at[rows, best].astype(np.intp)
    found[rows, best] = -1.0
    return chosen, likeness, likeness - found.max(axis=1)
