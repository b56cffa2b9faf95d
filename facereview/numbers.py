"""Numbers that other programs can read, and amounts in English: ``1 face``, ``1,234 faces``."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from facereview.records import Embedding


def finite(value: float | None) -> float | None:
    """A number, or None where it is missing, NaN or infinite."""
    return value if value is not None and math.isfinite(value) else None


def comparable(embedding: Embedding) -> bool:
    """Whether an embedding, shape (512,), has a direction: one of zeros has no similarity."""
    return bool(np.isfinite(embedding).all() and embedding.any())


def counted(count: int, one: str, many: str | None = None) -> str:
    """So many of something: of ``one``, or of ``many``, by default ``one`` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def json_text(value: Any, **how: Any) -> str:
    """A JSON document with null for numbers that are not finite, which JSON does not know."""
    return json.dumps(_plain(value), allow_nan=False, **how)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return finite(value)
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return value
