"""Writing a curator's decisions: guarded, in one transaction, logged, undoable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from facereview.errors import Invalid, NotFound
from facereview.files import encodable
from facereview.numbers import finite
from facereview.records import DECIDED, Creator, FaceState, Status
from facereview.review.creators.names import plain
from facereview.review.decisions.guard import check_asked, still, unlike
from facereview.review.decisions.intents import Conflict, Intent, Kind, Outcome, Seen
from facereview.review.decisions.outcomes import Outcomes
from facereview.review.decisions.recorder import Recording
from facereview.store.changes import Merges
from facereview.store.log import LockedFace, Log, Said, Step
from facereview.store.row_changes import RETIRED, RowChange, Subject
from facereview.store.store import Store

MAX_NAME = 500
PROMPT = 500
"""Decisions on more faces than this may take their time."""
_NAMING = (Kind.ACCEPT, Kind.ASSIGN, Kind.DIVIDE)
_TOLD = (Kind.ACCEPT, Kind.ASSIGN, Kind.REJECT, Kind.NOT_PERSON, Kind.CONFIRM)


class _NothingToWrite(Exception):
    """Every face is in conflict: roll the batch back, so that no empty batch can be undone."""


def stored(similarity: float | None) -> float | None:
    """A similarity as the database's REAL column will hold it, so that guards compare equal."""
    known = finite(similarity)
    return None if known is None else float(np.float32(known))


def state_after(intent: Intent, seen: Seen, creator: Creator | None) -> FaceState:
    """The state that an intent gives to a face: the design's table of decisions."""
    match intent.kind:
        case Kind.ACCEPT if creator is not None:
            return FaceState(Status.MATCHED, creator.id, stored(seen.similarity))
        case Kind.ASSIGN | Kind.DIVIDE if creator is not None:
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
    """A creator's name as it is stored; see :func:`facereview.review.creators.names.plain`.

    Raises:
        Invalid: empty, overlong, or with what PostgreSQL cannot store: a NUL, broken Unicode.
    """
    name = plain(name)
    if not encodable(name):
        raise Invalid("This name contains bytes that are not Unicode: enter another one.")
    if not name or "\0" in name or len(name) > MAX_NAME:
        raise Invalid(f"A name must have 1 to {MAX_NAME} characters: enter another one.")
    return name


class Decisions:
    """Decisions of one curator on one library."""

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._outcomes = Outcomes(store)
        self._actor = actor

    def apply(self, intent: Intent) -> Outcome:
        """Write an intent that decides or skips faces.

        Faces that somebody else changed meanwhile are left as they are and reported. Writing
        the same intent twice changes nothing and gives the first outcome again.

        Raises:
            DatabaseUnreachable: nothing was written, or it is not known; apply it again.
            NotFound: the creator no longer exists; nothing was written.
            Invalid: it would replace a decision without saying so; nothing was written.
        """
        conflicts: list[Conflict] = []
        try:
            with self._store.deciding(promptly=len(intent.faces) <= PROMPT):
                return self._decide(intent, conflicts)
        except _NothingToWrite:
            with self._store.transaction():
                _note_overruled(self._store, self._actor, intent, conflicts)
                stand = self._outcomes.named(conflicts)
            return Outcome(intent, saved=True, conflicts=stand, creator=intent.creator)

    def _decide(self, intent: Intent, conflicts: list[Conflict]) -> Outcome:
        log = self._store.log
        if written := log.batch(intent.token):
            return self._outcomes.written(intent, written)
        self._store.session.check_cancelled()
        creator, made = self._creator(intent)
        batch = log.add_batch(
            intent.token,
            self._actor,
            intent.kind.value,
            creator_id=creator.id if creator else None,
            reason=intent.reason,
            detail={"names": [creator.name]} if creator and made else None,
        )
        if batch is None:  # written by another process at the same time
            return self._outcomes.written(intent, log.batch(intent.token))
        locked = log.lock([seen.face_id for seen in intent.faces])
        if intent.kind is Kind.SKIP:
            return self._skip(intent, batch, locked, conflicts)
        steps = self._steps(intent, creator, locked, conflicts)
        if not steps:
            raise _NothingToWrite
        steps = self._write(batch, steps, kind=intent.kind)
        changes = [*made, *self._follow(steps, intent.kind)]
        self._store.row_changes.log(batch, changes)
        _note_overruled(self._store, self._actor, intent, conflicts)
        return self._outcomes.new(intent, steps, conflicts, creator, changes)

    def _creator(self, intent: Intent) -> tuple[Creator | None, list[RowChange]]:
        """The creator in question, and the row that was added for a new one."""
        creators = self._store.creators
        if intent.new_name is not None:
            name = clean_name(intent.new_name)
            made = None if creators.spelt(name) else creators.add(name)
            if made is None:
                return creators.find_or_add(name), []
            row = self._store.row_changes.read(Subject.CREATOR, [made.id])[(made.id,)]
            return made, [RowChange(Subject.CREATOR, None, row)]
        if intent.creator is None:
            return None, []
        creator = creators.standing(intent.creator.id)
        if creator is None:
            raise NotFound(
                f"{intent.creator.name} no longer exists: somebody removed this creator; choose "
                "another one."
            )
        return creator, []

    def _skip(
        self,
        intent: Intent,
        batch: int,
        locked: dict[int, LockedFace],
        conflicts: list[Conflict],
    ) -> Outcome:
        """Skip pending faces; those that were decided meanwhile are conflicts."""
        faces = []
        for seen in intent.faces:
            now = locked.get(seen.face_id)
            if now is None or now.state.status is not Status.PENDING:
                conflicts.append(Conflict(seen.face_id, now.state if now else None))
            else:
                faces.append(seen.face_id)
        if not faces:
            raise _NothingToWrite
        recording = Recording(self._store.row_changes)
        recording.watch(Subject.SKIP, faces)
        self._store.row_changes.skip(self._actor, faces)
        # another curator's undo may remove their own skip of such a face meanwhile
        changes = [c for c in recording.changes() if c.row["actor"] == self._actor]
        self._store.row_changes.log(batch, changes)
        return self._outcomes.new(intent, [], conflicts, None, changes)

    def _follow(self, steps: list[Step], kind: Kind) -> list[RowChange]:
        """Remove the faces' skips, and the references made from them for other creators."""
        changes: list[RowChange] = []
        settled = [s.face_id for s in steps if s.after.status is not Status.PENDING]
        put_off = self._store.row_changes.read(Subject.SKIP, settled)
        if put_off:
            self._store.row_changes.drop(Subject.SKIP, list(put_off.values()))
            changes += [RowChange(Subject.SKIP, row, None) for row in put_off.values()]
        if kind is not Kind.DIVIDE:  # there the references move to the other creator
            changes += withdraw_derived(self._store, steps)
        return changes

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
            new = state_after(intent, known, creator)
            check_asked(intent, merges.state(seen.state), new)
            steps.append(Step(now.id, now.video_id, now.state, new, now.automatic, denied))
        return steps

    def _similarities(self, intent: Intent, creator: Creator | None) -> dict[int, float]:
        """Similarities that the page did not know, as of a creator typed by hand."""
        unknown = [seen.face_id for seen in intent.faces if seen.similarity is None]
        if creator is None or not unknown or intent.kind not in _NAMING:
            return {}
        return self._store.search.similarities(unknown, creator.id)

    def _write(self, batch: int, steps: list[Step], *, kind: Kind) -> list[Step]:
        """Write faces, tags, verdicts and automatic marks; the steps as logged."""
        log = self._store.log
        if kind is Kind.NOT_PERSON:
            new = log.deny([(s.face_id, s.denied) for s in steps if s.denied is not None])
            steps = [s if s.face_id in new else replace(s, denied=None) for s in steps]
        log.write(batch, steps)
        # "not this person" confirms no automatic match
        looked_at = [s for s in steps if kind is not Kind.NOT_PERSON or s.before != s.after]
        log.clear_automatic([s.face_id for s in looked_at if s.before_automatic is not None])
        tag(log, steps)
        return steps


def tag(log: Log, steps: Sequence[Step]) -> None:
    """Update the tags of videos to their decided faces."""
    changed = [s for s in steps if s.before != s.after]
    gone = _tags((s.video_id, s.before) for s in changed)
    come = _tags((s.video_id, s.after) for s in changed)
    if not gone and not come:
        return
    log.lock_tags(sorted(gone | come))
    log.add_tags(sorted(come))
    log.remove_tags(sorted(gone - come))


def _tags(states: Iterable[tuple[int, FaceState]]) -> set[tuple[int, int]]:
    return {(video, creator) for video, state in states if (creator := named(state)) is not None}


def named(state: FaceState) -> int | None:
    """The creator of a decided face, by hand or automatic."""
    return state.creator_id if state.status in DECIDED else None


def withdraw_derived(store: Store, steps: Sequence[Step]) -> list[RowChange]:
    """Withdraw the references made from faces for creators whom these steps remove.

    Returns what this changed, to be logged with the steps.
    """
    lost = [
        (step.face_id, creator)
        for step in steps
        if (creator := named(step.before)) is not None and creator != named(step.after)
    ]
    found = store.row_changes.derived(lost) if lost else []
    if not found:
        return []
    before = store.row_changes.read(Subject.REFERENCE, found)
    retired = [int(row["id"]) for row in before.values() if row["place"] == RETIRED]
    store.references.restore(retired)  # only references in use can be withdrawn
    store.row_changes.withdraw(found)
    after = store.row_changes.read(Subject.REFERENCE, found)
    return [RowChange(Subject.REFERENCE, before[key], after[key]) for key in before]


def _note_overruled(
    store: Store, actor: str, intent: Intent, conflicts: Sequence[Conflict]
) -> None:
    """Record the conflicts in which somebody else decided differently, in the caller's transaction.

    The same decision, or one made at this workstation, overrules nothing.
    """
    if intent.kind not in _TOLD:
        return
    faces = [c.face_id for c in conflicts if c.now is not None and _otherwise(intent, c.now)]
    if not faces:
        return
    mine = {last.id for last in store.log.decided_by(faces, actor) if last.mine}
    creator = intent.creator
    said = Said(
        intent.token,
        intent.kind.value,
        creator.id if creator else None,
        creator.name if creator else intent.new_name,
        intent.reason.value if intent.reason else None,
    )
    store.conflicts.add(actor, said, [face for face in faces if face not in mine])


def _otherwise(intent: Intent, now: FaceState) -> bool:
    wanted = intent.creator.id if intent.creator else None
    is_wanted = now.status in DECIDED and now.creator_id == wanted
    if intent.kind is Kind.NOT_PERSON:
        return is_wanted
    if wanted is None and intent.new_name is None:
        return now.status is not Status.REJECTED
    return not is_wanted
