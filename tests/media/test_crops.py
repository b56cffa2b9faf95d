"""Square crops of faces anywhere in or beside a frame, and their cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facereview.errors import MediaError
from facereview.media.crops import CropCache, cut_face, place_in_crop, read_crop
from facereview.media.images import encode
from facereview.records import Box, Pixels

NUMBERS = st.floats(-1e4, 1e4) | st.sampled_from([float("nan"), float("inf"), -float("inf"), 0.0])


def gradient(width: int, height: int) -> Pixels:
    """Red grows to the right, green downward."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width)
    pixels[..., 1] = np.linspace(0, 255, height)[:, None]
    return pixels


def test_the_face_is_in_the_middle_with_its_margin() -> None:
    pixels = np.zeros((400, 600, 3), np.uint8)
    pixels[150:250, 250:350] = 255
    crop = cut_face(pixels, Box(250, 150, 100, 100), margin=0.5, size=200).pixels
    assert crop.shape == (200, 200, 3)
    assert crop.dtype == np.uint8
    white = np.argwhere(crop[..., 0] > 127)
    assert np.abs(white.min(axis=0) - 50).max() <= 1
    assert np.abs(white.max(axis=0) - 149).max() <= 1


def test_fractions_and_pixels_give_the_same_crop() -> None:
    pixels = gradient(400, 200)
    fractions = cut_face(pixels, Box(0.25, 0.25, 0.25, 0.5)).pixels
    assert np.array_equal(fractions, cut_face(pixels, Box(100, 50, 100, 100)).pixels)


def test_near_an_edge_the_square_moves_inside() -> None:
    pixels = np.full((300, 300, 3), 255, np.uint8)
    for box in (Box(0, 0, 60, 60), Box(240, 240, 60, 60), Box(-30, 270, 60, 60)):
        assert (cut_face(pixels, box).pixels == 255).all()


def test_in_a_narrow_picture_the_square_shrinks_instead_of_getting_borders() -> None:
    pixels = np.full((100, 400, 3), 255, np.uint8)
    crop = cut_face(pixels, Box(150, 0, 100, 100), margin=0.5).pixels
    assert crop.shape == (256, 256, 3)
    assert (crop == 255).all()
    tight = cut_face(gradient(92, 112), Box(1, 2, 90, 110)).pixels
    assert tight[128, 0, 0] == 0
    assert tight[128, -1, 0] == 255


@pytest.mark.parametrize(
    "box",
    [
        Box(500, 500, 50, 50),
        Box(-80, 10, 50, 50),
        Box(10, 10, 0, 50),
        Box(float("nan"), 10, 50, 50),
        Box(10, 10, -5, 5),
    ],
)
def test_a_box_with_nothing_in_the_frame_is_named(box: Box) -> None:
    with pytest.raises(MediaError, match="outside its frame of 200 x 100 pixels"):
        cut_face(gradient(200, 100), box)


@settings(deadline=None)
@given(
    x=NUMBERS,
    y=NUMBERS,
    width=NUMBERS,
    height=NUMBERS,
    frame=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    margin=st.floats(0, 3),
    size=st.integers(1, 64),
)
def test_any_box_gives_a_square_or_a_sentence(
    x: float,
    y: float,
    width: float,
    height: float,
    frame: tuple[int, int],
    margin: float,
    size: int,
) -> None:
    box, pixels = Box(x, y, width, height), gradient(*frame)
    if box.in_frame(*frame) is None:
        with pytest.raises(MediaError):
            cut_face(pixels, box, margin=margin, size=size)
    else:
        crop = cut_face(pixels, box, margin=margin, size=size).pixels
        assert crop.shape == (size, size, 3)
        assert crop.dtype == np.uint8


def test_the_cache_gives_back_what_was_put(tmp_path: Path) -> None:
    cache, crop = CropCache(tmp_path / "crops"), gradient(256, 256)
    assert cache.get(7) is None
    cache.put(7, crop)
    cache.put(1007, 255 - crop)
    kept = cache.get(7)
    assert kept is not None
    assert np.abs(kept.astype(int) - crop).mean() < 3
    cache.put(7, 255 - crop)
    again, other = cache.get(7), cache.get(1007)
    assert again is not None
    assert other is not None
    assert np.array_equal(again, other)
    cache.remove([7, 8, 9])
    assert cache.get(7) is None
    assert cache.get(1007) is not None


def test_the_cache_is_spread_over_folders(tmp_path: Path) -> None:
    cache = CropCache(tmp_path)
    for number in (1, 2, 1001):
        cache.put(number, gradient(8, 8))
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.relative_to(tmp_path).as_posix() for path in files] == [
        "001/1.jpg",
        "001/1001.jpg",
        "002/2.jpg",
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0 half a picture", b"no picture"])
def test_a_damaged_crop_counts_as_missing_and_can_be_put_again(
    content: bytes, tmp_path: Path
) -> None:
    cache = CropCache(tmp_path)
    cache.put(5, gradient(64, 64))
    next(tmp_path.rglob("5.jpg")).write_bytes(content)
    assert cache.get(5) is None
    cache.put(5, gradient(64, 64))
    assert cache.get(5) is not None


def test_where_the_cache_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "crops").touch()
    cache = CropCache(tmp_path / "crops")
    assert cache.get(1) is None
    cache.remove([1])
    with pytest.raises(MediaError, match="cannot be written"):
        cache.put(1, gradient(8, 8))


def test_a_crop_knows_where_its_face_is() -> None:
    crop = cut_face(gradient(600, 400), Box(250, 150, 100, 50))
    assert crop.box is not None
    held = (crop.box.x, crop.box.y, crop.box.width, crop.box.height)
    assert held == pytest.approx((1 / 7, 9 / 28, 5 / 7, 5 / 14))


@settings(deadline=None)
@given(
    x=st.floats(-200, 500),
    y=st.floats(-200, 400),
    width=st.floats(2, 400),
    height=st.floats(2, 400),
    fractions=st.booleans(),
)
def test_the_box_in_a_crop_holds_what_the_box_in_the_frame_holds(
    x: float, y: float, width: float, height: float, fractions: bool
) -> None:
    box = Box(x, y, width, height)
    inside = box.in_frame(400, 300)
    if inside is None:
        return
    if fractions:
        box = Box(inside.x / 400, inside.y / 300, inside.width / 400, inside.height / 300)
    crop = cut_face(gradient(400, 300), box, size=512)
    assert crop.box is not None
    assert place_in_crop(box, 400, 300) == crop.box
    middle = crop.pixels[
        min(511, int(512 * (crop.box.y + crop.box.height / 2))),
        min(511, int(512 * (crop.box.x + crop.box.width / 2))),
    ]
    # a face larger than the frame's shorter side is in its crop in part only
    if max(inside.width, inside.height) <= 300:
        assert abs(int(middle[0]) - 255 * (inside.x + inside.width / 2) / 400) <= 4
        assert abs(int(middle[1]) - 255 * (inside.y + inside.height / 2) / 300) <= 4


def test_the_cache_keeps_the_box_and_says_where_there_is_none(tmp_path: Path) -> None:
    cache, crop = CropCache(tmp_path), cut_face(gradient(400, 300), Box(0, 40, 120, 90))
    cache.put(1, crop)
    cache.put(2, crop.pixels)  # as crops were kept before boxes were
    kept, older = cache.crop(1), cache.crop(2)
    assert kept is not None and kept.box is not None and crop.box is not None
    held = (kept.box.x, kept.box.y, kept.box.width, kept.box.height)
    assert held == pytest.approx(
        (crop.box.x, crop.box.y, crop.box.width, crop.box.height), abs=1e-4
    )
    assert older is not None and older.box is None
    assert cache.crop(3) is None


@pytest.mark.parametrize(
    "comment",
    ["", "Made by a camera", "facereview: face at", "facereview: face at nan 0 1 1",
     "facereview: face at 0 0 1", "facereview: face at 0 0 2 1", "0.1 0.1 0.5 0.5"],
)  # fmt: skip
def test_other_comments_are_no_boxes(tmp_path: Path, comment: str) -> None:
    path = tmp_path / "one.jpg"
    path.write_bytes(encode(gradient(20, 20), comment=comment))
    assert read_crop(path).box is None


def test_a_frame_of_unknown_size_leaves_the_middle() -> None:
    assert place_in_crop(Box(0, 0, 10, 10), None, 300) == place_in_crop(Box(9, 9, -1, 2), 99, 99)
