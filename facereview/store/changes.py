"""Merges and splits of creators, logged so that they can be undone.

These are single steps; :mod:`facereview.review.creators.merges` and ``splitting`` put them
together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg import errors

from facereview.errors import DatabaseError, DatabaseRefused
from facereview.numbers import json_text
from facereview.records import FaceState
from facereview.store.log import Step
from facereview.store.session import Session


@dataclass(frozen=True, slots=True)
class Merges:
    """Which creators were merged into which: removed ids with the id that replaces each.

    The log keeps the creator of a decision as it was then; this gives the creator it is now.
    """

    kept: dict[int, int]

    def creator(self, creator_id: int | None) -> int | None:
        """The creator that an id stands for now."""
        return creator_id if creator_id is None else self.kept.get(creator_id, creator_id)

    def state(self, state: FaceState) -> FaceState:
        """A face's state as it reads now."""
        if state.creator_id not in self.kept:
            return state
        return FaceState(state.status, self.creator(state.creator_id), state.confidence)

    def step(self, step: Step) -> Step:
        """A step of the log as it reads now."""
        return Step(
            step.face_id,
            step.video_id,
            self.state(step.before),
            self.state(step.after),
            step.before_automatic,
            self.creator(step.denied),
        )


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A merge or a split that stands; ``detail`` is what its undo needs beside the moves."""

    change_id: int
    kind: str
    creator_id: int
    other_id: int
    detail: dict[str, Any]
    actor: str
    created_at: datetime
    faces: int
    references: int


class Changes:
    """Logging and undoing changes of creators."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def merges(self) -> Merges:
        """Who was merged into whom and still is."""
        rows = self._session.tuples("merged_creators")
        return Merges({row.dropped: row.kept for row in rows})

    def former(self, creator_id: int) -> list[int]:
        """The ids under which a creator stands in the log."""
        return [row.id for row in self._session.tuples("former_ids", creator=creator_id)]

    def standing(
        self, *, change: int | None = None, creator: int | None = None, limit: int = 100
    ) -> list[ChangeRow]:
        """Merges and splits that can be undone, newest first."""
        return self._session.rows(
            "standing_changes", ChangeRow, change=change, creator=creator, limit=limit
        )

    def lock(self, creators: Sequence[int]) -> dict[int, str]:
        """Lock creators and their faces, in the order in which decisions do; names by id."""
        self._session.tuples("lock_faces_of", creators=list(creators))
        rows = self._session.tuples("lock_creators", creators=list(creators))
        return {row.id: row.name for row in rows}

    def row(self, creator_id: int) -> dict[str, Any]:
        """A creator's complete row, also the columns of other programs."""
        whole: dict[str, Any] = self._session.value("creator_row", creator=creator_id)
        return whole

    def add(
        self, actor: str, kind: str, creator: int | None, other: int | None, detail: dict[str, Any]
    ) -> int:
        """Log a change; its id."""
        return int(
            self._session.value(
                "add_person_change",
                actor=actor,
                kind=kind,
                creator=creator,
                other=other,
                detail=json_text(detail),
            )
        )

    def mark_undone(self, change: int) -> bool:
        """Mark a change as undone; False if somebody did so first."""
        return bool(self._session.tuples("mark_change_undone", change=change))

    def mark_standing(self, change: int) -> None:
        """A split that was undone stands again."""
        self._session.run("mark_change_standing", change=change)

    def remove_creator(self, creator_id: int) -> None:
        """Remove a creator and the rows that depend on it.

        Raises:
            DatabaseError: another program's table refers to it; nothing was changed.
        """
        try:
            self._session.run("remove_creator", creator=creator_id)
        except DatabaseRefused as fault:
            why = fault.__cause__
            if not isinstance(why, errors.ForeignKeyViolation):
                raise
            table = f"{why.diag.schema_name}.{why.diag.table_name}"
            raise DatabaseError(
                f"The table {table} of another program still names this creator: remove it there "
                "first; nothing was changed."
            ) from fault

    # ---------------------------------------------------------------------------------- merging

    def merge(self, change: int, keep: int, drop: int) -> None:
        """Move everything of one creator to another, logged under ``change``."""
        both = {"change": change, "keep": keep}
        self._session.run("note_merge", drop=drop, **both)
        self._session.run("give_faces", **both)
        self.give_references(change, drop, keep)
        self._session.tuples("merge_tags", **both)
        self._session.run("own_merged_tags", **both)
        self._session.run("merge_verdicts", **both)

    def fill(self, creator_id: int, description: str | None, picture: str | None) -> None:
        """Set what a creator lacks."""
        self._session.run(
            "fill_creator", creator=creator_id, description=description, picture=picture
        )

    def give_references(self, change: int, source: int, target: int) -> int:
        """Move the references logged under a change to another creator; how many."""
        ends = {"change": change, "from": source, "to": target}
        return self._session.run("give_references", **ends) + self._session.run(
            "give_retired", **ends
        )

    def unmerge(self, change: ChangeRow) -> tuple[int, int, list[int]]:
        """Undo a merge: how many references and faces moved, and which faces stayed."""
        keep, drop = change.creator_id, change.other_id
        ends = {"change": change.change_id, "keep": keep, "drop": drop}
        self._session.tuples("lock_faces_moved", change=change.change_id)
        self._session.run("restore_creator", change=change.change_id)
        apart = self._session.column(
            "told_apart", former=self.former(drop), batch=None, faces=None, **ends
        ).tolist()
        faces = self._session.run("take_back_faces", faces=apart, keep=keep, drop=drop)
        references = self.give_references(change.change_id, keep, drop)
        self._tags_back(**ends)
        self._session.run("restore_verdicts", change=change.change_id, drop=drop)
        self._session.run("remove_merged_verdicts", change=change.change_id, keep=keep)
        stayed = self._session.column("faces_stayed", change=change.change_id, keep=keep)
        return references, faces, stayed.tolist()

    def told_apart(self, batch: int, steps: Sequence[Step]) -> list[Step]:
        """Steps of a batch, with creators as they were before a merge that was undone.

        While two creators were merged, faces of the removed one were logged as the other's.
        """
        owners = {s.face_id: s.before.creator_id for s in steps if s.before.creator_id is not None}
        if not owners:
            return list(steps)
        for change, keep, drop in self._session.tuples("undone_merges_before", batch=batch):
            faces = [face for face, owner in owners.items() if owner == keep]
            if faces:
                asked = {"change": change, "keep": keep, "batch": batch, "faces": faces}
                back = self._session.column("told_apart", former=self.former(drop), **asked)
                owners.update(dict.fromkeys(back.tolist(), drop))
        return [_owned(step, owners.get(step.face_id)) for step in steps]

    def _tags_back(self, change: int, keep: int, drop: int) -> None:
        self._session.run("restore_tags", change=change, drop=drop)
        self._session.run("own_restored_tags", change=change, drop=drop)
        self._session.run("own_tags_again", change=change, keep=keep)
        self._session.run("drop_bare_tags", creator=keep)

    def unfill(self, creator_id: int, description: str | None, picture: str | None) -> None:
        """Undo what :meth:`fill` set, where it was not changed since."""
        self._session.run(
            "unfill_creator", creator=creator_id, description=description, picture=picture
        )

    # -------------------------------------------------------------------------------- splitting

    def note_split(self, change: int, source: int, faces: Sequence[int]) -> int:
        """Log the faces of a split and the references made of them; how many of these."""
        self._session.run("note_faces", change=change, faces=list(faces))
        return len(
            self._session.tuples(
                "references_made_of", change=change, faces=list(faces), creator=source
            )
        )

    def holds(self, creator_id: int) -> bool:
        """Whether anything is this creator's."""
        return bool(self._session.value("creator_holds", creator=creator_id))

    # ---------------------------------------------------------------------------------- reading

    def tags(self, creator_id: int) -> tuple[int, int]:
        """How many videos carry the creator's tag, and how many of the tags others made."""
        row = self._session.one("tags_of", creator=creator_id)
        return row.tags, row.others

    def shared_videos(self, keep: int, drop: int) -> int:
        """Videos with decided faces of both creators."""
        return int(self._session.value("shared_videos", keep=keep, drop=drop))

    def denied(self, keep: int, drop: int) -> list[int]:
        """Decided faces of one creator that somebody said are not the other."""
        found: list[int] = self._session.column(
            "denied_of_each_other", keep=keep, drop=drop
        ).tolist()
        return found

    def together(self, keep: int, drop: int) -> list[tuple[int, int]]:
        """Decided faces of both creators in one frame, in pairs."""
        rows = self._session.tuples("together_in_frame", keep=keep, drop=drop)
        return [(row.kept, row.dropped) for row in rows]


def _owned(step: Step, owner: int | None) -> Step:
    """The step as one on this creator's face; also after it, where it named nobody else."""
    if step.before.creator_id == owner:
        return step
    same = step.after.creator_id == step.before.creator_id
    after = replace(step.after, creator_id=owner) if same else step.after
    return replace(step, before=replace(step.before, creator_id=owner), after=after)
