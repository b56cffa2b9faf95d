"""Films whose file was replaced: what is set aside of them, and what a curator says to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

import numpy as np

from facereview.errors import Invalid, NotFound, Remedy
from facereview.records import DECIDED, FaceState, Status
from facereview.review.decisions.decide import stored, tag
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder, Recording
from facereview.store.films import AsideFace, ReplacedRow
from facereview.store.log import LockedFace, Step
from facereview.store.row_changes import Subject
from facereview.store.store import Store


class Answer(StrEnum):
    """What becomes of the faces set aside; each can be undone."""

    KEEP = "keep"
    """They stay set aside, in case the film comes back."""
    DROP = "drop"
    """They are not listed, and do not come back."""
    MATCH = "match"
    """Their decisions go to the faces of the new film that they look like."""


@dataclass(frozen=True, slots=True)
class ReplacedFilm:
    """A film whose file was replaced; ``path`` is where it was.

    ``video`` is the video that is there now. ``names`` are its creators with their faces, most
    first; ``faces`` all faces set aside, in time order.
    """

    id: int
    video: int | None
    path: str
    title: str | None
    replaced_at: datetime
    answer: Answer | None
    names: tuple[tuple[str, int], ...]
    faces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer did: how many faces it is about, and how many decisions it passed on.

    ``batch`` undoes it.
    """

    faces: int
    passed_on: int
    batch: str


class ReplacedFiles:
    """The replaced files of one library, for one curator. Belongs to one lane."""

    def __init__(self, store: Store, similar: float, actor: str) -> None:
        """``similar`` is the cosine from which a face of the new film is taken for an old one."""
        self._store = store
        self._similar = similar
        self._actor = actor

    def films(
        self, videos: Sequence[int] | None = None, *, answered: bool = False
    ) -> list[ReplacedFilm]:
        """Films that wait for an answer, all or of these videos; ``answered``: kept ones too."""
        rows = self._store.films.replaced(videos, answered=answered)
        merges = self._store.changes.merges()
        faces: dict[int, list[AsideFace]] = {row.id: [] for row in rows}
        for face in self._store.films.aside(list(faces)):
            faces[face.replaced_id].append(face)
        whose = {f.id: merges.creator(f.creator_id) for all_ in faces.values() for f in all_}
        known = self._store.creators.several({c for c in whose.values() if c is not None})
        names = {face: known[c].name for face, c in whose.items() if c in known}
        return [_film(row, faces[row.id], names) for row in rows]

    def answer(self, film: int, answer: Answer) -> Answered:
        """Say what becomes of the faces set aside of one film.

        Raises:
            NotFound: there is no such film, or it was answered before.
            Invalid: it is to be matched, and no pending face of the new film looks like one of it.
        """
        with self._store.deciding():
            recording = Recording(self._store.row_changes)
            recording.watch(Subject.REPLACED, [film])
            row = next((r for r in self._store.films.replaced(answered=True) if r.id == film), None)
            if row is None or row.answer == answer.value:
                raise NotFound(f"No faces wait under the number {film}", Remedy.LIST_REPLACED)
            self._store.films.answer([film], answer.value)
            recording.detail = {"number": row.faces}
            token = uuid4().hex
            steps = self._steps(row) if answer is Answer.MATCH else []
            Recorder(self._store, self._actor).write(
                Kind.REPLACED, token, recording.changes(), recording
            )
            self._pass_on(token, steps)
        return Answered(row.faces, len(steps), token)

    def _pass_on(self, token: str, steps: Sequence[Step]) -> None:
        batch = self._store.log.batch(token)
        if steps and batch is not None:
            self._store.log.write(batch.id, steps)
            tag(self._store.log, steps)

    def _steps(self, row: ReplacedRow) -> list[Step]:
        """The decisions of a film's faces, each for the pending face that looks like it."""
        films, merges = self._store.films, self._store.changes.merges()
        vectors = films.aside_vectors(row.id)
        old = [face for face in films.aside([row.id]) if _checked(face)]
        new = self._store.faces.pending_vectors(row.video_id) if row.video_id is not None else []
        pairs = _pairs(
            np.array([vectors[face.id] for face in old]),
            np.array([vector for _, _, vector in new]),
            self._similar,
        )
        locked = self._store.log.lock([new[there][0] for _, there, _ in pairs])
        alive = self._store.creators.several(
            {c for face in old if (c := merges.creator(face.creator_id)) is not None}
        )
        steps, seconds = [], {face: second for face, second, _ in new}
        for here, there, similarity in pairs:
            creator = merges.creator(old[here].creator_id)
            now = locked.get(new[there][0])
            after = _state(old[here].status, creator if creator in alive else None, similarity)
            if now is not None and after is not None and now.state.status is Status.PENDING:
                steps.append(_step(now, after))
        steps = self._allowed(steps, seconds)
        if not steps:
            raise Invalid(
                f"No pending face of {row.path} looks like one that was decided in the earlier "
                "film: keep those faces, or drop them."
            )
        return steps

    def _allowed(self, steps: Sequence[Step], seconds: dict[int, float]) -> list[Step]:
        """Those whose face is not known to be somebody else, each person once in a frame."""
        denied = self._store.search.denied([step.face_id for step in steps])
        named = [(s.face_id, s.after.creator_id, s.after.confidence or 0.0) for s in steps]
        rivals = self._store.references.rivals([(f, c, n) for f, c, n in named if c is not None])
        allowed, taken = [], set()
        for step in steps:
            face, creator = step.face_id, step.after.creator_id
            place = creator, round(seconds[face], 3)
            if creator is not None:
                if creator in denied.get(face, ()) or face in rivals or place in taken:
                    continue
                taken.add(place)
            allowed.append(step)
        return allowed


def _checked(face: AsideFace) -> bool:
    """Whether a curator decided a face; what the machine matched it would match again."""
    return face.status != Status.PENDING and face.automatic is None


def _film(row: ReplacedRow, faces: Sequence[AsideFace], names: dict[int, str]) -> ReplacedFilm:
    decided = Counter(
        names[face.id] for face in faces if face.status in _NAMED and face.id in names
    )
    return ReplacedFilm(
        row.id,
        row.video_id,
        row.path,
        row.title,
        row.replaced_at,
        Answer(row.answer) if row.answer else None,
        tuple(sorted(decided.items(), key=lambda pair: (-pair[1], pair[0]))),
        tuple(face.id for face in faces),
    )


_NAMED = {status.value for status in DECIDED}


def _pairs(old: np.ndarray, new: np.ndarray, least: float) -> list[tuple[int, int, float]]:
    """Pairs of rows with a cosine of ``least`` or more, the most similar first, each row once."""
    if not len(old) or not len(new):
        return []
    similar = old @ new.T
    pairs = []
    for _ in range(min(similar.shape)):
        here, there = np.unravel_index(int(similar.argmax()), similar.shape)
        best = float(similar[here, there])
        if not best >= least:
            break
        pairs.append((int(here), int(there), best))
        similar[here, :] = similar[:, there] = -2.0
    return pairs


def _state(status: str, creator: int | None, similarity: float) -> FaceState | None:
    """The state of a face that gets an old face's decision; None where its creator is gone."""
    if status == Status.REJECTED:
        return FaceState(Status.REJECTED)
    return None if creator is None else FaceState(Status(status), creator, stored(similarity))


def _step(now: LockedFace, after: FaceState) -> Step:
    return Step(now.id, now.video_id, now.state, after, now.automatic)
