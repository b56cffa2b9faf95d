"""Making the indexes that this library's filters are faster with, each by measurement."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

from facereview.filters import FaceFilter, FaceKind, SortBy
from facereview.store.filters.tuning import TRIGRAMS, TUNED, Helped, Measured, Tuned, Tuning
from facereview.store.store import Store

__all__ = ["TRIGRAMS", "Helped", "LibraryTuning", "Outcome", "TunedIndex"]

_PAGE = 200
_TIMES = 3

WORTH_MS = 20.0
"""Milliseconds of a first page below which nobody notices an index."""
WORTH_SHARE = 0.7
"""An index is kept where the first page takes at most this part of the time without it."""

_PENDING = FaceFilter(kinds=(FaceKind.PENDING,))
_PAGES: Mapping[Helped, tuple[tuple[FaceFilter, SortBy], ...]] = {
    Helped.PROBABILITY: ((_PENDING, SortBy.SUREST), (_PENDING, SortBy.LEAST_SURE)),
    Helped.SIMILARITY: ((_PENDING, SortBy.MOST_SIMILAR), (_PENDING, SortBy.LEAST_SIMILAR)),
    Helped.QUALITY: ((_PENDING, SortBy.BEST_QUALITY), (_PENDING, SortBy.WORST_QUALITY)),
    Helped.CREATOR: ((FaceFilter(creators=(1,)), SortBy.VIDEO),),
    Helped.TEXT: ((FaceFilter(text="in no title and no path"), SortBy.VIDEO),),
}
"""The first pages that are measured; of several the slowest counts."""


class Outcome(StrEnum):
    """What became of an index, or in a dry run would."""

    THERE = "there"
    MADE = "made"
    WOULD_BE_MADE = "would be made"
    FAST_ENOUGH = "not needed"
    """The page is fast without it."""
    NO_HELP = "no help"
    """The page was not faster with it, so it was removed again."""
    NO_EXTENSION = "no pg_trgm"
    """It needs an extension that the database lacks."""
    REMOVED = "removed"
    WOULD_BE_REMOVED = "would be removed"


@dataclass(frozen=True, slots=True)
class TunedIndex:
    """One index: what it is for, what became of it, what it costs and what it gains.

    ``before_ms`` and ``after_ms`` are the first page without and with all indexes of its kind, of
    one that was there as they were measured then. ``broken``: an interrupted making had left it.
    """

    name: str
    table: str
    helped: Helped
    outcome: Outcome
    bytes: int | None = None
    seconds: float | None = None
    before_ms: float | None = None
    after_ms: float | None = None
    broken: bool = False


class LibraryTuning:
    """The further indexes of one library."""

    def __init__(self, store: Store, told: Callable[[str], None] = lambda _: None) -> None:
        """``told`` hears of each index before it is made."""
        self._store, self._tuning, self._told = store, Tuning(store.session), told

    def tune(self, *, every: bool = False, trying: bool = False) -> list[TunedIndex]:
        """Make those that help, or ``every`` one; ``trying`` only says what would be done.

        Raises:
            DatabaseError: the user may not, somebody else does, or one could not be made.
        """
        if not trying:
            self._tuning.check_rights()
        with nullcontext() if trying else self._tuning.alone():
            return [one for kind in Helped for one in self._kind(kind, every, trying)]

    def drop(self, *, trying: bool = False) -> list[TunedIndex]:
        """Take away all that are there.

        Raises:
            DatabaseError: the user may not, somebody else makes some, or one could not be removed.
        """
        if trying:
            return self._there(Outcome.WOULD_BE_REMOVED)
        self._tuning.check_rights()
        with self._tuning.alone():
            found = self._there(Outcome.REMOVED)
            for indexes in TUNED.values():
                self._remove(indexes)
            self._tuning.note({})
        return found

    def _there(self, outcome: Outcome) -> list[TunedIndex]:
        """All that are there, as they are, with what becomes of them."""
        there = self._tuning.there()
        return [
            replace(self._as_it_is(index, kind, outcome), broken=not there[index.name].valid)
            for kind, indexes in TUNED.items()
            for index in indexes
            if index.name in there
        ]

    def _kind(self, kind: Helped, every: bool, trying: bool) -> list[TunedIndex]:
        """Those of one kind."""
        there, indexes = self._tuning.there(), TUNED[kind]
        whole = {index.name for index in indexes if index.name in there and there[index.name].valid}
        broken = {index.name for index in indexes if index.name in there} - whole
        if len(whole) == len(indexes):
            return [self._as_it_is(index, kind, Outcome.THERE) for index in indexes]
        if kind is Helped.TEXT and self._tuning.trigrams() is None:
            return [self._without(index, kind, Outcome.NO_EXTENSION) for index in indexes]
        before = self._page_ms(kind)
        if not every and before < WORTH_MS:
            if not trying:
                self._remove(indexes)
            found = [self._without(index, kind, Outcome.FAST_ENOUGH, before) for index in indexes]
        elif trying:
            found = [self._without(index, kind, Outcome.WOULD_BE_MADE, before) for index in indexes]
        else:
            found = self._made(kind, whole, before, every)
        return [replace(one, broken=one.name in broken) for one in found]

    def _made(self, kind: Helped, whole: set[str], before: float, every: bool) -> list[TunedIndex]:
        """Make those of a kind that are not whole, and keep them where they help."""
        known = self._tuning.measured()
        seconds = {name: known[name].seconds for name in whole if name in known}
        for index in TUNED[kind]:
            if index.name not in whole:
                self._told(f"Making {index.name} on {index.schema}.{index.table}")
                start = time.perf_counter()
                self._tuning.make(index)
                seconds[index.name] = time.perf_counter() - start
        after = self._page_ms(kind)
        if not every and after > WORTH_SHARE * before:
            self._remove(TUNED[kind])
            return [
                replace(self._without(index, kind, Outcome.NO_HELP, before), after_ms=after)
                for index in TUNED[kind]
            ]
        measured = {name: Measured(took, before, after) for name, took in seconds.items()}
        self._tuning.note({**known, **measured})
        return [self._as_it_is(index, kind, Outcome.MADE) for index in TUNED[kind]]

    def _remove(self, indexes: tuple[Tuned, ...]) -> None:
        for index in indexes:
            self._tuning.remove(index)

    def _as_it_is(self, index: Tuned, kind: Helped, outcome: Outcome) -> TunedIndex:
        size = self._tuning.there()[index.name].bytes
        found = replace(self._without(index, kind, outcome), bytes=size)
        known = self._tuning.measured().get(index.name)
        if known is None:
            return found
        return replace(
            found, seconds=known.seconds, before_ms=known.before_ms, after_ms=known.after_ms
        )

    def _without(
        self, index: Tuned, kind: Helped, outcome: Outcome, before: float | None = None
    ) -> TunedIndex:
        table = f"{index.schema}.{index.table}"
        return TunedIndex(index.name, table, kind, outcome, before_ms=before)

    def _page_ms(self, kind: Helped) -> float:
        """Milliseconds that the slowest first page of a kind takes, the median of some times."""
        taken: list[float] = []
        for wanted, sort in _PAGES[kind]:
            self._store.filtered.page(wanted, sort, _PAGE)  # what is on disk is read into memory
            times = []
            for _ in range(_TIMES):
                start = time.perf_counter()
                self._store.filtered.page(wanted, sort, _PAGE)
                times.append(time.perf_counter() - start)
            taken.append(median(times))
        return 1000 * max(taken)
