"""What the cast sheet asks of a library; belongs to the database lane."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from facereview.home import curator
from facereview.records import Face, Status, Suggestion, Sureness, Thresholds
from facereview.review.cast.records import (
    CastOrder,
    CastRow,
    CastSheet,
    Company,
    Place,
    RowKind,
    Said,
)
from facereview.review.cast.shaping import RowShaping
from facereview.review.cast.sheet import rows
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.evidence.certainty import Certainty, Mode
from facereview.review.library.config import Settings
from facereview.store.store import Store

COMPANY = 5
"""Creators that are named as often being in the same videos."""

_KINDS = {
    Sureness.SURE: RowKind.SURE,
    Sureness.LIKELY: RowKind.LIKELY,
    Sureness.OPEN: RowKind.OPEN,
}


class CastDesk:
    """The casts of a library's videos.

    Deciding is not done here: a decision on a row is one intent on its faces. Every method may
    raise DatabaseUnreachable.
    """

    def __init__(
        self, store: Store, pack: Callable[[], Thresholds], actor: str | None = None
    ) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
        self._store = store
        self._settings = Settings(store, pack)
        self._clusters = ClusterDesk(store, pack)
        self.shaping = RowShaping(store, actor or curator())

    def sheet(self, video_id: int) -> CastSheet | None:
        """The whole video; None where it is gone."""
        store = self._store
        video = store.videos.get([video_id]).get(video_id)
        if video is None:
            return None
        faces = store.faces.of_videos([video_id])[video_id]
        places, mirrored = self._places(video_id, faces)
        said, kinds = self._said(faces, places)
        tagged = store.videos.tagged_by_others(video_id)
        creators = store.creators.several(_named(faces, said, tagged))
        found = rows(faces, places, said, kinds, creators, mirrored=mirrored)
        frames, further = store.videos.frames(video_id)
        return CastSheet(
            video,
            self._with_elsewhere(found),
            frames + further,
            further,
            tuple(creators[one] for one in tagged if one in creators),
            mirrored,
            self._settings.config().confirm_twice_above,
        )

    def likely(self, face_ids: Sequence[int]) -> tuple[Suggestion, ...]:
        """Whom faces, taken for one person, are most like; see :meth:`ClusterDesk.likely`."""
        return self._clusters.likely(face_ids)

    def order(self) -> CastOrder:
        """The videos in which faces wait, those first of which one key settles most.

        It takes as long as reading every face that waits.
        """
        found = self._store.videos.by_waiting(self._settings.certainty().limit)
        return CastOrder(*(found[name].astype(np.int32) for name in ("id", "sure", "waiting")))

    def company(self, sheet: CastSheet) -> tuple[Company, ...]:
        """Who else is often in the videos of the people on this sheet, most often first.

        It takes as long as reading every tag of the library.
        """
        people = {row.creator.id for row in sheet.rows if row.creator is not None}
        people |= {creator.id for creator in sheet.tagged}
        found = dict(self._store.videos.company(sheet.video.id, sorted(people), COMPANY))
        named = self._store.creators.several(set(found))
        return tuple(Company(named[one], times) for one, times in found.items() if one in named)

    # ------------------------------------------------------------------------------- the evidence

    def _places(
        self, video_id: int, faces: Sequence[Face]
    ) -> tuple[dict[int, Place], frozenset[int]]:
        """Where each face belongs, and which are mirrored."""
        denied = self._store.search.denied([face.id for face in faces])
        found = self._store.tracks.places(video_id)
        places = {
            one.id: Place(
                one.track_id,
                one.cluster_id,
                frozenset(one.apart),
                frozenset(denied.get(one.id, ())),
            )
            for one in found
        }
        return places, frozenset(one.id for one in found if one.mirrored)

    def _said(
        self, faces: Sequence[Face], places: Mapping[int, Place]
    ) -> tuple[dict[int, Said], dict[int, RowKind]]:
        certainty = self._settings.certainty()
        by_rate = certainty.mode is Mode.ERROR_RATE
        found, kinds = self._judged(places, certainty) if by_rate else _suggested(faces, places)
        denied: dict[int, set[int]] = defaultdict(set)
        for face, place in places.items():
            for creator in place.denied:
                denied[creator].add(face)
        return {
            track: replace(one, unlike=one.unlike | denied[one.creator_id or 0])
            for track, one in found.items()
        }, kinds

    def _judged(
        self, places: Mapping[int, Place], certainty: Certainty
    ) -> tuple[dict[int, Said], dict[int, RowKind]]:
        """By error rate: what was said of each track when it was last judged."""
        tracks = {place.track for place in places.values() if place.track is not None}
        said, kinds = {}, {}
        for row in self._store.tracks.standings(sorted(tracks)).values():
            second = None
            if row.similarity is not None and row.margin is not None:
                second = row.similarity - row.margin
            chance = certainty.chance(row.risk)
            said[row.id] = Said(
                row.creator_id,
                row.rival_id,
                row.similarity,
                second,
                chance,
                frozenset(row.unlike or ()),
            )
            named = row.creator_id is not None and chance is not None
            kinds[row.id] = _KINDS[chance.word] if named and chance else RowKind.OPEN
        return said, kinds

    def _with_elsewhere(self, found: Sequence[CastRow]) -> tuple[CastRow, ...]:
        clusters = {row.clusters[0] for row in found if row.kind is RowKind.OPEN and row.clusters}
        videos = self._store.clusters.videos_of(sorted(clusters))
        return tuple(
            replace(row, elsewhere=max(0, videos.get(row.clusters[0], 1) - 1))
            if row.kind is RowKind.OPEN and row.clusters
            else row
            for row in found
        )


def _named(faces: Sequence[Face], said: Mapping[int, Said], tagged: Sequence[int]) -> set[int]:
    """Every creator that a sheet may show, by id."""
    found = {*tagged, *(face.state.creator_id for face in faces)}
    for one in said.values():
        found |= {one.creator_id, one.rival_id}
    return {creator for creator in found if creator is not None}


def _suggested(
    faces: Sequence[Face], places: Mapping[int, Place]
) -> tuple[dict[int, Said], dict[int, RowKind]]:
    """By thresholds: a track is likely whom most of its pending faces suggest.

    Those that suggest somebody else do not go with it.
    """
    wanted: dict[int, Counter[int]] = defaultdict(Counter)
    best: dict[tuple[int, int], float] = {}
    others: dict[int, set[tuple[int, int | None]]] = defaultdict(set)
    for face in faces:
        place, creator = places.get(face.id), face.state.creator_id
        if place is None or place.track is None or face.state.status is not Status.PENDING:
            continue
        others[place.track].add((face.id, creator))
        if creator is not None:
            wanted[place.track][creator] += 1
            key = place.track, creator
            best[key] = max(best.get(key, -1.0), face.state.confidence or -1.0)
    said, kinds = {}, {}
    for track, names in wanted.items():
        creator = min(names, key=lambda one: (-names[one], one))
        unlike = (face for face, own in others[track] if own not in (None, creator))
        said[track] = Said(creator, similarity=best[track, creator], unlike=frozenset(unlike))
        kinds[track] = RowKind.LIKELY
    return said, kinds
