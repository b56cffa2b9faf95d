"""Which clusters the wall shows first, and which of a cluster's faces are not ticked at first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facereview.review.clusters.records import Cluster, Order

_SURE_MARGIN = 0.2
"""A lead from which a suggestion is as sure as it gets."""

_UNKNOWN = 0.4
"""How sure a new person is: the key that settles it is no single one, it takes a name."""


def payoff(cluster: Cluster) -> float:
    """What one key settles, weighed by how sure it is."""
    suggestion = cluster.suggestion
    if suggestion is None:
        return cluster.size * _UNKNOWN
    lead = 1.0 if suggestion.margin is None else suggestion.margin / _SURE_MARGIN
    agreement = suggestion.agree / max(1, cluster.size)
    return cluster.size * agreement * min(1.0, max(0.1, lead))


def in_order(clusters: Sequence[Cluster], order: Order) -> tuple[Cluster, ...]:
    """The clusters that an order shows, in it; postponed ones stand behind the others."""

    def first(cluster: Cluster) -> tuple[bool, float, int]:
        if order is Order.PAYOFF:
            rank = -payoff(cluster)
        elif order is Order.LOOKALIKE and cluster.suggestion and cluster.suggestion.margin:
            rank = cluster.suggestion.margin
        else:
            rank = float(-cluster.size)
        return cluster.postponed, rank, cluster.id

    shown = [
        c
        for c in clusters
        if not (order is Order.NEW and c.suggestion)
        and not (order is Order.LOOKALIKE and not c.lookalike)
    ]
    return tuple(sorted(shown, key=first))


_FAR = 3.5
_SCATTER = 0.03


def doubtful(
    likeness: NDArray[np.float64],
    disagrees: NDArray[np.bool_],
    denied: NDArray[np.bool_],
    frames: NDArray[np.int64],
    threshold: float,
) -> NDArray[np.bool_]:
    """Which faces are not to be ticked at first, each argument and the answer of shape (n,).

    Those that a curator said are not the suggested creator (``denied``). Those far less like the
    centre than the others (below the median by 3.5 times the usual scatter: the median absolute
    deviation, scaled as of a normal distribution), if they also look more like another creator
    (``disagrees``) or would not pass for one person with the centre (``threshold``): a blurred
    face is less like any centre, its own included. And of faces with one ``frames`` number all
    but the one most like the others, as nobody is twice in a frame.
    """
    if len(likeness) == 0:
        return denied
    middle = float(np.median(likeness))
    scatter = max(_SCATTER, 1.4826 * float(np.median(np.abs(likeness - middle))))
    far = likeness < middle - _FAR * scatter
    by_likeness = np.argsort(-likeness, kind="stable")
    again = np.ones(len(likeness), bool)
    again[by_likeness[np.unique(frames[by_likeness], return_index=True)[1]]] = False
    return denied | again | (far & (disagrees | (likeness < threshold)))
