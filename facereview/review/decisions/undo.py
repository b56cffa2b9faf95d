"""Bringing faces back to what they were before a batch, where nobody touched them since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from facereview.review.decisions.decide import tag
from facereview.review.decisions.derived import withdraw_derived
from facereview.review.decisions.guard import Reverts
from facereview.review.decisions.intents import Conflict
from facereview.store.log import Step
from facereview.store.row_changes import RowChange
from facereview.store.store import Store


class FaceReversal:
    """The faces of one batch, on their way back. A redo reverts an undo, so both are this."""

    def __init__(self, store: Store, reverts: Reverts) -> None:
        self._store = store
        self._reverts = reverts
        self.steps: list[Step] = []
        self.conflicts: list[Conflict] = []

    def bring_back(self, batch: int) -> list[RowChange]:
        """Write it, logged under ``batch``; what changed beside the faces."""
        merges, log = self._reverts.merges, self._store.log
        done = log.steps(self._reverts.batch.id)
        steps, self.conflicts = self._reversed(done)
        log.write(batch, steps, merges.step)
        self.steps = [merges.step(step) for step in steps]
        self._restore(self.steps, {step.face_id: step.before_automatic for step in done})
        return withdraw_derived(self._store, self.steps)

    def _reversed(self, logged: Sequence[Step]) -> tuple[list[Step], list[Conflict]]:
        """The steps back, in the log's own words: whoever was merged since stays told apart."""
        reverts = self._reverts
        done = self._store.changes.told_apart(reverts.batch.id, logged)
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

    def _restore(self, steps: Sequence[Step], marks: Mapping[int, int | None]) -> None:
        """Verdicts, the machine's marks and tags."""
        log = self._store.log
        verdicts = [(s.face_id, s.denied) for s in steps if s.denied is not None]
        if self._reverts.forward:
            known = self._store.creators.several({creator for _, creator in verdicts})
            log.deny([(face, creator) for face, creator in verdicts if creator in known])
        else:
            log.allow(verdicts)
        log.clear_automatic([s.face_id for s in steps if s.before_automatic is not None])
        log.mark_automatic(
            [(s.face_id, mark) for s in steps if (mark := marks[s.face_id]) is not None]
        )
        tag(log, steps)
