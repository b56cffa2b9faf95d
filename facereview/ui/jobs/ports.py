"""What the pages need of the world below, as protocols; the composition root supplies them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facereview.media.crops import FaceCrop
from facereview.media.frames import Frame
from facereview.records import Config, Counts, Creator, Face, FaceView, Overruled, Reference, Video
from facereview.review.creators.names import Names
from facereview.review.creators.records import Person
from facereview.review.decisions.intents import Intent, Outcome, Undoable
from facereview.review.decisions.journal import Aside
from facereview.review.desk import QueueKind
from facereview.review.views import Opinion


class ReviewDesk(Protocol):
    """The part of :class:`facereview.review.desk.Desk` that reviewing needs.

    Every method is called on the database lane, and may raise DatabaseUnreachable unless it
    decides.
    """

    def counts(self) -> Counts:
        """Faces per status and the size of the library."""

    def config(self) -> Config:
        """The settings in force."""

    def queue(self, kind: QueueKind) -> NDArray[np.int32]:
        """Face ids of a queue in working order, shape (n,)."""

    def skipped(self) -> Sequence[int]:
        """Pending faces that this curator skipped, in that order."""

    def views(self, face_ids: Sequence[int]) -> dict[int, FaceView]:
        """All that is shown for these faces; those that are gone are absent."""

    def video_faces(self, video_id: int) -> tuple[Face, ...]:
        """All faces of a video, in time order."""

    def same_person(self, face_id: int) -> tuple[int, ...]:
        """The video's pending faces of the same person, the face itself first."""

    def opinions(self, face_ids: Sequence[int]) -> dict[int, Opinion]:
        """Whom each of these faces itself suggests; faces that are gone are absent."""

    def decided_by(self, face_ids: Sequence[int]) -> dict[int, str]:
        """Who decided each of these faces last, as he is called."""

    def overruled(self) -> tuple[Overruled, ...]:
        """What this curator decided in vain and has not looked at, oldest first."""

    def look_at(self, ones: Sequence[Overruled]) -> None:
        """The curator has looked at these."""

    def decided_today(self) -> int:
        """How many faces this curator settled since midnight."""

    def undoable(self) -> Undoable | None:
        """What Ctrl+Z would take back."""

    def decide(self, intent: Intent) -> Outcome:
        """Write a decision, or keep it in the journal while the database is out of reach."""

    def keep(self, intent: Intent) -> None:
        """Keep what a key asked for, on the lane of the journal; JournalFault if it cannot be."""

    def undo(self, intent: Intent) -> Outcome | None:
        """Take back the latest act; None where there is none."""

    def redo(self, intent: Intent) -> Outcome | None:
        """Do again what was undone last; None where there is nothing."""

    def asides(self) -> Sequence[Aside]:
        """What the database refused, oldest first."""

    def retry(self, token: str) -> None:
        """Let what was set aside wait again."""

    def drop(self, token: str) -> None:
        """Give up what was set aside."""

    def unsaved(self) -> int:
        """How many decisions wait for the database."""

    def flush(self, seconds: float) -> list[Outcome]:
        """Write what waits, oldest first, for so long."""


class NamesDesk(Protocol):
    """What the name fields need. Used on the listing lane."""

    def names(self, stamp: str = "") -> Names:
        """The creators and whom the curator named last, in the state that ``stamp`` names."""

    def people(self) -> dict[int, Person]:
        """Every creator with its counts, by id."""


class PixelSource(Protocol):
    """Where frames and crops come from. Used on the pixels lane only; faults are MediaError."""

    def frame(self, video: Video, seconds: float) -> Frame:
        """The frame on screen at that second, in full size."""

    def clip(self, video: Video, start: float, end: float, max_side: int) -> Iterator[Frame]:
        """The frames of a stretch for playing, in time order."""

    def face(self, face_id: int) -> FaceCrop | None:
        """A face's stored crop, square; None where there is none yet."""

    def keep_faces(self, faces: Sequence[Face], picture: Frame) -> None:
        """Store the crops of faces out of their frame, where they are missing."""

    def reference(self, reference: Reference) -> FaceCrop | None:
        """A picture of a reference, square; None where there is none."""

    def picture(self, path: str) -> FaceCrop | None:
        """The middle of an image file, square; None where it cannot be read."""


__all__ = ["Creator", "NamesDesk", "PixelSource", "QueueKind", "ReviewDesk", "Undoable"]
