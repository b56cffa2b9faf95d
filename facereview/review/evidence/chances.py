"""How sure the first suggestion of a face is: by its track, else by the face alone.

Where the library goes by an error rate, the creator that a face's track names is suggested first,
whoever is nearest to this one face; the others have no probability of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from facereview.records import Box, Chance, FaceTrack, Suggestion, Sureness
from facereview.review.evidence.calibration import Calibration, among
from facereview.review.evidence.certainty import Certainty, Mode

_ONE_PICTURE = 1.0

OTHERS_LEAD = 0.05
"""Lead of another creator from which a face does not go with its track: it may be linked wrongly.
Measured in :mod:`facereview.review.evidence.library_judging`."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What is known of a face by itself, beside its track.

    ``similarity`` is the cosine to the creator suggested first, ``margin`` its lead over the next
    one (None: there is no other), ``face_size`` the shorter side in pixels (None: unknown), and
    ``creators`` how many there are.
    """

    creator_id: int
    similarity: float
    margin: float | None
    face_size: float | None
    creators: int

    def risk(self, calibration: Calibration) -> float:
        """The risk that the nearest creator is wrong, as if the face were its whole track."""
        unknown = float("nan")
        margin = unknown if self.margin is None else self.margin
        size = unknown if self.face_size is None else self.face_size
        found = calibration.risk(self.similarity, margin, _ONE_PICTURE, size, self.creators)
        both = np.asarray([self.similarity, self.similarity - margin])
        odds = calibration.log_odds(both, unknown, _ONE_PICTURE, size, self.creators)
        odds = np.where(np.isnan(both), -np.inf, odds)
        least = min(1 - float(among(odds[None])[0, 0]), 1 - calibration.floor)
        return max(float(found[0]), least)


def named_by(track: FaceTrack | None, denied: Collection[int], certainty: Certainty) -> int | None:
    """Whom the track of a face names, where that counts: a person's word goes before the evidence.

    None where the library goes by thresholds, the track is open, or the face is known not to be
    that creator (``denied``).
    """
    if certainty.mode is Mode.THRESHOLDS or track is None:
        return None
    likely = certainty.sureness(track.risk) is not Sureness.OPEN
    named = track.named or (track.creator_id if likely else None)
    return None if named in denied else named


def first_chance(
    track: FaceTrack | None,
    named: int | None,
    alone: Alone,
    certainty: Certainty,
    *,
    others: float,
) -> Chance | None:
    """How sure the first suggestion of a face is; None where the library goes by thresholds.

    That is whom its track names (``named``), else its own nearest creator; ``alone`` is what is
    known of it, ``others`` the cosine of the face to the nearest other creator. Nothing is known
    where the face is more like that one than like whom its track names. Where a person named
    other faces of the track, that is likely, and no figure says how much. A face without a track,
    or with one that nobody judged, counts as a track of its own. Nothing is known of the nearest
    creator where the track named somebody else: not until the track is judged again.
    """
    unknown, calibration = certainty.chance(None), certainty.calibration
    if unknown is None or calibration is None:
        return None
    if track is not None and (track.named is not None or track.risk is not None):
        if named is not None and others - alone.similarity > OTHERS_LEAD:
            return unknown
        if named is not None and named == track.named:
            return replace(unknown, word=Sureness.LIKELY)
        judged = track.named is None and alone.creator_id == track.creator_id
        return certainty.chance(track.risk) if judged else unknown
    return certainty.chance(alone.risk(calibration))


def with_chances(
    suggestions: Sequence[Suggestion],
    track: FaceTrack | None,
    named: int | None,
    alone: Callable[[Suggestion], Alone],
    certainty: Certainty,
) -> tuple[Suggestion, ...]:
    """The suggestions of a face in the mode in force, best first.

    By thresholds they stay as they are. By an error rate whom the track names (``named``) comes
    first, and each gets a chance: the first its own, of the others nothing is known. ``alone``
    gives what is known of the face by itself.
    """
    unknown = certainty.chance(None)
    if unknown is None or not suggestions:
        return tuple(suggestions)
    here = named if any(one.creator.id == named for one in suggestions) else None
    ordered = sorted(suggestions, key=lambda one: one.creator.id != here)
    others = max((one.similarity for one in ordered[1:]), default=-1.0)
    known = alone(ordered[0])
    chance = first_chance(track, here, known, certainty, others=others)
    first = replace(ordered[0], chance=chance)
    return (first, *(replace(one, chance=unknown) for one in ordered[1:]))


def face_size(box: Box, width: int | None, height: int | None) -> float | None:
    """The shorter side of a face in pixels; None where the size of its frame is unknown."""
    inside = box.in_frame(width, height) if width and height else None
    return None if inside is None else min(inside.width, inside.height)
