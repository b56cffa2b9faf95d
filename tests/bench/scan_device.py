"""Frames a second that a machine looks at, and what bounds it; no database is needed.

    python tests/bench/scan_device.py --pack FOLDER VIDEO... [--json]

As it was (one video at a time, one picture at a time, software decodes), then batches times
processes, each with and without a card that decodes, as far as there is one. The first round loads
the models and does not count. While each row is measured, the processor and, by ``nvidia-smi``, the
card are watched: the row says how busy they were. Then one process is taken apart: how long a frame
spends in decoding, in preparing pictures for the networks, in the networks, and in the rest.

The table to beat, of 16 cores and an NVIDIA H200 with the zoo pack (10 short videos of 640x360 to
1920x1080, 20 frames of each): CPU 33 as one process, 84 as 8 of 2 threads; CUDA 66 as one process,
118, 135 and 151 as 4, 8 and 16.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
import psutil
from figures import Figure, emit

from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.faces.runtime import CPU, default_threads, label, runtime
from facereview.media.frames import VideoReader
from facereview.media.hardware import find
from facereview.media.sampling import sample
from facereview.records import PackInfo, Pixels
from facereview.review.scanning.look_pool import LookPool
from facereview.review.scanning.look_process import Share
from facereview.review.scanning.looking import Wanted
from facereview.review.scanning.workers import Workers, choose

BUSY = 85
"""Per cent from which what is watched counts as what bounds the rate."""

_ASKED = "utilization.gpu,utilization.decoder,memory.used"


@dataclass
class Load:
    """How busy the machine is, in per cent, look by look; ``card`` has decoder and MiB beside."""

    cores: list[float] = field(default_factory=list)
    card: list[list[float]] = field(default_factory=list)

    def look(self) -> None:
        """Note it once."""
        self.cores.append(psutil.cpu_percent())
        if shutil.which("nvidia-smi"):
            command = ["nvidia-smi", f"--query-gpu={_ASKED}", "--format=csv,noheader,nounits"]
            told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            values = [part.strip() for part in told.split("\n")[0].split(",")]
            self.card.append([float(v) if v.replace(".", "").isdigit() else 0.0 for v in values])

    def text(self) -> str:
        """In words, with what bounds the rate."""
        cores = float(np.mean(self.cores or [0.0]))
        busy = {"the cores": cores}
        said = f"cores {cores:.0f} %"
        if self.card:
            computing, decoding, memory = np.mean(self.card, axis=0)[:3]
            said += f", card {computing:.0f} %, its decoder {decoding:.0f} %, {memory:.0f} MiB"
            busy |= {"the card": computing, "the card's decoder": decoding}
        bounding = [what for what, share in busy.items() if share >= BUSY]
        return f"{said}: bound by {' and '.join(bounding) or 'waiting, nothing is busy'}"


@contextmanager
def loaded() -> Iterator[Load]:
    """How busy the machine is inside."""
    load, ended = Load(), threading.Event()
    psutil.cpu_percent()

    def watch() -> None:
        while not ended.wait(0.5):
            load.look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield load
    finally:
        ended.set()
        thread.join()


def rate(
    pack: PackInfo, videos: list[Path], workers: Workers, options: argparse.Namespace
) -> tuple[float, str]:
    """Frames a second, and how busy the machine was."""
    wanted = Wanted(options.frames, 64)
    with LookPool(pack, wanted, workers, lambda: False) as pool:
        wait([pool.begin(video) for video in videos for _ in range(workers.count)])
        with loaded() as load:
            start = time.perf_counter()
            looks = [pool.begin(video) for _ in range(options.rounds) for video in videos]
            frames = sum(len(look.result().scanned.pictures.times) for look in looks)
            taken = time.perf_counter() - start
    return frames / taken, load.text()


def rows(options: argparse.Namespace, providers: tuple[str, ...]) -> list[Figure]:
    """As it was, then batches times processes, for one provider."""
    pack, chosen, cores = at(options.pack), choose(providers), default_threads()
    name = label(providers[0])
    tried = [(1, cores, 1, False, "as it was")]
    for card in (False, True) if find().device else (False,):
        for count in sorted({*options.processes, chosen.count}):
            tried += [(count, max(1, cores // count), b, card, "") for b in options.batches]
    found = []
    for count, threads, batch, card, note in tried:
        share = Share(threads, chosen.share.memory, providers, card=card, batch=batch)
        frames, load = rate(pack, options.videos, Workers(count, share), options)
        device = find().device if card else None
        decoder = device.kind if device else "software"
        how = f"{count} x {threads} threads, batches of {batch}, {decoder} decodes"
        mark = note or ("as facereview chooses" if count == chosen.count else "")
        say = "; ".join(part for part in (mark, load) if part)
        found.append(Figure(f"{name}, {how}", round(frames, 1), "frames/s", None, say))
    return found


# ------------------------------------------------------------------------------ one process apart


def clocked(work: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    """The same, its seconds added up."""

    def timed(*given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return work(*given, **named)
        finally:
            spent[0] += time.perf_counter() - start

    return timed


def decoded(videos: Sequence[Path], count: int, *, card: bool) -> tuple[list[Pixels], float]:
    """The frames that are looked at, and milliseconds for one."""
    pictures: list[Pixels] = []
    start = time.perf_counter()
    for video in videos:
        with VideoReader(video, find().device if card else None) as reader:
            pictures += [frame.pixels for frame in sample(reader, count)]
    return pictures, 1000 * (time.perf_counter() - start) / len(pictures)


def apart(options: argparse.Namespace, providers: tuple[str, ...]) -> list[Figure]:
    """Milliseconds of a frame in each part of one process."""
    name = label(providers[0])
    pictures, software = decoded(options.videos[:4], options.frames, card=False)
    found = [Figure("a frame: decoding by software", round(software, 2), "ms")]
    device = find().device
    if device is not None:
        _, on_card = decoded(options.videos[:4], options.frames, card=True)
        found.append(Figure(f"a frame: decoding by {device.kind}", round(on_card, 2), "ms"))
    for batch in options.batches:
        engine = InsightEngine(at(options.pack), providers=providers, batch=batch)
        engine.detect_all(pictures[:batch], min_size=64)
        networks, preparing = [0.0], [0.0]
        session = runtime().InferenceSession
        with (
            patch.object(session, "run", clocked(session.run, networks)),
            patch.object(cv2.dnn, "blobFromImage", clocked(cv2.dnn.blobFromImage, preparing)),
            patch.object(cv2.dnn, "blobFromImages", clocked(cv2.dnn.blobFromImages, preparing)),
        ):
            start = time.perf_counter()
            for begin in range(0, len(pictures), batch):
                engine.detect_all(pictures[begin : begin + batch], min_size=64)
            whole = time.perf_counter() - start
        rest = whole - networks[0] - preparing[0]
        for what, seconds in (
            ("networks", networks[0]),
            ("preparing", preparing[0]),
            ("the rest", rest),
        ):
            value = round(1000 * seconds / len(pictures), 2)
            found.append(Figure(f"a frame: {name}, batches of {batch}, {what}", value, "ms"))
    return found


def measure(options: argparse.Namespace) -> list[Figure]:
    """All rows of each provider, then each taken apart."""
    engine = InsightEngine(at(options.pack))
    engine.identity()
    providers = list(dict.fromkeys([engine.providers, (CPU,)]))
    refused = "; ".join(f"{kind}: {why}" for kind, why in find().refused.items())
    found = [figure for one in providers for figure in (*rows(options, one), *apart(options, one))]
    if find().device is None:
        found.append(Figure("cards that decode", 0, "", None, refused))
    return found


def table(figures: Sequence[Figure]) -> str:
    """For people."""
    return "\n".join(f"| {f.what} | {f.value:g} {f.unit} | {f.note} |" for f in figures)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--frames", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, nargs="*", default=[1, 2, 4, 8, 16])
    parser.add_argument("--batches", type=int, nargs="*", default=[1, 4, 8, 16])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("videos", type=Path, nargs="+")
    chosen = parser.parse_args()
    done = measure(chosen)
    emit(done) if chosen.json else print(table(done))
