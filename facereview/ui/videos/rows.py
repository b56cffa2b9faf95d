"""The rows of a list of videos: what turns one list into another, and the contents last seen.

Plain data, no Qt. A library may hold millions of videos: of most of them only ids are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facereview.records import VideoSummary

KEPT = 25_600
"""Videos whose contents are kept."""

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Move:
    """The same rows in another order; ``to`` is where each row of before is now."""

    rows: Ids
    to: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Changes:
    """What turns one list of ids into another, in this order.

    Those that go are moved to the end, and ``removed`` rows are taken away there; then ``added``
    ones are put there, and moved to where they belong. None: nothing moves.
    """

    stays: NDArray[np.bool_]
    """Of each row of before, whether it stays."""
    gather: Move | None
    removed: int
    added: Ids
    spread: Move | None


def changes(before: Ids, after: Ids) -> Changes:
    """What turns one list of different ids into another."""
    stays = np.isin(before, after)
    kept, added = before[stays], after[~np.isin(after, before)]
    return Changes(
        stays,
        _move(before, np.concatenate([kept, before[~stays]])),
        len(before) - len(kept),
        added,
        _move(np.concatenate([kept, added]), after),
    )


def _move(before: Ids, after: Ids) -> Move | None:
    if np.array_equal(before, after):
        return None
    sorts = np.argsort(after)
    return Move(after, sorts[np.searchsorted(after, before, sorter=sorts)])


@dataclass(frozen=True, slots=True)
class Chosen:
    """The selected videos, the current one first: all ids, and the contents that are here."""

    ids: tuple[int, ...] = ()
    here: tuple[VideoSummary, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all of them are here."""
        return len(self.here) == len(self.ids)

    @property
    def first(self) -> VideoSummary | None:
        """The current one, None while it is not here."""
        return self.here[0] if self.here and self.here[0].video.id == self.ids[0] else None


@dataclass(slots=True)
class Contents:
    """Videos by id, those last used; which of them are up to date."""

    _rows: OrderedDict[int, VideoSummary] = field(default_factory=OrderedDict)
    _fresh: set[int] = field(default_factory=set)
    age: int = 0
    """How often all of it became stale: what was asked for before that is not up to date."""

    def get(self, video: int) -> VideoSummary | None:
        """A video, None while it is not here."""
        return self._rows.get(video)

    def wanted(self, videos: Sequence[int]) -> list[int]:
        """Those of these that are not here, or not up to date; marks the others used."""
        for video in videos:
            if video in self._rows:
                self._rows.move_to_end(video)
        return [video for video in videos if video not in self._fresh]

    def take(self, videos: Sequence[int], rows: Sequence[VideoSummary], asked: int) -> None:
        """What there was of these videos at the age ``asked``; the others of them are gone."""
        if asked == self.age:
            self._fresh.update(videos)
        for row in rows:
            self._rows[row.video.id] = row
            self._rows.move_to_end(row.video.id)
        while len(self._rows) > KEPT:
            dropped, _ = self._rows.popitem(last=False)
            self._fresh.discard(dropped)

    def stale(self) -> None:
        """Every video has to be asked for again before it is shown."""
        self._fresh.clear()
        self.age += 1
