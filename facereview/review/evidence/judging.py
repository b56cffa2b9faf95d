"""Judging tracks: whom each is most like, how sure that is, and whether the machine may settle it.

What a track is like alone is its calibrated risk, and no less than the chance that it is one of the
other creators it is nearly as like. In its frames nobody is twice: the joint
assignment says whom it is then, by the sum over all faces, so that a face of a cross-fade does not
stand against a whole track; and where another track of its frames may be the same creator, the risk
is that of the wrong one of the two, unless they meet in few of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from facereview.review.evidence.assignment import BEST, assign, meetings
from facereview.review.evidence.calibration import Calibration, among
from facereview.review.evidence.certainty import LIKELY, Certainty
from facereview.review.evidence.prior import tipped
from facereview.review.evidence.records import Standing, Track
from facereview.review.evidence.tracks import SHARED

Floats = NDArray[np.float64]

_TIES = 1e-3
"""Log odds of a cosine of 1: of two risks beyond what was seen the nearer one wins."""

NOBODY = Standing(None, float("nan"), None, None, None, settled=False)


def judge(
    tracks: Sequence[Track],
    scores: NDArray[np.floating],
    creators: NDArray[np.integer],
    certainty: Certainty,
    taken_back: Collection[tuple[int, int]] = (),
    *,
    prior: Floats | None = None,
) -> list[Standing]:
    """What the evidence says of tracks, of one video or of many; all that share frames together.

    ``scores`` (k, m) are the similarities of their templates to ``creators`` (m,). Creators whom a
    person ruled out, or gave to another face of one of the frames, are left out. A track that a
    person decided is judged as their creator; its score with them should be one that its own faces
    have no part in. ``taken_back`` are (face, creator) pairs of matches that a curator took back:
    such a track is not settled as that creator. ``prior`` (k, m) is added to the log odds of tracks
    that are neither settled nor decided: it may make another creator the likely one, and lowers
    the risk of the one it speaks for to :data:`LIKELY` at most.

    Raises:
        ValueError: there is no calibration.
    """
    if not tracks:
        return []
    case = _Case(tracks, scores, np.asarray(creators), certainty, taken_back)
    standings = case.standings()
    return standings if prior is None or not prior.any() else case.tipped(standings, prior)


class _Case:
    """Tracks that are judged together."""

    def __init__(
        self,
        tracks: Sequence[Track],
        scores: NDArray[np.floating],
        creators: NDArray[np.integer],
        certainty: Certainty,
        taken_back: Collection[tuple[int, int]],
    ) -> None:
        if certainty.calibration is None:
            raise ValueError("no calibration")
        self._tracks, self._creators, self._certainty = tracks, creators, certainty
        self._taken_back = taken_back
        self._meets = meetings(tracks)
        self._found = _candidates(tracks, scores, creators, self._meets, certainty.calibration)
        faces = np.asarray([len(track.faces) for track in tracks])
        self._odds = self._found.odds(len(creators)) * faces[:, None]
        self._open = {place for place, track in enumerate(tracks) if not _decided(track)}

    def standings(self) -> list[Standing]:
        """What the evidence says."""
        given = assign(self._tracks, self._odds, self._creators)
        standings = []
        for place, (track, assignment) in enumerate(zip(self._tracks, given, strict=True)):
            if track.stranger:
                standings.append(NOBODY)
                continue
            name = track.creator_id or assignment.creator_id
            standing = self._found.standing(place, name, self._rivals(place))
            if track.creator_id is not None and standing.creator_id != track.creator_id:
                standing = replace(NOBODY, creator_id=track.creator_id)
            sure = name is not None and name == self._found.nearest(place)
            sure = sure and not self._was_taken_back(place, name)
            settled = sure and self._certainty.settles(standing.risk)
            standings.append(replace(standing, settled=settled))
        return standings

    def tipped(self, standings: Sequence[Standing], prior: Floats) -> list[Standing]:
        """The same, where tracks that are not settled follow the prior."""
        known = [
            replace(track, creator_id=standing.creator_id) if standing.settled else track
            for track, standing in zip(self._tracks, standings, strict=True)
        ]
        given = assign(known, self._odds + prior, self._creators)
        columns = {int(creator): column for column, creator in enumerate(self._creators)}
        found = list(standings)
        for place in self._open:
            name = given[place].creator_id
            said = 0.0 if name is None else float(prior[place, columns[name]])
            if said <= 0 or standings[place].settled or self._was_taken_back(place, name):
                continue
            standing = self._found.standing(place, name, self._rivals(place))
            if standing.risk is not None:
                found[place] = replace(standing, risk=tipped(standing.risk, said, LIKELY))
        return found

    def _rivals(self, place: int) -> list[int]:
        track, mates = self._tracks[place], self._meets[place] & self._open
        return [mate for mate in mates if _often(track, self._tracks[mate])]

    def _was_taken_back(self, place: int, name: int | None) -> bool:
        return any((face, name) in self._taken_back for face in self._tracks[place].faces)


def _often(track: Track, mate: Track) -> bool:
    """Whether two tracks meet in more frames than one person's do by a fade.

    A fade leaves single faces of a person beside their track; in several frames, and many of the
    other's, somebody else is there.
    """
    shared = len({*track.frames} & {*mate.frames})
    others = SHARED * len(mate.frames)
    return shared > SHARED * len(track.frames) or shared > max(1, others)


def _decided(track: Track) -> bool:
    return track.creator_id is not None or track.stranger


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The creators each track is most like, the nearest first: arrays of shape (k, b).

    ``creators`` are ids, ``columns`` their places, ``similarities`` -inf where nobody is left;
    ``alone`` is the probability that the track is that creator and no stranger if there were no
    other, ``likely`` the same with their lead, and ``among`` where it is one of them or a stranger.
    """

    creators: NDArray[np.int64]
    columns: NDArray[np.intp]
    similarities: Floats
    margins: Floats
    alone: Floats
    likely: Floats
    among: Floats

    def odds(self, count: int) -> Floats:
        """Log odds for the joint assignment, shape (k, count), -inf for other creators."""
        found = np.full((len(self.columns), count), -np.inf)
        there = np.isfinite(self.similarities)
        odds = np.log(self.alone / (1 - self.alone)) + _TIES * np.where(
            there, self.similarities, 0.0
        )
        np.put_along_axis(found, self.columns, np.where(there, odds, -np.inf), axis=1)
        return found

    def nearest(self, place: int) -> int | None:
        """Whom a track is most like."""
        return int(self.creators[place, 0]) if self._there(place, 0) else None

    def standing(self, place: int, name: int | None, mates: Collection[int]) -> Standing:
        """What is known of a track as ``name``, or as the nearest; ``mates`` share its frames."""
        row = self._row(place, name)
        if row is None:
            return NOBODY
        creator, margin = int(self.creators[place, row]), float(self.margins[place, row])
        others = [i for i in (0, 1) if i != row and self._there(place, i)]
        return Standing(
            creator,
            float(self.similarities[place, row]),
            int(self.creators[place, others[0]]) if others else None,
            None if np.isnan(margin) else margin,
            self._contested(1 - self._right(place, row), creator, mates),
            settled=False,
        )

    def _right(self, place: int, row: int) -> float:
        return float(min(self.likely[place, row], self.among[place, row]))

    def _there(self, place: int, row: int) -> bool:
        return row < self.creators.shape[1] and bool(np.isfinite(self.similarities[place, row]))

    def _row(self, place: int, name: int | None) -> int | None:
        there = np.isfinite(self.similarities[place])
        wanted = there if name is None else there & (self.creators[place] == name)
        return int(wanted.argmax()) if wanted.any() else None

    def _contested(self, risk: float, creator: int, mates: Collection[int]) -> float:
        """The risk where at most one of the tracks that share a frame is the creator."""
        for mate in mates:
            row = self._row(mate, creator)
            if row is None:
                continue
            theirs = float(self.likely[mate, row])
            wrong, right = theirs * risk, (1 - theirs) * (1 - risk)
            risk = max(risk, wrong / (wrong + right))
        return risk


def _candidates(
    tracks: Sequence[Track],
    scores: NDArray[np.floating],
    creators: NDArray[np.integer],
    meets: Sequence[Collection[int]],
    calibration: Calibration,
) -> _Candidates:
    likeness = _allowed(tracks, scores, creators, meets)
    columns = _best(likeness, min(BEST, len(creators)))
    similarities = np.take_along_axis(likeness, columns, axis=1)
    margins = _margins(similarities)

    def right(leads: Floats) -> Floats:
        risks = calibration.risk(*_known(tracks, similarities, leads), len(creators))
        return 1 - risks.reshape(similarities.shape)

    nobody = np.full_like(margins, np.nan)
    alone, likely = right(nobody), right(margins)
    if likely.shape[1]:
        likely[:, 1:] = np.minimum(likely[:, 1:], 1 - likely[:, :1])
    odds = calibration.log_odds(*_known(tracks, similarities, nobody), len(creators))
    there = np.isfinite(similarities)
    shares = among(np.where(there, odds.reshape(similarities.shape), -np.inf))
    return _Candidates(
        np.asarray(creators, np.int64)[columns],
        columns,
        similarities,
        margins,
        alone,
        likely,
        np.clip(shares, calibration.floor, 1 - calibration.floor),
    )


def _known(
    tracks: Sequence[Track], similarities: Floats, leads: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """What a calibration looks at, of each track and creator in a row."""
    pictures = [[track.template.pictures] for track in tracks]
    sizes = [[track.template.face_size] for track in tracks]
    given = np.broadcast_arrays(np.maximum(similarities, -1.0), leads, pictures, sizes)
    cosine, lead, worth, side = (values.ravel() for values in given)
    return cosine, lead, worth, side


def _allowed(
    tracks: Sequence[Track],
    scores: NDArray[np.floating],
    creators: NDArray[np.integer],
    meets: Sequence[Collection[int]],
) -> Floats:
    """The scores, -inf where a person ruled a creator out."""
    places = {int(creator): place for place, creator in enumerate(creators)}
    found = np.nan_to_num(np.asarray(scores, np.float64), nan=-np.inf)
    for row, track in enumerate(tracks):
        if not track.template.embedding.any():
            found[row] = -np.inf
            continue
        taken = {tracks[mate].creator_id for mate in meets[row]} | track.denied
        found[row, [places[c] for c in taken - {track.creator_id} if c in places]] = -np.inf
    return found


def _best(likeness: Floats, count: int) -> NDArray[np.intp]:
    """The columns of the highest values of each row, shape (k, count), the highest first."""
    if count < likeness.shape[1]:
        columns = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        columns.sort(axis=1)
    else:
        columns = np.broadcast_to(np.arange(count), (len(likeness), count)).copy()
    order = np.argsort(-np.take_along_axis(likeness, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1)


def _margins(similarities: Floats) -> Floats:
    """The lead of each over the best of the others, NaN where there is none; highest first."""
    found = np.full_like(similarities, np.nan)
    if similarities.shape[1] > 1:
        with np.errstate(invalid="ignore"):
            found[:, 0] = similarities[:, 0] - similarities[:, 1]
            found[:, 1:] = similarities[:, 1:] - similarities[:, :1]
    found[~np.isfinite(found)] = np.nan
    return found
