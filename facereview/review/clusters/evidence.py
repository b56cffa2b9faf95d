"""The suggestion for a cluster from all of its faces, and which faces do not belong to it.

The rule, for a cluster and the creators:

1. The centre of the cluster (the direction of its faces' mean) against all references gives the
   four candidates: a creator counts by the best reference.
2. Each face is compared with each reference of those four. A face that a curator said is not a
   creator, or took out of a cluster then confirmed as that creator, is no evidence about that
   creator; one whom more than half of the faces are not is not suggested.
3. The creator with the highest mean similarity is suggested if that mean reaches the pack's match
   threshold; otherwise the cluster is a new person. The margin is the lead over the next
   creator's mean, the agreement the number of faces whose own nearest is this creator.
4. It is a look-alike where the margin is below .08, or fewer than 70 % of the faces agree.

For a single face the nearest creator who is not ruled out counts, and is likely from the match
threshold on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.records import DIMENSION, Embedding
from facereview.review.clusters.neighbours import Stored
from facereview.store.clustering import Suggested
from facereview.store.creators import ReferenceMatrix

CANDIDATES = 4
SLACK = 0.1
"""How far below the threshold a centre may be for its faces to be compared one by one."""

_CLOSE_MARGIN = 0.08
_CLOSE_SHARE = 0.7
_BATCH = 512

Denied = Mapping[int, Sequence[int]]
"""Creators each face is known not to be, by the face's position."""


@dataclass(frozen=True, slots=True)
class Said:
    """The evidence of each face; all of shape (n,).

    Its cosine to its cluster's centre, to the suggested creator's best reference (NaN: nobody is
    suggested), and whether that creator is its own nearest.
    """

    likeness: NDArray[np.float32]
    similarity: NDArray[np.float32]
    agrees: NDArray[np.bool_]


class Evidence:
    """The references, ready to be compared with many clusters."""

    def __init__(self, references: ReferenceMatrix, threshold: float) -> None:
        order = np.argsort(references.creators, kind="stable")
        self._references = references.embeddings[order]
        self.creators, self._starts = np.unique(references.creators[order], return_index=True)
        self._ends = np.append(self._starts[1:], len(order))
        self._threshold = threshold

    def weigh(
        self,
        embeddings: Stored,
        clusters: NDArray[np.int64],
        denied: Denied,
        on_progress: Callable[[float], None] = lambda _: None,
    ) -> tuple[Suggested, Said]:
        """What is suggested for each cluster, and what each face says of it.

        ``embeddings`` (n, 512); ``clusters`` (n,) is -1 for single faces.
        """
        count = len(clusters)
        said = Said(
            np.ones(count, np.float32), np.full(count, np.nan, np.float32), np.zeros(count, bool)
        )
        order = np.argsort(clusters, kind="stable")
        order = order[clusters[order] != -1]
        ids, starts = np.unique(clusters[order], return_index=True)
        members = np.split(order, starts[1:]) if len(ids) else []
        found = _nobody(ids)
        for start in range(0, len(ids), _BATCH):
            batch = range(start, min(start + _BATCH, len(ids)))
            self._centres(embeddings, members, batch, found, said)
            near = self._nearest(found.centres[batch.start : batch.stop])
            for place, candidates in zip(batch, near, strict=True):
                faces = members[place]
                if len(candidates):
                    evidence = self._compare(_rows(embeddings, faces), faces, candidates, denied)
                    self._weigh_one(evidence, place, faces, candidates, found=found, said=said)
            on_progress(batch.stop / len(ids))
        self._single(embeddings, np.flatnonzero(clusters == -1), denied, said)
        return found, said

    def _weigh_one(
        self,
        evidence: NDArray[np.float32],
        place: int,
        faces: NDArray[np.intp],
        candidates: NDArray[np.intp],
        *,
        found: Suggested,
        said: Said,
    ) -> None:
        """Suggest the best candidate for the cluster of these faces, if one is good enough."""
        best = _best_of(evidence, self._threshold)
        if best is None:
            return
        creators = self.creators[candidates]
        found.creators[place] = creators[best.first]
        found.margins[place] = best.margin
        found.lookalikes[place] = best.lookalike
        if best.second is not None:
            found.rivals[place] = creators[best.second]
        said.similarity[faces] = evidence[:, best.first]
        said.agrees[faces] = best.agrees

    def near(self, centres: Embedding, creators: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which centres (k, 512) are so near to one of these creators that it may be suggested."""
        wanted = np.isin(self.creators, creators)
        if not wanted.any() or len(centres) == 0:
            return np.zeros(len(centres), bool)
        best: NDArray[np.float32] = self._best(centres)[:, wanted].max(axis=1)
        return best >= self._threshold - SLACK

    def _centres(
        self,
        embeddings: Stored,
        members: Sequence[NDArray[np.intp]],
        batch: range,
        found: Suggested,
        said: Said,
    ) -> None:
        for place in batch:
            faces = _rows(embeddings, members[place])
            centre = faces.sum(axis=0)
            centre /= max(float(np.linalg.norm(centre)), 1e-6)
            found.centres[place] = centre
            said.likeness[members[place]] = faces @ centre

    def _best(self, vectors: Embedding) -> NDArray[np.float32]:
        """The cosine of each vector to each creator's best reference, shape (n, creators)."""
        if len(self.creators) == 0:
            return np.empty((len(vectors), 0), np.float32)
        best: NDArray[np.float32] = np.maximum.reduceat(
            vectors @ self._references.T, self._starts, axis=1
        )
        return best

    def _nearest(self, centres: Embedding) -> list[NDArray[np.intp]]:
        """For each centre the places of the creators who can be meant, best first."""
        best = self._best(centres)
        ranked = np.argsort(-best, axis=1, kind="stable")[:, :CANDIDATES]
        floor = self._threshold - SLACK
        return [
            places if len(places) and row[places[0]] >= floor else places[:0]
            for row, places in zip(best, ranked, strict=True)
        ]

    def _compare(
        self,
        vectors: Embedding,
        faces: NDArray[np.intp],
        candidates: NDArray[np.intp],
        denied: Denied,
    ) -> NDArray[np.float32]:
        """Cosines to each candidate's best reference, shape (m, c), NaN where it is denied."""
        found = np.stack(
            [
                (vectors @ self._references[self._starts[c] : self._ends[c]].T).max(axis=1)
                for c in candidates
            ],
            axis=1,
        )
        for row, face in enumerate(faces):
            if not_these := denied.get(int(face)):
                found[row, np.isin(self.creators[candidates], not_these)] = np.nan
        return found

    def _single(
        self, embeddings: Stored, places: NDArray[np.intp], denied: Denied, said: Said
    ) -> None:
        if len(self.creators) == 0:
            return
        for start in range(0, len(places), _BATCH):
            faces = places[start : start + _BATCH]
            vectors = _rows(embeddings, faces)
            best = self._best(vectors)
            for row, face in enumerate(faces):
                if not_these := denied.get(int(face)):
                    best[row, np.isin(self.creators, not_these)] = -1
            nearest = np.where(vectors.any(axis=1), best.max(axis=1), np.nan)
            said.similarity[faces] = nearest
            said.agrees[faces] = nearest >= self._threshold


def _rows(embeddings: Stored, places: NDArray[np.intp]) -> Embedding:
    return embeddings.take(places, axis=0).astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class _Best:
    """The best candidate for the faces of a cluster, and the next (both by place)."""

    first: int
    second: int | None
    margin: float
    agrees: NDArray[np.bool_]
    lookalike: bool


def _best_of(evidence: NDArray[np.float32], threshold: float) -> _Best | None:
    """Rules 2 to 4 on cosines of shape (m, c), NaN where a face is known not to be that one."""
    allowed = ~np.isnan(evidence)
    means = np.nansum(evidence, axis=0) / np.maximum(1, allowed.sum(axis=0))
    means = np.where(allowed.mean(axis=0) >= 0.5, means, -np.inf)
    ranked = np.argsort(-means, kind="stable")
    first, second = int(ranked[0]), int(ranked[1]) if len(ranked) > 1 else None
    if means[first] < threshold:
        return None
    agrees = evidence[:, first] >= np.where(allowed, evidence, -1).max(axis=1)
    unsure = agrees.sum() < _CLOSE_SHARE * allowed[:, first].sum()
    if second is None or not np.isfinite(means[second]):
        return _Best(first, None, np.nan, agrees, bool(unsure))
    margin = float(means[first] - means[second])
    return _Best(first, second, margin, agrees, bool(unsure or margin < _CLOSE_MARGIN))


def _nobody(ids: NDArray[np.int64]) -> Suggested:
    """No suggestion for any of these clusters so far."""
    count = len(ids)
    return Suggested(
        ids,
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.full(count, np.nan, np.float32),
        np.zeros(count, bool),
        np.zeros((count, DIMENSION), np.float32),
    )
