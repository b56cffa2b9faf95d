"""The faces of the current video, and which of them are the same person."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import Face, FaceState, Status
from facereview.review.desk import Desk
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.loader import with_state

_REST_MS = 150  # quick keys pass faces by without asking for each


class VideoFaces(QObject):
    """All faces of one video in time order, kept up to date with decisions."""

    changed = Signal()
    same_found = Signal(int, object)
    """Face id, and the ids of the video's pending faces of that person, itself first."""
    first_found = Signal(object)
    """The :class:`Face` to begin with in the video asked for, or None."""
    failed = Signal(object)

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._video_id: int | None = None
        self._faces: dict[int, Face] = {}
        self._same: dict[int, tuple[int, ...]] = {}
        self._loading: Ticket | None = None
        self._finding: Ticket | None = None
        self._face_id = 0
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(lambda: self.find_same(self._face_id, Rank.AHEAD))

    @property
    def faces(self) -> tuple[Face, ...]:
        return tuple(self._faces.values())

    def get(self, face_id: int) -> Face | None:
        return self._faces.get(face_id)

    def show(self, video_id: int, face_id: int) -> None:
        """Be about another video or face; loads what is missing."""
        self._face_id = face_id
        self._rest.start()
        if video_id != self._video_id:
            self._video_id = video_id
            self._faces, self._same = {}, {}
            self.changed.emit()
            self.reload()

    def reload(self) -> None:
        """Load the faces again, and show the old ones until they are there."""
        self._same.clear()
        self._rest.start()
        if self._loading is not None:
            self._loading.cancel()
        video_id, desk = self._video_id, self._desk
        if video_id is not None:
            self._loading = self._lane.run(
                self, lambda: desk.video_faces(video_id), self._arrived, self.failed.emit
            )

    def same(self, face_id: int) -> tuple[int, ...] | None:
        """The pending faces of the same person as far as known."""
        return self._same.get(face_id)

    def find_same(self, face_id: int, rank: Rank = Rank.NORMAL) -> None:
        """Ask which pending faces are the same person; ``same_found`` tells."""
        if self._finding is not None:
            self._finding.cancel()
        desk = self._desk

        def found(ids: tuple[int, ...]) -> None:
            self._same[face_id] = ids
            self.same_found.emit(face_id, ids)

        self._finding = self._lane.run(
            self, lambda: desk.same_person(face_id), found, self.failed.emit, rank=rank
        )

    def find_first(self, video_id: int) -> None:
        """Ask for the face to begin with in a video: its first pending one, else its first."""
        desk = self._desk

        def found(faces: tuple[Face, ...]) -> None:
            pending = (face for face in faces if face.state.status is Status.PENDING)
            self.first_found.emit(next(pending, faces[0] if faces else None))

        self._lane.run(self, lambda: desk.video_faces(video_id), found, self.failed.emit)

    def patch(self, states: Iterable[tuple[int, FaceState, str | None]]) -> None:
        """Bring decisions into the list."""
        touched = False
        for face_id, state, name in states:
            if face_id in self._faces:
                self._faces[face_id] = with_state(self._faces[face_id], state, name)
                touched = True
        if touched:
            self._same.clear()
            self._rest.start()
            self.changed.emit()

    def _arrived(self, faces: tuple[Face, ...]) -> None:
        self._faces = {face.id: face for face in faces}
        self.changed.emit()
