"""Where tiles lie that stand in sections, each below a heading; without Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Place:
    """A tile: its column, and where its upper edge is."""

    column: int
    top: int


class TileSections:
    """Sections of tiles, ``columns`` side by side; each begins with a line of its own."""

    def __init__(
        self, starts: ArrayLike, count: int, *, columns: int, height: int, heading: int
    ) -> None:
        """``starts`` are the first rows of the sections, ascending, the first of them 0.

        ``height`` is that of a tile, ``heading`` that of what stands above each section.
        """
        self._columns, self._height, self._heading = max(1, columns), max(1, height), heading
        self.starts: NDArray[np.intp] = np.asarray(starts, np.intp)
        self._ends = np.append(self.starts[1:], count).astype(np.intp)
        self._lines = -(-(self._ends - self.starts) // self._columns)
        self._bottoms = np.cumsum(heading + self._lines * self._height)
        self._tops = np.concatenate([[0], self._bottoms[:-1]]).astype(np.intp)
        self.count = count

    @property
    def total(self) -> int:
        """How high all of them are."""
        return int(self._bottoms[-1]) if len(self._bottoms) else 0

    def section_of(self, row: int) -> int:
        """The section that a row belongs to."""
        return int(np.searchsorted(self.starts, row, side="right")) - 1

    def size(self, section: int) -> int:
        """How many tiles a section has."""
        return int(self._ends[section] - self.starts[section])

    def top(self, section: int) -> int:
        """Where a section begins, with its heading."""
        return int(self._tops[section])

    def place(self, row: int) -> Place:
        """Where a tile lies."""
        section = self.section_of(row)
        line, column = divmod(row - int(self.starts[section]), self._columns)
        return Place(column, int(self._tops[section]) + self._heading + line * self._height)

    def row_at(self, column: int, y: int) -> int | None:
        """The row of the tile at a point; None where there is none."""
        if not 0 <= column < self._columns or not 0 <= y < self.total:
            return None
        section = self._section_at(y)
        below = y - int(self._tops[section]) - self._heading
        row = int(self.starts[section]) + below // self._height * self._columns + column
        return row if below >= 0 and row < self._ends[section] else None

    def sections_in(self, top: int, bottom: int) -> range:
        """The sections between two heights."""
        if not len(self.starts) or bottom <= 0 or top >= self.total:
            return range(0)
        return range(self._section_at(max(0, top)), self._section_at(bottom - 1) + 1)

    def rows_in(self, top: int, bottom: int) -> range:
        """The rows of all tiles between two heights."""
        found = self.sections_in(top, bottom)
        if not found:
            return range(0)
        first, last = found[0], found[-1]
        begin = self._line_at(first, max(0, top))
        end = self._line_at(last, bottom - 1) + 1
        low = int(self.starts[first]) + max(0, begin) * self._columns
        high = int(self.starts[last]) + max(0, end) * self._columns
        return range(min(low, int(self._ends[first])), min(high, int(self._ends[last])))

    def step(self, row: int, lines: int) -> int:
        """The row so many lines further down, or up, in the same column or left of it."""
        section = self.section_of(row)
        line, column = divmod(row - int(self.starts[section]), self._columns)
        firsts = np.cumsum(self._lines) - self._lines
        wanted = int(firsts[section]) + line + lines
        wanted = min(max(0, wanted), int(self._lines.sum()) - 1)
        there = int(np.searchsorted(firsts, wanted, side="right")) - 1
        found = int(self.starts[there]) + (wanted - int(firsts[there])) * self._columns + column
        return min(found, int(self._ends[there]) - 1)

    def _section_at(self, y: int) -> int:
        found = int(np.searchsorted(self._bottoms, y, side="right"))
        return min(found, len(self.starts) - 1)

    def _line_at(self, section: int, y: int) -> int:
        return (y - int(self._tops[section]) - self._heading) // self._height
