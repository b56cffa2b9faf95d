"""The order of questions: first the one whose answer is expected to settle most faces.

A question is about the faces that one answer settles: a cluster, or the faces of a track that is in
none, or a face alone. What it is worth is their number times the probability that its first
suggestion is right. Somebody unknown is asked about by size: where no suggestion is more likely
right than :data:`UNKNOWN`, that counts in its place, as rejecting a stranger takes one key too, and
naming somebody new only a few.

Keys until a half / 90 % of the pending faces of a library are settled, one question after the
other, on average of four synthetic ones of 1,500 faces (``tests/bench/question_order.py --faces
1500 --seeds 31 32 33 34``):

=========================================  ==========
order of the questions                     keys
=========================================  ==========
this                                       8.2 / 43.8
by size                                    8.2 / 43.8
by video and time                          22.8 / 55.2
=========================================  ==========

What is pending there is settled by one key nearly every time, so that size is all that counts,
and an :data:`UNKNOWN` of .1, .2, .6 or .8 changes it by less than a key. In two libraries of
2,000 faces it was 52.0 keys by this order for 90 %, 53.5 by size and 70.5 by time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.store.clustering import OpenFaces

UNKNOWN = 0.4
"""What a face of somebody unknown counts, of one that is surely somebody known."""

SURE_MARGIN = 0.2
"""Lead of a cluster's creator from which it is as sure as it gets, where no risk is known."""
LEAST_LEAD = 0.1


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions that the pending faces make; arrays of shape (q,), ``of`` is (n,).

    ``of`` is the question of each face, ``faces`` how many it has, ``chances`` the mean probability
    of its faces that the first suggestion is right (NaN: nobody knows), ``clusters`` the id of its
    cluster (0: it is none), ``suggested`` whether somebody is suggested for that cluster.
    """

    of: NDArray[np.intp]
    faces: NDArray[np.int64]
    chances: NDArray[np.float64]
    clusters: NDArray[np.int64]
    suggested: NDArray[np.bool_]
    postponed: NDArray[np.bool_]

    @property
    def payoffs(self) -> NDArray[np.float64]:
        """How many faces an answer is expected to settle, (q,)."""
        return payoff(self.faces, self.chances)


def payoff(faces: NDArray[np.integer], chances: NDArray[np.floating]) -> NDArray[np.float64]:
    """Faces times probability, at least :data:`UNKNOWN`; a chance of NaN is not known."""
    return np.asarray(faces, np.float64) * np.fmax(np.asarray(chances, np.float64), UNKNOWN)


def lead_share(margins: NDArray[np.floating]) -> NDArray[np.float64]:
    """How sure a lead over the next creator is, 0.1..1, where no risk is known; NaN: no rival."""
    share = np.asarray(margins, np.float64) / SURE_MARGIN
    return np.clip(np.where(np.isnan(share), 1.0, share), LEAST_LEAD, 1.0)


def right(faces: OpenFaces) -> NDArray[np.float64]:
    """The probability of each face that the suggestion of its question is right; NaN: not known.

    In a cluster with a suggestion that is its creator: as the face's track names them, or at most
    what that leaves where it names somebody else. Elsewhere it is whom the track names.
    """
    other = (faces.suggested != 0) & (faces.named != faces.suggested)
    found = np.where(other, faces.risks, 1 - faces.risks)
    return np.where(faces.named != 0, found, np.nan)


def questions(faces: OpenFaces) -> Questions:
    """The questions of all pending faces."""
    keys = np.where(faces.tracks != 0, -2 * faces.tracks, -2 * faces.ids.astype(np.int64) - 1)
    keys = np.where(faces.clusters != 0, faces.clusters, keys)
    ids, first, of, counts = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    known = right(faces)
    agreed = faces.agrees * lead_share(faces.margins)
    known = np.where(np.isnan(known) & (faces.suggested != 0), agreed, known)
    there = ~np.isnan(known)
    sums = np.bincount(of, np.where(there, known, 0.0), len(ids))
    with np.errstate(invalid="ignore"):
        chances = sums / np.bincount(of, there, len(ids))
    return Questions(
        of,
        counts.astype(np.int64),
        chances,
        np.maximum(ids, 0),
        faces.suggested[first] != 0,
        faces.postponed[first],
    )


def face_order(faces: OpenFaces, asked: Questions) -> NDArray[np.int32]:
    """The faces in the order of their questions, (n,): the largest payoff first.

    Within a question, and among equal ones, by video and time. Postponed clusters stand behind all
    others.
    """
    by_time = np.lexsort((faces.ids, faces.timestamps, faces.videos))
    first = np.empty(len(asked.faces), np.intp)
    first[asked.of[by_time[::-1]]] = np.arange(len(by_time))[::-1]
    questions_in_order = np.lexsort((first, -asked.payoffs, asked.postponed))
    rank = np.empty_like(first)
    rank[questions_in_order] = np.arange(len(rank))
    return faces.ids[by_time[np.argsort(rank[asked.of[by_time]], kind="stable")]]


def arranged(
    face_ids: NDArray[np.int32], order: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Those of these faces (n,) that an order has, in that order, and the others, as they were.

    Both name a face once. By a table of all ids, as sorting a million takes ten times as long.
    """
    highest = max((int(ids.max()) for ids in (face_ids, order) if len(ids)), default=0)
    there = np.zeros(highest + 1, bool)
    there[face_ids] = True
    known = order[there[order]]
    there[known] = False
    return known, face_ids[there[face_ids]]
