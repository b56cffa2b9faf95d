"""Further indexes that make filters faster: made and taken away on request, never needed.

They are no part of ``schema.sql``: a library without them gives the same rows. Their names begin
with ``facereview_``, so that other programs see whose they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import StrEnum

from psycopg import sql

from facereview.errors import DatabaseBusy, DatabaseError, Remedy
from facereview.filters import SortBy
from facereview.store.session import Session

TRIGRAMS = "pg_trgm"
_NOTED = "tuned"
"""The row of ``facereview.meta`` that says what was measured."""
_BRIEFLY = "5s"
"""How long the removal of what could not be made waits for others who use its table."""


class Helped(StrEnum):
    """What is made faster; its indexes help together or not at all."""

    PROBABILITY = "probability"
    SIMILARITY = "similarity"
    QUALITY = "quality"
    CREATOR = "creator"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Tuned:
    """An index: its name, its table, and what stands behind the table when it is made."""

    name: str
    schema: str
    table: str
    definition: str

    @property
    def full_name(self) -> str:
        """With its schema."""
        return f"{self.schema}.{self.name}"


TUNED: Mapping[Helped, tuple[Tuned, ...]] = {
    Helped.PROBABILITY: (
        Tuned("facereview_track_sure", "facereview", "track", "((1 - risk), id)"),
        Tuned("facereview_track_risk", "facereview", "track", "(risk, id)"),
        Tuned("facereview_settled_sure", "facereview", "settled", "((1 - risk), detection_id)"),
    ),
    Helped.SIMILARITY: (
        Tuned(
            "facereview_face_similarity",
            "public",
            "video_face_detections",
            "(match_confidence, id) WHERE match_confidence IS NOT NULL",
        ),
        Tuned(
            "facereview_cluster_similarity",
            "facereview",
            "membership",
            "(similarity, detection_id) WHERE similarity IS NOT NULL",
        ),
    ),
    Helped.QUALITY: (
        Tuned(
            "facereview_face_quality",
            "public",
            "video_face_detections",
            "(quality_score, id) WHERE quality_score IS NOT NULL",
        ),
    ),
    Helped.CREATOR: (
        Tuned(
            "facereview_face_creator",
            "public",
            "video_face_detections",
            "(matched_creator_id) WHERE matched_creator_id IS NOT NULL",
        ),
    ),
    Helped.TEXT: (
        Tuned("facereview_title_text", "public", "videos", "USING gin (lower(title) {trigrams})"),
        Tuned(
            "facereview_path_text", "public", "videos", "USING gin (lower(file_path) {trigrams})"
        ),
    ),
}
"""All of them. Only those for text need an extension."""

SORTED_BY: Mapping[SortBy, Helped] = {
    SortBy.SUREST: Helped.PROBABILITY,
    SortBy.LEAST_SURE: Helped.PROBABILITY,
    SortBy.MOST_SIMILAR: Helped.SIMILARITY,
    SortBy.LEAST_SIMILAR: Helped.SIMILARITY,
    SortBy.BEST_QUALITY: Helped.QUALITY,
    SortBy.WORST_QUALITY: Helped.QUALITY,
}
"""The orders whose first page is read from the tops of indexes."""


@dataclass(frozen=True, slots=True)
class IndexThere:
    """One of the indexes as it is; not ``valid``: its making was interrupted."""

    name: str
    valid: bool
    bytes: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of an index when it was made: the first page before and with it."""

    seconds: float
    before_ms: float
    after_ms: float


def ready(session: Session, helped: Helped) -> bool:
    """Whether all indexes for it are there."""
    names = [index.full_name for index in TUNED[helped]]
    return bool(session.value("indexes_ready", names=names))


class Tuning:
    """Makes the indexes and takes them away, without making anybody wait."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def there(self) -> dict[str, IndexThere]:
        """Those that are there, by name."""
        names = [index.full_name for indexes in TUNED.values() for index in indexes]
        rows = self._session.rows("tuned_indexes", IndexThere, names=names)
        return {row.name: row for row in rows}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While nobody else makes or removes them.

        Raises:
            DatabaseBusy: somebody else does.
        """
        place = self._session.database.place
        if not self._session.value("lock_tuning"):
            raise DatabaseBusy(
                f"Somebody else is making or removing indexes of {place}: wait until that is done."
            )
        try:
            yield
        finally:
            self._session.value("unlock_tuning")

    def check_rights(self) -> None:
        """See that the user may make and remove them.

        Raises:
            DatabaseError: the tables are somebody else's.
        """
        tables = sorted({f"{i.schema}.{i.table}" for group in TUNED.values() for i in group})
        row, place = (
            self._session.one("tables_of_others", tables=tables),
            self._session.database.place,
        )
        if row is not None and row.mine:
            raise DatabaseError(
                f"The user may make no indexes in the schema {row.schema} of {place}: ask its "
                f"owner {row.schema_owner} for the right to CREATE there."
            )
        if row is not None:
            raise DatabaseError(
                f"The user may make no indexes on the table {row.name} of {place}",
                Remedy.LET_OWNER_TUNE,
                row.owner,
            )

    def trigrams(self) -> str | None:
        """The operators by which text is indexed, named with their schema; None: not installed."""
        schema = self._session.value("extension_schema", name=TRIGRAMS)
        if schema is None:
            return None
        return sql.Identifier(schema, "gin_trgm_ops").as_string()

    def make(self, index: Tuned) -> None:
        """Make it anew; what an interrupted making left of it is removed first.

        Raises:
            DatabaseError: it could not be made; nothing of it is left where the server answers.
        """
        definition = index.definition.format(trigrams=self.trigrams())
        statement = sql.SQL("CREATE INDEX CONCURRENTLY {} ON {} {}").format(
            sql.Identifier(index.name),
            sql.Identifier(index.schema, index.table),
            sql.SQL(definition),
        )
        self.remove(index)
        try:
            self._run(statement)
        except DatabaseError:
            with suppress(DatabaseError):  # or the next making does it
                self._run(_removal(index), _BRIEFLY)
            raise

    def remove(self, index: Tuned) -> None:
        """Take it away where it is there."""
        self._run(_removal(index))

    def measured(self) -> dict[str, Measured]:
        """What was measured when they were made, by name."""
        said = self._session.value("meta", key=_NOTED)
        return {name: Measured(**one) for name, one in (said or {}).items()}

    def note(self, measured: Mapping[str, Measured]) -> None:
        """Keep what was measured."""
        said = {name: asdict(one) for name, one in measured.items()}
        self._session.run("set_meta", key=_NOTED, value=json.dumps(said))

    def _run(self, statement: sql.Composed, limit: str = "0") -> None:
        self._session.tuples("limit_indexing", limit=limit)
        with self._session.connection() as connection:
            connection.execute(statement)


def _removal(index: Tuned) -> sql.Composed:
    name = sql.Identifier(index.schema, index.name)
    return sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(name)
