"""Reading batches of the log: a page at a time, and what one of them changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from facereview.store.row_changes import RowChange, Subject
from facereview.store.session import Session

_NEWEST = 500
"""Batches that are looked at one after the other, before all about some creators are gathered."""
_MANY, _MOST = 20, 0.9
"""Creators, and the share of batches that name one of them, from which on gathering all that are
about them takes longer than asking each batch."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which batches: those of a curator, of kinds, about creators by id, in a span of time.

    ``until`` is the first moment that is not meant any more.
    """

    actor: str | None = None
    kinds: tuple[str, ...] = ()
    creators: tuple[int, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as it stands.

    ``act``, ``creator_id``, ``reason`` and ``detail`` are of what an undo or a redo is about at
    bottom; ``tip`` is the last of those that undid it or one another. ``videos`` is None where its
    faces are very many. ``shown`` are some of its faces; ``rows`` counts what changed beside
    decisions by subject; ``released``: it took matches of the machine back.
    """

    id: int
    token: str
    created_at: datetime
    actor: str
    who: str
    kind: str
    act: str
    creator_id: int | None
    reason: str | None
    detail: Mapping[str, Any]
    stands: bool
    tip: str
    tip_kind: str
    undone_who: str | None
    undone_at: datetime | None
    faces: int
    videos: int | None
    released: bool
    error_rate: float | None
    rows: Mapping[str, int]
    shown: list[int]


@dataclass(frozen=True, slots=True)
class ChangedFace:
    """A face of a batch before and after, ``now`` as it is; ``place`` orders them."""

    place: int
    face_id: int
    video_id: int
    before_status: str
    before_creator_id: int | None
    after_status: str
    after_creator_id: int | None
    denied: int | None
    now_status: str | None
    now_creator_id: int | None


@dataclass(frozen=True, slots=True)
class ActorRow:
    """Somebody in the log: the login name, and the name shown of the latest batch."""

    actor: str
    who: str


class Batches:
    """The batches of one library, newest first."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(
        self, asked: Asked, limit: int, after: tuple[datetime, int] | None = None
    ) -> list[BatchRow]:
        """The next ones behind a time and id, at most ``limit``."""
        names, values = _conditions(asked)
        if after is not None:
            names.append("history_behind")
            values |= {"behind_time": after[0], "behind_id": after[1]}
        found = self._newest(names, values, limit) if asked.creators else []
        if len(found) < limit:
            made = ("history_ids", *names, "history_order")
            found = self._session.composed(made, **values, limit=limit)
        return self.rows([row[0] for row in found])

    def count(self, asked: Asked) -> int:
        """How many there are."""
        names, values = _conditions(asked)
        if len(asked.creators) > _MANY and self._about_most(asked.creators):
            names = _each(names)
        [(count,)] = self._session.composed(("history_count", *names), **values)
        return int(count)

    def _newest(self, names: list[str], values: dict[str, Any], limit: int) -> list[Any]:
        """Ids of batches about creators among the newest ones that are meant otherwise."""
        others = [name for name in names if name != "history_creators"]
        made = ("history_newest", *others, "history_newest_end", "history_creators_each")
        return self._session.composed(
            (*made, "history_order"), **values, newest=_NEWEST, limit=limit
        )

    def _about_most(self, creators: Sequence[int]) -> bool:
        """Whether nearly all batches name one of these creators themselves."""
        row = self._session.one("batches_about", creators=list(creators))
        return bool(row.about >= _MOST * row.every)

    def rows(self, ids: Sequence[int]) -> list[BatchRow]:
        """These batches, in this order."""
        return self._session.rows("history_rows", BatchRow, batches=list(ids)) if ids else []

    def of_token(self, token: str) -> BatchRow | None:
        """The batch of this token."""
        found = self._session.value("history_id", token=token)
        return None if found is None else self.rows([int(found)])[0]

    def faces(self, batch: int, limit: int, after: int = 0) -> list[ChangedFace]:
        """Faces that a batch decided, in order, behind a place."""
        return self._session.rows(
            "history_faces", ChangedFace, batch=batch, limit=limit, after=after
        )

    def changes(self, batch: int, limit: int) -> list[RowChange]:
        """The first of the rows beside faces that a batch changed."""
        rows = self._session.tuples("history_changes", batch=batch, limit=limit)
        return [RowChange(Subject(row.subject), row.before, row.after) for row in rows]

    def actors(self) -> list[ActorRow]:
        """Everybody in the log."""
        return self._session.rows("history_actors", ActorRow)


def _each(names: list[str]) -> list[str]:
    """The same conditions, that about creators asked of one batch after the other."""
    return ["history_creators_each" if name == "history_creators" else name for name in names]


def _conditions(asked: Asked) -> tuple[list[str], dict[str, Any]]:
    """The parts that are wanted, with their parameters."""
    said: list[tuple[str, object, dict[str, Any]]] = [
        ("history_actor", asked.actor, {"actor": asked.actor}),
        ("history_kinds", asked.kinds, {"kinds": list(asked.kinds)}),
        ("history_creators", asked.creators, {"creators": list(asked.creators)}),
        ("history_since", asked.since, {"since": asked.since}),
        ("history_until", asked.until, {"until": asked.until}),
    ]
    values = {key: value for _, wanted, given in said if wanted for key, value in given.items()}
    return [name for name, wanted, _ in said if wanted], values
