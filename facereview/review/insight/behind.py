"""The faces that a figure counts: every figure can be looked at face by face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from facereview.records import CreatorPart, Status
from facereview.review.questions.ordering import faces_of_uncertain_names
from facereview.store.store import Store


@dataclass(frozen=True, slots=True)
class OfState:
    """All faces of a state, in the order of videos and time."""

    status: Status


@dataclass(frozen=True, slots=True)
class OfCreator:
    """Faces that carry or suggest a creator's name (None: anybody's), least certain first.

    Certain is what is known of the track; where nothing is, a face comes behind the others.
    """

    creator_id: int | None
    parts: tuple[CreatorPart, ...]
    known: bool = False
    """Only those whose risk is known."""


@dataclass(frozen=True, slots=True)
class SettledBy:
    """What a curator settled from ``since`` to ``until``, both included, newest first.

    Each face counts for the day on which that curator settled it last, by what stands.
    """

    who: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class PendingOn:
    """Faces that were pending at the end of a day, in the order of videos and time."""

    day: date


@dataclass(frozen=True, slots=True)
class Listed:
    """These faces."""

    faces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Names that nobody looks at one by one, given or still to be given, least sure first."""


@dataclass(frozen=True, slots=True)
class UnseenNamed:
    """Faces with a name that nobody looked at alone and whose risk is known, highest risk first."""


Behind = UnseenNamed | OfState | OfCreator | SettledBy | PendingOn | Listed | Uncertain


def faces_behind(store: Store, figure: Behind) -> NDArray[np.int32]:
    """Ids of the faces behind a figure, shape (n,); a second or two at a million faces."""
    read = store.insight
    match figure:
        case UnseenNamed():
            unseen = read.unseen_names()
            found = unseen.ids[np.argsort(-unseen.risks, kind="stable")]
        case OfState(status):
            found = read.faces_of_state(status)
        case OfCreator(creator, parts, known):
            found = read.faces_of_creator(creator, parts, known=known)
        case SettledBy(who, since, until):
            found = read.faces_settled_by(who, since, until)
        case PendingOn(day):
            found = read.faces_pending_on(day)
        case Listed(faces):
            found = _unique(faces)
        case Uncertain():
            found = faces_of_uncertain_names(store)
    return found


def _unique(faces: Sequence[int]) -> NDArray[np.int32]:
    return np.asarray(list(dict.fromkeys(faces)), dtype=np.int32)
