"""Making texts safe to display: invisible and bidirectional characters become visible."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that are not drawn: controls, direction marks, joiners, selectors, fillers, tags."""

_JOINERS = "\u200c\u200d"
_SELECTORS = re.compile("[\ufe00-\ufe0f\u180b-\u180f\U000e0100-\U000e01ef]")
_TAG = re.compile("[\U000e0020-\U000e007f]")
_FLAG = "\U0001f3f4"
_JOINED = frozenset({"Lo", "Mn", "Mc", "So", "Sk"})
"""Emoji, and the scripts that need joiners to be spelt."""
_SELECTED = _JOINED | {"Sm", "Po", "Pd", "Nd"}


def visible(text: str) -> str:
    """A text whose invisible and direction-changing characters are written as ``⟨U+202E⟩``.

    Line breaks and tabs stay, and so does what emoji and scripts are spelt with.
    """
    if _HIDDEN.search(text) is None:
        return text
    return _HIDDEN.sub(_named, text)


def one_line(text: str) -> str:
    """The same with line breaks and tabs replaced, for texts on one line."""
    return visible(text).replace("\n", "⟨U+000A⟩").replace("\t", "⟨U+0009⟩")


def printable(text: str) -> str:
    """The same for a terminal: bytes of a file's name that are not Unicode are replaced too."""
    return one_line(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _named(found: re.Match[str]) -> str:
    return found[0] if _belongs(found) else f"⟨U+{ord(found[0]):04X}⟩"


def _belongs(found: re.Match[str]) -> bool:
    """Whether a mark is part of how its neighbours are written."""
    mark, text = found[0], found.string
    before, after = text[: found.start()], text[found.end() : found.end() + 1]
    if mark in _JOINERS:
        beside = {_kind(before.rstrip("\ufe0f")[-1:]), _kind(after)}
        return beside <= _JOINED
    if _SELECTORS.match(mark):
        return _kind(before[-1:]) in _SELECTED
    return bool(_TAG.match(mark)) and _TAG.sub("", before[-8:]).endswith(_FLAG)


def _kind(letter: str) -> str:
    return unicodedata.category(letter) if letter else ""
