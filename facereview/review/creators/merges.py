"""Merging and splitting creators, and undoing both."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from facereview.errors import Invalid, NotFound, Remedy
from facereview.records import Creator
from facereview.review.creators.naming import creator_gone, existing
from facereview.review.creators.records import (
    Merged,
    MergePreview,
    PastChange,
    Side,
    Split,
    Unmerged,
)
from facereview.review.decisions.decide import Decisions, clean_name
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.recorder import Recorder, Recording
from facereview.store.changes import ChangeRow
from facereview.store.log import Batch
from facereview.store.row_changes import Row, RowChange, Subject
from facereview.store.store import Store


def not_standing(change_id: int) -> NotFound:
    """There is no such change, or not any longer."""
    return NotFound(
        f"There is no change {change_id} to undo, or it was undone before", Remedy.LIST_MERGES
    )


def as_change(change: ChangeRow) -> RowChange:
    """A merge or split that stands from now on."""
    row = {
        "id": change.change_id,
        "kind": change.kind,
        "creator_id": change.creator_id,
        "other_id": change.other_id,
    }
    return RowChange(Subject.CHANGE, None, row)


NAMED = 50
"""Conflicts of a kind that a preview names one by one."""


class Merging:
    """Merging creators for one curator."""

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._actor = actor
        self._recorder = Recorder(store, actor)

    def preview(self, keep: int, drop: int) -> MergePreview:
        """What a merge would do, and what speaks against it; nothing is changed.

        Raises:
            Invalid: both are the same.
            NotFound: one of them no longer exists.
        """
        self._two(keep, drop)
        changes = self._store.changes
        denied, together = changes.denied(keep, drop), changes.together(keep, drop)
        pair = next(iter(self._store.people.pairs([(keep, drop)])), None)
        return MergePreview(
            self._side(keep),
            self._side(drop),
            changes.shared_videos(keep, drop),
            tuple(denied[:NAMED]),
            len(denied),
            tuple(together[:NAMED]),
            len(together),
            pair.similarity if pair else None,
            pair.closest if pair else None,
        )

    def _side(self, creator_id: int) -> Side:
        person = self._store.people.get(creator_id)
        if person is None:
            raise creator_gone()
        return Side(
            person.creator,
            tuple(self._store.creators.references(creator_id)),
            self._store.people.more(creator_id).retired,
            person.faces,
            person.videos,
            self._store.changes.tags(creator_id)[0],
            person.aliases,
        )

    def merge(self, keep: int, drop: int) -> Merged:
        """Give everything of ``drop`` to ``keep``, whose name stays; the other becomes an alias.

        Raises:
            Invalid: both are the same.
            NotFound: one of them no longer exists; nothing was changed.
        """
        self._two(keep, drop)
        with self._store.rearranging():
            dropped = existing(self._store, drop)
            change = self.join(keep, drop)
            kept = existing(self._store, keep)
            about = Recording(self._store.row_changes)
            about.creator_id, about.detail = keep, {"names": [dropped.name, kept.name]}
            self._recorder.write(Kind.MERGE, uuid4().hex, [as_change(change)], about)
        person = self._store.people.get(keep)
        return Merged(
            change.change_id,
            kept,
            dropped,
            change.references,
            change.faces,
            person.videos if person else 0,
        )

    def join(self, keep: int, drop: int) -> ChangeRow:
        """The merge itself, within a transaction that rearranges creators."""
        changes, people = self._store.changes, self._store.people
        if len(changes.lock([keep, drop])) < 2:
            raise creator_gone()
        kept, dropped = existing(self._store, keep), existing(self._store, drop)
        known = people.aliases()
        aliases = known.get(drop, ())
        new = [name for name in (dropped.name, *aliases) if name not in known.get(keep, ())]
        filled = {
            "description": None if kept.description else dropped.description,
            "picture": None if kept.profile_picture_path else dropped.profile_picture_path,
        }
        detail = {"row": changes.row(drop), "aliases": aliases, "added": new, **filled}
        change = changes.add(self._actor, "merge", keep, drop, detail)
        changes.merge(change, keep, drop)
        for name in new:
            people.add_alias(keep, name)
        changes.remove_creator(drop)
        if any(filled.values()):
            changes.fill(keep, filled["description"], filled["picture"])
        (row,) = changes.standing(change=change)
        return row

    def undo(self, change: ChangeRow) -> Unmerged:
        """Take a merge back, within a transaction that rearranges creators."""
        keep, drop = change.creator_id, change.other_id
        name = str(change.detail["row"]["name"])
        kept = self._store.creators.get(keep)
        if kept is None:
            now = self._store.creators.standing(keep)
            raise Invalid(
                f"The creator that {name} was merged into "
                + (f"is now part of {now.name}: undo that merge first." if now else "is gone.")
            )
        if self._store.creators.named(name):
            raise Invalid(f"Another creator is called {name} by now: rename that one first.")
        self._store.changes.lock([keep])
        references, faces, stayed = self._store.changes.unmerge(change)
        for alias in change.detail["added"]:
            self._store.people.remove_alias(keep, alias)
        for alias in change.detail["aliases"]:
            self._store.people.add_alias(drop, alias)
        filled = change.detail["description"], change.detail["picture"]
        if any(filled):
            self._store.changes.unfill(keep, *filled)
        return Unmerged(
            change.change_id, existing(self._store, drop), kept, references, faces, tuple(stayed)
        )

    def _two(self, keep: int, drop: int) -> None:
        if keep == drop:
            raise Invalid("A creator cannot be merged with itself: choose another one.")


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


class MergeHistory:
    """The merges and splits of one library, for one curator."""

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._recorder = Recorder(store, actor)
        self._merging, self._splitting = Merging(store, actor), Splitting(store, actor)

    def past(self, *, creator: int | None = None, limit: int = 100) -> tuple[PastChange, ...]:
        """Merges and splits that can be undone, newest first."""
        rows = self._store.changes.standing(creator=creator, limit=limit)
        ids = {i for row in rows for i in (row.creator_id, row.other_id)}
        creators = self._store.creators.several(ids)
        found = []
        for row in rows:
            first, second = creators.get(row.creator_id), creators.get(row.other_id)
            if row.kind == "merge":
                second = Creator(row.other_id, str(row.detail["row"]["name"]))
            if first and second:
                found.append(
                    PastChange(
                        row.change_id, row.kind, first, second, row.references, row.faces,
                        row.actor, row.created_at,
                    )
                )  # fmt: skip
        return tuple(found)

    def batch_of(self, change_id: int) -> Batch:
        """The batch that a merge or split stands by; one made before there were such, gets one.

        Raises:
            NotFound: there is no such change, or it was undone before.
        """
        change = next(iter(self._store.changes.standing(change=change_id)), None)
        if change is None:
            raise not_standing(change_id)
        token = str(change.detail["token"]) if change.kind == "split" else None
        batch = self._store.log.batch_of_change(change_id, token)
        if batch is not None and self._store.row_changes.of(batch.id):
            return batch
        return self._begin(change, batch.token if batch else uuid4().hex)

    def _begin(self, change: ChangeRow, token: str) -> Batch:
        changes, rows = [as_change(change)], self._store.row_changes
        if change.detail.get("made"):
            made = rows.read(Subject.CREATOR, [change.other_id]).values()
            changes += [RowChange(Subject.CREATOR, None, row) for row in made]
        about = Recording(rows)
        about.creator_id = change.creator_id
        kind = Kind.MERGE if change.kind == "merge" else Kind.DIVIDE
        self._recorder.write(kind, token, changes, about)
        batch = self._store.log.batch(token)
        if batch is None:
            raise RuntimeError(token)
        return batch

    def revert(self, changes: Sequence[RowChange]) -> tuple[list[RowChange], Unmerged | None]:
        """Take back the merges and splits among these changes, and make those again that were.

        Raises:
            Invalid: the creator who stayed was merged further, or the old name is taken.
            NotFound: a creator no longer exists.
        """
        done: list[RowChange] = []
        unmerged = None
        for one in (c for c in changes if c.subject is Subject.CHANGE):
            if one.before is not None:
                done.append(self._again(one.before))
            elif one.after is not None:
                unmerged = self._undo(int(one.after["id"]))
                done.append(RowChange(Subject.CHANGE, one.after, None))
        return done, unmerged

    def _again(self, row: Row) -> RowChange:
        if row["kind"] == "merge":
            return as_change(self._merging.join(int(row["creator_id"]), int(row["other_id"])))
        return self._splitting.again(row)

    def _undo(self, change_id: int) -> Unmerged:
        change = next(iter(self._store.changes.standing(change=change_id)), None)
        if change is None or not self._store.changes.mark_undone(change_id):
            raise not_standing(change_id)
        kind = self._merging if change.kind == "merge" else self._splitting
        return kind.undo(change)
