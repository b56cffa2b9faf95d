"""The outcome of a written action, with the creators' current names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from facereview.records import Creator, RejectReason
from facereview.review.creators.records import Unmerged
from facereview.review.creators.reference_records import Changed
from facereview.review.decisions.intents import (
    Beside,
    BySample,
    Change,
    Conflict,
    Intent,
    Kind,
    Outcome,
    Undoable,
)
from facereview.store.log import Act, Batch, Step
from facereview.store.row_changes import LIVE, Row, RowChange, Subject
from facereview.store.store import Store

_COUNTED: Mapping[Kind, Subject] = {
    Kind.SKIP: Subject.SKIP,
    Kind.SPLIT: Subject.MEMBERSHIP,
    Kind.EXCLUDE: Subject.MEMBERSHIP,
    Kind.ADD: Subject.REFERENCE,
    Kind.PROMOTE: Subject.REFERENCE,
    Kind.RETIRE: Subject.REFERENCE,
    Kind.RESTORE: Subject.REFERENCE,
    Kind.MOVE: Subject.REFERENCE,
}
"""What an act is about, where that is not faces decided; the rows of it are counted."""


NOTHING = Beside()


class Outcomes:
    """The outcomes of acts on one library."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def new(
        self,
        intent: Intent,
        steps: Sequence[Step],
        conflicts: Sequence[Conflict],
        creator: Creator | None,
        changes: Sequence[RowChange],
    ) -> Outcome:
        """Of a decision written just now."""
        named = {creator.id: creator.name} if creator else {}
        names = self._names([s for s in steps if s.after.creator_id not in named]) | named
        return Outcome(
            intent,
            True,
            _changes(steps, names),
            self.named(conflicts),
            creator=creator,
            beside=beside(changes),
        )

    def reverted(
        self,
        intent: Intent,
        about: Undoable,
        steps: Sequence[Step] = (),
        conflicts: Sequence[Conflict] = (),
        beside: Beside = NOTHING,
    ) -> Outcome:
        """Of an undo or redo, in the words of what it was ``about``."""
        return Outcome(
            intent,
            True,
            _changes(steps, self._names(steps)),
            self.named(conflicts),
            creator=about.creator,
            undone=about.kind,
            about=about,
            beside=beside,
        )

    def written(self, intent: Intent, batch: Batch | None) -> Outcome:
        """Of a batch that an earlier attempt wrote."""
        if batch is None:
            return Outcome(intent, saved=True)
        merges = self._store.changes.merges()
        steps = [merges.step(s) for s in self._store.log.steps(batch.id)]
        about = self.about(batch)
        reverting = intent.kind in (Kind.UNDO, Kind.REDO)
        aside = beside(self._store.row_changes.of(batch.id))
        return Outcome(
            intent,
            True,
            _changes(steps, self._names(steps)),
            self.named(self._left_out(intent, {s.face_id for s in steps} | {*aside.skipped})),
            creator=about.creator,
            undone=about.kind if reverting else None,
            about=about if reverting else None,
            beside=aside,
        )

    def _left_out(self, intent: Intent, written: Collection[int]) -> list[Conflict]:
        """The faces that a batch was to change too, and somebody else had changed by then."""
        log = self._store.log
        asked = [seen.face_id for seen in intent.faces]
        if intent.target is not None and (target := log.batch(intent.target)):
            asked = [step.face_id for step in log.steps(target.id)]
        left = [face for face in asked if face not in written]
        now = self._store.faces.get(left)
        return [Conflict(face, now[face].state if face in now else None) for face in left]

    def back(self, batch: Batch) -> tuple[Change, ...]:
        """What taking a batch back will change of its faces."""
        found = self._store.log.steps(batch.id)
        steps = [Step(s.face_id, s.video_id, s.after, s.before) for s in found]
        return _changes(steps, self._names(steps))

    def about(self, batch: Batch) -> Undoable:
        """An act in words, also of its undo or redo."""
        return self.in_words(batch, self._store.log.original(batch.id))

    def in_words(self, batch: Batch, act: Act) -> Undoable:
        """A batch in words; ``act`` is what it is about at bottom."""

        def number(subject: Subject | None) -> int:
            return self._store.log.number_of(batch.id, subject.value) if subject else batch.faces

        standing = self._store.creators.standing(act.creator_id) if act.creator_id else None
        return worded(Kind(act.kind), act, standing, number)

    def _names(self, steps: Sequence[Step]) -> dict[int, str]:
        wanted = {s.after.creator_id for s in steps if s.after.creator_id is not None}
        found = (self._store.creators.get(creator) for creator in wanted)
        return {creator.id: creator.name for creator in found if creator}

    def named(self, conflicts: Sequence[Conflict]) -> tuple[Conflict, ...]:
        """The conflicts with the names that stand now."""
        found = self._store.faces.get([c.face_id for c in conflicts])
        return tuple(
            replace(c, creator_name=found[c.face_id].creator_name) if c.face_id in found else c
            for c in conflicts
        )


class _Told(Protocol):
    """What the log tells of an act beside its kind."""

    @property
    def creator_id(self) -> int | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def detail(self) -> Mapping[str, Any]: ...


def worded(
    kind: Kind, told: _Told, standing: Creator | None, number: Callable[[Subject | None], int]
) -> Undoable:
    """An act in words, its creator as it is called now, or was where what made it is undone.

    ``number`` counts the rows of a subject, None: its faces. It is asked where the log does not
    tell the number.
    """
    detail = told.detail
    names = tuple(map(str, detail.get("names", ())))
    if standing is None and told.creator_id and names:
        standing = Creator(told.creator_id, names[-1])
    known = detail["number"] if "number" in detail else number(_COUNTED.get(kind))
    return Undoable(
        kind,
        standing,
        int(known) or 1,
        RejectReason(told.reason) if told.reason else None,
        names,
        BySample(**detail["sample"]) if "sample" in detail else None,
        int(detail.get("people", 0)),
        tuple(map(tuple, detail.get("settings", ()))),
        bool(detail.get("rows")),
    )


def beside(
    changes: Sequence[RowChange], *, kept: int = 0, unmerged: Unmerged | None = None
) -> Beside:
    """What these changes mean to pages that show them."""
    rows = [(c.subject, row) for c in changes for row in (c.after, c.before) if row is not None]
    clusters = dict.fromkeys(i for subject, row in rows for i in _clusters_of(subject, row))
    creators = dict.fromkeys(i for subject, row in rows for i in _creators_of(subject, row))
    both = {c: None for one in changes if one.subject is Subject.CHANGE for c in _two(one.row)}
    skips = [c for c in changes if c.subject is Subject.SKIP]
    return Beside(
        tuple(clusters),
        tuple(creators),
        concerned(changes) + Changed(creators=tuple(both)),
        tuple(int(c.row["detection_id"]) for c in skips if c.after is not None),
        tuple(int(c.row["detection_id"]) for c in skips if c.after is None),
        unmerged,
        kept,
    )


def concerned(changes: Sequence[RowChange]) -> Changed:
    """The references and creators for which pending faces must be matched again."""
    added: list[int] = []
    losers: set[int] = set()
    for change in changes:
        if change.subject is not Subject.REFERENCE:
            continue
        was, now = _in_use(change.before), _in_use(change.after)
        if now is not None and now != was:
            added.append(int(change.row["id"]))
        if was is not None and was != now:
            losers.add(was)
    return Changed(tuple(added), tuple(sorted(losers)))


def _in_use(row: object) -> int | None:
    """The creator of a reference in use."""
    if isinstance(row, dict) and row["place"] == LIVE:
        return int(row["creator_id"])
    return None


def _clusters_of(subject: Subject, row: Row) -> tuple[int, ...]:
    if subject is Subject.CLUSTER:
        return (int(row["id"]),)
    if subject in (Subject.MEMBERSHIP, Subject.APART) and row["cluster_id"]:
        return (int(row["cluster_id"]),)
    return ()


def _creators_of(subject: Subject, row: Row) -> tuple[int, ...]:
    if subject is Subject.CREATOR:
        return (int(row["id"]),)
    if subject is Subject.ALIAS:
        return (int(row["creator_id"]),)
    return _two(row) if subject is Subject.CHANGE else ()


def _two(row: Row) -> tuple[int, int]:
    """The creators of a merge or split."""
    return int(row["creator_id"]), int(row["other_id"])


def _changes(steps: Sequence[Step], names: Mapping[int, str]) -> tuple[Change, ...]:
    return tuple(
        Change(
            s.face_id,
            s.video_id,
            s.before,
            s.after,
            names.get(s.after.creator_id) if s.after.creator_id is not None else None,
        )
        for s in steps
    )
