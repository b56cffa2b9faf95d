"""References that "suggest references" picks, against as many enrolled by hand.

On pictures of known people every second one counts as a decided face and the others are to be
recognised; by hand means any choice of as many. On the made videos by hand means the pictures
that their truth enrols, and every face that is no reference is to be recognised.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from figures import Figure, emit

from facereview.faces.engine import Found, InsightEngine
from facereview.faces.packs import at
from facereview.media.frames import VideoReader
from facereview.media.images import load_image
from facereview.records import Embedding
from facereview.review.creators.promote import choose_different

sys.path.insert(0, str(Path(__file__).parents[1]))
from truth import STRANGER, Truth

People = dict[str, list[Found]]
_EACH, _DRAWS, _FRAMES = 2, 50, 20


def largest(engine: InsightEngine, picture: Path) -> Found:
    """The face a picture is of."""
    found = engine.detect(load_image(picture), thorough=True)
    return max(found, key=lambda face: face.box.width * face.box.height)


def vectors(faces: list[Found]) -> Embedding:
    """Embeddings, shape (n, 512)."""
    return np.stack([face.embedding for face in faces])


def suggested(faces: list[Found], count: int) -> list[int]:
    """Places of the faces that would be suggested to a creator without references."""
    quality = np.asarray([face.quality for face in faces], np.float32)
    nothing, everyone = np.zeros((0, 512), np.float32), np.ones(len(faces), bool)
    chosen = choose_different(vectors(faces), quality, nothing, everyone, count)
    return [one.place for one in chosen]


def top_one(references: People, asked: People) -> float:
    """Share of the faces whose nearest reference is of the right person."""
    names = [name for name, faces in references.items() for _ in faces]
    known = vectors([face for faces in references.values() for face in faces])
    right = [
        names[int((known @ face.embedding).argmax())] == name
        for name, faces in asked.items()
        for face in faces
    ]
    return round(float(np.mean(right)), 4)


def on_pictures(engine: InsightEngine, data: Path) -> tuple[float, float]:
    """(suggested, by hand) on pictures of people."""
    everyone = {
        folder.name: [largest(engine, picture) for picture in sorted(folder.iterdir())]
        for folder in sorted((data / "people").iterdir())
        if folder.is_dir() and len(list(folder.iterdir())) >= 2 * _EACH
    }
    decided = {name: faces[::2] for name, faces in everyone.items()}
    asked = {name: faces[1::2] for name, faces in everyone.items()}

    def picked(choose: Callable[[list[Found]], list[int]]) -> float:
        chosen = {name: [faces[i] for i in choose(faces)] for name, faces in decided.items()}
        return top_one(chosen, asked)

    rng = np.random.default_rng(1)
    by_hand = [
        picked(lambda faces: rng.permutation(len(faces))[:_EACH].tolist()) for _ in range(_DRAWS)
    ]
    return picked(lambda faces: suggested(faces, _EACH)), round(float(np.mean(by_hand)), 4)


def seen(engine: InsightEngine, truth: Truth) -> Iterator[tuple[str, Found]]:
    """Every face of the made videos whose name the truth knows."""
    for file in truth.videos:
        with VideoReader(truth.folder / file) as video:
            start, end = video.span
            times = np.linspace(start, end, _FRAMES, endpoint=False).tolist()
            for frame in map(video.frame_at, times):
                for face in engine.detect(frame.pixels, min_size=64):
                    who = truth.who(file, frame.timestamp, face.box)
                    if who not in (None, STRANGER):
                        yield str(who), face


def on_videos(engine: InsightEngine, data: Path) -> tuple[float, float, int]:
    """(suggested, by hand, faces asked) on the faces of videos."""
    truth = Truth.read(data)
    faces: People = defaultdict(list)
    for who, face in seen(engine, truth):
        faces[who].append(face)
    by_hand = {
        name: [largest(engine, picture) for picture in pictures]
        for name, pictures in truth.references.items()
        if name in faces
    }
    chosen: People = {}
    asked: People = {}
    for name, held in by_hand.items():
        places = suggested(faces[name], len(held))
        chosen[name] = [faces[name][place] for place in places]
        asked[name] = [face for i, face in enumerate(faces[name]) if i not in places]
    count = sum(map(len, asked.values()))
    return top_one(chosen, asked), top_one(by_hand, asked), count


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with people/ and madevideos/")
    parser.add_argument("pack", type=Path, help="directory of the model pack")
    options = parser.parse_args()
    loaded = InsightEngine(at(options.pack))
    pictures = on_pictures(loaded, options.data)
    *videos, number = on_videos(loaded, options.data)
    emit(
        [
            Figure("top-1 on pictures, suggested", pictures[0], "share"),
            Figure("top-1 on pictures, by hand", pictures[1], "share", None, f"{_DRAWS} draws"),
            Figure("top-1 on videos, suggested", videos[0], "share", None, f"{number} faces"),
            Figure("top-1 on videos, by hand", videos[1], "share", None, f"{number} faces"),
        ]
    )
