"""The engine against the bare models on the same frames, and crops one by one against batches.

Run: python tests/bench/faces.py [--pack DIRECTORY] [--rounds N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections.abc import Callable
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
from figures import Figure, emit, timed

from facereview.faces import packs
from facereview.faces.aligned_face import align
from facereview.faces.engine import InsightEngine
from facereview.faces.loader import DET_SIZE, Models, Recogniser, load
from facereview.faces.runtime import CPU, default_threads, insightface
from facereview.home import Home
from facereview.records import PackInfo, Pixels

WIDTH, HEIGHT = 1280, 720
BATCHES = (1, 2, 4, 8, 16)
OVERHEAD = 1.15

warnings.simplefilter("ignore", FutureWarning)  # insightface's alignment, at every face


def picture(package: str, *path: str) -> Pixels:
    """A picture that an installed package ships, as RGB of 1280 by 720 at most."""
    with as_file(files(package).joinpath(*path)) as file:
        image = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(path)
    scale = min(WIDTH / image.shape[1], HEIGHT / image.shape[0])
    image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8)


def frames() -> list[tuple[str, Pixels]]:
    """Frames of 1280 by 720 with six faces, one and none."""
    shown = {
        "6 faces": picture("insightface", "data", "images", "t1.jpg"),
        "1 face": picture("skimage", "data", "astronaut.png"),
        "no face": picture("skimage", "data", "chelsea.png"),
    }
    made = []
    for name, pixels in shown.items():
        frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        frame[: pixels.shape[0], : pixels.shape[1]] = pixels
        made.append((name, frame))
    return made


def best(jobs: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Fastest run of each job in milliseconds, the jobs taking turns so that noise hits all."""
    for job in jobs.values():
        job()
    taken = [timed(list(jobs.values())) for _ in range(rounds)]
    return {name: 1000 * min(run[i] for run in taken) for i, name in enumerate(jobs)}


def sessions_only(models: Models, frame: Pixels) -> Callable[[], None]:
    """Nothing but the two networks, with inputs made beforehand and the faces one by one."""
    image = frame[..., ::-1].copy()
    detector, recogniser = models.detector.model, models.recogniser.model
    _, keypoints = detector.detect(image)
    squares = [align(image, points) for points in keypoints]
    whole = cv2.dnn.blobFromImage(image, 1 / 128, (DET_SIZE, DET_SIZE), (127.5, 127.5, 127.5))
    crops = [
        cv2.dnn.blobFromImage(
            square.pixels, 1 / 127.5, (112, 112), (127.5, 127.5, 127.5), swapRB=True
        )
        for square in squares
        if square is not None
    ]

    def run() -> None:
        detector.session.run(None, {detector.input_name: whole})
        for crop in crops:
            recogniser.session.run(None, {recogniser.input_name: crop})

    return run


def plain_insightface(pack: PackInfo) -> Callable[[Pixels], Any]:
    """FaceAnalysis as its own examples use it."""
    analysis = insightface().app.FaceAnalysis(
        pack.directory, allowed_modules=["detection", "recognition"], providers=[CPU]
    )
    analysis.prepare(0, det_size=(DET_SIZE, DET_SIZE))
    get: Callable[[Pixels], Any] = analysis.get
    return get


def engine_against_models(pack: PackInfo, rounds: int) -> list[Figure]:
    """Time per frame: both networks alone, the engine, and InsightFace by itself.

    InsightFace comes last: its threads spin while they wait and would slow the others.
    """
    engine = InsightEngine(pack, providers=(CPU,))
    models = load(pack, (CPU,), threads=default_threads())
    taken: dict[str, list[float]] = {"networks": [], "engine": [], "insightface": []}
    shown = frames()
    for _, frame in shown:
        run, look = sessions_only(models, frame), partial(engine.detect, frame)
        for what, value in best({"networks": run, "engine": look}, rounds).items():
            taken[what].append(value)
    plain = plain_insightface(pack)
    for _, frame in shown:
        get = partial(plain, frame[..., ::-1].copy())
        taken["insightface"].append(best({"insightface": get}, rounds)["insightface"])
    figures = [
        Figure(f"{what}, frame with {name}", round(value, 2), "ms")
        for what, values in taken.items()
        for (name, _), value in zip(shown, values, strict=True)
    ]
    total = {what: sum(values) for what, values in taken.items()}
    over = round(total["engine"] / total["networks"], 3)
    gain = round(total["insightface"] / total["engine"], 3)
    return [
        *figures,
        Figure("engine over the networks alone, same frames", over, "x", OVERHEAD),
        Figure("plain InsightFace over the engine, same frames", gain, "x"),
    ]


def with_free_batch(pack: PackInfo, folder: Path) -> PackInfo:
    """The same pack, its recogniser open for any number of faces."""
    for file in Path(pack.directory).glob("*.onnx"):
        model = onnx.load(file)
        if len(model.graph.output) == 1:
            for value in (model.graph.input[0], model.graph.output[0]):
                value.type.tensor_type.shape.dim[0].dim_param = "batch"
        onnx.save(model, folder / file.name)
    return packs.at(folder)


def batches(pack: PackInfo, rounds: int) -> list[Figure]:
    """Time per face, one by one and together."""
    with tempfile.TemporaryDirectory() as folder:
        free = with_free_batch(pack, Path(folder))
        together = load(free, (CPU,), threads=default_threads()).recogniser
    alone = Recogniser(together.model, together.side, batches=False)
    crops = list(np.random.default_rng(0).integers(0, 256, (max(BATCHES), 112, 112, 3), np.uint8))
    figures = []
    for size in BATCHES:
        jobs: dict[str, Callable[[], Any]] = {
            "one by one": partial(alone.embed, crops[:size]),
            "as a batch": partial(together.embed, crops[:size]),
        }
        figures += [
            Figure(f"{size} faces {how}, each", round(taken / size, 2), "ms")
            for how, taken in best(jobs, rounds).items()
        ]
    return figures


def measure(pack: PackInfo, rounds: int) -> list[Figure]:
    """All figures of this file."""
    return [*engine_against_models(pack, rounds), *batches(pack, rounds)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, help="its directory; else the pack in use")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    chosen = packs.at(options.pack) if options.pack else packs.require(Home.default())
    print(f"{chosen.name}, {default_threads()} threads", file=sys.stderr)
    emit(measure(chosen, options.rounds))
