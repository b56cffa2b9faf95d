"""Which faces share a frame: nobody is twice in one, unless a curator says mirror or collage."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def frame_numbers(videos: ArrayLike, timestamps: ArrayLike) -> NDArray[np.int64]:
    """A number for each face's frame, shape (n,): equal in the same video and millisecond."""
    milliseconds = np.round(np.asarray(timestamps, np.float64) * 1000).astype(np.int64)
    return (np.asarray(videos, np.int64) << 32) + milliseconds
