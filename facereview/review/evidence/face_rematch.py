"""Matching pending faces again by thresholds, each by itself, after references changed.

A reference that came concerns only faces at least as close to it as to what they carry; one that
went only faces that suggest its creator, and those that the machine matched with it and nobody
looked at since: what no longer matches waits again. Those few are compared with every reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facereview.records import Config, Progress
from facereview.review.creators.reference_records import Changed
from facereview.review.evidence.matching import Ranked, rank
from facereview.review.evidence.rematch_run import FoundFace, RematchRun, step
from facereview.store.creators import ReferenceMatrix
from facereview.store.references import matrix_of
from facereview.store.store import Store

FEW = 4
"""References up to which the server compares; for more, the faces are read and compared here."""

_PAGE = 500


class FaceRematch:
    """Matches the faces of one library again by the thresholds in force."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._config = config

    def rematch(
        self,
        changed: Changed | None,
        run: RematchRun,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> None:
        """Write what changed; None looks at every face."""
        lost = self._everybody() if changed is None else changed.creators
        if lost:
            self._release(lost, run)
        ids = None if changed is None else sorted(self._concerned(changed) | set(run.released))
        if ids == []:
            return
        references = self._store.creators.matrix()
        # all is read before anything is written: a COPY and a transaction share the connection
        faces: list[FoundFace] = []
        for block in self._looked_at(ids, references):
            if cancelled():
                run.looked, run.cancelled = len(faces), True
                return
            faces += block
            on_progress(Progress(len(faces), len(ids or faces), ""))
        run.looked = len(faces)
        self._write(faces, run, cancelled)

    def _everybody(self) -> list[int]:
        return [creator.id for creator in self._store.creators.all()]

    def _release(self, creators: Sequence[int], run: RematchRun) -> None:
        """Let faces wait again that the machine matched by references that are gone."""
        references = self._store.creators.matrix()
        blocks = list(self._store.references.automatic(creators))
        denied = self._store.search.denied([int(i) for block in blocks for i in block["id"]])
        faces = [face for block in blocks for face in self._compared(block, references, denied)]
        gone = [face for face in faces if not self._matches(face)]
        for start in range(0, len(gone), _PAGE):
            with self._store.deciding():
                run.take_back(gone[start : start + _PAGE])

    def _matches(self, face: FoundFace) -> bool:
        """Whether the machine would match a face as it did."""
        return face.creator == face.carries and face.similarity >= self._config.auto_tag_threshold

    def _concerned(self, changed: Changed) -> set[int]:
        part, floor = self._store.references, self._config.match_threshold
        found = part.suggesting(changed.creators) if changed.creators else set()
        if 0 < len(changed.added) <= FEW:
            found |= part.closer(changed.added, floor)
        elif changed.added:
            found |= self._closer_here(changed.added, floor)
        return found

    def _closer_here(self, added: Sequence[int], floor: float) -> set[int]:
        everything = self._store.creators.matrix()
        new = everything.embeddings[np.isin(everything.ids, np.asarray(added))]
        found: set[int] = set()
        for block in self._store.references.pending() if len(new) else ():
            best = (matrix_of(block["embedding"]) @ new.T).max(axis=1, initial=-1.0)
            near = best >= np.maximum(floor, block["confidence"])
            found.update(block["id"][near].tolist())
        return found

    def _looked_at(
        self, ids: Sequence[int] | None, references: ReferenceMatrix
    ) -> Iterator[list[FoundFace]]:
        blocks = list(self._store.references.pending(ids)) if ids is not None else None
        denied = self._store.search.denied(ids if ids is not None else self._pending_ids())
        for block in blocks if blocks is not None else self._store.references.pending():
            yield self._compared(block, references, denied)

    def _compared(
        self,
        block: NDArray[Any],
        references: ReferenceMatrix,
        denied: Mapping[int, Sequence[int]],
    ) -> list[FoundFace]:
        vectors = matrix_of(block["embedding"])
        found = rank(vectors, references, [denied.get(int(i), ()) for i in block["id"]])
        return [self._found(row, said) for row, said in zip(block, found, strict=True)]

    def _found(self, row: Any, said: Ranked | None) -> FoundFace:
        confidence = float(row["confidence"]) if row["confidence"] > -2 else None
        carries = int(row["creator"]) or None
        face = int(row["id"]), int(row["video"]), float(row["timestamp"]), carries, confidence
        if said is None or said.similarity < self._config.match_threshold:
            return FoundFace(*face, None)
        lead = None if said.rival_similarity is None else said.similarity - said.rival_similarity
        return FoundFace(*face, said.creator_id, said.similarity, said.rival_id, lead)

    def _pending_ids(self) -> list[int]:
        return [int(i) for i in self._store.faces.queue("pending")]

    # ---------------------------------------------------------------------------------- writing

    def _write(
        self, faces: list[FoundFace], run: RematchRun, cancelled: Callable[[], bool]
    ) -> None:
        sure = self._sure(faces) if self._config.automatic else {}
        plain = [f for f in faces if f.id not in sure and f.differs]
        for write, some in ((RematchRun.suggest, plain), (self._match, list(sure.values()))):
            for start in range(0, len(some), _PAGE):
                if cancelled():
                    run.cancelled = True
                    return
                with self._store.deciding():
                    write(run, some[start : start + _PAGE])

    def _sure(self, faces: Sequence[FoundFace]) -> dict[int, FoundFace]:
        """Faces to match at once: nobody twice in a frame, nothing a curator took back."""
        best: dict[tuple[int, float, int], FoundFace] = {}
        for face in faces:
            if face.creator is None or face.similarity < self._config.auto_tag_threshold:
                continue
            key = (face.video, face.timestamp, face.creator)
            if key not in best or best[key].similarity < face.similarity:
                best[key] = face
        wanted = {f.id: f for f in best.values()}
        undone = self._store.references.undone(list(wanted)) if wanted else set()
        rivals = self._store.references.rivals(_pairs(wanted.values())) if wanted else set()
        return {
            face_id: face
            for face_id, face in wanted.items()
            if face_id not in rivals and (face_id, face.creator) not in undone
        }

    def _match(self, run: RematchRun, faces: Sequence[FoundFace]) -> None:
        writing = run.unchanged(faces)
        rivals = self._store.references.rivals(_pairs(face for face, _ in writing))
        steps = [step(face, now) for face, now in writing if face.id not in rivals]
        run.batch.match(steps)
        run.count_matched(steps)


def _pairs(faces: Iterable[FoundFace]) -> list[tuple[int, int, float]]:
    return [(f.id, f.creator, f.similarity) for f in faces if f.creator is not None]
