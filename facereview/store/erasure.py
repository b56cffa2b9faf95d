"""Erasing creators: what is removed with them, and whether any of it is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from facereview.store.session import Session


@dataclass(frozen=True, slots=True)
class Belongings:
    """What of a creator lies in the database, by id; ``ids`` are all it was ever logged under.

    ``elsewhere`` are references of other creators that were made of the creator's faces,
    ``losers`` the creators who use one of them, ``clusters`` those that its faces are in.
    """

    ids: list[int]
    faces: list[int]
    videos: list[int]
    references: list[int]
    sources: list[str]
    elsewhere: list[int]
    losers: list[int]
    clusters: list[int]


class Erasure:
    """Single steps of deleting and erasing; see :mod:`facereview.review.creators.erasing`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def belongings(self, creator_id: int) -> Belongings:
        """Decided faces with what depends on them, references with their sources."""
        decided = self._session.tuples("decided_of", creator=creator_id)
        references = self._session.tuples("all_references_of", creator=creator_id)
        faces = [row.id for row in decided]
        elsewhere = self._session.tuples("references_elsewhere", faces=faces, creator=creator_id)
        return Belongings(
            [row.id for row in self._session.tuples("ids_of_person", creator=creator_id)],
            faces,
            sorted({row.video_id for row in decided}),
            [row.id for row in references],
            [r.source_path for r in references if r.source_path and r.source_type != "video_frame"],
            [row.id for row in elsewhere],
            sorted({row.creator_id for row in elsewhere if row.live}),
            [row.id for row in self._session.tuples("clusters_with", faces=faces)],
        )

    def log_rows(self, ids: Sequence[int], names: Sequence[str]) -> tuple[int, int]:
        """How many decisions and how many changes name a creator by these ids and names."""
        row = self._session.one("log_rows_of", ids=list(ids), names=list(names))
        return row.decisions, row.changes

    def note_forgotten(self, change: int, creator_id: int) -> None:
        """Log under ``change`` which faces were decided for the creator."""
        self._session.run("note_forgotten", change=change, creator=creator_id)

    def forget_faces(self, creator_id: int) -> None:
        """Set decided faces to pending, and remove suggestions."""
        self._session.run("forget_faces", creator=creator_id)

    def remove(self, held: Belongings) -> None:
        """Remove faces with every embedding made of them, and where references came from."""
        for query in ("remove_references", "remove_retired"):
            self._session.run(query, references=held.elsewhere)
        self.remove_withdrawn(held.ids, held.elsewhere)
        self._session.run("remove_faces", faces=held.faces)
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
