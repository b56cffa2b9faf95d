"""Numbers as people write them, in whatever country: ``0.6``, ``0,6``, ``٠٫٦``, ``1 000``."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d*)(?:\.(?P<part>\d*))?(?:e(?P<power>[+-]?\d{1,3}))?", re.ASCII
)
_GROUPED = re.compile(r"([+-]?\d{1,3})((?: \d{3})+)", re.ASCII)
_SAME = str.maketrans({",": ".", "٫": ".", "，": ".", "．": ".", "\N{MINUS SIGN}": "-", "E": "e"})


def parse_number(text: str, *, whole: bool = False) -> float:
    """The number that a text means; a point and a comma both begin its fraction.

    Raises:
        ValueError: no number, or, where a ``whole`` one is meant, a fraction or one that some
            read as thousands ("1.000", "1,000").
    """
    found = _NUMBER.fullmatch(_plain(text))
    if found is None or not (found["whole"] or found["part"]):
        raise ValueError(text)
    part = found["part"] or ""
    value = float(f"{found['sign']}{found['whole'] or 0}.{part or 0}e{found['power'] or 0}")
    if whole and (not value.is_integer() or len(part) == 3):
        raise ValueError(text)
    return value


def _plain(text: str) -> str:
    """ASCII digits, one kind of separator, no marks of direction, no spaces between thousands."""
    letters = []
    for letter in text:
        digit, kind = unicodedata.decimal(letter, None), unicodedata.category(letter)
        if kind != "Cf":
            letters.append(str(digit) if digit is not None else " " if kind == "Zs" else letter)
    plain = "".join(letters).strip().translate(_SAME)
    return plain.replace(" ", "") if _GROUPED.fullmatch(plain) else plain
