"""From rows of the database to what the Clusters page shows, and in which order."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from facereview.records import Creator, Face, Suggestion, Video
from facereview.review.clusters.constraints import frame_numbers
from facereview.review.clusters.records import (
    Cluster,
    ClusterPair,
    ClusterSuggestion,
    ClusterView,
    Member,
    Order,
    ShownFace,
)
from facereview.review.questions.pairs import Pair
from facereview.review.questions.payoff import lead_share
from facereview.review.questions.payoff import payoff as faces_settled
from facereview.store.clusters import ClusterRow, MemberRow, WallRow

Shown = Mapping[int, tuple[Face, Video]]
"""Faces with their videos, by face id."""

_FAR, _SCATTER = 3.5, 0.03
"""Far is so many times the scatter below the median; the scatter counts as at least this."""


def from_wall(row: WallRow, creators: Mapping[int, Creator]) -> Cluster:
    """A cluster of the wall, without its faces."""
    return Cluster(
        id=row.id or 0,
        size=row.size,
        videos=row.videos,
        suggestion=_suggestion(row, row.similarity, row.agree, creators),
        likeness=row.likeness or 0.0,
        worst=row.worst or 0.0,
        lookalike=row.lookalike,
        postponed=row.postponed,
        chance=row.chance,
    )


def payoff(cluster: Cluster) -> float:
    """How many faces one key is expected to settle; without a chance by agreement and lead."""
    suggestion, chance = cluster.suggestion, cluster.chance
    if suggestion is None:
        chance = None
    elif chance is None:
        margin = math.nan if suggestion.margin is None else suggestion.margin
        agreement = suggestion.agree / max(1, cluster.size)
        chance = agreement * float(lead_share(np.asarray(margin)))
    known = math.nan if chance is None else chance
    return float(faces_settled(np.asarray(cluster.size), np.asarray(known)))


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
        if order is not Order.SAME
        and not (order is Order.NEW and c.suggestion)
        and not (order is Order.LOOKALIKE and not c.lookalike)
    ]
    return tuple(sorted(shown, key=first))


def shown_pairs(
    pairs: Sequence[Pair],
    clusters: Sequence[Cluster],
    covers: Callable[[Sequence[int]], Mapping[int, tuple[ShownFace, ...]]],
) -> tuple[ClusterPair, ...]:
    """Pairs of these clusters, with the faces that represent each by ``covers``."""
    by_id = {cluster.id: cluster for cluster in clusters}
    faces = covers(list(dict.fromkeys(i for pair in pairs for i in pair.key)))
    return tuple(
        ClusterPair(
            by_id[pair.one],
            by_id[pair.other],
            faces[pair.one],
            faces[pair.other],
            pair.likeness,
            pair.chance,
            pair.settles,
        )
        for pair in pairs
    )


def from_members(
    cluster_id: int,
    about: ClusterRow,
    rows: Sequence[MemberRow],
    shown: Shown,
    creators: Mapping[int, Creator],
    *,
    threshold: float,
) -> ClusterView:
    """A cluster with its faces, worst first; ``rows`` holds at least one face.

    ``threshold`` makes faces one person (cosine).
    """
    likeness = [row.likeness for row in rows]
    known = [row.similarity for row in rows if row.similarity is not None]
    similarity = float(np.mean(known)) if known else None
    agree = sum(row.agrees for row in rows)
    cluster = Cluster(
        id=cluster_id,
        size=len(rows),
        videos=len({shown[row.id][1].id for row in rows}),
        suggestion=_suggestion(about, similarity, agree, creators),
        likeness=float(np.mean(likeness)),
        worst=min(likeness),
        lookalike=about.lookalike,
        postponed=about.postponed,
    )
    members = _members(rows, shown, about.creator_id is not None, threshold)
    return ClusterView(cluster, worst_first(members))


def as_creator(
    view: ClusterView, creator: Creator, similarities: Mapping[int, float], denied: set[int]
) -> ClusterView:
    """A view as if this creator were suggested; ``denied`` faces are known not to be."""
    members = tuple(
        replace(
            member,
            similarity=similarities.get(member.face.id),
            doubtful=member.doubtful or member.face.id in denied,
            chance=None,
        )
        for member in view.members
    )
    suggestion = None
    if known := [m.similarity for m in members if m.similarity is not None]:
        suggestion = ClusterSuggestion(creator, float(np.mean(known)), None, len(members))
    return ClusterView(replace(view.cluster, suggestion=suggestion), worst_first(members))


def by_mean(found: Sequence[Suggestion], means: Mapping[int, float]) -> tuple[Suggestion, ...]:
    """Creators in the order of their mean similarity to all faces, with their leads."""
    known = sorted(
        (one for one in found if math.isfinite(means.get(one.creator.id, math.nan))),
        key=lambda one: (-means[one.creator.id], one.creator.id),
    )
    values = [means[one.creator.id] for one in known]
    leads = [*(a - b for a, b in pairwise(values)), None]
    return tuple(
        replace(one, similarity=value, margin=lead)
        for one, value, lead in zip(known, values, leads, strict=False)
    )


def without(view: ClusterView, face_id: int) -> ClusterView | None:
    """A view without one of its faces; None where no other is left."""
    members = tuple(member for member in view.members if member.face.id != face_id)
    if not members:
        return None
    videos = len({member.video.id for member in members})
    return ClusterView(replace(view.cluster, size=len(members), videos=videos), members)


def worst_first(members: Sequence[Member]) -> tuple[Member, ...]:
    """Doubtful ones first, then by likeness to the creator or, without one, to the others."""
    return tuple(sorted(members, key=lambda m: (not m.doubtful, _worth(m), m.face.id)))


def _worth(member: Member) -> float:
    """Its place in the order; a single face that nobody comes near stands last."""
    known = member.likeness if member.similarity is None else member.similarity
    return 1.0 if known is None else known


def _members(
    rows: Sequence[MemberRow], shown: Shown, suggested: bool, threshold: float
) -> list[Member]:
    faces = [shown[row.id][0] for row in rows]
    frames = frame_numbers([f.video_id for f in faces], [f.timestamp for f in faces])
    frames = np.where([row.mirrored for row in rows], -np.arange(1, len(rows) + 1), frames)
    doubts = doubtful(
        np.asarray([row.likeness for row in rows]),
        np.asarray([suggested and not row.agrees for row in rows], bool),
        np.asarray([row.denied for row in rows], bool),
        frames,
        threshold,
    )
    return [
        Member(*shown[row.id], row.likeness, row.similarity, doubtful=bool(doubt))
        for row, doubt in zip(rows, doubts, strict=True)
    ]


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


def _suggestion(
    row: WallRow | ClusterRow,
    similarity: float | None,
    agree: int,
    creators: Mapping[int, Creator],
) -> ClusterSuggestion | None:
    creator = creators.get(row.creator_id or 0)
    if creator is None or similarity is None:
        return None
    return ClusterSuggestion(
        creator, similarity, row.margin, agree, creators.get(row.rival_id or 0)
    )
