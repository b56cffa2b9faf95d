"""The columns of the list of videos, and what stands in them."""

from __future__ import annotations

from enum import IntEnum

from facereview.records import VideoSummary
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording import library as texts


class Column(IntEnum):
    """The columns, left to right."""

    VIDEO = 0
    LENGTH = 1
    SIZE = 2
    CODEC = 3
    FACES = 4
    SCANNED = 5


def cell(row: VideoSummary, column: int) -> str:
    """The text of a cell."""
    match column:
        case Column.VIDEO:
            return texts.title(row.video)
        case Column.LENGTH:
            return texts.length(row.video.duration)
        case Column.SIZE:
            return texts.size(row.video.size_bytes)
        case Column.CODEC:
            return clear_text(row.video.codec or "–")
        case Column.FACES:
            return texts.counts(row)
        case _:
            return texts.state(row) if row.fault is None else texts.fault(row.video.path, row.fault)


def tip(row: VideoSummary, column: int) -> str | None:
    """What a cell may have cut short."""
    match column:
        case Column.VIDEO:
            return clear_text(row.video.path)
        case Column.FACES:
            return texts.counts(row)
        case Column.SCANNED:
            return None if row.fault is None else clear_text(row.fault)
        case _:
            return None
