"""The history of a curator's actions at a workstation: done, undone and redone.

The latest action is the next to be undone, whatever it was: decisions, skips, changes of
clusters, references or creators. Each is a batch in the database, so the history survives
restarts. What somebody else has changed since is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, replace

from facereview.errors import Invalid, NotFound
from facereview.records import Thresholds
from facereview.review.creators.merges import MergeHistory, not_standing
from facereview.review.creators.records import Unmerged
from facereview.review.decisions.decide import PROMPT, Decisions
from facereview.review.decisions.intents import BySample, Change, Intent, Kind, Outcome, Undoable
from facereview.review.decisions.outcomes import Outcomes, beside
from facereview.review.decisions.revert import FaceReversal, RowReversal
from facereview.review.library.config import Settings
from facereview.store.log import Act, Batch
from facereview.store.row_changes import RowChange, Subject
from facereview.store.store import Store


class _NeedsTurn(Exception):
    """Creators are added or removed: retry while no decision is being written."""


class _Undone(Exception):
    """The batch was undone by somebody else, or this undo was written meanwhile."""


class _Overtaken(Exception):
    """Nothing of the batch could be undone: roll back what was written."""

    def __init__(self, target: Batch, outcome: Outcome) -> None:
        super().__init__()
        self.target = target
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Latest:
    """The action that would be undone; ``back`` are its face changes, if they are few.

    ``unskipped`` are the faces that it skipped, if they are known.
    """

    token: str
    words: Undoable
    back: tuple[Change, ...] = ()
    unskipped: tuple[int, ...] = ()


class History:
    """The history of one curator on one library, at the workstation of the store."""

    def __init__(self, store: Store, actor: str, pack: Callable[[], Thresholds]) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
        self._store = store
        self._actor = actor
        self._settings = Settings(store, pack)
        self._decisions = Decisions(store, actor)
        self._changes = MergeHistory(store, actor)
        self._outcomes = Outcomes(store)
        self._latest: Batch | None = None
        """The action that was looked up last, which does not change."""

    def apply(self, intent: Intent, cancelled: Container[str] = ()) -> Outcome | None:
        """Write an intent; None where an undo or redo finds nothing to act upon.

        Raises:
            Cancelled: its token came to be in ``cancelled``; nothing was written.
            DatabaseUnreachable: nothing was written, or it is not known; apply it again.
            NotFound: the creator no longer exists; nothing was written.
        """
        with self._store.session.cancellable(lambda: intent.token in cancelled):
            if intent.kind not in (Kind.UNDO, Kind.REDO):
                return self._decisions.apply(intent)
            return self._apply_revert(intent)

    def _apply_revert(self, intent: Intent) -> Outcome | None:
        try:
            return self._revert(intent)
        except _Undone:
            return None
        except _Overtaken as said:
            self._store.log.mark_overtaken(said.target.id)
            return said.outcome

    def next_undo(self) -> Latest | None:
        """What an undo would take back."""
        batch = self._store.log.next_undo(self._actor)
        if batch is None:
            return None
        back = self._outcomes.back(batch) if 0 < batch.faces <= PROMPT else ()
        return Latest(batch.token, self._outcomes.about(batch), back)

    def undo_change(self, change_id: int) -> Unmerged:
        """Undo a merge or a split of creators, even days later.

        Raises:
            NotFound: there is no such change, or it was undone before.
            Invalid: the creator who stayed was merged further, or the old name is taken.
        """
        try:
            with self._store.rearranging():
                batch = self._changes.batch_of(change_id)
                intent = Intent(Kind.UNDO, target=batch.token)
                unmerged = self._written(intent, batch, alone=True).beside.unmerged
        except _Undone:
            raise not_standing(change_id) from None
        if unmerged is None:
            raise not_standing(change_id)
        return unmerged

    def preview(self, intent: Intent) -> Outcome | None:
        """What an undo or redo of its ``target`` would do; None where it was undone meanwhile.

        It is done in a transaction that is rolled back, unless its faces are more than
        :data:`PROMPT` and it neither adds nor removes creators: then they are compared only, and
        nothing waits for it.

        Raises:
            DatabaseBusy: somebody holds what it would change.
        """
        target = self._target(intent)
        if target is None:
            return None
        if target.faces > PROMPT and not _rearranges(self._store.row_changes.of(target.id)):
            return self._compared(intent, target)
        found: Outcome | None = None
        try:
            with self._store.trying():
                found = self._once(intent, alone=True)
        except _Overtaken as said:
            return said.outcome
        except _Undone:
            return None
        return found

    def _compared(self, intent: Intent, target: Batch) -> Outcome:
        """What would be done to the faces of a batch that adds and removes no creators."""
        act, merges = self._store.log.original(target.id), self._store.changes.merges()
        forward = intent.kind is Kind.REDO
        steps, conflicts = FaceReversal(self._store, target, act, merges, forward=forward).look()
        about = self._outcomes.in_words(target, act)
        outcome = self._outcomes.reverted(intent, about, steps, conflicts)
        return replace(outcome, overtaken=not steps)

    def latest(self, kind: Kind) -> str | None:
        """The token of the act that an undo or a redo would be about now."""
        with self._store.answering():
            self._latest = self._target(Intent(kind))
        return None if self._latest is None else self._latest.token

    def _revert(self, intent: Intent) -> Outcome | None:
        with self._store.answering():
            target = self._target(intent)
        try:
            with self._store.deciding(promptly=target is None or target.faces <= PROMPT):
                return self._once(intent, alone=False)
        except _NeedsTurn:
            with self._store.rearranging(promptly=False):
                return self._once(intent, alone=True)

    def _once(self, intent: Intent, *, alone: bool) -> Outcome | None:
        """None where there is nothing to revert."""
        if written := self._store.log.batch(intent.token):
            return self._outcomes.written(intent, written)
        self._store.session.check_cancelled()
        if intent.target is None:
            self._store.log.take_turns(self._actor)
        target = self._target(intent)
        if target is None:
            return None
        try:
            outcome = self._written(intent, target, alone=alone)
        except (Invalid, NotFound) as fault:  # creators that cannot be merged or split
            outcome = self._outcomes.reverted(intent, self._outcomes.about(target))
            outcome = replace(outcome, overtaken=True, why=fault)
            raise _Overtaken(target, outcome) from fault
        if outcome.overtaken:
            raise _Overtaken(target, outcome)
        return outcome

    def _target(self, intent: Intent) -> Batch | None:
        log = self._store.log
        if self._latest is not None and intent.target == self._latest.token:
            return self._latest
        if intent.target is not None:
            return log.batch(intent.target)
        latest = log.next_undo if intent.kind is Kind.UNDO else log.next_redo
        return latest(self._actor)

    def _written(self, intent: Intent, target: Batch, *, alone: bool) -> Outcome:
        """Revert all that the batch changed, in order of dependency."""
        log, changes = self._store.log, self._store.row_changes.of(target.id)
        if not alone and _rearranges(changes):
            raise _NeedsTurn
        act, kind = log.original(target.id), intent.kind.value
        self._check_sample(intent, target, act)
        batch = log.add_batch(
            intent.token, self._actor, kind, creator_id=act.creator_id, reverts=target.id
        )
        if batch is None or not log.mark_undone(target.id, batch):
            raise _Undone
        merges = self._store.changes.merges()
        restorer = RowReversal(self._store, self._settings, merges, changes)
        restorer.bring_creators_back()
        moved, unmerged = self._changes.revert(changes)
        if moved:
            merges = self._store.changes.merges()
        faces = FaceReversal(self._store, target, act, merges, forward=intent.kind is Kind.REDO)
        derived = faces.bring_back(batch, once="cast" in act.detail)
        restorer.restore()
        done = [*restorer.done, *moved, *derived]
        self._store.row_changes.log(batch, done)
        self._follow_left_out(act, intent.token)
        if unmerged is not None and (faces.steps or faces.conflicts):  # of a split: decisions
            stayed = tuple(conflict.face_id for conflict in faces.conflicts)
            unmerged = replace(unmerged, faces=len(faces.steps), stayed=stayed)
        told = beside(done, kept=restorer.kept, unmerged=unmerged)
        about = self._outcomes.in_words(target, act)
        outcome = self._outcomes.reverted(intent, about, faces.steps, faces.conflicts, told)
        return replace(outcome, overtaken=not faces.steps and not done)

    def _check_sample(self, intent: Intent, target: Batch, act: Act) -> None:
        """What a sample confirmed is done again only if the sample still says so."""
        if intent.kind is Kind.REDO and "sample" in act.detail:
            faces = [step.face_id for step in self._store.log.steps(target.id)]
            self._decisions.check_sample(BySample(**act.detail["sample"]), faces)

    def _follow_left_out(self, act: Act, token: str) -> None:
        """Faces excluded by a confirmation return with its undo; a redo excludes them again."""
        clusters = self._store.clusters
        if clusters.left_out_of(act.id):
            clusters.lock()
            clusters.follow_reverted(token)


def _rearranges(changes: list[RowChange]) -> bool:
    """Whether these changes, or their undo, add or remove creators."""
    return any(
        change.subject is Subject.CHANGE
        or (change.subject is Subject.CREATOR and None in (change.before, change.after))
        for change in changes
    )
