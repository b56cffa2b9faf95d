"""The calibration in force: fitted on this library's decisions, else the one that came with a pack.

A unit is a track of which people said who it is, compared with what else is known: the creator it
was named without anything of its own video. A stranger is one whom every creator is wrong for, and
so is a track of which people said that it is not the creator it is most like. What the machine
matched and nobody looked at says nothing, nor does a face that a sample stood for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from facereview.errors import Cancelled
from facereview.records import Progress
from facereview.review.evidence.calibration import Calibration, Units, fit
from facereview.review.evidence.certainty import Calibrated, Origin
from facereview.review.evidence.gallery import BULK, Gallery
from facereview.review.evidence.records import Track
from facereview.review.evidence.shipped import shipped
from facereview.review.evidence.teaching import Teaching
from facereview.review.evidence.video_faces import read_tracks
from facereview.store.calibrations import FittedAt
from facereview.store.store import Store

ENOUGH = 100
"""Decided tracks from which a library has a calibration of its own, and decided faces after which
it is fitted again, as long as it has few units."""

GROWN = 0.1
"""Decided faces after which it is fitted again where it has many: so many for each unit."""

ALONE = 30.0
"""Tracks that must be right, and tracks that must be wrong, where a pack came without one: curators
who name and never reject say nothing of strangers."""

MOST_VIDEOS, MOST_UNITS = 2_000, 10_000
"""Videos that a fit looks at, drawn at random, and tracks from which it looks at no more: 2,000
videos with 20,000 faces and 5,300 decided tracks take 7 s beside other work."""

_BATCH = 100


def calibrated(store: Store, pack: str) -> Calibrated | None:
    """The calibration in force for the library's pack; None where there is none.

    One that another version of facereview made in another way does not count; the next fit makes
    it anew.
    """
    row = store.calibrations.latest(pack)
    if row is not None and row.origin == Origin.LIBRARY:
        with suppress(KeyError, TypeError, ValueError):
            return Calibrated(Calibration.from_json(row.model), Origin.LIBRARY, pack, row.id)
    own = shipped(pack)
    if own is None:
        return None
    same = row is not None and row.model == own.to_json()
    return Calibrated(own, Origin.SHIPPED, pack, row.id if row and same else None)


def recorded(store: Store, known: Calibrated) -> Calibrated:
    """The same calibration with a row of its own, which what is settled by it refers to."""
    if known.id is not None:
        return known
    model, row = known.calibration.to_json(), store.calibrations.latest(known.pack)
    if row is not None and row.origin == known.origin and row.model == model:
        return replace(known, id=row.id)
    return replace(known, id=store.calibrations.add(known.pack, known.origin.value, model))


class Fitter:
    """Fits a library's own calibration. Belongs to one lane, with a store of its own."""

    def __init__(self, store: Store, pack: str) -> None:
        """``pack`` is the name of the pack that made the library's embeddings."""
        self._store = store
        self._pack = pack

    def due(self) -> bool:
        """Whether so much was decided, or undone, since the last fit that another is worth it."""
        kept, known, prior = self._store.calibrations, self._known(), shipped(self._pack)
        units = known.calibration.units if known else 0
        own = units - (prior.units if prior else 0)
        decided = kept.decided_since(kept.fitted_at(self._pack))
        return decided >= max(ENOUGH, GROWN * own)

    def fit(
        self,
        on_progress: Callable[[Progress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Calibrated | None:
        """Fit on the decisions that stand now; the calibration in force from now on.

        What was undone has no part in it. Where too few stand, the one that came with the pack
        counts again; None where there is none either.

        Raises:
            Cancelled: ``cancelled`` said so; nothing is changed.
        """
        now = FittedAt(self._pack, self._store.evidence.mark().batch)
        units = self._units(on_progress, cancelled)
        prior = shipped(self._pack)
        with self._store.transaction():
            if enough(units, prior):
                model = fit(units, prior).to_json()
                self._store.calibrations.add(self._pack, Origin.LIBRARY.value, model)
            else:
                self._store.calibrations.withdraw(self._pack)
            self._store.calibrations.set_fitted_at(now)
        return self._known()

    def _known(self) -> Calibrated | None:
        return calibrated(self._store, self._pack)

    def _units(
        self, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> Units:
        gallery = Teaching().gallery(self._store)
        videos = self._store.calibrations.decided_videos(MOST_VIDEOS)
        found: list[Units] = []
        for first in range(0, len(videos), _BATCH):
            if cancelled():
                raise Cancelled("Stopped")
            if sum(map(len, found)) >= MOST_UNITS:
                break
            on_progress(Progress(first, len(videos), ""))
            batch = videos[first : first + _BATCH]
            tracks = [stored.track for stored in read_tracks(self._store, batch)]
            found.append(units_of(tracks, gallery, self._store.calibrations.looked_at(batch)))
        on_progress(Progress(len(videos), len(videos), ""))
        return _joined(found)


def enough(units: Units, prior: Calibration | None) -> bool:
    """Whether these decisions carry a calibration of the library's own."""
    right = float(units.weight @ units.right)
    wrong = float(units.weight.sum()) - right
    return right + wrong >= ENOUGH and (prior is not None or min(right, wrong) >= ALONE)


def units_of(tracks: Sequence[Track], gallery: Gallery, looked_at: Mapping[int, bool]) -> Units:
    """The units among tracks: those of which people said who they are, or are not.

    ``looked_at`` are the faces that people decided, with whether each was looked at alone: those
    that were only decided together with others count less.
    """
    known = [
        (track, weight)
        for track in tracks
        if track.template.embedding.any() and (weight := _weight(track, looked_at))
    ]
    if not known or not len(gallery.creators):
        return _joined([])
    scores = _apart([track for track, _ in known], gallery)
    order = np.argsort(-scores, axis=1, kind="stable")
    rows = []
    for place, (track, weight) in enumerate(known):
        first = order[place, 0]
        nearest, similarity = int(gallery.creators[first]), float(scores[place, first])
        if similarity == -np.inf or not (_decided(track) or nearest in track.denied):
            continue
        rival = float(scores[place, order[place, 1]]) if len(gallery.creators) > 1 else -np.inf
        made = track.template
        margin = similarity - rival if rival > -np.inf else np.nan
        right = nearest == track.creator_id
        who = track.creator_id or -track.faces[0]
        rows.append((similarity, margin, made.pictures, made.face_size, right, weight, who))
    return _as_units(rows, len(gallery.creators))


def _decided(track: Track) -> bool:
    return track.creator_id is not None or track.stranger


def _weight(track: Track, looked_at: Mapping[int, bool]) -> float:
    """What a track counts: 0 where nobody looked at any of its faces."""
    if not _decided(track):
        return 1.0 if track.denied else 0.0
    said = [looked_at[face] for face in track.faces if face in looked_at]
    return 0.0 if not said else 1.0 if any(said) else BULK


def _apart(tracks: Sequence[Track], gallery: Gallery) -> NDArray[np.float64]:
    """Similarities (k, m) to creators, where a track's own is known without the track's video."""
    templates = np.stack([track.template.embedding for track in tracks])
    scores = gallery.compare(templates).astype(np.float64)
    named = np.asarray([track.creator_id or 0 for track in tracks], np.int32)
    columns = np.searchsorted(gallery.creators, named)
    rows = np.flatnonzero(np.isin(named, gallery.creators))
    videos = np.asarray([track.video_id for track in tracks], np.int32)
    own = gallery.apart_from(templates[rows], named[rows], videos[rows])
    scores[rows, columns[rows]] = np.where(np.isnan(own), -np.inf, own)
    return scores


def _as_units(rows: Sequence[tuple[float, ...]], creators: int) -> Units:
    columns = np.asarray(rows, np.float64).reshape(-1, 7).T
    similarity, margin, pictures, size, right, weight, people = columns
    crowd = np.full(len(rows), float(creators))
    return Units(
        similarity, margin, pictures, size, crowd, right > 0, weight, people.astype(np.int64)
    )


def _joined(parts: Sequence[Units]) -> Units:
    if not parts:
        return _as_units([], 0)
    names = Units.__slots__
    return Units(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
