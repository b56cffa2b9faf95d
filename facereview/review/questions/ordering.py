"""Orders the questions of a library beside the pages, and says what is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.review.questions.payoff import Questions, face_order, questions
from facereview.review.questions.remaining import Remaining, remaining, uncertain_names
from facereview.store.store import Store

BY_PAYOFF = "payoff"
"""The name under which the order is kept."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The pending faces in the order in which they are asked about, (n,), and what is left."""

    faces: NDArray[np.int32]
    remaining: Remaining


def ask_in_order(store: Store, twice_above: int) -> Ordered:
    """Order the questions, and keep that for whoever opens the library next.

    About a second at 100,000 pending faces. A key that decides more than ``twice_above`` faces is
    pressed twice.
    """
    faces = store.clustering.open_faces()
    asked = questions(faces)
    ordered = Ordered(
        face_order(faces, asked), remaining(faces, asked, store.insight.unseen_names(), twice_above)
    )
    with store.transaction():
        store.clusters.lock()
        _keep_chances(store, asked)
        store.faces.set_order(BY_PAYOFF, ordered.faces)
    return ordered


def what_remains(store: Store, twice_above: int) -> Remaining:
    """The same without keeping anything."""
    faces = store.clustering.open_faces()
    return remaining(faces, questions(faces), store.insight.unseen_names(), twice_above)


def faces_of_uncertain_names(store: Store) -> NDArray[np.int32]:
    """The faces that the expected number of wrong names is about, the least sure first, (n,)."""
    faces, unseen = store.clustering.open_faces(), store.insight.unseen_names()
    return uncertain_names(faces, unseen).least_sure_first


def _keep_chances(store: Store, asked: Questions) -> None:
    known = asked.suggested
    store.clustering.set_chances(asked.clusters[known], asked.chances[known])
