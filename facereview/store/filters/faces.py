"""Reading the faces of a filter: a page at a time, all of them, or only how many."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facereview.filters import FaceFilter, FaceKind, SortBy
from facereview.store.filters.groups import FaceGroups
from facereview.store.filters.parameters import between, days, one_of, part_of, within
from facereview.store.filters.tuning import SORTED_BY, ready
from facereview.store.session import Session

_BY_SIMILARITY = (SortBy.MOST_SIMILAR, SortBy.LEAST_SIMILAR)
_BY_PROBABILITY = (SortBy.SUREST, SortBy.LEAST_SURE)
_FALLING = (SortBy.SUREST, SortBy.MOST_SIMILAR, SortBy.BEST_QUALITY)
_LAST_FACE, _LAST_TRACK = 2**31 - 1, 2**63 - 1

_DECIDED = ("decided_first", "decided_last", "decided_by")
_MANY_DECIDED = 0.1
"""The part of all decisions from which on asking faces one after the other soon gives a page."""

_ENTRIES = (2, 16)
"""Entries of each index of an order that are looked at for each face of a page, first so many, then
so many, before all faces of the filter are read."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the last face, and the values that it was sorted by before its id."""

    face: int
    keys: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class FacePage:
    """Face ids in the order asked for; ``after`` is where to go on, None where that was all."""

    faces: NDArray[np.int32]
    after: Place | None


@dataclass(frozen=True, slots=True)
class KindCounts:
    """How many faces of a filter there are of each kind."""

    pending: int = 0
    automatic: int = 0
    decided: int = 0
    rejected: int = 0

    def of(self, kind: FaceKind) -> int:
        """How many of one kind."""
        return int(getattr(self, kind.value))


class FilteredFaces:
    """The faces of a filter. Every order but that by payoff is the database's own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.groups = FaceGroups(session)

    def page(
        self, wanted: FaceFilter, sort: SortBy, limit: int, after: Place | None = None
    ) -> FacePage:
        """The next faces behind ``after``, at most ``limit``.

        Raises:
            ValueError: by payoff, which is an order kept beside the faces.
        """
        names, values = self._asked(wanted, sort)
        if after is not None:
            names.append(f"after_{sort}")
            values |= {f"after_{n}": key for n, key in enumerate(after.keys, 1)}
            values["after_id"] = after.face
        made = (f"keys_{_sorted(sort)}", *names, f"order_{sort}", "filtered_limit")
        values["limit"] = limit
        rows = self._leading(sort, made, values, after)
        if rows is None:
            rows = self._session.composed(made, **values)
        faces = np.fromiter((row[0] for row in rows), np.int32)
        full = len(rows) == limit and limit > 0
        return FacePage(faces, Place(rows[-1][0], tuple(rows[-1][1:])) if full else None)

    def ids(self, wanted: FaceFilter, sort: SortBy = SortBy.VIDEO) -> NDArray[np.int32]:
        """All of them as they are now, shape (n,)."""
        names, values = self._asked(wanted, sort)
        made = ("filtered_ids", *names, f"order_{_sorted(sort)}")
        return self._session.composed_column(made, **values)

    def among(self, wanted: FaceFilter, face_ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Those of these faces that are wanted, in the order given."""
        names, values = self._asked(wanted, SortBy.NEWEST)
        made = ("filtered_ids", "filtered_faces_given", *names[1:])
        found = self._session.composed_column(made, **values, faces=face_ids.tolist())
        return face_ids[np.isin(face_ids, found)]

    def kinds(self, wanted: FaceFilter) -> KindCounts:
        """How many there are of each kind."""
        names, values = self._asked(wanted, SortBy.NEWEST)
        names.insert(1, "join_automatic")
        [row] = self._session.composed(("filtered_kinds", *names), **values)
        return KindCounts(*row)

    def _asked(self, wanted: FaceFilter, sort: SortBy) -> tuple[list[str], dict[str, Any]]:
        """:func:`_parts`, those chosen that are fastest in this library."""
        names, values = _parts(wanted, sort)
        if "of_decision" in names:
            asked = {name: values[name] for name in _DECIDED}
            if self._session.value("share_of_decisions", **asked) > _MANY_DECIDED:
                names[names.index("of_decision")] = "of_decision_of_many"
        if wanted.text and not self._session.value("names_with_text", text=values["text"]):
            names[names.index("of_text")] = "of_text_of_videos"
        return names, values

    def _leading(
        self, sort: SortBy, made: Sequence[str], values: Mapping[str, Any], after: Place | None
    ) -> list[Any] | None:
        """A whole page from the tops of the indexes for an order; None where they do not give it.

        It is looked for among so many entries of each index: a filter that few faces pass would
        have to go through all of them, which the statement without them does faster.
        """
        helped = SORTED_BY.get(sort)
        begin = None if helped is None else _begin(sort, after)
        if helped is None or begin is None or not ready(self._session, helped):
            return None
        where = made.index("filtered_where") + 1
        last = (f"within_{helped}", "last_falling" if sort in _FALLING else "last_rising")
        near = (f"leading_{sort}", *made[:where], "of_leading", *last, *made[where:])
        few, many = _ENTRIES
        limit = values["limit"]
        rows = self._session.composed(near, **values, **begin, entries=few * limit)
        if limit * few / many < len(rows) < limit:
            rows = self._session.composed(near, **values, **begin, entries=many * limit)
        return rows if len(rows) == limit else None


def _begin(sort: SortBy, after: Place | None) -> dict[str, float] | None:
    """Where to begin in the indexes; None behind all faces of which the order knows anything."""
    unknown = -math.inf if sort in _FALLING else math.inf
    by_track = sort in _BY_PROBABILITY
    if after is None:
        last = _LAST_TRACK if by_track else _LAST_FACE
        return {"from_key": -unknown, "from_id": last if sort in _FALLING else -1}
    if after.keys[0] == unknown:
        return None
    return {"from_key": after.keys[0], "from_id": after.keys[1] if by_track else after.face}


def _sorted(sort: SortBy) -> SortBy:
    if sort is SortBy.PAYOFF:
        raise ValueError(sort)
    return sort


def _parts(wanted: FaceFilter, sort: SortBy) -> tuple[list[str], dict[str, Any]]:
    """The parts from where the faces are read to the last condition, and their parameters."""
    names = ["filtered_faces"]
    if wanted.similarity is not None or sort in _BY_SIMILARITY:
        names.append("join_similarity")
    if wanted.probability is not None or sort in _BY_PROBABILITY:
        names.append("join_probability")
    names += ["filtered_where", *one_of("kind", wanted.kinds)]
    if wanted.creators:
        names += one_of("role", wanted.roles)
    said = {"creators": list(wanted.creators)} if wanted.creators else {}
    for name, values in _conditions(wanted):
        names.append(f"of_{name}")
        said |= values
    return names, said


def _conditions(wanted: FaceFilter) -> list[tuple[str, dict[str, Any]]]:
    """Each condition that is not empty, with its parameters."""
    decision = days("decided", wanted.decided_on) | {"decided_by": wanted.decided_by}
    given: list[tuple[str, object, dict[str, Any]]] = [
        ("videos", wanted.videos, {"videos": list(wanted.videos)}),
        ("folder", wanted.folder, within(wanted.folder)),
        ("similarity", wanted.similarity, between("similarity", wanted.similarity)),
        ("probability", wanted.probability, between("probability", wanted.probability)),
        ("quality", wanted.quality, between("quality", wanted.quality)),
        ("size", wanted.size, between("size", wanted.size)),
        ("scanned", wanted.scanned, days("scanned", wanted.scanned)),
        ("unscanned", wanted.unscanned, {}),
        ("decision", wanted.decided_on or wanted.decided_by, decision),
        ("machine", wanted.by_machine, {}),
        ("run", wanted.run is not None, {"run": wanted.run}),
        ("missing", wanted.missing, {}),
        ("text", wanted.text, {"text": part_of(wanted.text)}),
    ]
    return [(name, values) for name, said, values in given if said]
