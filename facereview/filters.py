"""Which faces or videos are wanted, and in which order: records that say so without any SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self

from facereview.errors import Invalid


class FaceKind(StrEnum):
    """What became of a face."""

    PENDING = "pending"
    AUTOMATIC = "automatic"
    """The machine matched it, and nobody has checked it."""
    DECIDED = "decided"
    """A person named or checked it."""
    REJECTED = "rejected"


class CreatorRole(StrEnum):
    """What a creator is to a face."""

    DECIDED = "decided"
    """It carries the name, whoever gave it."""
    SUGGESTED = "suggested"
    """It is pending and suggests the creator."""
    DENIED = "denied"
    """It is known not to be the creator."""


class SortBy(StrEnum):
    """The orders of faces; what an order knows nothing of comes last in it."""

    PAYOFF = "payoff"
    """First what one answer settles with most others."""
    SUREST = "surest"
    LEAST_SURE = "least_sure"
    MOST_SIMILAR = "most_similar"
    LEAST_SIMILAR = "least_similar"
    BEST_QUALITY = "best_quality"
    WORST_QUALITY = "worst_quality"
    NEWEST = "newest"
    """As they came into the library, the last first."""
    VIDEO = "video"
    """By video, and by time in it."""


class GroupBy(StrEnum):
    """What faces of one group have in common."""

    NOTHING = "nothing"
    """They are not grouped."""
    CREATOR = "creator"
    """Whom they carry or suggest."""
    VIDEO = "video"
    DAY = "day"
    """On which their videos were scanned."""
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Between:
    """A value from ``low`` to ``high``, both included; None: without an end there."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last day, both included; None: without an end there."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What all filters have in common: each can be kept. What is empty wants all."""

    def to_json(self) -> dict[str, Any]:
        """Without what is empty, as it is kept."""
        empty = asdict(type(self)())
        said = {key: value for key, value in asdict(self).items() if value != empty[key]}
        return {key: _plain(value) for key, value in said.items()}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """What :meth:`to_json` made.

        Raises:
            Invalid: this version does not know some of it.
        """
        try:
            unknown = set(said) - {field.name for field in fields(cls)}
            if unknown:
                raise ValueError(min(unknown))
            return cls(**{key: _READ[key](value) for key, value in said.items()})
        except (KeyError, TypeError, ValueError) as fault:
            raise Invalid(
                f"This filter cannot be read ({fault}): a newer facereview may have kept it."
            ) from fault


@dataclass(frozen=True, slots=True)
class FaceFilter(Filter):
    """Which faces are wanted: those of which all that is said holds. What is empty wants all.

    ``similarity`` is the cosine to the creator that a face carries or suggests, ``probability``
    that this name is right, by the evidence of its track. ``size`` is the shorter side in pixels of
    the frame. ``folder`` holds the videos at any depth. ``decided_on`` and ``decided_by`` are of
    the last thing said of a face that is not pending, ``run`` is a batch that decided it.
    """

    kinds: tuple[FaceKind, ...] = ()
    creators: tuple[int, ...] = ()
    roles: tuple[CreatorRole, ...] = (CreatorRole.DECIDED, CreatorRole.SUGGESTED)
    """What one of the creators is to the face."""
    videos: tuple[int, ...] = ()
    folder: str = ""
    similarity: Between | None = None
    probability: Between | None = None
    quality: Between | None = None
    size: Between | None = None
    scanned: Days | None = None
    unscanned: bool = False
    """Of videos that this program has not scanned."""
    decided_on: Days | None = None
    decided_by: str = ""
    """The curator's name as others see it."""
    by_machine: bool = False
    """It has the name that the machine gave it, whether somebody has checked it since or not."""
    run: int | None = None
    missing: bool = False
    """Of videos whose file was not found."""
    text: str = ""
    """Part of the title or path of the video, or of the name or an alias of the creator."""


class VideoKind(StrEnum):
    """Which videos a list shows."""

    ALL = "all"
    PENDING = "pending"
    FAULT = "fault"
    UNSCANNED = "unscanned"
    TAGGED = "tagged"
    """A creator is tagged in it."""


class VideoSort(StrEnum):
    """The orders of videos; what an order knows nothing of comes last in it, either way round."""

    CLOSEST = "closest"
    """As PATH; where a text is searched for, first what is called so, then what begins so."""
    PATH = "path"
    TITLE = "title"
    """By the title that is shown: that of a video without one is the name of its file."""
    LENGTH = "length"
    SIZE = "size"
    CODEC = "codec"
    FACES = "faces"
    PENDING = "pending"
    """By the faces that are pending."""
    SCANNED = "scanned"


@dataclass(frozen=True, slots=True)
class VideoOrder:
    """An order of videos; ``falling``: the highest, last or newest first."""

    by: VideoSort = VideoSort.CLOSEST
    falling: bool = False


@dataclass(frozen=True, slots=True)
class VideoFilter(Filter):
    """Which videos are wanted: those of which all that is said holds. What is empty wants all."""

    show: VideoKind = VideoKind.ALL
    text: str = ""
    """Part of the title or path, or of the name or an alias of a creator who is in it."""
    creators: tuple[int, ...] = ()
    roles: tuple[CreatorRole, ...] = (CreatorRole.DECIDED, CreatorRole.SUGGESTED)
    """What one of the creators is to a face of it; who is tagged in it counts as decided."""
    folder: str = ""
    """It lies there, at any depth."""
    minutes: Between | None = None
    """How long it is."""
    scanned: Days | None = None
    missing: bool = False
    """Its file was not found."""


class CreatorSort(StrEnum):
    """The orders of creators; those that are equal in one come by name."""

    NAME = "name"
    FACES = "faces"
    """Most faces that carry the name first."""
    VIDEOS = "videos"
    REFERENCES = "references"
    """Fewest references first."""
    SUGGESTED = "suggested"
    """Most pending faces that suggest the creator first."""
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class CreatorFilter(Filter):
    """Which creators are wanted: those of whom all that is said holds. What is empty wants all."""

    text: str = ""
    """A few letters of the name or an alias."""
    references: Between | None = None
    """How many there are; of none: up to 0."""
    faces: Between | None = None
    """How many carry the name."""
    in_videos: Between | None = None
    """In how many videos these are."""
    suggested: Between | None = None
    """How many pending faces suggest the creator."""
    unchecked: bool = False
    """The machine matched faces that nobody has checked."""
    named_on: Days | None = None
    """A face got the name then."""
    folder: str = ""
    """They are in a video that lies there, at any depth."""


@dataclass(frozen=True, slots=True)
class ClusterFilter(Filter):
    """Which clusters are wanted: those of which all that is said holds. What is empty wants all."""

    text: str = ""
    """Part of the name or an alias of whom it suggests, or of title or path of one of its videos.
    """
    creators: tuple[int, ...] = ()
    """It suggests one of them."""
    folder: str = ""
    """A face of it is in a video that lies there, at any depth."""
    size: Between | None = None
    """How many pending faces it has."""
    in_videos: Between | None = None
    """In how many videos these are."""
    similarity: Between | None = None
    """The mean of its faces to whom it suggests."""
    probability: Between | None = None
    """That its faces are whom it suggests, their mean."""


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _between(said: Mapping[str, Any]) -> Between:
    return Between(*(None if said[end] is None else float(said[end]) for end in ("low", "high")))


def _days(said: Mapping[str, Any]) -> Days:
    return Days(*(said[end] and date.fromisoformat(said[end]) for end in ("first", "last")))


def _ids(said: list[Any]) -> tuple[int, ...]:
    return tuple(map(int, said))


_READ: Mapping[str, Any] = {
    "kinds": lambda said: tuple(map(FaceKind, said)),
    "creators": _ids,
    "roles": lambda said: tuple(map(CreatorRole, said)),
    "videos": _ids,
    "folder": str,
    "similarity": _between,
    "probability": _between,
    "quality": _between,
    "size": _between,
    "scanned": _days,
    "unscanned": bool,
    "decided_on": _days,
    "decided_by": str,
    "by_machine": bool,
    "run": int,
    "missing": bool,
    "text": str,
    "show": VideoKind,
    "minutes": _between,
    "references": _between,
    "faces": _between,
    "in_videos": _between,
    "suggested": _between,
    "unchecked": bool,
    "named_on": _days,
}
