"""How well each creator is known: coverage, references, look-alikes, and doubtful names.

Look-alikes are compared by the templates of the gallery, which is what a face is compared with:
references and decided faces pooled. Comparing 10,000 creators with one another takes about as long
as making their templates, so that what was found holds until evidence changes.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from facereview.errors import Cancelled
from facereview.records import Creator, Embedding, Progress
from facereview.review.creators.reference_health import TWIN
from facereview.review.evidence.teaching import Teaching
from facereview.review.export import harmless
from facereview.store.creators import ReferenceMatrix
from facereview.store.insight import CreatorCounts
from facereview.store.store import Store

MOST_PAIRS = 100
"""Pairs of look-alikes that are named."""
_BLOCK = 512
"""Creators compared with all others at a time: 20 MB at 10,000 creators."""
_SPREAD_OF = 50
"""Most references of a creator that are compared with one another."""


@dataclass(frozen=True, slots=True)
class ReferenceSpread:
    """How much the references of a creator say.

    ``copies`` of them repeat an older one (cosine of :data:`TWIN` or more). ``likeness`` is the
    mean cosine of two of them, None where there is one only: near 1 they show one look.
    """

    copies: int = 0
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two creators and the cosine of their templates."""

    first: Creator
    second: Creator
    similarity: float


@dataclass(frozen=True, slots=True)
class CreatorInsight:
    """What is known of a creator; ``nearest`` is the other creator most like it, if any is."""

    creator: Creator
    counts: CreatorCounts
    spread: ReferenceSpread = ReferenceSpread()
    nearest: Creator | None = None
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class CreatorsInsight:
    """All creators by name, and the ``pairs`` most easily confused, most alike first.

    ``decided``, ``unchecked`` and ``suggested`` faces are those of all creators; ``unnamed`` ones
    are pending and suggest nobody. ``doubtful`` is the creator whose names are least certain.
    """

    creators: tuple[CreatorInsight, ...]
    pairs: tuple[Pair, ...]
    with_references: int
    decided: int
    unchecked: int
    suggested: int
    unnamed: int
    doubtful: CreatorInsight | None


Told = Callable[[Progress], None]


def _nobody(_progress: Progress) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class _Alike:
    """The nearest other creator of each, by id, with its cosine, and the closest pairs."""

    nearest: dict[int, tuple[int, float]]
    pairs: tuple[tuple[int, int, float], ...]


class CreatorsSurvey:
    """Looks over all creators; what takes long is kept until references or decisions change."""

    def __init__(self) -> None:
        self._stamp: object = None
        self._spreads: dict[int, ReferenceSpread] = {}
        self._alike = _Alike({}, ())

    def look(
        self,
        store: Store,
        on_progress: Told = _nobody,
        cancelled: Callable[[], bool] = lambda: False,
        *,
        counted: Callable[[CreatorsInsight], None] = lambda _found: None,
    ) -> CreatorsInsight:
        """All creators now; progress counts creators compared.

        ``counted`` is told what is known before they are compared, which takes much longer.

        Raises:
            Cancelled: ``cancelled`` said so.
        """
        counts = store.insight.creator_counts()
        unnamed = store.insight.unnamed()
        total = len(counts)
        stamp = store.creators.revision(), store.evidence.mark()
        if stamp != self._stamp:
            counted(self._put_together(counts, unnamed))
            on_progress(Progress(0, total, ""))
            self._compare(store, total, on_progress, cancelled)
            self._stamp = stamp
        return self._put_together(counts, unnamed)

    def _compare(
        self, store: Store, total: int, on_progress: Told, cancelled: Callable[[], bool]
    ) -> None:
        def ask() -> None:
            if cancelled():
                raise Cancelled

        ask()
        teaching = Teaching()
        gallery = teaching.gallery(store)
        ask()
        spreads = spreads_of(teaching.references)
        ask()

        def compared(done: int) -> None:
            ask()
            on_progress(Progress(min(done, total), total, ""))

        creators = gallery.creators
        self._alike = alike(creators, gallery.of(creators), compared)
        self._spreads = spreads

    def _put_together(self, counts: Sequence[CreatorCounts], unnamed: int) -> CreatorsInsight:
        by_id = {row.id: Creator(row.id, row.name) for row in counts}
        found = []
        for row in counts:
            one = CreatorInsight(by_id[row.id], row, self._spreads.get(row.id, ReferenceSpread()))
            other, similarity = self._alike.nearest.get(row.id, (0, 0.0))
            if other in by_id:
                one = replace(one, nearest=by_id[other], similarity=similarity)
            found.append(one)
        pairs = tuple(
            Pair(by_id[a], by_id[b], similarity)
            for a, b, similarity in self._alike.pairs
            if a in by_id and b in by_id
        )
        return CreatorsInsight(
            tuple(found),
            pairs,
            sum(1 for row in counts if row.references),
            sum(row.decided for row in counts),
            sum(row.unchecked for row in counts),
            sum(row.suggested for row in counts),
            unnamed,
            next(iter(least_certain(found, 1)), None),
        )


def spreads_of(references: ReferenceMatrix) -> dict[int, ReferenceSpread]:
    """How much the references of each creator say, by creator id."""
    creators, firsts = np.unique(references.creators, return_index=True)
    ends = np.append(firsts, len(references.creators))[1:]
    return {
        int(creator): _spread(references.embeddings[first:end])
        for creator, first, end in zip(creators, firsts, ends, strict=True)
    }


def _spread(vectors: Embedding) -> ReferenceSpread:
    """Of one creator's references, shape (r, 512), the oldest first."""
    if len(vectors) < 2:
        return ReferenceSpread()
    cosines = np.tril(vectors @ vectors.T, -1)
    some = cosines[:_SPREAD_OF, :_SPREAD_OF]
    count = len(some) * (len(some) - 1) / 2
    return ReferenceSpread(
        int((cosines >= TWIN).any(axis=1).sum()), float(some.sum(dtype=np.float64) / count)
    )


def alike(
    creators: NDArray[np.int32],
    templates: Embedding,
    compared: Callable[[int], None] = lambda _done: None,
) -> _Alike:
    """Compare each creator with all others.

    ``creators`` (m,) ascend, ``templates`` (m, 512) are of unit length, or zeros, which are like
    nobody. ``compared`` is told how many were, and may raise.
    """
    known = templates.any(axis=1)
    creators, templates = creators[known], _used(templates[known])
    nearest: dict[int, tuple[int, float]] = {}
    pairs = np.empty((0, 3))
    with threadpool_limits(max(1, (os.cpu_count() or 1) // 2), user_api="blas"):
        for first in range(0, len(creators) if len(creators) > 1 else 0, _BLOCK):
            cosines = templates[first : first + _BLOCK] @ templates.T
            rows = np.arange(len(cosines))
            cosines[rows, first + rows] = -np.inf
            best = cosines.argmax(axis=1)
            for row, column in enumerate(best.tolist()):
                similarity = min(1.0, float(cosines[row, column]))
                nearest[int(creators[first + row])] = (int(creators[column]), similarity)
            pairs = _closest(np.concatenate([pairs, _pairs(cosines, first)]))
            compared(first + len(cosines))
    named = ((int(creators[int(a)]), int(creators[int(b)]), min(1.0, c)) for c, a, b in pairs)
    return _Alike(nearest, tuple(named))


def _used(embeddings: Embedding) -> Embedding:
    """Only the values that are used: packs of fewer than 512 fill up with zeros."""
    used = np.flatnonzero(embeddings.any(axis=0))
    return np.ascontiguousarray(embeddings[:, : int(used[-1]) + 1 if len(used) else 1])


def _pairs(cosines: NDArray[np.float32], first: int) -> NDArray[np.float64]:
    """The closest pairs (cosine, place, higher place) of a block of rows, shape (k, 3)."""
    rows = np.arange(len(cosines))[:, None]
    above = np.where(np.arange(cosines.shape[1])[None, :] > first + rows, cosines, -np.inf).ravel()
    some = min(MOST_PAIRS, len(above))
    places = np.argpartition(-above, some - 1)[:some]
    places = places[above[places] > -np.inf]
    lower, higher = np.divmod(places, cosines.shape[1])
    return np.stack([above[places], first + lower, higher], axis=1)


def _closest(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
    order = np.lexsort((pairs[:, 2], pairs[:, 1], -pairs[:, 0]))
    return pairs[order[:MOST_PAIRS]]


COLUMNS = (
    "creator",
    "references",
    "near_copies",
    "quality",
    "newest_reference",
    "oldest_reference",
    "likeness_of_references",
    "decided",
    "unchecked",
    "suggested",
    "videos",
    "expected_wrong_share",
    "nearest",
    "similarity",
)
"""Columns of :func:`as_csv`."""


def as_row(one: CreatorInsight) -> tuple[object, ...]:
    """The values of :data:`COLUMNS`; None where nothing is known."""
    counts = one.counts
    return (
        one.creator.name,
        counts.references,
        one.spread.copies,
        counts.quality,
        counts.newest,
        counts.oldest,
        one.spread.likeness,
        counts.decided,
        counts.unchecked,
        counts.suggested,
        counts.videos,
        counts.risk,
        None if one.nearest is None else one.nearest.name,
        one.similarity,
    )


def as_csv(creators: Iterable[CreatorInsight]) -> bytes:
    """A table with :data:`COLUMNS`, in UTF-8, none of whose texts is a formula."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows(harmless(tuple(map(_cell, as_row(one)))) for one in creators)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case float():
            return f"{value:.4f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def least_certain(creators: Iterable[CreatorInsight], limit: int) -> tuple[CreatorInsight, ...]:
    """Those whose names are least certain, by the share expected to be wrong."""
    known = (one for one in creators if one.counts.risk is not None)
    ranked = sorted(known, key=lambda one: (-(one.counts.risk or 0.0), one.creator.name))
    return tuple(islice(ranked, limit))
