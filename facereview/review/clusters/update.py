"""Bringing the clusters up to date: read the pending faces, cluster and compare them, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from facereview.errors import Cancelled
from facereview.records import Progress
from facereview.review.clusters.clustering import COMPARED, METHOD, cluster_faces
from facereview.review.clusters.constraints import Constraints, read_constraints
from facereview.review.clusters.evidence import Evidence, Said
from facereview.review.clusters.incremental import joined_by
from facereview.review.clusters.members import KEPT, MemberVectors
from facereview.review.clusters.neighbours import Stored
from facereview.review.clusters.records import (
    AT_ONCE,
    SMALL_UPDATE,
    ClusterScope,
    ClusterStep,
    ClusterTask,
    ClusterUpdate,
)
from facereview.review.clusters.units import NO_TRACK, FaceSet
from facereview.store.clustering import Belonging, PendingFaces, Suggested
from facereview.store.clusters import State
from facereview.store.store import Store

_READ, _CLUSTERED, _WEIGHED = 0.1, 0.8, 0.9
"""Share of the whole work done after each part."""

_TURN_SECONDS = 0.2

_FEW = 50
"""For up to one in so many faces that is new, and :data:`SMALL_UPDATE`, each new one is looked up:
that takes a tenth of the time. For more all are clustered again, which places them together."""

Told = Callable[[Progress], None]
Asked = Callable[[], bool]


class ClusterUpdater:
    """Clusters a library's pending faces. Belongs to one lane, with a store of its own."""

    def __init__(self, store: Store, threshold: float, match_threshold: float) -> None:
        """``threshold`` makes faces one person, ``match_threshold`` a suggestion (cosines)."""
        self._store = store
        self._threshold = threshold
        self._match = match_threshold
        self._thresholds = (threshold, match_threshold)

    def from_nothing(
        self, *, on_progress: Told = lambda _: None, cancelled: Asked = lambda: False
    ) -> ClusterUpdate:
        """Cluster all pending faces again; what curators joined or split holds.

        Raises:
            Cancelled: ``cancelled`` said so; nothing was changed.
        """
        start = time.monotonic()
        with self._turn(on_progress, cancelled):
            return self._whole(start, on_progress, cancelled)

    def up_to_date(
        self, *, on_progress: Told = lambda _: None, cancelled: Asked = lambda: False
    ) -> ClusterUpdate:
        """Assign new faces to clusters; compare again those that decisions or references changed.

        Raises:
            Cancelled: ``cancelled`` said so; what was placed until then stays.
        """
        start = time.monotonic()
        with self._turn(on_progress, cancelled):
            pending, waiting, _ = self._store.clustering.scope()
            known, changed = self._store.clusters.state(), set[int]()
            if known is None or self._is_whole(known, pending, waiting):
                return self._whole(start, on_progress, cancelled)
            new = self._store.clustering.waiting()
            placed, total, evidence = 0, len(new.ids), None
            vectors = MemberVectors(self._store, KEPT if total > AT_ONCE else 0)
            for part in parts(new, AT_ONCE):
                if cancelled():
                    raise Cancelled
                on_progress(Progress(placed, total, ClusterStep.JOINING))
                known = self._store.clusters.state() or known
                other, evidence = self._update(known, part, evidence, vectors)
                changed |= other
                placed += len(part.ids)
            on_progress(Progress(total, total, ClusterStep.COUNTING))
        return self._counted(len(changed), start)

    def scope(self, *, from_nothing: bool = False) -> ClusterScope:
        """What the next update has to do."""
        known = self._store.clusters.state()
        pending, waiting, single = self._store.clustering.scope()
        if from_nothing or known is None or self._is_whole(known, pending, waiting):
            linked = self._is_linked()
            return ClusterScope(pending, whole=True, first=known is None, linked=linked)
        marks = self._store.clusters.now(self._thresholds).references
        read = waiting + bool(known.changed_creators(marks)) * single
        return ClusterScope(read, whole=False, new=waiting)

    def task(self, *, from_nothing: bool) -> ClusterTask:
        """What a process of its own needs to know to do the next update."""
        database = self._store.database
        return ClusterTask(
            database.url, database.window, self._threshold, self._match, from_nothing
        )

    def _is_whole(self, known: State, pending: int, waiting: int) -> bool:
        """Whether all faces are clustered again, as they are when the first tracks are there."""
        other = known.thresholds != self._thresholds or (not known.linked and self._is_linked())
        return other or waiting > max(SMALL_UPDATE, pending // _FEW)

    def _is_linked(self) -> bool:
        """Whether all faces were linked into tracks once."""
        tracks = self._store.tracks.linked_to()
        return tracks is not None and tracks.reached is None

    @contextmanager
    def _turn(self, on_progress: Told, cancelled: Asked) -> Iterator[None]:
        """One update at a time in a library, whoever asks for it."""
        while not self._store.clustering.take_turn():
            on_progress(Progress(0, 0, ClusterStep.WAITING))
            if cancelled():
                raise Cancelled
            time.sleep(_TURN_SECONDS)
        try:
            yield
        finally:
            self._store.clustering.end_turn()

    def _whole(self, start: float, on_progress: Told, cancelled: Asked) -> ClusterUpdate:
        state = self._store.clusters.now(self._thresholds)
        total = 0

        def told(step: ClusterStep, share: float) -> None:
            if cancelled():
                raise Cancelled
            on_progress(Progress(int(share * total), total, step))

        told(ClusterStep.READING, 0)
        faces = self._store.clustering.pending()
        total = len(faces.ids)
        linked = self._is_linked() or 2 * int((faces.tracks != NO_TRACK).sum()) > total
        state = replace(state, linked=linked)
        faces, embeddings = _with_vectors(
            self._store, faces, lambda share: told(ClusterStep.READING, _READ * share)
        )
        constraints = read_constraints(self._store, faces)
        clusters = _clustered(self._threshold, faces, embeddings, constraints, told)
        suggested, said = self._evidence().weigh(
            embeddings,
            clusters,
            constraints.denied,
            lambda share: told(
                ClusterStep.SUGGESTING, _CLUSTERED + share * (_WEIGHED - _CLUSTERED)
            ),
        )
        told(ClusterStep.WRITING, _WEIGHED)
        clusters = evicted(clusters, suggested, said, constraints, faces.fixed)
        changed = self._write(faces, clusters, suggested, said, state)
        on_progress(Progress(total, total, ClusterStep.COUNTING))
        return self._counted(changed, start)

    def _write(
        self,
        faces: PendingFaces,
        clusters: NDArray[np.int64],
        suggested: Suggested,
        said: Said,
        state: State,
    ) -> int:
        """Write it all in one transaction; how many clusters are other ones than before."""
        store = self._store
        with store.transaction():
            store.clusters.lock()
            before = store.clustering.suggestions()
            _number(store, clusters, suggested.clusters)
            store.clusters.ensure(np.unique(clusters[clusters >= 0]).tolist())
            store.clustering.write(
                Belonging(
                    faces.ids, faces.clusters, clusters, said.likeness, said.similarity, said.agrees
                )
            )
            store.clustering.suggest(suggested)
            store.clusters.drop_empty()
            store.clusters.set_state(state)
        moved = faces.clusters != clusters
        other = set(clusters[moved].tolist()) | set(faces.clusters[moved].tolist())
        return len((other | _resuggested(before, suggested)) - {-1})

    def _update(
        self, known: State, new: PendingFaces, evidence: Evidence | None, vectors: MemberVectors
    ) -> tuple[set[int], Evidence | None]:
        """Place new faces and weigh what changed, in one transaction; the clusters that changed.

        ``evidence`` is that of the part before, which holds unless references changed since.
        """
        store = self._store
        state = replace(store.clusters.now(self._thresholds), linked=known.linked)
        creators = known.changed_creators(state.references)
        touched = store.clustering.touched(known.batch, known.open)
        # a curator's split or undo waits for the lock: what takes long is read before it
        if creators or (evidence is None and (touched or len(new.ids))):
            evidence = self._evidence()
        with store.transaction():
            store.clusters.lock()
            new = new.only(store.clustering.still_waiting(new.ids))
            moved = self._join(new) if len(new.ids) else set()
            resuggested = set()
            if evidence is not None:
                again = moved | touched | self._concerned(creators, evidence)
                faces = store.clustering.members_of(again, new.ids.tolist(), singles=bool(creators))
                resuggested = self._weigh_again(faces, vectors.of(faces.ids), evidence)
            store.clusters.drop_empty()
            store.clusters.set_state(state)
        return moved | resuggested, evidence

    def _evidence(self) -> Evidence:
        return Evidence(self._store.creators.matrix(), self._match)

    def _join(self, new: PendingFaces) -> set[int]:
        """Give new faces their clusters; the clusters that got some."""
        store = self._store
        vectors = store.faces.vectors(new.ids.tolist())
        embeddings = np.stack([vectors[int(face)] for face in new.ids])
        joined = joined_by(store, new, embeddings, self._threshold)
        singles = np.asarray(list(joined.singles), np.int32)
        ids = np.concatenate([new.ids, singles])
        clusters = np.concatenate([joined.clusters, [joined.singles[int(i)] for i in singles]])
        clusters = clusters.astype(np.int64)
        _number(store, clusters)
        count = len(ids)
        store.clustering.write(
            Belonging(
                ids,
                np.full(count, -1, np.int64),
                clusters,
                np.ones(count, np.float32),
                np.full(count, np.nan, np.float32),
                np.zeros(count, bool),
            )
        )
        return set(clusters[clusters >= 0].tolist())

    def _concerned(self, creators: list[int], evidence: Evidence) -> set[int]:
        """Clusters whose suggestion may be another one after these creators' references changed."""
        if not creators:
            return set()
        suggested = self._store.clustering.suggestions().items()
        ids, centres = self._store.clustering.centres()
        near = ids[evidence.near(centres, np.asarray(creators, np.int64))]
        return {c for c, named in suggested if not set(creators).isdisjoint(named)} | set(
            near.tolist()
        )

    def _weigh_again(self, faces: PendingFaces, embeddings: Stored, evidence: Evidence) -> set[int]:
        """Weigh the clusters of faces, and single ones; the clusters with another suggestion."""
        store = self._store
        constraints = read_constraints(store, faces)
        suggested, said = evidence.weigh(embeddings, faces.clusters, constraints.denied)
        belong = evicted(faces.clusters, suggested, said, constraints, faces.fixed)
        before = store.clustering.suggestions()
        store.clustering.write(
            Belonging(
                faces.ids, faces.clusters, belong, said.likeness, said.similarity, said.agrees
            )
        )
        store.clustering.suggest(suggested)
        return _resuggested(before, suggested)

    def _counted(self, changed: int, start: float) -> ClusterUpdate:
        faces, clusters, single = self._store.clustering.counts()
        return ClusterUpdate(
            faces=faces,
            clusters=clusters,
            single=single,
            seconds=time.monotonic() - start,
            method=METHOD,
            changed=changed,
        )


def parts(new: PendingFaces, most: int) -> Iterator[PendingFaces]:
    """New faces, up to ``most`` at once, those of a video together; one empty part of none."""
    order = np.argsort(new.videos, kind="stable")
    videos, left = new.videos[order], order
    while len(left) > most:
        end = int(np.searchsorted(videos, videos[most], "left")) or most  # a long video is cut
        yield new.only(np.sort(left[:end]))
        videos, left = videos[end:], left[end:]
    yield new.only(np.sort(left))


def _with_vectors(
    store: Store, faces: PendingFaces, on_progress: Callable[[float], None]
) -> tuple[PendingFaces, Stored]:
    """The faces that are still pending, with their embeddings."""
    embeddings: Stored
    embeddings, found = store.clustering.pending_vectors(faces.ids, on_progress)
    if not found.all():  # decided between the two readings
        faces, embeddings = faces.only(found), embeddings[found]
    return faces, embeddings


def _clustered(
    threshold: float,
    faces: PendingFaces,
    embeddings: Stored,
    constraints: Constraints,
    told: Callable[[ClusterStep, float], None],
) -> NDArray[np.int64]:
    def on_progress(share: float) -> None:
        step = ClusterStep.COMPARING if share < COMPARED else ClusterStep.JOINING
        told(step, _READ + share * (_CLUSTERED - _READ))

    return cluster_faces(
        FaceSet(embeddings, constraints.frames, faces.quality, faces.tracks),
        threshold,
        apart=constraints.apart,
        before=faces.clusters,
        fixed=faces.fixed,
        on_progress=on_progress,
    )


def _number(store: Store, *parts: NDArray[np.int64]) -> None:
    """Give the new clusters (-2, -3, ...) of these arrays their numbers, in place."""
    new = np.unique(np.concatenate(parts))
    new = new[new < -1]
    ids = np.asarray(store.clusters.make(len(new)), np.int64)
    for part in parts:
        part[part < -1] = ids[np.searchsorted(new, part[part < -1])]


def _resuggested(before: dict[int, tuple[int, int | None]], suggested: Suggested) -> set[int]:
    """Clusters for which another creator, or no longer one, is suggested."""
    now = zip(suggested.clusters.tolist(), suggested.creators.tolist(), strict=True)
    return {cluster for cluster, creator in now if before.get(cluster, (0, None))[0] != creator}


def evicted(
    clusters: NDArray[np.int64],
    suggested: Suggested,
    said: Said,
    constraints: Constraints,
    fixed: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """The clusters (n,) without faces excluded under the creator that is now suggested."""
    creators = dict(zip(suggested.clusters.tolist(), suggested.creators.tolist(), strict=True))
    clusters = clusters.copy()
    for place, excluded in constraints.excluded.items():
        if creators.get(int(clusters[place])) in excluded and not fixed[place]:
            clusters[place] = -1
            said.likeness[place], said.similarity[place] = 1.0, np.nan
            said.agrees[place] = False
    return clusters
