"""The gallery: what each creator is known to look like, and how like a template is to each.

A creator is one template: references and the faces that people decided, pooled. Those of one
video are one piece of evidence, since they show one look; near-copies share the weight of one.

What is found (zoo pack, 387 pictures of 35 people, each compared with other pictures of all of
them) where one wrong creator in 1,000 is let through, and the cosine that takes:

============================  ===========  ===========  ===========
references of each            1            3            8
============================  ===========  ===========  ===========
the best reference            .882 (.410)  .946 (.418)  .973 (.418)
mean of the two best          .882 (.410)  .941 (.388)  .970 (.388)
best and template, the mean   .882 (.410)  .959 (.395)  .974 (.393)
one template (this)           .882 (.410)  .965 (.388)  .977 (.388)
============================  ===========  ===========  ===========

What one reference and decided faces of so many videos find of the same pictures, and, on five
synthetic libraries that nothing was chosen on (``tests/bench/confirmations.py``), the faces settled
wrongly because 2 % of the decisions were wrong, of each that was confirmed wrongly: as the creator
it is most like, where half of the videos are decided and where a library begins, and as anybody:

=======================  ====  ====  ====  ===========  =============  =======
decided videos           1     2     4     likely       likely, early  anybody
=======================  ====  ====  ====  ===========  =============  =======
references alone         .882  .881  .860  0            0              0
the best of all          .934  .951  .957  .87          1.06           1.21
one template, all alike  .951  .965  .970  .52          1.71           0
one template (this)      .937  .942  .966  .26          .67            0
=======================  ====  ====  ====  ===========  =============  =======

Scores are not normalised. Adaptive symmetric normalisation, by a cohort of the library's faces that
are like no creator, settled more single faces of the made videos by their best reference (.943 to
.983 on the other halves of people and videos), which is less than a template does (.986). Of tracks
it settled .992 there, with no fewer wrong, .978 instead of .962 where they are a third as large,
and as many where they are a quarter; but compared with 40 galleries of the pictures it found fewer
of those small tracks at one wrong in 1,000, .981 instead of .992 (all faces in the cohort: .60). It
needs a cohort, and what a score means would change once a library has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facereview.records import DIMENSION, Embedding
from facereview.review.evidence.templates import distinct, pool
from facereview.store.creators import ReferenceMatrix

BULK = 0.5
"""Weight of a piece whose faces were all confirmed in bulk; 1 where one was looked at alone."""

UNLIKE, LIKE = 0.25, 0.5
"""What is left of the weight of a piece that no other evidence of its creator is ``LIKE`` (cosine).

On synthetic libraries .48 of the wrong confirmations as the likeliest creator are unlike, .01 of
the right ones.
"""

DECIDED_SHARE = 2.0
"""Most that decided faces weigh together, in weights of the creator's references."""

NO_VIDEO = -1

MOST_PIECES = 16
"""Most videos of a creator that count: those looked at alone first, then the clearest."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Faces that people decided to be creators, in any order; arrays of one length.

    ``quality`` (n,) NaN where unknown; ``bulk`` (n,): confirmed together with others, not looked
    at alone.
    """

    creators: NDArray[np.int32]
    videos: NDArray[np.int32]
    embeddings: Embedding
    quality: NDArray[np.float32]
    bulk: NDArray[np.bool_]

    def rows(self, which: NDArray[np.intp]) -> Decided:
        """Some of them, by position."""
        return Decided(
            self.creators[which],
            self.videos[which],
            self.embeddings[which],
            self.quality[which],
            self.bulk[which],
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """One creator's evidence: unit vectors (n, 512), weights (n,), videos (n,), -1: from none.

    ``template`` (512,) is all of it pooled.
    """

    vectors: Embedding
    weights: NDArray[np.float64]
    videos: NDArray[np.int32]
    template: Embedding

    def without(self, video: int) -> Embedding:
        """All but that of one video pooled; zeros where nothing is left."""
        return _direction(self.weights * (self.videos != video), self.vectors)


class Gallery:
    """Templates of creators, one each; the evidence of one can be replaced without the others'."""

    def __init__(
        self,
        references: ReferenceMatrix,
        decided: Decided,
        made_in: NDArray[np.int32] | None = None,
    ) -> None:
        """``made_in`` (r,) is the video from which each reference is, -1: from none."""
        known = _grouped(references.creators, np.arange(len(references.creators)))
        places = _grouped(decided.creators, np.arange(len(decided.creators)))
        videos = np.full(len(references.creators), NO_VIDEO, np.int32)
        videos = videos if made_in is None else made_in
        none = np.zeros(0, np.intp)
        self._known = {
            creator: _known(
                references.embeddings[known.get(creator, none)],
                videos[known.get(creator, none)],
                decided.rows(places.get(creator, none)),
            )
            for creator in sorted(known.keys() | places.keys())
        }
        self._stacked: tuple[NDArray[np.int32], Embedding] | None = None

    def replace(self, creator_id: int, references: Embedding, decided: Decided) -> None:
        """Set the evidence of one creator: its ``references`` (r, 512) and its decided faces.

        With neither the creator is no longer in the gallery.
        """
        self._known.pop(creator_id, None)
        if len(references) or len(decided.creators):
            nowhere = np.full(len(references), NO_VIDEO, np.int32)
            self._known[creator_id] = _known(references, nowhere, decided)
        self._stacked = None

    @property
    def creators(self) -> NDArray[np.int32]:
        """Creators that templates are compared with, shape (m,), ascending."""
        return self._stack()[0]

    def compare(self, templates: Embedding) -> NDArray[np.float32]:
        """Cosines (k, m) of ``templates`` (k, 512) with each creator's; 0 where one is of zeros.

        All at once: 4 k m bytes.
        """
        scores: NDArray[np.float32] = templates @ self._stack()[1].T
        return scores

    def of(self, creators: NDArray[np.int32]) -> Embedding:
        """The templates of some creators, shape (n, 512); those not in the gallery are absent."""
        known, templates = self._stack()
        return templates[np.isin(known, creators)]

    def apart_from(
        self, templates: Embedding, creators: NDArray[np.int32], videos: NDArray[np.int32]
    ) -> NDArray[np.float32]:
        """Cosine (k,) of each template with its creator as known without that video's faces.

        What decided faces say of themselves is not a measure of anything: a calibration is fitted
        on these. NaN where nothing else is known of the creator.
        """
        found = np.full(len(templates), np.nan, np.float32)
        for place, (creator, video) in enumerate(zip(creators, videos, strict=True)):
            rest = self.without(int(creator), int(video))
            if rest is not None:
                found[place] = templates[place] @ rest
        return found

    def without(self, creator_id: int, video: int) -> Embedding | None:
        """The template (512,) of a creator as known without a video; None: nothing else is known.

        References that were made in that video have no part in it.
        """
        known = self._known.get(creator_id)
        rest = None if known is None else known.without(video)
        return rest if rest is not None and rest.any() else None

    def _stack(self) -> tuple[NDArray[np.int32], Embedding]:
        if self._stacked is None:
            creators = sorted(self._known)
            rows = [self._known[creator].template for creator in creators]
            empty = np.zeros((0, DIMENSION), np.float32)
            self._stacked = np.asarray(creators, np.int32), np.stack(rows) if rows else empty
        return self._stacked


def _grouped(owners: NDArray[np.int32], rows: NDArray[Any]) -> dict[int, NDArray[Any]]:
    """The rows of each owner."""
    order = np.argsort(owners, kind="stable")
    names, starts = np.unique(owners[order], return_index=True)
    return dict(zip(names.tolist(), np.split(rows[order], starts[1:]), strict=False))


def _known(references: Embedding, made_in: NDArray[np.int32], decided: Decided) -> _Known:
    """The evidence of one creator, weighed."""
    pieces = _pieces(decided)
    vectors = np.concatenate([references, *[vector[None] for _, _, vector in pieces]])
    own = len(references)
    trust = np.asarray([weight for _, weight, _ in pieces], np.float64)
    weights = distinct(vectors)
    weights[own:] *= trust * _supported(vectors, own)
    limit = DECIDED_SHARE * weights[:own].sum()
    total = weights[own:].sum()
    if 0 < limit < total:
        weights[own:] *= limit / total
    videos = np.asarray([*made_in, *(video for video, _, _ in pieces)], np.int32)
    return _Known(vectors, weights, videos, _direction(weights, vectors))


def _direction(weights: NDArray[np.float64], vectors: Embedding) -> Embedding:
    """The weighted sum at unit length, shape (512,); zeros where it is nothing."""
    total = weights @ vectors
    length = float(np.linalg.norm(total))
    return (total / length if length > 0 else total).astype(np.float32)


def _pieces(decided: Decided) -> list[tuple[int, float, Embedding]]:
    """Video, weight and template of the pieces that count."""
    found = []
    for video, rows in _grouped(decided.videos, np.arange(len(decided.videos))).items():
        alone = rows[~decided.bulk[rows]]
        used = alone if len(alone) else rows
        quality = decided.quality[used]
        template = pool(decided.embeddings[used], quality, np.ones(len(used), np.float32))
        found.append((video, 1.0 if len(alone) else BULK, template))
    found.sort(key=lambda piece: (-piece[1], -piece[2].quality, piece[0]))
    return [(video, weight, made.embedding) for video, weight, made in found[:MOST_PIECES]]


def _supported(vectors: Embedding, references: int) -> NDArray[np.float64]:
    """What each piece behind the references weighs for being like other evidence, or not.

    A piece that is all that is known of a creator has nothing to be unlike.
    """
    pieces = len(vectors) - references
    if len(vectors) < 2:
        return np.ones(pieces)
    cosines = vectors[references:] @ vectors.T
    cosines[np.arange(pieces), references + np.arange(pieces)] = -1.0
    return np.where(cosines.max(axis=1) >= LIKE, 1.0, UNLIKE)
