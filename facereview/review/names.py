"""Finding creators by a few typed letters, accents and case ignored."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from facereview.records import Creator

_CUTOFF = 60
_LIKENESS = 4
_FEW = 10
"""Names that hold the text, below which others are looked for that are only like it."""
_ALIKE = 50
_BETWEEN, _LAST = "\n", "\U0010ffff"
_TELLING = 4
"""Letters from which on likeness means anything."""


@dataclass(frozen=True, slots=True)
class CreatorMatch:
    """A creator found by name, ``score`` from 0 to 100; ``alias`` where another name was meant."""

    creator: Creator
    score: float
    alias: str | None = None


def folded(name: str) -> str:
    """A name without case and accents, for comparing."""
    if name.isascii():
        return name.lower()
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


class NameIndex:
    """Creators ready to be searched at every key press, by their names and aliases."""

    def __init__(
        self, creators: Iterable[Creator], aliases: Mapping[int, Sequence[str]] | None = None
    ) -> None:
        self._creators = list(creators)
        named: list[tuple[Creator, str | None]] = [(c, None) for c in self._creators]
        if aliases:
            named += [(c, name) for c in self._creators for name in aliases.get(c.id, ())]
        keyed = [(_searched(alias or creator.name), creator, alias) for creator, alias in named]
        keyed.sort(key=lambda entry: entry[0])
        self._entries = [(creator, alias) for _, creator, alias in keyed]
        self._folded = [name for name, _, _ in keyed]
        self._whole = _BETWEEN.join(self._folded)
        lengths = [len(name) + 1 for name in self._folded]
        self._starts = [0, *np.cumsum(lengths).tolist()]

    def find(self, text: str, limit: int) -> tuple[CreatorMatch, ...]:
        """The best matches for ``text``, best first; without text, the first by name.

        A creator stands there once, for the name or alias that fits best.
        """
        wanted = _searched(text.strip())
        if not wanted:
            return tuple(CreatorMatch(creator, 0.0) for creator in self._creators[:limit])
        hits, scores = self._ranked(wanted)
        best: dict[int, CreatorMatch] = {}
        for hit in hits[: 4 * limit].tolist():
            creator, alias = self._entries[hit]
            best.setdefault(creator.id, CreatorMatch(creator, float(scores[hit]), alias))
        return tuple(best.values())[:limit]

    def ids(self, text: str, limit: int | None = None) -> tuple[int, ...]:
        """Ids of creators whose name holds ``text``; where few do, then of those most like it.

        Looking for likeness takes most of the time, and finds little where many names fit.
        """
        wanted = _searched(text.strip())
        found = list(islice(self._holding(wanted), limit))
        if len(found) < _FEW and len(wanted) >= _TELLING:
            found += self._ranked(wanted)[0][:_ALIKE].tolist()
        return tuple(dict.fromkeys(self._entries[at][0].id for at in found))[:limit]

    def _holding(self, wanted: str) -> Iterator[int]:
        """Entries that hold the text, by :func:`_place`, then by the alphabet, as they lie."""
        begin = bisect_left(self._folded, wanted)
        end = bisect_right(self._folded, wanted + _LAST)
        yield from range(begin, end)
        shown = set(range(begin, end))
        for part in (f" {wanted}", wanted) if wanted else ():
            for at in self._rows_with(part):
                if at not in shown:
                    shown.add(at)
                    yield at

    def _rows_with(self, part: str) -> Iterator[int]:
        at = self._whole.find(part)
        while at >= 0:
            row = bisect_right(self._starts, at) - 1
            yield row
            at = self._whole.find(part, self._starts[row + 1])

    def _ranked(self, wanted: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Entries that fit, best first, and the score of every entry."""
        scores = process.cdist([wanted], self._folded, scorer=fuzz.WRatio, score_cutoff=_CUTOFF)[0]
        hits = np.flatnonzero(scores)
        places = np.asarray([_place(wanted, self._folded[hit]) for hit in hits.tolist()], np.int64)
        return hits[np.lexsort((hits, -scores[hits], places))], scores


def _searched(text: str) -> str:
    """The text folded, on one line."""
    return folded(text).replace(_BETWEEN, " ")


def _place(wanted: str, name: str) -> int:
    """The whole name first, then its beginning, then a word's, then any part, then likeness."""
    at = name.find(wanted)
    if at <= 0:
        return _LIKENESS if at else int(len(name) != len(wanted))
    return 2 if f" {wanted}" in name else 3
