"""Clustering on faces that nothing was chosen on.

Real faces: the people are parted into halves at random, the threshold that clusters one half best
is used on the other, and the pack's own beside it. Synthetic faces: seeds that were never looked
at while the method was made, ours at the pack's threshold beside Chinese Whispers, weighted, at
the best of all its thresholds for each of just these faces. Ours is given the tracks of the
videos; the same without them stands beside it.

Run: python tests/bench/held_out.py [--data DIR --pack DIR] [--faces N] [--seeds N N ...]
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from clustering import (
    LEVELS,
    NO_PAIRS,
    SHARED,
    Case,
    Score,
    above,
    all_pairs,
    real,
    score,
    synthetic,
    weighted_whispers,
)
from figures import Figure, emit
from numpy.typing import NDArray
from real_faces import UNNAMED

from facereview.review.clusters.clustering import cluster_faces

SPLITS = 20
TRIED = [round(float(level), 2) for level in np.arange(0.28, 0.45, 0.01)]


def part_of(case: Case, people: NDArray[np.int64]) -> Case:
    """Some of the people, with the faces nobody names."""
    return case.only(np.isin(case.identity, people) | (case.identity == UNNAMED))


def ours(case: Case, threshold: float) -> Score:
    """This method at a threshold."""
    return score(case.identity, cluster_faces(case.faces, threshold, apart=NO_PAIRS))


def worth(found: Score) -> float:
    """Both figures together."""
    return found.pairs[2] + found.faces[2]


def real_halves(case: Case, name: str) -> list[Figure]:
    """Each half of the people by what was best for the other half."""
    rng = np.random.default_rng(2026)
    people = np.unique(case.identity[case.identity >= 0])
    chosen, own = [], []
    for _ in range(SPLITS):
        mixed = rng.permutation(people)
        seen, unseen = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
        tuned = part_of(case, seen)
        values = [worth(ours(tuned, level)) for level in TRIED]
        best = [level for level, value in zip(TRIED, values, strict=True) if value == max(values)]
        other = part_of(case, unseen)
        chosen.append(ours(other, best[len(best) // 2]))
        own.append(ours(other, case.threshold))
    return [
        *_spread(f"{name}: half the people, threshold chosen on the other half", chosen),
        *_spread(f"{name}: the same halves, the pack's threshold", own),
    ]


def _spread(name: str, scores: list[Score]) -> list[Figure]:
    figures = []
    for kind in ("pairs", "faces"):
        values = [float(getattr(found, kind)[2]) for found in scores]
        note = f"least {min(values):.5f}, of {len(values)} splits"
        figures.append(
            Figure(f"{name}, F of {kind}", round(float(np.mean(values)), 5), "F", None, note)
        )
    least = min(float(found.pairs[0]) for found in scores)
    return [*figures, Figure(f"{name}, least precision of pairs", round(least, 5), "share")]


def fresh(faces: int, seed: int) -> list[Figure]:
    """One seed, ours beside the best other method."""
    case = synthetic(faces, seed)
    edges, count = all_pairs(case.faces, LEVELS[0]), len(case.identity)
    others = [
        score(case.identity, weighted_whispers(above(edges, level, count), level))
        for level in LEVELS
    ]
    mine = ours(case, case.threshold)
    one_by_one = ours(replace(case, faces=case.one_by_one()), case.threshold)
    figures = []
    for kind in ("pairs", "faces"):
        best = max(float(getattr(found, kind)[2]) for found in others)
        value = float(getattr(mine, kind)[2])
        alone = float(getattr(one_by_one, kind)[2])
        note = f"without tracks {alone:.5f}; Chinese Whispers, weighted, at its best {best:.5f}"
        name = f"{case.name}, seed {seed}: F of {kind}"
        figures.append(Figure(name, round(value, 5), "F", None, note))
        figures.append(Figure(f"{name}, short of the other", round(best - value, 5), "F", 0))
    name = f"{case.name}, seed {seed}: pairs wrongly together"
    note = f"without tracks {1 - float(one_by_one.pairs[0]):.5f}"
    return [*figures, Figure(name, round(1 - float(mine.pairs[0]), 5), "share", 0.01, note)]


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--pack", type=Path, default=SHARED / "models" / "opencv_zoo")
    parser.add_argument("--faces", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1009, 2003, 3001])
    options = parser.parse_args()
    case = real(options.data, options.pack)
    alone = replace(case, faces=case.one_by_one())
    figures = real_halves(case, case.name)
    figures += real_halves(alone, f"{case.name} without tracks")
    for seed in options.seeds:
        figures += fresh(options.faces, seed)
    emit(figures)


if __name__ == "__main__":
    main()
