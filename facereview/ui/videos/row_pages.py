"""The rows of a list of videos: pages known by their paths, contents only of those last seen.

Plain data, no Qt. A library may hold millions of videos, so of pages long out of sight only ids
and the path they end with are kept.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from facereview.records import VideoSummary

KEPT = 128
"""Pages whose contents are kept."""


@dataclass(slots=True)
class _Page:
    after: str
    last: str
    ids: array[int]
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Edit:
    """What turns a page's old rows into its new ones, as rows of the whole list."""

    first: int
    removed: int
    inserted: int


@dataclass(slots=True)
class VideoPages:
    """Rows in path order; ``complete`` once nothing is behind the last of them.

    All paths up to ``looked`` were looked at.
    """

    complete: bool = False
    looked: str = ""
    _pages: list[_Page] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)
    _rows: OrderedDict[int, tuple[VideoSummary, ...]] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def row(self, row: int) -> VideoSummary | None:
        """The video in a row, None while its page is not here."""
        number = self.page_of(row)
        rows = self._rows.get(number)
        return None if rows is None else rows[row - self.start(number)]

    def page_of(self, row: int) -> int:
        """The page that holds a row."""
        return bisect_right(self._ends, row)

    def start(self, number: int) -> int:
        return self._ends[number - 1] if number else 0

    def size(self, number: int) -> int:
        return len(self._pages[number].ids)

    def bounds(self, number: int) -> tuple[str, str]:
        """The paths behind which a page begins and with which it ends."""
        return self._pages[number].after, self._pages[number].last

    def wanted(self, first: int, last: int) -> list[int]:
        """Pages with these rows that are not here, or no longer fresh; marks the others used."""
        if not self._pages:
            return []
        top = self.page_of(min(max(0, last), len(self) - 1))
        numbers = range(self.page_of(max(0, first)), top + 1)
        for number in numbers:
            if number in self._rows:
                self._rows.move_to_end(number)
        return [n for n in numbers if n not in self._rows or not self._pages[n].fresh]

    def append(self, rows: Sequence[VideoSummary], last: str) -> None:
        """Add a page of at least one row behind all others; it ends with the path ``last``."""
        self._pages.append(_Page(self.looked, last, _ids(rows)))
        self._ends.append(len(self) + len(rows))
        self.looked = last
        self._keep(len(self._pages) - 1, tuple(rows))

    def look_on(self, path: str) -> None:
        """Nothing was found from ``looked`` up to this path."""
        self.looked = path
        if self._pages:
            self._pages[-1].last = path

    def stale(self) -> None:
        """Every page has to be asked for again before it is shown, and what follows looked for."""
        self.complete = False
        for page in self._pages:
            page.fresh = False

    def edit(self, number: int, rows: Sequence[VideoSummary]) -> Edit:
        """What would change if a page held these rows; nothing has changed yet."""
        old, new = self._pages[number].ids, _ids(rows)
        head = 0
        while head < min(len(old), len(new)) and old[head] == new[head]:
            head += 1
        tail = 0
        while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
            tail += 1
        return Edit(self.start(number) + head, len(old) - head - tail, len(new) - head - tail)

    def remove(self, number: int, edit: Edit) -> None:
        """Take the removed rows of an edit out."""
        at = edit.first - self.start(number)
        del self._pages[number].ids[at : at + edit.removed]
        rows = self._rows.pop(number, None)
        if rows is not None:
            self._rows[number] = rows[:at] + rows[at + edit.removed :]
        self._shift(number, -edit.removed)

    def fill(self, number: int, rows: Sequence[VideoSummary]) -> None:
        """Give a page these rows, after :meth:`remove`."""
        page = self._pages[number]
        grown = len(rows) - len(page.ids)
        page.ids, page.fresh = _ids(rows), True
        self._shift(number, grown)
        self._keep(number, tuple(rows))

    def cut(self, number: int, last: str) -> None:
        """End a page with this path and forget what follows: it has to be listed anew."""
        del self._pages[number + 1 :], self._ends[number + 1 :]
        for dropped in [n for n in self._rows if n > number]:
            del self._rows[dropped]
        self._pages[number].last = self.looked = last
        self.complete = False

    def _shift(self, number: int, by: int) -> None:
        if by:
            self._ends[number:] = [end + by for end in self._ends[number:]]

    def _keep(self, number: int, rows: tuple[VideoSummary, ...]) -> None:
        self._rows[number] = rows
        self._rows.move_to_end(number)
        while len(self._rows) > KEPT:
            self._rows.popitem(last=False)


def _ids(rows: Sequence[VideoSummary]) -> array[int]:
    return array("i", (row.video.id for row in rows))
