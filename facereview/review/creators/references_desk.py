"""What the Creators page asks of a library about references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from facereview.errors import NotFound
from facereview.home import curator
from facereview.media.crops import CropCache
from facereview.records import Creator, Reference, SourceType, Thresholds
from facereview.review.creators.checks import KnownReferences
from facereview.review.creators.promote import MOST, Promotion, choose_different
from facereview.review.creators.reference_health import Health, Standing
from facereview.review.creators.reference_records import (
    Changed,
    Near,
    Origin,
    ReferenceInfo,
    SuggestedFace,
    SuggestedReferences,
)
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder, Recording
from facereview.review.evidence.matching import rank
from facereview.review.library.config import Settings
from facereview.store.creators import ReferenceMatrix
from facereview.store.references import ReferenceRow, matrix_of
from facereview.store.row_changes import Subject
from facereview.store.store import Store


class ReferencesDesk:
    """The references of creators: how they stand, and what changes them.

    Every method may raise DatabaseUnreachable while the database is out of reach.
    """

    def __init__(
        self,
        store: Store,
        crops: CropCache,
        pictures: CropCache,
        pack: Callable[[], Thresholds],
        actor: str | None = None,
    ) -> None:
        """``crops`` are those of faces, ``pictures`` those of references."""
        self._store = store
        self._settings = Settings(store, pack)
        self._actor = actor or curator()
        self._recorder = Recorder(store, self._actor)
        self._known = KnownReferences()
        self.promotion = Promotion(
            store, crops, pictures, self._known, settings=self._settings, actor=self._actor
        )

    # ---------------------------------------------------------------------------------- reading

    def references(self, creator_id: int) -> tuple[ReferenceInfo, ...]:
        """A creator's references, live ones first, each compared with all but itself."""
        standings = Health(self._matrix(), self._settings.config().match_threshold).of(creator_id)
        rows = self._store.references.of(creator_id)
        return tuple(reference_infos(self._store, rows, standings))

    def suggest_references(self, creator_id: int, count: int) -> SuggestedReferences:
        """Few, good and different decided faces that are no references yet, best first.

        Faces that look more like another creator are left out, and those that nobody has
        checked since the machine matched them.
        """
        faces = self._store.references.decided(creator_id, MOST)
        unchecked = self._store.references.unchecked(creator_id)
        if not len(faces):
            return SuggestedReferences(unchecked=unchecked)
        matrix, vectors = self._matrix(), matrix_of(faces["embedding"])
        held = matrix.embeddings[matrix.creators == creator_id]
        own = vectors @ vectors.T
        np.fill_diagonal(own, -1.0)
        likeness = np.maximum(
            own.max(axis=1, initial=-1.0), (vectors @ held.T).max(axis=1, initial=-1.0)
        )
        rivals = rank(vectors, matrix, [(creator_id,)] * len(vectors))
        others = np.asarray([rival.similarity if rival else -1.0 for rival in rivals])
        promoted = self._store.references.promoted(faces["id"].tolist())
        allowed = (others <= likeness) & ~np.isin(faces["id"], list(promoted))
        quality = np.ascontiguousarray(faces["quality"], np.float32)
        chosen = choose_different(vectors, quality, held, allowed, count)
        shown = self._store.faces.get([int(faces["id"][c.place]) for c in chosen])
        suggested = tuple(
            SuggestedFace(shown[face], float(quality[c.place]), c.covers)
            for c in chosen
            if (face := int(faces["id"][c.place])) in shown
        )
        return SuggestedReferences(suggested, unchecked)

    # ---------------------------------------------------------------------------------- changing

    def retire(self, ids: Sequence[int]) -> Changed:
        """Keep references without using them; those retired before stay as they are."""
        with self._act(Kind.RETIRE, ids):
            gone = self._store.references.retire(ids, self._actor)
        return Changed(creators=_creators(gone))

    def restore(self, ids: Sequence[int]) -> Changed:
        """Use retired references again."""
        with self._act(Kind.RESTORE, ids):
            back = self._store.references.restore(ids)
        return Changed(added=tuple(reference for reference, _ in back))

    def move(self, ids: Sequence[int], to_creator: int) -> Changed:
        """Give live references to another creator.

        Raises:
            NotFound: that creator no longer exists.
        """
        with self._act(Kind.MOVE, ids) as act:
            act.creator_id = to_creator
            if self._store.creators.get(to_creator) is None:
                raise NotFound(
                    "The creator to move references to no longer exists: choose another one."
                )
            moved = [row for row in self._store.references.lock(ids) if row[1] != to_creator]
            self._store.references.move([reference for reference, _ in moved], to_creator)
        return Changed(tuple(reference for reference, _ in moved), _creators(moved))

    @contextmanager
    def _act(self, kind: Kind, ids: Sequence[int]) -> Iterator[Recording]:
        """One act on references, told by the creator of the first."""
        with self._recorder.act(kind) as act:
            act.watch(Subject.REFERENCE, ids)
            first = next(iter(self._store.references.get(ids).values()), None)
            act.creator_id = first.creator_id if first else None
            yield act

    # ------------------------------------------------------------------------------------ parts

    def _matrix(self) -> ReferenceMatrix:
        return self._known.live(self._store)


def _creators(rows: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    return tuple(sorted({creator for _, creator in rows}))


def reference_infos(
    store: Store, rows: Sequence[ReferenceRow], standings: Mapping[int, Standing]
) -> list[ReferenceInfo]:
    """References with what is said of each."""
    said = {row.id: standings.get(row.id) for row in rows}
    named = {s.other_creator for s in said.values() if s and s.other_creator}
    creators = store.creators.several(named | {row.creator_id for row in rows})
    return [_info(row, said[row.id], creators) for row in rows if row.creator_id in creators]


def _info(
    row: ReferenceRow, said: Standing | None, creators: Mapping[int, Creator]
) -> ReferenceInfo:
    other = creators.get(said.other_creator) if said and said.other_creator else None
    origin = None
    if row.actor is not None and row.added_at is not None:
        origin = Origin(
            row.actor, row.added_at, row.detection_id, row.picture, row.decided_by, row.decided_at
        )
    source = SourceType(row.source_type)
    return ReferenceInfo(
        Reference(row.id, row.creator_id, source, row.source_path, row.quality),
        creators[row.creator_id],
        own=said.own if said else None,
        other=Near(other, said.other) if other and said and said.other is not None else None,
        twin=said.twin if said else None,
        flags=said.flags if said else frozenset(),
        created_at=row.created_at,
        origin=origin,
        retired_by=row.retired_by,
        retired_at=row.retired_at,
    )
