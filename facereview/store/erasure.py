"""Forgetting creators: what goes with them, and whether it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from facereview.store.session import Session


@dataclass(frozen=True, slots=True)
class Belongings:
    """What of a creator lies in the database, by id; ``ids`` are all it was ever logged under."""

    ids: list[int]
    faces: list[int]
    videos: list[int]
    references: list[int]
    sources: list[str]


class Erasure:
    """Single steps of deleting and erasing; see :mod:`facereview.review.creators.erasing`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def belongings(self, creator_id: int) -> Belongings:
        """Decided faces with their videos, references with the pictures they came from."""
        ids = [row.id for row in self._session.tuples("former_ids", creator=creator_id)]
        faces = self._session.tuples("decided_of", creator=creator_id)
        references = self._session.tuples("all_references_of", creator=creator_id)
        return Belongings(
            ids,
            [row.id for row in faces],
            sorted({row.video_id for row in faces}),
            [row.id for row in references],
            [r.source_path for r in references if r.source_path and r.source_type != "video_frame"],
        )

    def log_rows(self, ids: Sequence[int]) -> tuple[int, int]:
        """How many decisions and how many changes name a creator under these ids."""
        row = self._session.one("log_rows_of", ids=list(ids))
        return row.decisions, row.changes

    def note_forgotten(self, change: int, creator_id: int) -> None:
        """Write down under ``change`` which faces the creator was decided for."""
        self._session.run("note_forgotten", change=change, creator=creator_id)

    def forget_faces(self, creator_id: int) -> None:
        """Let decided faces wait to be decided again, and withdraw suggestions."""
        self._session.run("forget_faces", creator=creator_id)

    def remove(self, held: Belongings) -> None:
        """Remove faces with their embeddings and where references came from."""
        self._session.run("remove_faces", faces=held.faces)
        self._session.run("remove_origins", references=held.references, faces=held.faces)

    def forget_in_log(self, ids: Sequence[int]) -> None:
        """Let the log forget whose decisions these were, and the changes altogether."""
        for query in ("forget_in_decisions", "forget_in_batches", "forget_changes"):
            self._session.run(query, ids=list(ids))

    def remnants(self, held: Belongings) -> dict[str, int]:
        """How many rows of each table of the database still name any of it."""
        found: dict[str, int] = {}
        for row in self._session.tuples(
            "remnants", ids=held.ids, faces=held.faces, references=held.references
        ):
            found[row.place] = found.get(row.place, 0) + self._session.count(row.statement)
        return found
