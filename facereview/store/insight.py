"""What the log says of a library's progress, counted by the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from facereview.records import CreatorPart, Embedding, Status
from facereview.store.session import Session, binary_row

_SAID: Final = binary_row(id="i4", video="i4", creator="i4", timestamp="f8", embedding="vector")
_UNSEEN: Final = binary_row(id="i4", track="i8", risk="f8")


@dataclass(frozen=True, slots=True)
class PendingChange:
    """By how many the pending faces grew on a day; ``day`` is None where nobody knows when."""

    day: date | None
    faces: int


@dataclass(frozen=True, slots=True)
class CuratorDay:
    """Faces that a curator settled on a day, in ``minutes`` minutes with at least one of them."""

    who: str
    day: date
    faces: int
    minutes: int


@dataclass(frozen=True, slots=True)
class TaggedVideos:
    """Videos, those a creator is tagged in, and those that other programs had tagged."""

    videos: int
    tagged: int
    by_others: int


@dataclass(frozen=True, slots=True)
class SaidFaces:
    """Faces of which people said something that stands, by id; arrays of one length.

    ``creators`` are whom they named, 0 where they said that it is a stranger or no face, -1 where
    they only said who it is not.
    """

    ids: NDArray[np.int32]
    videos: NDArray[np.int32]
    creators: NDArray[np.int32]
    timestamps: NDArray[np.float64]
    embeddings: Embedding


@dataclass(frozen=True, slots=True)
class UnseenNames:
    """Faces with a name that nobody looked at alone, whose risk is known; all of shape (n,).

    ``tracks`` are below 0 where a face is in none, ``risks`` the probability that the name is
    wrong.
    """

    ids: NDArray[np.int32]
    tracks: NDArray[np.int64]
    risks: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CreatorCounts:
    """A creator in numbers.

    ``quality`` is the mean of its references, ``newest`` and ``oldest`` when they came.
    ``decided`` faces a person named or checked, ``unchecked`` ones only the machine settled,
    ``suggested`` ones are pending; ``videos`` are those of the first two. ``risk`` is the mean
    probability that the name of an unchecked or suggested face is wrong, over the ``known`` ones
    whose track was judged or that were settled by an error rate; None where there are none.
    """

    id: int
    name: str
    references: int
    quality: float | None
    newest: date | None
    oldest: date | None
    decided: int
    unchecked: int
    suggested: int
    videos: int
    known: int
    risk: float | None

    @property
    def faces(self) -> int:
        """All faces that carry or suggest the name."""
        return self.decided + self.unchecked + self.suggested


class Insight:
    """Counts over the whole log; each takes about a second at a million decisions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pending_changes(self) -> list[PendingChange]:
        """By day, oldest first; that of unknown time before them."""
        return self._session.rows("pending_changes", PendingChange)

    def curator_days(self) -> list[CuratorDay]:
        """By day and curator; what was undone does not count."""
        return self._session.rows("curator_days", CuratorDay)

    def tagged(self) -> TaggedVideos:
        """How many videos have a creator."""
        row = self._session.one("tagged_videos")
        return TaggedVideos(row.videos, row.tagged, row.by_others)

    def said_of(self, video_ids: Sequence[int]) -> SaidFaces:
        """What people said of the faces of videos, but of those that a sample stood for."""
        rows = self._session.block("said_faces", _SAID, videos=list(video_ids))
        return SaidFaces(
            rows["id"].astype(np.int32),
            rows["video"].astype(np.int32),
            rows["creator"].astype(np.int32),
            rows["timestamp"].astype(np.float64),
            rows["embedding"].astype(np.float32),
        )

    def reference_videos(self) -> dict[int, int]:
        """The video of each reference that was made of a face of one."""
        return {row.id: row.video_id for row in self._session.tuples("reference_videos")}

    def unchecked(self) -> tuple[int, int]:
        """Automatic matches that nobody checked, and how many of them :meth:`unseen_names` has."""
        row = self._session.one("unchecked_known")
        return row.unchecked, row.known

    def creator_counts(self) -> list[CreatorCounts]:
        """Every creator in numbers, by name."""
        return self._session.rows("creator_counts", CreatorCounts)

    def unnamed(self) -> int:
        """How many pending faces suggest nobody."""
        return int(self._session.value("unnamed_faces"))

    # ------------------------------------------------------------------ the faces behind a figure

    def faces_of_state(self, status: Status) -> NDArray[np.int32]:
        """Ids of all faces of a state, in the order of videos and time, shape (n,)."""
        return self._session.column("faces_of_state", status=status.value)

    def faces_of_creator(
        self, creator_id: int | None, parts: Sequence[CreatorPart], *, known: bool = False
    ) -> NDArray[np.int32]:
        """Ids of faces with a creator's name (None: anybody's), the highest risk first, (n,).

        ``known``: only those whose risk is known; else the others come last.
        """
        return self._session.column(
            "faces_of_creator",
            creator=creator_id,
            parts=[part.value for part in parts],
            known=known,
        )

    def faces_settled_by(
        self, who: str, since: date | None, until: date | None
    ) -> NDArray[np.int32]:
        """Ids of the faces in the library that :meth:`curator_days` counts, newest first, (n,)."""
        return self._session.column("faces_settled_by", who=who, since=since, until=until)

    def faces_pending_on(self, day: date) -> NDArray[np.int32]:
        """Ids of the faces that were pending at the end of a day, by the log, shape (n,)."""
        return self._session.column("faces_pending_on", day=day)

    def unseen_names(self) -> UnseenNames:
        """Automatic matches, and faces named together, whose risk is known."""
        rows = self._session.block("unseen_names", _UNSEEN)
        return UnseenNames(
            rows["id"].astype(np.int32),
            rows["track"].astype(np.int64),
            rows["risk"].astype(np.float64),
        )
