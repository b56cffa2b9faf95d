"""Merging, splitting and erasing creators; merges and splits are logged so that they can be undone.

These are single steps; :mod:`facereview.review.creators.merges`, ``splitting`` and ``erasing`` put
them together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from facereview.numbers import json_text
from facereview.records import FaceState
from facereview.store.faults import needed_elsewhere
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
        return self._session.ids("former_ids", creator=creator_id)

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
        with needed_elsewhere("creator"):
            self._session.run("remove_creator", creator=creator_id)

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
        self._session.run("merge_standings", keep=keep, drop=drop)
        self._session.run("merge_settled", keep=keep, drop=drop)

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
        apart = self._session.ids(
            "told_apart", former=self.former(drop), batch=None, faces=None, **ends
        )
        faces = self._session.run("take_back_faces", faces=apart, keep=keep, drop=drop)
        self._session.run("take_back_settled", faces=apart, keep=keep, drop=drop)
        self._session.run("forget_standings", creator=keep)
        references = self.give_references(change.change_id, keep, drop)
        self._tags_back(**ends)
        self._session.run("restore_verdicts", change=change.change_id, drop=drop)
        self._session.run("remove_merged_verdicts", change=change.change_id, keep=keep)
        stayed = self._session.ids("faces_stayed", change=change.change_id, keep=keep)
        return references, faces, stayed

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
                back = self._session.ids("told_apart", former=self.former(drop), **asked)
                owners.update(dict.fromkeys(back, drop))
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
        former = self.former(creator_id)
        return bool(self._session.value("creator_holds", creator=creator_id, former=former))

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
        return self._session.ids("denied_of_each_other", keep=keep, drop=drop)

    def together(self, keep: int, drop: int) -> list[tuple[int, int]]:
        """Decided faces of both creators in one frame, in pairs."""
        return self._session.tuples("together_in_frame", keep=keep, drop=drop)


@dataclass(frozen=True, slots=True)
class Belongings:
    """What of a creator lies in the database, by id; ``ids`` are all it was ever logged under.

    ``elsewhere`` are references of other creators that were made of the creator's faces,
    ``losers`` the creators who use one of them, ``clusters`` and ``tracks`` those that its faces
    are in.
    """

    ids: list[int]
    faces: list[int]
    videos: list[int]
    references: list[int]
    sources: list[str]
    elsewhere: list[int]
    losers: list[int]
    clusters: list[int]
    tracks: list[int]


class Erasure:
    """What is removed with a creator, and whether any of it is left."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def belongings(self, creator_id: int) -> Belongings:
        """Decided faces with what depends on them, references with their sources."""
        ids = self._session.ids("ids_of_person", creator=creator_id)
        decided = self._session.tuples("decided_of", creator=creator_id)
        decided += self._session.tuples("aside_of_person", ids=ids)
        references = self._session.tuples("all_references_of", creator=creator_id)
        faces = [row.id for row in decided]
        elsewhere = self._session.tuples("references_elsewhere", faces=faces, creator=creator_id)
        return Belongings(
            ids,
            faces,
            sorted({row.video_id for row in decided} - {None}),
            [row.id for row in references],
            [r.source_path for r in references if r.source_path and r.source_type != "video_frame"],
            [row.id for row in elsewhere],
            sorted({row.creator_id for row in elsewhere if row.live}),
            [row.id for row in self._session.tuples("clusters_with", faces=faces)],
            sorted({row.track_id for row in self._session.tuples("tracks_of_faces", faces=faces)}),
        )

    def log_rows(self, ids: Sequence[int], names: Sequence[str]) -> tuple[int, int]:
        """How many decisions and how many changes name a creator by these ids and names."""
        row = self._session.one("log_rows_of", ids=list(ids), names=list(names))
        return row.decisions, row.changes

    def note_forgotten(self, change: int, creator_id: int) -> None:
        """Log under ``change`` which faces were decided for the creator."""
        self._session.run("note_forgotten", change=change, creator=creator_id)

    def forget_faces(self, creator_id: int) -> None:
        """Set decided faces to pending, and remove suggestions and what is said of tracks."""
        self._session.run("forget_faces", creator=creator_id)
        self._session.run("forget_standings", creator=creator_id)

    def forget_tracks(self, held: Belongings) -> None:
        """Remove the tracks that were linked by these decisions, with their templates."""
        self._session.run("drop_tracks", tracks=held.tracks)

    def remove(self, held: Belongings) -> None:
        """Remove faces with every embedding made of them, and where references came from."""
        for query in ("remove_references", "remove_retired"):
            self._session.run(query, references=held.elsewhere)
        self.remove_withdrawn(held.ids, held.elsewhere)
        self.forget_tracks(held)
        self._session.run("remove_faces", faces=held.faces)
        self._session.run("remove_aside", faces=held.faces)
        self._session.run("forget_denied_aside", ids=held.ids)
        self._session.run("remove_origins", references=held.references, faces=held.faces)
        self._session.run("measure_clusters", clusters=held.clusters)
        self._session.run("drop_clusters")
        self._session.tell("erased")

    def remove_withdrawn(self, creators: Sequence[int], references: Sequence[int] = ()) -> None:
        """Remove references that were withdrawn with the act that made them."""
        self._session.run("remove_withdrawn", references=list(references), creators=list(creators))

    def forget_in_log(self, ids: Sequence[int], names: Sequence[str]) -> None:
        """Remove the creator from the log of decisions, and its changes altogether."""
        self._session.run("forget_in_decisions", ids=list(ids))
        for query in (
            "forget_conflicts",
            "forget_in_batches",
            "forget_row_changes",
            "forget_changes",
        ):
            self._session.run(query, ids=list(ids), names=list(names))

    def remnants(self, held: Belongings, names: Sequence[str]) -> dict[str, int]:
        """How many rows of each table of the database still hold any of it."""
        found = Counter(
            {
                "facereview.cluster": self._session.value("bare_centres", clusters=held.clusters),
                "facereview.track": self._session.value("tracks_there", tracks=held.tracks),
                "facereview.person_change": self.log_rows(held.ids, names)[1],
                "facereview.row_change": self._session.value(
                    "row_changes_about", ids=held.ids, names=list(names)
                ),
            }
        )
        references = held.references + held.elsewhere
        for row in self._session.tuples(
            "remnants", ids=held.ids, faces=held.faces, references=references
        ):
            found[row.place] += self._session.count(row.statement)
        return found


def _owned(step: Step, owner: int | None) -> Step:
    """The step as one on this creator's face; also after it, where it named nobody else."""
    if step.before.creator_id == owner:
        return step
    same = step.after.creator_id == step.before.creator_id
    after = replace(step.after, creator_id=owner) if same else step.after
    return replace(step, before=replace(step.before, creator_id=owner), after=after)
