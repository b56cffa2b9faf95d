"""Finding creators by a few typed letters, accents and case ignored."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from facereview.records import Creator

_CUTOFF = 60
_LIKENESS = 4
_ALIKE = 50
"""Names that hold the text, below which others are looked for that are only like it."""


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
        self._entries: list[tuple[Creator, str | None]] = [(c, None) for c in self._creators]
        if aliases:
            self._entries += [(c, name) for c in self._creators for name in aliases.get(c.id, ())]
        self._folded = [folded(alias or creator.name) for creator, alias in self._entries]
        self._ids = np.asarray([creator.id for creator, _ in self._entries], np.int64)
        in_order = sorted(range(len(self._folded)), key=self._folded.__getitem__)
        self._alphabet = np.empty(len(in_order), np.int64)
        self._alphabet[in_order] = np.arange(len(in_order))

    def find(self, text: str, limit: int) -> tuple[CreatorMatch, ...]:
        """The best matches for ``text``, best first; without text, the first by name.

        A creator stands there once, for the name or alias that fits best.
        """
        wanted = folded(text.strip())
        if not wanted:
            return tuple(CreatorMatch(creator, 0.0) for creator in self._creators[:limit])
        hits, scores = self._ranked(wanted)
        best: dict[int, CreatorMatch] = {}
        for hit in hits[: 4 * limit].tolist():
            creator, alias = self._entries[hit]
            best.setdefault(creator.id, CreatorMatch(creator, float(scores[hit]), alias))
        return tuple(best.values())[:limit]

    def ids(self, text: str) -> tuple[int, ...]:
        """Ids of all creators whose name holds ``text``; where few do, then of those most like it.

        Looking for likeness takes most of the time, and finds little where many names fit.
        """
        wanted = folded(text.strip())
        holding = [place for place, name in enumerate(self._folded) if wanted in name]
        holding.sort(key=lambda at: (_place(wanted, self._folded[at]), self._alphabet[at]))
        if len(holding) < _ALIKE:
            holding += self._ranked(wanted)[0][:_ALIKE].tolist()
        return tuple(dict.fromkeys(self._ids[holding].tolist()))

    def _ranked(self, wanted: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Entries that fit, best first, and the score of every entry."""
        scores = process.cdist([wanted], self._folded, scorer=fuzz.WRatio, score_cutoff=_CUTOFF)[0]
        hits = np.flatnonzero(scores)
        places = np.asarray([_place(wanted, self._folded[hit]) for hit in hits.tolist()], np.int64)
        return hits[np.lexsort((self._alphabet[hits], -scores[hits], places))], scores


def _place(wanted: str, name: str) -> int:
    """The whole name first, then its beginning, then a word's, then any part, then likeness."""
    at = name.find(wanted)
    if at <= 0:
        return _LIKENESS if at else int(len(name) != len(wanted))
    return 2 if f" {wanted}" in name else 3
