"""Reading the videos of a filter in any order, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facereview.filters import VideoFilter, VideoKind, VideoOrder, VideoSort
from facereview.store.filters.parameters import between, days, one_of, part_of, within
from facereview.store.session import Session


@dataclass(frozen=True, slots=True)
class VideoPlace:
    """Where a page ended: the last video, and the value that it was sorted by."""

    video: int
    value: Any


@dataclass(frozen=True, slots=True)
class VideoPage:
    """Video ids in the order asked for; ``after`` is where to go on, None where that was all."""

    videos: NDArray[np.int32]
    after: VideoPlace | None


class FilteredVideos:
    """The videos of a filter; every order is the database's own."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(
        self,
        wanted: VideoFilter,
        order: VideoOrder,
        limit: int,
        after: VideoPlace | None = None,
    ) -> VideoPage:
        """The next videos behind ``after``, at most ``limit``."""
        names, values = _conditions(wanted)
        by = order.by
        if by is VideoSort.CLOSEST and not wanted.text:
            by = VideoSort.PATH
        turned = "falling" if order.falling else "rising"
        if after is not None:
            names.append("after_unknown" if after.value is None else f"after_{turned}")
            values |= {"after_id": after.video, "after": after.value}
        made = ("videos_page", f"videos_by_{by}", *names, f"order_{turned}", "filtered_limit")
        searched = wanted.text.replace("\0", "")
        rows = self._session.composed(made, **values, searched=searched, limit=limit)
        full = len(rows) == limit
        return VideoPage(
            np.fromiter((row[0] for row in rows), np.int32),
            VideoPlace(*rows[-1]) if full else None,
        )

    def count(self, wanted: VideoFilter) -> int:
        """How many there are."""
        names, values = _conditions(wanted)
        [[count]] = self._session.composed(("videos_count", *names), **values)
        return int(count)


def _conditions(wanted: VideoFilter) -> tuple[list[str], dict[str, Any]]:
    """The parts that say which videos are wanted, and their parameters."""
    kind = wanted.show is not VideoKind.ALL
    given: list[tuple[str, object, dict[str, Any]]] = [
        (wanted.show.value, kind, {}),
        ("folder", wanted.folder, within(wanted.folder)),
        ("minutes", wanted.minutes, between("minutes", wanted.minutes)),
        ("scanned", wanted.scanned, days("scanned", wanted.scanned)),
        ("missing", wanted.missing, {}),
        ("text", wanted.text, {"text": part_of(wanted.text)}),
    ]
    names, values = ["filtered_where"], dict[str, Any]()
    for name, said, parameters in given:
        if said:
            names.append(f"videos_of_{name}")
            values |= parameters
    if wanted.creators:
        names += one_of("videos_role", wanted.roles)
        values["creators"] = list(wanted.creators)
    return names, values
