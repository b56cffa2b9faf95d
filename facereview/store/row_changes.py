"""Changes of rows other than faces, each before and after, so that they can be undone.

A row is kept whole, as JSON, under the subject that it belongs to. These are single steps;
:mod:`facereview.review.decisions.revert` says which rows may be put back, and in which order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from facereview.store.session import Session

Row = Mapping[str, Any]
"""A row with its columns by name."""
Key = tuple[object, ...]
Id = int | str
"""What a row is read by: the id of a face, cluster, reference or creator, or a setting's key."""


class Subject(StrEnum):
    """What a changed row is about."""

    CREATOR = "creator"
    ALIAS = "alias"
    CLUSTER = "cluster"
    MEMBERSHIP = "membership"
    APART = "apart"
    MIRROR = "mirror"
    REFERENCE = "reference"
    """Its row says where the reference is (``place``) and whose."""
    SKIP = "skip"
    CHANGE = "change"
    """A merge or split of creators that stands, see :class:`facereview.store.changes.Changes`."""
    REPLACED = "replaced"
    """What a curator answered about a film whose file was replaced."""
    DIFFERENT = "different"
    """Two faces said to be two people."""
    SETTING = "setting"
    """A setting's ``value``; ``seen``: nobody has set its row since facereview first saw it."""


LIVE, RETIRED, WITHDRAWN = "live", "retired", "withdrawn"
"""Where a reference is: in use, retired, or withdrawn with the action that made it."""


_KEYS: Mapping[Subject, tuple[str, ...]] = {
    Subject.CREATOR: ("id",),
    Subject.ALIAS: ("creator_id", "name"),
    Subject.CLUSTER: ("id",),
    Subject.MEMBERSHIP: ("detection_id",),
    Subject.APART: ("cluster_id", "detection_id"),
    Subject.MIRROR: ("detection_id", "other_id"),
    Subject.REFERENCE: ("id",),
    Subject.SKIP: ("detection_id", "actor"),
    Subject.CHANGE: ("id",),
    Subject.REPLACED: ("id",),
    Subject.DIFFERENT: ("detection_id", "other_id"),
    Subject.SETTING: ("key",),
}
"""The columns that tell rows apart; by the first of them rows are read."""

_READ = {
    Subject.CREATOR: "read_creator",
    Subject.ALIAS: "read_alias",
    Subject.CLUSTER: "read_cluster",
    Subject.MEMBERSHIP: "read_membership",
    Subject.APART: "read_apart",
    Subject.MIRROR: "read_mirror",
    Subject.REFERENCE: "read_reference",
    Subject.SKIP: "read_skip",
    Subject.REPLACED: "read_replaced",
    Subject.DIFFERENT: "read_different",
    Subject.SETTING: "read_setting",
}
_PUT = {
    Subject.ALIAS: "put_alias",
    Subject.CLUSTER: "put_cluster",
    Subject.MEMBERSHIP: "put_membership",
    Subject.APART: "put_apart",
    Subject.MIRROR: "put_mirror",
    Subject.SKIP: "put_skip",
    Subject.REPLACED: "put_replaced",
    Subject.DIFFERENT: "put_different",
}
_DROP = {
    Subject.ALIAS: "drop_alias",
    Subject.CLUSTER: "drop_cluster",
    Subject.MEMBERSHIP: "drop_membership",
    Subject.APART: "drop_apart",
    Subject.MIRROR: "drop_mirror",
    Subject.SKIP: "drop_skip",
    Subject.DIFFERENT: "drop_different",
}


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row before and after; None: it was not, or is not, there."""

    subject: Subject
    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The row as it is now, or was last."""
        return self.after or self.before or {}

    @property
    def key(self) -> Key:
        """What tells the row apart from others of its subject."""
        return key_of(self.subject, self.row)


def key_of(subject: Subject, row: Row) -> Key:
    """What tells a row apart from others of its subject."""
    return tuple(row[column] for column in _KEYS[subject])


class RowChanges:
    """Reading, putting back and logging rows of all subjects."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, subject: Subject, ids: Iterable[Id]) -> dict[Key, Row]:
        """The rows of these faces, clusters, references, creators or keys as they are now."""
        wanted = sorted(set(ids), key=str)
        if not wanted:
            return {}
        rows = self._session.tuples(_READ[subject], ids=wanted)
        return {key_of(subject, row.state): row.state for row in rows}

    def put(self, subject: Subject, rows: Sequence[Row]) -> None:
        """Write rows as they are given, whether they are there or not."""
        self._session.run(_PUT[subject], rows=_json(rows))

    def drop(self, subject: Subject, rows: Sequence[Row]) -> None:
        """Remove rows."""
        self._session.run(_DROP[subject], rows=_json(rows))

    def put_creator(self, row: Row) -> bool:
        """Restore a removed creator under its id; False where its name is taken."""
        return bool(self._session.tuples("put_creator", rows=_json([row])))

    def log(self, batch: int, changes: Sequence[RowChange]) -> None:
        """Log what a batch changed."""
        rows = [{"subject": c.subject.value, "before": c.before, "after": c.after} for c in changes]
        if rows:
            self._session.run("log_row_changes", batch=batch, rows=_json(rows))

    def of(self, batch: int) -> list[RowChange]:
        """What a batch changed, in order."""
        return [
            RowChange(Subject(row.subject), row.before, row.after)
            for row in self._session.tuples("row_changes_of", batch=batch)
        ]

    # ------------------------------------------------------------------------------- skipped faces

    def skip(self, actor: str, face_ids: Sequence[int]) -> None:
        """Record faces that a curator skipped."""
        self._session.run("add_skips", actor=actor, faces=list(face_ids))

    def skipped(self, actor: str) -> list[int]:
        """The faces that a curator skipped and that were not decided since, in that order."""
        return self._session.ids("skipped", actor=actor)

    # ---------------------------------------------------------------------------------- references

    def derived(self, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """References, in use or retired, made of these faces for these creators."""
        return self._session.ids(
            "references_derived",
            faces=[face for face, _ in pairs],
            creators=[creator for _, creator in pairs],
        )

    def withdraw(self, ids: Sequence[int]) -> None:
        """Withdraw references in use."""
        if ids:
            self._session.run("withdraw_references", references=list(ids))

    def bring_back(self, ids: Sequence[int]) -> None:
        """Use withdrawn references again."""
        if ids:
            self._session.run("bring_back_references", references=list(ids))

    def give(self, ids: Sequence[int], creator_id: int) -> None:
        """Give references to another creator, wherever they are."""
        for query in ("move_references", "move_retired", "move_withdrawn"):
            self._session.run(query, references=list(ids), creator=creator_id)

    def set_retired(self, ids: Sequence[int], actor: str, at: str) -> None:
        """Say who retired references, and when."""
        self._session.run("set_retired", references=list(ids), actor=actor, at=at)


def _json(rows: Sequence[Row]) -> str:
    return json.dumps([dict(row) for row in rows])
