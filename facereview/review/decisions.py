"""Writing what a curator decided: guarded, in one transaction, logged, with a way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from facereview.errors import Invalid, NotFound
from facereview.records import DECIDED, Creator, FaceState, Status
from facereview.review.guard import Reverts, check_asked, still, unlike
from facereview.review.intents import Conflict, Intent, Kind, Outcome, Seen
from facereview.review.names import plain
from facereview.review.outcomes import Outcomes
from facereview.review.paths import encodable
from facereview.store.changes import Merges
from facereview.store.log import Batch, LockedFace, Step
from facereview.store.store import Store

MAX_NAME = 500


class _NothingToWrite(Exception):
    """Every face is in conflict: roll the batch back, so that no empty one can be undone."""


def stored(similarity: float | None) -> float | None:
    """A similarity as the database's REAL column will hold it, so that guards compare equal."""
    return None if similarity is None else float(np.float32(similarity))


def after(intent: Intent, seen: Seen, creator: Creator | None) -> FaceState:
    """The state that an intent gives to a face: the design's table of decisions."""
    match intent.kind:
        case Kind.ACCEPT if creator is not None:
            return FaceState(Status.MATCHED, creator.id, stored(seen.similarity))
        case Kind.ASSIGN if creator is not None:
            return FaceState(Status.MANUAL, creator.id, stored(seen.similarity))
        case Kind.REJECT:
            return FaceState(Status.REJECTED)
        case Kind.NOT_PERSON if creator is not None:
            is_this = seen.state.creator_id == creator.id
            return FaceState(Status.PENDING) if is_this else seen.state
        case Kind.CONFIRM:
            return seen.state
        case _:
            raise Invalid("This decision names no creator: choose one and try again.")


def clean_name(name: str) -> str:
    """A creator's name as it is stored; see :func:`facereview.review.names.plain`.

    Raises:
        Invalid: empty, overlong, or with what PostgreSQL cannot store: a NUL, broken Unicode.
    """
    name = plain(name)
    if not encodable(name):
        raise Invalid("This name holds bytes that are not Unicode: type another one.")
    if not name or "\0" in name or len(name) > MAX_NAME:
        raise Invalid(f"A name needs 1 to {MAX_NAME} characters: type another one.")
    return name


class Decisions:
    """Decisions of one curator on one library."""

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._outcomes = Outcomes(store)
        self._actor = actor

    def apply(self, intent: Intent) -> Outcome | None:
        """Write an intent; None where an undo or redo finds nothing to act upon.

        Faces that somebody else changed meanwhile are left as they are and reported. Writing
        the same intent twice changes nothing and gives the first outcome again.

        Raises:
            DatabaseUnreachable: nothing was written, or it is not known; apply it again.
            NotFound: the creator no longer exists; nothing was written.
            Invalid: it would replace a decision without saying so; nothing was written.
        """
        if intent.kind in (Kind.UNDO, Kind.REDO):
            return self._revert(intent)
        conflicts: list[Conflict] = []
        try:
            with self._store.deciding():
                return self._decide(intent, conflicts)
        except _NothingToWrite:
            return Outcome(intent, saved=True, conflicts=tuple(conflicts), creator=intent.creator)

    def _decide(self, intent: Intent, conflicts: list[Conflict]) -> Outcome:
        log = self._store.log
        if written := log.batch(intent.token):
            return self._outcomes.written(intent, written)
        creator = self._creator(intent)
        batch = log.add_batch(
            intent.token,
            self._actor,
            intent.kind.value,
            creator_id=creator.id if creator else None,
            reason=intent.reason,
        )
        if batch is None:  # written by another process in this very moment
            return self._outcomes.written(intent, log.batch(intent.token))
        locked = log.lock([seen.face_id for seen in intent.faces])
        steps = self._steps(intent, creator, locked, conflicts)
        if not steps:
            raise _NothingToWrite
        steps = self._write(batch, steps, kind=intent.kind)
        return self._outcomes.new(intent, steps, conflicts, creator)

    def _creator(self, intent: Intent) -> Creator | None:
        if intent.new_name is not None:
            return self._store.creators.find_or_add(clean_name(intent.new_name))
        if intent.creator is None:
            return None
        creator = self._store.creators.standing(intent.creator.id)
        if creator is None:
            raise NotFound(
                f"{intent.creator.name} no longer exists: somebody removed this creator; choose "
                "another one."
            )
        return creator

    def _steps(
        self,
        intent: Intent,
        creator: Creator | None,
        locked: dict[int, LockedFace],
        conflicts: list[Conflict],
    ) -> list[Step]:
        similarities = self._similarities(intent, creator)
        merges = self._store.changes.merges() if unlike(intent.faces, locked) else Merges({})
        steps: list[Step] = []
        for seen in intent.faces:
            now = locked.get(seen.face_id)
            if now is None or not still(merges.state(seen.state), now):
                conflicts.append(Conflict(seen.face_id, now.state if now else None))
                continue
            similarity = similarities.get(seen.face_id, seen.similarity)
            known = Seen(seen.face_id, now.video_id, now.state, similarity)
            denied = creator.id if creator and intent.kind is Kind.NOT_PERSON else None
            new = after(intent, known, creator)
            check_asked(intent, merges.state(seen.state), new)
            steps.append(Step(now.id, now.video_id, now.state, new, now.automatic, denied))
        return steps

    def _similarities(self, intent: Intent, creator: Creator | None) -> dict[int, float]:
        """What the curator's screen did not know, for instance of a name typed by hand."""
        unknown = [seen.face_id for seen in intent.faces if seen.similarity is None]
        if creator is None or not unknown or intent.kind not in (Kind.ACCEPT, Kind.ASSIGN):
            return {}
        return self._store.search.similarities(unknown, creator.id)

    def _write(self, batch: int, steps: list[Step], *, kind: Kind) -> list[Step]:
        """Faces, tags, verdicts and the machine's marks; the steps as logged."""
        log = self._store.log
        if kind is Kind.NOT_PERSON:
            new = log.deny([(s.face_id, s.denied) for s in steps if s.denied is not None])
            steps = [s if s.face_id in new else _without_verdict(s) for s in steps]
        log.write(batch, steps)
        # to say whom a face is not confirms nothing the machine said of it
        looked_at = [s for s in steps if kind is not Kind.NOT_PERSON or s.before != s.after]
        log.clear_automatic([s.face_id for s in looked_at if s.before_automatic is not None])
        self._tag(steps)
        return steps

    def _tag(self, steps: Sequence[Step]) -> None:
        log = self._store.log
        changed = [s for s in steps if s.before != s.after]
        gone = _tags((s.video_id, s.before) for s in changed)
        come = _tags((s.video_id, s.after) for s in changed)
        if not gone and not come:
            return
        log.lock_tags(sorted(gone | come))
        log.add_tags(sorted(come))
        log.remove_tags(sorted(gone - come))

    # -------------------------------------------------------------------------- undo and redo

    def _revert(self, intent: Intent) -> Outcome | None:
        """Bring every face of a batch back to exactly what it was, where nobody touched it since.

        A redo reverts an undo, so both are this one function.
        """
        log = self._store.log
        with self._store.deciding():
            if written := log.batch(intent.token):
                return self._outcomes.written(intent, written)
            target = self._target(intent)
            if target is None:
                return None
            kind, creator_id = log.original(target.id)
            batch = log.add_batch(
                intent.token,
                self._actor,
                intent.kind.value,
                creator_id=creator_id,
                reverts=target.id,
            )
            if batch is None or not log.mark_undone(target.id, batch):
                return None
            merges = self._store.changes.merges()
            reverts = Reverts(target, merges, forward=intent.kind is Kind.REDO)
            steps, conflicts = self._reversed(reverts)
            log.write(batch, steps, merges.step)
            steps = [merges.step(step) for step in steps]
            self._restore(steps, reverts)
            return self._outcomes.reverted(intent, steps, conflicts, (Kind(kind), creator_id))

    def _target(self, intent: Intent) -> Batch | None:
        log = self._store.log
        if intent.target is not None:
            return log.batch(intent.target)
        latest = log.next_undo if intent.kind is Kind.UNDO else log.next_redo
        return latest(self._actor)

    def _reversed(self, reverts: Reverts) -> tuple[list[Step], list[Conflict]]:
        """The steps back, in the log's own words: whoever was merged since stays told apart."""
        done = self._store.log.steps(reverts.batch.id)
        locked = self._store.log.lock([step.face_id for step in done])
        back = [reverts.merges.creator(s.before.creator_id) for s in done]
        alive = self._store.creators.several({c for c in back if c is not None})
        steps, conflicts = [], []
        for step, creator in zip(done, back, strict=True):
            now = locked.get(step.face_id)
            lost = creator is not None and creator not in alive
            if now is None or lost or not reverts.untouched(step, now):
                conflicts.append(Conflict(step.face_id, now.state if now else None))
                continue
            stands = step.after if reverts.merges.state(step.after) == now.state else now.state
            steps.append(
                Step(now.id, now.video_id, stands, step.before, now.automatic, step.denied)
            )
        return steps, conflicts

    def _restore(self, steps: list[Step], reverts: Reverts) -> None:
        log = self._store.log
        verdicts = [(s.face_id, s.denied) for s in steps if s.denied is not None]
        if reverts.forward:
            known = self._store.creators.several({creator for _, creator in verdicts})
            log.deny([(face, creator) for face, creator in verdicts if creator in known])
        else:
            log.allow(verdicts)
        log.clear_automatic([s.face_id for s in steps])
        marks = {s.face_id: s.before_automatic for s in log.steps(reverts.batch.id)}
        log.mark_automatic(
            [(s.face_id, mark) for s in steps if (mark := marks[s.face_id]) is not None]
        )
        self._tag(steps)


def _without_verdict(step: Step) -> Step:
    return Step(step.face_id, step.video_id, step.before, step.after, step.before_automatic)


def _tags(states: Iterable[tuple[int, FaceState]]) -> set[tuple[int, int]]:
    return {
        (video, state.creator_id)
        for video, state in states
        if state.status in DECIDED and state.creator_id is not None
    }
