"""Clustering faces by person, without knowing how many people there are.

The units are tracks: the faces of one person in one video, linked there. A face without a track is
one by itself. They share a cluster unless a curator took them apart.

First Chinese Whispers (Biemann 2006; used for faces by dlib): every unit takes the label that its
nearest neighbours hold most, here with votes weighted by how far a cosine is above the pack's
threshold, and under constraints that no vote breaks: no person appears twice in one frame, pairs
set apart stay apart, faces fixed by a curator stay. Then three corrections that need whole
clusters:

- a unit whose mean cosine to its cluster is below the threshold leaves it: look-alikes that the
  votes of a few neighbours carried in. It comes back if only its quality lowered the cosine;
- clusters whose mean cosine to each other is above the threshold are merged;
- a single face too blurred to reach the threshold to any other face may still reach it to the
  centre of a cluster.

Neighbours are looked for among the tracks' mean directions. The cosine of two such means is above
that of the faces, the more so the more faces they are of, and one threshold for it would be wrong
for most: so all that counts, votes and means, are mean cosines over the pairs of faces, to which
the threshold of single faces applies as it is.

Faces below the threshold to everybody stay single. The neighbours of more than 20,000 units are
looked for in cells, so are those of clusters that may merge, and no step compares all with all: a
million faces in 370,000 tracks take 18 times the processor time of a tenth of them (209 s and 12 s
at a cosine of .5; a power of 1.25), and less than 3 GB. Embeddings may be float16: what that
changes is no more than what another order of the votes does.

Best F over pairs / by face (B-cubed) of ``tests/bench/clustering.py``, all but HDBSCAN in one run,
the others each at the best of their settings for just these faces, this at the pack's threshold.
The last two with templates take the template of a track for one face:

======================================  ================  ====================
method                                  real, 561 faces   synthetic, 20,000
======================================  ================  ====================
this                                    1 / 1             .99999 / .99995
the same without tracks                 1 / 1             .99994 / .99976
Chinese Whispers, weighted              1 / 1             .99914 / .99832
HDBSCAN, its tree cut                   1 / 1             .99882 / .99357
this, tracks' templates as faces        1 / 1             .99860 / .99855
Chinese Whispers, weighted, templates   1 / 1             .99808 / .99737
Chinese Whispers, plain                 1 / 1             .99571 / .99492
connected components                    1 / 1             .97886 / .97927
DBSCAN                                  1 / 1             .97886 / .97927
======================================  ================  ====================

``tests/bench/clustering.py --grow`` measures time and memory of libraries of several sizes.

The zoo pack's threshold was set on these real faces, so were the tracks' links, and the constants
of the later steps were set on such synthetic ones. On what nothing else was set on
(``tests/bench/held_out.py``): with the threshold that is best for one half of the people the other
half is clustered with 1 / 1 in all of 20 splits (without tracks .994 / .996 on average), nobody
wrongly together; on three new synthetic libraries of 20,000 faces it is .9999 / .9995 or better,
without tracks .9999 / .9994, against .9981 / .9971 or less for weighted Chinese Whispers at its
best threshold each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from facereview.review.clusters.chinese_whispers import Frames, Labels, Rules, whisper
from facereview.review.clusters.merging import merge
from facereview.review.clusters.neighbours import nearest
from facereview.review.clusters.refinement import adopt, expel, restore
from facereview.review.clusters.units import Bonds, FaceSet, Ordered, at_home, order_of_units, unite

METHOD = "weighted Chinese Whispers on tracks, settled by mean likeness"

LEAST_VOTE = 0.02

COMPARED, _WHISPERED = 0.8, 0.9
"""Share of the work done after each part."""

SINGLE = -1
FIRST_NEW = -2


def cluster_faces(
    faces: FaceSet,
    threshold: float,
    *,
    apart: NDArray[np.int32],
    before: NDArray[np.int64] | None = None,
    fixed: NDArray[np.bool_] | None = None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> NDArray[np.int64]:
    """Cluster ids of faces, shape (n,): -1 is a face alone, new clusters are -2, -3, ...

    ``threshold`` is the pack's (cosine). ``apart`` (m, 2) are places of faces that never share a
    cluster. ``before`` (n,) are the ids so far, -1 none: clustering starts there, and a cluster
    keeps the id of the old one that it shares most faces with. Faces that are ``fixed`` (n,)
    stay in ``before``, whatever else holds; fixed and -1 stays alone. Two clusters with fixed
    faces are never merged, but a face that is not fixed may move between them: to keep a split,
    fix both parts. ``on_progress`` gets 0..1, and :data:`COMPARED` once the neighbours are
    known; what it raises stops the clustering.
    """
    count = len(faces.frames)
    before = np.full(count, -1, np.int64) if before is None else before
    fixed = np.zeros(count, bool) if fixed is None else fixed
    if count == 0:
        return before
    like_nothing = ~faces.embeddings.any(axis=1) & ~fixed
    before = np.where(like_nothing, -1, before)
    pairs = np.asarray(apart, np.int64).reshape(-1, 2)
    bonds = Bonds(before, fixed, pairs, (fixed & (before < 0)) | like_nothing)
    units, unit = unite(faces, bonds)
    order = order_of_units(units, unit, faces.frames)
    unit = np.argsort(order)[unit]
    rules = Rules(
        Frames.shared(unit, faces.frames, len(order)),
        _between(unit[pairs]),
        _any(unit, fixed),
        _any(unit, bonds.alone),
    )
    home = at_home(faces.tracks, unit, bonds)
    start = begin(before, home, unit)
    clear = np.bincount(unit, weights=np.nan_to_num(faces.quality)).astype(np.float64)
    obeyed = rules.obeyed(start, clear)
    rules = replace(rules, frozen=rules.frozen | ((home >= 0) & (obeyed == start)))
    labels = _labels(Ordered(units, order), obeyed, rules, threshold, on_progress=on_progress)
    on_progress(1.0)
    return cluster_ids(labels[unit], before, fixed)


def _any(unit: NDArray[np.int64], said: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether it is said of any face of each unit."""
    held = np.zeros(int(unit.max()) + 1, bool)
    held[unit[said]] = True
    return held


def _between(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of units, each once, without those of a unit with itself."""
    once = np.unique(np.sort(pairs, axis=1), axis=0)
    between: NDArray[np.int64] = once[once[:, 0] != once[:, 1]]
    return between


def _labels(
    units: Ordered,
    start: Labels,
    rules: Rules,
    threshold: float,
    *,
    on_progress: Callable[[float], None],
) -> Labels:
    """The cluster of each unit; ``start`` are the labels so far."""
    found = nearest(
        units.units.embeddings,
        units.order,
        threshold,
        on_progress=lambda share: on_progress(COMPARED * share),
    )
    edges = units.alike(found, threshold).without(rules.alone)
    graph = edges.graph(len(start), threshold - LEAST_VOTE)
    whispered = whisper(graph, start, rules, on_round=lambda: on_progress(COMPARED))
    on_progress(_WHISPERED)
    expelled = expel(units, whispered, rules, threshold)
    labels = merge(units, expelled, rules, threshold, on_round=lambda: on_progress(_WHISPERED))
    out = expelled != whispered
    labels = restore(units, labels, rules, whispered, out)
    on_progress(_WHISPERED)
    return adopt(units, labels, rules, threshold, out)


def begin(before: NDArray[np.int64], home: NDArray[np.int64], unit: NDArray[np.int64]) -> Labels:
    """Labels of units to start from: where most faces of each were, else its ``home`` (u,).

    Each is alone where there is neither (-1).
    """
    labels = np.arange(len(home))
    kept = np.flatnonzero(before >= 0)
    pairs, shared = np.unique(np.stack([unit[kept], before[kept]]), axis=1, return_counts=True)
    ranked = np.lexsort((pairs[1], -shared, pairs[0]))
    _, first = np.unique(pairs[0][ranked], return_index=True)
    cluster = home.copy()
    cluster[pairs[0][ranked[first]]] = pairs[1][ranked[first]]
    held = np.flatnonzero(cluster >= 0)
    _, first, place = np.unique(cluster[held], return_index=True, return_inverse=True)
    labels[held] = held[first][place]
    return labels


def cluster_ids(
    labels: NDArray[np.int64], before: NDArray[np.int64], fixed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Cluster ids (n,) of labels (n,): the old id that most faces of a label had.

    Each old id goes to one label and each label has one: fixed faces decide first, then the
    largest overlap. Labels left over count down from -2; a face alone is -1 unless it is fixed.
    """
    names, compact, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    ids = np.full(len(names), SINGLE, np.int64)
    fixed_in = np.zeros(len(names), bool)
    fixed_in[compact[fixed & (before >= 0)]] = True
    kept = (before >= 0) & ((sizes > 1) | fixed_in)[compact]
    for label, old in _overlaps(compact[kept], before[kept], fixed[kept]):
        ids[label] = old
    new = np.flatnonzero((ids == SINGLE) & (sizes > 1))
    ids[new[np.argsort(-sizes[new], kind="stable")]] = FIRST_NEW - np.arange(len(new))
    return ids[compact]


def _overlaps(
    labels: NDArray[np.intp], before: NDArray[np.int64], fixed: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    """Pairs of label and old id, each at most once, those that share most faces first."""
    pairs, place, shared = np.unique(
        np.stack([labels, before], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    bound = np.bincount(place.ravel(), weights=fixed, minlength=len(pairs)) > 0
    matched: set[int] = set()
    used: set[int] = set()
    chosen = []
    for at in np.lexsort((pairs[:, 1], -shared, ~bound)):
        label, old = int(pairs[at, 0]), int(pairs[at, 1])
        if label not in matched and old not in used:
            matched.add(label)
            used.add(old)
            chosen.append((label, old))
    return chosen
