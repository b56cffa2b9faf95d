"""Settling faces: today's rule, tracks by several scores, and what is built on them, side by side.

The made videos at 20 frames each, faces by their true boxes, references those that the truth names;
videos of people whom nobody names are part of the library. For each rival: how often the nearest
creator is right; what could be settled with nothing wrong by the best threshold for just these
faces; and what a threshold chosen so does to others: half of the people and of the videos choose it
(and the cosine to link at), it is scored on the other half of the videos with the other half of the
people as creators. Last what ships, where nothing is chosen, and the same with a calibration of the
other half, since the one that ships was fitted on these people among others.

usage: evidence.py [--data DIR] [--pack DIR] [--scale SHARE] [--frames N] [--splits N]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from calibration_units import nothing_decided, rows, stills, tracks, units_of
from evidence_rivals import (
    Found,
    Library,
    Rival,
    alone,
    average,
    by_tracks,
    highest,
    linked,
    normalised,
    template_to_best,
    template_to_template,
    with_further_frames,
)
from figures import Figure, emit
from known_videos import Known, KnownVideo, Pictures, read, strangers
from numpy.typing import NDArray

from facereview.faces import ZOO, packs
from facereview.records import Thresholds
from facereview.review.evidence.calibration import fit
from facereview.review.evidence.certainty import Calibrated, Certainty, Origin, in_force
from facereview.review.evidence.gallery import Gallery
from facereview.review.evidence.judging import judge
from facereview.review.evidence.library_judging import fitting_faces
from facereview.review.evidence.shipped import shipped
from facereview.store.creators import ReferenceMatrix

SHARED = Path(__file__).resolve().parents[3] / "shared"
LINKS = (0.30, 0.33, 0.36, 0.40, 0.45)
DENSE = 60
GOAL = 0.97
FAR = 0.2
"""How far under the threshold of suggestions the cosine of an uncertain track may be: about where
its risk is that of a stranger."""

SETTLED = 1.0


@dataclass(frozen=True)
class Outcome:
    """Shares of the faces of creators: whose nearest is right, and settled; and wrong faces."""

    right: float
    settled: float
    wrong: int
    threshold: float


def outcome(found: Found, identity: NDArray[np.int64], threshold: float) -> Outcome:
    """What settling from a threshold does."""
    right = (found.creators == identity) & (identity > 0)
    sure = found.scores >= threshold
    named = max(1, int((identity > 0).sum()))
    return Outcome(
        float(right.sum()) / named,
        float((right & sure).sum()) / named,
        int((sure & ~right).sum()),
        threshold,
    )


def without_error(found: Found, identity: NDArray[np.int64]) -> Outcome:
    """The lowest threshold with which nothing wrong is settled."""
    right = (found.creators == identity) & (identity > 0)
    wrong = found.scores[~right].max(initial=-1.0)
    return outcome(found, identity, float(np.nextafter(wrong, np.inf)))


def chosen(rival: Rival, library: Library, links: Sequence[float]) -> tuple[float, float]:
    """Where to link and from where to settle, best for a library; of equals the middle one."""
    tried = [without_error(rival(library, at), library.identity) for at in links]
    best = max(found.settled for found in tried)
    good = [n for n, found in enumerate(tried) if found.settled >= best - 1e-9]
    middle = good[len(good) // 2]
    return links[middle], tried[middle].threshold


def halves(library: Library, splits: int) -> Iterator[tuple[Library, Library]]:
    """Halves of videos and of people: one to choose on, the other to score."""
    rng = np.random.default_rng(2026)
    people = np.unique(library.references.creators)
    for _ in range(splits):
        videos, mixed = rng.permutation(len(library.videos)), rng.permutation(people)
        cut, middle = len(videos) // 2, len(people) // 2
        yield (
            library.part(np.sort(videos[:cut]), mixed[:middle]),
            library.part(np.sort(videos[cut:]), mixed[middle:]),
        )


def held_out(
    rival: Rival, parts: Sequence[tuple[Library, Library]], links: Sequence[float]
) -> list[Outcome]:
    """What numbers chosen on one half do to the other."""
    found = []
    for seen, other in parts:
        at, threshold = chosen(rival, seen, links)
        found.append(outcome(rival(other, at), other.identity, threshold))
    return found


def compared(
    name: str,
    rival: Rival,
    library: Library,
    parts: Sequence[tuple[Library, Library]],
    links: Sequence[float],
) -> list[Figure]:
    """All figures of one rival."""
    at, threshold = chosen(rival, library, links)
    best = outcome(rival(library, at), library.identity, threshold)
    others = held_out(rival, parts, links)
    note = f"linked at {at}, settled from {threshold:.3f}"
    settled = [other.settled for other in others]
    return [
        Figure(f"{name}: nearest right", round(best.right, 4), "share", None, note),
        Figure(f"{name}: settled at no wrong", round(best.settled, 4), "share", None, note),
        *_spread(f"{name}: settled on other halves", settled),
        Figure(
            f"{name}: wrong on other halves",
            round(float(np.mean([other.wrong for other in others])), 2),
            "faces",
            None,
            f"most {max(other.wrong for other in others)}, "
            f"in {sum(other.wrong > 0 for other in others)} of {len(others)} splits",
        ),
    ]


def _spread(name: str, values: Sequence[float]) -> list[Figure]:
    note = f"worst {min(values):.4f} of {len(values)} splits"
    return [Figure(name, round(float(np.mean(values)), 4), "share", None, note)]


# ------------------------------------------------------------------------------ what ships


def certainty() -> Certainty:
    """What is in force for a new library with the zoo pack."""
    calibration = shipped(ZOO)
    assert calibration is not None
    return in_force(None, frozenset(), Calibrated(calibration, Origin.SHIPPED, ZOO))


def of_a_half(library: Library, pictures: Pictures) -> Certainty:
    """A calibration of these people and videos alone, at the strictest usual rate it carries."""
    keep = np.isin(pictures.identity + 1, library.references.creators)
    some = Pictures(
        pictures.embeddings[keep],
        pictures.quality[keep],
        pictures.sides[keep],
        pictures.identity[keep],
        tuple(name for name, kept in zip(pictures.names, keep, strict=True) if kept),
    )
    everybody = [*stills(some), *tracks(library.videos)]
    calibration = fit(units_of(rows(everybody, some))[0])
    return in_force(None, frozenset(), Calibrated(calibration, Origin.SHIPPED, ZOO))


def calibrated_apart(
    parts: Sequence[tuple[Library, Library]], pictures: Pictures, link_at: float
) -> list[Figure]:
    """Tracks judged by a calibration of the other half: even that has not seen these people."""
    found, rates = [], []
    for seen, other in parts:
        rule = of_a_half(seen, pictures)
        found.append(outcome(as_shipped(rule)(other, link_at), other.identity, SETTLED))
        rates.append(rule.error_rate or 0.0)
    name = "tracks judged, calibrated on the other half"
    wrong = sum(one.wrong for one in found)
    return [
        *_spread(f"{name}: settled", [one.settled for one in found]),
        Figure(f"{name}: error rate", round(float(np.mean(rates)), 4), "share"),
        Figure(f"{name}: wrong", wrong, "faces", None, f"all of {len(found)} splits"),
    ]


def as_shipped(rule: Certainty) -> Rival:
    """Tracks judged as the program does: 1 more than the similarity where it is settled."""

    def rival(library: Library, threshold: float) -> Found:
        judged, places = linked(library, threshold)
        gallery = Gallery(library.references, nothing_decided())
        scores = gallery.compare(np.stack([track.template.embedding for track in judged]))
        count = len(library.identity)
        found = Found(np.zeros(count, np.int64), np.zeros(count))
        standings = judge(judged, scores, gallery.creators, rule)
        for faces, track, standing in zip(places, judged, standings, strict=True):
            found.creators[faces] = standing.creator_id or 0
            found.scores[faces] = np.nan_to_num(standing.similarity)
            if standing.settled:
                vectors = library.embeddings[faces]
                template = np.broadcast_to(track.template.embedding, vectors.shape)
                names = np.full(len(vectors), standing.creator_id)
                found.scores[faces] += fitting_faces(vectors, template, names, gallery)
        return found

    return rival


def shipping(
    name: str,
    rival: Rival,
    library: Library,
    parts: Sequence[tuple[Library, Library]],
    link_at: float,
    settled_from: float,
) -> list[Figure]:
    """A rival at the setting that ships, on everything and on the halves, wrong ones named."""
    found = rival(library, link_at)
    all_of_it = outcome(found, library.identity, settled_from)
    others = [outcome(rival(other, link_at), other.identity, settled_from) for _, other in parts]
    short = Figure(
        f"{name}, shipped: not settled",
        round(1 - all_of_it.settled, 4),
        "share",
        round(1 - GOAL, 4),
    )
    return [
        Figure(f"{name}, shipped: nearest right", round(all_of_it.right, 4), "share"),
        short,
        Figure(
            f"{name}, shipped: settled wrongly",
            all_of_it.wrong,
            "faces",
            0,
            wrong_ones(found, library, settled_from),
        ),
        *_spread(f"{name}, shipped: settled on the halves", [other.settled for other in others]),
        Figure(
            f"{name}, shipped: wrong on the halves",
            sum(other.wrong for other in others),
            "faces",
            None,
            f"all of {len(others)} splits",
        ),
    ]


def wrong_ones(found: Found, library: Library, settled_from: float) -> str:
    """Faces settled wrongly: of which video, and as whom."""
    where = np.concatenate([[video.name] * len(video.identity) for video in library.videos])
    wrong = (found.scores >= settled_from) & (found.creators != library.identity)
    named = {f"{where[face]} as {found.creators[face]}" for face in np.flatnonzero(wrong)}
    return "; ".join(sorted(named))


def gathered(known: Known, dense: Known, others: Sequence[KnownVideo]) -> Library:
    """The library of the benchmark."""
    rows = known.references[np.argsort(known.pictures.identity[known.references], kind="stable")]
    creators = (known.pictures.identity[rows] + 1).astype(np.int32)
    references = ReferenceMatrix(rows, creators, known.pictures.embeddings[rows])
    videos = (*known.videos, *others)
    everything = np.concatenate([video.faces.embeddings for video in videos])
    further = {video.name: video for video in dense.videos}
    return Library(videos, everything, further, references)


RIVALS: dict[str, Rival] = {
    "each face alone": alone,
    "tracks, best face": by_tracks(highest),
    "tracks, mean of faces": by_tracks(average),
    "tracks, template to best reference": by_tracks(template_to_best),
    "tracks, template to template": by_tracks(template_to_template),
    "tracks, template to template, joint": by_tracks(template_to_template, joint=True),
    "each face alone, normalised": by_tracks(normalised(highest)),
    "tracks, template to template, normalised": by_tracks(normalised(template_to_template)),
}


def measure(library: Library, pictures: Pictures, splits: int, levels: Thresholds) -> list[Figure]:
    """All rivals, then what ships."""
    auto_tag, cluster, least = levels.auto_tag, levels.cluster, levels.match - FAR
    parts, figures = list(halves(library, splits)), []
    for name, rival in RIVALS.items():
        links = (2.0,) if name.startswith("each") else LINKS
        figures += compared(name, rival, library, parts, links)
    further = with_further_frames(by_tracks(template_to_template, joint=True), least, auto_tag)
    figures += compared("tracks, joint, further frames", further, library, parts, (cluster,))
    figures += shipping("each face alone", alone, library, parts, cluster, auto_tag)
    rule = as_shipped(certainty())
    figures += shipping("tracks judged", rule, library, parts, cluster, SETTLED)
    figures += calibrated_apart(parts, pictures, cluster)
    rule = with_further_frames(rule, least, SETTLED)
    return figures + shipping(
        "tracks judged, further frames", rule, library, parts, cluster, SETTLED
    )


def main() -> None:
    """Read the videos, compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--pack", type=Path, default=SHARED / "models" / "opencv_zoo")
    parser.add_argument("--frames", type=int, default=20)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--splits", type=int, default=20)
    options = parser.parse_args()
    known = read(options.data, options.pack, options.frames, options.scale)
    dense = read(options.data, options.pack, DENSE, options.scale)
    others = strangers(options.data / "videos", options.pack, options.frames)
    library = gathered(known, dense, others)
    emit(measure(library, known.pictures, options.splits, packs.at(options.pack).thresholds))


if __name__ == "__main__":
    main()
