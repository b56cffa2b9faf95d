"""The search of neighbours that clustering starts with, beside others: time, and what is found.

Run: python tests/bench/neighbours.py [--faces N]. All search the 20 nearest of the same synthetic
faces; recall is the share of the pairs above the pack's threshold that are found of those of an
exact search. Processor seconds, as clustering must leave a machine usable.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import faiss
import numpy as np
from figures import Figure, emit
from numpy.typing import NDArray
from synth_faces import make_library

from facereview.faces import BUFFALO_L
from facereview.faces.catalogue import thresholds
from facereview.records import Embedding
from facereview.review.clusters.neighbours import NEIGHBOURS, Edges, each_once, nearest

_CHUNK = 4096


def by_index(index: Any, faces: Embedding, threshold: float) -> Edges:
    """Pairs above the threshold that an index of FAISS finds."""
    if not index.is_trained:
        index.train(faces)
    index.add(faces)
    ones, others, cosines = [], [], []
    for start in range(0, len(faces), _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, len(faces)))
        found, places = index.search(faces[rows], NEIGHBOURS + 1)
        near = (found > threshold) & (places != rows[:, None]) & (places >= 0)
        ones.append(np.broadcast_to(rows[:, None], near.shape)[near].astype(np.int32))
        others.append(places[near].astype(np.int32))
        cosines.append(found[near])
    return each_once(*(np.concatenate(part) for part in (ones, others, cosines)))


def cells_of_bytes(count: int, dimension: int) -> Any:
    """An inverted file of 8-bit values over 3 sqrt(n) cells, of which 16 are looked into."""
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        int(3 * np.sqrt(count)),
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.nprobe = 16
    return index


def graph(dimension: int) -> Any:
    """A hierarchical graph (HNSW: Malkov, Yashunin 2016) of float16 values, FAISS's settings."""
    kind: Any = faiss.ScalarQuantizer.QT_fp16
    index = faiss.IndexHNSWSQ(dimension, kind, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efSearch = 64
    return index


def keys(edges: Edges) -> NDArray[np.int64]:
    """One number for each pair."""
    return edges.one.astype(np.int64) << 32 | edges.other


def main() -> None:
    """Search by each method."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faces", type=int, default=50_000)
    count = parser.parse_args().faces
    faces, level = make_library(count, seed=7).embedding, thresholds(BUFFALO_L).cluster
    width, halves = faces.shape[1], faces.astype(np.float16)
    methods: dict[str, Callable[[], Edges]] = {
        "exact": lambda: by_index(faiss.IndexFlatIP(width), faces, level),
        "this": lambda: nearest(halves, np.arange(count), level),
        "inverted file of 8-bit values": lambda: by_index(
            cells_of_bytes(count, width), faces, level
        ),
        "HNSW": lambda: by_index(graph(width), faces, level),
    }
    figures, exact = [], np.zeros(0, np.int64)
    for name, run in methods.items():
        start, began = time.process_time(), time.perf_counter()
        found = keys(run())
        exact = found if name == "exact" else exact
        spent, wall = time.process_time() - start, time.perf_counter() - began
        recall = float(np.isin(exact, found).mean())
        figures += [
            Figure(
                f"{count:,} faces, {name}", round(spent, 1), "processor s", note=f"{wall:.0f} s"
            ),
            Figure(f"{count:,} faces, {name}: pairs missed", round(1 - recall, 5), "share"),
        ]
    emit(figures)


if __name__ == "__main__":
    main()
