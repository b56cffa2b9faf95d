"""Asks whether two clusters are one person, and keeps the answer; it binds the clustering."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from facereview.records import DIMENSION, Thresholds
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder
from facereview.review.questions.pairs import ClusterFacts, Pair, worth_asking
from facereview.store.clusters import WallRow
from facereview.store.row_changes import Subject
from facereview.store.store import Store

COMPARED = 2000
"""So many clusters are compared with each other, the largest ones."""
ASKED = 24
"""So many questions at once; answers bring others."""


class SamePerson:
    """Pairs of clusters that may be one person. Every method may raise DatabaseUnreachable.

    "The same" is the joining of two clusters, made by whoever joins clusters.
    """

    def __init__(self, store: Store, actor: str, pack: Callable[[], Thresholds]) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
        self._store = store
        self._recorder = Recorder(store, actor)
        self._pack = pack
        self._later: dict[tuple[int, int], None] = {}

    def questions(self, rows: Sequence[WallRow]) -> tuple[Pair, ...]:
        """The pairs to ask about, the one expected to settle most first; postponed ones last.

        ``rows`` are the clusters of the wall. Two that share a frame are two people.
        """
        facts = self._facts(rows)
        told = self._store.clusters.told_apart()
        found = worth_asking(facts, self._pack().cluster, told, ASKED)
        meeting = self._store.clusters.meeting([pair.key for pair in found])
        asked = [pair for pair in found if pair.key not in meeting]
        return tuple(sorted(asked, key=lambda pair: self._place(pair.key)))

    def later(self, key: tuple[int, int]) -> None:
        """Ask about the other pairs first, in this window."""
        self._later.pop(key, None)
        self._later[key] = None

    def tell_apart(self, face_ids: Sequence[int], others: Sequence[int]) -> None:
        """Each of these faces is somebody else than each of the others, as a curator saw them.

        Their clusters are not joined by a machine any more; a curator may still join them.
        """
        clusters = self._store.clusters
        with self._store.transaction():
            clusters.lock()
            with self._recorder.act(Kind.DIFFERENT) as act:
                act.detail = {"number": 2}
                act.watch(Subject.DIFFERENT, face_ids)
                clusters.tell_apart(face_ids, others)

    def _place(self, key: tuple[int, int]) -> int:
        """0, or its place among the postponed ones."""
        return list(self._later).index(key) + 1 if key in self._later else 0

    def _facts(self, rows: Sequence[WallRow]) -> ClusterFacts:
        """The largest clusters that have a centre."""
        named = [row for row in rows if row.id is not None and not row.postponed]
        largest = sorted(named, key=lambda row: (-row.size, row.id or 0))[:COMPARED]
        centres = self._store.clustering.centres_of([row.id or 0 for row in largest])
        known = [row for row in largest if row.id in centres]
        return ClusterFacts(
            np.asarray([row.id or 0 for row in known], np.int64),
            np.asarray([row.size for row in known], np.int64),
            np.asarray([row.likeness or 0.0 for row in known], np.float64),
            np.asarray([row.creator_id is not None for row in known], bool),
            np.asarray([centres[row.id or 0] for row in known], np.float32).reshape(-1, DIMENSION),
        )
