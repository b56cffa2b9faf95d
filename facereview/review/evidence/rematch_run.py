"""What matching again writes: suggestions, automatic matches, and those taken back; and its report.

All is guarded: a face that somebody wrote on since it was read is left as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from facereview.records import Creator, FaceState, Status
from facereview.review.creators.reference_records import CloseCall, RematchReport, Shift
from facereview.review.decisions.decide import stored
from facereview.review.evidence.automatic import AutomaticBatch, take_back
from facereview.store.log import LockedFace, Step
from facereview.store.store import Store

CLOSEST = 12
_SAME = 1e-5


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face that nobody but the machine decided: what it carries, and whom it is found to be like.

    ``similarity`` is -inf where there is none; ``risk`` the probability that the name is wrong,
    where it is known.
    """

    id: int
    video: int
    timestamp: float
    carries: int | None
    confidence: float | None
    creator: int | None
    similarity: float = -np.inf
    rival: int | None = None
    margin: float | None = None
    risk: float | None = None

    @property
    def differs(self) -> bool:
        """Whether its suggestion is to be written anew."""
        if self.creator is None:
            return self.carries is not None or self.confidence is not None
        known = stored(self.similarity)
        if self.carries != self.creator or (known is None) != (self.confidence is None):
            return True
        return abs((self.confidence or 0.0) - (known or 0.0)) > _SAME


class RematchRun:
    """What one run did so far, and the writing of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.looked = 0
        self.cancelled = False
        self.released: list[int] = []
        """Faces that the machine had matched and that wait again."""
        self.named: list[int] = []
        """Faces that it matched."""
        self.batch = AutomaticBatch(store)
        self._gained: Counter[int] = Counter()
        self._lost: Counter[int] = Counter()
        self._matched: Counter[int] = Counter()
        self._taken_back: Counter[int] = Counter()
        self._calls: list[FoundFace] = []

    # ---------------------------------------------------------------------------------- writing

    def take_back(self, faces: Sequence[FoundFace]) -> None:
        """Let faces wait again that the machine matched, within a transaction."""
        locked = self._store.log.lock([face.id for face in faces])
        steps = [
            Step(face.id, face.video, now.state, FaceState(Status.PENDING), now.automatic)
            for face in faces
            if (now := locked.get(face.id)) is not None
            and now.automatic is not None
            and now.state.creator_id == face.carries
        ]
        if not steps:
            return
        take_back(self._store, steps)
        self._taken_back.update(s.before.creator_id for s in steps if s.before.creator_id)
        self.released += [step.face_id for step in steps]

    def suggest(self, faces: Sequence[FoundFace]) -> None:
        """Write what pending faces suggest now, within a transaction."""
        writing = [face for face, _ in self.unchanged(faces)]
        self._store.references.resuggest(
            [(face.id, face.creator, stored(face.similarity)) for face in writing]
        )
        for face in writing:
            self._count(face)

    def unchanged(self, faces: Sequence[FoundFace]) -> list[tuple[FoundFace, LockedFace]]:
        """Locked; without those that somebody wrote on since, or whose creator is gone by now."""
        if not faces:
            return []
        there = self._store.creators.several({f.creator for f in faces if f.creator is not None})
        locked = self._store.log.lock([face.id for face in faces])
        return [
            (face, now)
            for face in faces
            if (face.creator is None or face.creator in there)
            and (now := locked.get(face.id)) is not None
            and now.state == FaceState(Status.PENDING, face.carries, face.confidence)
        ]

    @property
    def matched(self) -> int:
        """Faces matched so far."""
        return self._matched.total()

    @property
    def suggesting(self) -> int:
        """Pending faces that suggest somebody now and did not before."""
        return self._gained.total()

    def count_matched(self, steps: Iterable[Step]) -> None:
        """These are matched."""
        steps = list(steps)
        self.named += [step.face_id for step in steps]
        self._matched.update(s.after.creator_id for s in steps if s.after.creator_id)

    def _count(self, face: FoundFace) -> None:
        if face.carries == face.creator:
            return
        if face.carries is not None:
            self._lost[face.carries] += 1
        if face.creator is not None:
            self._gained[face.creator] += 1
            self._calls.append(face)

    # ----------------------------------------------------------------------------------- report

    def report(self) -> RematchReport:
        """What was done."""
        calls = sorted(self._calls, key=_lead)[:CLOSEST]
        creators = {creator.id: creator for creator in self._store.creators.all()}
        counts = self._gained, self._lost, self._matched, self._taken_back
        changes = sum(counts, Counter())
        names = sorted(changes.keys() & creators.keys(), key=lambda c: (-changes[c], c))
        return RematchReport(
            self.looked,
            tuple(Shift(creators[c], *(count[c] for count in counts)) for c in names),
            tuple(_call(f, creators) for f in calls if f.creator in creators),
            self.batch.token,
            self.cancelled,
            tuple(self.named),
            tuple(self.released),
        )


def step(face: FoundFace, now: LockedFace) -> Step:
    """The face matched with whom it is found to be like."""
    state = FaceState(Status.MATCHED, face.creator, stored(face.similarity))
    return Step(face.id, face.video, now.state, state)


def _lead(face: FoundFace) -> float:
    return np.inf if face.margin is None else face.margin


def _call(face: FoundFace, creators: dict[int, Creator]) -> CloseCall:
    if face.creator is None:
        raise ValueError(face.id)
    rival = creators.get(face.rival) if face.rival is not None else None
    return CloseCall(face.id, creators[face.creator], face.similarity, rival, face.margin)
