"""The faces most like each face: the graph that clustering works on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from facereview.records import Embedding

Stored = NDArray[np.float16] | NDArray[np.float32]
"""Embeddings as they are kept: float16 halves the memory and moves a cosine by some .00002."""

NEIGHBOURS = 20
EXACT_BELOW = 20_000
_PROBES = 16
_TRAINED_ON = 40
_ROUNDS = 5
"""The cells of ten rounds find no more, and take twice as long."""
_CHUNK = 4096
_TRAINED, _ASSIGNED = 0.2, 0.4
"""Share of the search done after each part."""

Told = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of faces, each pair once, with their cosine. All of shape (e,)."""

    one: NDArray[np.int32]
    other: NDArray[np.int32]
    cosine: NDArray[np.float32]

    def without(self, faces: NDArray[np.bool_]) -> Edges:
        """The edges that touch none of these faces (n,)."""
        keep = ~(faces[self.one] | faces[self.other])
        return Edges(self.one[keep], self.other[keep], self.cosine[keep])

    def graph(self, count: int, floor: float) -> csr_array:
        """The symmetric graph of ``count`` faces, shape (n, n), with weight cosine - ``floor``."""
        rows = np.concatenate([self.one, self.other])
        columns = np.concatenate([self.other, self.one])
        weights = np.tile(self.cosine - np.float32(floor), 2)
        return csr_array((weights, (rows, columns)), shape=(count, count))


@dataclass(frozen=True)
class Vectors:
    """Embeddings (n, 512) in the ``order`` (m,) in which they are numbered; not copied for it."""

    embeddings: Stored
    order: NDArray[np.intp]

    @cached_property
    def width(self) -> int:
        """Columns up to the last that is not zero everywhere: the zoo pack fills 128 of 512."""
        used = np.flatnonzero(self.embeddings.any(axis=0))
        return int(used[-1]) + 1 if len(used) else 1

    def rows(self, places: NDArray[np.integer], width: int) -> Embedding:
        """The first ``width`` columns of those at these places."""
        some = self.embeddings.take(self.order[places], axis=0)
        return np.ascontiguousarray(some[:, :width], np.float32)


def nearest(
    embeddings: Stored,
    order: NDArray[np.intp],
    threshold: float,
    *,
    on_progress: Told = lambda _: None,
) -> Edges:
    """Pairs above ``threshold`` among the 20 nearest of each face, numbered as in ``order``.

    ``on_progress`` gets 0..1; what it raises stops the search.
    """
    faces = Vectors(embeddings, order)
    found, places = search(faces, faces, NEIGHBOURS + 1, threshold, on_progress=on_progress)
    near = (found > threshold) & (places != np.arange(len(order))[:, None]) & (places >= 0)
    row, column = np.nonzero(near)
    return each_once(row.astype(np.int32), places[row, column], found[row, column])


def each_once(
    ones: NDArray[np.int32], others: NDArray[np.int32], cosines: NDArray[np.float32]
) -> Edges:
    """Edges without the second mention of a pair, ordered by their ends."""
    low, high = np.minimum(ones, others), np.maximum(ones, others)
    keys = low.astype(np.int64) << 32 | high
    _, first = np.unique(keys, return_index=True)
    return Edges(low[first], high[first], cosines[first])


def search(
    base: Vectors,
    asked: Vectors,
    limit: int,
    floor: float,
    *,
    on_progress: Told = lambda _: None,
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Cosines and places of the ``limit`` of ``base`` nearest to each asked for, in no order.

    Of shape (q, limit); -1 as place where there is none or none is above ``floor``. Exact below
    20,000 in ``base``. Above, those are put into 3 sqrt(n) cells, of which the 16 nearest are
    looked into. All faces that ask a cell are compared with all in it by one product of matrices,
    several cells at a time.

    The pairs above the pack's threshold among 30,000 synthetic faces, in one run of
    ``tests/bench/neighbours.py``:

    =====================================  ===========  ======
    method                                 processor s  missed
    =====================================  ===========  ======
    this                                   3.2          .00033
    FAISS, inverted file of 8-bit values   6.4          .01065
    FAISS, exact                           11.8         0
    FAISS, HNSW of float16 values          15.0         .00784
    =====================================  ===========  ======
    """
    count = len(base.order)
    on_progress(0.0)
    best = _Best(len(asked.order), limit)
    if count < EXACT_BELOW:
        everything = np.arange(count)
        for some in _chunks(len(asked.order)):
            best.take(_compared(base, asked, everything, some, limit), floor)
            on_progress(float(some[-1] + 1) / len(asked.order))
        return best.cosines, best.places
    centres = _trained(base, lambda share: on_progress(_TRAINED * share))
    probed = _assigned(
        asked, centres, lambda share: on_progress(_TRAINED + share * (_ASSIGNED - _TRAINED))
    )
    home = probed[:, 0] if asked is base else _assigned(base, centres, lambda _: None)[:, 0]
    held, asking = _grouped(home, 1, len(centres)), _grouped(probed.ravel(), _PROBES, len(centres))
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads, initializer=_one_thread) as pool:
        for first in range(0, len(centres), 4 * threads):
            cells = range(first, min(first + 4 * threads, len(centres)))
            work = [(held(cell), asking(cell)) for cell in cells]
            for found in pool.map(lambda of: _compared(base, asked, of[0], of[1], limit), work):
                best.take(found, floor)
            on_progress(_ASSIGNED + (1 - _ASSIGNED) * cells.stop / len(centres))
    return best.cosines, best.places


@dataclass(frozen=True, slots=True)
class _Found:
    """Who asked (q,), and what is nearest to each in one cell (q, k)."""

    asked: NDArray[np.intp]
    cosines: NDArray[np.float32]
    places: NDArray[np.int32]


class _Best:
    """The nearest so far."""

    def __init__(self, count: int, limit: int) -> None:
        self.cosines = np.full((count, limit), -1, np.float32)
        self.places = np.full((count, limit), -1, np.int32)

    def take(self, found: _Found, floor: float) -> None:
        """Keep what is nearer than those so far, and above ``floor``."""
        if found.cosines.size == 0:
            return
        near = np.flatnonzero(found.cosines.max(axis=1) > floor)
        asked, limit = found.asked[near], self.cosines.shape[1]
        cosines = np.concatenate([self.cosines[asked], found.cosines[near]], axis=1)
        places = np.concatenate([self.places[asked], found.places[near]], axis=1)
        top = np.argpartition(cosines, -limit, axis=1)[:, -limit:]
        self.cosines[asked] = np.take_along_axis(cosines, top, axis=1)
        self.places[asked] = np.take_along_axis(places, top, axis=1)


def _one_thread() -> None:
    """Cells are compared side by side: each by one thread."""
    import faiss  # noqa: PLC0415

    faiss.omp_set_num_threads(1)


def _chunks(count: int) -> Iterator[NDArray[np.intp]]:
    for start in range(0, count, _CHUNK):
        yield np.arange(start, min(start + _CHUNK, count))


def _grouped(cells: NDArray[np.int16], each: int, count: int) -> Callable[[int], NDArray[np.intp]]:
    """Which rows name a cell, of ``each`` mentions a row."""
    ranked = np.argsort(cells, kind="stable").astype(np.int32)
    starts = np.searchsorted(cells[ranked], np.arange(count + 1))
    return lambda cell: (ranked[starts[cell] : starts[cell + 1]] // each).astype(np.intp)


def _compared(
    base: Vectors, asked: Vectors, held: NDArray[np.intp], asking: NDArray[np.intp], limit: int
) -> _Found:
    """The nearest of those ``held`` by a cell to each that is ``asking``."""
    import faiss  # noqa: PLC0415

    limit = min(limit, len(held))
    if limit == 0 or len(asking) == 0:
        return _Found(asking, np.empty((0, 0), np.float32), np.empty((0, 0), np.int32))
    cosines, at = faiss.knn(
        asked.rows(asking, base.width),
        base.rows(held, base.width),
        limit,
        metric=faiss.METRIC_INNER_PRODUCT,
    )
    return _Found(asking, cosines, held.astype(np.int32)[at])


def _trained(base: Vectors, on_progress: Told) -> Embedding:
    """The centres of 3 sqrt(n) cells, by rounds of k-means on some of the rows."""
    import faiss  # noqa: PLC0415

    count = len(base.order)
    cells = int(3 * np.sqrt(count))
    some = np.random.default_rng(0).choice(count, min(count, _TRAINED_ON * cells), False)
    sample = base.rows(np.sort(some), base.width)
    index = faiss.IndexFlatIP(base.width)
    rounds: Any = faiss.Clustering(base.width, cells)
    rounds.niter, rounds.spherical = 1, True
    for done in range(_ROUNDS):
        rounds.train(sample, index)  # begins with the centroids of the round before
        on_progress((done + 1) / _ROUNDS)
    centres: Embedding = index.reconstruct_n(0, cells)
    return centres


def _assigned(asked: Vectors, centres: Embedding, on_progress: Told) -> NDArray[np.int16]:
    """The 16 cells nearest to each row, nearest first, shape (q, 16)."""
    import faiss  # noqa: PLC0415

    probed = np.empty((len(asked.order), _PROBES), np.int16)
    for some in _chunks(len(asked.order)):
        rows = asked.rows(some, centres.shape[1])
        probed[some] = faiss.knn(rows, centres, _PROBES, metric=faiss.METRIC_INNER_PRODUCT)[1]
        on_progress(float(some[-1] + 1) / len(asked.order))
    return probed
