"""Writing a curator's decisions: guarded, in one transaction, logged, undoable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np

from facereview.errors import Invalid, NotFound
from facereview.files import encodable
from facereview.numbers import finite
from facereview.records import DECIDED, Creator, FaceState, Status
from facereview.review.creators.names import plain
from facereview.review.decisions.guard import check_asked, checked_since, still, unlike
from facereview.review.decisions.intents import BySample, Conflict, Intent, Kind, Outcome, Seen
from facereview.review.decisions.outcomes import Outcomes
from facereview.review.decisions.recorder import Recording
from facereview.review.evidence.check_sample import CheckSample, SampleStage
from facereview.store.changes import Merges
from facereview.store.log import LockedFace, Log, Said, Step
from facereview.store.row_changes import RETIRED, RowChange, Subject
from facereview.store.store import Store

MAX_NAME = 500
PROMPT = 500
"""Decisions on more faces than this may take their time."""
_NAMING = (Kind.ACCEPT, Kind.ASSIGN, Kind.DIVIDE)
_TOGETHER = (Kind.ACCEPT, Kind.CONFIRM)
"""Decisions that say of a suggestion that it is right: of several faces at once, as a whole."""
_TOLD = (Kind.ACCEPT, Kind.ASSIGN, Kind.REJECT, Kind.NOT_PERSON, Kind.CONFIRM)


Given = Mapping[int, Creator | None]
"""Whom each face is given to, or is said not to be."""


class _NothingToWrite(Exception):
    """Every face is in conflict: roll the batch back, so that no empty batch can be undone."""


def _detail(intent: Intent, made: Creator | None) -> dict[str, object]:
    """What is kept with the act for its words."""
    detail: dict[str, object] = {} if made is None else {"names": [made.name]}
    if intent.creator is None and (people := intent.creators()):
        detail["people"] = len(people)
    if intent.cast:
        detail["cast"] = True
    return detail if intent.sample is None else detail | {"sample": asdict(intent.sample)}


def stored(similarity: float | None) -> float | None:
    """A similarity as the database's REAL column will hold it, so that guards compare equal."""
    known = finite(similarity)
    return None if known is None else float(np.float32(known))


def state_after(intent: Intent, seen: Seen, creator: Creator | None) -> FaceState:
    """The state that an intent gives to a face: the design's table of decisions."""
    if intent.cast and intent.kind in _NAMING and creator and named(seen.state) == creator.id:
        return seen.state
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
            detail=_detail(intent, creator if made else None),
        )
        if batch is None:  # written by another process at the same time
            return self._outcomes.written(intent, log.batch(intent.token))
        locked = log.lock([seen.face_id for seen in intent.faces])
        if intent.kind is Kind.SKIP:
            return self._skip(intent, batch, locked, conflicts)
        steps = self._steps(intent, self._given(intent, creator), locked, conflicts)
        if not steps:
            raise _NothingToWrite
        if intent.sample is not None:
            self.check_sample(intent.sample, [step.face_id for step in steps])
        steps = self._write(batch, steps, kind=intent.kind)
        changes = [*made, *self._follow(steps, intent.kind)]
        self._store.row_changes.log(batch, changes)
        _note_overruled(self._store, self._actor, intent, conflicts)
        return self._outcomes.new(intent, steps, conflicts, creator, changes)

    def check_sample(self, by: BySample, face_ids: Collection[int]) -> None:
        """Check that with these faces all that were drawn are right.

        Raises:
            Invalid: one is wrong or gone, or unchecked and not among them.
        """
        drawn = [face for face, among in self._store.checks.faces(by.id).items() if among]
        waiting = {i for i, face in self._store.log.lock(drawn).items() if face.automatic}
        now = CheckSample.of(self._store.checks.sample(by.id))
        going = (SampleStage.OPEN, SampleStage.CLEAN)
        if now is None or now.stage not in going or now.at_most != by.at_most:
            raise Invalid(
                "A face of this sample was found wrong, or is gone, so nothing was confirmed by "
                "it: look at the group again."
            )
        if not waiting <= set(face_ids):
            raise Invalid(
                "Faces of this sample are still unchecked, so nothing was confirmed by it: look at "
                "the group again."
            )

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
        return (self._standing(intent.creator) if intent.creator else None), []

    def _standing(self, creator: Creator) -> Creator:
        standing = self._store.creators.standing(creator.id)
        if standing is None:
            raise NotFound(
                f"{creator.name} no longer exists: somebody removed this creator; choose "
                "another one."
            )
        return standing

    def _given(self, intent: Intent, creator: Creator | None) -> Given:
        several = {one.id: one for seen in intent.faces if (one := seen.creator)}
        standing = {one.id: self._standing(one) for one in several.values()}
        return {
            seen.face_id: standing[seen.creator.id] if seen.creator else creator
            for seen in intent.faces
        }

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
        given: Given,
        locked: dict[int, LockedFace],
        conflicts: list[Conflict],
    ) -> list[Step]:
        similarities = self._similarities(intent, given)
        merges = self._store.changes.merges() if unlike(intent.faces, locked) else Merges({})
        steps: list[Step] = []
        for seen in intent.faces:
            then = replace(seen, state=merges.state(seen.state))
            now, creator = locked.get(seen.face_id), given[seen.face_id]
            similarity = similarities.get(seen.face_id, seen.similarity)
            step = _step(intent, then, now, creator, similarity) if now is not None else None
            if step is None:
                conflicts.append(Conflict(seen.face_id, now.state if now else None))
            else:
                steps.append(step)
        steps = self._undenied(intent, steps, conflicts)
        return once_in_a_frame(self._store.log, steps, conflicts) if intent.cast else steps

    def _undenied(self, intent: Intent, steps: list[Step], conflicts: list[Conflict]) -> list[Step]:
        """The steps but those by which a whole sheet names a face as whom it is known not to be."""
        whole = [seen.face_id for seen in intent.faces if seen.creator is not None]
        denied = self._store.search.denied(whole) if whole else {}
        left = {s.face_id: s for s in steps if named(s.after) in denied.get(s.face_id, ())}
        conflicts += [Conflict(face, step.before) for face, step in left.items()]
        return [step for step in steps if step.face_id not in left]

    def _similarities(self, intent: Intent, given: Given) -> dict[int, float]:
        """Similarities that the page did not know, as of a creator typed by hand."""
        unknown: dict[int, list[int]] = defaultdict(list)
        for seen in intent.faces if intent.kind in _NAMING else ():
            creator = given[seen.face_id]
            if seen.similarity is None and creator is not None:
                unknown[creator.id].append(seen.face_id)
        found: dict[int, float] = {}
        for creator_id, faces in unknown.items():
            found |= self._store.search.similarities(faces, creator_id)
        return found

    def _write(self, batch: int, steps: list[Step], *, kind: Kind) -> list[Step]:
        """Write faces, tags, verdicts and automatic marks; the steps as logged."""
        log = self._store.log
        if kind is Kind.NOT_PERSON:
            new = log.deny([(s.face_id, s.denied) for s in steps if s.denied is not None])
            steps = [s if s.face_id in new else replace(s, denied=None) for s in steps]
        log.write(batch, steps)
        if kind in _TOGETHER and len(steps) > 1:
            log.name_together(batch, [(s.face_id, c) for s in steps if (c := named(s.after))])
        # "not this person" confirms no automatic match
        looked_at = [s for s in steps if kind is not Kind.NOT_PERSON or s.before != s.after]
        log.clear_automatic([s.face_id for s in looked_at if s.before_automatic is not None])
        tag(log, steps)
        return steps


def _step(
    intent: Intent,
    seen: Seen,
    now: LockedFace,
    creator: Creator | None,
    similarity: float | None,
) -> Step | None:
    """What an intent does to a face; None where somebody else changed it since it was seen.

    Raises:
        Invalid: the intent does not ask for that.
    """
    if not still(seen.state, now):
        return None
    known = Seen(seen.face_id, now.video_id, now.state, similarity)
    new = state_after(intent, known, creator)
    if checked_since(intent, now, new):
        return None
    check_asked(intent, seen.state, new)
    denied = creator.id if creator and intent.kind is Kind.NOT_PERSON else None
    return Step(now.id, now.video_id, now.state, new, now.automatic, denied)


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


def once_in_a_frame(log: Log, steps: Sequence[Step], conflicts: list[Conflict]) -> list[Step]:
    """The steps but those that would name somebody twice in a frame: those are conflicts.

    Faces that a curator said are mirrored may carry one name. The tags are locked before, so that
    of two decisions on one frame the later sees what the earlier did.

    Raises:
        Invalid: the steps themselves do so.
    """
    tags = {(s.video_id, who) for s in steps for at in (s.before, s.after) if (who := named(at))}
    log.lock_tags(sorted(tags))
    naming = [(s.face_id, who) for s in steps if (who := named(s.after)) is not None]
    met = log.named_in_frames(naming)
    if met.keys() & met.values():
        raise Invalid(
            "This would name two faces of one frame as the same person, so nothing was changed: "
            "untick one of them, or say on Clusters that it is a mirror."
        )
    conflicts += [
        Conflict(s.face_id, s.before, in_frame=met[s.face_id]) for s in steps if s.face_id in met
    ]
    return [s for s in steps if s.face_id not in met]


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
    given = {seen.face_id: seen.creator or intent.creator for seen in intent.faces}
    faces = [
        c.face_id
        for c in conflicts
        if c.now and c.in_frame is None and _otherwise(intent, given[c.face_id], c.now)
    ]
    if not faces:
        return
    mine = {last.id for last in store.log.decided_by(faces, actor) if last.mine}
    for creator in dict.fromkeys(given[face] for face in faces):
        said = Said(
            intent.token,
            intent.kind.value,
            creator.id if creator else None,
            creator.name if creator else intent.new_name,
            intent.reason.value if intent.reason else None,
        )
        told = [face for face in faces if face not in mine and given[face] == creator]
        store.conflicts.add(actor, said, told)


def _otherwise(intent: Intent, creator: Creator | None, now: FaceState) -> bool:
    wanted = creator.id if creator else None
    is_wanted = now.status in DECIDED and now.creator_id == wanted
    if intent.kind is Kind.NOT_PERSON:
        return is_wanted
    if wanted is None and intent.new_name is None:
        return now.status is not Status.REJECTED
    return not is_wanted
