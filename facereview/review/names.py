"""Finding creators by a few typed letters, accents and case ignored."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from facereview.records import Creator

_CUTOFF = 60


@dataclass(frozen=True, slots=True)
class CreatorMatch:
    """A creator found by name, ``score`` from 0 to 100."""

    creator: Creator
    score: float


def folded(name: str) -> str:
    """A name without case and accents, for comparing."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


class NameIndex:
    """Creators ready to be searched at every key press."""

    def __init__(self, creators: Iterable[Creator]) -> None:
        self._creators = list(creators)
        self._folded = [folded(creator.name) for creator in self._creators]

    def find(self, text: str, limit: int) -> tuple[CreatorMatch, ...]:
        """The best matches for ``text``, best first; without text, the first by name."""
        wanted = folded(text.strip())
        if not wanted:
            return tuple(CreatorMatch(creator, 0.0) for creator in self._creators[:limit])
        found = process.extract(
            wanted, self._folded, scorer=fuzz.WRatio, score_cutoff=_CUTOFF, limit=4 * limit
        )
        ranked = sorted(found, key=lambda hit: self._rank(wanted, hit))
        return tuple(CreatorMatch(self._creators[i], score) for _, score, i in ranked[:limit])

    @staticmethod
    def _rank(wanted: str, hit: Sequence[object]) -> tuple[int, float, str]:
        """The whole name first, then its beginning, then a word's beginning, then likeness."""
        name, score = str(hit[0]), float(str(hit[1]))
        if name == wanted:
            place = 0
        elif name.startswith(wanted):
            place = 1
        elif any(word.startswith(wanted) for word in name.split()):
            place = 2
        else:
            place = 3
        return place, -score, name
