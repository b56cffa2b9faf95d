"""The faces of a filter in any order, that by payoff included."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from facereview.filters import FaceFilter, FaceKind, SortBy
from facereview.review.filters.kept import NamedFilters
from facereview.review.questions.ordering import BY_PAYOFF
from facereview.review.questions.payoff import arranged
from facereview.store.filters.faces import FacePage, KindCounts, Place
from facereview.store.store import Store

__all__ = ["FacePage", "FilterDesk", "KindCounts", "Place"]

_FIRST_LOT = 4_000
"""Faces of the order by payoff that are looked at first."""

_MOST = 16_000
"""How many more are looked at before all faces of the filter are read instead."""

_MARGIN = 1.5
"""Of how many more than those in which the rest of a page is expected."""


class FilterDesk:
    """Reads the faces of filters; every method may raise DatabaseUnreachable."""

    def __init__(self, store: Store, curator: str = "") -> None:
        """``curator`` is who keeps a filter."""
        self._store = store
        self.named = NamedFilters(store, "review", FaceFilter, curator)

    def page(
        self, wanted: FaceFilter, sort: SortBy, limit: int, after: Place | None = None
    ) -> FacePage:
        """The next faces behind ``after``, at most ``limit``."""
        if sort is not SortBy.PAYOFF:
            return self._store.filtered.page(wanted, sort, limit, after)
        order = self._store.faces.order(BY_PAYOFF)
        begin = 0 if after is None else _behind(order, after.face)
        if not _none_pending(wanted):
            near = self._near(wanted, order[begin:], limit + 1)
            if len(near) > limit:
                return _first(near, limit)
        every = np.concatenate(arranged(self._store.filtered.ids(wanted), order))
        return _first(every if after is None else every[_behind(every, after.face) :], limit)

    def _near(self, wanted: FaceFilter, order: NDArray[np.int32], enough: int) -> NDArray[np.int32]:
        """The first ``enough`` faces of a filter in an order; fewer where they are further off."""
        first, rest = order[:_FIRST_LOT], order[_FIRST_LOT:]
        near = self._store.filtered.among(wanted, first)
        if len(near) >= enough or not len(near):
            return near
        more = math.ceil((enough - len(near)) * len(first) / len(near) * _MARGIN)
        if more > _MOST:
            return near
        return np.concatenate([near, self._store.filtered.among(wanted, rest[:more])])

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


def _none_pending(wanted: FaceFilter) -> bool:
    """Whether no face of the kept order, in which pending faces are, can be one of a filter."""
    settled = bool(wanted.kinds) and FaceKind.PENDING not in wanted.kinds
    of_a_decision = wanted.decided_on is not None or bool(wanted.decided_by)
    return settled or of_a_decision or wanted.by_machine


def _behind(faces: NDArray[np.int32], face: int) -> int:
    """The place behind a face; that behind the last one where it is not among them."""
    found = np.flatnonzero(faces == face)
    return int(found[0]) + 1 if len(found) else len(faces)


def _first(faces: NDArray[np.int32], limit: int) -> FacePage:
    page = faces[:limit]
    return FacePage(page, Place(int(page[-1])) if len(faces) > limit else None)
