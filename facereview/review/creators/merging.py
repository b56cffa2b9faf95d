"""Two creators become one, one becomes two, and the way back, days later.

A merge writes down what it moved, so that its undo gives back exactly that. The log of decisions
is never rewritten: it goes on naming whom a decision was about when it was made, and
:class:`~facereview.store.changes.Merges` says who that is now. What was decided for the creator
who stayed after a merge stays with that creator when the merge is undone.
"""

from __future__ import annotations

from collections.abc import Sequence

from facereview.errors import Invalid, NotFound, Remedy
from facereview.records import Creator
from facereview.review.creators.records import (
    Merged,
    MergePreview,
    PastChange,
    Side,
    Split,
    Unmerged,
)
from facereview.review.decisions import Decisions, clean_name
from facereview.review.intents import Intent, Kind, Seen
from facereview.store.changes import ChangeRow
from facereview.store.store import Store

NAMED = 50
"""Conflicts of a kind that a preview names one by one."""


class Merging:
    """Merging and splitting creators for one curator."""

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._actor = actor

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
        row = self._store.people.get(creator_id)
        if row is None:
            raise _gone()
        return Side(
            Creator(row.id, row.name, row.description, row.profile_picture_path),
            tuple(self._store.creators.references(creator_id)),
            self._store.people.more(creator_id).retired,
            row.faces,
            row.videos,
            self._store.changes.tags(creator_id)[0],
            tuple(row.aliases or ()),
        )

    def merge(self, keep: int, drop: int) -> Merged:
        """Give everything of ``drop`` to ``keep``, whose name stays; the other becomes an alias.

        Raises:
            Invalid: both are the same.
            NotFound: one of them no longer exists; nothing was changed.
        """
        self._two(keep, drop)
        changes, people = self._store.changes, self._store.people
        with self._store.rearranging():
            if len(changes.lock([keep, drop])) < 2:
                raise _gone()
            kept, dropped = people.get(keep), self._creator(drop)
            if kept is None:
                raise _gone()
            aliases = people.aliases().get(drop, ())
            new = [name for name in (dropped.name, *aliases) if name not in (kept.aliases or ())]
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
        videos = people.get(keep)
        return Merged(
            change,
            self._creator(keep),
            dropped,
            row.references,
            row.faces,
            videos.videos if videos else 0,
        )

    def split(
        self, creator_id: int, face_ids: Sequence[int], name: str | None, target: int | None
    ) -> Split:
        """Decided faces become another creator, new or existing; their references go along.

        One batch of decisions, so that Ctrl+Z takes it back too.

        Raises:
            Invalid: no faces, no usable name, or the creator itself.
            NotFound: a creator no longer exists, or none of the faces is the creator's.
        """
        source = self._creator(creator_id)
        with self._store.rearranging():
            found = self._store.faces.get(face_ids)
            mine = [f for f in found.values() if f.state.creator_id == creator_id]
            if not mine:
                raise NotFound(
                    f"None of these faces is {source.name}'s any longer: look at the list again."
                )
            before = self._store.creators.spelt(clean_name(name)) if name is not None else None
            if creator_id in (target, before.id if before else None):
                raise Invalid(f"These faces are {source.name}'s already: name another creator.")
            intent = Intent(
                Kind.ASSIGN,
                tuple(Seen(f.id, f.video_id, f.state) for f in mine),
                creator=self._creator(target) if target is not None else None,
                new_name=name,
                replaces=True,
            )
            outcome = Decisions(self._store, self._actor).apply(intent)
            if outcome is None or outcome.creator is None:
                raise NotFound(f"None of these faces is {source.name}'s any longer.")
            new = outcome.creator
            made = target is None and before is None
            detail = {"token": intent.token, "made": made, "name": new.name}
            change = self._store.changes.add(self._actor, "split", creator_id, new.id, detail)
            moved = [c.face_id for c in outcome.changes]
            self._store.changes.note_split(change, creator_id, moved)
            references = self._store.changes.give_references(change, creator_id, new.id)
        left = tuple(face for face in face_ids if face not in set(moved))
        return Split(change, source, new, len(moved), references, left)

    # ------------------------------------------------------------------------------ the way back

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

    def undo(self, change_id: int) -> Unmerged:
        """Take a merge or a split back, days later if need be.

        Raises:
            NotFound: there is no such change, or it was undone before.
            Invalid: the creator who stayed was merged further, or the old name is taken.
        """
        with self._store.rearranging():
            change = next(iter(self._store.changes.standing(change=change_id)), None)
            if change is None or not self._store.changes.mark_undone(change_id):
                raise NotFound(
                    f"There is no change {change_id} to undo, or it was undone before",
                    Remedy.LIST_MERGES,
                )
            return self._unmerge(change) if change.kind == "merge" else self._unsplit(change)

    def _unmerge(self, change: ChangeRow) -> Unmerged:
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
            change.change_id, self._creator(drop), kept, references, faces, tuple(stayed)
        )

    def _unsplit(self, change: ChangeRow) -> Unmerged:
        source = self._creator(change.creator_id)
        other = self._store.creators.get(change.other_id)
        if other is None:
            raise Invalid(f"{change.detail['name']} was merged or removed since: undo that first.")
        intent = Intent(Kind.UNDO, target=str(change.detail["token"]))
        outcome = Decisions(self._store, self._actor).apply(intent)
        references = self._store.changes.give_references(change.change_id, other.id, source.id)
        if change.detail["made"] and not self._store.changes.in_use(other.id):
            self._store.changes.remove_creator(other.id)
        faces = len(outcome.changes) if outcome else 0
        stayed = tuple(c.face_id for c in outcome.conflicts) if outcome else ()
        return Unmerged(change.change_id, source, other, references, faces, stayed)

    def _creator(self, creator_id: int) -> Creator:
        creator = self._store.creators.get(creator_id)
        if creator is None:
            raise _gone()
        return creator

    def _two(self, keep: int, drop: int) -> None:
        if keep == drop:
            raise Invalid("A creator cannot be merged with itself: choose another one.")


def _gone() -> NotFound:
    return NotFound(
        "This creator no longer exists: somebody removed or merged it; choose another one."
    )
