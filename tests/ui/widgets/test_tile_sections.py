"""Where tiles lie in sections: every tile at one place, and at every place at most one tile."""

from __future__ import annotations

import itertools

import pytest

from facereview.ui.widgets.tile_sections import TileSections

CASES = [
    ([0], 0, 3),
    ([0], 1, 3),
    ([0], 7, 3),
    ([0, 1, 4, 10], 11, 3),
    ([0, 5], 6, 1),
    ([0, 2, 3], 40, 8),
]
HEIGHT, HEADING = 10, 4


def made(starts: list[int], count: int, columns: int) -> TileSections:
    return TileSections(starts, count, columns=columns, height=HEIGHT, heading=HEADING)


@pytest.mark.parametrize(("starts", "count", "columns"), CASES)
def test_every_tile_is_found_where_it_lies(starts: list[int], count: int, columns: int) -> None:
    sections = made(starts, count, columns)
    seen = set()
    for row in range(count):
        place = sections.place(row)
        assert sections.row_at(place.column, place.top) == row
        assert sections.row_at(place.column, place.top + HEIGHT - 1) == row
        assert place.top + HEIGHT <= sections.total
        seen.add((place.column, place.top))
    assert len(seen) == count
    for section, start in enumerate(starts[: count or 0]):
        assert sections.row_at(0, sections.top(section)) is None
        assert sections.section_of(start) == section
    assert sections.row_at(0, sections.total) is None
    assert sections.row_at(columns, 0) is None


@pytest.mark.parametrize(("starts", "count", "columns"), CASES)
def test_the_rows_between_two_heights_are_those_that_lie_there(
    starts: list[int], count: int, columns: int
) -> None:
    sections = made(starts, count, columns)
    heights = range(-5, sections.total + 15, 3)
    for top, bottom in itertools.combinations(heights, 2):
        found = sections.rows_in(top, bottom)
        lie = {
            row
            for row in range(count)
            if sections.place(row).top < bottom and sections.place(row).top + HEIGHT > top
        }
        assert lie <= set(found)
        assert all(0 <= row < count for row in found)
        tops = {sections.place(row).top for row in found}
        assert all(top - HEIGHT - HEADING <= one <= bottom + HEIGHT for one in tops)


def test_up_and_down_cross_sections_in_their_column() -> None:
    sections = made([0, 4, 5], 9, 3)
    assert [sections.step(row, 1) for row in range(9)] == [3, 3, 3, 4, 5, 8, 8, 8, 8]
    assert [sections.step(row, -1) for row in range(9)] == [0, 1, 2, 0, 3, 4, 4, 4, 5]
    assert sections.step(1, 99) == 8
    assert sections.step(8, -99) == 0
    assert [sections.size(section) for section in range(3)] == [4, 1, 4]
