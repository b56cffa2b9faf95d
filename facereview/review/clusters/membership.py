"""Who does not belong to a group after all, and who does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.clusters.merging import BLOCK, Groups, gather
from facereview.review.clusters.whispers import Labels, Rules

_LEAD = 0.1
_ONE_PERSON = 0.7
"""Likeness of two groups with the blur of their faces taken out: look-alikes are below."""


def expel(
    embeddings: Embedding,
    order: NDArray[np.intp],
    labels: Labels,
    rules: Rules,
    threshold: float,
) -> Labels:
    """Leave faces alone whose mean cosine to the others of their group is below ``threshold``.

    A large group outvotes a few look-alikes of somebody else with the few of its faces that come
    near them; its mean does not. ``labels`` and ``rules`` count faces as in ``order``.
    """
    groups = gather(embeddings, order, labels)
    sizes = groups.sizes[groups.member]
    member = np.flatnonzero((sizes > 1) & ~rules.frozen)
    out = np.zeros(len(labels), bool)
    for some in np.array_split(member, len(member) // BLOCK + 1):
        whole = np.einsum("ij,ij->i", embeddings[order[some]], groups.sums[groups.member[some]])
        out[some] = np.round((whole - 1) / (sizes[some] - 1), 5) < threshold
    left = labels.copy()
    left[out] = int(labels.max()) + 1 + np.arange(out.sum())
    return left


def restore(
    embeddings: Embedding,
    order: NDArray[np.intp],
    labels: Labels,
    origin: Labels,
    out: NDArray[np.bool_],
    *,
    rules: Rules,
) -> Labels:
    """Bring groups of expelled faces back that are unlike the others by their quality alone.

    What blurs faces lowers their cosines among themselves as well: the mean cosine between two
    groups over the root of the product of those within them is what it would be without
    (correction for attenuation: Spearman 1904). ``origin`` (n,) is where the faces were before
    those in ``out`` (n,) were expelled, ``labels`` where they are since.
    """
    groups = gather(embeddings, order, labels)
    lost, home = _lost(groups, origin, out)
    between = np.einsum("ij,ij->i", groups.sums[lost], groups.sums[home])
    between /= groups.sizes[lost] * groups.sizes[home]
    within = _within(groups)
    alike = between > _ONE_PERSON * np.sqrt(within[lost] * within[home])
    target = np.arange(len(groups.sizes))
    target[lost[alike]] = home[alike]
    moved = target[groups.member] != groups.member
    return rules.obeyed(target[groups.member], np.where(moved, 0.0, 1.0))


def _lost(
    groups: Groups, origin: Labels, out: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Groups of nobody but expelled faces, and the group that most of their old one is in."""
    count = len(groups.sizes)
    stayed = np.bincount(groups.member[~out], minlength=count)
    home = np.full(int(origin.max()) + 1, -1)
    ranked = np.flatnonzero(~out)[np.argsort(stayed[groups.member[~out]], kind="stable")]
    home[origin[ranked]] = groups.member[ranked]
    first = np.unique(groups.member, return_index=True)[1]
    lost = np.flatnonzero((stayed == 0) & (groups.sizes > 1) & (home[origin[first]] >= 0))
    return lost, home[origin[first[lost]]]


def _within(groups: Groups) -> NDArray[np.float32]:
    """Mean cosine over the pairs of each group, 0 where there are none; shape (g,)."""
    pairs = np.maximum(1, groups.sizes * (groups.sizes - 1))
    squares = np.einsum("ij,ij->i", groups.sums, groups.sums)
    within: NDArray[np.float32] = np.maximum(0, squares - groups.sizes) / pairs
    return within


def adopt(
    embeddings: Embedding,
    order: NDArray[np.intp],
    labels: Labels,
    out: NDArray[np.bool_],
    *,
    rules: Rules,
    threshold: float,
) -> Labels:
    """Give a single face to the group whose centre it is like, where no other comes near.

    A face of low quality drifts away from everybody, so no other face may be above the
    threshold; the mean of a group has lost what its faces have by chance, so its cosine, centre
    of unit length, still is. It must lead the next group's by .1; that alone is enough for those
    ``out`` (n,), who are above the threshold to some face. ``labels`` and ``rules`` count faces
    as in ``order``.
    """
    groups = gather(embeddings, order, labels)
    several = np.flatnonzero(groups.sizes > 1)
    single = np.flatnonzero((groups.sizes[groups.member] == 1) & ~rules.frozen)
    if len(several) == 0 or len(single) == 0:
        return labels
    centres = groups.sums[several]
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    adopted = groups.member.astype(np.int64)
    strength = np.full(len(labels), 2.0)
    for some in np.array_split(single, len(single) // BLOCK + 1):
        best, likeness, lead = _nearest(embeddings[order[some]], centres)
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
