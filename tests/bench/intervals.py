"""How often the interval of a replay's precision holds what the rule really does, by method.

Synthetic libraries, each with a part of its videos decided, about 2,000 faces. The share of right
names among the faces of these videos that reach a threshold stands for the whole library: the truth
is that share among all other videos. Counted is in how many of 100 libraries an interval of 95 %
covers it, in the worst of the thresholds, and how wide it is. Names are given face by face (nearest
reference) and by track (the mean of a person's faces in a video), where all faces of a track are
right or wrong together.

usage: intervals.py [--libraries N] [--faces N]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from figures import Figure, emit
from numpy.typing import NDArray
from scipy.special import betaincinv
from synth_faces import Library, make_library

from facereview.records import Embedding
from facereview.review.insight.intervals import share

THRESHOLDS = (0.28, 0.32, 0.36, 0.40, 0.45, 0.50)
DECIDED, CREATORS, Z = 2_000, 60, 1.959964

Right = NDArray[np.bool_]
Groups = NDArray[np.int64]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Settled:
    """Faces that reach a threshold: whether the name is right, their tracks and who they are."""

    right: Right
    tracks: Groups
    people: Groups

    def part(self, which: NDArray[np.bool_]) -> Settled:
        """Some of them."""
        return Settled(self.right[which], self.tracks[which], self.people[which])


Method = Callable[[Settled], Interval]


def wilson(given: Settled) -> Interval:
    """Wilson's score interval, each face by itself."""
    n, p = len(given.right), float(given.right.mean())
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * float(np.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)))
    return middle - half, middle + half


def clopper_pearson(p: float, worth: float) -> Interval:
    """The exact interval of so many independent ones."""
    yes = p * worth
    low = betaincinv(yes, worth - yes + 1, 0.025) if yes > 0 else 0.0
    high = betaincinv(yes + 1, worth - yes, 0.975) if yes < worth else 1.0
    return float(low), float(high)


def exact(given: Settled) -> Interval:
    """Clopper and Pearson, each face by itself."""
    return clopper_pearson(float(given.right.mean()), len(given.right))


def of_tracks(given: Settled) -> Interval:
    """The same, as many as there are tracks."""
    return clopper_pearson(float(given.right.mean()), len(np.unique(given.tracks)))


def program(given: Settled) -> Interval:
    """The program's: Korn and Graubard, tracks that agree entirely."""
    found = share(given.right, given.tracks)
    return found.low, found.high


def of_people(given: Settled) -> Interval:
    """The same with people, not tracks, that agree entirely."""
    found = share(given.right, given.people)
    return found.low, found.high


def estimated(given: Settled) -> Interval:
    """Korn and Graubard with the design effect that the tracks show."""
    _, place, sizes = np.unique(given.tracks, return_inverse=True, return_counts=True)
    p, n = float(given.right.mean()), len(given.right)
    if p in (0.0, 1.0):
        return program(given)
    away = np.bincount(place, given.right) - p * sizes
    k = len(sizes)
    variance = float((away**2).sum()) * k / max(1, k - 1) / n**2
    return clopper_pearson(p, min(n, p * (1 - p) / variance))


def bootstrap(groups: Callable[[Settled], Groups]) -> Method:
    """Percentiles of 1,000 draws of whole groups."""

    def method(given: Settled) -> Interval:
        _, place, sizes = np.unique(groups(given), return_inverse=True, return_counts=True)
        right = np.bincount(place, given.right)
        rng = np.random.default_rng(1)
        times = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=1000)
        shares = (times @ right) / np.maximum(1, times @ sizes)
        return float(np.quantile(shares, 0.025)), float(np.quantile(shares, 0.975))

    return method


METHODS: dict[str, Method] = {
    "Wilson, faces": wilson,
    "Clopper-Pearson, faces": exact,
    "Clopper-Pearson, tracks": of_tracks,
    "bootstrap of tracks": bootstrap(lambda given: given.tracks),
    "bootstrap of people": bootstrap(lambda given: given.people),
    "Korn-Graubard, tracks, design effect as seen": estimated,
    "Korn-Graubard, tracks that agree (this)": program,
    "Korn-Graubard, people that agree": of_people,
}


def tracks_of(library: Library) -> Groups:
    """A person in a video is a track, and so is each junk detection."""
    alone = library.identity < 0
    key = library.video.astype(np.int64) * 1_000_000 + library.identity
    key[alone] = -1 - np.flatnonzero(alone)
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


def templates(library: Library, tracks: Groups) -> Embedding:
    """The mean of each face's track, at unit length."""
    sums = np.zeros((tracks.max() + 1, library.embedding.shape[1]), np.float32)
    np.add.at(sums, tracks, library.embedding)
    sums /= np.linalg.norm(sums, axis=1, keepdims=True)
    found: Embedding = sums[tracks]
    return found


def named(vectors: Embedding, library: Library) -> tuple[NDArray[np.float32], Right]:
    """The best cosine of each to the references, and whether that name is right."""
    cosines = vectors @ library.reference.T
    best = cosines.argmax(axis=1)
    right = library.reference_of[best] == library.identity
    return cosines[np.arange(len(vectors)), best], right


def samples(library: Library, seed: int) -> Iterator[tuple[str, float, Settled, float]]:
    """Rule, threshold, the settled among the decided, and the share of right ones among others."""
    tracks, videos = tracks_of(library), np.unique(library.video)
    each = len(library.video) / len(videos)
    drawn = np.random.default_rng(seed).permutation(videos)[: round(DECIDED / each)]
    decided = np.isin(library.video, drawn)
    alone = library.identity.max() + 1 + np.arange(len(tracks))
    people = np.where(library.identity >= 0, library.identity, alone)
    rules = {"faces": library.embedding, "tracks": templates(library, tracks)}
    for rule, vectors in rules.items():
        scores, right = named(vectors, library)
        whole = Settled(right, tracks, people.astype(np.int64))
        for threshold in THRESHOLDS:
            reached = scores >= threshold
            if (reached & decided).any():
                truth = float(right[reached & ~decided].mean())
                yield rule, threshold, whole.part(reached & decided), truth


def main() -> None:
    """Print how often each method covers the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--libraries", type=int, default=100)
    parser.add_argument("--faces", type=int, default=40_000)
    given = parser.parse_args()
    covered: dict[tuple[str, str, float], list[bool]] = {}
    widths: dict[tuple[str, str], list[float]] = {}
    truths: dict[tuple[str, float], list[float]] = {}
    for seed in range(given.libraries):
        library = make_library(given.faces, 1000 + seed, CREATORS)
        for rule, threshold, settled, truth in samples(library, seed):
            truths.setdefault((rule, threshold), []).append(truth)
            for name, method in METHODS.items():
                low, high = method(settled)
                found = low - 1e-12 <= truth <= high + 1e-12
                covered.setdefault((rule, name, threshold), []).append(found)
                widths.setdefault((rule, name), []).append(high - low)
    figures = [
        Figure(f"truth by {rule} from {at}", round(float(np.mean(some)), 5), "share")
        for (rule, at), some in truths.items()
    ]
    for (rule, name), wide in widths.items():
        shares = [float(np.mean(covered[rule, name, at])) for at in THRESHOLDS]
        note = ", ".join(f"{at}: {share:.2f}" for at, share in zip(THRESHOLDS, shares, strict=True))
        width = float(np.mean(wide))
        worst = round(min(shares), 3)
        figures += [
            Figure(f"{name} by {rule}: covered at worst", worst, "share", None, note),
            Figure(f"{name} by {rule}: width", round(width, 5), "share"),
        ]
    emit(figures)


if __name__ == "__main__":
    main()
