"""Clustering against other methods, each at its best setting, ours at the pack's one threshold.

Run: python tests/bench/clustering.py [--data DIR --pack DIR] [--faces N] [--hdbscan-faces N]
with the extra ``bench``. Real faces by the zoo pack, and synthetic ones. Faces that nobody
names are there but not scored; junk counts as so many people. The others see no frames and
start from every pair of faces, not only from the nearest. HDBSCAN takes 8 GB at 20,000 faces:
``--hdbscan-faces`` gives it the first so many, with all methods beside it on the same.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from figures import Figure, emit
from numpy.typing import NDArray
from real_faces import UNNAMED, labelled_faces
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import DBSCAN, HDBSCAN
from synth_faces import make_library

from facereview.faces import BUFFALO_L, ZOO
from facereview.faces.catalogue import thresholds
from facereview.review.clusters.chinese_whispers import Rules, whisper
from facereview.review.clusters.clustering import LEAST_VOTE, FaceSet, cluster_faces
from facereview.review.clusters.neighbours import Edges

SHARED = Path(__file__).resolve().parents[3] / "shared"
LEVELS = [round(float(level), 3) for level in np.arange(0.275, 0.66, 0.025)]
NO_PAIRS = np.zeros((0, 2), np.int32)

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """Faces with the truth (n,), and the threshold of the pack they are from."""

    name: str
    faces: FaceSet
    identity: Ids
    threshold: float

    def first(self, count: int) -> Case:
        """The same with fewer faces."""
        parts = (self.faces.embeddings, self.faces.frames, self.faces.quality)
        fewer = FaceSet(*(part[:count] for part in parts))  # type: ignore[arg-type]
        return Case(f"first {count:,} {self.name}", fewer, self.identity[:count], self.threshold)


@dataclass(frozen=True)
class Score:
    """Precision, recall and F over pairs of faces, and by face (B-cubed: Bagga, Baldwin 1998)."""

    pairs: tuple[float, float, float]
    faces: tuple[float, float, float]


@dataclass(frozen=True)
class Tried:
    """A method at one setting."""

    setting: str
    seconds: float
    score: Score


def score(identity: Ids, clusters: Ids) -> Score:
    """How well clusters fit the truth; -1 is alone on both sides."""
    named = identity != UNNAMED
    truth, found = _each_alone(identity[named]), _each_alone(clusters[named])
    cells, shared = np.unique(np.stack([truth, found]), axis=1, return_counts=True)
    people, clusters = np.bincount(truth), np.bincount(found)
    together = _pairs(shared)
    pairs = _f(together / max(1, _pairs(clusters)), together / max(1, _pairs(people)))
    right = shared.astype(float) ** 2 / len(truth)
    return Score(pairs, _f((right / clusters[cells[1]]).sum(), (right / people[cells[0]]).sum()))


def _each_alone(ids: Ids) -> Ids:
    alone = ids == -1
    apart = np.where(alone, ids.max(initial=0) + 1 + np.cumsum(alone), ids)
    return np.unique(apart, return_inverse=True)[1].astype(np.int64)


def _pairs(sizes: NDArray[np.int64]) -> float:
    return float((sizes * (sizes - 1) // 2).sum())


def _f(precision: float, recall: float) -> tuple[float, float, float]:
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def all_pairs(faces: FaceSet, floor: float) -> Edges:
    """Every pair above ``floor``."""
    found = []
    for start in range(0, len(faces.frames), 1024):
        cosines = faces.embeddings[start : start + 1024] @ faces.embeddings[start:].T
        one, other = np.nonzero(np.triu(cosines > floor, 1))
        found.append((one + start, other + start, cosines[one, other]))
    ones, others, values = (np.concatenate(part) for part in zip(*found, strict=True))
    return Edges(ones.astype(np.int32), others.astype(np.int32), values.astype(np.float32))


def above(edges: Edges, level: float, count: int) -> csr_array:
    """The graph of the pairs above a level, weighted cosine - level + .02."""
    keep = edges.cosine > level
    kept = Edges(edges.one[keep], edges.other[keep], edges.cosine[keep])
    return kept.graph(count, level - LEAST_VOTE)


def plain_whispers(graph: csr_array, level: float) -> Ids:
    """Chinese Whispers in which every neighbour has one vote."""
    even = graph.copy()
    even.data[:] = 1
    return weighted_whispers(even, level)


def weighted_whispers(graph: csr_array, _: float) -> Ids:
    """Chinese Whispers without any rule."""
    count = graph.shape[0]
    nobody = np.zeros(count, bool)
    free = Rules(np.arange(count), NO_PAIRS.astype(np.int64), nobody, nobody)
    return whisper(graph, np.arange(count), free)


def components(graph: csr_array, _: float) -> Ids:
    """Connected components."""
    return np.asarray(connected_components(graph)[1], np.int64)


def dbscan(least: int) -> Callable[[csr_array, float], Ids]:
    """DBSCAN with ``min_samples``."""

    def run(graph: csr_array, level: float) -> Ids:
        distance = graph.copy()
        distance.data = np.maximum(0, 1 - (graph.data + level - LEAST_VOTE))
        made = DBSCAN(eps=1 - level, min_samples=least, metric="precomputed")
        return np.asarray(made.fit_predict(distance), np.int64)

    return run


def hdbscan(case: Case) -> Iterator[Tried]:
    """HDBSCAN by excess of mass, and its tree cut at each level.

    On unit vectors Euclid orders pairs as the cosine does.
    """
    for size in (2, 3, 5):
        start = time.perf_counter()
        made = HDBSCAN(min_cluster_size=size, min_samples=1, copy=True)
        found = made.fit_predict(case.faces.embeddings)
        spent = time.perf_counter() - start
        yield Tried(f"size {size}", spent, score(case.identity, found))
        for level in LEVELS:
            cut = made.dbscan_clustering(float(np.sqrt(2 - 2 * level)), min_cluster_size=size)
            setting = f"size {size}, cut at cosine {level}"
            yield Tried(setting, spent, score(case.identity, cut.astype(np.int64)))


def others(case: Case, *, with_hdbscan: bool) -> dict[str, list[Tried]]:
    """All other methods at all their settings."""
    edges, count = all_pairs(case.faces, LEVELS[0]), len(case.identity)
    methods = {
        "DBSCAN, 2": dbscan(2),
        "DBSCAN, 4": dbscan(4),
        "connected components": components,
        "Chinese Whispers, plain": plain_whispers,
        "Chinese Whispers, weighted": weighted_whispers,
    }
    tried: dict[str, list[Tried]] = {name: [] for name in methods}
    for level in LEVELS:
        graph = above(edges, level, count)
        for name, run in methods.items():
            start = time.perf_counter()
            found = run(graph, level)
            spent = time.perf_counter() - start
            tried[name].append(Tried(f"cosine {level}", spent, score(case.identity, found)))
    if with_hdbscan:
        tried["HDBSCAN"] = list(hdbscan(case))
    return tried


def measure(case: Case, *, with_hdbscan: bool) -> list[Figure]:
    """Ours beside the others on one set of faces."""
    start = time.perf_counter()
    found = cluster_faces(case.faces, case.threshold, apart=NO_PAIRS)
    setting = f"cosine {case.threshold}, the pack's"
    ours = Tried(setting, time.perf_counter() - start, score(case.identity, found))
    tried = others(case, with_hdbscan=with_hdbscan)
    figures = []
    for kind in ("pairs", "faces"):
        best = {name: max(runs, key=lambda r: f_of(r, kind)) for name, runs in tried.items()}
        shown = {"ours": ours} | best
        figures += [_figure(case, name, run, kind) for name, run in shown.items()]
        short = max(f_of(run, kind) for run in best.values()) - f_of(ours, kind)
        figures.append(
            Figure(f"{case.name}: F of {kind} short of the best other", round(short, 5), "F", 0)
        )
    wrong = 1 - ours.score.pairs[0]
    figures.append(Figure(f"{case.name}: pairs wrongly together", round(wrong, 5), "share", 0.01))
    return figures


def f_of(run: Tried, kind: str) -> float:
    """F over pairs or by face."""
    return float(getattr(run.score, kind)[2])


def _figure(case: Case, name: str, run: Tried, kind: str) -> Figure:
    precision, recall, f = getattr(run.score, kind)
    note = f"precision {precision:.5f}, recall {recall:.5f}; {run.setting}; {run.seconds:.1f} s"
    return Figure(f"{case.name}: F of {kind}, {name}", round(f, 5), "F", note=note)


def real(data: Path, pack: Path) -> Case:
    """All faces of people and made videos."""
    held = labelled_faces(data, pack)
    faces = FaceSet(held.embeddings, held.frames, held.quality)
    return Case(f"{len(held.frames)} real faces", faces, held.identity, thresholds(ZOO).cluster)


def synthetic(count: int, seed: int = 7) -> Case:
    """As many synthetic faces as wanted."""
    made = make_library(count, seed=seed)
    when = np.stack([made.video.astype(float), made.timestamp.astype(float)])
    frames = np.unique(when, axis=1, return_inverse=True)[1].ravel()
    faces = FaceSet(made.embedding, frames.astype(np.int64), made.quality)
    level = thresholds(BUFFALO_L).cluster
    return Case(f"{count:,} synthetic faces", faces, made.identity.astype(np.int64), level)


def main() -> None:
    """Measure all cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--pack", type=Path, default=SHARED / "models" / "opencv_zoo")
    parser.add_argument("--faces", type=int, default=20_000)
    parser.add_argument("--hdbscan-faces", type=int, default=20_000)
    options = parser.parse_args()
    figures = measure(real(options.data, options.pack), with_hdbscan=True)
    whole = synthetic(options.faces)
    together = options.hdbscan_faces >= options.faces
    figures += measure(whole, with_hdbscan=together)
    if not together and options.hdbscan_faces:
        figures += measure(whole.first(options.hdbscan_faces), with_hdbscan=True)
    emit(figures)


if __name__ == "__main__":
    main()
