"""How well a changed file is told to be the same film, or another one.

Needs the shared videos beside the checkout, and ffmpeg's libraries as PyAV has them. Every video is
encoded again smaller, coarser, turned, trimmed at either end, and at half its rate; each of these
must be the same film, and no other video may be. Prints for every change how many were recognised,
the lowest correlation of a frame with its own picture, and the highest over all other films.

    python tests/bench/same_film.py [FOLDER ...]
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.media.frames import VideoReader
from facereview.media.images import grey_square
from facereview.media.process import VideoProcess
from facereview.media.sampling import sample
from facereview.records import Pixels, Video
from facereview.review.scanning.same_film import (
    NewFilm,
    OldFilm,
    compare,
    correlation,
    likeness,
)
from facereview.store.films import GREY_SIDE, FilmFace, FilmPictures

SHARED = Path(__file__).resolve().parents[3] / "shared"
FRAMES = 5


def encode(source: Path, target: Path, change: str) -> Path:
    """Write a video again with one change."""
    quality = "36" if change == "coarse" else "24"
    with VideoReader(source) as reader, av.open(str(target), "w") as container:
        half = reader.duration / 2
        start = {"trimmed head": 1.7, "second half": half}.get(change, 0.0)
        end = {"trimmed tail": 2 * half - 1.7, "first half": half}.get(change, 2 * half)
        rate = 12 if change == "half rate" else 25
        stream = None
        for number, seconds in enumerate(np.arange(start, end, 1 / rate)):
            pixels = _changed(reader.frame_at(float(seconds)).pixels, change)
            if stream is None:
                stream = container.add_stream("libx264", rate=rate)
                stream.height, stream.width = pixels.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.options = {"crf": quality, "preset": "veryfast"}
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))
    return target


def _changed(pixels: Pixels, change: str) -> Pixels:
    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    match change:
        case "half size":
            return pixels[: height // 4 * 4 : 2, : width // 4 * 4 : 2]
        case "turned left":
            return np.rot90(pixels[:height, :width])
        case "upside down":
            return np.rot90(pixels[:height, :width], 2)
        case _:
            return pixels[:height, :width]


CHANGES = (
    "encoded again",
    "coarse",
    "half size",
    "half rate",
    "turned left",
    "upside down",
    "trimmed head",
    "trimmed tail",
)


def old_film(path: Path, engine: InsightEngine) -> OldFilm:
    """What a scan keeps of a film, all its faces decided."""
    with VideoReader(path) as reader:
        frames = list(sample(reader, FRAMES))
        video = Video(1, str(path), None, reader.duration, reader.width, reader.height)
    greys = np.array([grey_square(frame.pixels, GREY_SIDE) for frame in frames])
    found = [(f.timestamp, face) for f in frames for face in engine.detect(f.pixels, min_size=64)]
    faces = tuple(
        FilmFace(n, t, f.box, f.embedding, decided=True) for n, (t, f) in enumerate(found)
    )
    return OldFilm(video, FilmPictures(tuple(f.timestamp for f in frames), greys), faces)


def new_film(path: Path, reader: VideoProcess) -> NewFilm:
    info, none = reader.look(path, 0)
    list(none)
    return NewFilm(path, info, reader)


def closest(old: FilmPictures, new: NewFilm, shift: float, turns: Sequence[int]) -> list[float]:
    """The correlation of each picture with the frame at its time, in the best of these turns."""
    inside = [i for i, t in enumerate(old.times) if new.holds(t + shift)]
    return [
        max(correlation(np.rot90(old.greys[i], k), grey) for k in turns)
        for i, grey in zip(inside, new.greys([old.times[i] + shift for i in inside]), strict=True)
    ]


def changed(films: dict[Path, OldFilm], change: str, engine: InsightEngine) -> dict[str, object]:
    """One change of every video."""
    known = carried = faces = inside = 0
    scores: list[float] = []
    with tempfile.TemporaryDirectory() as scratch, VideoProcess() as reader:
        for path, film in films.items():
            new = new_film(encode(path, Path(scratch) / "new.mp4", change), reader)
            how = likeness(film, new)
            same = compare(film, new.path, reader, engine)
            known += how is not None
            faces += len(film.faces)
            carried += len(same.faces) if same else 0
            if how is not None and film.pictures is not None:
                inside += sum(new.holds(face.timestamp + how.shift) for face in film.faces)
                scores += closest(film.pictures, new, how.shift, [how.turns])
    return {
        "recognised": known,
        "faces": faces,
        "in the new film": inside,
        "carried": carried,
        "lowest correlations": [round(score, 3) for score in sorted(scores)[:5]],
    }


def others(films: dict[Path, OldFilm]) -> dict[str, object]:
    """Every pair of different videos."""
    pairs = wrong = 0
    highest: list[float] = []
    with VideoProcess() as reader:
        for path in films:
            new = new_film(path, reader)
            for film in (film for other, film in films.items() if other != path):
                pairs += 1
                wrong += likeness(film, new) is not None
                if film.pictures is not None:
                    highest += closest(film.pictures, new, 0.0, range(4))
    return {
        "pairs": pairs,
        "taken for the same": wrong,
        "highest correlations": [round(score, 3) for score in sorted(highest)[-5:]],
    }


def halves(videos: Sequence[Path], engine: InsightEngine) -> dict[str, object]:
    """The second half of each video in place of its first: the same people, other moments."""
    wrong = carried = 0
    with tempfile.TemporaryDirectory() as scratch, VideoProcess() as reader:
        for path in videos:
            first = old_film(encode(path, Path(scratch) / "first.mp4", "first half"), engine)
            second = encode(path, Path(scratch) / "second.mp4", "second half")
            wrong += likeness(first, new_film(second, reader)) is not None
            same = compare(first, second, reader, engine)
            carried += len(same.faces) if same else 0
    return {"videos": len(videos), "taken for the same": wrong, "faces carried": carried}


def measure(folders: Sequence[Path], say: Callable[[str], None]) -> dict[str, object]:
    """All changes, and all pairs."""
    engine = InsightEngine(at(SHARED / "models" / "opencv_zoo"))
    videos = [path for folder in folders for path in sorted(folder.glob("*.mp4"))]
    films = {path: old_film(path, engine) for path in videos}
    result: dict[str, object] = {"videos": len(videos), "other films": others(films)}
    say(f"other films: {result['other films']}")
    result["other half"] = halves(videos, engine)
    say(f"other half: {result['other half']}")
    for change in CHANGES:
        result[change] = changed(films, change, engine)
        say(f"{change}: {result[change]}")
    return result


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]] or [SHARED / "data" / "madevideos"]
    print(json.dumps(measure(folders, lambda text: print(text, file=sys.stderr)), indent=1))


if __name__ == "__main__":
    main()
