"""Clustering against other methods, each at its best setting, ours at the pack's one threshold.

Run: python tests/bench/clustering.py [--data DIR --pack DIR] [--faces N] [--hdbscan-faces N]
with the extra ``bench``. Real faces by the zoo pack, and synthetic ones. Faces that nobody
names are there but not scored; junk counts as so many people. Ours is given the tracks of the
videos; beside it the same without tracks, and with the template of each track as if it were one
face. The others see no frames and start from every pair, not only from the nearest: of faces, and
weighted Chinese Whispers of templates as well. HDBSCAN takes 8 GB at 20,000 faces:
``--hdbscan-faces`` gives it the first so many, with all methods beside it on the same.

``--grow 100000 300000 1000000`` instead measures time and memory of ours on libraries of these
sizes, each in a process of its own, and by which power of the size they grow. Making a million
faces takes minutes: they are kept in ``--folder``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from figures import Figure, emit, peak_memory_mb
from numpy.typing import NDArray
from real_faces import UNNAMED, labelled_faces
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from sklearn.cluster import DBSCAN, HDBSCAN
from synth_faces import make_library

from facereview.faces import BUFFALO_L, ZOO
from facereview.faces.catalogue import thresholds
from facereview.records import Embedding
from facereview.review.clusters.chinese_whispers import Frames, Rules, whisper
from facereview.review.clusters.clustering import LEAST_VOTE, cluster_faces
from facereview.review.clusters.neighbours import Edges
from facereview.review.clusters.units import FaceSet
from facereview.review.evidence.records import VideoFaces
from facereview.review.evidence.templates import pool
from facereview.review.evidence.tracks import link

SHARED = Path(__file__).resolve().parents[3] / "shared"
LEVELS = [round(float(level), 3) for level in np.arange(0.275, 0.66, 0.025)]
TEMPLATES_AS_FACES = "ours, templates as if they were faces"
WHISPERS_ON_TEMPLATES = "Chinese Whispers, weighted, on templates"
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
        few = self.only(np.arange(len(self.identity)) < count)
        return replace(few, name=f"first {count:,} {self.name}")

    def only(self, wanted: NDArray[np.bool_]) -> Case:
        """The same with some of the faces."""
        held = self.faces
        tracks = None if held.tracks is None else held.tracks[wanted]
        parts = held.embeddings[wanted], held.frames[wanted], held.quality[wanted]
        faces = FaceSet(*parts, tracks)
        return replace(self, faces=faces, identity=self.identity[wanted])

    def one_by_one(self) -> FaceSet:
        """The faces without their tracks."""
        return replace(self.faces, tracks=None)

    def templates(self) -> tuple[FaceSet, Ids]:
        """A template of each track as if it were a face, and that of each face."""
        if self.faces.tracks is None:
            raise ValueError("the faces are in no tracks")
        _, first, track = np.unique(self.faces.tracks, return_index=True, return_inverse=True)
        members = np.split(np.argsort(track, kind="stable"), np.cumsum(np.bincount(track))[:-1])
        held, embeddings = self.faces, self.faces.embeddings.astype(np.float32)
        pooled = [
            pool(embeddings[some], held.quality[some], np.ones(len(some), np.float32))
            for some in members
        ]
        embeddings = np.stack([one.embedding for one in pooled])
        return FaceSet(embeddings, held.frames[first], held.quality[first]), track


@dataclass(frozen=True)
class Seen:
    """Where and how clearly faces were seen; all of one length."""

    frames: Ids
    quality: NDArray[np.float32]
    boxes: NDArray[np.float32]


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


def linked(embeddings: Embedding, videos: Ids, seen: Seen, threshold: float) -> Ids:
    """The track of each face (n,)."""
    tracks = np.zeros(len(videos), np.int64)
    ranked = np.lexsort((seen.frames, videos))
    for some in np.split(ranked, np.flatnonzero(np.diff(videos[ranked])) + 1):
        faces = VideoFaces(
            int(videos[some[0]]),
            some.astype(np.int32),
            seen.frames[some].astype(np.float64),
            embeddings[some],
            seen.quality[some],
            seen.boxes[some],
            np.zeros(len(some), np.int32),
            np.zeros(len(some), bool),
            {},
        )
        for track in link(faces, threshold):
            tracks[list(track.faces)] = track.faces[0]
    return tracks


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
    each = np.arange(count)
    free = Rules(Frames.shared(each, each, count), NO_PAIRS.astype(np.int64), nobody, nobody)
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


def on_templates(case: Case) -> dict[str, list[Tried]]:
    """Ours and weighted Chinese Whispers at all levels, each template as if it were one face."""
    faces, track = case.templates()
    edges, count = all_pairs(faces, LEVELS[0]), len(faces.frames)
    tried: dict[str, list[Tried]] = {
        "ours, templates as faces": [],
        "Chinese Whispers, weighted, templates": [],
    }
    for level in LEVELS:
        start = time.perf_counter()
        mine = cluster_faces(faces, level, apart=NO_PAIRS)
        spent = time.perf_counter() - start
        whispered = weighted_whispers(above(edges, level, count), level)
        found = {
            "ours, templates as faces": _named(mine),
            "Chinese Whispers, weighted, templates": whispered,
        }
        for name, ids in found.items():
            setting = f"cosine {level}"
            tried[name].append(Tried(setting, spent, score(case.identity, ids[track])))
    return tried


def _named(ids: Ids) -> Ids:
    """A number of its own for each track that is alone."""
    return np.where(ids == -1, len(ids) + np.arange(len(ids)), ids)


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
    ours, one_by_one = own(case, case.faces), own(case, case.one_by_one())
    tried = others(case, with_hdbscan=with_hdbscan) | on_templates(case)
    tried["ours, without tracks"] = [one_by_one]
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


def own(case: Case, faces: FaceSet) -> Tried:
    """Ours at the pack's threshold."""
    start = time.perf_counter()
    found = cluster_faces(faces, case.threshold, apart=NO_PAIRS)
    spent = time.perf_counter() - start
    return Tried(f"cosine {case.threshold}, the pack's", spent, score(case.identity, found))


def f_of(run: Tried, kind: str) -> float:
    """F over pairs or by face."""
    return float(getattr(run.score, kind)[2])


def _figure(case: Case, name: str, run: Tried, kind: str) -> Figure:
    precision, recall, f = getattr(run.score, kind)
    note = f"precision {precision:.5f}, recall {recall:.5f}; {run.setting}; {run.seconds:.1f} s"
    return Figure(f"{case.name}: F of {kind}, {name}", round(f, 5), "F", note=note)


def real(data: Path, pack: Path) -> Case:
    """All faces of people and made videos."""
    held, level = labelled_faces(data, pack), thresholds(ZOO).cluster
    seen = Seen(held.frames, held.quality, held.boxes)
    tracks = linked(held.embeddings, held.videos, seen, level)
    faces = FaceSet(held.embeddings, held.frames, held.quality, tracks)
    return Case(f"{len(held.frames)} real faces", faces, held.identity, level)


def synthetic(count: int, seed: int = 7) -> Case:
    """As many synthetic faces as wanted."""
    made, level = make_library(count, seed=seed), thresholds(BUFFALO_L).cluster
    when = np.stack([made.video.astype(float), made.timestamp.astype(float)])
    frames = np.unique(when, axis=1, return_inverse=True)[1].ravel().astype(np.int64)
    seen = Seen(frames, made.quality, made.bbox)
    tracks = linked(made.embedding, made.video.astype(np.int64), seen, level)
    faces = FaceSet(made.embedding, frames, made.quality, tracks)
    return Case(f"{count:,} synthetic faces", faces, made.identity.astype(np.int64), level)


def grown(sizes: list[int], folder: Path) -> list[Figure]:
    """Time and memory at each size, and the power of the size by which the time grows.

    The budget is that of a whole update, with reading and writing.
    """
    figures: list[Figure] = []
    before: dict[str, tuple[int, float]] = {}
    for count in sorted(sizes):
        path = kept(count, folder)
        for way in ("with tracks", "without tracks"):
            done = subprocess.run(
                [sys.executable, __file__, "--inside", str(path), "--way", way],
                capture_output=True,
                text=True,
                check=True,
            )
            raw: dict[str, float] = json.loads(done.stdout)
            what, large = f"{count:,} faces {way}", count == 1_000_000
            note = f"{raw['cpu']:.0f} s of a processor; F of pairs {raw['pairs']:.5f}, "
            note += f"by face {raw['faces']:.5f}"
            figures += [
                Figure(what, round(raw["seconds"], 1), "s", 480 if large else None, note),
                Figure(f"{what}: peak memory", raw["peak"], "MB", 3000 if large else None),
            ]
            if way in before:
                least, spent = before[way]
                power = np.log(raw["cpu"] / spent) / np.log(count / least)
                figures.append(Figure(f"{what}: growth since {least:,}", round(power, 2), "power"))
            before[way] = count, raw["cpu"]
    return figures


def kept(count: int, folder: Path) -> Path:
    """The file of a library of this size, made where it is not there."""
    path = folder / f"clustering_{count}.npz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        case = synthetic(count)
        held, part = case.faces, path.with_suffix(".part.npz")
        np.savez(
            part,
            embeddings=held.embeddings.astype(np.float16),
            frames=held.frames,
            quality=held.quality,
            tracks=held.tracks if held.tracks is not None else np.full(count, -1),
            identity=case.identity,
        )
        part.rename(path)
    return path


def measured(path: Path, way: str) -> dict[str, float]:
    """In the measured process: the faces of a file, clustered."""
    with np.load(path) as held:
        tracks = held["tracks"] if way == "with tracks" else None
        faces = FaceSet(held["embeddings"], held["frames"], held["quality"], tracks)
        identity = held["identity"]
    start, began = time.perf_counter(), time.process_time()
    found = cluster_faces(faces, thresholds(BUFFALO_L).cluster, apart=NO_PAIRS)
    spent = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - began}
    peak, how_well = peak_memory_mb(), score(identity, found)
    return spent | {"peak": peak, "pairs": how_well.pairs[2], "faces": how_well.faces[2]}


def main() -> None:
    """Measure all cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--pack", type=Path, default=SHARED / "models" / "opencv_zoo")
    parser.add_argument("--faces", type=int, default=20_000)
    parser.add_argument("--hdbscan-faces", type=int, default=20_000)
    parser.add_argument("--grow", type=int, nargs="+")
    default = Path(tempfile.gettempdir()) / "facereview-bench"
    parser.add_argument("--folder", type=Path, default=default)
    parser.add_argument("--inside", type=Path)
    parser.add_argument("--way", default="with tracks")
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measured(options.inside, options.way)))
        return
    if options.grow:
        emit(grown(options.grow, options.folder))
        return
    figures = measure(real(options.data, options.pack), with_hdbscan=True)
    whole = synthetic(options.faces)
    together = options.hdbscan_faces >= options.faces
    figures += measure(whole, with_hdbscan=together)
    if not together and options.hdbscan_faces:
        figures += measure(whole.first(options.hdbscan_faces), with_hdbscan=True)
    emit(figures)


if __name__ == "__main__":
    main()
