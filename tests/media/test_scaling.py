from __future__ import annotations

import numpy as np

from facereview.media.scaling import for_screen


def test_colours_come_blue_first_in_the_size_asked_for() -> None:
    pixels = np.zeros((80, 120, 3), dtype=np.uint8)
    pixels[:, :60] = (200, 100, 50)
    made = for_screen(pixels, 60, 40)
    assert made.shape == (40, 60, 4)
    assert made[20, 5, :3].tolist() == [50, 100, 200]
    assert made[20, 55].tolist() == [0, 0, 0, 255]


def test_a_small_picture_is_enlarged() -> None:
    made = for_screen(np.full((4, 4, 3), 90, dtype=np.uint8), 64, 64)
    assert made.shape == (64, 64, 4)
    assert np.unique(made[..., :3]).tolist() == [90]


def test_a_part_of_a_larger_picture_needs_no_copy_beforehand() -> None:
    pixels = np.zeros((50, 50, 3), dtype=np.uint8)
    pixels[10:20, 10:20] = 255
    made = for_screen(pixels[10:20, 10:20], 10, 10)
    assert (made[..., :3] == 255).all()


def test_no_side_is_ever_zero() -> None:
    assert for_screen(np.zeros((10, 2000, 3), dtype=np.uint8), 100, 0).shape == (1, 100, 4)
