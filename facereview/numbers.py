"""Numbers: parsing them as people write them, counting in English, and JSON without NaN."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import Any

import numpy as np

from facereview.records import Embedding

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d*)(?:\.(?P<part>\d*))?(?:e(?P<power>[+-]?\d{1,3}))?", re.ASCII
)
_GROUPED = re.compile(r"([+-]?\d{1,3})((?: \d{3})+)", re.ASCII)
_SAME = str.maketrans({",": ".", "٫": ".", "，": ".", "．": ".", "\N{MINUS SIGN}": "-", "E": "e"})


def finite(value: float | None) -> float | None:
    """A number, or None where it is missing, NaN or infinite."""
    return value if value is not None and math.isfinite(value) else None


def comparable(embedding: Embedding) -> bool:
    """Whether an embedding, shape (512,), has a direction: one of zeros has no similarity."""
    return bool(np.isfinite(embedding).all() and embedding.any())


def counted(count: int, one: str, many: str | None = None) -> str:
    """So many of something: of ``one``, or of ``many``, by default ``one`` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def one_in(share: float) -> int:
    """The N of "1 in N" for a share between 0 and 1, in two digits, so that it is never less.

    So .0123 gives 81, and what is 1 or more gives 1.
    """
    exact = math.floor(1 / share * (1 + 1e-6)) if share < 1 else 1
    step = int(10 ** max(0, len(str(exact)) - 2))
    return exact // step * step


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


def parse_number(text: str, *, whole: bool = False) -> float:
    """The number that a text means; a point and a comma both begin its fraction.

    Raises:
        ValueError: no number, or, where a ``whole`` one is meant, a fraction or one that some
            read as thousands ("1.000", "1,000").
    """
    found = _NUMBER.fullmatch(_ascii(text))
    if found is None or not (found["whole"] or found["part"]):
        raise ValueError(text)
    part = found["part"] or ""
    value = float(f"{found['sign']}{found['whole'] or 0}.{part or 0}e{found['power'] or 0}")
    if whole and (not value.is_integer() or len(part) == 3):
        raise ValueError(text)
    return value


def _ascii(text: str) -> str:
    """ASCII digits, one kind of separator, no marks of direction, no spaces between thousands."""
    letters = []
    for letter in text:
        digit, kind = unicodedata.decimal(letter, None), unicodedata.category(letter)
        if kind != "Cf":
            letters.append(str(digit) if digit is not None else " " if kind == "Zs" else letter)
    text = "".join(letters).strip().translate(_SAME)
    return text.replace(" ", "") if _GROUPED.fullmatch(text) else text
