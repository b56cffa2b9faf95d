"""Videos settled from their cast sheets alone, in the real window and by the zoo pack.

All twelve made videos: ``tests/bench/cast_keys.py``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from made_casts import settle_by_sheets
from made_library import made_library
from real_window import usable

pytestmark = pytest.mark.skipif(not usable(), reason="needs Xvfb and xdotool")

VIDEOS = ("shared_00.mp4", "shared_05.mp4", "shared_10.mp4")
"""Four known people, of whom one is in two videos, and one whom nobody knows."""


def test_one_key_a_sheet_settles_whom_the_truth_names(
    data: Path, zoo_pack: Path, library_url: str, home: Path
) -> None:
    made = made_library(library_url, home, data, zoo_pack, VIDEOS, frames=10)
    keys, score = settle_by_sheets(made)
    assert len(keys) <= 2 * len(VIDEOS) + 1, keys
    assert score.wrong == 0
    assert score.share >= 0.97, score
