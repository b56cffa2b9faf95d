"""Pictures for the tests of faces."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from facereview.records import Pixels

SHARED = Path(__file__).resolve().parents[3] / "shared"


def read(path: Path) -> Pixels:
    """A picture as RGB."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert image is not None, path
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8)
