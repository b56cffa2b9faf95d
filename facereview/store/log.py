"""Decisions: batches, the append-only log, guarded writes, tags, verdicts, and what did not stand.

These are single steps; :mod:`facereview.review.decisions.decide` puts them together in a
transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from facereview.numbers import finite
from facereview.records import FaceState, Overruled, RejectReason, Status
from facereview.store.session import Session


@dataclass(frozen=True, slots=True)
class LockedFace:
    """A face as it is now, locked until the transaction ends.

    ``automatic`` is the batch that matched it automatically, until a curator has checked it.
    """

    id: int
    video_id: int
    state: FaceState
    automatic: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One face of a batch before and after; ``denied`` is the creator it was said not to be."""

    face_id: int
    video_id: int
    before: FaceState
    after: FaceState
    before_automatic: int | None = None
    denied: int | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One key press or one run of the machine; ``faces`` is how many it changed."""

    id: int
    token: str
    kind: str
    creator_id: int | None
    faces: int


@dataclass(frozen=True, slots=True)
class Act:
    """The original act of an undo or redo; ``detail`` holds names and numbers for messages."""

    id: int
    token: str
    kind: str
    creator_id: int | None
    reason: str | None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DecidedBy:
    """Who last decided a face, by display name; ``mine``: the same curator here."""

    id: int
    who: str
    kind: str
    mine: bool


@dataclass(frozen=True, slots=True)
class MachineBatch:
    """A run of automatic matching that was not undone, with its unchecked faces."""

    id: int
    token: str
    created_at: datetime
    faces: int


@dataclass(frozen=True, slots=True)
class StandingAct:
    """An act of a curator that can be undone; ``here``: at this workstation."""

    token: str
    created_at: datetime
    kind: str
    who: str
    here: bool
    creator: str | None
    faces: int


class Log:
    """Writing what curators and the machine do; ``workstation`` is where this happens."""

    def __init__(
        self, session: Session, workstation: str = "", called: Callable[[], str] = str
    ) -> None:
        """``called`` gives the name that others see of acts from now on; nothing: the login's."""
        self._session = session
        self._workstation = workstation
        self._called = called

    def batch(self, token: str) -> Batch | None:
        """The batch of this token, if it was written."""
        return _batch(self._session.one("batch_of_token", token=token))

    def stands(self, token: str) -> bool:
        """Whether the batch of this token is there and not undone."""
        return bool(self._session.value("batch_stands", token=token))

    def batch_of_change(self, change: int, token: str | None) -> Batch | None:
        """The standing batch that made a merge or split of creators; ``token`` of the split."""
        return _batch(self._session.one("batch_of_change", change=change, token=token))

    def add_batch(
        self,
        token: str,
        actor: str,
        kind: str,
        *,
        creator_id: int | None = None,
        reason: RejectReason | None = None,
        reverts: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> int | None:
        """Begin a batch; its id, or None where this token was written before."""
        found = self._session.value(
            "add_batch",
            token=token,
            actor=actor,
            workstation=self._workstation,
            kind=kind,
            creator=creator_id,
            reason=reason.value if reason else None,
            reverts=reverts,
            detail=json.dumps(dict(detail or {}) | self._known_as(actor, kind)),
            window=self._session.database.window,
        )
        return None if found is None else int(found)

    def note(self, actor: str, kind: str, detail: Mapping[str, Any]) -> None:
        """Note what was done and cannot be undone; ``detail`` holds names and numbers."""
        self.add_batch(uuid4().hex, actor, kind, detail=detail)

    def _known_as(self, actor: str, kind: str) -> dict[str, str]:
        name = self._called()
        return {"curator": name} if name and name != actor and kind != "automatic" else {}

    def lock(self, face_ids: Sequence[int]) -> dict[int, LockedFace]:
        """Lock faces for this transaction and give them as they are; gone ones are absent."""
        rows = self._session.tuples("lock_faces", faces=list(face_ids)) if face_ids else []
        return {row.id: _face(row) for row in rows}

    def look(self, face_ids: Sequence[int]) -> dict[int, LockedFace]:
        """As :meth:`lock`, without locking them: they may change meanwhile."""
        rows = self._session.tuples("look_at_faces", faces=list(face_ids)) if face_ids else []
        return {row.id: _face(row) for row in rows}

    def write(
        self, batch: int, steps: Sequence[Step], now: Callable[[Step], Step] = lambda step: step
    ) -> None:
        """Write the new states of locked faces, and the log.

        ``now`` gives a step as it reads today, where the log speaks of merged creators.
        """
        if not steps:
            return
        changed = [s for s in map(now, steps) if s.before != s.after]
        if changed:
            self._session.run("set_faces", **_after(changed))
        self._session.run(
            "log_decisions",
            batch=batch,
            videos=[s.video_id for s in steps],
            before_statuses=[s.before.status.value for s in steps],
            before_creators=[s.before.creator_id for s in steps],
            before_confidences=[finite(s.before.confidence) for s in steps],
            before_automatic=[s.before_automatic for s in steps],
            denied=[s.denied for s in steps],
            **_after(steps),
        )

    def steps(self, batch: int) -> list[Step]:
        """What a batch did."""
        return [_step(row) for row in self._session.tuples("decisions_of", batch=batch)]

    def lock_tags(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Lock these (video, creator) pairs until the transaction ends."""
        if pairs:
            self._session.tuples("lock_tags", **_pairs(pairs))

    def add_tags(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Tag videos with creators; only new tags are recorded as facereview's."""
        added = self._session.tuples("add_tags", **_pairs(pairs)) if pairs else []
        if added:
            self._session.run("remember_tags", **_pairs([(r[0], r[1]) for r in added]))

    def remove_tags(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Remove facereview's tags that no decided face supports any longer."""
        if pairs:
            self._session.run("remove_tags", **_pairs(pairs))

    def named_in_frames(self, pairs: Sequence[tuple[int, int]]) -> dict[int, int]:
        """Of faces to be named as creators: another face of the frame that has or gets that name.

        Faces that a curator said are mirrored may carry one name.
        """
        faces, creators = _split(pairs)
        rows = self._session.tuples("named_in_frames", faces=faces, creators=creators)
        return {row.id: row.other for row in rows}

    def deny(self, pairs: Sequence[tuple[int, int]]) -> set[int]:
        """Store verdicts: these (face, creator) pairs are not the same person.

        Returns the faces whose verdict is new.
        """
        if not pairs:
            return set()
        faces, creators = _split(pairs)
        rows = self._session.tuples("add_verdicts", faces=faces, creators=creators)
        return {row.detection_id for row in rows}

    def allow(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Remove verdicts."""
        faces, creators = _split(pairs)
        if faces:
            self._session.run("remove_verdicts", faces=faces, creators=creators)

    def mark_automatic(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Mark faces as matched by the machine in the given batches: (face, batch) pairs."""
        faces, batches = _split(pairs)
        if faces:
            self._session.run("set_automatic", faces=faces, batches=batches)

    def clear_automatic(self, face_ids: Sequence[int]) -> None:
        """Mark faces as checked by a curator."""
        if face_ids:
            self._session.run("clear_automatic", faces=list(face_ids))

    def name_together(self, batch: int, names: Sequence[tuple[int, int]]) -> None:
        """Keep the risk known of each (face, creator) that one key named with others."""
        self._session.run(
            "add_named_together",
            batch=batch,
            faces=[face for face, _ in names],
            creators=[creator for _, creator in names],
        )

    def suggest(self, found: Sequence[tuple[int, int, float]]) -> None:
        """Write (face, creator, similarity) as the machine's suggestion on pending faces."""
        if not found:
            return
        self._session.run(
            "set_suggestions",
            faces=[f for f, _, _ in found],
            creators=[c for _, c, _ in found],
            confidences=[finite(s) for _, _, s in found],
        )

    def take_turns(self, actor: str) -> None:
        """Lock the curator's history until this transaction ends."""
        self._session.tuples("lock_actor", actor=actor)

    def next_undo(self, actor: str) -> Batch | None:
        """The curator's latest act here that stands."""
        return _batch(self._session.one("next_undo", **self._whose(actor)))

    def next_redo(self, actor: str) -> Batch | None:
        """The curator's latest undo here since the last new act."""
        return _batch(self._session.one("next_redo", **self._whose(actor)))

    def _whose(self, actor: str) -> dict[str, str]:
        return {"actor": actor, "workstation": self._workstation}

    def standing(self, actor: str, count: int) -> list[StandingAct]:
        """Acts of a curator at any workstation that can be undone, the latest first."""
        whose = self._whose(actor)
        return self._session.rows("acts_that_stand", StandingAct, count=count, **whose)

    def mark_overtaken(self, batch: int) -> None:
        """Mark a batch that cannot be undone any longer."""
        self._session.run("mark_overtaken", batch=batch)

    def mark_undone(self, batch: int, by: int) -> bool:
        """Mark a batch as undone by another; False if somebody did so first."""
        return bool(self._session.tuples("mark_undone", batch=batch, by=by))

    def original(self, batch: int) -> Act:
        """The act at the root of a chain of undos and redos."""
        row = self._session.one("original_act", batch=batch)
        return Act(row.id, row.token, row.kind, row.creator_id, row.reason, row.detail)

    def number_of(self, batch: int, subject: str) -> int:
        """How many rows of a subject a batch changed."""
        return int(self._session.value("batch_number", batch=batch, subject=subject))

    def machine_batches(self) -> list[MachineBatch]:
        """Runs of automatic matching that have unchecked faces, newest first."""
        return self._session.rows("machine_batches", MachineBatch)

    def decided_by(self, face_ids: Sequence[int], actor: str) -> list[DecidedBy]:
        """Who decided each of these faces last; ``actor`` is the curator who asks."""
        whose = self._whose(actor)
        return self._session.rows("decided_by", DecidedBy, faces=list(face_ids), **whose)

    def decided_since(self, actor: str, since: datetime) -> int:
        """How many faces this curator settled since a moment."""
        return int(self._session.value("decided_since", actor=actor, since=since))


@dataclass(frozen=True, slots=True)
class Said:
    """A decision as it was meant."""

    token: str
    kind: str
    creator_id: int | None
    name: str | None
    reason: str | None


class Conflicts:
    """Decisions that did not stand, until their curator at this workstation has looked at them."""

    def __init__(self, session: Session, workstation: str) -> None:
        self._session = session
        self._workstation = workstation

    def add(self, actor: str, said: Said, faces: Sequence[int]) -> None:
        """Keep the decisions on these faces that did not stand; each is kept once."""
        self._session.run(
            "add_conflicts",
            token=said.token,
            actor=actor,
            workstation=self._workstation,
            kind=said.kind,
            creator=said.creator_id,
            name=said.name,
            reason=said.reason,
            faces=list(faces),
        )

    def waiting(self, actor: str) -> list[Overruled]:
        """Those that the curator has not looked at, oldest first."""
        whose = {"actor": actor, "workstation": self._workstation}
        return self._session.rows("conflicts", Overruled, **whose)

    def look_at(self, ones: Sequence[Overruled]) -> None:
        """The curator has looked at these."""
        tokens, faces = [one.token for one in ones], [one.face for one in ones]
        self._session.run("look_at_conflicts", tokens=tokens, faces=faces)


def _after(steps: Sequence[Step]) -> dict[str, list[Any]]:
    return {
        "faces": [s.face_id for s in steps],
        "statuses": [s.after.status.value for s in steps],
        "creators": [s.after.creator_id for s in steps],
        "confidences": [finite(s.after.confidence) for s in steps],
    }


def _split(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [a for a, _ in pairs], [b for _, b in pairs]


def _pairs(pairs: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    videos, creators = _split(pairs)
    return {"videos": videos, "creators": creators}


def _batch(row: Any) -> Batch | None:
    if row is None:
        return None
    token = UUID(row.token).hex  # as intents spell it
    return Batch(row.id, token, row.kind, row.creator_id, row.faces)


def _face(row: Any) -> LockedFace:
    state = FaceState(Status(row.status), row.creator_id, row.confidence)
    return LockedFace(row.id, row.video_id, state, row.automatic)


def _step(row: Any) -> Step:
    return Step(
        row.detection_id,
        row.video_id,
        FaceState(Status(row.before_status), row.before_creator_id, row.before_confidence),
        FaceState(Status(row.after_status), row.after_creator_id, row.after_confidence),
        row.before_automatic,
        row.denied,
    )
