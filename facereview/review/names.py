"""Finding creators by a few typed letters, accents and case ignored."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from facereview.records import Creator

_CUTOFF = 60


@dataclass(frozen=True, slots=True)
class CreatorMatch:
    """A creator found by name, ``score`` from 0 to 100; ``alias`` where another name was meant."""

    creator: Creator
    score: float
    alias: str | None = None


def folded(name: str) -> str:
    """A name without case and accents, for comparing."""
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

    def find(self, text: str, limit: int | None) -> tuple[CreatorMatch, ...]:
        """The best matches for ``text``, best first; without text, the first by name.

        A creator stands there once, for the name or alias that fits best.
        """
        wanted = folded(text.strip())
        if not wanted:
            return tuple(CreatorMatch(creator, 0.0) for creator in self._creators[:limit])
        found = process.extract(
            wanted,
            self._folded,
            scorer=fuzz.WRatio,
            score_cutoff=_CUTOFF,
            limit=None if limit is None else 4 * limit,
        )
        best: dict[int, CreatorMatch] = {}
        for _, score, place in sorted(found, key=lambda hit: self._rank(wanted, hit)):
            creator, alias = self._entries[place]
            best.setdefault(creator.id, CreatorMatch(creator, score, alias))
        return tuple(best.values())[:limit]

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
