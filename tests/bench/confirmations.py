"""What wrong confirmations do: some of the decided tracks are given the wrong creator.

Synthetic libraries; half of the videos are decided, the other half is settled from the threshold
that lets 1 of 1,000 be wrong while all decisions are right. Then 2 % of the decided tracks are
confirmed wrongly: as anybody, or, as it happens to a curator, as the creator they are most like.
A wrong confirmation must not recruit: what is settled wrongly may grow by no more faces than were
confirmed wrongly. Beside this gallery: the nearest of references and decided faces, and one
template of all of them, weighing alike. ``early`` is a library in which little is decided: one
reference each, and of the decided videos only every tenth.

usage: confirmations.py [--faces N] [--seeds N N ...]
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from figures import Figure, emit
from numpy.typing import NDArray
from synth_faces import Library, make_library

from facereview.records import Embedding
from facereview.review.evidence.gallery import Decided, Gallery
from facereview.review.evidence.records import VideoFaces
from facereview.review.evidence.tracks import link
from facereview.store.creators import ReferenceMatrix

CREATORS, WRONG, AIM, LINK = 100, 0.02, 1 / 1000, 0.4


@dataclass(frozen=True)
class Tracks:
    """Templates (n, 512), whom each shows (0: nobody known), video and number of faces."""

    templates: Embedding
    truth: NDArray[np.int64]
    videos: NDArray[np.int64]
    faces: NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Tracks, which of them are decided, which are to be settled, and references."""

    tracks: Tracks
    decided: NDArray[np.intp]
    open: NDArray[np.intp]
    references: ReferenceMatrix


Method = Callable[[Split, NDArray[np.int64], bool], NDArray[np.float32]]
"""Scores (open, creators) of a split, with the creators given to decided tracks, 0 for none."""


def tracks_of(library: Library) -> Tracks:
    """The library's faces, linked; a track shows whom most of its faces do."""
    found = [track for faces in videos_of(library) for track in link(faces, LINK)]
    known = np.where(np.isin(library.identity, library.creators), library.identity + 1, 0)
    truth = [Counter(known[list(track.faces)].tolist()).most_common(1)[0][0] for track in found]
    return Tracks(
        np.stack([track.template.embedding for track in found]),
        np.asarray(truth),
        np.asarray([track.video_id for track in found]),
        np.asarray([len(track.faces) for track in found]),
    )


def videos_of(library: Library) -> list[VideoFaces]:
    """The faces of each video, nothing decided; ids are positions."""
    order = np.lexsort((library.timestamp, library.video))
    names, starts = np.unique(library.video[order], return_index=True)
    return [
        VideoFaces(
            int(name),
            rows.astype(np.int32),
            library.timestamp[rows].astype(np.float64),
            library.embedding[rows],
            library.quality[rows],
            library.bbox[rows],
            np.zeros(len(rows), np.int32),
            np.zeros(len(rows), bool),
            {},
        )
        for name, rows in zip(names, np.split(order, starts[1:]), strict=True)
    ]


def split(library: Library, seed: int, early: bool) -> Split:
    """Half of the videos decided, or little of them."""
    tracks, rng = tracks_of(library), np.random.default_rng(seed)
    mixed = rng.permutation(np.unique(tracks.videos))
    half = len(mixed) // 2
    decided = np.isin(tracks.videos, mixed[: half // 10 if early else half])
    each = 1 if early else 3
    rows = np.flatnonzero(np.arange(len(library.reference_of)) % 3 < each)
    creators = (library.reference_of[rows] + 1).astype(np.int32)
    return Split(
        tracks,
        np.flatnonzero(decided),
        np.flatnonzero(np.isin(tracks.videos, mixed[half:])),
        ReferenceMatrix(rows, creators, library.reference[rows]),
    )


# ------------------------------------------------------------------------------------ methods


def gallery(parts: Split, given: NDArray[np.int64], bulk: bool) -> NDArray[np.float32]:
    """The program's gallery."""
    some = given > 0
    rows = parts.decided[some]
    decided = Decided(
        given[some].astype(np.int32),
        parts.tracks.videos[rows].astype(np.int32),
        parts.tracks.templates[rows],
        np.full(len(rows), 0.9, np.float32),
        np.full(len(rows), bulk),
    )
    return Gallery(parts.references, decided).compare(parts.tracks.templates[parts.open])


def nearest(parts: Split, given: NDArray[np.int64], _bulk: bool) -> NDArray[np.float32]:
    """The most similar reference or decided track."""
    vectors, owners = evidence(parts, given)
    cosines = parts.tracks.templates[parts.open] @ vectors.T
    return np.stack([cosines[:, owners == who].max(axis=1) for who in np.unique(owners)], axis=1)


def pooled(parts: Split, given: NDArray[np.int64], _bulk: bool) -> NDArray[np.float32]:
    """One template of references and decided tracks, weighing alike."""
    vectors, owners = evidence(parts, given)
    sums = np.stack([vectors[owners == who].sum(axis=0) for who in np.unique(owners)])
    sums /= np.linalg.norm(sums, axis=1, keepdims=True)
    scores: NDArray[np.float32] = parts.tracks.templates[parts.open] @ sums.T
    return scores


def references_alone(parts: Split, given: NDArray[np.int64], _bulk: bool) -> NDArray[np.float32]:
    """One template of references; nothing is learnt."""
    return pooled(parts, np.zeros_like(given), _bulk)


def evidence(parts: Split, given: NDArray[np.int64]) -> tuple[Embedding, NDArray[np.int64]]:
    """References and decided tracks, and whose they are."""
    rows = parts.decided[given > 0]
    return (
        np.concatenate([parts.references.embeddings, parts.tracks.templates[rows]]),
        np.concatenate([parts.references.creators, given[given > 0]]),
    )


METHODS: dict[str, Method] = {
    "references alone": references_alone,
    "nearest of all": nearest,
    "one template, all alike": pooled,
    "the gallery": gallery,
}


# ------------------------------------------------------------------------------------ measures


def planted(parts: Split, likely: bool, rng: np.random.Generator) -> NDArray[np.int64]:
    """Creators of the decided tracks, some of them wrong."""
    truth = parts.tracks.truth[parts.decided]
    given = truth.copy()
    count = max(1, round(WRONG * int((truth > 0).sum())))
    others = pooled(replace_open(parts), np.zeros_like(truth), False)
    others[np.flatnonzero(truth > 0), truth[truth > 0] - 1] = -1.0
    if likely:
        ranked = np.argsort(-others.max(axis=1))[: 5 * count]
        picked = rng.permutation(ranked)[:count]
        given[picked] = others[picked].argmax(axis=1) + 1
    else:
        picked = rng.permutation(len(truth))[:count]
        shift = rng.integers(1, CREATORS, count)
        given[picked] = (truth[picked] - 1 + shift) % CREATORS + 1
    return given


def replace_open(parts: Split) -> Split:
    """The same, the decided tracks to be compared."""
    return Split(parts.tracks, parts.decided, parts.decided, parts.references)


@dataclass(frozen=True)
class Settled:
    """Share of the creators' faces that are settled rightly, and faces settled wrongly."""

    right: float
    wrong: int


def settled(parts: Split, scores: NDArray[np.float32], threshold: float) -> Settled:
    """What a threshold settles."""
    truth, faces = parts.tracks.truth[parts.open], parts.tracks.faces[parts.open]
    sure = scores.max(axis=1) >= threshold
    right = scores.argmax(axis=1) + 1 == truth
    return Settled(
        float(faces[sure & right].sum() / faces[truth > 0].sum()), int(faces[sure & ~right].sum())
    )


def threshold_for(parts: Split, scores: NDArray[np.float32]) -> float:
    """The lowest threshold with which :data:`AIM` of what is settled is wrong."""
    truth, faces = parts.tracks.truth[parts.open], parts.tracks.faces[parts.open]
    top = scores.max(axis=1)
    order = np.argsort(-top)
    wrong = (scores.argmax(axis=1) + 1 != truth)[order] * faces[order]
    good = np.cumsum(wrong) <= AIM * np.cumsum(faces[order])
    return float(top[order][np.flatnonzero(good)[-1]]) if good.any() else 1.0


def measure(faces: int, seeds: list[int], early: bool) -> list[Figure]:
    """Every method, the sums over all seeds."""
    sums: dict[str, Counter[str]] = {name: Counter() for name in METHODS}
    kinds = [("as anybody", False, False), ("as the likeliest", True, False)]
    kinds.append(("as the likeliest, in bulk", True, True))
    for seed in seeds:
        parts = split(make_library(faces, seed, CREATORS), seed, early)
        truth = parts.tracks.truth[parts.decided]
        for name, method in METHODS.items():
            for kind, likely, bulk in kinds:
                clean = method(parts, truth, bulk)
                threshold = threshold_for(parts, clean)
                given = planted(parts, likely, np.random.default_rng(seed))
                before = settled(parts, clean, threshold)
                after = settled(parts, method(parts, given, bulk), threshold)
                confirmed = int(parts.tracks.faces[parts.decided][given != truth].sum())
                sums[name][f"{kind}: planted"] += confirmed
                sums[name][f"{kind}: more wrong"] += after.wrong - before.wrong
                sums[name][f"{kind}: settled"] += round(1e6 * before.right / len(seeds))
    return [figure for name in METHODS for figure in figures(name, sums[name], early)]


def figures(name: str, sums: Counter[str], early: bool) -> list[Figure]:
    """As figures; the budget is of the program's own."""
    found = []
    for key in [key for key in sums if key.endswith("planted")]:
        kind = key.removesuffix(": planted")
        what = f"{'early, ' if early else ''}{name}, 2 % confirmed {kind}: more settled wrongly"
        budget = sums[key] if name == "the gallery" else None
        note = f"settled before: {sums[f'{kind}: settled'] / 1e6:.4f}"
        found.append(Figure(what, sums[f"{kind}: more wrong"], "faces", budget, note))
    return found


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faces", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[31, 32, 33, 34, 35])
    options = parser.parse_args()
    emit([f for early in (False, True) for f in measure(options.faces, options.seeds, early)])


if __name__ == "__main__":
    main()
