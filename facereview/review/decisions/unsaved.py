"""Intents that the database does not have yet: their order, undo, and predicted outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from facereview.errors import Invalid
from facereview.records import DECIDED, Counts, Creator, Face, FaceState, FaceView, Status
from facereview.review.decisions.decide import PROMPT, state_after
from facereview.review.decisions.guard import alike
from facereview.review.decisions.intents import (
    Beside,
    Change,
    Intent,
    Kind,
    Outcome,
    Seen,
    Undoable,
)
from facereview.review.decisions.journal import Journal, follows


@dataclass(frozen=True, slots=True)
class Act:
    """An act that waits and stands; ``token`` is what an undo of it names."""

    token: str
    intent: Intent


@dataclass(frozen=True, slots=True)
class _Stacks:
    done: list[Act]
    undone: list[tuple[str, Act | None]]


class Unsaved:
    """The intents of a journal that the database lane could not write yet, oldest first."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._intents = {intent.token: intent for intent in journal.waiting()}
        self._back: dict[str, tuple[Change, ...]] = {}
        """What taking back an act will change that is in the database."""
        self._predicted: dict[str, tuple[Change, ...]] = {}
        self._ahead: set[str] = set()
        """Intents of which the journal does not know yet what they follow on from."""
        self._shown: dict[int, Change] | None = None

    def __len__(self) -> int:
        return len(self._intents)

    def bulk(self) -> dict[str, int]:
        """How many faces each decision on very many is about, by its token."""
        sizes = {token: len(intent.faces) for token, intent in self._intents.items()}
        return {token: size for token, size in sizes.items() if size > PROMPT}

    def add(self, intent: Intent) -> None:
        """Add an intent, the newest."""
        self._put(intent)
        self._shown = None

    def take_off(self, token: str) -> None:
        """It waits no more."""
        self._intents.pop(token, None)
        self._predicted.pop(token, None)
        self._ahead.discard(token)
        self._shown = None
        if not self._intents:
            self._back.clear()

    def written(self, token: str, changes: Sequence[Change], *, noted: bool) -> None:
        """The database has it: what waits behind it follows on from there."""
        self.follow(token, {change.face_id: change.after for change in changes}, noted=noted)
        if any(intent.target == token for intent in self._intents.values()):
            self.know(token, taken_back(changes))

    def know(self, token: str, back: tuple[Change, ...]) -> None:
        """What taking this act back, which is in the database, will change."""
        self._back[token] = back
        self._shown = None

    def _put(self, intent: Intent) -> None:
        self._intents[intent.token] = intent
        self._predicted.pop(intent.token, None)

    def follow(self, token: str, now: Mapping[int, FaceState], *, noted: bool) -> None:
        """It waits no more: what waits behind it follows on from ``now``.

        The journal notes that too (``noted``), but cannot while its disk is full.
        """
        self.take_off(token)
        for intent in list(self._intents.values()):
            if any(seen.face_id in now for seen in intent.faces):
                self._put(follows(intent, now))
                if not noted:
                    self._ahead.add(intent.token)

    def oldest(self) -> Intent | None:
        """What is to be written next, as the journal keeps it now.

        It may be erased there, or another window of this home wrote what it follows on from.
        """
        for token in list(self._intents):
            kept = self._journal.read(token)
            if kept is not None:
                return self._intents[token] if token in self._ahead else kept
            self.take_off(token)
        return None

    def to_undo(self) -> Act | None:
        """The latest act that stands."""
        done = self._stacks().done
        return done[-1] if done else None

    def to_revert(self, kind: Kind) -> str | None:
        """What an undo or a redo would be about: the token of an act, or of an undo."""
        stacks = self._stacks()
        if kind is Kind.UNDO:
            return stacks.done[-1].token if stacks.done else None
        return stacks.undone[-1][0] if stacks.undone else None

    def holds(self, token: str) -> bool:
        """Whether the act, undo or redo with this token waits."""
        return token in self._intents

    def reverted_act(self, intent: Intent) -> Act | None:
        """The act that an undo or redo is about at bottom, where that waits too."""
        at = intent
        while at.kind in (Kind.UNDO, Kind.REDO):
            found = self._intents.get(at.target or "")
            if found is None:
                return None
            at = found
        return Act(at.token, at)

    def is_undone(self, token: str) -> bool:
        """Whether a waiting undo takes this act back."""
        return any(i.kind is Kind.UNDO and i.target == token for i in self._intents.values())

    def _stacks(self) -> _Stacks:
        at = _Stacks([], [])
        for intent in self._intents.values():
            if intent.kind is Kind.UNDO:
                known = bool(at.done) and at.done[-1].token == intent.target
                at.undone.append((intent.token, at.done.pop() if known else None))
            elif intent.kind is Kind.REDO:
                known = bool(at.undone) and at.undone[-1][0] == intent.target
                act = at.undone.pop()[1] if known else None
                if act is not None:
                    at.done.append(Act(intent.token, act.intent))
            else:
                at.done.append(Act(intent.token, intent))
                at.undone.clear()
        return at

    # ------------------------------------------------------------------------------ what is shown

    def queue(self, kind: str, ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """A queue without the faces that will leave it, and with those that will come."""
        shown = self._changes()
        if not shown:
            return ids
        holds = _HOLDS[kind]
        gone = [face for face, change in shown.items() if not holds(change.after)]
        left = ids[~np.isin(ids, gone)]
        if kind in ("pending", "automatic"):
            return left
        come = [face for face, change in shown.items() if holds(change.after)]
        new = np.setdiff1d(np.asarray(come, dtype=np.int32), left)
        return np.concatenate([left, new]).astype(np.int32)

    def skipped(self, ids: tuple[int, ...]) -> tuple[int, ...]:
        """The skipped faces as they will be."""
        put_off = dict.fromkeys(ids)
        for act in self._stacks().done:
            for seen in act.intent.faces:
                put_off.pop(seen.face_id, None)
                if act.intent.kind is Kind.SKIP:
                    put_off[seen.face_id] = None
        return tuple(put_off)

    def counts(self, counts: Counts) -> Counts:
        """The counts as they will be."""
        moved = dict.fromkeys(Status, 0)
        for change in self._changes().values():
            moved[change.before.status] -= 1
            moved[change.after.status] += 1
        return replace(
            counts,
            pending=max(0, counts.pending + moved[Status.PENDING]),
            matched=max(0, counts.matched + moved[Status.MATCHED]),
            rejected=max(0, counts.rejected + moved[Status.REJECTED]),
            manual=max(0, counts.manual + moved[Status.MANUAL]),
        )

    def settled(self) -> int:
        """How many faces will be decided that were not."""
        return sum(c.after.status is not Status.PENDING for c in self._changes().values())

    def view(self, view: FaceView) -> FaceView:
        """A view as it will be."""
        mates = tuple(map(self.face, view.frame_mates))
        return replace(view, face=self.face(view.face), frame_mates=mates)

    def face(self, face: Face) -> Face:
        """A face as it will be."""
        change = self._changes().get(face.id)
        if change is None or not alike(face.state, change.before):  # written, or somebody was first
            return face
        return replace(face, state=change.after, creator_name=change.creator_name)

    def as_it_will_be(self, outcome: Outcome) -> Outcome:
        """What came of an act, its faces as what waits behind it will leave them."""
        faces = {change.face_id for change in outcome.changes}
        last = {
            change.face_id: change
            for changes in self._effects().values()
            for change in changes
            if change.face_id in faces
        }
        changes = tuple(
            replace(c, after=last[c.face_id].after, creator_name=last[c.face_id].creator_name)
            if c.face_id in last
            else c
            for c in outcome.changes
        )
        return replace(outcome, changes=changes) if last else outcome

    def effect(self, token: str) -> tuple[Change, ...]:
        """What an act that waits will change, as far as is known."""
        return self._effects().get(token, ())

    def _effects(self) -> Mapping[str, tuple[Change, ...]]:
        found: dict[str, tuple[Change, ...]] = {}
        for token, intent in self._intents.items():
            if intent.kind not in (Kind.UNDO, Kind.REDO):
                if token not in self._predicted:
                    self._predicted[token] = predicted(intent).changes
                found[token] = self._predicted[token]
            elif intent.target is not None:
                here = taken_back(found.get(intent.target, ()))
                found[token] = self._back.get(intent.target, here)
        return found

    def _changes(self) -> Mapping[int, Change]:
        if self._shown is None:
            shown: dict[int, Change] = {}
            for changes in self._effects().values():
                for change in changes:
                    first = shown.get(change.face_id)
                    shown[change.face_id] = replace(
                        change, before=first.before if first else change.before
                    )
            self._shown = {face: c for face, c in shown.items() if c.before != c.after}
        return self._shown


_HOLDS: Mapping[str, Callable[[FaceState], bool]] = {
    "pending": lambda state: state.status is Status.PENDING,
    "automatic": lambda _state: False,
    "decided": lambda state: state.status in DECIDED,
    "rejected": lambda state: state.status is Status.REJECTED,
}
"""Which states a queue holds of what a curator decides."""


def predicted(intent: Intent) -> Outcome:
    """What will come of a decision, as far as can be said without the database."""
    if intent.kind is Kind.SKIP:
        put_off = tuple(seen.face_id for seen in intent.faces)
        return Outcome(intent, False, beside=Beside(skipped=put_off))
    creator = _creator(intent)
    changes = tuple(_change(intent, seen, seen.creator or creator) for seen in intent.faces)
    return Outcome(intent, False, changes, creator=creator)


def _change(intent: Intent, seen: Seen, creator: Creator | None) -> Change:
    state = state_after(intent, seen, creator)
    name = creator.name if creator and state.creator_id is not None else None
    return Change(seen.face_id, seen.video_id, seen.state, state, name)


def taken_back(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The same changes the other way round."""
    return tuple(Change(c.face_id, c.video_id, c.after, c.before) for c in changes)


def predicted_revert(
    intent: Intent, act: Act | None, about: Undoable | None, changes: tuple[Change, ...]
) -> Outcome:
    """What will come of an undo or redo of an act, as far as is known."""
    if act is None:
        undone = about.kind if about else None
        return Outcome(intent, False, changes, about=about, undone=undone)
    done, forward = predicted(act.intent), intent.kind is Kind.REDO
    put_off = done.beside.skipped
    return Outcome(
        intent,
        False,
        changes,
        creator=act.intent.creator,
        undone=act.intent.kind,
        about=in_words(act.intent),
        beside=Beside(skipped=put_off) if forward else Beside(unskipped=put_off),
    )


def in_words(intent: Intent) -> Undoable:
    """A decision, as it will be told once it is written."""
    creator, faces = _creator(intent), len(intent.faces)
    people = 0 if creator else len(intent.creators())
    return Undoable(intent.kind, creator, faces, intent.reason, sample=intent.sample, people=people)


def expected(intent: Intent) -> dict[int, FaceState]:
    """The states in which a decision will leave its faces, as far as can be said before."""
    try:
        return {change.face_id: change.after for change in predicted(intent).changes}
    except Invalid:  # an undo or redo, or a decision that names nobody
        return {}


def _creator(intent: Intent) -> Creator | None:
    return intent.creator or (Creator(0, intent.new_name) if intent.new_name else None)
