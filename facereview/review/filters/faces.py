"""The faces of a filter in any order, that by payoff included."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from facereview.errors import Invalid
from facereview.filters import FaceFilter, SortBy
from facereview.records import Creator, Video
from facereview.review.questions.ordering import BY_PAYOFF
from facereview.review.questions.payoff import arranged
from facereview.store.filters.faces import FacePage, KindCounts, Place
from facereview.store.filters.kept import Run
from facereview.store.store import Store

__all__ = ["FacePage", "FilterChoices", "FilterDesk", "FilterFacts", "KindCounts", "Place", "Run"]

_RUNS = 200

_LOOKED_AT = (4_000, 16_000)
"""Faces of the order by payoff that are looked at, one lot after the other, before all of the
filter are read."""


@dataclass(frozen=True, slots=True)
class FilterFacts:
    """What a filter speaks of, as it is in the library; what is gone from it is absent."""

    creators: dict[int, Creator]
    videos: dict[int, Video]
    folder: bool
    """Whether any video lies in its folder."""
    run: Run | None

    def gone(self, wanted: FaceFilter) -> bool:
        """Whether some of what the filter speaks of is not in the library any more."""
        return (
            any(one not in self.creators for one in wanted.creators)
            or any(one not in self.videos for one in wanted.videos)
            or (bool(wanted.folder) and not self.folder)
            or (wanted.run is not None and self.run is None)
        )


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What a filter may be made of."""

    folders: tuple[str, ...]
    curators: tuple[str, ...]
    runs: tuple[Run, ...]
    """The last runs of automatic matching, newest first."""


class FilterDesk:
    """Reads the faces of filters; every method may raise DatabaseUnreachable."""

    def __init__(self, store: Store, curator: str = "") -> None:
        """``curator`` is who keeps a filter."""
        self._store, self._curator = store, curator

    def page(
        self, wanted: FaceFilter, sort: SortBy, limit: int, after: Place | None = None
    ) -> FacePage:
        """The next faces behind ``after``, at most ``limit``."""
        if sort is not SortBy.PAYOFF:
            return self._store.filtered.page(wanted, sort, limit, after)
        order = self._store.faces.order(BY_PAYOFF)
        begin = 0 if after is None else _behind(order, after.face)
        near = np.empty(0, np.int32)
        for count in _LOOKED_AT:
            found = self._store.filtered.among(wanted, order[begin : begin + count])
            near, begin = np.concatenate([near, found]), begin + count
            if len(near) > limit:
                return _first(near, limit)
        every = np.concatenate(arranged(self._store.filtered.ids(wanted), order))
        return _first(every if after is None else every[_behind(every, after.face) :], limit)

    def ids(self, wanted: FaceFilter, sort: SortBy) -> NDArray[np.int32]:
        """All of them as they are now, shape (n,)."""
        if sort is not SortBy.PAYOFF:
            return self._store.filtered.ids(wanted, sort)
        order = self._store.faces.order(BY_PAYOFF)
        return np.concatenate(arranged(self._store.filtered.ids(wanted), order))

    def among(self, wanted: FaceFilter, face_ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Those of these faces that are wanted, in the order given."""
        return self._store.filtered.among(wanted, face_ids)

    def kinds(self, wanted: FaceFilter) -> KindCounts:
        """How many there are of each kind."""
        return self._store.filtered.kinds(wanted)

    def facts(self, wanted: FaceFilter) -> FilterFacts:
        """What a filter speaks of."""
        kept = self._store.kept_filters
        return FilterFacts(
            self._store.creators.several(wanted.creators),
            self._store.videos.get(wanted.videos),
            bool(wanted.folder) and kept.has_videos(wanted.folder),
            None if wanted.run is None else kept.run(wanted.run),
        )

    def choices(self) -> FilterChoices:
        """What a filter may be made of."""
        kept = self._store.kept_filters
        return FilterChoices(tuple(kept.folders()), tuple(kept.curators()), tuple(kept.runs(_RUNS)))

    # ------------------------------------------------------------------------- filters with names

    def kept(self, page: str) -> tuple[str, ...]:
        """The names of the filters that are kept for a page."""
        return tuple(name for name, _ in self._store.kept_filters.of(page))

    def open(self, page: str, name: str) -> FaceFilter:
        """A filter that was kept; of creators who were merged since, it wants those they are now.

        Raises:
            Invalid: it is gone, or a newer version kept it.
        """
        said = dict(self._store.kept_filters.of(page)).get(name)
        if said is None:
            raise Invalid(f"The filter {name} is not kept any more.")
        wanted = FaceFilter.from_json(said)
        now = (self._store.creators.standing(creator) for creator in wanted.creators)
        ids = (
            then if creator is None else creator.id
            for then, creator in zip(wanted.creators, now, strict=True)
        )
        return replace(wanted, creators=tuple(dict.fromkeys(ids)))

    def keep(self, page: str, name: str, wanted: FaceFilter) -> None:
        """Keep a filter under a name, in place of the one that has it.

        Raises:
            Invalid: the name is empty.
        """
        if not name.strip():
            raise Invalid("A filter needs a name: enter one.")
        self._store.kept_filters.keep(page, name.strip(), wanted.to_json(), self._curator)

    def drop(self, page: str, name: str) -> None:
        """Keep it no longer."""
        self._store.kept_filters.drop(page, name)


def _behind(faces: NDArray[np.int32], face: int) -> int:
    """The place behind a face; that behind the last one where it is not among them."""
    found = np.flatnonzero(faces == face)
    return int(found[0]) + 1 if len(found) else len(faces)


def _first(faces: NDArray[np.int32], limit: int) -> FacePage:
    page = faces[:limit]
    return FacePage(page, Place(int(page[-1])) if len(faces) > limit else None)
