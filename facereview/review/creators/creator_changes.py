"""Merges and splits as changes that stand, and that can be taken back or made again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from facereview.records import Creator
from facereview.review.creators.merging import Merging
from facereview.review.creators.records import PastChange, Unmerged
from facereview.review.creators.splitting import Splitting
from facereview.review.creators.standing import as_change, not_standing
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder, Recording
from facereview.store.changes import ChangeRow
from facereview.store.log import Batch
from facereview.store.row_changes import Row, RowChange, Subject
from facereview.store.store import Store


class CreatorChanges:
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
