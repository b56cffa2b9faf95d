"""Reverting a batch: its faces, and the rows beside them, where they are still as it left them.

An undo and a redo are the same here: both bring each row back to what it was before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from facereview.errors import DatabaseError
from facereview.records import Status
from facereview.review.decisions.decide import once_in_a_frame, tag, withdraw_derived
from facereview.review.decisions.guard import alike
from facereview.review.decisions.intents import Conflict
from facereview.review.library.config import Settings
from facereview.store.changes import Merges
from facereview.store.log import Act, Batch, LockedFace, Step
from facereview.store.row_changes import RETIRED, WITHDRAWN, Id, Key, Row, RowChange, Subject
from facereview.store.store import Store

FIELDS = ("name", "description", "profile_picture_path")
"""The columns of a creator that curators change."""
_SAID = ("name", "description")
"""A change of these keeps a creator who has nothing else."""

ReadFaces = Callable[[Sequence[int]], Mapping[int, LockedFace]]

_PLAIN = (
    Subject.ALIAS,
    Subject.CLUSTER,
    Subject.MEMBERSHIP,
    Subject.APART,
    Subject.MIRROR,
    Subject.SKIP,
    Subject.REPLACED,
    Subject.DIFFERENT,
)
"""Subjects whose rows are simply written: what others refer to first."""


class RowReversal:
    """Reverts the row changes of one batch."""

    def __init__(
        self, store: Store, settings: Settings, merges: Merges, changes: Iterable[RowChange]
    ) -> None:
        self._store = store
        self._settings = settings
        self._merges = merges
        self._changes = [c for c in changes if c.subject is not Subject.CHANGE]
        self._now = self._read()
        self.done: list[RowChange] = []
        """What was put back, as it was until now and as it is again."""
        self.kept = 0
        """So many rows were changed by somebody else since."""

    def _read(self) -> dict[Subject, dict[Key, Row]]:
        ids: dict[Subject, set[Id]] = {}
        for change in self._changes:
            ids.setdefault(change.subject, set()).add(_id(change.key[0]))
        if ids.keys() & {Subject.CLUSTER, Subject.MEMBERSHIP, Subject.APART, Subject.DIFFERENT}:
            self._store.clusters.lock()
        rows = self._store.row_changes
        return {subject: rows.read(subject, wanted) for subject, wanted in ids.items()}

    def bring_creators_back(self) -> None:
        """Restore creators that the action removed, before what belongs to them."""
        for change in self._of(Subject.CREATOR):
            if change.before is None or change.after is not None:
                continue
            if self._present(change) is None and self._store.row_changes.put_creator(change.before):
                self.done.append(RowChange(Subject.CREATOR, None, change.before))
            else:
                self.kept += 1

    def restore(self) -> None:
        """Restore all others; creators that the action made are removed last.

        Raises:
            Invalid: the settings would not go together.
        """
        self._restore_settings()
        self._restore_references()
        back = {subject: self._untouched(subject) for subject in _PLAIN}
        for subject in _PLAIN:
            self._put(subject, [c for c in back[subject] if c.before is not None])
        for subject in reversed(_PLAIN):
            self._drop(subject, [c for c in back[subject] if c.before is None])
        for change in self._of(Subject.CREATOR):
            if change.before is None:
                self._remove_creator(change)
            elif change.after is not None:
                self._rename(change, change.before, change.after)

    def _of(self, subject: Subject) -> list[RowChange]:
        return [c for c in self._changes if c.subject is subject]

    def _present(self, change: RowChange) -> Row | None:
        return self._now[change.subject].get(change.key)

    # -------------------------------------------------------------------------------- plain rows

    def _untouched(self, subject: Subject) -> list[RowChange]:
        found = []
        for change in self._of(subject):
            now = self._present(change)
            if _alike(subject, now, change.after):
                found.append(RowChange(subject, change.before, now))
            elif not _alike(subject, now, change.before):
                self.kept += 1
        return found

    def _put(self, subject: Subject, changes: Sequence[RowChange]) -> None:
        rows = [c.before for c in changes if c.before is not None]
        if not rows:
            return
        if subject in (Subject.MEMBERSHIP, Subject.APART):
            clusters = {row["cluster_id"] for row in rows} - {None}
            self._store.clusters.ensure(sorted(clusters))
        self._store.row_changes.put(subject, rows)
        self.done += [RowChange(subject, c.after, c.before) for c in changes]

    def _drop(self, subject: Subject, changes: Sequence[RowChange]) -> None:
        rows = [c.after for c in changes if c.after is not None]
        if rows:
            self._store.row_changes.drop(subject, rows)
            self.done += [RowChange(subject, c.after, c.before) for c in changes]

    def _restore_settings(self) -> None:
        changed = self._of(Subject.SETTING)
        for change in changed:
            now, after = self._present(change), change.after
            if now is None or after is None or now["value"] != after["value"]:
                self.kept += 1
            else:
                self._settings.put_back(change)
                again = self._store.row_changes.read(Subject.SETTING, [_id(change.key[0])])
                self.done.append(RowChange(Subject.SETTING, now, again[change.key]))
        if changed:
            self._settings.check_stands()

    # ---------------------------------------------------------------------------------- creators

    def _rename(self, change: RowChange, before: Row, after: Row) -> None:
        now, back = self._present(change), {}
        for field in FIELDS:
            if before[field] == after[field] or now is None:
                continue
            if now[field] == after[field] and self._set(int(now["id"]), field, before[field]):
                back[field] = before[field]
        if now is None or not back:
            self.kept += 1
        else:
            self.done.append(RowChange(Subject.CREATOR, now, {**now, **back}))

    def _set(self, creator_id: int, field: str, value: str | None) -> bool:
        people = self._store.people
        if field == "name":
            return people.rename(creator_id, str(value))
        if field == "description":
            return people.describe(creator_id, value)
        return people.set_picture(creator_id, value)

    def _remove_creator(self, change: RowChange) -> None:
        now, made = self._present(change), change.after
        if (
            now is None
            or made is None
            or any(now[field] != made[field] for field in _SAID)
            or self._store.changes.holds(int(now["id"]))
        ):
            self.kept += 1
        else:
            with suppress(DatabaseError), self._store.transaction():
                self._store.erasure.forget_faces(int(now["id"]))
                self._store.changes.remove_creator(int(now["id"]))
                self.done.append(RowChange(Subject.CREATOR, now, None))
                return
            self.kept += 1  # another program's table names this creator

    # -------------------------------------------------------------------------------- references

    def _restore_references(self) -> None:
        wanted: list[tuple[Row, Row]] = []
        for change in self._of(Subject.REFERENCE):
            now = self._present(change)
            if now is None or not self._same_place(now, change.after):
                self.kept += 1
            else:
                wanted.append((now, self._target(now, change)))
        alive = self._store.creators.several({int(row["creator_id"]) for _, row in wanted})
        moving = [
            (now, to) for now, to in wanted if to["place"] == WITHDRAWN or to["creator_id"] in alive
        ]
        self.kept += len(wanted) - len(moving)
        self._move(moving)
        self.done += [RowChange(Subject.REFERENCE, now, to) for now, to in moving]

    def _same_place(self, now: Row, then: Row | None) -> bool:
        if then is None:
            return bool(now["place"] == WITHDRAWN)
        whose = self._merges.creator(int(now["creator_id"]))
        return bool(
            now["place"] == then["place"] and whose == self._merges.creator(int(then["creator_id"]))
        )

    def _target(self, now: Row, change: RowChange) -> Row:
        """What a reference was before; one that was not there is withdrawn."""
        if change.before is None:
            return {**now, "place": WITHDRAWN, "actor": None, "retired_at": None}
        return {**change.before, "creator_id": self._merges.creator(change.before["creator_id"])}

    def _move(self, moving: Sequence[tuple[Row, Row]]) -> None:
        """Each reference is first put in use, then where it belongs."""
        rows, references = self._store.row_changes, self._store.references
        changed = [(now, to) for now, to in moving if now["place"] != to["place"]]
        references.restore([now["id"] for now, _ in changed if now["place"] == RETIRED])
        for creator, ids in _by_creator(moving).items():
            rows.give(ids, creator)
        rows.bring_back([now["id"] for now, _ in changed if now["place"] == WITHDRAWN])
        rows.withdraw([now["id"] for now, to in changed if to["place"] == WITHDRAWN])
        for _, to in changed:
            if to["place"] == RETIRED:
                references.retire([to["id"]], to["actor"])
                rows.set_retired([to["id"]], to["actor"], to["retired_at"])


def _by_creator(moving: Sequence[tuple[Row, Row]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for now, to in moving:
        if now["creator_id"] != to["creator_id"]:
            found.setdefault(int(to["creator_id"]), []).append(int(to["id"]))
    return found


def _alike(subject: Subject, now: Row | None, then: Row | None) -> bool:
    """The same to a curator: what only the machine changed may be another."""
    if now is None or then is None:
        return now is then
    if subject is Subject.MEMBERSHIP:
        machine = not now["fixed"] and not then["fixed"]
        same = now["cluster_id"] == then["cluster_id"] and now["fixed"] == then["fixed"]
        return bool(machine or same)
    if subject is Subject.CLUSTER:
        return (now["postponed_at"] is None) == (then["postponed_at"] is None)
    if subject is Subject.APART:
        return bool(now["batch_id"] == then["batch_id"])
    if subject is Subject.REPLACED:
        return bool(now["answer"] == then["answer"])
    return True


def _id(value: object) -> Id:
    if not isinstance(value, int | str):
        raise TypeError(value)
    return value


class FaceReversal:
    """Reverts the faces of one batch. A redo (``forward``) reverts an undo, so both are this."""

    def __init__(
        self, store: Store, target: Batch, act: Act, merges: Merges, *, forward: bool
    ) -> None:
        """``act`` is what the batch is about at bottom."""
        self._store = store
        self._target = target
        self._by_machine = act.kind == "automatic"
        self._merges = merges
        self._forward = forward
        self.steps: list[Step] = []
        self.conflicts: list[Conflict] = []

    def bring_back(self, batch: int, *, once: bool = False) -> list[RowChange]:
        """Write it, logged under ``batch``; what changed beside the faces.

        ``once``: it names nobody twice in a frame, as on a cast sheet.

        Raises:
            Invalid: two of its own faces are in one frame by now.
        """
        merges, log = self._merges, self._store.log
        done = log.steps(self._target.id)
        steps, self.conflicts = self._reversed(done, log.lock)
        if once:
            kept = once_in_a_frame(log, [merges.step(step) for step in steps], self.conflicts)
            ids = {step.face_id for step in kept}
            steps = [step for step in steps if step.face_id in ids]
        log.write(batch, steps, merges.step)
        self.steps = [merges.step(step) for step in steps]
        self._restore(self.steps, {step.face_id: step.before_automatic for step in done})
        return withdraw_derived(self._store, self.steps)

    def look(self) -> tuple[list[Step], list[Conflict]]:
        """The faces that would come back, and those that were changed since; none is locked."""
        logged = self._store.log.steps(self._target.id)
        return self._reversed(logged, self._store.log.look)

    def _reversed(
        self, logged: Sequence[Step], read: ReadFaces
    ) -> tuple[list[Step], list[Conflict]]:
        """The reversed steps as logged: creators merged since stay distinct."""
        merges = self._merges
        done = self._store.changes.told_apart(self._target.id, logged)
        locked = read([step.face_id for step in done])
        back = [merges.creator(s.before.creator_id) for s in done]
        alive = self._store.creators.several({c for c in back if c is not None})
        steps, conflicts = [], []
        for step, creator in zip(done, back, strict=True):
            now = locked.get(step.face_id)
            lost = creator is not None and creator not in alive
            if now is None or lost or not self._untouched(step, now):
                conflicts.append(Conflict(step.face_id, now.state if now else None))
                continue
            stands = step.after if merges.state(step.after) == now.state else now.state
            steps.append(
                Step(now.id, now.video_id, stands, step.before, now.automatic, step.denied)
            )
        return steps, conflicts

    def _untouched(self, step: Step, now: LockedFace) -> bool:
        """Whether nobody changed the face since; for what the machine matched, nor confirmed it.

        A redo marks the face with the run that matched it first.
        """
        if self._by_machine and step.after.status is not Status.PENDING:
            own = self._target.kind != "automatic" or now.automatic == self._target.id
            if now.automatic is None or not own:
                return False
        return alike(now.state, self._merges.state(step.after))

    def _restore(self, steps: Sequence[Step], marks: Mapping[int, int | None]) -> None:
        """Verdicts, automatic marks and tags."""
        log = self._store.log
        verdicts = [(s.face_id, s.denied) for s in steps if s.denied is not None]
        if self._forward:
            known = self._store.creators.several({creator for _, creator in verdicts})
            log.deny([(face, creator) for face, creator in verdicts if creator in known])
        else:
            log.allow(verdicts)
        log.clear_automatic([s.face_id for s in steps if s.before_automatic is not None])
        log.mark_automatic(
            [(s.face_id, mark) for s in steps if (mark := marks[s.face_id]) is not None]
        )
        tag(log, steps)
