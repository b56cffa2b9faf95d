"""What may be wrong with a face before it becomes a reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from facereview.records import Config, Creator, Embedding, Pixels
from facereview.review.creators.health import TWIN
from facereview.review.creators.reference_records import Caution, Doubt
from facereview.review.matching import rank
from facereview.store.creators import ReferenceMatrix
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.faces.engine import Found
    from facereview.faces.quality import QualityParts

SHARP, FRONTAL, EXPOSED = 0.5, 0.25, 0.75
"""Parts of the quality below which a curator is warned: of good portraits one in thirty is."""


class KnownReferences:
    """The references of a library in memory, read again only after they changed."""

    def __init__(self) -> None:
        self._revision: object = None
        self._live: ReferenceMatrix | None = None

    def live(self, store: Store) -> ReferenceMatrix:
        """All references in use."""
        revision = store.creators.revision()
        if self._live is None or revision != self._revision:
            self._live, self._revision = store.creators.matrix(), revision
        return self._live


class Checks:
    """Compares faces with the references of a library as they are now."""

    def __init__(self, store: Store, live: ReferenceMatrix, config: Config) -> None:
        self._store = store
        self._live = live
        self._retired = store.references.retired()
        self._config = config

    def cautions(self, face: Found, crop: Pixels, creator_id: int | None) -> tuple[Caution, ...]:
        """Why a face may make a bad reference of a creator (None: of a new one).

        ``crop`` is the face's own square.
        """
        size, least = min(face.box.width, face.box.height), self._config.min_face_size
        found = [Caution(Doubt.SMALL, size, least)] if size < least else []
        if face.parts is not None:
            found += _of_quality(face.parts, crop)
        known = self._known(face.embedding)
        other = self._other(face.embedding, creator_id)
        return (*found, *(caution for caution in (known, other) if caution is not None))

    def _known(self, embedding: Embedding) -> Caution | None:
        """The reference, live or retired, that shows the same picture."""
        best: Caution | None = None
        for matrix, retired in ((self._live, False), (self._retired, True)):
            if len(matrix.ids) == 0:
                continue
            cosines = matrix.embeddings @ embedding
            place = int(cosines.argmax())
            value = float(cosines[place])
            if value >= TWIN and (best is None or value > best.value):
                creator = self._creator(int(matrix.creators[place]))
                reference = int(matrix.ids[place])
                best = Caution(Doubt.KNOWN, value, TWIN, creator, reference, retired)
        return best

    def _other(self, embedding: Embedding, creator_id: int | None) -> Caution | None:
        """Another creator who is nearer, and near enough for the face to be theirs."""
        held = self._live.embeddings[self._live.creators == (creator_id or 0)]
        own = float((held @ embedding).max()) if len(held) else None
        denied: Sequence[int] = () if creator_id is None else (creator_id,)
        (nearest,) = rank(embedding[None], self._live, [denied])
        if nearest is None or nearest.similarity < self._config.match_threshold:
            return None
        if own is not None and own >= nearest.similarity:
            return None
        creator = self._creator(nearest.creator_id)
        return Caution(Doubt.OTHER, nearest.similarity, own, creator)

    def _creator(self, creator_id: int) -> Creator | None:
        return self._store.creators.get(creator_id)


def _of_quality(parts: QualityParts, crop: Pixels) -> Iterator[Caution]:
    if parts.sharpness < SHARP:
        yield Caution(Doubt.BLURRED, parts.sharpness, SHARP)
    if parts.frontality < FRONTAL:
        yield Caution(Doubt.TURNED, parts.frontality, FRONTAL)
    if parts.exposure < EXPOSED:
        dark = float(np.median(crop)) < 128
        yield Caution(Doubt.DARK if dark else Doubt.BRIGHT, parts.exposure, EXPOSED)
