"""Making small videos out of still pictures: camera moves, fades, poor light, blur and noise.

One of them, read back, shows whether videos can be decoded here.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from facereview.errors import MediaError
from facereview.media.frames import VideoReader
from facereview.media.hardware import Device
from facereview.records import Pixels

COMMON = ("h264", "hevc", "vp9", "av1", "mpeg4")


@dataclass(frozen=True, slots=True)
class View:
    """What the camera sees: the middle of a section of a picture and its width, in pixels."""

    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Shot:
    """One camera move over a picture, from ``begin`` to ``end``."""

    picture: Pixels
    begin: View
    end: View
    seconds: float
    mirrored: bool = False
    light: float = 1.0
    """Factor of the brightness."""
    blur: float = 0.0
    """Standard deviation of a Gaussian, in pixels of the frame."""
    grain: float = 0.0
    """Standard deviation of noise, in grey values."""


@dataclass(frozen=True, slots=True)
class Film:
    """Shots, each fading into the next for ``fade`` seconds.

    ``width`` and ``height`` are as shown; a video that is ``turned`` is stored lying on its
    side, as phones do, with a note to turn it upright.
    """

    shots: tuple[Shot, ...]
    width: int
    height: int
    rate: int = 15
    fade: float = 0.4
    turned: bool = False


def make_video(film: Film, path: Path) -> None:
    """Encode a film as H.264; the extension of ``path`` chooses the container."""
    width, height = (film.height, film.width) if film.turned else (film.width, film.height)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=film.rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "21", "preset": "veryfast", "g": str(5 * film.rate)}
        if film.turned:
            stream.set_display_rotation(-90)
        for pixels in render(film):
            shown = np.rot90(pixels) if film.turned else pixels
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def render(film: Film) -> Iterator[Pixels]:
    """The frames of a film, each of shape (height, width, 3)."""
    ended: list[Image.Image] = []
    for place, shot in enumerate(film.shots):
        count = max(1, round(shot.seconds * film.rate))
        last = place == len(film.shots) - 1
        kept = count if last else count - round(film.fade * film.rate)
        fading: list[Image.Image] = []
        for step, frame in enumerate(_frames(shot, film, count)):
            shown = frame
            if step < len(ended):
                shown = Image.blend(ended[step], frame, (step + 1) / (len(ended) + 1))
            if step < kept:
                yield np.asarray(shown)
            else:
                fading.append(shown)
        ended = fading


def _frames(shot: Shot, film: Film, count: int) -> Iterator[Image.Image]:
    picture, noise = Image.fromarray(shot.picture), np.random.default_rng(count)
    for place in range(count):
        # ease in and out
        way = (1 - math.cos(math.pi * place / max(1, count - 1))) / 2
        yield _developed(_seen(picture, shot, way, film), shot, noise)


def _seen(picture: Image.Image, shot: Shot, way: float, film: Film) -> Image.Image:
    """The section of the picture at this point of the way, as a frame."""
    a, b = shot.begin, shot.end
    x, y = a.x + (b.x - a.x) * way, a.y + (b.y - a.y) * way
    scale = (a.width + (b.width - a.width) * way) / film.width
    turn = -scale if shot.mirrored else scale
    matrix = (turn, 0, x - turn * film.width / 2, 0, scale, y - scale * film.height / 2)
    size = (film.width, film.height)
    return picture.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _developed(frame: Image.Image, shot: Shot, noise: np.random.Generator) -> Image.Image:
    """Light, blur and grain."""
    if shot.blur:
        frame = frame.filter(ImageFilter.GaussianBlur(shot.blur))
    if shot.light == 1.0 and not shot.grain:
        return frame
    values = np.asarray(frame, np.float32) * shot.light
    if shot.grain:
        values += noise.normal(0, shot.grain, (*values.shape[:2], 1)).astype(np.float32)
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def widened(pixels: Pixels, aspect: float) -> Pixels:
    """A picture on a canvas of this width over height, its own blurred edges at the sides."""
    picture = Image.fromarray(pixels)
    width, height = picture.size
    size = max(width, round(height * aspect)), max(height, round(width / aspect))
    canvas = ImageOps.fit(picture, size).filter(ImageFilter.GaussianBlur(size[1] / 12))
    canvas = ImageEnhance.Brightness(canvas).enhance(0.5)
    canvas.paste(picture, ((size[0] - width) // 2, (size[1] - height) // 2))
    return np.asarray(canvas)


def lacking_decoders() -> list[str]:
    """Common codecs that this FFmpeg cannot decode."""
    return [codec for codec in COMMON if codec not in av.codecs_available]


@contextmanager
def _two_greys() -> Iterator[Path]:
    """A video of one second."""
    dark, bright = (np.full((64, 64, 3), grey, np.uint8) for grey in (40, 200))
    still = View(32, 32, 64)
    film = Film((Shot(dark, still, still, 0.5), Shot(bright, still, still, 0.5)), 64, 64, fade=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.mp4"
        make_video(film, path)
        yield path


def decoded_by(device: Device) -> bool:
    """Whether a card gives a small video as software does."""
    with _two_greys() as path:
        opened = device.open(path)
        if opened is not None:
            opened.container.close()
        return opened is not None


def decode_once() -> None:
    """Encode a second of two greys and read its last frame back.

    Raises:
        MediaError: what came back is not what was encoded.
    """
    with _two_greys() as path, VideoReader(path) as reader:
        grey = float(reader.frame_at(0.9).pixels.mean())
    if abs(grey - 200) > 8:
        raise MediaError("Videos are decoded wrongly here: install facereview's `av` again.")
