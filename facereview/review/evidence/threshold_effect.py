"""The effect of a threshold, shown before it is set: too low a one matches strangers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from facereview.errors import Cancelled
from facereview.records import Progress
from facereview.review.evidence.matching import rank
from facereview.review.library.config import Settings
from facereview.store.creators import ReferenceMatrix
from facereview.store.references import matrix_of
from facereview.store.store import Store

TOLERATED = 1 / 1000
"""Share of pairs of different creators' references that may reach a threshold unasked."""

PAIRED = 2_000
"""References up to which every pair is compared; of more, so many are drawn."""

COMPARISONS = 100_000_000
"""Faces times references up to which every pending face is looked at: a few seconds."""


@dataclass(frozen=True, slots=True)
class ThresholdEffect:
    """What setting ``key`` to ``value`` would do.

    ``alike`` of ``pairs`` of different creators' references reach the value. Only where that is
    too many, ``caught`` of ``pending`` faces would be matched or suggested by it. The numbers are
    estimates where a sample was drawn.
    """

    key: str
    value: float
    pairs: int
    alike: int
    pairs_sampled: bool
    asks: bool
    pending: int = 0
    caught: int = 0
    faces_sampled: bool = False


def effect_of(
    store: Store,
    settings: Settings,
    key: str,
    text: str,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ThresholdEffect | None:
    """What a setting would do; None where it is no threshold. Nothing is changed.

    Where no two creators have references, a threshold below the pack's own asks.

    Raises:
        Invalid: the setting would be refused anyway.
        Cancelled: ``cancelled`` became true.
    """
    value, default = settings.check(key, text), settings.of_pack().get(key)
    if default is None:
        return None
    references = store.creators.matrix()
    pairs, alike = _pairs(references, value)
    asks = alike > TOLERATED * pairs if pairs else value < default
    effect = ThresholdEffect(key, value, pairs, alike, len(references.ids) > PAIRED, asks)
    if not asks:
        return effect
    pending = store.library.counts().pending
    looked = min(pending, max(1, COMPARISONS // max(1, len(references.ids))))
    found = _found(store, references, value, _Watch(looked, on_progress, cancelled))
    caught = len(set(found)) if key == "auto_tag_threshold" else len(found)
    if looked < pending:
        caught = round(caught * pending / looked)
    return replace(effect, pending=pending, caught=caught, faces_sampled=looked < pending)


@dataclass(frozen=True, slots=True)
class _Watch:
    """How many faces are looked at, who is told of it, and who may stop it."""

    faces: int
    on_progress: Callable[[Progress], None]
    cancelled: Callable[[], bool]

    def step(self, done: int) -> None:
        if self.cancelled():
            raise Cancelled("Stopped")
        self.on_progress(Progress(done, self.faces, ""))


def _pairs(references: ReferenceMatrix, value: float) -> tuple[int, int]:
    """Pairs of different creators' references, and how many of them reach the value."""
    creators, embeddings = references.creators, references.embeddings
    if len(creators) > PAIRED:
        drawn = np.random.default_rng(0).choice(len(creators), PAIRED, replace=False)
        creators, embeddings = creators[drawn], embeddings[drawn]
    different = np.triu(creators[:, None] != creators[None, :], 1)
    with np.errstate(invalid="ignore"):
        alike = embeddings @ embeddings.T >= value
    return int(different.sum()), int((different & alike).sum())


def _found(
    store: Store, references: ReferenceMatrix, value: float, watch: _Watch
) -> list[tuple[int, float, int]]:
    """(video, time, creator) of each face that reaches the value; nobody is matched twice there."""
    found: list[tuple[int, float, int]] = []
    # all is read first: a COPY and another query share the connection
    blocks = list(store.references.sampled_pending(watch.faces))
    done = 0
    for block in blocks:
        for first in range(0, len(block), 1024):
            watch.step(done)
            rows = block[first : first + 1024]
            denied = store.search.denied(rows["id"].tolist())
            ranked = rank(
                matrix_of(rows["embedding"]),
                references,
                [denied.get(int(i), ()) for i in rows["id"]],
            )
            found += [
                (int(row["video"]), float(row["timestamp"]), best.creator_id)
                for row, best in zip(rows, ranked, strict=True)
                if best is not None and best.similarity >= value
            ]
            done += len(rows)
    watch.step(done)
    return found
