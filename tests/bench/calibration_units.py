"""Units for the calibration of a pack: pictures and tracks of which is known who they are.

Each is compared with galleries drawn at random of 5 to 35 people, one to six pictures of each, and
never with near-copies of itself: once with its person among them, once as a stranger. People whom
nobody names, of group pictures and of other videos, are strangers only. However often a picture or
a track is compared, it is one unit.

usage: calibration_units.py OUT.npz [--data DIR] [--pack DIR] [--pictures FILE.npz]
``--pictures`` adds pictures from elsewhere: ``embeddings``, ``quality``, ``sides``, ``names``. The
calibration of the zoo was fitted with 255 from the repositories codebasics/py (folder
DataScience/CelebrityFaceRecognition) and serengil/deepface (folder tests/unit/dataset).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from known_videos import NOBODY, KnownVideo, Pictures, read, strangers
from numpy.typing import NDArray

from facereview.faces import packs
from facereview.faces.engine import InsightEngine
from facereview.review.evidence.calibration import Units
from facereview.review.evidence.gallery import Decided, Gallery
from facereview.review.evidence.records import Template
from facereview.review.evidence.templates import pool
from facereview.review.evidence.tracks import link
from facereview.store.creators import ReferenceMatrix

SHARED = Path(__file__).resolve().parents[3] / "shared"
LINKED = 0.36
FRAMES = (5, 20)
CROWDS, DRAWN = (5, 10, 20, 35), 6
LEAST_SIDE = 20
_COPY = 0.95


@dataclass(frozen=True)
class Probe:
    """A template, its person (below 0: nobody is), and the picture or track that it is of."""

    template: Template
    person: int
    source: str


def tracks(videos: Sequence[KnownVideo]) -> Iterator[Probe]:
    """Tracks of videos; their person is whom most of their faces show."""
    for video in videos:
        for number, track in enumerate(link(video.faces, LINKED)):
            places = np.searchsorted(video.faces.ids, track.faces)
            person = Counter(video.identity[places].tolist()).most_common(1)[0][0]
            # at any number of frames the same people of a video are the same tracks
            name = f"{video.name}/{person}" if person != NOBODY else f"{video.name}//{number}"
            yield Probe(track.template, person, name)


def stills(pictures: Pictures) -> Iterator[Probe]:
    """Each picture is a track of one face."""
    for row, name in enumerate(pictures.names):
        yield Probe(_alone(pictures, row), int(pictures.identity[row]), name)


def _alone(pictures: Pictures, row: int) -> Template:
    return pool(pictures.embeddings[[row]], pictures.quality[[row]], pictures.sides[[row]])


def groups(data: Path, pack: Path) -> Iterator[Probe]:
    """The faces of group pictures in which nobody is named."""
    engine = InsightEngine(packs.at(pack))
    for entry in json.loads((data / "manifest.json").read_text("utf-8")):
        if not entry["file"].startswith("groups/") or entry.get("identities"):
            continue
        image = cv2.imread(str(data / entry["file"]), cv2.IMREAD_COLOR)
        if image is None:
            continue
        pixels = cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8)
        for number, face in enumerate(engine.detect(pixels, thorough=True)):
            side = min(face.box.width, face.box.height)
            if side >= LEAST_SIDE:
                quality = np.asarray([face.quality], np.float32)
                sides = np.asarray([side], np.float32)
                made = pool(face.embedding[None], quality, sides)
                yield Probe(made, NOBODY, f"{entry['file']}/{number}")


def with_more(pictures: Pictures, more: Path | None, first: int) -> Pictures:
    """Labelled faces of another file beside these, as people from number ``first``."""
    if more is None:
        return pictures
    held = np.load(more)
    _, who = np.unique(held["names"], return_inverse=True)
    names = tuple(f"{more.stem}/{name}/{n}" for n, name in enumerate(held["names"].tolist()))
    return Pictures(
        np.concatenate([pictures.embeddings, held["embeddings"]]),
        np.concatenate([pictures.quality, held["quality"]]),
        np.concatenate([pictures.sides, held["sides"]]),
        np.concatenate([pictures.identity, who + first]),
        pictures.names + names,
    )


# ------------------------------------------------------------------------------------ comparisons


def drawn(pictures: Pictures, crowd: int, rng: np.random.Generator) -> ReferenceMatrix:
    """References of so many people; creator ids are people's numbers from 1."""
    some = rng.permutation(np.unique(pictures.identity))[:crowd]
    rows = np.concatenate(
        [
            rng.permutation(np.flatnonzero(pictures.identity == who))[: rng.integers(1, 7)]
            for who in some
        ]
    )
    creators = (pictures.identity[rows] + 1).astype(np.int32)
    return ReferenceMatrix(rows, creators, pictures.embeddings[rows])


def nothing_decided() -> Decided:
    """No decided face."""
    none = np.zeros(0, np.int32)
    empty = np.zeros((0, 512), np.float32)
    return Decided(none, none, empty, np.zeros(0, np.float32), np.zeros(0, bool))


def compared(probe: Probe, references: ReferenceMatrix, *, known: bool) -> tuple[Any, ...] | None:
    """A row of the file, or None where this gallery does not have the person, or only has it."""
    own = references.creators == probe.person + 1
    copies = references.embeddings @ probe.template.embedding >= _COPY
    keep = ~copies if known else ~own
    if known and not (own & keep).any():
        return None
    left = ReferenceMatrix(
        references.ids[keep], references.creators[keep], references.embeddings[keep]
    )
    gallery = Gallery(left, nothing_decided())
    scores = gallery.compare(probe.template.embedding[None])[0]
    first, second = np.argsort(-scores)[:2]
    made = probe.template
    return (
        float(scores[first]),
        float(scores[first] - scores[second]),
        made.pictures,
        made.face_size,
        float(len(gallery.creators)),
        bool(gallery.creators[first] == probe.person + 1),
        probe.person,
        probe.source,
        known,
    )


COLUMNS = (
    *("similarity", "margin", "pictures", "face_size", "creators", "right"),
    *("person", "source", "known"),
)


def rows(probes: Sequence[Probe], pictures: Pictures, seed: int = 7) -> dict[str, NDArray[Any]]:
    """All comparisons, as columns."""
    rng = np.random.default_rng(seed)
    found = []
    for crowd in np.repeat(CROWDS, DRAWN).tolist():
        references = drawn(pictures, crowd, rng)
        for probe in probes:
            for known in (True, False):
                row = compared(probe, references, known=known)
                if row is not None:
                    found.append(row)
    return dict(zip(COLUMNS, map(np.asarray, zip(*found, strict=True)), strict=True))


def units_of(columns: dict[str, NDArray[Any]]) -> tuple[Units, NDArray[np.int64]]:
    """Units that weigh 1 a picture or track together, as much known as not; and which one each is.

    Each that nobody named is a person of its own.
    """
    _, source = np.unique(columns["source"], return_inverse=True)
    pair = 2 * source + columns["known"]
    times = np.bincount(pair)
    sides = np.bincount(source, minlength=len(times))
    for one in range(source.max() + 1):
        sides[one] = (times[2 * one : 2 * one + 2] > 0).sum()
    people = np.where(columns["person"] < 0, -1 - source, columns["person"])
    numbers = {name: columns[name].astype(float) for name in COLUMNS[:5]}
    units = Units(
        **numbers,
        right=columns["right"].astype(bool),
        weight=1 / times[pair] / sides[source],
        people=people.astype(np.int64),
    )
    return units, source.astype(np.int64)


def measured(data: Path, pack: Path, more: Path | None) -> dict[str, NDArray[Any]]:
    """All comparisons of the shared pictures and videos."""
    seen = [read(data, pack, frames) for frames in FRAMES]
    pictures = with_more(seen[-1].pictures, more, 1000)
    probes = [
        *stills(pictures),
        *(probe for known in seen for probe in tracks(known.videos)),
        *groups(data, pack),
        *tracks(strangers(data / "videos", pack, FRAMES[-1])),
    ]
    return rows(probes, pictures)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--pack", type=Path, default=SHARED / "models" / "opencv_zoo")
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    columns = measured(options.data, options.pack, options.pictures)
    np.savez(options.out, **columns)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
