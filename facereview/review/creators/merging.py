"""Two creators become one, and one again.

A merge writes down what it moved, so that its undo gives back exactly that. The log of decisions
is never rewritten: it goes on naming whom a decision was about when it was made, and
:class:`~facereview.store.changes.Merges` says who that is now. What was decided for the creator
who stayed after a merge stays with that creator when the merge is undone.
"""

from __future__ import annotations

from uuid import uuid4

from facereview.errors import Invalid
from facereview.records import Creator
from facereview.review.creators.records import Merged, MergePreview, Side, Unmerged
from facereview.review.creators.standing import as_change, existing, gone
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder, Recording
from facereview.store.changes import ChangeRow
from facereview.store.store import Store

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
        row = self._store.people.get(creator_id)
        if row is None:
            raise gone()
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
        with self._store.rearranging():
            dropped = existing(self._store, drop)
            change = self.join(keep, drop)
            kept = existing(self._store, keep)
            about = Recording(self._store.row_changes)
            about.creator_id, about.detail = keep, {"names": [dropped.name, kept.name]}
            self._recorder.write(Kind.MERGE, uuid4().hex, [as_change(change)], about)
        videos = self._store.people.get(keep)
        return Merged(
            change.change_id,
            kept,
            dropped,
            change.references,
            change.faces,
            videos.videos if videos else 0,
        )

    def join(self, keep: int, drop: int) -> ChangeRow:
        """The merge itself, within a transaction that rearranges creators."""
        changes, people = self._store.changes, self._store.people
        if len(changes.lock([keep, drop])) < 2:
            raise gone()
        kept, dropped = people.get(keep), existing(self._store, drop)
        if kept is None:
            raise gone()
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
