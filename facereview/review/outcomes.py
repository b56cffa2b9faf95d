"""What a curator is told of a decision once it is written, in the names that stand by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from facereview.records import Creator
from facereview.review.intents import Change, Conflict, Intent, Kind, Outcome
from facereview.store.log import Batch, Step
from facereview.store.store import Store


class Outcomes:
    """The outcomes of decisions on one library."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def new(
        self,
        intent: Intent,
        steps: Sequence[Step],
        conflicts: Sequence[Conflict],
        creator: Creator | None,
    ) -> Outcome:
        """Of a decision written just now."""
        named = {creator.id: creator.name} if creator else {}
        names = self._names([s for s in steps if s.after.creator_id not in named]) | named
        return Outcome(
            intent, True, _changes(steps, names), self._named(conflicts), creator=creator
        )

    def reverted(
        self,
        intent: Intent,
        steps: Sequence[Step],
        conflicts: Sequence[Conflict],
        original: tuple[Kind, int | None],
    ) -> Outcome:
        """Of an undo or redo, whose ``original`` decision was of that kind, for that creator."""
        kind, creator_id = original
        return Outcome(
            intent,
            True,
            _changes(steps, self._names(steps)),
            self._named(conflicts),
            creator=self._standing(creator_id),
            undone=kind,
        )

    def written(self, intent: Intent, batch: Batch | None) -> Outcome:
        """Of a batch that an earlier attempt wrote."""
        merges = self._store.changes.merges()
        steps = [merges.step(s) for s in self._store.log.steps(batch.id)] if batch else []
        creator = self._standing(batch.creator_id) if batch else None
        undone = None
        if batch and intent.kind in (Kind.UNDO, Kind.REDO):
            undone = Kind(self._store.log.original(batch.id)[0])
        return Outcome(
            intent, True, _changes(steps, self._names(steps)), creator=creator, undone=undone
        )

    def _standing(self, creator_id: int | None) -> Creator | None:
        return self._store.creators.standing(creator_id) if creator_id else None

    def _names(self, steps: Sequence[Step]) -> dict[int, str]:
        wanted = {s.after.creator_id for s in steps if s.after.creator_id is not None}
        found = (self._store.creators.get(creator) for creator in wanted)
        return {creator.id: creator.name for creator in found if creator}

    def _named(self, conflicts: Sequence[Conflict]) -> tuple[Conflict, ...]:
        """The conflicts with the names that stand now."""
        found = self._store.faces.get([c.face_id for c in conflicts])
        return tuple(
            Conflict(
                c.face_id, c.now, found[c.face_id].creator_name if c.face_id in found else None
            )
            for c in conflicts
        )


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
