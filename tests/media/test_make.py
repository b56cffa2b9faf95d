"""Films out of pictures: camera moves, fades, turning, and what makes faces hard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facereview.media.frames import VideoReader
from facereview.media.make import (
    Film,
    Shot,
    View,
    decode_once,
    lacking_decoders,
    make_video,
    render,
    widened,
)
from facereview.records import Pixels


def halves(left: int, right: int) -> Pixels:
    """A picture of two greys, 200 x 100."""
    pixels = np.full((100, 200, 3), left, np.uint8)
    pixels[:, 100:] = right
    return pixels


WHOLE = View(100, 50, 200)


def test_the_camera_moves_from_begin_to_end() -> None:
    film = Film((Shot(halves(0, 240), View(50, 50, 80), View(150, 50, 80), 2),), 80, 40)
    frames = list(render(film))
    assert len(frames) == 30
    assert {frame.shape for frame in frames} == {(40, 80, 3)}
    light = [float(frame.mean()) for frame in frames]
    assert light[0] < 5
    assert light[-1] > 235
    assert light == sorted(light)


def test_shots_fade_into_each_other() -> None:
    black, white = halves(0, 0), halves(240, 240)
    film = Film((Shot(black, WHOLE, WHOLE, 1), Shot(white, WHOLE, WHOLE, 1)), 40, 20, rate=10)
    light = [float(frame.mean()) for frame in render(film)]
    assert len(light) == 16
    assert light[:6] == [0] * 6
    assert light[10:] == [240] * 6
    assert light[6:10] == sorted(light[6:10])
    assert 0 < light[6] < light[9] < 240


def test_mirror_light_blur_and_grain() -> None:
    def first(**how: float | bool) -> Pixels:
        shot = Shot(halves(40, 200), WHOLE, WHOLE, 0.1, **how)  # type: ignore[arg-type]
        return next(iter(render(Film((shot,), 200, 100))))

    plain = first()
    assert np.array_equal(first(mirrored=True)[:, 2:-2], plain[:, ::-1][:, 2:-2])
    assert abs(float(first(light=0.5).mean()) - float(plain.mean()) / 2) < 1
    edge = plain[50, 90:110, 0].astype(int)
    soft = first(blur=4.0)[50, 90:110, 0].astype(int)
    assert np.abs(np.diff(soft)).max() < np.abs(np.diff(edge)).max() / 3
    assert first(grain=8.0)[10:90, 10:90].std() > 4


@pytest.mark.parametrize("turned", [False, True])
def test_a_video_is_as_described(tmp_path: Path, turned: bool) -> None:
    narrow = View(100, 50, 60)
    film = Film((Shot(halves(30, 220), narrow, narrow, 1),), 96, 160, turned=turned)
    path = tmp_path / "film.mp4"
    make_video(film, path)
    with VideoReader(path) as reader:
        assert (reader.width, reader.height) == (96, 160)
        assert reader.duration == pytest.approx(1, abs=0.1)
        pixels = reader.frame_at(0.5).pixels
    assert pixels.shape == (160, 96, 3)
    assert float(pixels[:, :40].mean()) < 60
    assert float(pixels[:, -40:].mean()) > 190


def test_widened_keeps_the_picture_in_the_middle() -> None:
    square = np.full((90, 90, 3), 200, np.uint8)
    wide = widened(square, 16 / 9)
    assert wide.shape == (90, 160, 3)
    assert np.array_equal(wide[:, 35:125], square)
    assert float(wide[:, :20].mean()) == pytest.approx(100, abs=2)


def test_decoding_works_here(monkeypatch: pytest.MonkeyPatch) -> None:
    decode_once()
    assert lacking_decoders() == []
    monkeypatch.setattr("facereview.media.make.COMMON", ("h264", "nonsense"))
    assert lacking_decoders() == ["nonsense"]
