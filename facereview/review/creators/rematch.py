"""Matching pending faces again after references changed. Belongs to one lane.

A reference that came concerns only faces at least as close to it as to what they carry; one that
went only faces that suggest its creator, and those that the machine matched with it and nobody
looked at since: what no longer matches waits again. Those few are compared with every reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from facereview.records import Config, Creator, Embedding, FaceState, Progress, Status
from facereview.review.creators.reference_records import (
    Changed,
    CloseCall,
    RematchReport,
    Shift,
)
from facereview.review.decisions.decide import stored, tag
from facereview.review.evidence.matching import Ranked, rank
from facereview.review.scanning.face_writer import MACHINE
from facereview.store.creators import ReferenceMatrix
from facereview.store.log import LockedFace, Step
from facereview.store.references import matrix_of
from facereview.store.store import Store

FEW = 4
"""References up to which the server compares; for more, the faces are read and compared here."""

CLOSEST = 12
_PAGE = 500
_SAME = 1e-5


@dataclass(frozen=True, slots=True)
class _Face:
    """A pending face: what it carries, and what all references say of it."""

    id: int
    video: int
    timestamp: float
    carries: int | None
    confidence: float | None
    found: Ranked | None

    @property
    def creator(self) -> int | None:
        """Whom it is found to be like."""
        return self.found.creator_id if self.found else None

    @property
    def similarity(self) -> float:
        """How like; -inf where it is like nobody."""
        return self.found.similarity if self.found else -np.inf

    @property
    def differs(self) -> bool:
        """Whether its suggestion is to be written anew."""
        if self.found is None:
            return self.carries is not None or self.confidence is not None
        return self.carries != self.found.creator_id or (
            abs((self.confidence or 0.0) - self.found.similarity) > _SAME
        )


@dataclass(slots=True)
class _Run:
    """What a run did so far; its batch is made with the first automatic match."""

    looked: int = 0
    gained: Counter[int] = field(default_factory=Counter)
    lost: Counter[int] = field(default_factory=Counter)
    matched: Counter[int] = field(default_factory=Counter)
    calls: list[_Face] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    """Faces that the machine had matched and that wait again."""
    token: str = field(default_factory=lambda: uuid4().hex)
    batch: int | None = None
    cancelled: bool = False


class Rematcher:
    """Matches the pending faces of one library again."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._config = config

    def rematch(
        self,
        changed: Changed | None = None,
        *,
        on_progress: Callable[[Progress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> RematchReport:
        """Write suggestions and automatic matches that changed; None looks at every face.

        Verdicts "not this person" hold, and what a curator took back from the machine it does
        not match again. May be stopped at any point: what is written is whole, and its matches
        are one batch.
        """
        run = _Run()
        if changed is not None and changed.creators:
            self._release(changed.creators, run)
        ids = None if changed is None else sorted(self._concerned(changed) | set(run.released))
        if ids == []:
            return self._report(run)
        references = self._store.creators.matrix()
        # all is read before anything is written: a COPY and a transaction share the connection
        faces: list[_Face] = []
        for block in self._looked_at(ids, references):
            if cancelled():
                return RematchReport(len(faces), cancelled=True)
            faces += block
            on_progress(Progress(len(faces), len(ids or faces), ""))
        run.looked = len(faces)
        self._write(faces, run, cancelled)
        return self._report(run)

    def _release(self, creators: Sequence[int], run: _Run) -> None:
        """Let faces wait again that the machine matched by references that are gone."""
        references = self._store.creators.matrix()
        blocks = list(self._store.references.automatic(creators))
        denied = self._store.search.denied([int(i) for block in blocks for i in block["id"]])
        faces = [face for block in blocks for face in self._compared(block, references, denied)]
        gone = [face for face in faces if not self._matches(face)]
        for start in range(0, len(gone), _PAGE):
            self._take_back(gone[start : start + _PAGE], run)

    def _matches(self, face: _Face) -> bool:
        """Whether the machine would match a face as it did."""
        return face.creator == face.carries and face.similarity >= self._config.auto_tag_threshold

    def _take_back(self, faces: Sequence[_Face], run: _Run) -> None:
        log = self._store.log
        with self._store.deciding():
            locked = log.lock([face.id for face in faces])
            steps = [
                Step(face.id, face.video, now.state, FaceState(Status.PENDING), now.automatic)
                for face in faces
                if (now := locked.get(face.id)) is not None
                and now.automatic is not None
                and now.state.creator_id == face.carries
            ]
            if not steps:
                return
            log.write(self._begin(uuid4().hex), steps)
            log.clear_automatic([step.face_id for step in steps])
            tag(log, steps)
        run.lost.update(step.before.creator_id for step in steps if step.before.creator_id)
        run.released += [step.face_id for step in steps]

    def _begin(self, token: str) -> int:
        batch = self._store.log.add_batch(token, MACHINE, "automatic")
        if batch is None:
            raise RuntimeError(token)
        return batch

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
    ) -> Iterator[list[_Face]]:
        blocks = list(self._store.references.pending(ids)) if ids is not None else None
        denied = self._store.search.denied(ids if ids is not None else self._pending_ids())
        for block in blocks if blocks is not None else self._store.references.pending():
            yield self._compared(block, references, denied)

    def _compared(
        self,
        block: NDArray[Any],
        references: ReferenceMatrix,
        denied: Mapping[int, Sequence[int]],
    ) -> list[_Face]:
        vectors: Embedding = matrix_of(block["embedding"])
        found = rank(vectors, references, [denied.get(int(i), ()) for i in block["id"]])
        return [
            _Face(
                int(row["id"]),
                int(row["video"]),
                float(row["timestamp"]),
                int(row["creator"]) or None,
                float(row["confidence"]) if row["confidence"] > -2 else None,
                self._likely(said),
            )
            for row, said in zip(block, found, strict=True)
        ]

    def _pending_ids(self) -> list[int]:
        return [int(i) for i in self._store.faces.queue("pending")]

    def _likely(self, said: Ranked | None) -> Ranked | None:
        return said if said and said.similarity >= self._config.match_threshold else None

    # ---------------------------------------------------------------------------------- writing

    def _write(self, faces: list[_Face], run: _Run, cancelled: Callable[[], bool]) -> None:
        sure = self._sure(faces)
        plain = [f for f in faces if f.id not in sure and f.differs]
        for write, some in ((self._suggest, plain), (self._match, list(sure.values()))):
            for start in range(0, len(some), _PAGE):
                if cancelled():
                    run.cancelled = True
                    return
                write(some[start : start + _PAGE], run)

    def _sure(self, faces: Sequence[_Face]) -> dict[int, _Face]:
        """Faces to match at once: nobody twice in a frame, nothing a curator took back."""
        best: dict[tuple[int, float, int], _Face] = {}
        for face in faces:
            if face.creator is None or face.similarity < self._config.auto_tag_threshold:
                continue
            key = (face.video, face.timestamp, face.creator)
            if key not in best or best[key].similarity < face.similarity:
                best[key] = face
        wanted = {f.id: f for f in best.values()}
        undone = self._store.references.undone(list(wanted)) if wanted else set()
        rivals = self._store.references.rivals(_found(wanted.values())) if wanted else set()
        return {
            face_id: face
            for face_id, face in wanted.items()
            if face_id not in rivals and (face_id, face.creator) not in undone
        }

    def _suggest(self, faces: Sequence[_Face], run: _Run) -> None:
        with self._store.deciding():
            writing = [face for face, _ in self._unchanged(faces)]
            self._store.references.resuggest(
                [(face.id, face.creator, stored(face.similarity)) for face in writing]
            )
        for face in writing:
            _count(face, run)

    def _match(self, faces: Sequence[_Face], run: _Run) -> None:
        log = self._store.log
        with self._store.deciding():
            writing = self._unchanged(faces)
            rivals = self._store.references.rivals(_found(face for face, _ in writing))
            steps = [_step(face, now) for face, now in writing if face.id not in rivals]
            if not steps:
                return
            batch = run.batch or self._begin(run.token)
            log.write(batch, steps)
            log.mark_automatic([(s.face_id, batch) for s in steps])
            tag(log, steps)
        run.batch = batch
        run.matched.update(s.after.creator_id for s in steps if s.after.creator_id)

    def _unchanged(self, faces: Sequence[_Face]) -> list[tuple[_Face, LockedFace]]:
        """Locked; without those that somebody wrote on since, or whose creator is gone by now."""
        there = self._store.creators.several({f.creator for f in faces if f.creator is not None})
        locked = self._store.log.lock([face.id for face in faces])
        return [
            (face, now)
            for face in faces
            if (face.creator is None or face.creator in there)
            and (now := locked.get(face.id)) is not None
            and _stands(face, now)
        ]

    def _report(self, run: _Run) -> RematchReport:
        calls = sorted(run.calls, key=_margin)[:CLOSEST]
        creators = {creator.id: creator for creator in self._store.creators.all()}
        names = sorted(
            (run.gained | run.lost | run.matched).keys() & creators.keys(),
            key=lambda c: (-(run.gained[c] + run.matched[c] + run.lost[c]), c),
        )
        shifts = (Shift(creators[c], run.gained[c], run.lost[c], run.matched[c]) for c in names)
        return RematchReport(
            run.looked,
            tuple(shifts),
            tuple(_call(f, creators) for f in calls if f.creator in creators),
            run.token if run.batch else None,
            run.cancelled,
        )


def _stands(face: _Face, now: LockedFace) -> bool:
    """Whether nobody wrote on the face since it was read."""
    return now.state == FaceState(Status.PENDING, face.carries, face.confidence)


def _count(face: _Face, run: _Run) -> None:
    if face.carries == face.creator:
        return
    if face.carries is not None:
        run.lost[face.carries] += 1
    if face.creator is not None:
        run.gained[face.creator] += 1
        run.calls.append(face)


def _found(faces: Iterable[_Face]) -> list[tuple[int, int, float]]:
    return [(f.id, f.found.creator_id, f.found.similarity) for f in faces if f.found]


def _step(face: _Face, now: LockedFace) -> Step:
    state = FaceState(Status.MATCHED, face.creator, stored(face.similarity))
    return Step(face.id, face.video, now.state, state)


def _margin(face: _Face) -> float:
    if face.found is None or face.found.rival_similarity is None:
        return np.inf
    return face.found.similarity - face.found.rival_similarity


def _call(face: _Face, creators: dict[int, Creator]) -> CloseCall:
    if face.found is None:
        raise ValueError(face.id)
    rival = creators.get(face.found.rival_id) if face.found.rival_id is not None else None
    margin = _margin(face)
    return CloseCall(
        face.id,
        creators[face.found.creator_id],
        face.found.similarity,
        rival,
        None if np.isinf(margin) else margin,
    )
