"""Cold frame at a timestamp against a bare threaded decode, with OpenCV beside it; prints JSON.

Beside it, and outside its budget, what the tones of HDR cost.

Run: python tests/bench/frames.py [--positions N]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorPrimaries, Colorspace, ColorTrc
from figures import Figure, emit, percentile, timed

from facereview.media.frames import Painter, VideoReader
from facereview.records import Pixels

FPS = 25
BUDGET = 1.2
WIDTH, HEIGHT = 1280, 720
BITS = 16


def picture(number: int, texture: Pixels) -> Pixels:
    """A moving texture whose top band spells the frame's number in black and white blocks."""
    pixels = np.roll(texture, (3 * number, 5 * number), (0, 1))
    for bit in range(BITS):
        left, right = bit * WIDTH // BITS, (bit + 1) * WIDTH // BITS
        pixels[:64, left:right] = 235 if number >> bit & 1 else 20
    return pixels


def number_of(pixels: Pixels) -> int:
    """The number a picture spells."""
    blocks = pixels[16:48].reshape(32, BITS, -1).mean(axis=(0, 2))
    return sum(1 << bit for bit in range(BITS) if blocks[bit] > 127)


def make(path: Path, gop: int, frames: int, start: int = 0) -> None:
    """Write a video with that many frames between key frames, beginning at frame ``start``."""
    grain = np.random.default_rng(0).integers(0, 256, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8)
    texture = np.asarray(cv2.resize(grain, (WIDTH, HEIGHT)), dtype=np.uint8)
    options = {"preset": "veryfast", "g": str(gop), "sc_threshold": "0", "bf": "2"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(picture(number, texture))
            frame.pts, frame.time_base = start + number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def bare(path: Path, seconds: float) -> None:
    """What cannot be saved: open, seek to the key frame before, decode to the frame."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        base = stream.time_base
        assert base is not None and stream.start_time is not None
        wanted = stream.start_time + int(seconds / base)
        container.seek(wanted, stream=stream)
        step = Fraction(1, FPS) / base
        for frame in container.decode(stream):
            if frame.pts is not None and frame.pts + step > wanted:
                return


def frame_at(path: Path, seconds: float) -> int:
    """The same through the product, pixels included."""
    with VideoReader(path) as reader:
        return number_of(reader.frame_at(seconds).pixels)


def opencv(path: Path, seconds: float) -> int:
    """The same through OpenCV's POS_MSEC; -1 where it gives nothing."""
    capture = cv2.VideoCapture(str(path))
    capture.set(cv2.CAP_PROP_POS_MSEC, seconds * 1000)
    good, pixels = capture.read()
    capture.release()
    return number_of(pixels.astype(np.uint8)) if good else -1


def measure(name: str, path: Path, frames: int, positions: int) -> list[Figure]:
    """Every figure of one video, at the same positions for each way, taken in turn."""
    chance = random.Random(7)
    taken: dict[str, list[float]] = {"bare": [], "frame_at": [], "opencv": []}
    right = {"frame_at": 0, "opencv": 0}
    for _ in range(positions):
        number = chance.randrange(frames)
        seconds = (number + chance.random()) / FPS
        taken["bare"] += timed([lambda s=seconds: bare(path, s)])  # type: ignore[misc]
        for way, call in (("frame_at", frame_at), ("opencv", opencv)):
            found: list[int] = []
            taken[way] += timed([lambda c=call, s=seconds, f=found: f.append(c(path, s))])  # type: ignore[misc]
            right[way] += found == [number]
    ratio = sum(taken["frame_at"]) / sum(taken["bare"])
    return [
        Figure(
            f"frame at a timestamp, cold, over bare decode: {name}", round(ratio, 3), "x", BUDGET
        ),
        *(
            Figure(f"{way}, mean: {name}", round(statistics.mean(all_) * 1000, 1), "ms")
            for way, all_ in taken.items()
        ),
        *(
            Figure(f"{way}, right frames of {positions}: {name}", count, "frames")
            for way, count in right.items()
        ),
    ]


def tones(transfer: ColorTrc) -> list[float]:
    """Seconds that each of some frames of 1920x1080 takes from its decoder to RGB."""
    grain = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    frame = av.VideoFrame.from_ndarray(grain).reformat(format="yuv420p10le")
    frame.color_trc, frame.color_primaries = transfer, ColorPrimaries.BT2020
    frame.colorspace = Colorspace.BT2020
    painter = Painter(None)
    return timed([lambda: painter.paint(frame)] * 21)


def measure_tones() -> list[Figure]:
    """Frames of PQ and HLG beside those of SDR, and what setting up a size costs."""
    figures: list[Figure] = []
    kinds = {"SDR": ColorTrc.BT2020_10, "PQ": ColorTrc.SMPTE2084, "HLG": ColorTrc.ARIB_STD_B67}
    for name, transfer in kinds.items():
        first, *later = tones(transfer)
        what = f"{name} frame of 10 bits to RGB, 1920x1080"
        figures.append(Figure(f"{what}, median", percentile(later, 50), "ms"))
        figures.append(Figure(f"{what}, first of its video", round(first * 1000, 1), "ms"))
    return figures


def main() -> None:
    """Make the videos, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--positions", type=int, default=30)
    positions = parser.parse_args().positions
    report: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        for gop, frames, start in ((12, 250, 0), (250, 500, 0), (50, 250, 100)):
            path = Path(folder) / f"gop{gop}.mp4"
            make(path, gop, frames, start)
            name = f"{WIDTH}x{HEIGHT}, key frame every {gop}, starts at {start / FPS:g} s"
            report += measure(name, path, frames, positions)
    report += measure_tones()
    emit(report)


if __name__ == "__main__":
    main()
