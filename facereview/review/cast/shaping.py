"""Joining and splitting rows of a cast sheet: who is one person, as a curator says.

Both are acts on the clusters of the faces, undone as any other, and bind the linking of tracks:
what is joined is linked, unless a frame or a name forbids it, and what is split off is never linked
with the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from facereview.errors import Invalid
from facereview.records import DECIDED
from facereview.review.cast.records import CastRow, waits
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder
from facereview.store.row_changes import Subject
from facereview.store.store import Store

_TWO = (
    "One frame shows faces of both rows, so they are two people: if it is a mirror, join their "
    "clusters on Clusters."
)

_CHANGED = "Somebody changed these rows meanwhile, so nothing was done: look at them again."


class RowShaping:
    """Changes of rows by hand; belongs to the database lane."""

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._recorder = Recorder(store, actor)

    def join(self, rows: Sequence[CastRow], mirrored: Collection[int] = ()) -> None:
        """Rows of one video are one person. ``mirrored`` faces may share a frame.

        Raises:
            Invalid: a frame shows both, people decided one of them, or somebody changed one since.
        """
        check_joinable(rows, mirrored)
        faces = [face.id for row in rows for face in row.faces]
        clusters = self._store.clusters
        with self._store.transaction():
            clusters.lock()
            check_joinable([self._now(row) for row in rows], mirrored)
            self._check_whole(rows)
            if clusters.share_frame(faces, faces):
                raise Invalid(_TWO)
            with self._recorder.act(Kind.JOIN) as act:
                act.detail = {"number": len(rows), "rows": True}
                act.watch(Subject.MEMBERSHIP, faces)
                act.watch(Subject.DIFFERENT, faces)
                clusters.forget_different(faces)
                known = self._fitting([one for row in rows for one in row.clusters[:1]], faces)
                into = clusters.make()[0] if known is None else known
                if known is None:
                    act.made(Subject.CLUSTER, [into])
                act.watch(Subject.APART, [into])
                clusters.move(into, faces)
                clusters.rejoin(into)
                clusters.join_rows(faces)

    def _now(self, row: CastRow) -> CastRow:
        """The row with its faces as they are now, by whomever they were decided since."""
        now = self._store.faces.get([face.id for face in row.faces])
        if len(now) < len(row.faces):
            raise Invalid(_CHANGED)
        return replace(row, faces=tuple(now[face.id] for face in row.faces))

    def _check_whole(self, rows: Sequence[CastRow]) -> None:
        """Check that nobody has split a row."""
        places = {one.id: one for one in self._store.tracks.places(rows[0].faces[0].video_id)}
        for row in rows:
            here = [places[face.id] for face in row.faces]
            if {one.cluster_id for one in here} & {away for one in here for away in one.apart}:
                raise Invalid(_CHANGED)

    def _fitting(self, known: Sequence[int], faces: Sequence[int]) -> int | None:
        """The first of these clusters whose other faces may be the same person as these.

        A key on Clusters names a whole cluster.
        """
        clusters = self._store.clusters
        for cluster in known:
            others = sorted(set(clusters.faces([cluster])) - set(faces))
            if not clusters.share_frame(faces, others) and not clusters.said_different(
                faces, others
            ):
                return cluster
        return None

    def split(self, row: CastRow, face_ids: Collection[int]) -> None:
        """These faces of a row are somebody else than its others.

        Raises:
            Invalid: all of its faces are given, or none, or some are gone.
        """
        own = [face.id for face in row.faces if face.id in face_ids]
        rest = [face.id for face in row.faces if face.id not in face_ids]
        if not own or not rest:
            raise Invalid("To split a row, leave some of its faces ticked and untick the others.")
        clusters = self._store.clusters
        with self._store.transaction():
            clusters.lock()
            self._now(row)
            with self._recorder.act(Kind.SPLIT) as act:
                act.detail = {"number": len(own), "rows": True}
                act.watch(Subject.MEMBERSHIP, [*own, *rest])
                made, other = clusters.make(2)
                act.made(Subject.CLUSTER, [made, other])
                kept = clusters.of_faces(rest)
                loose = [face for face in rest if face not in kept]
                if loose:
                    clusters.move(other, loose)
                clusters.move(made, own)
                clusters.join_rows(own)
                apart = sorted({*kept.values(), *([other] if loose else [])})
                act.watch(Subject.APART, apart)
                for cluster in apart:
                    clusters.keep_apart(cluster, own)


def check_joinable(rows: Sequence[CastRow], mirrored: Collection[int] = ()) -> None:
    """Check that rows may be one person.

    Raises:
        Invalid: a frame shows both, or people decided one of them.
    """
    shown = Counter(face.timestamp for row in rows for face in row.faces if face.id not in mirrored)
    if any(times > 1 for times in shown.values()):
        raise Invalid(_TWO)
    decided = [face for row in rows for face in row.faces if not waits(face)]
    names = {face.creator_name for face in decided if face.state.status in DECIDED}
    for name in names - {None}:
        raise Invalid(f"People named one of these rows {name}: give the other that name instead.")
    if decided:
        raise Invalid("One of these rows was rejected: undo that before they are joined.")
