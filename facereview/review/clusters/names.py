"""Which cluster a group is: ids outlive a regrouping."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SINGLE = -1
FIRST_NEW = -2


def name_groups(
    labels: NDArray[np.int64], before: NDArray[np.int64], fixed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Cluster ids (n,) of groups (n,): that of the cluster most of its faces come from.

    Each old id goes to one group and each group has one: fixed faces decide first, then the
    largest overlap. Groups left over count down from -2; a face alone is -1 unless it is fixed.
    """
    groups, compact, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    names = np.full(len(groups), SINGLE, np.int64)
    fixed_in = np.zeros(len(groups), bool)
    fixed_in[compact[fixed & (before >= 0)]] = True
    kept = (before >= 0) & ((sizes > 1) | fixed_in)[compact]
    for group, old in _overlaps(compact[kept], before[kept], fixed[kept]):
        names[group] = old
    new = np.flatnonzero((names == SINGLE) & (sizes > 1))
    names[new[np.argsort(-sizes[new], kind="stable")]] = FIRST_NEW - np.arange(len(new))
    return names[compact]


def _overlaps(
    groups: NDArray[np.intp], before: NDArray[np.int64], fixed: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Pairs of group and old id, each at most once, those that share most first."""
    pairs, place, shared = np.unique(
        np.stack([groups, before], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    bound = np.bincount(place.ravel(), weights=fixed, minlength=len(pairs)) > 0
    named: set[int] = set()
    used: set[int] = set()
    chosen = []
    for at in np.lexsort((pairs[:, 1], -shared, ~bound)):
        group, old = int(pairs[at, 0]), int(pairs[at, 1])
        if group not in named and old not in used:
            named.add(group)
            used.add(old)
            chosen.append((group, old))
    return chosen
