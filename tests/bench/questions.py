"""What the order of questions is worth: "the same person?" against other orders of pairs.

Synthetic faces of people of whom half have two or three looks, so that their faces fall into
several clusters; some creators are known. Asked are so many questions in each order by a curator
who knows; counted are the faces that a "yes" settles with the key of another cluster.

usage: questions.py [--faces N] [--seeds S ...]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from figures import Figure, emit
from numpy.typing import NDArray
from synth_faces import Library, make_library

from facereview.records import Embedding
from facereview.review.clusters.clustering import cluster_faces
from facereview.review.clusters.constraints import frame_numbers
from facereview.review.clusters.units import NO_TRACK, FaceSet
from facereview.review.questions.pairs import LEAST, ClusterFacts, Pair, worth_asking

THRESHOLD = 0.4
CREATORS, KNOWN = 40, 0.6
ASKED = (10, 20, 40)
TUNED_ON = range(1, 7)
"""Seeds on which the constants of the rule were set."""


def with_looks(made: Library, seed: int, share: float = 0.5) -> Embedding:
    """The faces, where in a share of the people's videos they look another way."""
    chance = np.random.default_rng(seed + 1000)
    faces: Embedding = made.embedding.copy()
    for who in np.unique(made.identity[made.identity >= 0]):
        own = np.flatnonzero(made.identity == who)
        videos = np.unique(made.video[own])
        if chance.random() > share or len(videos) < 2:
            continue
        looks = int(chance.integers(2, 4))
        of = chance.integers(0, looks, len(videos))
        for look in range(1, looks):
            way = chance.standard_normal(faces.shape[1]) / np.sqrt(faces.shape[1])
            there = own[np.isin(made.video[own], videos[of == look])]
            faces[there] += (chance.uniform(0.6, 1.1) * way).astype(np.float32)
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    return faces


@dataclass(frozen=True)
class Case:
    """The clusters of a library, and who each is."""

    facts: ClusterFacts
    who: NDArray[np.int64]


def case(count: int, seed: int) -> Case:
    """Cluster one synthetic library."""
    made = make_library(count, seed=seed, creators=CREATORS)
    faces = with_looks(made, seed)
    frames = frame_numbers(made.video, made.timestamp)
    alone = np.full(count, NO_TRACK, np.int64)
    of = cluster_faces(
        FaceSet(faces, frames, made.quality, alone), THRESHOLD, apart=np.zeros((0, 2), np.int32)
    )
    ids = np.unique(of[of != -1])
    means = np.stack([faces[of == one].mean(axis=0) for one in ids])
    norms = np.linalg.norm(means, axis=1)
    who = np.asarray([_most(made.identity[of == one]) for one in ids])
    named = np.random.default_rng(seed).random(len(ids)) < KNOWN
    facts = ClusterFacts(
        np.arange(1, len(ids) + 1),
        np.asarray([(of == one).sum() for one in ids]),
        norms.astype(np.float64),
        np.isin(who, made.creators) & named,
        (means / norms[:, None]).astype(np.float32),
    )
    return Case(facts, who)


def _most(people: NDArray[np.int32]) -> int:
    values, counts = np.unique(people, return_counts=True)
    return int(values[counts.argmax()])


Worth = Callable[[Pair, ClusterFacts], float]


def _fewer(pair: Pair, facts: ClusterFacts) -> float:
    return float(min(facts.sizes[pair.one - 1], facts.sizes[pair.other - 1]))


RIVALS: dict[str, Worth | None] = {
    "this": None,
    "by the smaller cluster, any pair": _fewer,
    "by the smaller cluster, likely pairs only": lambda p, f: _fewer(p, f) * (p.chance >= LEAST),
    "by likeness": lambda p, _f: p.likeness,
    "likeness times the smaller cluster": lambda p, f: p.likeness * _fewer(p, f),
}


def asked(at: Case, worth: Worth | None) -> list[Pair]:
    """The questions in the order of a rule."""
    if worth is None:
        return worth_asking(at.facts, THRESHOLD, (), max(ASKED))
    everything = worth_asking(at.facts, THRESHOLD, (), len(at.who) ** 2, least=0.0)
    return sorted(everything, key=lambda pair: -worth(pair, at.facts))[: max(ASKED)]


def settled(at: Case, pairs: list[Pair]) -> list[int]:
    """The faces settled after each question; who was joined before settles nothing again."""
    root = list(range(len(at.who) + 1))
    sizes, known = [0, *at.facts.sizes.tolist()], [False, *at.facts.suggested.tolist()]
    found, total = [], 0
    for pair in pairs:
        one, other = _root(root, pair.one), _root(root, pair.other)
        if at.who[pair.one - 1] == at.who[pair.other - 1] >= 0 and one != other:
            if not known[one] and not known[other]:
                total += min(sizes[one], sizes[other])
            elif not (known[one] and known[other]):
                total += sizes[other] if known[one] else sizes[one]
            root[other] = one
            sizes[one] += sizes[other]
            known[one] = known[one] or known[other]
        found.append(total)
    return found + [total] * (max(ASKED) - len(found))


def _root(root: list[int], one: int) -> int:
    while root[one] != one:
        one = root[one]
    return one


def main() -> None:
    """Ask in every order in every library."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faces", type=int, default=5_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(11, 19)))
    options = parser.parse_args()
    cases = [case(options.faces, seed) for seed in options.seeds]
    figures = []
    for name, worth in RIVALS.items():
        gains = np.asarray([settled(at, asked(at, worth)) for at in cases])
        for count in ASKED:
            mean = float(gains[:, count - 1].mean()) / count
            figures.append(Figure(f"{name}: a question, first {count}", round(mean, 1), "faces"))
    emit(figures)


if __name__ == "__main__":
    main()
