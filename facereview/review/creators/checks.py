"""What may be wrong with a face before it becomes a reference.

What is asked of its likeness is asked of Health itself, with the face among the references, so
that nothing stored without a warning is listed there afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from facereview.records import Config, Embedding, Pixels
from facereview.review.creators.reference_health import TWIN, Health, Standing, with_more
from facereview.review.creators.reference_records import Caution, Doubt, Flag
from facereview.store.creators import ReferenceMatrix
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.faces.aligned_face import QualityParts
    from facereview.faces.engine import Found

SHARP, FRONTAL, EXPOSED = 0.6, 0.25, 0.9
"""Parts of the quality below which a curator is warned.

By ``tests/bench/intake.py`` with the zoo pack: the limits were chosen with every second of 21
people in mind, and what is told here is counted on the others, 67 pictures and what becomes of
them; blur and motion in shares of the face's side.

====================================================  ========  =================================
limit                                                 good      spoiled
                                                      warned    warned of, where still found
====================================================  ========  =================================
detector's score below the pack's ``sure`` (.88)      0 %       what is no face (dogs) 100 %
sharpness below .6 (half would choose up to .74)      0 %       blurred by 3, 5, 8 %: 100 %; by
                                                                2 %, still well known: 91 %;
                                                                moved by 20 %: 100, by 10 %: 90 %
frontality below .25 (up to .18)                      3 %       no head turned so far as to be no
                                                                longer known: 8 % of turning ones
exposure below .9 (up to 1)                           0 %       a tenth of the light: 100 %; half
                                                                burnt out: 95 %, burnt out: 100 %
likeness to four others below the pack's ``match``    0 %       somebody else: 100 %
====================================================  ========  =================================

The two good ones that are warned of are profiles. For packs other than the zoo's ``sure`` was not
measured.
"""


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
    """Compares faces for one creator with the references of a library as they are now."""

    def __init__(
        self,
        store: Store,
        live: ReferenceMatrix,
        config: Config,
        creator_id: int | None,
        *,
        sure: float = 0.0,
        beside: Sequence[Embedding] = (),
    ) -> None:
        """``creator_id`` None is somebody new; ``sure`` is the detector's score of a face.

        ``beside`` are faces that are to be stored for the same creator before this one.
        """
        self._store = store
        self._config = config
        self._sure = sure
        self._real = set(live.ids.tolist())
        self._owner = creator_id or int(live.creators.max(initial=0)) + 1
        self._live = live
        for embedding in beside:
            self.take(embedding)
        self._retired = store.references.retired()

    @property
    def first(self) -> bool:
        """Whether the creator has no reference to compare with."""
        return not bool((self._live.creators == self._owner).any())

    def take(self, embedding: Embedding) -> None:
        """Compare the next ones with this face too: it is stored."""
        self._live, _ = with_more(self._live, self._owner, embedding[None])

    def of(self, face: Found, crop: Pixels) -> tuple[Caution, ...]:
        """Why a face may make a bad reference; ``crop`` is the face's own square."""
        return (*self._of_picture(face, crop), *self.likeness(face.embedding))

    def _of_picture(self, face: Found, crop: Pixels) -> Iterator[Caution]:
        if face.score < self._sure:
            yield Caution(Doubt.UNSURE, face.score, self._sure)
        size, least = min(face.box.width, face.box.height), self._config.min_face_size
        if size < least:
            yield Caution(Doubt.SMALL, size, least)
        if face.parts is not None:
            yield from _of_quality(face.parts, crop)

    # -------------------------------------------------------------------------------- likeness

    def likeness(self, embedding: Embedding) -> tuple[Caution, ...]:
        """What speaks against an embedding among the references there are."""
        threshold = self._config.match_threshold
        cosines = self._live.embeddings @ embedding
        matrix, (new,) = with_more(self._live, self._owner, embedding[None])
        touched = self._touched(cosines)
        before = Health(self._live, threshold).of(*touched)
        after = Health(matrix, threshold).of(*touched)
        standing = after.pop(new)
        other, unlike = self._other(cosines, standing), self._unlike(cosines, standing)
        said = {self._owner} if unlike else set()
        if other is not None and other.creator is not None:
            said.add(other.creator.id)
        worse = [i for i, said in after.items() if said.flags - before[i].flags]
        found = (
            self._known(embedding),
            other,
            unlike,
            self._confuses(cosines, worse, said),
        )
        return tuple(caution for caution in found if caution is not None)

    def _touched(self, cosines: NDArray[np.float32]) -> list[int]:
        """The creators for whose references it may make a difference."""
        creators, threshold = self._live.creators, self._config.match_threshold
        near = np.union1d(creators[cosines >= threshold], [self._owner])
        rows = self._live.embeddings[np.isin(creators, near)]
        if len(rows):
            around = (rows @ self._live.embeddings.T >= threshold).any(axis=0)
            near = np.union1d(near, creators[around])
        found: list[int] = near.tolist()
        return found

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
                creator = self._store.creators.get(int(matrix.creators[place]))
                reference = int(matrix.ids[place])
                stored = retired or reference in self._real
                best = Caution(
                    Doubt.KNOWN, value, TWIN, creator, reference if stored else None, retired
                )
        return best

    def _other(self, cosines: NDArray[np.float32], standing: Standing) -> Caution | None:
        """Another creator who is nearer, and near enough for the face to be theirs."""
        own, theirs = self._best(cosines), self._live.creators != self._owner
        if not theirs.any():
            return None
        place = int(np.where(theirs, cosines, -np.inf).argmax())
        value = float(cosines[place])
        leans = value >= self._config.match_threshold and (own is None or value > own)
        if not leans and Flag.CONTAMINATED not in standing.flags:
            return None
        return Caution(
            Doubt.OTHER, value, own, self._store.creators.get(int(self._live.creators[place]))
        )

    def _unlike(self, cosines: NDArray[np.float32], standing: Standing) -> Caution | None:
        own, threshold = self._best(cosines), self._config.match_threshold
        if own is None or (own >= threshold and Flag.LONELY not in standing.flags):
            return None
        return Caution(Doubt.UNLIKE, own, threshold)

    def _confuses(
        self, cosines: NDArray[np.float32], worse: Sequence[int], said: Collection[int]
    ) -> Caution | None:
        """A reference that would need care with this one, and does not now: the nearest.

        To be unlike or too much alike goes both ways: of the creators of whom that is ``said``
        it is not said again.
        """
        told = np.isin(self._live.creators, list(said))
        rows = np.flatnonzero(np.isin(self._live.ids, worse) & ~told)
        if not len(rows):
            return None
        place = int(rows[cosines[rows].argmax()])
        creator = self._store.creators.get(int(self._live.creators[place]))
        return Caution(
            Doubt.CONFUSES,
            float(cosines[place]),
            creator=creator,
            reference_id=int(self._live.ids[place]),
        )

    def _best(self, cosines: NDArray[np.float32]) -> float | None:
        """The cosine to the best of the creator's own references."""
        own = cosines[self._live.creators == self._owner]
        return float(own.max()) if len(own) else None


def _of_quality(parts: QualityParts, crop: Pixels) -> Iterator[Caution]:
    if parts.sharpness < SHARP:
        yield Caution(Doubt.BLURRED, parts.sharpness, SHARP)
    if parts.frontality < FRONTAL:
        yield Caution(Doubt.TURNED, parts.frontality, FRONTAL)
    if parts.exposure < EXPOSED:
        dark = float(np.median(crop)) < 128
        yield Caution(Doubt.DARK if dark else Doubt.BRIGHT, parts.exposure, EXPOSED)
