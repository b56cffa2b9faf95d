"""Frozen records that travel between the layers. Plain data: no database, no Qt, no model.

Units: times are seconds on the video's own timeline (0 is where a player starts), boxes are
pixels of the frame as shown unless said otherwise, embeddings are float32 of shape (512,) and
unit length, similarity is their cosine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datetime import datetime

Embedding = NDArray[np.float32]
"""One embedding, shape (512,), or several, shape (n, 512); each row has length 1."""

Pixels = NDArray[np.uint8]
"""An RGB image, shape (height, width, 3)."""

DIMENSION = 512


class Status(StrEnum):
    """``match_status`` of a face, as the database spells it."""

    PENDING = "pending"
    MATCHED = "matched"
    REJECTED = "rejected"
    MANUAL = "manual"


DECIDED = frozenset({Status.MATCHED, Status.MANUAL})
"""Statuses in which a face carries a creator that counts."""


class RejectReason(StrEnum):
    """Why a face was rejected."""

    STRANGER = "stranger"
    NOT_A_FACE = "not_a_face"
    UNUSABLE = "unusable"


class SourceType(StrEnum):
    """Where a reference came from, as the database spells it."""

    PROFILE_PICTURE = "profile_picture"
    VIDEO_FRAME = "video_frame"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle as stored: pixels of the frame, or fractions where all four lie in 0..1."""

    x: float
    y: float
    width: float
    height: float

    def in_frame(self, frame_width: int, frame_height: int) -> Box | None:
        """The box in pixels, clamped to the frame; None where nothing of it is inside or valid.

        A box whose four values all lie in 0..1 is taken as fractions of the frame. What is left
        of a face is wider and higher than one pixel, so that it never reads as fractions again.
        """
        values = (self.x, self.y, self.width, self.height)
        if not all(math.isfinite(v) for v in values) or self.width <= 0 or self.height <= 0:
            return None
        x, y, width, height = values
        if all(0.0 <= v <= 1.0 for v in values):
            x, width = x * frame_width, width * frame_width
            y, height = y * frame_height, height * frame_height
        left, top = max(0.0, x), max(0.0, y)
        right, bottom = min(float(frame_width), x + width), min(float(frame_height), y + height)
        if right - left <= 1 or bottom - top <= 1:
            return None
        return Box(left, top, right - left, bottom - top)

    def overlap(self, other: Box) -> float:
        """Intersection over union with a box in the same unit, 0 to 1."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        if width <= 0 or height <= 0:
            return 0.0
        common = width * height
        return common / (self.width * self.height + other.width * other.height - common)


class CreatorPart(StrEnum):
    """What a face with a creator's name is to that creator."""

    DECIDED = "decided"
    """A person named or checked it."""
    UNCHECKED = "unchecked"
    """The machine settled it, and nobody has checked it."""
    SUGGESTED = "suggested"
    """It is pending and suggests the creator."""


@dataclass(frozen=True, slots=True)
class Creator:
    """A known person."""

    id: int
    name: str
    description: str | None = None
    profile_picture_path: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A creator with counts, as a row of the list.

    ``decided`` faces carry the creator's name, and ``unchecked`` ones, which only the machine
    has matched; both are in ``videos`` videos. ``likely`` ones are pending and suggest it.
    ``best_reference`` and ``best_face`` are the clearest of each, to be shown where the creator
    has no profile picture.
    """

    creator: Creator
    references: int = 0
    decided: int = 0
    videos: int = 0
    likely: int = 0
    aliases: tuple[str, ...] = ()
    best_reference: int | None = None
    best_face: int | None = None
    unchecked: int = 0

    @property
    def faces(self) -> int:
        """All faces that carry the name."""
        return self.decided + self.unchecked


@dataclass(frozen=True, slots=True)
class Video:
    """A video of the library. Width and height are as shown (rotation and pixel shape applied)."""

    id: int
    path: str
    title: str | None = None
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    codec: str | None = None
    size_bytes: int | None = None
    content: str | None = None
    """The fingerprint of the file in which its faces were found, ``size-hash``; ``size-`` where an
    earlier version scanned it, None where only another program did."""
    available: bool = True


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video file says of itself. ``content`` is its fingerprint, ``size-hash``."""

    path: str
    title: str
    duration: float
    width: int
    height: int
    codec: str
    size_bytes: int
    content: str


@dataclass(frozen=True, slots=True)
class VideoSummary:
    """A video with its counts of faces by state and its scan, for the Videos page."""

    video: Video
    pending: int
    decided: int
    """Faces decided or checked by a person."""
    rejected: int
    scanned_at: datetime | None
    fault: str | None
    cover: int | None = None
    """Its clearest face, shown where no frame can be."""
    unchecked: int = 0
    """Faces matched automatically and not checked."""
    copies: tuple[str, ...] = ()
    """Paths of other videos with the same content, byte for byte: copies and hard links."""

    @property
    def faces(self) -> int:
        """All of them."""
        return self.pending + self.unchecked + self.decided + self.rejected


@dataclass(frozen=True, slots=True)
class FaceState:
    """The three columns a decision changes; also the guard: "the row is still as I saw it"."""

    status: Status
    creator_id: int | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """One detection, without its embedding."""

    id: int
    video_id: int
    timestamp: float
    box: Box
    quality: float | None
    state: FaceState
    creator_name: str | None = None
    by_machine: bool = False


@dataclass(frozen=True, slots=True)
class Detection:
    """A face as found in a frame, before it is stored."""

    timestamp: float
    box: Box
    quality: float
    embedding: Embedding


@dataclass(frozen=True, slots=True)
class Reference:
    """An embedding of a creator to compare with, without the embedding itself."""

    id: int
    creator_id: int
    source_type: SourceType
    source_path: str | None
    quality: float | None


class Sureness(StrEnum):
    """How sure a name is, in a word."""

    SURE = "sure"
    """The risk is within the error rate asked for."""
    LIKELY = "likely"
    """More likely right than not, by far: it is suggested."""
    OPEN = "open"
    """Anything else; nothing is suggested."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How sure it is that a name is right, where the library goes by an error rate.

    ``risk`` is the probability that the name is wrong, between 0 and 1; None where nothing is known
    of it yet, or where it is likely because a person named other faces of the track so. ``seen`` is
    the number of independent units (tracks of videos) of the calibration.
    """

    word: Sureness
    risk: float | None
    seen: int

    @property
    def beyond(self) -> bool:
        """Whether the risk is the least that so many units carry: 3 / ``seen``."""
        return self.risk is not None and self.risk * self.seen <= 3.001


@dataclass(frozen=True, slots=True)
class FaceTrack:
    """The track of a face: ``faces`` of one video believed to be one person.

    It goes from ``begins`` to ``ends``, in seconds. The rest is what the evidence says of it, see
    :class:`facereview.review.evidence.records.Standing`; ``risk`` is None where it is not judged or
    there is no calibration, ``seen`` the number of that calibration's units. ``named`` is whom a
    person decided some of its faces to be.
    """

    id: int
    faces: int
    begins: float
    ends: float
    creator_id: int | None = None
    rival_id: int | None = None
    similarity: float | None = None
    margin: float | None = None
    risk: float | None = None
    seen: int = 0
    named: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A creator proposed for a face.

    ``similarity`` is the cosine to the best reference, ``margin`` its lead over the next
    distinct creator (None where there is no other), ``references`` the creator's best few,
    best first. ``lookalike`` is the next creator where the two look alike: easily taken for one
    another, at any similarity. ``chance`` is how sure the first one is, where the library goes by
    an error rate.
    """

    creator: Creator
    similarity: float
    margin: float | None
    references: tuple[Reference, ...]
    lookalike: Creator | None = None
    chance: Chance | None = None


@dataclass(frozen=True, slots=True)
class FaceView:
    """All that the Review page shows for one face, loaded together."""

    face: Face
    video: Video
    frame_mates: tuple[Face, ...]
    """All faces of the same frame, this one included, left to right."""
    suggestions: tuple[Suggestion, ...]
    comparable: bool = True
    """Whether its embedding has a direction; else no creator can be suggested."""
    track: FaceTrack | None = None
    """None where its video was not linked yet."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Faces per status, and the size of the library."""

    pending: int
    matched: int
    rejected: int
    manual: int
    creators: int
    videos: int
    references: int

    @property
    def faces(self) -> int:
        """All detections."""
        return self.pending + self.matched + self.rejected + self.manual


SMALL_FACE = 30
"""Shorter side in pixels from which a closer look finds faces; smaller ones name nobody."""


@dataclass(frozen=True, slots=True)
class Config:
    """``face_recognition_config``, typed; thresholds are those in force for the library's pack."""

    match_threshold: float = 0.5
    auto_tag_threshold: float = 0.7
    frames_per_video: int = 5
    min_face_size: int = 64
    confirm_twice_above: int = 200
    """Decisions on more faces than this must be confirmed."""
    enabled: bool = True
    automatic: bool = True
    """Whether the machine matches what is sure by itself; else it only suggests. Not a row."""
    link_threshold: float = 0.40
    """Mean cosine from which faces of one video are one person: the pack's."""
    user_set: frozenset[str] = frozenset()
    """Keys whose row a user has set, so that no pack's default replaces it."""
    faults: tuple[str, ...] = ()
    """Settings with an invalid stored value, one sentence each; their default is used."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A pack's default thresholds (cosine)."""

    match: float
    auto_tag: float
    cluster: float = 0.40
    """Cosine above which two faces may be one person when no creator is known."""
    sure: float = 0.60
    """The detector score from which a detection is surely a face."""
    pack: str = field(default="", compare=False)
    """The name of the pack; empty where it is not known."""


@dataclass(frozen=True, slots=True)
class PackInfo:
    """A model pack on disk: ``source`` is its name or directory, as given to ``models use``."""

    name: str
    directory: str
    thresholds: Thresholds
    installed: bool


@dataclass(frozen=True, slots=True)
class PackIdentity:
    """Which pack made a library's embeddings.

    ``probe`` is the embedding the recogniser gives for a fixed test pattern: two files of one
    network (another export, another provider) agree on it, two networks do not.
    """

    name: str
    probe: Embedding


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of a long job: ``done`` of ``total`` units, and the thing at hand.

    ``at_once`` of them are worked on at once.
    """

    done: int
    total: int
    label: str
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Overruled:
    """An overruled decision on a face, and the decision that stands.

    ``who`` decided it, None where another program did; ``name`` and ``stands`` are creators.
    """

    token: str
    face: int
    kind: str
    name: str | None
    reason: str | None
    video: str
    timestamp: float
    status: str
    stands: str | None
    who: str | None
