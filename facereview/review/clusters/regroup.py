"""Bringing the clusters up to date: read the pending faces, group them, weigh them, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding, Progress
from facereview.review.clusters.evidence import Evidence, Said
from facereview.review.clusters.grouping import METHOD, Cancelled, FaceSet, group
from facereview.review.clusters.records import Regrouped
from facereview.review.clusters.rules import Rules, read_rules
from facereview.store.clusters import State
from facereview.store.grouping import Belonging, PendingFaces, Suggested
from facereview.store.store import Store

_READ, _GROUPED, _WEIGHED = 0.1, 0.8, 0.9
"""Shares of the whole work done after each of its parts."""

_TURN_SECONDS = 0.2

Told = Callable[[Progress], None]
Asked = Callable[[], bool]


def _silent(_: Progress) -> None:
    pass


def _never() -> bool:
    return False


class Regrouper:
    """Groups a library's pending faces. Belongs to the work lane, with a store of its own."""

    def __init__(self, store: Store, threshold: float, match_threshold: float) -> None:
        """``threshold`` makes faces one person, ``match_threshold`` a suggestion (cosines)."""
        self._store = store
        self._threshold = threshold
        self._match = match_threshold

    def from_nothing(self, *, on_progress: Told = _silent, cancelled: Asked = _never) -> Regrouped:
        """Group all pending faces anew; what curators put together or apart holds.

        Raises:
            Cancelled: ``cancelled`` said so; nothing was changed.
        """
        start = time.monotonic()
        with self._turn(cancelled):
            return self._whole(start, on_progress, cancelled)

    def up_to_date(self, *, on_progress: Told = _silent, cancelled: Asked = _never) -> Regrouped:
        """Give new faces their clusters, and clusters their suggestions after new references.

        Raises:
            Cancelled: ``cancelled`` said so; nothing was changed.
        """
        return self.from_nothing(on_progress=on_progress, cancelled=cancelled)

    @contextmanager
    def _turn(self, cancelled: Asked) -> Iterator[None]:
        """One grouping at a time in a library, whoever asks for it."""
        while not self._store.grouping.take_turn():
            if cancelled():
                raise Cancelled
            time.sleep(_TURN_SECONDS)
        try:
            yield
        finally:
            self._store.grouping.end_turn()

    def _whole(self, start: float, on_progress: Told, cancelled: Asked) -> Regrouped:
        references = self._store.creators.revision()
        faces, embeddings = self._read()
        total = len(faces.ids)

        def told(share: float) -> None:
            on_progress(Progress(int(share * total), total, ""))

        told(_READ)
        rules = read_rules(self._store, faces)
        clusters = group(
            FaceSet(embeddings, rules.frames, faces.quality),
            self._threshold,
            apart=rules.apart,
            before=faces.clusters,
            fixed=faces.fixed,
            on_progress=lambda share: told(_READ + share * (_GROUPED - _READ)),
            cancelled=cancelled,
        )
        evidence = Evidence(self._store.creators.matrix(), self._match)
        suggested, said = evidence.weigh(
            embeddings,
            clusters,
            rules.denied,
            lambda share: told(_GROUPED + share * (_WEIGHED - _GROUPED)),
        )
        if cancelled():
            raise Cancelled
        clusters = evicted(clusters, suggested, said, rules, faces.fixed)
        changed = self._write(faces, clusters, suggested, said)
        self._store.clusters.set_state(State(datetime.now(UTC), references))
        told(1.0)
        return _regrouped(clusters, changed, time.monotonic() - start)

    def _read(self) -> tuple[PendingFaces, Embedding]:
        faces = self._store.grouping.pending()
        embeddings, found = self._store.grouping.pending_vectors(faces.ids)
        if not found.all():  # decided between the two readings
            faces, embeddings = faces.only(found), embeddings[found]
        return faces, embeddings

    def _write(
        self,
        faces: PendingFaces,
        clusters: NDArray[np.int64],
        suggested: Suggested,
        said: Said,
    ) -> int:
        """Write it all in one transaction; how many clusters are other ones than before."""
        store = self._store
        with store.transaction():
            store.clusters.lock()
            before = store.grouping.suggestions()
            new = np.unique(clusters[clusters < -1])
            ids = np.asarray(store.clusters.make(len(new)), np.int64)
            clusters[clusters < -1] = ids[np.searchsorted(new, clusters[clusters < -1])]
            made = suggested.clusters
            made[made < -1] = ids[np.searchsorted(new, made[made < -1])]
            store.grouping.keep(np.unique(clusters[clusters >= 0]).tolist())
            store.grouping.write(
                Belonging(
                    faces.ids, faces.clusters, clusters, said.likeness, said.similarity, said.agrees
                )
            )
            store.grouping.suggest(suggested)
            store.clusters.drop_empty()
        moved = faces.clusters != clusters
        other = set(clusters[moved].tolist()) | set(faces.clusters[moved].tolist())
        now = zip(made.tolist(), suggested.creators.tolist(), strict=True)
        other |= {cluster for cluster, creator in now if before.get(cluster, 0) != creator}
        return len(other - {-1})


def evicted(
    clusters: NDArray[np.int64],
    suggested: Suggested,
    said: Said,
    rules: Rules,
    fixed: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """The clusters (n,) without faces excluded under the creator that is now suggested."""
    creators = dict(zip(suggested.clusters.tolist(), suggested.creators.tolist(), strict=True))
    clusters = clusters.copy()
    for place, excluded in rules.excluded.items():
        if creators.get(int(clusters[place])) in excluded and not fixed[place]:
            clusters[place] = -1
            said.likeness[place], said.similarity[place] = 1.0, np.nan
            said.agrees[place] = False
    return clusters


def _regrouped(clusters: NDArray[np.int64], changed: int, seconds: float) -> Regrouped:
    return Regrouped(
        faces=len(clusters),
        clusters=len(np.unique(clusters[clusters >= 0])),
        single=int((clusters < 0).sum()),
        seconds=seconds,
        method=METHOD,
        changed=changed,
    )
