"""Evidence: faces that people named, those still to be settled, and what the machine settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facereview.records import Embedding
from facereview.store.session import Session, binary_row

_NAMED: Final = binary_row(
    id="i4", creator="i4", video="i4", looked_at="i4", quality="f4", embedding="vector"
)
_TO_SETTLE: Final = binary_row(id="i4", creator="i4", confidence="f4", automatic="i4")
_TEMPLATE: Final = binary_row(video="i4", least="f4", embedding="vector")


@dataclass(frozen=True, slots=True)
class NamedFaces:
    """Faces that people named, each creator's together; arrays of one length.

    ``looked_at`` says that a face was named alone; ``quality`` is NaN where unknown.
    """

    ids: NDArray[np.int32]
    creators: NDArray[np.int32]
    videos: NDArray[np.int32]
    looked_at: NDArray[np.bool_]
    quality: NDArray[np.float32]
    embeddings: Embedding


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of the log: its last act, those under way then, and changes of creators so far."""

    batch: int
    open: tuple[int, ...]
    people: int


@dataclass(frozen=True, slots=True)
class SettledFace:
    """A face that the machine settles, and the probability that its name is wrong."""

    face_id: int
    creator_id: int
    risk: float


@dataclass(frozen=True, slots=True)
class PresentCreator:
    """A creator in a video: people ``named`` a face so, or another program ``tagged`` it."""

    video_id: int
    creator_id: int
    named: bool
    tagged: bool


@dataclass(frozen=True, slots=True)
class FolderTags:
    """With whom other programs tagged how many of the videos of a folder."""

    folder: str
    creator_id: int
    tagged: int
    videos: int


class Evidence:
    """Reading what people said of faces, and keeping what the machine settled by it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # ---------------------------------------------------------------------- what people named

    def named(self, most: int, of_each: int, creators: Sequence[int] | None = None) -> NamedFaces:
        """The best faces that people named: so many videos a creator, so many faces a video."""
        rows = self._session.block(
            "named_faces",
            _NAMED,
            most=most,
            of_each=of_each,
            creators=None if creators is None else list(creators),
        )
        return NamedFaces(
            rows["id"].astype(np.int32),
            rows["creator"].astype(np.int32),
            rows["video"].astype(np.int32),
            rows["looked_at"].astype(bool),
            rows["quality"].astype(np.float32),
            rows["embedding"].astype(np.float32),
        )

    def mark(self) -> Mark:
        """Where the log is now."""
        batch = int(self._session.value("last_batch"))
        still = tuple(row.id for row in self._session.tuples("open_batches", last=batch))
        return Mark(batch, still, int(self._session.value("people_changes")))

    def decided_on_since(self, mark: Mark) -> list[int]:
        """Creators of faces that were decided on since, one way or the other."""
        return self._session.ids("creators_decided_on", after=mark.batch, open=list(mark.open))

    def present(self, video_ids: Sequence[int]) -> list[PresentCreator]:
        """Who is in videos, without what the machine says."""
        return self._session.rows("present_creators", PresentCreator, videos=list(video_ids))

    def folder_tags(self) -> list[FolderTags]:
        """Who is in the folders of the library; ``folder`` ends with its separator."""
        return self._session.rows("tags_of_folders", FolderTags)

    # --------------------------------------------------------------------------- what is to do

    def videos_to_settle(self) -> dict[int, int]:
        """Videos with faces that nobody but the machine decided; how many of these each has."""
        return {row.id: row.faces for row in self._session.tuples("videos_to_settle")}

    def videos_of(self, face_ids: Sequence[int]) -> list[int]:
        """The videos of faces."""
        return self._session.ids("videos_of_faces", faces=list(face_ids))

    def videos_naming(self, creators: Sequence[int]) -> set[int]:
        """Videos with a face that the evidence gives to one of these creators, or nearly."""
        return set(self._session.ids("videos_naming", creators=list(creators)))

    def templates(self) -> Iterator[NDArray[Any]]:
        """All templates a block at a time: records of video, least, embedding.

        ``least`` is from which similarity another creator is among a track's first two. A pending
        face in no track is a template of its own.
        """
        return self._session.blocks("standing_templates", _TEMPLATE)

    def to_settle(self, video_ids: Sequence[int]) -> NDArray[Any]:
        """Faces of videos that nobody but the machine decided, by id.

        Records of id, creator (0: none), confidence (-2: none), automatic (1: the machine matched
        it, 0: it is pending and may suggest a creator).
        """
        return self._session.block("faces_to_settle", _TO_SETTLE, videos=list(video_ids))

    def refused(self, found: Sequence[tuple[int, int]]) -> set[int]:
        """Of (face, creator): faces that are denied to be that creator, or not alone in being it.

        Another face of the same frame is that creator already.
        """
        faces, creators = [face for face, _ in found], [creator for _, creator in found]
        return set(self._session.ids("refused_faces", faces=faces, creators=creators))

    # ------------------------------------------------------------------------ what was settled

    def settle(
        self,
        batch: int,
        faces: Sequence[SettledFace],
        error_rate: float,
        calibration: int | None,
    ) -> None:
        """Keep the risks known now of faces that a batch settles."""
        self._session.run(
            "set_settled",
            batch=batch,
            faces=[face.face_id for face in faces],
            creators=[face.creator_id for face in faces],
            risks=[face.risk for face in faces],
            error_rate=error_rate,
            calibration=calibration,
        )

    def unsettle(self, face_ids: Sequence[int]) -> None:
        """Forget what was settled of faces that wait again."""
        self._session.run("forget_settled", faces=list(face_ids))
