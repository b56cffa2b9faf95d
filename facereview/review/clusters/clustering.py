"""Clustering faces by person, without knowing how many people there are.

First Chinese Whispers (Biemann 2006; used for faces by dlib): every face takes the label that its
nearest neighbours hold most, here with votes weighted by how far a cosine is above the pack's
threshold, and under constraints that no vote breaks: no person appears twice in one frame, pairs
set apart stay apart, faces fixed by a curator stay. Then three corrections that need whole
clusters:

- a face whose mean cosine to its cluster is below the threshold leaves it: look-alikes that the
  votes of a few neighbours carried in. It comes back if only its quality lowered the cosine;
- clusters whose mean cosine to each other is above the threshold are merged;
- a single face too blurred to reach the threshold to any other face may still reach it to the
  centre of a cluster.

Faces below the threshold to everybody stay single. Memory and time grow almost with n: the
neighbours of more than 20,000 faces come from an inverted file.

Best F over pairs / by face (B-cubed) of ``tests/bench/clustering.py``, all in one run, the others
each at the best of their settings for just these faces, this method at the pack's own threshold:

==========================  ================  ====================
method                      real, 561 faces   synthetic, 20,000
==========================  ================  ====================
this                        1 / 1             .99994 / .99976
Chinese Whispers, weighted  1 / 1             .99914 / .99832
HDBSCAN, its tree cut       1 / 1             .99882 / .99357
Chinese Whispers, plain     1 / 1             .99571 / .99492
connected components        1 / 1             .97886 / .97927
DBSCAN                      1 / 1             .97886 / .97927
==========================  ================  ====================

The zoo pack's threshold was set on these real faces and the constants of the later steps on such
synthetic ones. On what nothing was set on (``tests/bench/held_out.py``): with the threshold that
is best for one half of the people the other half is clustered with .994 / .996 on average and
nobody wrongly together; on three new synthetic libraries of 20,000 faces it is .9999 / .9994 or
better, against .9981 / .9971 or less for weighted Chinese Whispers at its best threshold each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.review.clusters.chinese_whispers import Labels, Rules, whisper
from facereview.review.clusters.neighbours import nearest
from facereview.review.clusters.refinement import Ordered, adopt, expel, merge, restore

METHOD = "weighted Chinese Whispers on the nearest neighbours, settled by mean likeness"

LEAST_VOTE = 0.02

COMPARED, _WHISPERED = 0.8, 0.9
"""Share of the work done after each part."""

SINGLE = -1
FIRST_NEW = -2


@dataclass(frozen=True, slots=True)
class FaceSet:
    """Faces to be clustered.

    ``embeddings`` (n, 512) float32 of unit length; ``frames`` (n,): equal numbers are one frame,
    in which no person appears twice; ``quality`` (n,) 0..1, NaN where unknown.
    """

    embeddings: Embedding
    frames: NDArray[np.int64]
    quality: NDArray[np.float32]


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
    order = order_of(faces)
    place = np.argsort(order)
    _, frames = np.unique(faces.frames[order], return_inverse=True)
    pairs = place[np.asarray(apart, np.int64).reshape(-1, 2)]
    alone = ((fixed & (before < 0)) | like_nothing)[order]
    rules = Rules(frames.astype(np.int64), pairs, fixed[order], alone)
    start = begin(before[order], faces.quality[order], rules)
    ordered = Ordered(faces.embeddings, order)
    labels = _labels(ordered, start, rules, threshold, on_progress=on_progress)
    on_progress(1.0)
    return cluster_ids(labels, before[order], fixed[order])[place]


def _labels(
    faces: Ordered,
    start: Labels,
    rules: Rules,
    threshold: float,
    *,
    on_progress: Callable[[float], None],
) -> Labels:
    """The cluster of each face; ``start`` are the labels so far."""
    edges = nearest(
        faces.embeddings,
        faces.order,
        threshold,
        on_progress=lambda share: on_progress(COMPARED * share),
    )
    graph = edges.without(rules.alone).graph(len(start), threshold - LEAST_VOTE)
    whispered = whisper(graph, start, rules, on_round=lambda: on_progress(COMPARED))
    on_progress(_WHISPERED)
    expelled = expel(faces, whispered, rules, threshold)
    labels = merge(faces, expelled, rules, threshold, on_round=lambda: on_progress(_WHISPERED))
    out = expelled != whispered
    labels = restore(faces, labels, rules, whispered, out)
    on_progress(_WHISPERED)
    return adopt(faces, labels, rules, threshold, out)


def order_of(faces: FaceSet) -> NDArray[np.intp]:
    """An order of the faces that depends on their contents, not on their positions."""
    some = faces.embeddings[:, ::32].T
    return np.lexsort((faces.frames, *some))


def begin(before: NDArray[np.int64], quality: NDArray[np.float32], rules: Rules) -> Labels:
    """Labels to start from: the old clusters as far as the rules allow, else each face alone.

    Of two faces that exclude each other the clearer one stays.
    """
    labels = np.arange(len(before))
    kept = np.flatnonzero(before >= 0)
    _, first, cluster = np.unique(before[kept], return_index=True, return_inverse=True)
    labels[kept] = kept[first][cluster]
    return rules.obeyed(labels, np.nan_to_num(quality))


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
