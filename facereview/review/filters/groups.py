"""Faces in a grid: in groups, each with its name, and what is said of each face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facereview.filters import GroupBy
from facereview.records import Face, Video
from facereview.review.evidence.certainty import LIKELY, Mode
from facereview.store.filters.groups import Likely
from facereview.store.store import Store

__all__ = ["GridFace", "Groups", "Likely", "grid_faces", "grouped"]

_MOST_IDS = 8_000_000

NONE = -1
"""The key of faces that belong to no group."""


@dataclass(frozen=True, slots=True)
class GridFace:
    """What a tile says of a face; ``likely`` is whom it carries or suggests."""

    face: Face
    video: Video
    likely: Likely | None


@dataclass(frozen=True, slots=True)
class Groups:
    """Which group each face belongs to; ``ids`` ascend, and ``keys`` are theirs, shape (n,).

    ``names`` has the name of each group, but of days: their key is a number of days since 1970.
    """

    by: GroupBy = GroupBy.NOTHING
    ids: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    keys: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    names: Mapping[int, str] = field(default_factory=dict)
    table: NDArray[np.int32] | None = None
    """The keys by id, where ids are not too far apart: of a million faces at once it is fast."""

    def of(self, faces: NDArray[np.int32]) -> NDArray[np.int32]:
        """The group of each of these faces, shape (n,)."""
        if not len(self.ids):
            return np.full(len(faces), NONE, np.int32)
        if self.table is not None:
            inside = np.minimum(faces, len(self.table) - 1)
            return self.table[inside]
        places = np.minimum(np.searchsorted(self.ids, faces), len(self.ids) - 1)
        found = np.where(self.ids[places] == faces, self.keys[places], NONE)
        return found.astype(np.int32)


def grid_faces(
    store: Store, faces: Mapping[int, Face], mode: Mode = Mode.THRESHOLDS
) -> dict[int, GridFace]:
    """What a grid says of each of these faces; those whose video is gone are absent.

    Whom a pending face may be is whom Enter names in this ``mode``.
    """
    videos = store.videos.get(sorted({face.video_id for face in faces.values()}))
    likely = store.filtered.groups.likely(
        list(faces), risk=LIKELY, by_track=mode is Mode.ERROR_RATE
    )
    return {
        number: GridFace(face, videos[face.video_id], likely.get(number))
        for number, face in faces.items()
        if face.video_id in videos
    }


def grouped(
    store: Store, by: GroupBy, faces: NDArray[np.int32], mode: Mode = Mode.THRESHOLDS
) -> tuple[NDArray[np.int32], Groups]:
    """These faces group by group, in each in the order given, and their groups.

    Creators and videos come by name, days the newest first, clusters the largest first; what
    belongs to none comes last.
    """
    if by is GroupBy.NOTHING:
        return faces, Groups()
    rows = store.filtered.groups.keys(by, faces, risk=LIKELY, by_track=mode is Mode.ERROR_RATE)
    order = np.argsort(rows["id"])
    ids, keys = rows["id"][order].astype(np.int32), rows["key"][order].astype(np.int32)
    found, counts = np.unique(keys, return_counts=True)
    names = _names(store, by, [key for key in found.tolist() if key != NONE])
    groups = Groups(by, ids, keys, names, _table(ids, keys))
    ranks = _ranks(by, found, counts, names)
    of_faces = ranks[np.searchsorted(found, groups.of(faces))] if len(found) else np.empty(0)
    return faces[np.argsort(of_faces, kind="stable")] if len(found) else faces, groups


def _table(ids: NDArray[np.int32], keys: NDArray[np.int32]) -> NDArray[np.int32] | None:
    """The keys by id; the last entry is of every id beyond."""
    if not len(ids) or ids[-1] > _MOST_IDS:
        return None
    table = np.full(int(ids[-1]) + 2, NONE, np.int32)
    table[ids] = keys
    return table


def _names(store: Store, by: GroupBy, keys: list[int]) -> dict[int, str]:
    if by is GroupBy.CREATOR:
        return {key: one.name for key, one in store.creators.several(keys).items()}
    if by is GroupBy.VIDEO:
        return {key: one.title or one.path for key, one in store.videos.get(keys).items()}
    if by is GroupBy.CLUSTER:
        return {key: one.name for key, one in store.filtered.groups.of_clusters(keys).items()}
    return {}


def _ranks(
    by: GroupBy, keys: NDArray[np.int32], counts: NDArray[np.intp], names: Mapping[int, str]
) -> NDArray[np.intp]:
    """The place of each group among the groups."""

    def place(at: int) -> tuple[bool, int, str, int]:
        key = int(keys[at])
        size = -int(counts[at]) if by is GroupBy.CLUSTER else 0
        newest = -key if by is GroupBy.DAY else key
        return key == NONE, size, names.get(key, "").casefold(), newest

    ranks = np.empty(len(keys), np.intp)
    ranks[sorted(range(len(keys)), key=place)] = np.arange(len(keys))
    return ranks
