"""Comparing names, finding creators by a few letters, and what Enter does with what was found."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from facereview.records import Creator

SHOWN, LIKE, ASKED = 8, 3, 3
"""Most rows of creators that fit, of those that are only like the text, and of a question."""

_ALIKE, _WORD_ALIKE = 75, 80
"""Likeness from 0 to 100 from which on a misspelling is taken for likely."""
_SIMILAR = 60
_FEW = 10
"""Names that hold the text, below which a search looks for others that are only like it."""
_MOST_SIMILAR = 50
_BETWEEN, _LAST = "\n", "\U0010ffff"
_TELLING = 4
"""Letters from which on likeness means anything."""

Owner = tuple[Creator, str | None]
"""A creator, and the alias by which it was found."""


def plain(name: str) -> str:
    """A name as it is stored: composed Unicode (NFC), single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def folded(name: str) -> str:
    """A name without case, accents and Unicode form, its spaces collapsed, for comparing."""
    if name.isascii():
        return " ".join(name.lower().split())
    # Twice, as Unicode asks for: what is decomposed may have a case that it had not before.
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).casefold())
    bare = unicodedata.normalize("NFKD", bare.casefold())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


class NameIndex:
    """Creators ready to be searched at every key press, by their names and aliases."""

    def __init__(
        self, creators: Iterable[Creator], aliases: Mapping[int, Sequence[str]] | None = None
    ) -> None:
        self._creators = {creator.id: creator for creator in creators}
        known = aliases or {}
        owners: list[Owner] = [(c, None) for c in self._creators.values()]
        owners += [(c, alias) for c in self._creators.values() for alias in known.get(c.id, ())]
        keyed = sorted(
            ((folded(alias or c.name), (c, alias)) for c, alias in owners), key=lambda e: e[0]
        )
        self._entries = [owner for _, owner in keyed]
        self._folded = [name for name, _ in keyed]
        self._taken = {plain(creator.name): creator for creator in self._creators.values()}
        self._whole = _BETWEEN.join(self._folded)
        lengths = [len(name) + 1 for name in self._folded]
        self._starts = [0, *np.cumsum(lengths).tolist()]
        self._squeezed = [name.replace(" ", "") for name in self._folded]
        self._turned: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._begin = self._beginnings()
        self._words = list(self._by_word)

    def _beginnings(self) -> tuple[tuple[list[str], list[int]], ...]:
        """What a text may begin, with its entries: names, then their other words, then aliases."""
        whole: list[tuple[str, int]] = []
        inside: list[tuple[str, int]] = []
        others: list[tuple[str, int]] = []
        for at, (name, (_, alias)) in enumerate(zip(self._folded, self._entries, strict=True)):
            words = name.split()
            self._turned[" ".join(sorted(words))].append(at)
            for word in dict.fromkeys(words):
                self._by_word[word].append(at)
            if alias is not None:
                others.append((name, at))
                continue
            whole.append((name, at))
            inside += [(word, at) for word in words[1:]]
        inside.sort()
        return tuple(
            ([key for key, _ in part], [at for _, at in part]) for part in (whole, inside, others)
        )

    # ----------------------------------------------------------------------------- the name field

    def answer(self, text: str, recent: Sequence[int] = (), *, creates: bool = True) -> Answer:
        """The rows for a typed text, and which of them is preselected.

        Without a text the creators with the ids ``recent`` come first, and none is preselected.
        ``creates``: somebody new may be wanted.
        """
        name = plain(text)
        if not name:
            first = [self._creators[i] for i in recent if i in self._creators]
            rows = dict.fromkeys([*first, *islice(self._creators.values(), SHOWN)])
            return Answer(text, "", tuple(Row(Found.RECENT, c) for c in islice(rows, SHOWN)))
        wanted, found = folded(text), dict[int, Row]()
        for creator, alias in self._equal(name, wanted):
            found.setdefault(creator.id, Row(Found.EQUAL, creator, alias))
        for creator, alias in self._beginning(wanted):
            found.setdefault(creator.id, Row(Found.BEGINS, creator, alias))
            if len(found) >= SHOWN:
                break
        rows_found = list(found.values())
        preselected = 0 if rows_found else None
        if creates and name not in self._taken:
            rows_found.append(Row(Found.CREATE))
        rows_found += islice(self._like(wanted, found.keys()), LIKE)
        return Answer(text, name, tuple(rows_found), preselected)

    def near(self, name: str, without: int | None = None) -> tuple[Row, ...]:
        """Creators so nearly called ``name`` that they may be meant; not ``without`` itself.

        Nearly: but for case, accents, spacing, the order of words, or one letter.
        """
        wanted = folded(name)
        if not wanted:
            return ()
        squeezed = wanted.replace(" ", "")
        far = process.cdist(
            [squeezed], self._squeezed, scorer=OSA.distance, score_cutoff=1, dtype=np.int32
        )[0]
        hits = [*np.flatnonzero(far == 0).tolist()]
        hits += self._turned.get(" ".join(sorted(wanted.split())), [])
        hits += np.flatnonzero(far == 1).tolist()
        rows: dict[int, Row] = {}
        for creator, alias in (self._entries[hit] for hit in hits):
            if creator.id != without:
                rows.setdefault(creator.id, Row(Found.SAME, creator, alias))
        return tuple(rows.values())[:ASKED]

    def called(self, name: str) -> Creator | None:
        """The creator of just this name, whatever its Unicode form and spacing."""
        return self._taken.get(plain(name))

    def like(self, text: str, limit: int) -> tuple[Creator, ...]:
        """Creators that fit the text or are like it, best first."""
        rows = self.answer(text, creates=False).rows if text.strip() else ()
        return tuple(row.creator for row in rows if row.creator is not None)[:limit]

    def _equal(self, name: str, wanted: str) -> list[Owner]:
        """Those that equal the text, the one of just this spelling first."""
        exact = self._taken.get(name)
        found: list[Owner] = [] if exact is None else [(exact, None)]
        begin, end = bisect_left(self._folded, wanted), bisect_right(self._folded, wanted)
        same = [self._entries[at] for at in range(begin, end)] if wanted else []

        def unlike(owner: Owner) -> tuple[bool, bool]:
            spelt = plain(owner[1] or owner[0].name)
            return owner[1] is not None, spelt.casefold() != name.casefold()

        return found + sorted(same, key=unlike)

    def _beginning(self, wanted: str) -> Iterator[Owner]:
        """Those of which the name, another word of it, or an alias begins with the text."""
        for keys, entries in self._begin if wanted else ():
            for at in range(bisect_left(keys, wanted), len(keys)):
                if not keys[at].startswith(wanted):
                    break
                yield self._entries[entries[at]]

    def _like(self, wanted: str, shown: Iterable[int]) -> Iterator[Row]:
        """Those that hold the text elsewhere, then likely misspellings, each creator once."""
        seen = set(shown)
        for at in self._alike(wanted):
            creator, alias = self._entries[at]
            if creator.id not in seen:
                seen.add(creator.id)
                yield Row(Found.LIKE, creator, alias)

    def _alike(self, wanted: str) -> Iterator[int]:
        if len(wanted) < 2:
            return
        yield from self._turned.get(" ".join(sorted(wanted.split())), ())
        yield from self._rows_with(wanted)
        if len(wanted) < _TELLING:
            return
        short = [name[: len(wanted)] for name in self._folded]
        alike = np.maximum(
            process.cdist([wanted], self._folded, scorer=fuzz.ratio, score_cutoff=_ALIKE)[0],
            process.cdist([wanted], short, scorer=fuzz.ratio, score_cutoff=_ALIKE)[0],
        )
        hits = [(float(alike[at]), at) for at in np.flatnonzero(alike).tolist()]
        if " " not in wanted:
            words = process.cdist(
                [wanted], self._words, scorer=fuzz.ratio, score_cutoff=_WORD_ALIKE
            )[0]
            hits += [
                (float(words[word]), at)
                for word in np.flatnonzero(words).tolist()
                for at in self._by_word[self._words[word]]
            ]
        yield from (at for _, at in sorted(hits, key=lambda hit: (-hit[0], hit[1])))

    # ---------------------------------------------------------------------------------- searching

    def ids(self, text: str, limit: int | None = None) -> tuple[int, ...]:
        """Ids of creators whose name holds ``text``; where few do, then of those most like it.

        Looking for likeness takes most of the time, and finds little where many names fit.
        """
        wanted = folded(text)
        found = list(islice(self._holding(wanted), limit))
        if len(found) < _FEW and len(wanted) >= _TELLING:
            found += self._similar(wanted)[:_MOST_SIMILAR].tolist()
        return tuple(dict.fromkeys(self._entries[at][0].id for at in found))[:limit]

    def _holding(self, wanted: str) -> Iterator[int]:
        """Entries that hold the text: at the beginning, at a word's, or anywhere, as they lie."""
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

    def _similar(self, wanted: str) -> NDArray[np.int64]:
        """Entries like the text, best first."""
        scores = process.cdist([wanted], self._folded, scorer=fuzz.WRatio, score_cutoff=_SIMILAR)[0]
        hits = np.flatnonzero(scores)
        return hits[np.lexsort((hits, -scores[hits]))]


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a library; ``stamp`` says of which state."""

    stamp: str
    index: NameIndex | None
    """None where nothing changed since the stamp that was asked about."""
    used: tuple[int, ...]
    """Ids of the creators whom the curator named last, the latest first."""


class Found(Enum):
    """Why a row is there."""

    RECENT = auto()
    """Nothing is typed yet."""
    EQUAL = auto()
    BEGINS = auto()
    """A word begins with the text."""
    CREATE = auto()
    """Somebody new of this name."""
    LIKE = auto()
    """Perhaps meant; never preselected."""
    SAME = auto()
    """An answer to the question whether somebody known is meant."""


@dataclass(frozen=True, slots=True)
class Row:
    """A creator that can be taken, or (None) the row that creates one.

    ``alias`` is the other name by which the creator was found.
    """

    found: Found
    creator: Creator | None = None
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows for a typed text."""

    text: str
    name: str
    """What somebody new would be called."""
    rows: tuple[Row, ...] = ()
    preselected: int | None = None
    asking: bool = False
    """Whether it is asked if somebody known is meant."""

    @property
    def creating(self) -> int | None:
        """The row that creates somebody."""
        return next((n for n, row in enumerate(self.rows) if row.found is Found.CREATE), None)

    def row(self, at: int | None) -> Row | None:
        """The row at a place."""
        return None if at is None or not 0 <= at < len(self.rows) else self.rows[at]


class Does(Enum):
    """What a key does."""

    NOTHING = auto()
    GO = auto()
    """It goes to a row, which the next press takes."""
    TAKE = auto()
    CREATE = auto()
    ASK = auto()
    """It asks whether somebody known is meant."""


@dataclass(frozen=True, slots=True)
class Press:
    """What one key press does now."""

    does: Does
    row: int | None = None
    creator: Creator | None = None
    question: Answer | None = None


def enter(answer: Answer, at: int | None, names: NameIndex) -> Press:
    """What Enter does while row ``at`` is highlighted (None: no row is).

    Where nothing is highlighted it never takes anybody: it goes to a row, and says so.
    """
    row = answer.row(at)
    if row is None:
        there = answer.preselected if answer.preselected is not None else answer.creating
        going = there is not None and not answer.asking
        return Press(Does.GO, there) if going else Press(Does.NOTHING)
    if row.creator is not None:
        return Press(Does.TAKE, at, row.creator)
    return Press(Does.CREATE, at) if answer.asking else create(answer, names)


def create(answer: Answer, names: NameIndex) -> Press:
    """What Shift+Enter does: somebody new, once it was asked about those of nearly this name."""
    if answer.creating is None or answer.asking:
        return Press(Does.NOTHING)
    near = names.near(answer.name)
    if not near:
        return Press(Does.CREATE, answer.creating)
    rows = (*near, Row(Found.CREATE))
    return Press(Does.ASK, question=Answer(answer.text, answer.name, rows, asking=True))
