"""What the tests of the cast sheet share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from facereview.records import Pixels, VideoSummary
from facereview.store.store import Store
from facereview.ui.cast.page import CastPage

Press = Callable[..., None]


class NoThumbnails:
    """No video has a picture."""

    def get(self, _summary: VideoSummary) -> Pixels | None:
        return None


@dataclass
class Cast:
    """``videos`` in path order; of the first, the faces of each row."""

    store: Store
    videos: list[int]
    sure: list[int]
    likely: list[int]
    unknown: list[int]


def faces_of_row(page: CastPage) -> list[int]:
    """The ids of the faces of the current row."""
    row = page.controller.cursor.row
    return sorted(face.id for face in row.faces) if row else []


def chosen(page: CastPage) -> int | None:
    """The id of the face that is chosen in the current row."""
    face = page.controller.cursor.face
    return face.id if face else None
