"""One creator becomes two, and one again."""

from __future__ import annotations

from collections.abc import Sequence

from facereview.errors import Invalid, NotFound
from facereview.records import Creator
from facereview.review.creators.records import Split, Unmerged
from facereview.review.creators.standing import as_change, existing
from facereview.review.decisions.decide import Decisions, clean_name
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.recorder import Recorder, Recording
from facereview.store.changes import ChangeRow
from facereview.store.row_changes import Row, RowChange, Subject
from facereview.store.store import Store


class Splitting:
    """Splitting creators for one curator."""

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._actor = actor
        self._recorder = Recorder(store, actor)

    def split(
        self,
        creator_id: int,
        face_ids: Sequence[int],
        name: str | None = None,
        target: int | None = None,
    ) -> Split:
        """Decided faces become another creator, new or existing; their references go along.

        One batch of decisions, so that Ctrl+Z takes it back too.

        Raises:
            Invalid: no faces, no usable name, or the creator itself.
            NotFound: a creator no longer exists, or none of the faces is the creator's.
        """
        source = existing(self._store, creator_id)
        with self._store.rearranging():
            intent, made = self._intent(source, face_ids, name, target)
            outcome = Decisions(self._store, self._actor).apply(intent)
            if outcome.creator is None or not outcome.changes:
                raise NotFound(f"None of these faces is {source.name}'s any longer.")
            new, moved = outcome.creator, [c.face_id for c in outcome.changes]
            detail = {"token": intent.token, "made": made, "name": new.name}
            change = self._store.changes.add(self._actor, "split", creator_id, new.id, detail)
            self._store.changes.note_split(change, creator_id, moved)
            references = self._store.changes.give_references(change, creator_id, new.id)
            (row,) = self._store.changes.standing(change=change)
            about = Recording(self._store.row_changes)
            self._recorder.write(Kind.DIVIDE, intent.token, [as_change(row)], about)
        left = tuple(face for face in face_ids if face not in set(moved))
        return Split(change, source, new, len(moved), references, left)

    def _intent(
        self, source: Creator, face_ids: Sequence[int], name: str | None, target: int | None
    ) -> tuple[Intent, bool]:
        """What decides the faces, and whether somebody new is made by it."""
        found = self._store.faces.get(face_ids)
        mine = [f for f in found.values() if f.state.creator_id == source.id]
        if not mine:
            raise NotFound(
                f"None of these faces is {source.name}'s any longer: look at the list again."
            )
        before = self._store.creators.spelt(clean_name(name)) if name is not None else None
        if source.id in (target, before.id if before else None):
            raise Invalid(f"These faces are {source.name}'s already: name another creator.")
        intent = Intent(
            Kind.DIVIDE,
            tuple(Seen(f.id, f.video_id, f.state) for f in mine),
            creator=existing(self._store, target) if target is not None else None,
            new_name=name,
            replaces=True,
        )
        return intent, target is None and before is None

    def undo(self, change: ChangeRow) -> Unmerged:
        """Take a split back, within a transaction that rearranges creators.

        Only the references go back here: the faces are decisions of the same batch.
        """
        source = existing(self._store, change.creator_id)
        other = self._store.creators.get(change.other_id)
        if other is None:
            raise Invalid(f"{change.detail['name']} was merged or removed since: undo that first.")
        references = self._store.changes.give_references(change.change_id, other.id, source.id)
        return Unmerged(change.change_id, source, other, references, 0, ())

    def again(self, row: Row) -> RowChange:
        """Let a split stand again, within a transaction that rearranges creators."""
        existing(self._store, int(row["other_id"]))
        self._store.changes.mark_standing(int(row["id"]))
        self._store.changes.give_references(
            int(row["id"]), int(row["creator_id"]), int(row["other_id"])
        )
        return RowChange(Subject.CHANGE, None, row)
