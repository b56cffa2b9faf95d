"""Scanning as a whole against the bare model on the very same frames."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psycopg
from figures import Figure, emit
from synthetic import arguments

from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.media.crops import CropCache
from facereview.media.frames import VideoReader
from facereview.media.sampling import sample
from facereview.records import Config
from facereview.review.scanning.scan import Scanner
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

SHARED = Path(__file__).resolve().parents[3] / "shared"


def bare_model(engine: InsightEngine, videos: list[Path], config: Config) -> tuple[float, int]:
    """Seconds the model needs for the frames a scan looks at, and their number."""
    taken, frames = 0.0, 0
    for video in videos:
        with VideoReader(video) as reader:
            for frame in sample(reader, config.frames_per_video):
                start = time.perf_counter()
                engine.detect(frame.pixels, min_size=config.min_face_size)
                taken += time.perf_counter() - start
                frames += 1
    return taken, frames


def whole_scan(url: str, engine: InsightEngine, videos: list[Path], config: Config) -> float:
    """Seconds a scan into an empty library takes."""
    database = Database(url)
    with tempfile.TemporaryDirectory() as folder, Store.open(database) as store:
        scanner = Scanner(store, engine, CropCache(Path(folder)), config)
        start = time.perf_counter()
        report = scanner.scan(videos)
        taken = time.perf_counter() - start
    database.close()
    if report.faults:
        raise RuntimeError(report.faults)
    return taken


def measure(base: str, videos: list[Path], what: str) -> list[Figure]:
    """The ratio of the two, in one run."""
    engine, config = InsightEngine(at(SHARED / "models" / "opencv_zoo")), Config(0.4, 0.55)
    engine.identity()
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench_scan WITH (FORCE)")
        connection.execute("CREATE DATABASE bench_scan TEMPLATE template0")
    whole = whole_scan(
        psycopg.conninfo.make_conninfo(base, dbname="bench_scan"), engine, videos, config
    )
    model, frames = bare_model(engine, videos, config)
    return [
        Figure(f"{what}: scan of {len(videos)} videos, {frames} frames", round(whole, 2), "s"),
        Figure(f"{what}: bare model on the same frames", round(model, 2), "s"),
        Figure(f"{what}: scan against the bare model", round(whole / model, 3), "ratio", 1.15),
    ]


if __name__ == "__main__":
    options = arguments(__doc__ or "")
    url = EmbeddedServer(options.folder / "server").start()
    made = sorted((SHARED / "data" / "madevideos").glob("*.mp4"))
    real = sorted((SHARED / "data" / "videos").glob("*.mp4"))
    emit(measure(url, made, "made videos") + measure(url, real, "real videos"))
