"""Settling by tracks: what the machine settles, suggests and takes back by the evidence now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from facereview.records import Progress
from facereview.review.creators.reference_records import Changed
from facereview.review.evidence.certainty import Certainty
from facereview.review.evidence.fitting import recorded
from facereview.review.evidence.library_judging import Judged, JudgedFace, LibraryJudge
from facereview.review.evidence.rematch_run import FoundFace, RematchRun, step
from facereview.review.evidence.teaching import Teaching
from facereview.store.references import matrix_of
from facereview.store.store import Store

BATCH_FACES = 4_000
"""Faces settled in one transaction: some tenths of a second, in which decisions on them wait."""

_ROUNDING = 1e-5


class TrackRematch:
    """Judges the tracks of one library again, and writes what changed. Belongs to one lane.

    Each batch of videos is one transaction: what is done stays done.
    """

    def __init__(
        self, store: Store, certainty: Certainty, teaching: Teaching, *, automatic: bool = True
    ) -> None:
        """``automatic`` false: what could be settled is suggested."""
        self._store = store
        self._certainty = certainty
        self._automatic = automatic
        self._teaching = teaching
        self._judge = LibraryJudge(store, certainty, teaching)

    def rematch(
        self,
        changed: Changed | None,
        run: RematchRun,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Settle, suggest and take back what the evidence says now; None looks at every video."""
        videos = self._store.evidence.videos_to_settle()
        if changed is not None:
            concerned = self._concerned(changed)
            videos = {video: faces for video, faces in videos.items() if video in concerned}
        certainty = self._recorded()
        total = sum(videos.values())
        for batch in _batches(videos):
            if cancelled():
                run.cancelled = True
                return
            on_progress(Progress(run.looked, total, ""))
            self._videos(batch, run, certainty)
        on_progress(Progress(run.looked, total, ""))

    def _recorded(self) -> Certainty:
        """The mode in force, its calibration with a row that what is settled refers to."""
        known = self._certainty.known
        if known is None:
            return self._certainty
        return replace(self._certainty, known=recorded(self._store, known))

    def _videos(self, video_ids: Sequence[int], run: RematchRun, certainty: Certainty) -> None:
        with self._store.deciding():
            self._store.tracks.lock(video_ids)
            judged = self._judge.judge(video_ids)
            self._write(judged, run, certainty)
        run.looked += len(judged.faces)

    def settle(self, video_ids: Sequence[int], run: RematchRun) -> None:
        """The same of some videos, in a transaction that locked their tracks."""
        self._write(self._judge.judge(video_ids), run, self._recorded())

    def _concerned(self, changed: Changed) -> set[int]:
        """Videos of which something else may be said."""
        found = self._store.evidence.videos_naming(changed.creators) if changed.creators else set()
        return found | self._near(changed.added) if changed.added else found

    def _near(self, added: Sequence[int]) -> set[int]:
        """Videos with a track of which a new reference's creator may be among the first two."""
        gallery = self._teaching.gallery(self._store)
        references = self._teaching.references
        owners = np.unique(references.creators[np.isin(references.ids, np.asarray(added))])
        known = gallery.of(owners)
        found = self._store.evidence.videos_naming(owners.tolist())
        for block in self._store.evidence.templates() if len(known) else ():
            best = (matrix_of(block["embedding"]) @ known.T).max(axis=1)
            found.update(block["video"][best >= block["least"] - _ROUNDING].tolist())
        return found

    # ---------------------------------------------------------------------------------- writing

    def _write(self, judged: Judged, run: RematchRun, certainty: Certainty) -> None:
        self._store.tracks.judge(judged.rows(), certainty.known.id if certainty.known else None)
        faces = [(_found(face), face) for face in judged.faces]
        back = [
            found
            for found, face in faces
            if face.automatic and not (face.settles and face.creator_id == face.carries)
        ]
        pending = [f.id for f, face in faces if not face.automatic and (face.settles or f.differs)]
        # all at once, in the order of decisions: neither waits for what the other waits for
        self._store.log.lock([*pending, *(face.id for face in back)])
        if back:
            run.take_back(back)
        waiting = set(run.released)
        open_ones = [
            (_waits_again(found) if found.id in waiting else found, face)
            for found, face in faces
            if not face.automatic or found.id in waiting
        ]
        settled = {found.id for found, face in open_ones if self._automatic and face.settles}
        settled -= self._store.evidence.refused(
            [(f.id, f.creator) for f, _ in open_ones if f.id in settled and f.creator is not None]
        )
        run.suggest([found for found, _ in open_ones if found.id not in settled and found.differs])
        self._settle([found for found, _ in open_ones if found.id in settled], run, certainty)

    def _settle(self, faces: Sequence[FoundFace], run: RematchRun, certainty: Certainty) -> None:
        steps = [step(face, now) for face, now in run.unchanged(faces)]
        risks = {face.id: face.risk for face in faces if face.risk is not None}
        run.batch.settle(steps, risks, certainty)
        run.count_matched(steps)


def _found(face: JudgedFace) -> FoundFace:
    standing, named = face.standing, face.creator_id
    own = named is not None and named == standing.creator_id
    return FoundFace(
        face.id,
        face.video_id,
        face.timestamp,
        face.carries,
        face.confidence,
        named,
        -np.inf if face.similarity is None else face.similarity,
        standing.rival_id if own else None,
        standing.margin if own else None,
        standing.risk if own else None,
    )


def _waits_again(face: FoundFace) -> FoundFace:
    """A face that the machine had matched, as it is now."""
    return replace(face, carries=None, confidence=None)


def _batches(videos: Mapping[int, int]) -> Iterator[list[int]]:
    """The videos in the order of their numbers, so many at a time that have not too many faces."""
    batch: list[int] = []
    faces = 0
    for video, count in sorted(videos.items()):
        if batch and faces + count > BATCH_FACES:
            yield batch
            batch, faces = [], 0
        batch.append(video)
        faces += count
    if batch:
        yield batch
