"""Automatic matching: above one threshold a face is matched, above a lower one suggested.

Plain functions on plain data, so that thresholds can be tested and tuned alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.numbers import comparable
from facereview.records import Config, Detection, Embedding
from facereview.store.creators import ReferenceMatrix


@dataclass(frozen=True, slots=True)
class Ranked:
    """The nearest creator of a face and the next distinct one (None: there is no other)."""

    creator_id: int
    similarity: float
    rival_id: int | None
    rival_similarity: float | None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What matching says of a list of faces, by their position in it."""

    matched: dict[int, Ranked]
    suggested: dict[int, Ranked]


def match(detections: Sequence[Detection], references: ReferenceMatrix, config: Config) -> Verdicts:
    """Match detections of one video by the thresholds in force.

    No person appears twice in one frame: of several faces that reach ``auto_tag_threshold``
    for one creator only the most similar is matched, the others are left to the curator; all are
    where automatic matching is off.
    """
    if not detections:
        return Verdicts({}, {})
    vectors = np.stack([detection.embedding for detection in detections])
    found = rank(vectors, references, [()] * len(vectors))
    likely = {i: n for i, n in enumerate(found) if n and n.similarity >= config.match_threshold}
    sure: dict[tuple[float, int], int] = {}
    for place, nearest in likely.items():
        if not config.automatic or nearest.similarity < config.auto_tag_threshold:
            continue
        key = (detections[place].timestamp, nearest.creator_id)
        if key not in sure or likely[sure[key]].similarity < nearest.similarity:
            sure[key] = place
    matched = set(sure.values())
    return Verdicts(
        {i: n for i, n in likely.items() if i in matched},
        {i: n for i, n in likely.items() if i not in matched},
    )


_ROWS = 256
"""Faces compared at a time: with 50,000 references 50 MB of similarities."""


def rank(
    embeddings: Embedding, references: ReferenceMatrix, denied: Sequence[Sequence[int]]
) -> list[Ranked | None]:
    """The two nearest creators of each row of ``embeddings``, shape (n, 512).

    ``denied`` are the creators each face is known not to be; each creator's ``references`` lie
    together. None where no creator is left, or the embedding is like nothing.
    """
    if len(references.ids) == 0:
        return [None] * len(embeddings)
    starts = np.flatnonzero(np.diff(references.creators, prepend=references.creators[0] - 1))
    creators = references.creators[starts]
    places = {int(creator): place for place, creator in enumerate(creators)}
    ranked: list[Ranked | None] = []
    for first in range(0, len(embeddings), _ROWS):
        cosines = embeddings[first : first + _ROWS] @ references.embeddings.T
        best = np.maximum.reduceat(cosines, starts, axis=1)
        ruled_out = denied[first : first + _ROWS]
        for row, vector, others in zip(best, embeddings[first:], ruled_out, strict=False):
            row[[places[c] for c in others if c in places]] = -np.inf
            ranked.append(_first_two(row, creators) if comparable(vector) else None)
    return ranked


def _first_two(best: NDArray[np.float32], creators: NDArray[np.int32]) -> Ranked | None:
    top = int(best.argmax())
    similarity = float(best[top])
    if similarity == -np.inf:
        return None
    best[top] = -np.inf
    rival = int(best.argmax())
    if best[rival] == -np.inf:
        return Ranked(int(creators[top]), similarity, None, None)
    return Ranked(int(creators[top]), similarity, int(creators[rival]), float(best[rival]))
