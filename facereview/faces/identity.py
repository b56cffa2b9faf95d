"""Whether the embeddings of two packs can be compared."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from facereview.records import PackIdentity, Pixels

_SAME = 0.98
"""Cosine above which two probes come from one network.

SFace gives .9999 for itself in half precision, .997 with weights of 8 bits, .991 with 6; .955
with red and blue confused, which no longer matches its own embeddings well.
"""


def same_space(a: PackIdentity, b: PackIdentity) -> bool:
    """Whether embeddings of these two packs may be stored in one library."""
    return float(a.probe @ b.probe) >= _SAME


@cache
def pattern(side: int) -> Pixels:
    """The fixed picture (RGB) whose embedding identifies a recogniser, shape (side, side, 3).

    A smooth face: on noise or gradients, which no recogniser was trained on, two exports of
    one network agree less (.96 against .997 with weights of 8 bits).
    """
    y, x = np.mgrid[0:side, 0:side] / (side - 1)
    light = 60 + 130 * np.minimum(1, 1.4 * _spot(x - 0.5, y - 0.55, 0.42, 0.55))
    for eye in (0.342, 0.656):
        light -= 110 * _spot(x - eye, y - 0.46, 0.075, 0.04)
        light -= 40 * _spot(x - eye, y - 0.38, 0.11, 0.025)
    light += 25 * _spot(x - 0.5, y - 0.56, 0.03, 0.12) - 35 * _spot(x - 0.5, y - 0.64, 0.05, 0.03)
    light -= 80 * _spot(x - 0.5, y - 0.825, 0.16, 0.03)
    skin = np.array([1.05, 0.85, 0.75])
    picture: Pixels = np.clip(light[..., None] * skin, 0, 255).round().astype(np.uint8)
    picture.flags.writeable = False
    return picture


def _spot(
    dx: NDArray[np.float64], dy: NDArray[np.float64], width: float, height: float
) -> NDArray[np.float64]:
    """A soft round spot: 1 in its middle, 1/e at ``width`` and ``height`` from it."""
    spot: NDArray[np.float64] = np.exp(-((dx / width) ** 2) - (dy / height) ** 2)
    return spot
